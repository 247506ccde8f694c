//! Signals. They are parsed by value: a text is moved, never copied.

use amends_domain::signal::{Signal, SignalBody, SurveyKind, SurveySignal};
use amends_domain::{ShopId, Time};
use amends_proto::v1 as pb;

use crate::fields::{Fields, TEXT_CHARACTERS_MAX};

mod message;
mod order;
mod review;

/// What a signal is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// The shop it was sent to.
    pub shop: &'a ShopId,
    /// The latest time that is believed: ours and some skew.
    pub latest: Time,
}

/// The domain form of a signal; what is wrong stands in `fields`.
pub fn parse(fields: &mut Fields, signal: pb::Signal, limits: Limits<'_>) -> Option<Signal> {
    let id = fields.id("signal_id", &signal.signal_id);
    let occurred_at = fields.past("occur_time", signal.occur_time, limits.latest);
    let body = fields.required("body", signal.body).and_then(|body| parse_body(fields, body, limits));
    Some(Signal { id: id?, occurred_at: occurred_at?, body: body? })
}

fn parse_body(fields: &mut Fields, body: pb::signal::Body, limits: Limits<'_>) -> Option<SignalBody> {
    use pb::signal::Body;
    match body {
        Body::Order(signal) => {
            fields.inside("order", |f| order::parse_order(f, signal).map(SignalBody::Order))
        }
        Body::Shipment(signal) => {
            fields.inside("shipment", |f| order::parse_shipment(f, signal, limits).map(SignalBody::Shipment))
        }
        Body::Review(signal) => {
            fields.inside("review", |f| review::parse(f, signal, limits).map(SignalBody::Review))
        }
        Body::Message(signal) => {
            fields.inside("message", |f| message::parse(f, signal).map(SignalBody::Message))
        }
        Body::ReturnRequest(signal) => fields
            .inside("return_request", |f| order::parse_return(f, signal, limits).map(SignalBody::Return)),
        Body::Survey(signal) => {
            fields.inside("survey", |f| parse_survey(f, signal, limits).map(SignalBody::Survey))
        }
    }
}

fn parse_survey(fields: &mut Fields, signal: pb::SurveySignal, limits: Limits<'_>) -> Option<SurveySignal> {
    let survey = fields.id("survey_id", &signal.survey_id);
    let case = fields.named_in("case", &signal.case, Some(limits.shop));
    let order = fields.id_or_none("order_id", &signal.order_id);
    if signal.case.is_empty() && signal.order_id.is_empty() {
        fields.refuse::<()>("order_id", "must be set where `case` is empty");
    }
    let kind = fields.word("kind", signal.kind);
    let (bounds, problem) = match kind {
        Some(SurveyKind::Nps) => (0..=10, "must be 0–10"),
        _ => (1..=5, "must be 1–5"),
    };
    let score = match u8::try_from(signal.score) {
        Ok(score) if kind.is_none() || bounds.contains(&score) => Some(score),
        _ => fields.refuse("score", problem),
    };
    let comment = fields.text("comment", signal.comment, TEXT_CHARACTERS_MAX);
    let solution = match signal.solution.map(u32::try_from) {
        None => Some(None),
        Some(_) if signal.case.is_empty() => fields.refuse("case", "must be set where `solution` is set"),
        Some(Ok(number)) if number > 0 => Some(Some(number)),
        Some(_) => fields.refuse("solution", "must be at least 1"),
    };
    Some(SurveySignal {
        survey: survey?,
        case: case?,
        order: order?,
        kind: kind?,
        score: score?,
        comment: comment?,
        solution: solution?,
    })
}

/// Stars, 1–5, that may be left out. The outer option says whether they were readable.
pub fn stars(fields: &mut Fields, field: &'static str, stars: Option<i32>) -> Option<Option<u8>> {
    match stars.map(u8::try_from) {
        None => Some(None),
        Some(Ok(stars @ 1..=5)) => Some(Some(stars)),
        Some(_) => fields.refuse(field, "must be 1–5"),
    }
}

/// Refuses a line without an order: a line's id says nothing by itself.
fn line_needs_order(fields: &mut Fields, line: &str, order: &str) {
    if !line.is_empty() && order.is_empty() {
        fields.refuse::<()>("order_id", "must be set where `line_id` is set");
    }
}
