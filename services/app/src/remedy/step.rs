//! One step of a remedy together with its case: lock, read, check, write.

use amends_domain::case::handling::arrow;
use amends_domain::case::{Case, Handling, Hold, State, Verb, VerbKind};
use amends_domain::event::Event;
use amends_domain::remedy::Remedy;
use amends_domain::subject::Anchor;
use amends_domain::{BuyerKey, CaseId, RemedyId, ShopId};
use amends_store::remedy;
use amends_store::text::{self, TextOwner, TextRow};

use crate::agent::hand_back;
use crate::call::{Principal, Role};
use crate::case::{keep, open, stamp_first_action, tell};
use crate::error::{AppError, Result};
use crate::work::Work;

/// How often a case that was merged into was merged itself.
const MERGES_MAX: u32 = 8;

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
    pub(crate) before: Case,
    pub(crate) case: Case,
}

impl Opened {
    /// The remedy's case moves on with every step of the remedy: one version guards both.
    pub(crate) fn check(&mut self, work: &Work, right: &Right, verb: fn(Hold) -> Verb) -> Result<()> {
        match right {
            Right::Hold(hold) => self.case = self.case.clone().apply(verb(hold.clone()), work.now)?,
            Right::Seen(seen) => {
                self.check_seen(*seen)?;
                self.touch();
            }
            Right::Free => self.touch(),
        }
        Ok(())
    }

    /// Refuses whoever did not see the case as it stands.
    pub(crate) fn check_seen(&self, seen: i64) -> Result<()> {
        let current = self.case.version;
        if seen == current { Ok(()) } else { Err(AppError::EtagStale { seen, current }) }
    }

    /// A case that ended is never written again, whatever still happens to its remedies.
    fn touch(&mut self) {
        if self.case.is_open() {
            self.case.version += 1;
        }
    }

    /// Stores the case, if the step changed it.
    pub(crate) async fn store(&self, work: &mut Work) -> Result<()> {
        if self.case.version != self.before.version {
            keep(work, &self.before, &self.case).await?;
        }
        Ok(())
    }
}

/// Reads a case and makes this transaction the only one that writes about it.
pub(crate) async fn open_case(work: &Work, shop: &ShopId, id: CaseId) -> Result<Opened> {
    let case = open(work, shop, id).await?;
    Ok(Opened { before: case.clone(), case })
}

/// The same, or the case it was merged into.
pub(crate) async fn follow_case(work: &Work, shop: &ShopId, id: CaseId) -> Result<Opened> {
    let mut opened = open_case(work, shop, id).await?;
    for _ in 0..MERGES_MAX {
        let Handling::Merged { into, .. } = opened.case.handling else { break };
        opened = open_case(work, shop, into).await?;
    }
    Ok(opened)
}

/// Reads a remedy and its case under their locks.
///
/// The remedy of a case that was merged goes on in the case it was merged into.
pub(crate) async fn open_remedy(work: &Work, shop: &ShopId, id: RemedyId) -> Result<(Remedy, Opened)> {
    let gone = || AppError::not_found("remedy", id);
    let seen = remedy::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    if let Some((order, _)) = &seen.line {
        work.lock([(shop, &Anchor::Order(order.clone()))]).await?;
    }
    let opened = follow_case(work, shop, seen.case).await?;
    let mut remedy = remedy::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    remedy.case = opened.case.id;
    Ok((remedy, opened))
}

/// An agent's own step on a case: the first one begins the work.
pub(crate) async fn act_on(work: &mut Work, opened: &mut Opened, right: &Right) -> Result<()> {
    opened.check(work, right, |hold| Verb::Act { hold })?;
    if opened.before.handling.state() == State::Claimed && opened.case.handling.state() == State::Working {
        let agent = work.call.principal.name.clone();
        tell(work, &opened.case, Event::WorkStarted { agent }, "").await?;
    }
    if opened.before.first_human_action_at.is_none() && opened.case.first_human_action_at.is_some() {
        stamp_first_action(work, &opened.case, work.now).await?;
    }
    Ok(())
}

/// The buyer said something about an offer: whoever waited for that need not wait any more.
pub(crate) async fn hear_buyer(work: &mut Work, opened: &mut Opened) -> Result<()> {
    let state = opened.case.handling.state();
    if arrow(state, VerbKind::BuyerMessage).is_none() {
        return Ok(());
    }
    let before = opened.case.clone();
    opened.case = before.clone().apply(Verb::BuyerMessage { at: work.now }, work.now)?;
    if opened.case.handling.state() != state {
        let event = Event::CaseWoken { cause: "OFFER_ANSWERED".to_owned() };
        tell(work, &opened.case, event, "").await?;
    }
    if let Some((agent, fence)) = hand_back(work, &before, &mut opened.case).await? {
        tell(work, &opened.case, Event::CaseHandedBack { agent, fence }, "").await?;
    }
    Ok(())
}

/// What the buyer reads with an offer; empty where it was erased.
pub(super) async fn text_of(work: &Work, remedy: &Remedy) -> Result<String> {
    let key = [(TextOwner::Note, remedy.id.to_string())];
    let found = text::get(&work.tx, &remedy.shop, &key).await?.pop();
    Ok(found.map(|(_, _, body)| body).unwrap_or_default())
}

/// Stores words apart from the facts. Whoever sends them was asked before whether the buyer was erased.
pub(crate) async fn keep_text(
    work: &Work,
    shop: &ShopId,
    id: String,
    buyer: Option<BuyerKey>,
    body: &str,
) -> Result<()> {
    let row = TextRow { shop: shop.clone(), owner: TextOwner::Note, id, buyer, body: body.to_owned() };
    text::put(&[row]).run(&work.tx).await?;
    Ok(())
}
