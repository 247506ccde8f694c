//! A remedy never depends on a review: the same random history lived twice, once without all that is
//! about reviews, gives the same remedies to the byte, but for ids.
//!
//! Without reviews means: none is seen, revised, answered or removed, and nobody is asked. What a
//! buyer complained of reaches the shop as a message in both lives, and the review stands beside it in one.

use amends_tests::{Database, Engine};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::{given, seeds};

mod history;
mod names;
mod play;
mod seen;

use history::Act;
use seen::Remedies;

/// What a history gave, and how much of it there was.
#[derive(Debug, Default)]
struct Lived {
    remedies: Remedies,
    asks: usize,
    reviews: usize,
}

async fn live(
    engine: Engine,
    seed: u64,
    history: &[(amends_domain::Time, Act)],
    reviews: bool,
) -> Option<Lived> {
    let database = Database::fresh(engine).await?;
    let lived = play::play(&database, seed, history, reviews).await;
    database.remove().await;
    Some(lived)
}

async fn compare(engine: Engine, usual: std::ops::Range<u64>) {
    let (mut remedies, mut asks, mut reviews, mut lives) = (0, 0, 0, 0);
    for seed in seeds(usual) {
        let history = history::tell(&mut ChaCha8Rng::seed_from_u64(seed));
        let Some(with) = live(engine, seed, &history, true).await else { return };
        let Some(without) = live(engine, seed, &history, false).await else { return };
        eprintln!("seed {seed}: {} remedy events, {} asks", with.remedies.events.len(), with.asks);
        let difference = with.remedies.difference(&without.remedies);
        assert_eq!(difference, None, "seed {seed}\n{}", again(seed));
        assert_eq!((without.asks, without.reviews), (0, 0), "nothing about a review is left");
        remedies += with.remedies.events.len();
        (asks, reviews, lives) = (asks + with.asks, reviews + with.reviews, lives + 1);
    }
    // A history in which nothing happens shows nothing.
    if given("AMENDS_TEST_SEED").is_none() {
        assert!(
            remedies > lives * 20 && reviews > lives * 10 && asks >= lives,
            "{remedies} {reviews} {asks}"
        );
    }
}

fn again(seed: u64) -> String {
    format!("again: AMENDS_TEST_SEED={seed} cargo test -p amends-tests --test it without_all_reviews")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_all_reviews_every_remedy_is_the_same_on_sqlite() {
    compare(Engine::Sqlite, 0..8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_all_reviews_every_remedy_is_the_same_on_postgres() {
    compare(Engine::Postgres, 100..103).await;
}

/// Doctored: an agent who looks at the stars before offering money.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_who_looks_at_the_stars_is_found_out() {
    let mut history = history::tell(&mut ChaCha8Rng::seed_from_u64(1));
    for (_, act) in &mut history {
        if let Act::Offer { by_stars, .. } = act {
            *by_stars = true;
        }
    }
    let with = live(Engine::Sqlite, 1, &history, true).await.unwrap();
    let without = live(Engine::Sqlite, 1, &history, false).await.unwrap();
    let difference = with.remedies.difference(&without.remedies);
    assert!(difference.is_some(), "{} events", with.remedies.events.len());
}

/// Doctored by hand: the comparer sees one changed letter, one thing less, and another order.
#[test]
fn the_comparison_sees_every_difference() {
    let of = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let whole = || Remedies {
        events: of(&["offered 500", "accepted"]),
        decisions: of(&["rating unknown"]),
        suggestions: of(&["{}"]),
        rows: of(&["one"]),
        answers: of(&["Ok"]),
    };
    assert_eq!(whole().difference(&whole()), None);
    let doctors: [fn(&mut Remedies); 6] = [
        |one| one.events[0] = "offered 501".to_owned(),
        |one| drop(one.events.pop()),
        |one| one.events.swap(0, 1),
        |one| one.decisions[0] = "rating 2".to_owned(),
        |one| one.suggestions.clear(),
        |one| one.answers.push("refused".to_owned()),
    ];
    for doctor in doctors {
        let mut other = whole();
        doctor(&mut other);
        assert!(whole().difference(&other).is_some() && other.difference(&whole()).is_some());
    }
}
