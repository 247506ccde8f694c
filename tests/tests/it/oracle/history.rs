//! One history: drawn from a seed, played, and compared.

use std::sync::Arc;

use amends_app::key::local_principal;
use amends_domain::Span;
use amends_domain::signal::Signal;
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

pub(super) struct History {
    pub(super) house: House,
    pub(super) rng: ChaCha8Rng,
    pub(super) books: Vec<Book>,
    /// What is not told yet, shop by shop.
    pub(super) untold: Vec<Vec<Signal>>,
    /// How many answers to surveys there were.
    answers: u64,
    /// Whether things are told soon after they happened, and in their order.
    pub(super) in_time: bool,
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
            self.house.look_away(Span::from_secs(self.rng.random_range(0..10_000)));
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

    pub(super) async fn look(&mut self, shop: Option<usize>) {
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
