//! What happens to some orders: complaints, remedies and reviews, at random and all mixed up.

use amends_domain::counter::OfferBounds;
use amends_domain::remedy::RemedyKind;
use amends_domain::returns::ReturnStatus;
use amends_domain::review::RemovedBy;
use amends_domain::signal::{
    Author, Direction, MessageSignal, OrderSignal, OrderState, OrderedLine, ReturnSignal, ReviewSignal,
    ShipmentSignal, ShipmentState, SignalBody,
};
use amends_domain::{Money, Span, Time};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use crate::simulation::story::BEGIN;

const ORDERS: u32 = 8;
const BUYERS: u32 = 3;

/// What buyers complain of, each with the wish to return.
const COMPLAINTS: [&str; 4] = [
    "You sent the wrong size, I want to send it back.",
    "The bottle leaked all over my bag, the lid is broken. I want to return it.",
    "A part is missing, I want my money back.",
    "Poor quality, it fell apart. I want to return this.",
];

const KINDS: [RemedyKind; 7] = [
    RemedyKind::Replacement,
    RemedyKind::PartialRefund,
    RemedyKind::RefundWithoutReturn,
    RemedyKind::Coupon,
    RemedyKind::ReturnLabel,
    RemedyKind::MissingPart,
    RemedyKind::Exchange,
];

/// Something that somebody says or does about an order.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// A fact that is no review.
    Say(SignalBody),
    /// A version of a review; `first` where it says first what the buyer complains of.
    Review { seen: ReviewSignal, first: bool },
    /// Somebody wants to ask about the review.
    Ask { order: u32 },
    /// Somebody looks what could be offered.
    Suggest { order: u32 },
    /// Somebody offers.
    Offer { order: u32, kind: RemedyKind, amount: i64, units: u32, by_stars: bool },
    /// Another person agrees, if one has to.
    Approve { order: u32 },
    /// The buyer says yes or no.
    Answer { order: u32, yes: bool },
    /// The offer is taken back.
    Withdraw { order: u32 },
    /// A back end reports.
    Report { order: u32, done: bool },
    /// An agent writes down that they spoke with the buyer.
    Contact { order: u32 },
    /// The case is solved.
    Solve { order: u32 },
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: String) -> T {
    text.parse().unwrap()
}

/// How the buyer's trouble became known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Message,
    Return,
    Review,
    LateParcel,
}

struct Teller<'a> {
    rng: &'a mut ChaCha8Rng,
    told: Vec<(Time, Act)>,
    /// The order that is told of, its complaint, and from which hour on that was said.
    order: u32,
    words: &'static str,
    said: Option<i64>,
}

/// What happens, in order.
pub(super) fn tell(rng: &mut ChaCha8Rng) -> Vec<(Time, Act)> {
    let mut teller = Teller { rng, told: Vec::new(), order: 0, words: "", said: None };
    for order in 0..ORDERS {
        (teller.order, teller.said) = (order, None);
        teller.words = COMPLAINTS.choose(teller.rng).unwrap();
        teller.life();
    }
    teller.told.sort_by_key(|(at, _)| *at);
    teller.told
}

impl Teller<'_> {
    /// In the hours in which buyers may be written to mostly, and for each order at minutes of its own.
    fn at(&mut self, hour: i64, act: Act) {
        let by_day = hour.div_euclid(24) * 24 + 9 + hour.rem_euclid(24) * 8 / 24;
        let seconds = self.told.iter().filter(|(_, other)| !matches!(other, Act::Say(_))).count() as i64;
        let minutes = i64::from(self.order) * 7;
        let at = BEGIN + Span::from_hours(by_day) + Span::from_minutes(minutes);
        self.told.push((at + Span::from_secs(seconds % 400), act));
    }

    fn life(&mut self) {
        let placed = self.rng.random_range(0..200);
        self.buy(placed);
        let opening =
            *[Opening::Message, Opening::Message, Opening::Return, Opening::Review, Opening::LateParcel]
                .choose(self.rng)
                .unwrap();
        let from = placed + self.rng.random_range(48..120);
        let state =
            if opening == Opening::LateParcel { ShipmentState::Failed } else { ShipmentState::Delivered };
        self.parcel(if opening == Opening::LateParcel { from } else { placed + 26 }, state);
        match opening {
            Opening::Message => self.complain(from),
            Opening::Return => self.request(from),
            Opening::Review => self.review(from, 3, true),
            Opening::LateParcel => {}
        }
        let end = self.remedies(from + 2);
        // A parcel that never came is complained of by stars alone: words would be about something else.
        self.reviews(from + 1, end + 400, opening != Opening::LateParcel);
        for _ in 0..self.rng.random_range(1..4) {
            let hour = self.rng.random_range(from..end + 120);
            self.at(hour, Act::Ask { order: self.order });
        }
    }

    fn buy(&mut self, hour: i64) {
        let line = OrderedLine {
            line: id("1".to_owned()),
            sku: id(format!("sku-{}", self.order % 2)),
            title: String::new(),
            category: String::new(),
            quantity: self.rng.random_range(1..=3),
            unit_price: Money::new(self.rng.random_range(500..20_000), "EUR".parse().unwrap()),
        };
        let said = OrderSignal {
            order: id(format!("o{}", self.order)),
            buyer: id(self.buyer()),
            lines: vec![line],
            state: OrderState::Paid,
            language: "en".to_owned(),
            time_zone: "UTC".to_owned(),
        };
        self.at(hour, Act::Say(SignalBody::Order(said)));
    }

    fn buyer(&self) -> String {
        format!("b{}", self.order % BUYERS)
    }

    fn parcel(&mut self, hour: i64, state: ShipmentState) {
        let parcel = ShipmentSignal {
            shipment: id(format!("p{}", self.order)),
            order: id(format!("o{}", self.order)),
            lines: Vec::new(),
            state,
            eta: None,
            carrier: String::new(),
            tracking: String::new(),
            remedy: None,
        };
        self.at(hour, Act::Say(SignalBody::Shipment(parcel)));
    }

    fn complain(&mut self, hour: i64) {
        self.said = self.said.or(Some(hour));
        let number = self.told.len();
        let said = message(self.order, &self.buyer(), &format!("m{number}"), self.words);
        self.at(hour, Act::Say(SignalBody::Message(said)));
    }

    fn request(&mut self, hour: i64) {
        let seen = ReturnSignal {
            return_id: id(format!("ret{}", self.order)),
            order: id(format!("o{}", self.order)),
            line: Some(id("1".to_owned())),
            quantity: 1,
            status: ReturnStatus::Requested,
            requested_at: BEGIN + Span::from_hours(hour),
            raw_status: String::new(),
            reason: None,
            raw_reason: String::new(),
            buyer: None,
            deadline: None,
            refund: None,
            seller_fault: None,
            bounds: OfferBounds::default(),
        };
        self.at(hour, Act::Say(SignalBody::Return(seen)));
    }

    fn review(&mut self, hour: i64, stars_max: u8, words: bool) {
        let gone = !words && self.rng.random_bool(0.15);
        let follow_up = !gone && !words && self.rng.random_bool(0.1);
        let removed_by = gone.then(|| *[RemovedBy::Platform, RemovedBy::Buyer].choose(self.rng).unwrap());
        let seen = ReviewSignal {
            review: id(format!("r{}", self.order)),
            order: Some(id(format!("o{}", self.order))),
            line: Some(id("1".to_owned())),
            sku: None,
            buyer: Some(id(self.buyer())),
            rating: (!follow_up).then(|| self.rng.random_range(1..=stars_max)),
            text: if words { self.words.to_owned() } else { String::new() },
            language: String::new(),
            visible: !gone,
            removed_by,
            platform_modified_at: None,
            edit_state: None,
            follow_up,
        };
        let first = words && self.said.is_none();
        self.said = self.said.or(words.then_some(hour));
        self.at(hour, Act::Review { seen, first });
    }

    /// Stars go up and down, are taken away and come back, before, between and after the remedies.
    fn reviews(&mut self, from: i64, to: i64, words: bool) {
        let mut hour = from;
        for _ in 0..self.rng.random_range(2..8) {
            hour += self.rng.random_range(1..80);
            if hour > to {
                break;
            }
            // What was said before may be said again.
            let again = words && self.said.is_some_and(|said| said < hour) && self.rng.random_bool(0.3);
            self.review(hour, 5, again);
        }
    }

    /// Offers until one is kept or nobody wants to any more; answers when that is over.
    fn remedies(&mut self, from: i64) -> i64 {
        let (order, mut hour) = (self.order, from);
        for _ in 0..self.rng.random_range(1..4) {
            self.later(&mut hour, 1..30, Act::Suggest { order });
            let kind = *KINDS.choose(self.rng).unwrap();
            let (amount, units) = (self.rng.random_range(100..900), self.rng.random_range(1..=2));
            self.later(&mut hour, 0..3, Act::Offer { order, kind, amount, units, by_stars: false });
            self.later(&mut hour, 1..3, Act::Approve { order });
            if self.rng.random_bool(0.3) {
                self.later(&mut hour, 1..20, Act::Contact { order });
            }
            match self.rng.random_range(0..10) {
                0..6 => {
                    self.later(&mut hour, 1..40, Act::Answer { order, yes: true });
                    if self.rng.random_bool(0.2) {
                        self.later(&mut hour, 5..40, Act::Report { order, done: false });
                    }
                    self.later(&mut hour, 5..90, Act::Report { order, done: true });
                    self.later(&mut hour, 12..60, Act::Ask { order });
                }
                6..8 => self.later(&mut hour, 1..40, Act::Answer { order, yes: false }),
                8 => self.later(&mut hour, 1..40, Act::Withdraw { order }),
                // Nobody answers: the offer runs out.
                _ => hour += 120,
            }
        }
        self.later(&mut hour, 1..30, Act::Solve { order });
        if self.rng.random_bool(0.3) {
            // Not yet: the buyer writes again at once, and it goes on a little.
            hour += 25;
            self.complain(hour);
            self.later(
                &mut hour,
                2..20,
                Act::Offer { order, kind: RemedyKind::Coupon, amount: 250, units: 1, by_stars: false },
            );
            self.later(&mut hour, 1..40, Act::Answer { order, yes: true });
        }
        hour
    }

    fn later(&mut self, hour: &mut i64, after: std::ops::Range<i64>, act: Act) {
        *hour += self.rng.random_range(after);
        self.at(*hour, act);
    }
}

/// What a buyer writes about their order.
pub(super) fn message(order: u32, buyer: &str, name: &str, words: &str) -> MessageSignal {
    MessageSignal {
        message: id(name.to_owned()),
        conversation: id(format!("c{order}")),
        order: Some(id(format!("o{order}"))),
        line: Some(id("1".to_owned())),
        buyer: id(buyer.to_owned()),
        direction: Direction::FromBuyer,
        author: Author::Human,
        text: words.to_owned(),
        language: String::new(),
        public: false,
    }
}
