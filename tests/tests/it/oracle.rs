//! Every figure beside a slow count that shares no code with the service, after random histories.
//!
//! A seed is a whole history of several shops. One that fails says its number, the question, both numbers
//! and the members; `AMENDS_ORACLE_SEED=N` repeats it, `AMENDS_ORACLE_SEEDS=N` plays that many.

use std::sync::{Arc, Mutex};

use amends_tests::oracle::Wrong;
use amends_tests::{Database, Engine};

mod agents;
mod answers;
mod compare;
mod desk;
mod history;
mod house;
mod served;
mod shift;
mod sla;
mod story;
mod survey;
mod tell;
mod timeline;

#[expect(clippy::disallowed_methods, reason = "a test has no other configuration than its environment")]
fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// Whether there is a database of this kind to play on.
#[expect(clippy::disallowed_methods, reason = "a test has no other configuration than its environment")]
fn is_there(engine: Engine) -> bool {
    engine == Engine::Sqlite || std::env::var("AMENDS_TEST_POSTGRES_URL").is_ok()
}

/// The seeds to play: these, as many as were asked for, or the one that was.
fn seeds(usual: std::ops::Range<u64>) -> Vec<u64> {
    let many = given("AMENDS_ORACLE_SEEDS").map_or(usual.end, |count| usual.start + count);
    given("AMENDS_ORACLE_SEED").map_or_else(|| (usual.start..many).collect(), |seed| vec![seed])
}

/// The first difference of each figure, so that one cause is not told a hundred times.
fn of_each(differences: &[String]) -> Vec<&str> {
    let name = |text: &str| {
        text.split(" of ((").next().unwrap_or(text).split_whitespace().skip(3).collect::<String>()
    };
    let mut seen = std::collections::BTreeSet::new();
    differences.iter().filter(|one| seen.insert(name(one))).map(String::as_str).collect()
}

/// What was compared, and what differed.
#[derive(Default)]
struct Sum {
    histories: usize,
    figures: usize,
    failed: Vec<String>,
}

async fn one(engine: Engine, seed: u64, sum: &Mutex<Sum>) {
    let Some(database) = Database::migrated(engine).await else { return };
    let found = history::play(&database, seed, &[Wrong::Nothing]).await.remove(0);
    database.remove().await;
    let mut sum = sum.lock().unwrap();
    sum.histories += 1;
    sum.figures += found.figures;
    if sum.histories.is_multiple_of(50) {
        eprintln!("{engine:?}: {} histories, {} figures so far", sum.histories, sum.figures);
    }
    let count = found.differences.len();
    if count > 0 {
        eprintln!("seed {seed}: {} figures, {count} differ", found.figures);
        if given("AMENDS_ORACLE_SEED").is_some() {
            eprintln!("{}", found.story.join("\n"));
        }
        sum.failed.extend(of_each(&found.differences).iter().map(|one| format!("seed {seed}: {one}")));
    }
}

/// Plays on as many threads as there are processors to spare, one history on each.
async fn play(engine: Engine, usual: std::ops::Range<u64>) {
    let (sum, left) = (Arc::new(Mutex::new(Sum::default())), Arc::new(Mutex::new(seeds(usual))));
    let threads = given("AMENDS_ORACLE_THREADS").unwrap_or(2);
    let players = (0..threads).map(|_| {
        let (sum, left) = (sum.clone(), left.clone());
        tokio::spawn(async move {
            loop {
                let next = left.lock().unwrap().pop();
                let Some(seed) = next else { return };
                one(engine, seed, &sum).await;
            }
        })
    });
    for player in players.collect::<Vec<_>>() {
        player.await.unwrap();
    }
    let sum = sum.lock().unwrap();
    println!("{engine:?}: {} histories, {} figures, {} differ", sum.histories, sum.figures, sum.failed.len());
    assert!(sum.histories > 0 || !is_there(engine), "no history was played on {engine:?}");
    assert!(sum.failed.is_empty(), "{}", sum.failed.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_what_a_slow_count_finds_on_sqlite() {
    play(Engine::Sqlite, 0..8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_what_a_slow_count_finds_on_postgres() {
    play(Engine::Postgres, 10_000..10_004).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_by_a_wrong_rule_is_found_out() {
    let mut unfound: Vec<Wrong> = Wrong::ALL.to_vec();
    // These three find out most of them.
    for seed in [8, 0, 9].into_iter().chain(10..50) {
        let Some(database) = Database::migrated(Engine::Sqlite).await else { return };
        let rules: Vec<Wrong> = [Wrong::Nothing].into_iter().chain(unfound).collect();
        let mut told = history::play(&database, seed, &rules).await;
        database.remove().await;
        // A difference tells nothing of a rule where there is one without it.
        let right = told.remove(0);
        assert!(right.differences.is_empty(), "seed {seed}: {:?}", of_each(&right.differences));
        unfound = told.into_iter().filter(|one| one.differences.is_empty()).map(|one| one.wrong).collect();
        if unfound.is_empty() {
            return;
        }
    }
    panic!("{unfound:?} made no difference in so many histories");
}
