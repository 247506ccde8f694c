//! One life: steps drawn from a seed, and what must hold after them.

use std::time::Duration;

use amends_app::ingest::Receipt;
use amends_domain::order::Line;
use amends_domain::signal::Signal;
use amends_domain::{Span, Time};
use amends_store::{order, returns, review, tally};
use amends_tests::{Database, Engine};
use rand::seq::SliceRandom as _;
use rand::{Rng, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::house::{House, shop};
use super::story::{BEGIN, DAYS, tell};
use super::{agents, invariants};

/// When a life begins: everything has happened, and is told little by little.
fn begin() -> Time {
    BEGIN + Span::from_days(DAYS + 1)
}

/// Lives one life to its end.
pub(super) async fn live(database: &Database, seed: u64, steps: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut house = House::start(&database.url, begin(), seed).await;
    let mut untold = tell(&mut rng);
    untold.shuffle(&mut rng);
    let mut told: Vec<Signal> = Vec::new();
    for step in 0..steps {
        match rng.random_range(0..10) {
            0..3 => hear(&house, &mut rng, &mut untold, &mut told).await,
            3..8 => agents::act(&house, &mut rng).await,
            8 => house.advance(Span::from_minutes(rng.random_range(1..3_000))).await,
            _ => {
                interrupted(&house, &told).await;
                house.crash().await;
            }
        }
        if step % 20 == 19 {
            invariants::check(&house, seed).await;
        }
    }
    repeat_everything(&house, &untold, &told).await;
    house.advance(Span::from_days(1)).await;
    invariants::check(&house, seed).await;
    house.advance(Span::from_days(70)).await;
    invariants::check(&house, seed).await;
    house.end().await;
}

/// Some new signals, with some old ones among them.
async fn hear(house: &House, rng: &mut ChaCha8Rng, untold: &mut Vec<Signal>, told: &mut Vec<Signal>) {
    let count = rng.random_range(0..12).min(untold.len());
    let mut batch: Vec<Signal> = untold.drain(..count).collect();
    told.extend(batch.iter().cloned());
    for _ in 0..3 {
        if !told.is_empty() {
            batch.push(told[rng.random_range(0..told.len())].clone());
        }
    }
    batch.shuffle(rng);
    if batch.is_empty() {
        return;
    }
    let receipts = house.record(&batch).await.unwrap();
    for (receipt, signal) in receipts.iter().zip(&batch) {
        assert!(!matches!(receipt, Receipt::Rejected(_)), "{receipt:?} for {signal:?}");
    }
}

/// A caller who is gone before the answer.
async fn interrupted(house: &House, told: &[Signal]) {
    let some: Vec<Signal> = told.iter().rev().take(5).cloned().collect();
    if !some.is_empty() {
        let _ = tokio::time::timeout(Duration::from_micros(200), house.record(&some)).await;
    }
}

/// What was told is told again: nothing of it is new.
async fn repeat_everything(house: &House, untold: &[Signal], told: &[Signal]) {
    for part in untold.chunks(50) {
        house.record(part).await.unwrap();
    }
    for part in told.chunks(50) {
        for receipt in house.record(part).await.unwrap() {
            assert!(matches!(receipt, Receipt::Duplicate { .. }), "{receipt:?}");
        }
    }
}

/// Everything that is derived from signals told in that order, in batches of that size, as text.
pub(super) async fn facts_of(signals: Vec<Signal>, batch: usize) -> Vec<(&'static str, Vec<String>)> {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let house = House::start(&database.url, begin(), 1).await;
    for part in signals.chunks(batch) {
        for receipt in house.record(part).await.unwrap() {
            assert!(matches!(receipt, Receipt::Accepted { .. }), "{receipt:?}");
        }
    }
    invariants::check(&house, 0).await;
    let facts = facts(&house).await;
    house.end().await;
    facts
}

fn show<T: std::fmt::Debug>(facts: &[T]) -> Vec<String> {
    facts.iter().map(|fact| format!("{fact:?}")).collect()
}

async fn facts(house: &House) -> Vec<(&'static str, Vec<String>)> {
    let conn = house.app.store().reader();
    let lines: Vec<Line> = order::page(&conn, &shop(), None, 1_000).await.unwrap();
    let mut orders: Vec<_> = lines.iter().map(|line| (shop(), line.order.clone())).collect();
    orders.dedup();
    let mut requests = returns::by_orders(&orders).all(&conn).await.unwrap();
    requests.iter_mut().for_each(|request| request.case = None);
    requests.sort_by(|a, b| (&a.order, &a.return_id).cmp(&(&b.order, &b.return_id)));
    let mut reviews = review::page(&conn, &shop(), None, 1_000).await.unwrap();
    reviews.iter_mut().for_each(|review| review.case = None);
    let mut tallies: Vec<_> = tally::all(&conn, &shop()).await.unwrap();
    tallies.retain(|(_, _, _, value)| *value != 0);
    tallies.sort_by_key(|(_, day, measure, _)| (*day, measure.as_str()));
    vec![
        ("lines", show(&lines)),
        ("returns", show(&requests)),
        ("reviews", show(&reviews)),
        ("tallies", show(&tallies)),
    ]
}
