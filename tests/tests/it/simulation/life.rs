//! One life: steps drawn from a seed, and what must hold after them.

use std::collections::BTreeMap;
use std::time::Duration;

use amends_app::ingest::Receipt;
use amends_domain::order::Line;
use amends_domain::rollup::{About, Facet};
use amends_domain::signal::Signal;
use amends_domain::tally::Family;
use amends_domain::{Span, Time};
use amends_store::{order, returns, review, rollup};
use amends_tests::{Database, Engine};
use rand::seq::SliceRandom as _;
use rand::{Rng, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::changes::Voice;
use super::channel::Channel;
use super::house::{House, shop};
use super::seen::Seen;
use super::story::{BEGIN, DAYS, tell};
use super::{agents, changes, erasure, invariants};

/// When a life begins: everything has happened, and is told little by little.
fn begin() -> Time {
    BEGIN + Span::from_days(DAYS + 1)
}

/// One life under way.
pub(super) struct Life {
    pub(super) house: House,
    pub(super) channel: Channel,
    rng: ChaCha8Rng,
    untold: Vec<Signal>,
    told: Vec<Signal>,
    said: u64,
}

/// Lives one life to its end.
pub(super) async fn live(database: &Database, seed: u64, steps: u64) {
    let mut life = Life::begin(database, seed).await;
    let (mut before, mut erased): (Option<Seen>, _) = (None, BTreeMap::new());
    for step in 0..steps {
        life.step().await;
        if step % 40 == 39 {
            erasure::erase(&mut life.house, seed, step, &mut erased).await;
        }
        if step % 20 == 19 {
            before = Some(invariants::check(&life.house, &life.channel, before.as_ref(), seed).await);
        }
    }
    life.repeat_everything().await;
    for days in [1, 70] {
        life.house.advance(Span::from_days(days)).await;
        let seen = invariants::check(&life.house, &life.channel, before.as_ref(), seed).await;
        erasure::nobody_erased_can_be_read(&life.house, &seen, &erased, seed).await;
        before = Some(seen);
    }
    life.house.end().await;
}

impl Life {
    pub(super) async fn begin(database: &Database, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let house = House::start(&database.url, begin(), seed).await;
        let mut untold = tell(&mut rng);
        untold.shuffle(&mut rng);
        Self { house, channel: Channel::default(), rng, untold, told: Vec::new(), said: 0 }
    }

    /// One step: something happens, or the process ends: between two steps or in the middle of one.
    pub(super) async fn step(&mut self) {
        match self.rng.random_range(0..20) {
            0 => {
                self.interrupted().await;
                self.house.crash().await;
            }
            1..4 => {
                // After that many statements, the last of which may be a commit nobody hears of.
                let statements = self.rng.random_range(0..24);
                self.house.die_after(statements);
                self.happen().await;
                self.house.crash().await;
            }
            _ => self.happen().await,
        }
    }

    async fn happen(&mut self) {
        let (house, rng) = (&self.house, &mut self.rng);
        match rng.random_range(0..24) {
            0..5 => self.hear().await,
            5..11 => agents::act(house, rng).await,
            11..17 => self.channel.act(house, rng).await,
            17 => changes::shift_begins(house, rng).await,
            18 => changes::policy(house, rng).await,
            19 => changes::assign(house, rng).await,
            20 => self.talk().await,
            21 => {
                // The machine's clock is set back, and goes on from there.
                house.clock.set_back(Span::from_minutes(rng.random_range(1..600)));
                house.settle().await;
            }
            22 => house.advance(Span::from_minutes(rng.random_range(1..600))).await,
            _ => {
                let minutes = if rng.random_bool(0.2) { 20_000 } else { 3_000 };
                house.advance(Span::from_minutes(rng.random_range(1..minutes))).await;
            }
        }
    }

    /// Some new signals, with some old ones among them.
    async fn hear(&mut self) {
        let count = self.rng.random_range(0..12).min(self.untold.len());
        let mut batch: Vec<Signal> = self.untold.drain(..count).collect();
        let new = batch.clone();
        for _ in 0..3 {
            if !self.told.is_empty() {
                batch.push(self.told[self.rng.random_range(0..self.told.len())].clone());
            }
        }
        batch.shuffle(&mut self.rng);
        if batch.is_empty() {
            return;
        }
        match self.house.record(&batch).await {
            Ok(receipts) => {
                self.told.extend(new);
                for (receipt, signal) in receipts.iter().zip(&batch) {
                    assert!(!matches!(receipt, Receipt::Rejected(_)), "{receipt:?} for {signal:?}");
                }
            }
            // Whoever got no answer says it again.
            Err(error) => {
                assert!(self.house.is_dead(), "{error}");
                self.untold.extend(new);
            }
        }
    }

    /// Somebody or something speaks. What a machine says stops no clock that waits for a person.
    async fn talk(&mut self) {
        self.said += 1;
        let voices = [Voice::Buyer, Voice::Buyer, Voice::Seller, Voice::QuickReply, Voice::Bot, Voice::Bot];
        let voice = voices[self.rng.random_range(0..voices.len())];
        let signal = changes::said(&self.house, &mut self.rng, self.said, voice);
        let before = changes::waiting(&self.house).await;
        match self.house.record(std::slice::from_ref(&signal)).await {
            Ok(_) => self.told.push(signal),
            Err(error) => {
                assert!(self.house.is_dead(), "{error}");
                self.untold.push(signal);
            }
        }
        if voice == Voice::Bot {
            let after = changes::waiting(&self.house).await;
            let stopped: Vec<_> = before.difference(&after).collect();
            assert!(stopped.is_empty(), "a bot stopped {stopped:?}");
        }
    }

    /// A caller who is gone before the answer.
    async fn interrupted(&self) {
        let some: Vec<Signal> = self.told.iter().rev().take(5).cloned().collect();
        if !some.is_empty() {
            let _ = tokio::time::timeout(Duration::from_micros(200), self.house.record(&some)).await;
        }
    }

    /// What was told is told again: nothing of it is new.
    async fn repeat_everything(&self) {
        for part in self.untold.chunks(50) {
            self.house.record(part).await.unwrap();
        }
        for part in self.told.chunks(50) {
            for receipt in self.house.record(part).await.unwrap() {
                assert!(matches!(receipt, Receipt::Duplicate { .. }), "{receipt:?}");
            }
        }
    }
}

/// Everything that is derived from signals told in that order, in batches of that size, as text.
pub(super) async fn facts_of(signals: Vec<Signal>, batch: usize) -> Vec<(&'static str, Vec<String>)> {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let house = House::start(&database.url, begin(), 1).await;
    for part in signals.chunks(batch) {
        for receipt in house.record(part).await.unwrap() {
            assert!(matches!(receipt, Receipt::Accepted { .. } | Receipt::Duplicate { .. }), "{receipt:?}");
        }
    }
    invariants::check(&house, &Channel::default(), None, 0).await;
    let facts = facts(&house).await;
    house.end().await;
    facts
}

fn show<T: std::fmt::Debug>(facts: &[T]) -> Vec<String> {
    facts.iter().map(|fact| format!("{fact:?}")).collect()
}

async fn facts(house: &House) -> Vec<(&'static str, Vec<String>)> {
    let conn = house.look.reader();
    let mut lines: Vec<Line> = order::page(&conn, &shop(), None, 1_000).await.unwrap();
    // Which case heard of a line or review first, and what it heard first, goes by the order of arrival.
    lines.iter_mut().for_each(|line| line.about = About::default());
    let mut orders: Vec<_> = lines.iter().map(|line| (shop(), line.order.clone())).collect();
    orders.dedup();
    let mut requests = returns::by_orders(&orders).all(&conn).await.unwrap();
    requests.iter_mut().for_each(|request| request.case = None);
    requests.sort_by(|a, b| (&a.order, &a.return_id).cmp(&(&b.order, &b.return_id)));
    let mut reviews = review::page(&conn, &shop(), None, 1_000).await.unwrap();
    reviews.iter_mut().for_each(|review| (review.case, review.about) = (None, About::default()));
    let mut sums = Vec::new();
    // Cases themselves go by the order of arrival, and with them what is counted of cases.
    for family in [Family::Review, Family::Line] {
        sums.extend(rollup::page(&conn, &shop(), family, None, 1_000_000).await.unwrap());
    }
    let any_order = [Some(Facet::Sku), Some(Facet::Star), None];
    let is_by = |facet| any_order.contains(&facet);
    sums.retain(|(cell, sums)| {
        let (a, b) = cell.place.split.facets();
        is_by(a) && is_by(b) && !sums.is_empty()
    });
    vec![
        ("lines", show(&lines)),
        ("returns", show(&requests)),
        ("reviews", show(&reviews)),
        ("rollups", show(&sums)),
    ]
}
