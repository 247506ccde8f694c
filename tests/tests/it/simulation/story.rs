//! What could have happened in a month: random, but of a piece.

use amends_domain::counter::OfferBounds;
use amends_domain::returns::ReturnStatus;
use amends_domain::review::RemovedBy;
use amends_domain::signal::{
    Author, Direction, MessageSignal, OrderSignal, OrderState, OrderedLine, ReturnSignal, ReviewSignal,
    ShipmentSignal, ShipmentState, Signal, SignalBody,
};
use amends_domain::{Money, Span, Time};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

/// 2026-03-02T00:00:00Z: nothing happens before.
pub(super) const BEGIN: Time = Time::from_secs(1_772_409_600);

/// Everything has happened after so many days.
pub(super) const DAYS: i64 = 30;

const ORDERS: u32 = 9;

const WORDS: [&str; 6] = [
    "You sent the wrong size, I want to send it back.",
    "The bottle leaked all over my bag, the lid is broken.",
    "When will my parcel arrive?",
    "Great quality, I love it.",
    "收到的时候已经坏了，很失望。",
    "I want a refund please.",
];

/// Whose order it is.
pub(super) const fn buyer_of(order: u32) -> u32 {
    order % 7
}

/// A word in all that a buyer says by name.
pub(super) fn buyers_word(buyer: u32) -> String {
    format!("Quokka{buyer}ville")
}

/// A word in all that is said about an order by nobody in particular.
pub(super) fn orders_word(order: u32) -> String {
    format!("Wallaby{order}ton")
}

/// How many orders there are.
pub(super) const fn orders() -> u32 {
    ORDERS
}

/// Collects what happened, each under an id of its own.
struct Teller<'a> {
    rng: &'a mut ChaCha8Rng,
    told: Vec<Signal>,
}

/// The signals of a month.
pub(super) fn tell(rng: &mut ChaCha8Rng) -> Vec<Signal> {
    let mut teller = Teller { rng, told: Vec::new() };
    for n in 0..ORDERS {
        teller.order(n);
    }
    for n in 0..3 {
        teller.lone_review(n);
    }
    teller.told
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: String) -> T {
    text.parse().unwrap()
}

impl Teller<'_> {
    /// Whole hours, so that some things happen at the same instant.
    fn say(&mut self, hour: i64, body: impl Into<SignalBody>) {
        let number = self.told.len();
        let occurred_at = BEGIN + Span::from_hours(hour.min(DAYS * 24));
        self.told.push(Signal { id: id(format!("s{number}")), occurred_at, body: body.into() });
    }

    fn order(&mut self, n: u32) {
        let placed = self.rng.random_range(0..48);
        let lines: Vec<OrderedLine> = (1..=self.rng.random_range(1..=2)).map(|l| self.line(l)).collect();
        let known = self.rng.random_bool(0.9);
        let said = OrderSignal {
            order: id(format!("o{n}")),
            buyer: id(format!("b{}", buyer_of(n))),
            lines: lines.clone(),
            state: OrderState::Placed,
            language: "en".to_owned(),
            time_zone: String::new(),
        };
        if known {
            self.say(placed, SignalBody::Order(said.clone()));
            let paid = OrderSignal { state: OrderState::Paid, ..said };
            self.say(placed + 2, SignalBody::Order(paid));
        }
        self.parcels(n, &lines, placed);
        for line in &lines {
            self.complaints(n, line, placed + 72);
        }
    }

    fn line(&mut self, l: u32) -> OrderedLine {
        OrderedLine {
            line: id(l.to_string()),
            sku: id(format!("sku-{l}")),
            title: String::new(),
            category: String::new(),
            quantity: self.rng.random_range(1..=3),
            unit_price: Money::new(self.rng.random_range(500..20_000), "EUR".parse().unwrap()),
        }
    }

    fn parcels(&mut self, n: u32, lines: &[OrderedLine], placed: i64) {
        let whole = self.rng.random_bool(0.5);
        let parts: Vec<Vec<_>> = match whole {
            true => vec![Vec::new()],
            false => lines.iter().map(|l| vec![(l.line.clone(), l.quantity)]).collect(),
        };
        for (p, part) in parts.into_iter().enumerate() {
            let mut hour = placed + 24;
            for state in [ShipmentState::InTransit, ShipmentState::Delayed, ShipmentState::Delivered] {
                if !self.rng.random_bool(0.7) {
                    continue;
                }
                hour += self.rng.random_range(1..40);
                let parcel = ShipmentSignal {
                    shipment: id(format!("p{n}-{p}")),
                    order: id(format!("o{n}")),
                    lines: part.clone(),
                    state,
                    eta: None,
                    carrier: String::new(),
                    tracking: orders_word(n),
                    remedy: None,
                };
                self.say(hour, SignalBody::Shipment(parcel));
            }
        }
    }

    fn complaints(&mut self, n: u32, line: &OrderedLine, from: i64) {
        if self.rng.random_bool(0.6) {
            let named = self.rng.random_bool(0.7);
            self.reviews(&format!("r{n}-{}", line.line), Some((n, line)).filter(|_| named), from);
        }
        for m in 0..self.rng.random_range(0..3) {
            self.message(n, line, m, from);
        }
        if self.rng.random_bool(0.4) {
            self.return_request(n, line, from);
        }
    }

    /// Some versions of one review; the later ones may name the order.
    fn reviews(&mut self, name: &str, about: Option<(u32, &OrderedLine)>, from: i64) {
        let mut hour = from;
        for _ in 0..self.rng.random_range(1..5) {
            hour += self.rng.random_range(0..60);
            let gone = self.rng.random_bool(0.1);
            let added = !gone && self.rng.random_bool(0.1);
            let rating = (!added).then(|| self.rng.random_range(1..=5));
            // Some additions are taken away again, and some channels say when a change was made.
            let follow_up = added || (gone && hour % 4 == 0);
            let modified = BEGIN + Span::from_hours((hour - hour % 7).min(DAYS * 24));
            let words = *WORDS.choose(self.rng).unwrap();
            let seen = ReviewSignal {
                review: id(name.to_owned()),
                order: about.map(|(n, _)| id(format!("o{n}"))),
                line: about.map(|(_, line)| line.line.clone()),
                sku: None,
                buyer: None,
                rating: rating.filter(|_| !follow_up),
                text: about.map_or_else(|| words.to_owned(), |(n, _)| format!("{words} {}", orders_word(n))),
                language: String::new(),
                visible: !gone,
                removed_by: gone.then_some(RemovedBy::Platform),
                platform_modified_at: (hour % 3 == 0).then_some(modified),
                edit_state: None,
                follow_up,
            };
            self.say(hour, SignalBody::Review(seen));
        }
    }

    fn lone_review(&mut self, n: u32) {
        let from = self.rng.random_range(0..400);
        self.reviews(&format!("lone{n}"), None, from);
    }

    fn message(&mut self, n: u32, line: &OrderedLine, m: u32, from: i64) {
        let hour = from + self.rng.random_range(0..200);
        let knows_line = self.rng.random_bool(0.6);
        let said = MessageSignal {
            message: id(format!("m{n}-{}-{m}", line.line)),
            conversation: id(format!("c{n}")),
            order: self.rng.random_bool(0.8).then(|| id(format!("o{n}"))),
            line: None,
            buyer: id(format!("b{}", buyer_of(n))),
            direction: Direction::FromBuyer,
            author: Author::Human,
            text: format!("{} {}", WORDS.choose(self.rng).unwrap(), buyers_word(buyer_of(n))),
            language: String::new(),
            public: false,
        };
        let line = said.order.is_some().then(|| line.line.clone()).filter(|_| knows_line);
        self.say(hour, SignalBody::Message(MessageSignal { line, ..said }));
    }

    fn return_request(&mut self, n: u32, line: &OrderedLine, from: i64) {
        let mut hour = from + self.rng.random_range(0..100);
        let knows_line = self.rng.random_bool(0.8);
        let withdrawn = self.rng.random_bool(0.3);
        let way: &[ReturnStatus] = match withdrawn {
            true => &[ReturnStatus::Requested, ReturnStatus::Withdrawn],
            false => &[
                ReturnStatus::Requested,
                ReturnStatus::Approved,
                ReturnStatus::Received,
                ReturnStatus::Settled,
            ],
        };
        let steps = self.rng.random_range(1..=way.len());
        let asked = BEGIN + Span::from_hours(hour.min(DAYS * 24));
        for status in way.iter().take(steps) {
            hour += self.rng.random_range(1..50);
            let seen = ReturnSignal {
                return_id: id(format!("ret{n}-{}", line.line)),
                order: id(format!("o{n}")),
                line: Some(line.line.clone()).filter(|_| knows_line),
                quantity: 1,
                status: *status,
                requested_at: asked,
                raw_status: status.to_string(),
                reason: None,
                raw_reason: orders_word(n),
                buyer: None,
                deadline: None,
                // A partner may say what it pays, or only that it paid.
                refund: (*status == ReturnStatus::Settled && self.rng.random_bool(0.6))
                    .then(|| Money::new(self.rng.random_range(0..9_000), "EUR".parse().unwrap())),
                seller_fault: None,
                bounds: OfferBounds { left: Some(self.rng.random_range(0..4)), ..OfferBounds::default() },
            };
            self.say(hour, SignalBody::Return(seen));
        }
    }
}
