//! What time does to a remedy: offers end, promises fall due.
//!
//! A deadline that no longer applies is cleared without harm; one that was
//! moved is set again.

use amends_domain::case::Verb;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::ledger::GrantState;
use amends_domain::remedy::{RemedyState, RemedyVerb};
use amends_domain::{RemedyId, ShopId};
use amends_store::remedy;

use super::step::{Right, open_remedy};
use super::{learned, ledger, stock};
use crate::case::tell;
use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// What the timeline says of an offer that lapsed before anybody agreed to it.
const UNAPPROVED: &str = "Nobody approved it in time.";

/// Ends an offer that was not answered, or not approved, in time; answers whether it did.
#[derive(Debug, Clone)]
pub struct ExpireOffer {
    /// The tenant.
    pub shop: ShopId,
    /// The remedy.
    pub remedy: RemedyId,
}

impl Command for ExpireOffer {
    type Output = bool;
    const NAME: &'static str = "ExpireOffer";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<bool> {
        let (remedy, mut opened) = open_remedy(work, &self.shop, self.remedy).await?;
        work.not_due(&self.shop, DeadlineKind::OfferExpiry, self.remedy);
        let Some(end) = remedy.ends_at() else { return Ok(false) };
        if end > work.now {
            work.due(&self.shop, DeadlineKind::OfferExpiry, self.remedy, end);
            return Ok(false);
        }
        // What the buyer never saw was not left unanswered: it is taken back.
        let is_offered = matches!(remedy.state, RemedyState::Offered { .. });
        let (verb, event) = if is_offered {
            (RemedyVerb::Expire, Event::RemedyExpired { remedy: remedy.id })
        } else {
            (RemedyVerb::Withdraw, Event::RemedyWithdrawn { remedy: remedy.id })
        };
        let before = remedy.version;
        let remedy = remedy.apply(verb, work.now)?;
        remedy::update(&work.tx, &remedy, before).await?;
        if is_offered {
            learned::answered(work, &remedy, false);
        }
        ledger::settle(work, &remedy, GrantState::Released).await?;
        stock::settle(work, &remedy, work.now).await?;
        tell(work, &opened.case, event, if is_offered { "" } else { UNAPPROVED }).await?;
        opened.check(work, &Right::Free, |hold| Verb::Note { hold })?;
        opened.store(work).await?;
        Ok(true)
    }
}

/// Says that a promise was not kept in time; answers whether that is so.
#[derive(Debug, Clone)]
pub struct FulfilmentOverdue {
    /// The tenant.
    pub shop: ShopId,
    /// The remedy.
    pub remedy: RemedyId,
}

impl Command for FulfilmentOverdue {
    type Output = bool;
    const NAME: &'static str = "FulfilmentOverdue";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<bool> {
        let (remedy, _) = open_remedy(work, &self.shop, self.remedy).await?;
        work.not_due(&self.shop, DeadlineKind::FulfilmentDue, self.remedy);
        match remedy.due_at() {
            Some(due_at) if due_at > work.now => {
                work.due(&self.shop, DeadlineKind::FulfilmentDue, self.remedy, due_at);
                Ok(false)
            }
            Some(_) => {
                let event = Event::FulfilmentOverdue { remedy: self.remedy };
                work.happened(&self.shop, Some(remedy.case), event);
                Ok(true)
            }
            None => Ok(false),
        }
    }
}
