//! Facts with sensible defaults: a test says only what it is about.

use amends_client::v1;
use amends_domain::{Span, Time};
use v1::signal::Body;

/// The currency of every amount.
pub const CURRENCY: &str = "EUR";

/// What a buyer writes who got the wrong size.
pub const WRONG_SIZE: &str = "You sent the wrong size, I want to send it back.";

/// How long after it was set a shop's own row of channel policy holds at the latest.
pub const ROW_HOLDS: Span = Span::from_secs(310);

/// What a buyer writes whose bottle leaks.
pub const LEAKS: &str = "The bottle leaked all over my bag, the lid is broken.";

/// Something that can be the body of a signal.
pub trait Fact {
    /// The body.
    fn body(self) -> Body;
}

macro_rules! facts {
    ($($message:ident => $variant:ident),+ $(,)?) => {$(
        impl Fact for v1::$message {
            fn body(self) -> Body {
                Body::$variant(self)
            }
        }
    )+};
}

facts! {
    OrderSignal => Order,
    ShipmentSignal => Shipment,
    ReviewSignal => Review,
    MessageSignal => Message,
    ReturnSignal => ReturnRequest,
    SurveySignal => Survey,
}

impl Fact for Body {
    fn body(self) -> Body {
        self
    }
}

/// A time on the wire.
#[must_use]
pub fn stamp(at: Time) -> prost_types::Timestamp {
    let micros = at.micros();
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap();
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// A time from the wire.
#[must_use]
pub fn time(stamp: Option<prost_types::Timestamp>) -> Time {
    let stamp = stamp.unwrap();
    Time::from_micros(stamp.seconds * 1_000_000 + i64::from(stamp.nanos) / 1_000)
}

/// Euros.
#[must_use]
pub fn money(minor_units: i64) -> v1::Money {
    v1::Money { minor_units, currency: CURRENCY.to_owned() }
}

/// A line of one bottle for 20 euros.
#[must_use]
pub fn line(id: &str) -> v1::OrderLine {
    v1::OrderLine {
        line_id: id.to_owned(),
        sku: format!("sku-{id}"),
        title: "Bottle, 750 ml".to_owned(),
        category: "kitchen".to_owned(),
        quantity: 1,
        unit_price: Some(money(2_000)),
    }
}

/// A paid order with the one line `1`, by a buyer named after the order.
#[must_use]
pub fn order(id: &str) -> v1::OrderSignal {
    v1::OrderSignal {
        order_id: id.to_owned(),
        buyer_id: format!("buyer-of-{id}"),
        lines: vec![line("1")],
        state: v1::OrderState::Paid.into(),
        language: "en".to_owned(),
        buyer_time_zone: "Europe/Berlin".to_owned(),
        buyer_region: "DE".to_owned(),
    }
}

/// The whole order is delivered.
#[must_use]
pub fn delivery(order: &str) -> v1::ShipmentSignal {
    v1::ShipmentSignal {
        shipment_id: format!("parcel-of-{order}"),
        order_id: order.to_owned(),
        state: v1::ShipmentState::Delivered.into(),
        carrier: "post".to_owned(),
        tracking: format!("T-{order}"),
        ..v1::ShipmentSignal::default()
    }
}

/// A review of line `1` of an order, by its buyer.
#[must_use]
pub fn review(id: &str, order: &str, rating: i32, text: &str) -> v1::ReviewSignal {
    v1::ReviewSignal {
        review_id: id.to_owned(),
        order_id: order.to_owned(),
        line_id: "1".to_owned(),
        buyer_id: format!("buyer-of-{order}"),
        rating: Some(rating),
        text: text.to_owned(),
        ..v1::ReviewSignal::default()
    }
}

/// A review of nobody knows which order.
#[must_use]
pub fn lone_review(id: &str, rating: i32, text: &str) -> v1::ReviewSignal {
    v1::ReviewSignal {
        review_id: id.to_owned(),
        buyer_id: "someone".to_owned(),
        rating: Some(rating),
        text: text.to_owned(),
        ..v1::ReviewSignal::default()
    }
}

/// A message of the buyer about line `1` of an order.
#[must_use]
pub fn message(id: &str, order: &str, text: &str) -> v1::MessageSignal {
    v1::MessageSignal {
        message_id: id.to_owned(),
        conversation_id: format!("talk-of-{order}"),
        order_id: order.to_owned(),
        line_id: "1".to_owned(),
        buyer_id: format!("buyer-of-{order}"),
        direction: v1::MessageDirection::FromBuyer.into(),
        text: text.to_owned(),
        ..v1::MessageSignal::default()
    }
}

/// A message to the buyer of an order.
#[must_use]
pub fn answer(id: &str, order: &str, author: v1::MessageAuthor) -> v1::MessageSignal {
    v1::MessageSignal {
        direction: v1::MessageDirection::ToBuyer.into(),
        author: Some(author.into()),
        ..message(id, order, "We are sorry and look into it.")
    }
}

/// The buyer of an order asks on the channel to return line `1`.
#[must_use]
pub fn return_request(id: &str, order: &str, at: Time) -> v1::ReturnSignal {
    v1::ReturnSignal {
        return_id: id.to_owned(),
        order_id: order.to_owned(),
        line_id: "1".to_owned(),
        quantity: 1,
        status: Some(v1::ReturnStatus::Requested.into()),
        raw_status: "requested".to_owned(),
        reason: Some(v1::ComplaintReason::Damaged.into()),
        buyer_id: format!("buyer-of-{order}"),
        request_time: Some(stamp(at)),
        ..v1::ReturnSignal::default()
    }
}

/// The same request at a later status.
#[must_use]
pub fn return_now(id: &str, order: &str, asked: Time, status: v1::ReturnStatus) -> v1::ReturnSignal {
    v1::ReturnSignal {
        status: Some(status.into()),
        raw_status: status.as_str_name().to_lowercase(),
        ..return_request(id, order, asked)
    }
}

/// Terms of one unit with nothing else said.
#[must_use]
pub fn terms() -> v1::RemedyTerms {
    v1::RemedyTerms { quantity: 1, ..v1::RemedyTerms::default() }
}

/// Terms of one unit and an amount.
#[must_use]
pub fn terms_of(minor_units: i64) -> v1::RemedyTerms {
    v1::RemedyTerms { amount: Some(money(minor_units)), ..terms() }
}

/// The day a time lies on, and days after it, as a span of days.
#[must_use]
pub fn days(first: &str, after_last: &str) -> v1::DateRange {
    v1::DateRange { start_date: first.to_owned(), end_date: after_last.to_owned() }
}

/// The spring in which all tests play.
#[must_use]
pub fn spring() -> v1::DateRange {
    days("2026-02-01", "2026-08-01")
}

/// A shop on a channel, in Germany, selling for euros, whose days are those of UTC.
#[must_use]
pub fn shop(channel: &str) -> v1::Shop {
    v1::Shop {
        channel: channel.to_owned(),
        region: "DE".to_owned(),
        currency: CURRENCY.to_owned(),
        time_zone: "UTC".to_owned(),
        ..v1::Shop::default()
    }
}
