//! What could have happened to a shop in seven weeks, and how it is told.

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

/// 2026-03-02T00:00:00Z: nothing happens before. Clocks change on 8 and 29 March, 4 and 5 April.
pub(super) const BEGIN: Time = Time::from_secs(1_772_409_600);

/// Everything has happened after so many days.
pub(super) const DAYS: i64 = 50;

const WORDS: [&str; 7] = [
    "You sent the wrong size, I want to send it back.",
    "The bottle leaked all over my bag, the lid is broken.",
    "When will my parcel arrive?",
    "Great quality, I love it.",
    "Ich möchte die Ware zurückgeben.",
    "收到的时候已经坏了，很失望。",
    "I want a refund please.",
];

const ARTICLES: [&str; 3] = ["lamp", "bottle", "shoe"];

pub(super) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: impl AsRef<str>) -> T {
    text.as_ref().parse().unwrap()
}

/// Collects what happened, each under an id of its own.
struct Teller<'a> {
    rng: &'a mut ChaCha8Rng,
    told: Vec<Signal>,
}

/// The signals of one shop.
pub(super) fn tell(rng: &mut ChaCha8Rng) -> Vec<Signal> {
    let mut teller = Teller { rng, told: Vec::new() };
    for n in 0..teller.rng.random_range(2..6) {
        teller.order(n);
    }
    let from = teller.rng.random_range(0..800);
    teller.review("lone", None, from);
    teller.corrections();
    teller.told
}

impl Teller<'_> {
    /// Mostly whole hours, so that some things happen at the same instant.
    fn say(&mut self, hour: i64, body: SignalBody) {
        let number = self.told.len();
        let occurred_at = BEGIN + Span::from_hours(hour.clamp(0, DAYS * 24));
        self.told.push(Signal { id: id(format!("s{number}")), occurred_at, body });
    }

    fn chance(&mut self, p: f64) -> bool {
        self.rng.random_bool(p)
    }

    fn order(&mut self, n: u32) {
        let placed = self.rng.random_range(0..500);
        let count = self.rng.random_range(1..=3);
        let lines: Vec<OrderedLine> = (1..=count).map(|l| self.line(l)).collect();
        if self.chance(0.9) {
            let said = OrderSignal {
                order: id(format!("o{n}")),
                buyer: id(format!("b{}", n % 3)),
                lines: lines.clone(),
                state: OrderState::Paid,
                language: "en".to_owned(),
                time_zone: "Europe/Berlin".to_owned(),
            };
            self.say(placed, SignalBody::Order(said.clone()));
            if self.chance(0.3) {
                // The order is said again, with other articles and pieces.
                let lines = said.lines.iter().map(|line| self.corrected(line)).collect();
                let hours = self.rng.random_range(0..300);
                self.say(placed + hours, SignalBody::Order(OrderSignal { lines, ..said }));
            }
        }
        self.parcels(n, &lines, placed);
        for line in &lines {
            if self.chance(0.6) {
                self.review(&format!("r{n}-{}", line.line), Some((n, line)), placed + 40);
            }
            for m in 0..self.rng.random_range(0..3) {
                self.message(n, line, m, placed + 20);
            }
            for r in 0..self.rng.random_range(0..3) {
                self.request(n, line, r, placed + 30);
            }
        }
    }

    fn line(&mut self, l: u32) -> OrderedLine {
        OrderedLine {
            line: id(l.to_string()),
            sku: id(*ARTICLES.choose(self.rng).unwrap()),
            title: String::new(),
            category: String::new(),
            quantity: self.rng.random_range(1..=5),
            unit_price: Money::new(self.rng.random_range(500..20_000), "EUR".parse().unwrap()),
        }
    }

    fn corrected(&mut self, line: &OrderedLine) -> OrderedLine {
        let sku = id(*ARTICLES.choose(self.rng).unwrap());
        let quantity = (line.quantity + self.rng.random_range(0..2)).max(1);
        OrderedLine { sku, quantity, ..line.clone() }
    }

    fn parcels(&mut self, n: u32, lines: &[OrderedLine], placed: i64) {
        let mut parts: Vec<Vec<_>> = Vec::new();
        match self.rng.random_range(0..3) {
            0 => parts.push(Vec::new()),
            1 => parts.extend(lines.iter().map(|l| vec![(l.line.clone(), l.quantity)])),
            _ => {
                for line in lines {
                    let half = line.quantity.div_ceil(2);
                    parts.push(vec![(line.line.clone(), half)]);
                    if line.quantity > half {
                        parts.push(vec![(line.line.clone(), line.quantity - half)]);
                    }
                }
            }
        }
        for (p, part) in parts.into_iter().enumerate() {
            let mut hour = placed + 10;
            for state in [ShipmentState::InTransit, ShipmentState::Delayed, ShipmentState::Delivered] {
                let p_state = if state == ShipmentState::Delayed { 0.1 } else { 0.8 };
                if !self.chance(p_state) {
                    continue;
                }
                hour += self.rng.random_range(1..90);
                let parcel = ShipmentSignal {
                    shipment: id(format!("p{n}-{p}")),
                    order: id(format!("o{n}")),
                    lines: part.clone(),
                    state,
                    eta: None,
                    carrier: String::new(),
                    tracking: String::new(),
                    remedy: None,
                };
                self.say(hour, SignalBody::Shipment(parcel.clone()));
                if self.chance(0.1) {
                    // Said again by somebody who knows it otherwise.
                    self.say(hour - 30, SignalBody::Shipment(parcel));
                }
            }
        }
    }

    /// Some looks at one review; the later ones may name the order.
    fn review(&mut self, name: &str, about: Option<(u32, &OrderedLine)>, from: i64) {
        let mut hour = from;
        let mut low = true;
        for _ in 0..self.rng.random_range(1..7) {
            hour += self.rng.random_range(0..200);
            let gone = self.chance(0.12);
            let added = !gone && self.chance(0.1);
            let follow_up = added || (gone && self.chance(0.2));
            let rating = if low { self.rng.random_range(1..=3) } else { self.rng.random_range(3..=5) };
            low = if self.chance(0.4) { !low } else { low };
            let by = [Some(RemovedBy::Buyer), Some(RemovedBy::Platform), None];
            let about = about.filter(|_| self.rng.random_bool(0.8));
            let modified = hour - self.rng.random_range(0..60);
            let removed_by = *by.choose(self.rng).unwrap();
            let seen = ReviewSignal {
                review: id(name),
                order: about.map(|(n, _)| id(format!("o{n}"))),
                line: about.filter(|_| self.rng.random_bool(0.8)).map(|(_, line)| line.line.clone()),
                sku: self.rng.random_bool(0.2).then(|| id(*ARTICLES.choose(self.rng).unwrap())),
                buyer: None,
                rating: (!follow_up && !self.rng.random_bool(0.03)).then_some(rating),
                text: (*WORDS.choose(self.rng).unwrap()).to_owned(),
                language: if self.rng.random_bool(0.2) { "de".to_owned() } else { String::new() },
                visible: !gone,
                removed_by: removed_by.filter(|_| gone),
                platform_modified_at: self
                    .rng
                    .random_bool(0.3)
                    .then(|| BEGIN + Span::from_hours(modified.max(0))),
                edit_state: None,
                follow_up,
            };
            self.say(hour, SignalBody::Review(seen));
        }
    }

    fn message(&mut self, n: u32, line: &OrderedLine, m: u32, from: i64) {
        let hour = from + self.rng.random_range(0..500);
        let (about, line_known) = (self.chance(0.85), self.chance(0.6));
        let from_buyer = self.chance(0.7);
        let said = MessageSignal {
            message: id(format!("m{n}-{}-{m}", line.line)),
            conversation: id(format!("c{n}")),
            order: about.then(|| id(format!("o{n}"))),
            line: (about && line_known).then(|| line.line.clone()),
            buyer: id(format!("b{}", n % 3)),
            direction: if from_buyer { Direction::FromBuyer } else { Direction::ToBuyer },
            author: if self.chance(0.8) { Author::Human } else { Author::Bot },
            text: (*WORDS.choose(self.rng).unwrap()).to_owned(),
            language: String::new(),
            public: false,
        };
        self.say(hour, SignalBody::Message(said));
    }

    fn request(&mut self, n: u32, line: &OrderedLine, r: u32, from: i64) {
        use ReturnStatus as S;
        let ways: [&[S]; 8] = [
            &[S::Requested, S::Withdrawn],
            &[S::Intent, S::Requested, S::Withdrawn],
            &[S::Requested, S::Approved, S::InTransit, S::Received, S::Settled],
            &[S::Requested, S::Negotiating, S::Declined],
            &[S::Intent],
            &[S::Unmapped, S::Requested, S::Disputed, S::Settled],
            &[S::Approved, S::Withdrawn, S::Approved],
            &[S::Requested, S::Withdrawn, S::Withdrawn, S::Received],
        ];
        let way = *ways.choose(self.rng).unwrap();
        let mut hour = from + self.rng.random_range(0..600);
        let (named, steps) = (self.chance(0.8), self.rng.random_range(1..=way.len()));
        let asked = BEGIN + Span::from_hours(hour.clamp(0, DAYS * 24));
        let mut quantity = self.rng.random_range(1..=line.quantity);
        for status in way.iter().take(steps) {
            hour += self.rng.random_range(0..100);
            if self.chance(0.2) {
                quantity = self.rng.random_range(1..=line.quantity);
            }
            let fault = [None, Some(true), Some(true), Some(false)];
            let seen = ReturnSignal {
                return_id: id(format!("ret{n}-{}-{r}", line.line)),
                order: id(format!("o{n}")),
                line: Some(line.line.clone()).filter(|_| named),
                quantity,
                status: *status,
                requested_at: asked,
                raw_status: status.to_string(),
                reason: None,
                raw_reason: String::new(),
                buyer: None,
                deadline: None,
                refund: None,
                seller_fault: *fault.choose(self.rng).unwrap(),
                bounds: OfferBounds::default(),
            };
            self.say(hour, SignalBody::Return(seen));
        }
    }

    /// Some of it is said again later, dated otherwise.
    fn corrections(&mut self) {
        for signal in self.told.clone() {
            if self.chance(0.06) {
                let hours = (signal.occurred_at.micros() - BEGIN.micros()) / 3_600_000_000;
                let moved = hours + self.rng.random_range(-40..120);
                if !matches!(signal.body, SignalBody::Message(_)) {
                    self.say(moved, signal.body);
                }
            }
        }
    }
}
