//! Every figure beside a slow count that shares no code with the service, after random histories.
//!
//! A seed is a whole history of several shops. One that fails says its number, the question, both numbers
//! and the members; `AMENDS_ORACLE_SEED=N` repeats it, `AMENDS_ORACLE_SEEDS=N` plays that many.

use amends_tests::oracle::Wrong;
use amends_tests::{Database, Engine};

mod answers;
mod compare;
mod desk;
mod history;
mod house;
mod served;
mod sla;
mod story;
mod survey;
mod timeline;

#[expect(clippy::disallowed_methods, reason = "a test has no other configuration than its environment")]
fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The seeds to play: these, as many as were asked for, or the one that was.
fn seeds(usual: std::ops::Range<u64>) -> Vec<u64> {
    let many = given("AMENDS_ORACLE_SEEDS").map_or(usual.end, |count| usual.start + count);
    given("AMENDS_ORACLE_SEED").map_or_else(|| (usual.start..many).collect(), |seed| vec![seed])
}

async fn play(engine: Engine, usual: std::ops::Range<u64>) {
    let (mut failed, mut passed, mut compared) = (Vec::new(), 0, 0);
    for seed in seeds(usual) {
        let Some(database) = Database::fresh(engine).await else { return };
        let found = history::play(&database, seed, &[Wrong::Nothing]).await.remove(0);
        database.remove().await;
        eprintln!("seed {seed}: {} figures, {} differ", found.figures, found.differences.len());
        compared += found.figures;
        match found.differences.first() {
            None => passed += 1,
            Some(first) => {
                failed.push(format!("seed {seed}: {} differ, first {first}", found.differences.len()))
            }
        }
    }
    println!("{engine:?}: {passed} histories, {compared} figures, {} differ", failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_what_a_slow_count_finds_on_sqlite() {
    play(Engine::Sqlite, 0..12).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_what_a_slow_count_finds_on_postgres() {
    play(Engine::Postgres, 10_000..10_006).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_by_a_wrong_rule_is_found_out() {
    let mut unfound: Vec<Wrong> = Wrong::ALL.to_vec();
    for seed in 0..40 {
        let Some(database) = Database::fresh(Engine::Sqlite).await else { return };
        let told = history::play(&database, seed, &unfound).await;
        database.remove().await;
        unfound = told.into_iter().filter(|one| one.differences.is_empty()).map(|one| one.wrong).collect();
        if unfound.is_empty() {
            return;
        }
    }
    panic!("{unfound:?} made no difference in forty histories");
}
