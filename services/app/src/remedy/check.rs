//! What stands against an offer besides its form: what was offered before, and what the channel takes.

use amends_domain::counter::{OfferBounds, is_negotiable};
use amends_domain::remedy::{Remedy, RemedyState};
use amends_domain::{LineId, Money, OrderId};
use amends_store::{remedy, suggestion};

use super::ledger;
use super::offer::OfferRemedy;
use crate::error::{AppError, Result};
use crate::work::Work;

impl OfferRemedy {
    /// A buyer who declined is asked once more at most. The return itself is no pressing.
    pub(super) async fn check_counter_offer(&self, work: &Work) -> Result<()> {
        if !self.kind.is_alternative() {
            return Ok(());
        }
        let remedies = remedy::of_cases(&work.tx, &[(self.shop.clone(), self.case)]).await?;
        let declined = remedies.iter().filter_map(|r| match r.state {
            RemedyState::Declined { at, .. } => Some((at, r.id)),
            _ => None,
        });
        let Some((at, first)) = declined.min() else { return Ok(()) };
        let countered =
            remedies.iter().any(|r| r.kind.is_alternative() && r.id != first && r.proposed_at >= at);
        if countered {
            return Err(AppError::Precondition("G20: after a decline there is one counter-offer at most"));
        }
        Ok(())
    }

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
    pub(super) async fn keep_in_bounds(&self, work: &Work, remedy: &mut Remedy) -> Result<()> {
        let Some(of) = remedy.line.as_ref().filter(|_| is_negotiable(remedy.kind)) else { return Ok(()) };
        let Some(account) = ledger::account(&work.tx, &remedy.shop, of).await? else { return Ok(()) };
        let bounds = account.bounds();
        if self.terms.amount.is_none() {
            remedy.terms.amount = remedy.terms.amount.map(|amount| within(amount, &bounds));
        }
        Ok(bounds.check(remedy.kind, remedy.terms.amount)?)
    }
}

fn within(amount: Money, bounds: &OfferBounds) -> Money {
    let least = bounds.min.map_or(amount.minor_units, |min| amount.minor_units.max(min.minor_units));
    Money { minor_units: bounds.max.map_or(least, |max| least.min(max.minor_units)), ..amount }
}
