//! Telling a shop what happened: late, again, in other words, in two calls at once.

use amends_domain::Span;
use amends_domain::signal::{Direction, Signal, SignalBody};
use rand::Rng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};

use super::history::History;

impl History {
    /// Tells some of it, with some that was told, and now and then the same in other words.
    pub(super) async fn hear(&mut self, shop: usize, dies: bool) {
        let most = if self.in_time { 4 } else { 16 };
        let count = self.rng.random_range(1..most).min(self.untold[shop].len());
        let mut batch: Vec<Signal> = self.untold[shop].drain(..count).collect();
        // Nothing is told before it happened.
        let latest = batch.iter().map(|signal| signal.occurred_at).max();
        if let Some(latest) = latest.filter(|latest| *latest > self.house.app.now()) {
            let soon = latest + Span::from_minutes(self.rng.random_range(0..20));
            self.house.advance(soon.since(self.house.app.now())).await;
            self.look(None).await;
        }
        let mut known: Vec<Signal> = self.books[shop].told.values().cloned().collect();
        known.sort_by(|a, b| a.id.cmp(&b.id));
        for _ in 0..3 {
            let Some(again) = known.choose(&mut self.rng) else { break };
            let contradicts = self.rng.random_bool(0.2);
            let occurred_at = again.occurred_at - Span::from_hours(i64::from(contradicts));
            batch.push(Signal { occurred_at, ..again.clone() });
        }
        batch.shuffle(&mut self.rng);
        if self.rng.random_bool(0.3) {
            self.tell_at_once(shop, batch, dies).await;
        } else {
            self.tell(shop, batch, dies).await;
        }
    }

    /// Tells it in its order. Only what a seller writes is not told together with reviews: which of them it is
    /// about depends on which were there before, and within one call nobody can tell.
    async fn tell(&mut self, shop: usize, batch: Vec<Signal>, dies: bool) {
        let is_review = |signal: &Signal| matches!(signal.body, SignalBody::Review(_));
        if self.rng.random_bool(0.5) {
            let (reviews, others): (Vec<Signal>, Vec<Signal>) = batch.into_iter().partition(is_review);
            self.record(shop, &reviews, dies).await;
            self.record(shop, &others, false).await;
            return;
        }
        let has_reviews = batch.iter().any(is_review);
        let (alone, together): (Vec<Signal>, Vec<Signal>) =
            batch.into_iter().partition(|signal| has_reviews && is_sellers(signal));
        self.record(shop, &together, dies).await;
        for signal in alone {
            self.record(shop, std::slice::from_ref(&signal), false).await;
        }
    }

    /// Tells it in two calls at once. What is said of one thing is said in one of them, because which was said
    /// last can matter; words are told afterwards, because which came first does.
    async fn tell_at_once(&mut self, shop: usize, batch: Vec<Signal>, dies: bool) {
        let (mut calls, mut words) = ([Vec::new(), Vec::new()], Vec::new());
        for signal in batch {
            match about(&signal) {
                Some(thing) => calls[usize::from(thing.bytes().fold(0, u8::wrapping_add) % 2)].push(signal),
                None => words.push(signal),
            }
        }
        let [one, other] = calls;
        if one.is_empty() || other.is_empty() {
            self.record(shop, &[one, other].concat(), dies).await;
        } else {
            self.record_both(shop, [one, other], dies).await;
        }
        self.tell(shop, words, false).await;
    }

    async fn record_both(&mut self, shop: usize, [one, other]: [Vec<Signal>; 2], dies: bool) {
        if dies {
            self.house.die_after(self.rng.random_range(0..40));
        }
        let id = self.books[shop].shop.clone();
        let (mut first, mut second) =
            tokio::join!(self.house.record(&id, &one), self.house.record(&id, &other));
        if dies {
            self.house.crash().await;
        }
        if first.is_none() {
            first = self.house.record(&id, &one).await;
        }
        if second.is_none() {
            second = self.house.record(&id, &other).await;
        }
        let now = self.house.app.now().micros();
        self.books[shop].hear(&one, &first.unwrap(), now);
        self.books[shop].hear(&other, &second.unwrap(), now);
        self.look(Some(shop)).await;
    }

    pub(super) async fn record(&mut self, shop: usize, signals: &[Signal], dies: bool) {
        if signals.is_empty() {
            return;
        }
        if dies {
            self.house.die_after(self.rng.random_range(0..24));
        }
        let id = self.books[shop].shop.clone();
        let mut receipts = self.house.record(&id, signals).await;
        if dies {
            self.house.crash().await;
        }
        // Whoever got no answer says it again.
        if receipts.is_none() {
            receipts = self.house.record(&id, signals).await;
        }
        let now = self.house.app.now().micros();
        self.books[shop].hear(signals, &receipts.unwrap(), now);
        self.look(Some(shop)).await;
    }
}

/// What a seller writes.
fn is_sellers(signal: &Signal) -> bool {
    matches!(&signal.body, SignalBody::Message(said) if said.direction == Direction::ToBuyer)
}

/// The thing that is spoken of; none of words between people.
fn about(signal: &Signal) -> Option<String> {
    match &signal.body {
        SignalBody::Order(said) => Some(said.order.to_string()),
        SignalBody::Shipment(said) => Some(said.shipment.to_string()),
        SignalBody::Review(said) => Some(said.review.to_string()),
        SignalBody::Return(said) => Some(said.return_id.to_string()),
        _ => None,
    }
}
