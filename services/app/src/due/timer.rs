//! What time does to a case.
//!
//! A deadline that was moved while its timer was under way is set again to
//! where it belongs; one whose state has passed is gone without a trace.

use amends_domain::case::{Case, Handling, State, Verb};
use amends_domain::deadline::{Deadline, DeadlineKind};
use amends_domain::event::Event;
use amends_domain::remedy::RemedyStage;
use amends_domain::{Span, Time};
use amends_store::{event, remedy};

use crate::case::{CHANNEL_MARGIN, after_solved, keep, tell};
use crate::error::Result;
use crate::guard::{Reminder, reminder_may_go};
use crate::work::Work;

/// How long a silent buyer is left alone while a promise is still being kept.
const WHILE_IN_FLIGHT: Span = Span::from_days(1);

/// Takes the step that a deadline of this kind stands for.
pub(super) async fn fire(work: &mut Work, due: &Deadline, case: Case) -> Result<()> {
    match due.kind {
        DeadlineKind::LeaseExpiry => lease_expiry(work, case).await,
        DeadlineKind::BuyerReminder => buyer_reminder(work, case, due.due_at).await,
        DeadlineKind::BuyerSilence => buyer_silence(work, case).await,
        DeadlineKind::Wake => wake(work, case).await,
        DeadlineKind::AutoClose => auto_close(work, case).await,
        DeadlineKind::ChannelDeadline => channel_deadline(work, case).await,
        DeadlineKind::Sla => crate::sla::fire(work, &case).await,
        // The others are not about a case.
        DeadlineKind::OfferExpiry
        | DeadlineKind::FulfilmentDue
        | DeadlineKind::AvoidedConfirmation
        | DeadlineKind::ReplyDelivery
        | DeadlineKind::PresenceExpiry
        | DeadlineKind::IncidentLook
        | DeadlineKind::Erasure
        | DeadlineKind::QualityDraw
        | DeadlineKind::DeliveryDue => Ok(()),
    }
}

/// Sets a deadline again that has not come yet; says whether it had.
fn came(work: &mut Work, case: &Case, kind: DeadlineKind, at: Time) -> bool {
    let came = at <= work.now;
    if !came {
        work.due(&case.shop, kind, case.id, at);
    }
    came
}

async fn lease_expiry(work: &mut Work, before: Case) -> Result<()> {
    let Some(ends_at) = before.handling.lease().map(|lease| lease.expires_at) else { return Ok(()) };
    if !came(work, &before, DeadlineKind::LeaseExpiry, ends_at) {
        return Ok(());
    }
    let after = crate::case::expire(work, &before).await?;
    keep(work, &before, &after).await
}

async fn buyer_reminder(work: &mut Work, case: Case, due_at: Time) -> Result<()> {
    // The service does not write to buyers: whoever does is told that the time has come.
    if case.handling.state() != State::WaitingBuyer {
        return Ok(());
    }
    match reminder_may_go(work, &case).await? {
        Reminder::Waits(until) => work.due(&case.shop, DeadlineKind::BuyerReminder, case.id, until),
        Reminder::Refused => {}
        Reminder::Goes => {
            let waiting_since = waiting_since(work, &case, due_at).await?;
            tell(work, &case, Event::ReminderDue { waiting_since }, "").await?;
        }
    }
    Ok(())
}

/// Since when the case waits for its buyer; a reminder may have been put off.
async fn waiting_since(work: &Work, case: &Case, due_at: Time) -> Result<Time> {
    let key = [(case.shop.clone(), case.id)];
    let waits = event::by_cases(&key, &[&["case.waiting_for_buyer"]]).all(&work.tx).await?;
    Ok(waits.last().map_or(due_at, |stored| stored.row.occurred_at))
}

async fn buyer_silence(work: &mut Work, before: Case) -> Result<()> {
    let Handling::WaitingBuyer { give_up_at, .. } = before.handling else { return Ok(()) };
    if !came(work, &before, DeadlineKind::BuyerSilence, give_up_at) {
        return Ok(());
    }
    let remedies = remedy::of_cases(&work.tx, &[(before.shop.clone(), before.id)]).await?;
    if remedies.iter().map(|r| r.state.stage()).any(RemedyStage::in_flight) {
        // Silence is no answer while the seller still owes something.
        work.due(&before.shop, DeadlineKind::BuyerSilence, before.id, work.now + WHILE_IN_FLIGHT);
        return Ok(());
    }
    let info = work.app.shops().get(&work.tx, &before.shop, work.now).await?;
    let close_at = work.now + info.policy.close_after;
    let after = before.clone().apply(Verb::BuyerSilent { close_at }, work.now)?;
    keep(work, &before, &after).await?;
    if let Handling::Solved { outcome, close_at, .. } = after.handling {
        tell(work, &after, Event::CaseSolved { outcome, close_at }, "").await?;
        after_solved(work, &after, outcome).await?;
    }
    Ok(())
}

async fn wake(work: &mut Work, before: Case) -> Result<()> {
    let (Handling::WaitingThirdParty { until, .. } | Handling::Snoozed { until, .. }) = before.handling
    else {
        return Ok(());
    };
    if !came(work, &before, DeadlineKind::Wake, until) {
        return Ok(());
    }
    let after = before.clone().apply(Verb::Wake, work.now)?;
    keep(work, &before, &after).await?;
    tell(work, &after, Event::CaseWoken { cause: "TIME".to_owned() }, "").await
}

async fn auto_close(work: &mut Work, before: Case) -> Result<()> {
    let Handling::Solved { close_at, outcome, .. } = before.handling else { return Ok(()) };
    if !came(work, &before, DeadlineKind::AutoClose, close_at) {
        return Ok(());
    }
    let after = before.clone().apply(Verb::AutoClose, work.now)?;
    keep(work, &before, &after).await?;
    tell(work, &after, Event::CaseClosed { outcome }, "").await
}

async fn channel_deadline(work: &mut Work, before: Case) -> Result<()> {
    let unsolved = before.is_open() && before.handling.state() != State::Solved;
    let Some(deadline) = before.hard_deadline.filter(|_| unsolved) else { return Ok(()) };
    if !came(work, &before, DeadlineKind::ChannelDeadline, deadline - CHANNEL_MARGIN) {
        return Ok(());
    }
    tell(work, &before, Event::ChannelDeadlineNear { deadline }, "").await?;
    if before.level > 0 {
        // A supervisor has it already.
        return Ok(());
    }
    let after = before.clone().apply(Verb::Escalate { version: None }, work.now)?;
    keep(work, &before, &after).await?;
    let event = Event::CaseEscalated { level: after.level, reason: "CHANNEL_DEADLINE".to_owned() };
    tell(work, &after, event, "").await
}
