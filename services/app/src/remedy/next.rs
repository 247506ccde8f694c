//! What may be offered next to a buyer who wants another amount.

use amends_domain::Money;
use amends_domain::counter::{Limits, NextOffer, OfferBounds, is_negotiable};
use amends_domain::remedy::{Remedy, RemedyState};
use amends_store::remedy;

use super::ledger;
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
    remedy: &Remedy,
    wish: Money,
) -> Result<NextOffer> {
    let key = [(remedy.shop.clone(), remedy.case)];
    let others = remedy::of_cases(&work.tx, &key).await?;
    let declined = |r: &Remedy| r.id != remedy.id && matches!(r.state, RemedyState::Declined { .. });
    let declined_before = others.iter().any(declined);
    let policy = &info.remedy;
    let account = match &remedy.line {
        Some(of) => ledger::account(&work.tx, &remedy.shop, of).await?,
        None => None,
    };
    let (bounds, limits) = match account {
        Some(account) => {
            let price = account.purchase.unit_price;
            let paid = price.times(remedy.units).unwrap_or(price);
            let (most, free) = (paid.basis_points(policy.partial_refund.most), account.rules().free_value());
            let most = most.minor_units;
            (account.bounds(), Limits { most, ceiling: policy.ceiling, free, declined_before })
        }
        // What was paid is not known: no more than was offered can be said to be right.
        None => {
            let offered = remedy.terms.amount.map_or(0, |amount| amount.minor_units);
            let limits = Limits { most: offered, ceiling: policy.ceiling, free: offered, declined_before };
            (OfferBounds::default(), limits)
        }
    };
    Ok(bounds.answer(wish, &limits))
}
