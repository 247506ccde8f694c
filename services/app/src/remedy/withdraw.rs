//! Takes a remedy back before the buyer said yes.

use amends_domain::case::Verb;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::ledger::GrantState;
use amends_domain::remedy::RemedyVerb;
use amends_domain::{RemedyId, ShopId};
use amends_store::remedy;

use super::offer::check_note;
use super::step::{Right, open_remedy};
use super::{RemedyOfCase, ledger, stock};
use crate::call::Role;
use crate::case::tell;
use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// Takes a remedy back.
#[derive(Debug, Clone)]
pub struct WithdrawRemedy {
    /// The tenant.
    pub shop: ShopId,
    /// The remedy.
    pub remedy: RemedyId,
    /// The version of its case that was seen.
    pub version: i64,
    /// The fence of the agent's lease; a supervisor without one sends 0.
    pub fence: i64,
    /// Why; may be empty.
    pub note: String,
}

impl Command for WithdrawRemedy {
    type Output = RemedyOfCase;
    const NAME: &'static str = "WithdrawRemedy";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<RemedyOfCase> {
        let principal = work.call.principal.clone();
        principal.require(&[Role::Agent, Role::Supervisor])?;
        check_note(&self.note)?;
        let right = Right::of(&principal, Some(self.version), self.fence, &[Role::Supervisor], &[])?;
        let (remedy, mut opened) = open_remedy(work, &self.shop, self.remedy).await?;
        opened.check(work, &right, |hold| Verb::Note { hold })?;
        let before = remedy.version;
        let remedy = remedy.apply(RemedyVerb::Withdraw, work.now)?;
        remedy::update(&work.tx, &remedy, before).await?;
        ledger::settle(work, &remedy, GrantState::Released).await?;
        stock::settle(work, &remedy, work.now).await?;
        work.not_due(&self.shop, DeadlineKind::OfferExpiry, remedy.id);
        tell(work, &opened.case, Event::RemedyWithdrawn { remedy: remedy.id }, &self.note).await?;
        opened.store(work).await?;
        Ok(RemedyOfCase { remedy, case: opened.case })
    }
}
