//! One step of a reply together with its case: lock, read, check, write.

use amends_domain::case::{Case, Hold, State, Verb};
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::reply::{Reply, ReplyState, Standing};
use amends_domain::signal::Direction;
use amends_domain::{CaseId, MessageId, ReplyId, ShopId, Time};
use amends_store::text::{self, TextOwner};
use amends_store::{StoreError, message, reply};

use super::{ReplyOfCase, ReplyView};
use crate::case::{stamp_contact, summary, tell};
use crate::error::{AppError, Result};
use crate::guard::{Passing, reply_may_go};
use crate::remedy::{Opened, Right, follow_case};
use crate::work::Work;

/// What the hold of a reply is measured by.
pub(crate) fn standing(case: &Case) -> Standing {
    Standing { fence: case.fence, version: case.version }
}

/// Reads a reply and its case under the lock of what the case hangs on.
pub(super) async fn open_reply(work: &Work, shop: &ShopId, id: ReplyId) -> Result<(Reply, Opened)> {
    let gone = || AppError::not_found("reply", id);
    let seen = reply::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    let opened = follow_case(work, shop, seen.case).await?;
    let reply = reply::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    if reply.case != opened.case.id {
        return Err(StoreError::Contended(format!("{id} moved to another case")).into());
    }
    Ok((reply, opened))
}

/// Takes the case's step of an agent who must have the living hold.
///
/// The hold is looked at first: a case that went back into the queue meanwhile
/// was lost, and that says more than that no arrow leads from there.
pub(super) fn hold(work: &Work, opened: &mut Opened, right: &Right, verb: fn(Hold) -> Verb) -> Result<()> {
    if let Right::Hold(hold) = right
        && opened.case.is_open()
    {
        opened.case.check(hold, work.now)?;
    }
    opened.check(work, right, verb)
}

/// Work on the case has begun: whoever queues a reply has done something about it. Its clocks go on,
/// because nothing was said to the buyer before the channel has it.
pub(super) async fn begin_work(work: &mut Work, opened: &mut Opened) -> Result<()> {
    opened.case.first_human_action_at = opened.before.first_human_action_at;
    if opened.before.handling.state() == State::Claimed && opened.case.handling.state() == State::Working {
        let agent = work.call.principal.name.clone();
        tell(work, &opened.case, Event::WorkStarted { agent }, "").await?;
    }
    Ok(())
}

/// Hands a reply to the connectors: they get everything but its words.
pub(super) async fn queued(work: &mut Work, reply: &Reply, case: &Case) -> Result<()> {
    let decision = Some(reply_may_go(work, reply, case, Passing::Queued).await?);
    let to = reply.destination.clone();
    let event = Event::ReplyQueued {
        reply: reply.id,
        agent: reply.author.clone(),
        public: to.public,
        order: to.order,
        line: to.line,
        conversation: to.conversation,
        review: to.review,
        language: reply.language.clone(),
        template: reply.template.clone(),
        fence: reply.fence,
        attempts: reply.attempts,
        drafted_at: reply.drafted_at,
        approved_by: reply.approved_by.clone(),
        decision,
    };
    work.happened(&reply.shop, Some(reply.case), event);
    Ok(())
}

/// The channel has a reply: its case and reviews know of the contact.
pub(super) async fn sent(work: &mut Work, reply: &Reply, opened: &mut Opened, at: Time) -> Result<()> {
    work.not_due(&reply.shop, DeadlineKind::ReplyDelivery, reply.id);
    let message = reply.message.clone();
    let message = message.ok_or_else(|| AppError::Internal(format!("{} was sent as nothing", reply.id)))?;
    let event = Event::ReplySent {
        reply: reply.id,
        attempt: reply.attempts,
        message,
        agent: reply.author.clone(),
        public: reply.destination.public,
        sent_at: at,
    };
    work.happened(&reply.shop, Some(reply.case), event);
    if !opened.case.is_open() {
        // A case that ended is never written again.
        return Ok(());
    }
    // What was said before the case was opened was not said about the case.
    let at = at.max(opened.case.opened_at);
    opened.case.answered(at);
    opened.store(work).await?;
    stamp_contact(work, &opened.case, at).await
}

/// When the channel showed a reply whose end is not known as the seller's own message, if it did.
///
/// Most echoes are recognised when they come. One that came before its name was told, or hangs on
/// something else than the case and so came at the same time, is found here.
pub(super) async fn shown_at(work: &Work, reply: &Reply) -> Result<Option<Time>> {
    let open = matches!(reply.state, ReplyState::Sending { .. } | ReplyState::Unknown { .. });
    let Some(id) = reply.message.as_ref().filter(|_| open) else { return Ok(None) };
    let shown = message::by_ids(&[(reply.shop.clone(), id.clone())]).all(&work.tx).await?;
    let ours = shown.into_iter().find(|message| message.direction == Direction::ToBuyer);
    Ok(ours.map(|message| message.occurred_at))
}

/// Refuses a message of the channel that is another reply already.
pub(super) async fn check_message(work: &Work, reply: &Reply, message: Option<&MessageId>) -> Result<()> {
    let Some(message) = message else { return Ok(()) };
    let known = reply::by_messages(&[(reply.shop.clone(), message.clone())]).all(&work.tx).await?;
    if known.iter().all(|other| other.id == reply.id) {
        return Ok(());
    }
    Err(AppError::field("message_id", "is another reply already"))
}

/// Refuses to send what is not there any more: the buyer may have asked to be forgotten.
pub(super) async fn check_words(work: &Work, reply: &Reply) -> Result<()> {
    let key = [(TextOwner::Reply, reply.id.to_string())];
    if text::get(&work.tx, &reply.shop, &key).await?.is_empty() {
        return Err(AppError::Precondition("the text of the reply was erased"));
    }
    Ok(())
}

/// Stores the case, and says how both stand now.
pub(super) async fn done(work: &mut Work, reply: Reply, opened: Opened) -> Result<ReplyOfCase> {
    opened.store(work).await?;
    Ok(ReplyOfCase { reply, case: summary(&work.tx, opened.case).await? })
}

/// A reply as whoever delivers it sees it; its words are read apart.
pub(super) fn seen(reply: Reply, case: &Case) -> ReplyView {
    let is_stale = reply.check(standing(case)).is_err();
    ReplyView { reply, case_version: case.version, is_stale, text: None }
}

/// Reads a case for a new reply, under its lock.
pub(super) async fn open_case(work: &Work, shop: &ShopId, id: CaseId) -> Result<Opened> {
    let case = crate::case::open(work, shop, id).await?;
    Ok(Opened { before: case.clone(), case })
}
