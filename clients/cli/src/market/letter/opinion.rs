//! Reviews as they are seen.

use amends_proto::v1::{self, ReviewRemoval, signal::Body};

use super::Letter;
use crate::market::{
    buyer::Buyer,
    time::wire,
    truth::{Fact, Gone, Version},
};

/// A review as it is shown now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Its stars.
    pub(crate) stars: i32,
    /// What it says.
    pub(crate) text: &'static str,
    /// How it disappeared, if it did.
    pub(crate) gone: Option<Gone>,
    /// Whether the channel shows which order it is about.
    pub(crate) named: bool,
}

/// One observation of a review.
pub(crate) fn opinion(buyer: &Buyer, serial: &str, at: i64, shown: &Shown) -> Letter {
    let removal = shown.gone.map(|gone| match gone {
        Gone::ByBuyer => ReviewRemoval::ByBuyer,
        Gone::ByPlatform => ReviewRemoval::ByPlatform,
        Gone::Vanished => ReviewRemoval::Unknown,
    });
    let (order_id, line_id) =
        if shown.named { (buyer.order(), buyer.first.line) } else { (String::new(), "") };
    let body = Body::Review(v1::ReviewSignal {
        review_id: buyer.review(),
        order_id,
        line_id: line_id.to_owned(),
        buyer_id: buyer.id(),
        rating: Some(shown.stars),
        text: shown.text.to_owned(),
        visible: shown.gone.map(|_| false),
        removal: removal.map(Into::into),
        platform_modify_time: Some(wire(at)),
        ..v1::ReviewSignal::default()
    });
    let fact = Fact::Reviewed {
        review: buyer.review(),
        line: shown.named.then(|| (buyer.order(), buyer.first.line)),
        version: Version { at, stars: shown.stars, text: shown.text, gone: shown.gone },
    };
    Letter::new(buyer, format!("review-{serial}"), at, body, fact)
}
