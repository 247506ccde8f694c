//! What answers a complaint, and how buyers answer before anything was learned.

use crate::detection::Reason;
use crate::remedy::RemedyKind;

/// What answers a reason, first thoughts first.
#[must_use]
pub const fn answers(reason: Reason) -> &'static [RemedyKind] {
    use RemedyKind::{
        Coupon, Exchange, Instructions, MissingPart, PartialRefund, PriceMatch, RefundWithoutReturn, Repair,
        Replacement, Reship, ReturnLabel,
    };
    match reason {
        Reason::MissingPart => &[MissingPart, PartialRefund, Replacement, ReturnLabel],
        Reason::WrongItem => &[Replacement, Exchange, PartialRefund, ReturnLabel],
        Reason::Damaged => &[Replacement, PartialRefund, RefundWithoutReturn, ReturnLabel],
        Reason::Defective => &[Instructions, Replacement, Repair, PartialRefund, ReturnLabel],
        Reason::NotAsDescribed | Reason::Quality => {
            &[PartialRefund, Exchange, RefundWithoutReturn, ReturnLabel]
        }
        Reason::WrongSize => &[Exchange, PartialRefund, ReturnLabel],
        Reason::NotReceived => &[Reship, Replacement, RefundWithoutReturn],
        Reason::Late => &[Reship, PartialRefund, Coupon],
        Reason::Counterfeit => &[RefundWithoutReturn],
        Reason::ChangedMind | Reason::Price => &[PriceMatch, Coupon, Exchange, ReturnLabel],
        Reason::Service | Reason::Other => &[Coupon, Instructions, PartialRefund, ReturnLabel],
    }
}

/// Where another thing than the one that was paid for arrived, or nothing did,
/// sending the right one comes first: money for it may cost less, and is not
/// what the buyer bought.
pub(super) const fn owes_the_article(reason: Reason) -> bool {
    matches!(reason, Reason::WrongItem | Reason::MissingPart | Reason::NotReceived)
}

/// How likely a buyer accepts before anything was learned, by place in the fixed order.
#[must_use]
pub fn accept_prior(kind: RemedyKind, place: usize) -> f64 {
    let base: f64 = match kind {
        RemedyKind::RefundWithoutReturn => 0.95,
        RemedyKind::Replacement | RemedyKind::MissingPart | RemedyKind::Reship | RemedyKind::Exchange => 0.75,
        RemedyKind::PartialRefund => 0.60,
        RemedyKind::Repair | RemedyKind::PriceMatch => 0.50,
        RemedyKind::Instructions | RemedyKind::Coupon => 0.35,
        RemedyKind::ReturnLabel => 0.95,
    };
    (base - 0.05 * place as f64).max(0.05)
}
