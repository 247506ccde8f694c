//! What the buyer said to an offer.

use amends_domain::case::{Case, Verb};
use amends_domain::counter::NextOffer;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::ledger::GrantState;
use amends_domain::remedy::{Remedy, RemedyVerb};
use amends_domain::{Money, RemedyId, ShopId, Time};
use amends_store::remedy;

use super::next::{check_wish, next_offer};
use super::offer::check_note;
use super::step::{Right, hear_buyer, open_remedy};
use super::{learned, ledger, stock, trial};
use crate::call::Role;
use crate::case::tell;
use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// What a buyer says to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuyerAnswer {
    /// Wants another amount: the offer ends as declined, and the wish is kept.
    Countered {
        /// What they want.
        wish: Money,
    },
    /// Takes it.
    Accepted,
    /// Does not want it.
    Declined,
}

/// A remedy that was answered, and its case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The remedy.
    pub remedy: Remedy,
    /// Its case.
    pub case: Case,
    /// What may be offered next, where the buyer named an amount.
    pub next: Option<NextOffer>,
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
    type Output = Answered;
    const NAME: &'static str = "RecordAnswer";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Answered> {
        let principal = work.call.principal.clone();
        principal.require(&[Role::Agent, Role::Supervisor, Role::Ingest])?;
        check_note(&self.note)?;
        let right = Right::of(&principal, self.version, self.fence, &[Role::Supervisor], &[Role::Ingest])?;
        let (remedy, mut opened) = open_remedy(work, &self.shop, self.remedy).await?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let due_at = work.now + info.remedy.fulfilment_within;
        // Writing an answer down is no action of the seller's: it begins no work.
        opened.check(work, &right, |hold| Verb::Note { hold })?;
        let wish = match self.answer {
            BuyerAnswer::Countered { wish } => Some(wish),
            BuyerAnswer::Accepted | BuyerAnswer::Declined => None,
        };
        let verb = match self.answer {
            BuyerAnswer::Accepted => RemedyVerb::Accept { due_at },
            BuyerAnswer::Declined | BuyerAnswer::Countered { .. } => RemedyVerb::Decline { wish },
        };
        wish.map_or(Ok(()), |wish| check_wish(&remedy, wish, &info))?;
        let before = remedy.version;
        let remedy = remedy.apply(verb, work.now)?;
        if self.answer == BuyerAnswer::Accepted {
            // The channel may have refunded since it was offered.
            ledger::stands(work, &remedy).await?;
        }
        remedy::update(&work.tx, &remedy, before).await?;
        learned::answered(work, &remedy, self.answer == BuyerAnswer::Accepted);
        trial::follow(work, &remedy);
        work.not_due(&self.shop, DeadlineKind::OfferExpiry, remedy.id);
        let event = match self.answer {
            BuyerAnswer::Accepted => {
                work.due(&self.shop, DeadlineKind::FulfilmentDue, remedy.id, due_at);
                accepted(&remedy, due_at)
            }
            BuyerAnswer::Declined | BuyerAnswer::Countered { .. } => {
                ledger::settle(work, &remedy, GrantState::Released).await?;
                stock::settle(work, &remedy, work.now).await?;
                let (wish, currency) = wish.map(|w| (w.minor_units, w.currency.to_string())).unzip();
                Event::RemedyDeclined { remedy: remedy.id, wish, currency }
            }
        };
        let next = match wish {
            Some(wish) => Some(next_offer(work, &info, &opened.case, &remedy, wish).await?),
            None => None,
        };
        tell(work, &opened.case, event, &self.note).await?;
        hear_buyer(work, &mut opened).await?;
        opened.store(work).await?;
        Ok(Answered { remedy, case: opened.case, next })
    }
}

/// Whoever carries it out finds what is given in the event.
fn accepted(remedy: &Remedy, due_at: Time) -> Event {
    let (order, line) = remedy.line.clone().unzip();
    let terms = &remedy.terms;
    let currency = terms.amount.or(terms.gift).map(|money| money.currency.to_string());
    let said = |words: &str| Some(words.to_owned()).filter(|words| !words.is_empty());
    Event::RemedyAccepted {
        remedy: remedy.id,
        kind: remedy.kind,
        order,
        line,
        units: remedy.units,
        amount: terms.amount.map(|a| a.minor_units),
        currency,
        article: terms.article.clone(),
        disposal: terms.disposal,
        gift: terms.gift.map(|gift| gift.minor_units),
        coupon_code: said(&terms.coupon_code),
        // Words may be personal, and an event is kept: whoever needs them asks for the remedy.
        note: None,
        due_at,
    }
}
