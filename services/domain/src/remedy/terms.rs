//! What exactly is given, and for how long it is offered.

use crate::code::codes;
use crate::{Money, Span, Time};

codes! {
    /// What the buyer does with the article at hand.
    pub enum Disposal {
        /// Keeps it.
        Keep = "KEEP",
        /// Hands it to the courier who brings the other.
        HandToCourier = "HAND_TO_COURIER",
        /// Sends it back with a label.
        SendBack = "SEND_BACK",
    }
}

/// What exactly is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// Money given back, for the kinds that give money; the coupon's worth.
    pub amount: Option<Money>,
    /// The article or part to send, when it is not the one of the line.
    pub article: String,
    /// What else the buyer should know.
    pub note: String,
    /// What the buyer does with the article at hand; none where there is nothing to decide.
    pub disposal: Option<Disposal>,
    /// A coupon on top, for a buyer who comes back.
    pub gift: Option<Money>,
    /// The code of the coupon, if the shop made one already.
    pub coupon_code: String,
    /// Until when the buyer can still choose the return; none if that is not known.
    pub return_until: Option<Time>,
}

/// How long before the channel decides by itself an offer must have ended.
pub const MARGIN: Span = Span::from_hours(1);

/// When an offer made now ends: before the channel decides by itself, whatever was wished; none
/// where the channel decides too soon for one.
#[must_use]
pub fn offer_end(now: Time, life: Span, hard_deadline: Option<Time>) -> Option<Time> {
    let wished = now + life;
    let end = hard_deadline.map_or(wished, |hard| wished.min(hard - MARGIN));
    (end > now).then_some(end)
}
