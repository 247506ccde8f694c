//! What may be offered next to a buyer who wants another amount.

use amends_domain::Money;
use amends_domain::case::Case;
use amends_domain::counter::{Limits, NextOffer, OfferBounds, is_countered, is_negotiable};
use amends_domain::remedy::Remedy;
use amends_store::remedy;

use super::suggest::judged_by;
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;
use crate::work::Work;

/// Refuses a wish that answers no such offer.
pub(super) fn check_wish(remedy: &Remedy, wish: Money, info: &ShopInfo) -> Result<()> {
    if !is_negotiable(remedy.kind) {
        return Err(AppError::field("counter_amount", "must be unset: only money offers can be countered"));
    }
    if wish.minor_units <= 0 {
        return Err(AppError::field("counter_amount", "must be above zero"));
    }
    if wish.currency != info.shop.currency {
        return Err(AppError::field("counter_amount", "must be in the currency of the shop"));
    }
    Ok(())
}

/// The wish within every bound, once the offer it answers is declined and its units are free.
pub(super) async fn next_offer(
    work: &Work,
    info: &ShopInfo,
    case: &Case,
    remedy: &Remedy,
    wish: Money,
) -> Result<NextOffer> {
    let key = [(remedy.shop.clone(), remedy.case)];
    let countered = is_countered(&remedy::of_cases(&work.tx, &key).await?);
    let judged = judged_by(work, info, case, remedy.line.as_ref(), remedy.units).await?;
    let most = judged.inputs.most(remedy.kind, &info.remedy);
    let (bounds, limits) = match (judged.account, most) {
        (Some(account), Some(most)) => {
            (account.bounds(), Limits { most, free: account.rules().free_value(), countered })
        }
        // What was paid is not known: no more than was offered can be said to be right.
        _ => {
            let offered = remedy.terms.amount.map_or(0, |amount| amount.minor_units);
            (OfferBounds::default(), Limits { most: offered, free: offered, countered })
        }
    };
    Ok(bounds.answer(wish, &limits))
}
