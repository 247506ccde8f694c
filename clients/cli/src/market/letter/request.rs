//! Return requests as the channel shows them.

use amends_proto::v1::{self, ReturnStatus, signal::Body};

use super::Letter;
use crate::market::{
    buyer::Buyer,
    time::wire,
    truth::{Fact, Said, Step},
};

/// A request as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    /// Which of the buyer's requests, from 1.
    pub(crate) number: u32,
    /// When it was opened.
    pub(crate) opened: i64,
    /// Where it stands.
    pub(crate) said: Said,
    /// Pieces.
    pub(crate) pieces: u32,
    /// Whether the channel held the seller at fault, if it said.
    pub(crate) fault: Option<bool>,
}

/// One observation of a request.
pub(crate) fn request(buyer: &Buyer, serial: &str, at: i64, moved: &Moved) -> Letter {
    let request = format!("q-{}-{}", buyer.number, moved.number);
    let (status, raw_status) = words(buyer, moved.said);
    let lined = buyer.second.is_some() || !buyer.chance("request knows no line").percent(25);
    let (reason, _) = buyer.caused("wish", buyer.words.wishes);
    let body = Body::ReturnRequest(v1::ReturnSignal {
        return_id: request.clone(),
        order_id: buyer.order(),
        line_id: if lined { buyer.first.line.to_owned() } else { String::new() },
        quantity: i32::try_from(moved.pieces).unwrap_or(1),
        status: status.map(Into::into),
        raw_status: raw_status.to_owned(),
        reason: Some(reason.into()),
        raw_reason: String::new(),
        buyer_id: buyer.id(),
        request_time: Some(wire(moved.opened)),
        channel_deadline: buyer.shop.answer_within.map(|within| wire(moved.opened + within)),
        refund_amount: None,
        seller_fault: moved.fault,
        ..v1::ReturnSignal::default()
    });
    let step = Step { at, said: moved.said, pieces: moved.pieces, fault: moved.fault };
    let fact = Fact::Returned { request, line: (buyer.order(), buyer.first.line), step };
    Letter::new(buyer, format!("return-{serial}"), at, body, fact)
}

/// A third of the connectors pass on only the channel's own word.
fn words(buyer: &Buyer, said: Said) -> (Option<ReturnStatus>, &'static str) {
    let (status, raw) = match said {
        Said::Requested => (ReturnStatus::Requested, "OPENED"),
        Said::Negotiating => (ReturnStatus::Negotiating, "Seller Review"),
        // A word that came with the channel's last release.
        Said::Unknown => return (None, "LOGISTICS_REQUEST_DONE"),
        Said::Withdrawn => (ReturnStatus::Withdrawn, "Buyer Cancelled"),
        Said::Approved => (ReturnStatus::Approved, "AUTHORIZED"),
        Said::InTransit => (ReturnStatus::InTransit, "shipped-back"),
        Said::Received => (ReturnStatus::Received, "ITEM_RECEIVED"),
        Said::Settled => (ReturnStatus::Settled, "Refund Paid"),
        Said::Declined => (ReturnStatus::Declined, "REJECTED"),
    };
    (Some(status).filter(|_| !buyer.chance("raw words").percent(33)), raw)
}
