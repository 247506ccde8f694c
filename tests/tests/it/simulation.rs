//! Random days in the life of a shop, in one process: signals late, twice and
//! in any order, agents who do anything, crashes between any two steps.
//!
//! A seed is a whole life. One that fails says its number and the command that repeats it
//! (`AMENDS_TEST_SEED`); `AMENDS_TEST_SEEDS` lives that many, `AMENDS_TEST_STEPS` makes them shorter or longer.

use amends_tests::{Database, Engine};
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

mod agents;
mod changes;
mod channel;
mod erasure;
mod house;
mod independence;
mod invariants;
mod life;
mod seen;
mod story;

/// Steps of one life.
const STEPS: u64 = 120;

#[expect(clippy::disallowed_methods, reason = "a test has no other configuration than its environment")]
fn given(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// The seeds to run: these, or the one that was asked for.
fn seeds(usual: std::ops::Range<u64>) -> Vec<u64> {
    let many = given("AMENDS_TEST_SEEDS").map_or(usual.end, |count| usual.start + count);
    given("AMENDS_TEST_SEED").map_or_else(|| (usual.start..many).collect(), |seed| vec![seed])
}

async fn lives(engine: Engine, usual: std::ops::Range<u64>) {
    for seed in seeds(usual) {
        let Some(database) = Database::fresh(engine).await else { return };
        eprintln!("seed {seed}");
        life::live(&database, seed, given("AMENDS_TEST_STEPS").unwrap_or(STEPS)).await;
        database.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_every_invariant_holds_on_sqlite() {
    lives(Engine::Sqlite, 0..10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_every_invariant_holds_on_postgres() {
    lives(Engine::Postgres, 100..103).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_in_which_signals_arrive_changes_no_fact() {
    for seed in seeds(0..12) {
        eprintln!("seed {seed}");
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let story = story::tell(&mut rng);
        let mut other = story.clone();
        // Some of it is told twice.
        other.extend(story.iter().filter(|_| rng.random_bool(0.2)).cloned().collect::<Vec<_>>());
        other.shuffle(&mut rng);
        let first = life::facts_of(story, 3).await;
        let second = life::facts_of(other, 7).await;
        for ((name, first), (_, second)) in first.iter().zip(&second) {
            let differences = differences(first, second);
            assert!(differences.is_empty(), "seed {seed}: {name} differ:\n{}", differences.join("\n"));
        }
    }
}

/// The first facts in which two tellings differ.
fn differences(first: &[String], second: &[String]) -> Vec<String> {
    if first.len() != second.len() {
        return vec![format!("{} facts, {} facts", first.len(), second.len())];
    }
    let pairs = first.iter().zip(second).filter(|(first, second)| first != second);
    pairs.take(3).map(|(first, second)| format!("  {first}\n  {second}")).collect()
}
