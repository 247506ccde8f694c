//! What stands against an offer besides its form: what was offered before, and what the channel takes.

use amends_domain::counter::{OfferBounds, is_negotiable};
use amends_domain::remedy::Remedy;
use amends_domain::suggestion::{Excluded, Ineligible, Permit};
use amends_domain::{LineId, Money, OrderId};
use amends_store::{remedy, suggestion};

use super::ledger;
use super::offer::OfferRemedy;
use super::suggest::Inputs;
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;
use crate::work::Work;

impl OfferRemedy {
    pub(super) async fn check_suggestion(&self, work: &Work) -> Result<()> {
        let Some(id) = self.suggestion else { return Ok(()) };
        let found = suggestion::get(&work.tx, &self.shop, &id).await?;
        found
            .filter(|s| s.case == Some(self.case))
            .ok_or_else(|| AppError::not_found("suggestion", id))
            .map(drop)
    }

    /// What it follows is an earlier remedy of this shop on the same line.
    pub(super) async fn check_follows(&self, work: &Work, line: Option<&(OrderId, LineId)>) -> Result<()> {
        let Some(after) = self.after else { return Ok(()) };
        let found = remedy::get(&work.tx, &self.shop, &after).await?;
        let earlier = found.ok_or_else(|| AppError::not_found("remedy", after))?;
        if line.is_none() || earlier.line.as_ref() != line {
            return Err(AppError::field("follows", "must be a remedy on the same order line"));
        }
        Ok(())
    }

    /// The channel takes some amounts and so many offers. An amount that the agent left to the shop
    /// is brought within.
    pub(super) fn keep_in_bounds(
        &self,
        account: Option<&ledger::Account>,
        remedy: &mut Remedy,
    ) -> Result<()> {
        let Some(account) = account.filter(|_| is_negotiable(remedy.kind)) else { return Ok(()) };
        let bounds = account.bounds();
        if self.terms.amount.is_none() {
            remedy.terms.amount = remedy.terms.amount.map(|amount| within(amount, &bounds));
        }
        Ok(bounds.check(remedy.kind, remedy.terms.amount)?)
    }
}

/// What the shop's policy, the channel and the buyer's history ask of an offer.
pub(super) fn permit(inputs: &Inputs, remedy: &Remedy, info: &ShopInfo) -> Result<Permit> {
    let permit = inputs.permit(remedy.kind, &remedy.terms, &info.remedy);
    permit.map_err(|not| AppError::Precondition(refusal(not.why)))
}

/// Which rules of the shop an offer goes against, for the person who is to approve it.
pub(super) fn against(permit: &Permit) -> String {
    let rule = |not: &Ineligible| {
        let facts: Vec<String> = not.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
        format!("{} ({})", not.why, facts.join(", "))
    };
    permit.overridden.iter().map(rule).collect::<Vec<_>>().join("; ")
}

const fn refusal(why: Excluded) -> &'static str {
    match why {
        Excluded::NoNegotiation => "a danger to health or a fake is refunded at once, never negotiated",
        Excluded::TooLate => "the channel decides too soon for an offer",
        Excluded::OutOfStock => "too few are in stock",
        Excluded::OutsideChannelBounds => "the channel takes no such amount, or no further offer",
        _ => "the remedy cannot be offered here",
    }
}

fn within(amount: Money, bounds: &OfferBounds) -> Money {
    let least = bounds.min.map_or(amount.minor_units, |min| amount.minor_units.max(min.minor_units));
    Money { minor_units: bounds.max.map_or(least, |max| least.min(max.minor_units)), ..amount }
}
