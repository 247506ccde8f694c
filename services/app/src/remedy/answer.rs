//! What the buyer said to an offer.

use amends_domain::case::Verb;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::ledger::GrantState;
use amends_domain::remedy::{Remedy, RemedyVerb};
use amends_domain::{RemedyId, ShopId, Time};
use amends_store::remedy;

use super::offer::check_note;
use super::step::{Right, hear_buyer, open_remedy};
use super::{RemedyOfCase, learned, ledger, trial};
use crate::call::Role;
use crate::case::tell;
use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// What a buyer says to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerAnswer {
    /// Takes it.
    Accepted,
    /// Does not want it.
    Declined,
}

/// Records the buyer's answer to an offer.
#[derive(Debug, Clone)]
pub struct RecordAnswer {
    /// The tenant.
    pub shop: ShopId,
    /// The remedy.
    pub remedy: RemedyId,
    /// The version of its case that was seen; a back end may leave it out.
    pub version: Option<i64>,
    /// The fence of the agent's lease; 0 for a back end.
    pub fence: i64,
    /// What the buyer said.
    pub answer: BuyerAnswer,
    /// What the buyer added; may be empty.
    pub note: String,
}

impl Command for RecordAnswer {
    type Output = RemedyOfCase;
    const NAME: &'static str = "RecordAnswer";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<RemedyOfCase> {
        let principal = work.call.principal.clone();
        principal.require(&[Role::Agent, Role::Supervisor, Role::Ingest])?;
        check_note(&self.note)?;
        let right = Right::of(&principal, self.version, self.fence, &[Role::Supervisor], &[Role::Ingest])?;
        let (remedy, mut opened) = open_remedy(work, &self.shop, self.remedy).await?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let due_at = work.now + info.remedy.fulfilment_within;
        // Writing an answer down is no action of the seller's: it begins no work.
        opened.check(work, &right, |hold| Verb::Note { hold })?;
        let verb = match self.answer {
            BuyerAnswer::Accepted => RemedyVerb::Accept { due_at },
            BuyerAnswer::Declined => RemedyVerb::Decline,
        };
        let before = remedy.version;
        let remedy = remedy.apply(verb, work.now)?;
        remedy::update(&work.tx, &remedy, before).await?;
        learned::answered(work, &remedy, self.answer == BuyerAnswer::Accepted);
        trial::follow(work, &remedy);
        work.not_due(&self.shop, DeadlineKind::OfferExpiry, remedy.id);
        let event = match self.answer {
            BuyerAnswer::Accepted => {
                work.due(&self.shop, DeadlineKind::FulfilmentDue, remedy.id, due_at);
                accepted(&remedy, due_at)
            }
            BuyerAnswer::Declined => {
                ledger::settle(work, &remedy, GrantState::Released).await?;
                Event::RemedyDeclined { remedy: remedy.id }
            }
        };
        tell(work, &opened.case, event, &self.note).await?;
        hear_buyer(work, &mut opened).await?;
        opened.store(work).await?;
        Ok(RemedyOfCase { remedy, case: opened.case })
    }
}

/// Whoever carries it out finds everything in the event.
fn accepted(remedy: &Remedy, due_at: Time) -> Event {
    let (order, line) = remedy.line.clone().unzip();
    let amount = remedy.terms.amount;
    Event::RemedyAccepted {
        remedy: remedy.id,
        kind: remedy.kind,
        order,
        line,
        units: remedy.units,
        amount: amount.map(|a| a.minor_units),
        currency: amount.map(|a| a.currency.to_string()),
        article: remedy.terms.article.clone(),
        due_at,
    }
}
