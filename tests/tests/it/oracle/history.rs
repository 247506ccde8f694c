//! One history: drawn from a seed, played, and compared.

use std::sync::Arc;

use amends_app::key::local_principal;
use amends_domain::Span;
use amends_domain::signal::{Direction, Signal, SignalBody};
use amends_tests::Database;
use amends_tests::oracle::{Entry, Wrong};
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{Rng, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::compare::{self, Found};
use super::desk;
use super::house::{House, PLACES, call};
use super::served::Book;
use super::story::{BEGIN, DAYS, id, tell};
use super::{shift, sla, survey};

/// What is said and done between one comparison and the next.
const STEPS: std::ops::Range<u64> = 8..36;

struct History {
    house: House,
    rng: ChaCha8Rng,
    books: Vec<Book>,
    /// What is not told yet, shop by shop.
    untold: Vec<Vec<Signal>>,
    /// How many answers to surveys there were.
    answers: u64,
    /// Whether things are told soon after they happened, and in their order.
    in_time: bool,
}

/// Plays a history to its end, and compares on the way with counts by each of the rules.
pub(super) async fn play(database: &Database, seed: u64, rules: &[Wrong]) -> Vec<Found> {
    let mut history = History::begin(database, seed).await;
    let mut found: Vec<Found> =
        rules.iter().map(|wrong| Found { wrong: *wrong, ..Found::default() }).collect();
    // Several counts are compared at the end alone.
    let alone = rules.len() == 1;
    let (first, second) = (history.rng.random_range(STEPS), history.rng.random_range(STEPS));
    history.steps(first).await;
    if alone && history.rng.random_bool(0.3) {
        history.compare(&mut found).await;
    }
    history.steps(second).await;
    if history.rng.random_bool(0.4) {
        // What is told and done once weeks and months are sealed changes them all the same.
        history.house.advance(Span::from_days(45)).await;
        history.look(None).await;
        history.steps(6).await;
    }
    history.tell_the_rest().await;
    if alone && history.rng.random_bool(0.3) {
        history.compare(&mut found).await;
    }
    history.house.advance(Span::from_days(45)).await;
    history.look(None).await;
    history.compare(&mut found).await;
    if alone && !found[0].differences.is_empty() {
        history.explain(&mut found[0]).await;
    }
    history.house.end().await;
    found
}

impl History {
    async fn begin(database: &Database, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Shops are there before anything happens, and everything has happened when it is told.
        let house = House::start(database, BEGIN - Span::from_days(2), seed).await;
        let mut numbers: Vec<usize> = (0..PLACES.len()).collect();
        numbers.shuffle(&mut rng);
        // Mostly one alone; with a second, both are asked about together.
        let count = if rng.random_bool(0.35) { 2 } else { 1 };
        let (mut books, mut untold) = (Vec::new(), Vec::new());
        let in_time = rng.random_bool(0.4);
        for number in numbers.into_iter().take(count) {
            books.push(Book::new(house.open(number).await));
            let mut story = tell(&mut rng);
            story.shuffle(&mut rng);
            if in_time {
                story.sort_by_key(|signal| signal.occurred_at);
            }
            untold.push(story);
        }
        if !in_time {
            house.advance(Span::from_days(DAYS + 3)).await;
        }
        Self { house, rng, books, untold, answers: 0, in_time }
    }

    async fn steps(&mut self, count: u64) {
        for _ in 0..count {
            self.step().await;
        }
    }

    async fn step(&mut self) {
        let shop = self.rng.random_range(0..self.books.len());
        let dies = self.rng.random_bool(0.15);
        // Whoever adds a kind of step adds an arm, and to `Entry` what it means.
        match self.rng.random_range(0..13) {
            0..5 => self.hear(shop, dies).await,
            5..9 => self.work(shop, dies).await,
            9 => {
                let answer =
                    survey::answer(&self.house, &mut self.rng, &self.books[shop], self.answers).await;
                self.answers += 1;
                self.record(shop, &[answer], dies).await;
            }
            10 => {
                if self.rng.random_bool(0.2) {
                    self.erase(shop, dies).await;
                } else if self.rng.random_bool(0.3) {
                    sla::change(&self.house, &mut self.rng, &mut self.books[shop]).await;
                }
            }
            11 => self.come_and_go(shop, dies).await,
            _ => self.wait(dies).await,
        }
    }

    /// Agents say that they are there, away or gone, and sometimes nobody looks at the clock for a while.
    async fn come_and_go(&mut self, shop: usize, dies: bool) {
        for _ in 0..self.rng.random_range(1..4) {
            let word = shift::any(&mut self.rng);
            if dies {
                self.house.die_after(self.rng.random_range(0..16));
            }
            shift::say(&self.house, &mut self.books[shop], word).await;
            if dies {
                self.house.crash().await;
                // Whoever got no answer says it again.
                shift::say(&self.house, &mut self.books[shop], word).await;
            }
            let by = Span::from_secs(self.rng.random_range(0..900));
            self.house.advance(by).await;
            self.look(None).await;
        }
        if self.rng.random_bool(0.3) {
            // What ran out meanwhile is noticed by whoever comes next, and ended when it ran out.
            self.house.oversleep(Span::from_secs(self.rng.random_range(0..10_000)));
            for _ in 0..self.rng.random_range(0..4) {
                desk::act(&self.house, &mut self.rng, &mut self.books[shop]).await;
                let word = shift::any(&mut self.rng);
                shift::say(&self.house, &mut self.books[shop], word).await;
            }
            self.house.settle().await;
            self.look(None).await;
        }
    }

    /// Agents do some things in a shop.
    async fn work(&mut self, shop: usize, dies: bool) {
        for _ in 0..self.rng.random_range(1..9) {
            if self.rng.random_bool(0.15) {
                let who = *shift::PEOPLE.choose(&mut self.rng).unwrap();
                let word = shift::there(&mut self.rng, who);
                shift::say(&self.house, &mut self.books[shop], word).await;
            }
            if dies {
                self.house.die_after(self.rng.random_range(0..24));
            }
            desk::act(&self.house, &mut self.rng, &mut self.books[shop]).await;
            if dies {
                self.house.crash().await;
            } else if self.rng.random_bool(0.3) {
                // Work takes time.
                self.house.advance(Span::from_secs(self.rng.random_range(1..280))).await;
                self.look(None).await;
            }
        }
        self.look(Some(shop)).await;
    }

    /// A buyer is forgotten, which changes nothing that was counted.
    async fn erase(&mut self, shop: usize, dies: bool) {
        if dies {
            self.house.die_after(self.rng.random_range(0..24));
        }
        let buyer = id(format!("b{}", self.rng.random_range(0..3)));
        self.books[shop].record.entries.push(Entry::Forgot);
        self.house.erase(&self.books[shop].shop, buyer).await;
        if dies {
            self.house.crash().await;
        }
        self.house.settle().await;
        self.look(Some(shop)).await;
    }

    /// Time passes.
    async fn wait(&mut self, dies: bool) {
        if dies {
            self.house.die_after(self.rng.random_range(0..40));
        }
        let minutes = if self.rng.random_bool(0.2) { 10_000 } else { 2_000 };
        let by = Span::from_minutes(self.rng.random_range(1..minutes));
        self.house.advance(by).await;
        if dies {
            self.house.crash().await;
            self.house.advance(by).await;
        }
        self.look(None).await;
    }

    /// Tells some of it, with some that was told, and now and then the same in other words.
    async fn hear(&mut self, shop: usize, dies: bool) {
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

    async fn record(&mut self, shop: usize, signals: &[Signal], dies: bool) {
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

    async fn look(&mut self, shop: Option<usize>) {
        for (n, book) in self.books.iter_mut().enumerate() {
            if shop.is_none_or(|shop| shop == n) {
                book.look(&self.house).await;
            }
        }
    }

    /// What a difference can be understood by: what the service itself finds wrong, and the whole record.
    async fn explain(&self, found: &mut Found) {
        for book in &self.books {
            let operator = call(&local_principal().unwrap());
            let again =
                self.house.app.recompute(operator, &book.shop, false, Arc::new(|_, _| {})).await.unwrap();
            found.story.push(format!("{}: recompute finds {:#?}", book.record.shop, again.differences));
            found
                .story
                .extend(book.record.entries.iter().map(|entry| format!("{}: {entry:?}", book.record.shop)));
        }
    }

    async fn tell_the_rest(&mut self) {
        for shop in 0..self.books.len() {
            while !self.untold[shop].is_empty() {
                self.hear(shop, false).await;
            }
        }
    }

    async fn compare(&mut self, found: &mut [Found]) {
        self.house.settle().await;
        self.look(None).await;
        compare::every_figure(&self.house, &self.books, &mut self.rng, found).await;
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
