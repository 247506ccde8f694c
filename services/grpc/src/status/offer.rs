//! Why an offer or promise is refused by what lies outside: the channel, the stock.

use amends_domain::counter::BoundsRefused;
use amends_domain::stock::OutOfStock;
use amends_proto::v1::Reason;
use tonic::Code;

use super::refusal::Refusal;

/// The channel would not take it.
#[must_use]
pub fn of_bounds(refused: &BoundsRefused) -> Refusal {
    let refuse = |reason| Refusal::new(Code::FailedPrecondition, reason, refused.to_string());
    match refused {
        BoundsRefused::Outside { amount, min, max } => {
            let mut refusal = refuse(Reason::OfferOutOfBounds).fact("amount", amount.minor_units);
            for (name, bound) in [("min", min), ("max", max)] {
                if let Some(bound) = bound {
                    refusal = refusal.fact(name, bound.minor_units);
                }
            }
            refusal.fact("currency", amount.currency)
        }
        BoundsRefused::NoOffersLeft => refuse(Reason::NoOffersLeft),
    }
}

/// There is too little of what would be sent.
#[must_use]
pub fn of_stock(refused: &OutOfStock) -> Refusal {
    Refusal::new(Code::FailedPrecondition, Reason::OutOfStock, refused.to_string())
        .fact("sku", &refused.item.sku)
        .fact("kind", refused.item.kind)
        .fact("asked", refused.asked)
        .fact("free", refused.free)
}
