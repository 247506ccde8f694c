//! What every verb of the desk does before and after its step.

use amends_domain::case::Case;
use amends_domain::deadline::DeadlineChange;
use amends_domain::event::Event;
use amends_domain::{CaseId, EventId, ShopId, Time};
use amends_store::event::EventRow;
use amends_store::text::{self, TextOwner, TextRow};
use amends_store::{StoreError, case};

use super::{SUPERVISION, Target, deadlines_of};
use crate::buyer::is_erased;
use crate::error::{AppError, Result};
use crate::reply::recall;
use crate::restate;
use crate::work::Work;

/// Reads a case and makes this transaction the only one that writes about it.
pub(crate) async fn open(work: &Work, shop: &ShopId, id: CaseId) -> Result<Case> {
    let gone = || AppError::not_found("case", id);
    let seen = case::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    work.lock([(shop, &seen.subject.anchor())]).await?;
    let case = case::get(&work.tx, shop, &id).await?.ok_or_else(gone)?;
    if case.subject.anchor() != seen.subject.anchor() {
        // What it is about became known while this waited for the lock: the
        // right lock is another one, and a second must not be waited for.
        return Err(StoreError::Contended(format!("{id} moved to another subject")).into());
    }
    Ok(case)
}

/// Refuses whoever neither holds the case nor may act without a hold.
pub(crate) fn check_right(work: &Work, case: &Case, target: &Target) -> Result<()> {
    if target.fence == 0 {
        return work.call.principal.require(SUPERVISION);
    }
    Ok(case.check(&target.hold(&work.call.principal.name), work.now)?)
}

/// Stores a case after its step, with the deadlines that follow from it.
pub(crate) async fn keep(work: &mut Work, before: &Case, after: &Case) -> Result<()> {
    work.tx.send(case::update(&[(after.clone(), before.version)])).await?;
    recall(work, [(before, after)], &[]).await?;
    restate::about(work, before, after).await?;
    set_deadlines(work, Some(before), after).await
}

/// Stores many cases after their steps, each as it was before and as it is now.
pub(crate) async fn keep_all(work: &mut Work, steps: &[(Case, Case)]) -> Result<()> {
    let changed: Vec<_> = steps.iter().map(|(before, after)| (after.clone(), before.version)).collect();
    // Now and not at the end, because the clocks write to the same rows.
    work.tx.send(case::update(&changed)).await?;
    recall(work, steps.iter().map(|(before, after)| (before, after)), &[]).await?;
    for (before, after) in steps {
        restate::about(work, before, after).await?;
        set_deadlines(work, Some(before), after).await?;
    }
    Ok(())
}

/// Sets and clears the deadlines of a case.
pub(crate) async fn set_deadlines(work: &mut Work, before: Option<&Case>, after: &Case) -> Result<()> {
    let info = work.app.shops().get(&work.tx, &after.shop, work.now).await?;
    for change in deadlines_of(before, after, info.policy.remind_after, work.now) {
        match change {
            DeadlineChange::Set(d) => work.due(&d.shop, d.kind, d.subject, d.due_at),
            DeadlineChange::Clear { shop, kind, subject } => work.not_due(&shop, kind, subject),
        }
    }
    Ok(())
}

/// Writes an event to the timeline of a case, and the note that goes with it to the texts.
///
/// The note is kept under the id of its event, so that the timeline finds it
/// and no event ever holds what a person wrote.
pub(crate) async fn tell(work: &mut Work, case: &Case, event: Event, note: &str) -> Result<()> {
    let id = EventId::from_bits(work.id());
    tell_as(work, case, id, event, note).await
}

/// The same, under an id that the event itself names.
pub(crate) async fn tell_as(
    work: &mut Work,
    case: &Case,
    id: EventId,
    event: Event,
    note: &str,
) -> Result<()> {
    let now = work.now;
    tell_when(work, case, (id, now), event, note).await
}

/// The same, of something that happened at another time.
pub(crate) async fn tell_when(
    work: &mut Work,
    case: &Case,
    (id, at): (EventId, Time),
    event: Event,
    note: &str,
) -> Result<()> {
    // What is said about a buyer who was erased is not kept; what was done is.
    if !note.is_empty() && !is_erased(&work.tx, case).await? {
        let (shop, body) = (case.shop.clone(), note.to_owned());
        let row = TextRow { shop, owner: TextOwner::Note, id: id.to_string(), buyer: case.buyer, body };
        text::put(&[row]).run(&work.tx).await?;
    }
    let row = EventRow {
        shop: case.shop.clone(),
        id,
        case: Some(case.id),
        event,
        actor: work.call.actor(),
        cause: work.call.cause.clone(),
        trace: work.call.trace.clone(),
        occurred_at: at,
        recorded_at: work.now,
    };
    work.happened_as(row);
    Ok(())
}

/// Refuses a text that is longer than it may be, or missing where one is required.
pub(crate) fn check_text(field: &'static str, text: &str, chars_max: usize, required: bool) -> Result<()> {
    if text.chars().count() > chars_max {
        return Err(AppError::field(field, format!("must be at most {chars_max} characters long")));
    }
    if required && text.trim().is_empty() {
        return Err(AppError::field(field, "must say something"));
    }
    Ok(())
}
