//! The signals of a run: number n is the same signal in every run of a seed.
//!
//! A hundred signals are about thirty orders: thirty orders, thirty deliveries,
//! twenty-five reviews (five of them negative), twelve messages (two of them
//! wishes to return), three return requests; shuffled by a fixed stride.

use amends_client::v1;
use v1::signal::Body;

/// The currency of every amount.
pub(crate) const CURRENCY: &str = "USD";

/// Signals that belong together.
const BLOCK: u64 = 100;
/// Coprime to the block, so that each place is met once.
const STRIDE: u64 = 37;

/// How many articles are ordered, all equally often.
const ARTICLES: u64 = 1_000;

/// 2026-01-05T00:00:00Z: orders are placed then, everything else follows.
const PLACED_AT: i64 = 1_767_571_200;
const DAY: i64 = 86_400;

const PRAISE: [&str; 5] = [
    "Works as described, arrived two days early, very happy with it.",
    "Barangnya bagus, pengiriman cepat, terima kasih.",
    "质量很好，物流很快，下次还来。",
    "Muy buen producto, llegó en perfecto estado.",
    "Sehr gute Qualität, gerne wieder.",
];
const COMPLAINTS: [&str; 5] = [
    "The lid is cracked and the bottle leaks, very disappointed.",
    "Barang rusak waktu sampai, kecewa.",
    "收到的时候已经坏了，很失望。",
    "Me enviaron el color equivocado y además está roto.",
    "Nach zwei Tagen kaputt, nicht zu empfehlen.",
];
const QUESTIONS: [&str; 5] = [
    "When will my parcel arrive?",
    "Apakah bisa kirim hari ini?",
    "请问什么时候发货？",
    "¿Tienen este modelo en azul?",
    "Passt das auch für das ältere Modell?",
];
const WISHES: [&str; 2] =
    ["You sent the wrong size, I want to send it back.", "It does not work. I want a refund please."];

/// What a run sends.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) parent: String,
    pub(crate) seed: u64,
}

/// What a signal adds to the figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Adds {
    /// Order lines bought, by their orders; each has one unit.
    pub(crate) ordered: Option<u64>,
    /// Orders delivered.
    pub(crate) delivered: Option<u64>,
    /// Reviews negative at first observation.
    pub(crate) negative: bool,
}

impl Plan {
    pub(crate) fn new(seed: u64, shop: &str) -> Self {
        Self { parent: format!("shops/{shop}"), seed }
    }

    pub(crate) fn named(seed: u64, parent: &str) -> anyhow::Result<Self> {
        anyhow::ensure!(parent.starts_with("shops/"), "{parent:?} is no shop");
        Ok(Self { parent: parent.to_owned(), seed })
    }

    pub(crate) fn shop(&self) -> Option<&str> {
        self.parent.strip_prefix("shops/")
    }

    /// Signal number `n`.
    pub(crate) fn signal(&self, n: u64) -> v1::Signal {
        let (block, place) = place(n);
        let pick = (self.seed.wrapping_mul(31).wrapping_add(n) % 5) as usize;
        let (occurred, body) = match place {
            0..30 => (PLACED_AT, order(block, place)),
            30..60 => (PLACED_AT + 3 * DAY, delivery(block, place - 30)),
            60..85 => (PLACED_AT + 5 * DAY, review(block, place - 60, pick)),
            85..97 => (PLACED_AT + 4 * DAY, message(block, place - 85, pick)),
            _ => (PLACED_AT + 6 * DAY, return_request(block, place - 97)),
        };
        v1::Signal {
            signal_id: format!("{n}"),
            occur_time: Some(prost_types::Timestamp { seconds: occurred, nanos: 0 }),
            traceparent: String::new(),
            body: Some(body),
        }
    }

    /// What signal number `n` adds to the figures.
    pub(crate) fn adds(n: u64) -> Adds {
        let (block, place) = place(n);
        match place {
            0..30 => Adds { ordered: Some(block * 30 + place), ..Adds::default() },
            30..60 => Adds { delivered: Some(block * 30 + place - 30), ..Adds::default() },
            60..85 => Adds { negative: is_negative(place - 60), ..Adds::default() },
            _ => Adds::default(),
        }
    }
}

fn place(n: u64) -> (u64, u64) {
    (n / BLOCK, (n % BLOCK) * STRIDE % BLOCK)
}

fn order_id(block: u64, k: u64) -> String {
    format!("o{block}-{k}")
}

fn buyer_id(block: u64, k: u64) -> String {
    format!("b{block}-{k}")
}

fn is_negative(k: u64) -> bool {
    k.is_multiple_of(5)
}

fn order(block: u64, k: u64) -> Body {
    Body::Order(v1::OrderSignal {
        order_id: order_id(block, k),
        buyer_id: buyer_id(block, k),
        lines: vec![v1::OrderLine {
            line_id: "1".to_owned(),
            sku: format!("sku-{}", (block * 30 + k) % ARTICLES),
            title: "Bottle, 750 ml".to_owned(),
            category: "kitchen".to_owned(),
            quantity: 1,
            unit_price: Some(v1::Money { minor_units: 1_990, currency: CURRENCY.to_owned() }),
        }],
        state: v1::OrderState::Paid.into(),
        language: "en".to_owned(),
        ..v1::OrderSignal::default()
    })
}

fn delivery(block: u64, k: u64) -> Body {
    Body::Shipment(v1::ShipmentSignal {
        shipment_id: format!("s{block}-{k}"),
        order_id: order_id(block, k),
        state: v1::ShipmentState::Delivered.into(),
        carrier: "post".to_owned(),
        tracking: format!("T{block}{k}"),
        ..v1::ShipmentSignal::default()
    })
}

fn review(block: u64, k: u64, pick: usize) -> Body {
    let (texts, rating) = if is_negative(k) { (&COMPLAINTS, 2) } else { (&PRAISE, 5) };
    Body::Review(v1::ReviewSignal {
        review_id: format!("r{block}-{k}"),
        order_id: order_id(block, k),
        line_id: "1".to_owned(),
        buyer_id: buyer_id(block, k),
        rating: Some(rating),
        text: texts.get(pick).copied().unwrap_or_default().to_owned(),
        ..v1::ReviewSignal::default()
    })
}

fn message(block: u64, k: u64, pick: usize) -> Body {
    let text = WISHES.get(k as usize).or(QUESTIONS.get(pick)).copied().unwrap_or_default();
    Body::Message(v1::MessageSignal {
        message_id: format!("m{block}-{k}"),
        conversation_id: format!("c{block}-{k}"),
        order_id: order_id(block, k),
        line_id: "1".to_owned(),
        buyer_id: buyer_id(block, k),
        direction: v1::MessageDirection::FromBuyer.into(),
        text: text.to_owned(),
        ..v1::MessageSignal::default()
    })
}

fn return_request(block: u64, k: u64) -> Body {
    Body::ReturnRequest(v1::ReturnSignal {
        return_id: format!("q{block}-{k}"),
        order_id: order_id(block, k + 12),
        line_id: "1".to_owned(),
        quantity: 1,
        status: Some(v1::ReturnStatus::Requested.into()),
        raw_status: "requested".to_owned(),
        reason: Some(v1::ComplaintReason::Damaged.into()),
        buyer_id: buyer_id(block, k + 12),
        request_time: Some(prost_types::Timestamp { seconds: PLACED_AT + 6 * DAY, nanos: 0 }),
        ..v1::ReturnSignal::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_signals_are_the_promised_mix() {
        let plan = Plan::new(1, "x");
        let kinds: Vec<Body> = (0..BLOCK).filter_map(|n| plan.signal(n).body).collect();
        let count = |is: fn(&&Body) -> bool| kinds.iter().filter(is).count();
        assert_eq!(count(|b| matches!(b, Body::Order(_))), 30);
        assert_eq!(count(|b| matches!(b, Body::Shipment(_))), 30);
        assert_eq!(count(|b| matches!(b, Body::Review(_))), 25);
        assert_eq!(count(|b| matches!(b, Body::Message(_))), 12);
        assert_eq!(count(|b| matches!(b, Body::ReturnRequest(_))), 3);
        assert_eq!((0..BLOCK).filter(|n| Plan::adds(*n).negative).count(), 5);
    }

    #[test]
    fn a_signal_is_the_same_in_every_run_of_a_seed() {
        assert_eq!(Plan::new(7, "a").signal(123), Plan::new(7, "b").signal(123));
    }
}
