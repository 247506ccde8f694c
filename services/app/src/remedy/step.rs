//! One step of a remedy together with its case: lock, read, check, write.

use amends_domain::case::handling::arrow;
use amends_domain::case::{Case, Hold, Refused, Verb, VerbKind};
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::remedy::Remedy;
use amends_domain::subject::Anchor;
use amends_domain::{BuyerKey, CaseId, RemedyId, ShopId};
use amends_store::text::{self, TextOwner, TextRow};
use amends_store::{case, remedy};

use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::work::Work;

/// What a caller may base a write on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Right {
    /// A living hold on the case.
    Hold(Hold),
    /// The version of the case that was seen, without a hold.
    Seen(i64),
    /// Nothing: a back end that passes on what happened, or a timer.
    Free,
}

impl Right {
    /// From what the caller sent. `unheld` may act without a hold, `blind` without having looked.
    pub(crate) fn of(
        principal: &Principal,
        version: Option<i64>,
        fence: i64,
        unheld: &[Role],
        blind: &[Role],
    ) -> Result<Self> {
        match version {
            Some(version) if fence != 0 => {
                Ok(Self::Hold(Hold { agent: principal.name.clone(), fence, version }))
            }
            Some(version) if principal.has(unheld) || principal.has(blind) => Ok(Self::Seen(version)),
            None if fence == 0 && principal.has(blind) => Ok(Self::Free),
            Some(_) => Err(AppError::field("fence", "must be the fence of the agent's own lease")),
            None => Err(AppError::field("etag", "must be the etag that was read last")),
        }
    }
}

/// A case that a step works on, as it was before and as it is now.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) before: i64,
    pub(crate) case: Case,
}

impl Opened {
    /// The remedy's case moves on with every step of the remedy: one version guards both.
    pub(crate) fn check(&mut self, work: &Work, right: &Right, verb: fn(Hold) -> Verb) -> Result<()> {
        match right {
            Right::Hold(hold) => self.case = self.case.clone().apply(verb(hold.clone()), work.now)?,
            Right::Seen(seen) => {
                if let amends_domain::case::Handling::Merged { into, .. } = self.case.handling {
                    return Err(Refused::Merged { into }.into());
                }
                if *seen != self.case.version {
                    return Err(AppError::EtagStale { seen: *seen, current: self.case.version });
                }
                self.touch();
            }
            Right::Free => self.touch(),
        }
        Ok(())
    }

    /// A case that ended is never written again, whatever still happens to its remedies.
    fn touch(&mut self) {
        if self.case.is_open() {
            self.case.version += 1;
        }
    }

    /// Stores the case, if the step changed it.
    pub(crate) async fn store(&self, work: &Work) -> Result<()> {
        if self.case.version != self.before {
            case::update(&work.tx, &[(self.case.clone(), self.before)]).await?;
        }
        Ok(())
    }
}

/// Reads a case and makes this transaction the only one that writes about it.
pub(crate) async fn open_case(work: &Work, shop: &ShopId, id: CaseId) -> Result<Opened> {
    let gone = || AppError::not_found("case", id);
    let seen = case::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    work.lock([(shop, &seen.subject.anchor())]).await?;
    let case = case::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    if case.subject.anchor() != seen.subject.anchor() {
        // What it is about became known between the two reads: another lock is needed.
        work.lock([(shop, &case.subject.anchor())]).await?;
    }
    Ok(Opened { before: case.version, case })
}

/// Reads a remedy and its case under their locks.
pub(crate) async fn open_remedy(work: &Work, shop: &ShopId, id: RemedyId) -> Result<(Remedy, Opened)> {
    let gone = || AppError::not_found("remedy", id);
    let seen = remedy::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    if let Some((order, _)) = &seen.line {
        work.lock([(shop, &Anchor::Order(order.clone()))]).await?;
    }
    let opened = open_case(work, shop, seen.case).await?;
    let remedy = remedy::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    Ok((remedy, opened))
}

/// An agent's own step on a case: the first one begins the work.
pub(crate) async fn act_on(work: &mut Work, opened: &mut Opened, right: &Right) -> Result<()> {
    let first = opened.case.first_human_action_at.is_none();
    opened.check(work, right, |hold| Verb::Act { hold })?;
    if first && opened.case.first_human_action_at.is_some() {
        let (shop, case, agent) = (opened.case.shop.clone(), opened.case.id, work.call.principal.name.clone());
        work.happened(&shop, Some(case), Event::WorkStarted { agent });
        crate::case::stamp_first_action(work, &opened.case, work.now).await?;
    }
    Ok(())
}

/// The buyer said something about an offer: whoever waited for that need not wait any more.
pub(crate) fn hear_buyer(work: &mut Work, opened: &mut Opened) -> Result<()> {
    let state = opened.case.handling.state();
    if arrow(state, VerbKind::BuyerMessage).is_none() {
        return Ok(());
    }
    opened.case = opened.case.clone().apply(Verb::BuyerMessage { at: work.now }, work.now)?;
    if opened.case.handling.state() != state {
        let (shop, id) = (opened.case.shop.clone(), opened.case.id);
        for kind in [DeadlineKind::BuyerReminder, DeadlineKind::BuyerSilence, DeadlineKind::Wake, DeadlineKind::AutoClose] {
            work.not_due(&shop, kind, id);
        }
        work.happened(&shop, Some(id), Event::CaseWoken { cause: "the buyer answered an offer".to_owned() });
    }
    Ok(())
}

/// Keeps a note on a case; an empty one is none.
pub(crate) async fn note(work: &mut Work, case: &Case, body: &str) -> Result<()> {
    if body.is_empty() {
        return Ok(());
    }
    let text_id = format!("note_{:032x}", work.id());
    keep_text(work, &case.shop, text_id.clone(), case.buyer, body).await?;
    let agent = work.call.principal.name.clone();
    work.happened(&case.shop, Some(case.id), Event::NoteAdded { agent, text_id });
    Ok(())
}

/// Stores words apart from the facts.
pub(crate) async fn keep_text(
    work: &Work,
    shop: &ShopId,
    id: String,
    buyer: Option<BuyerKey>,
    body: &str,
) -> Result<()> {
    let row = TextRow { shop: shop.clone(), owner: TextOwner::Note, id, buyer, body: body.to_owned() };
    text::put(&work.tx, &[row]).await?;
    Ok(())
}
