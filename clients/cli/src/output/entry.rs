//! A timeline entry in one line.

use amends_proto::v1::{self, timeline_entry::Entry};

use crate::{
    amount::money,
    case::seconds,
    codes::{word, words},
    output::{
        Output, beside,
        table::{id, or_dash, stars, subject},
    },
};

/// What happened, and what is worth knowing about it.
pub(crate) fn describe(output: &Output, entry: Option<&Entry>) -> (&'static str, String) {
    let Some(entry) = entry else {
        return ("unknown", "this client is too old to show it".to_owned());
    };
    remedy(entry)
        .or_else(|| reply(entry))
        .or_else(|| facts(output, entry))
        .or_else(|| beside::describe(output, entry))
        .unwrap_or_else(|| handling(output, entry))
}

fn reply(entry: &Entry) -> Option<(&'static str, String)> {
    let (what, step) = match entry {
        Entry::ReplyDrafted(step) => ("reply drafted", step),
        Entry::ReplyApprovalRequested(step) => ("approval requested", step),
        Entry::ReplyApproved(step) => ("reply approved", step),
        Entry::ReplyQueued(step) => ("reply queued", step),
        Entry::ReplySending(step) => ("reply on its way", step),
        Entry::ReplySent(step) => ("reply sent", step),
        Entry::ReplyFailed(step) => ("reply failed", step),
        Entry::ReplyUnknown(step) => ("reply unknown", step),
        Entry::ReplyWithdrawn(step) => ("reply withdrawn", step),
        Entry::ReplyRecalled(step) => ("reply is a draft again", step),
        Entry::ReplyAdopted(step) => ("reply adopted", step),
        _ => return None,
    };
    let attempt = if step.attempt > 1 { format!("attempt {}", step.attempt) } else { String::new() };
    let reply = format!("{}{}", id(&step.reply), by(&step.decision));
    let detail = joined([attempt.as_str(), &step.message_id, &step.detail, &reply]);
    Some((what, detail))
}

/// The decision that let it pass, if it names one.
fn by(decision: &str) -> String {
    if decision.is_empty() { String::new() } else { format!(", by {}", id(decision)) }
}

fn remedy(entry: &Entry) -> Option<(&'static str, String)> {
    let (what, step) = match entry {
        Entry::RemedyApprovalRequested(step) => ("approval requested", step),
        Entry::RemedyApproved(step) => ("remedy approved", step),
        Entry::RemedyOffered(step) => ("remedy offered", step),
        Entry::RemedyAccepted(step) => ("remedy accepted", step),
        Entry::RemedyDeclined(step) => ("remedy declined", step),
        Entry::RemedyExpired(step) => ("offer expired", step),
        Entry::RemedyWithdrawn(step) => ("remedy withdrawn", step),
        Entry::RemedyExecuting(step) => ("remedy begun", step),
        Entry::RemedyFulfilled(step) => ("remedy fulfilled", step),
        Entry::RemedyFailed(step) => ("remedy failed", step),
        Entry::RemedyProposed(step) => ("remedy proposed", step),
        Entry::RemediesSuggested(made) => {
            return Some(("remedies suggested", words::<v1::RemedyKind>(&made.kinds)));
        }
        _ => return None,
    };
    let value = step.granted_value.as_ref().map(money).unwrap_or_default();
    let wish = step.counter_amount.as_ref().map(|wish| format!("wants {}", money(wish)));
    let kind = word::<v1::RemedyKind>(step.kind);
    let detail = joined([kind.as_str(), &value, &wish.unwrap_or_default(), &step.detail]);
    Some((what, format!("{detail} ({}{})", id(&step.remedy), by(&step.decision))))
}

fn facts(output: &Output, entry: &Entry) -> Option<(&'static str, String)> {
    Some(match entry {
        Entry::CaseOpened(opened) => {
            let kind = word::<v1::CaseKind>(opened.kind);
            let reasons = words::<v1::ComplaintReason>(&opened.reasons);
            let about = subject(opened.subject.as_ref());
            ("opened", joined([kind.as_str(), &reasons, &about]))
        }
        Entry::SignalJoined(joint) => {
            let reasons = words::<v1::ComplaintReason>(&joint.reasons);
            ("signal joined", joined([joint.signal_kind.as_str(), &reasons, &joint.signal_id]))
        }
        Entry::SubjectChanged(change) => {
            let before = subject(change.before.as_ref());
            let after = subject(change.after.as_ref());
            ("subject changed", format!("{before} → {after}"))
        }
        Entry::ReviewObserved(seen) => {
            let diff = seen.diff_kind.map(word::<v1::ReviewDiffKind>);
            let stars = stars(seen.rating, seen.rating);
            let detail = joined([stars.as_str(), diff.as_deref().unwrap_or("first seen")]);
            ("review observed", format!("{detail} ({})", id(&seen.review)))
        }
        Entry::AskSent(ask) => ("buyer asked", joined([ask.template.as_str(), id(&ask.review)])),
        Entry::ReturnObserved(seen) => {
            let status = word::<v1::ReturnStatus>(seen.status);
            let raw = seen.raw_status.as_str();
            ("return observed", joined([status.as_str(), raw, id(&seen.buyer_return)]))
        }
        Entry::VerdictChanged(change) => {
            let before = word::<v1::ReturnVerdict>(change.before);
            let after = word::<v1::ReturnVerdict>(change.after);
            ("verdict changed", format!("{before} → {after}"))
        }
        Entry::ActionRefused(refused) => {
            let rules: Vec<_> = refused.refusals.iter().map(|refusal| refusal.rule.as_str()).collect();
            ("refused", format!("{} by {}", refused.action, rules.join(", ")))
        }
        Entry::PriorityChanged(change) => ("more urgent", format!("{} → {}", change.before, change.after)),
        Entry::SlaWarned(step) => ("promise near its end", promise(step)),
        Entry::SlaBreached(step) => ("promise broken", promise(step)),
        Entry::TimerFired(timer) => {
            let due = output.time(timer.due_time.as_ref());
            ("timer fired", format!("{}, due {due}", timer.timer))
        }
        _ => return None,
    })
}

fn promise(step: &v1::SlaStep) -> String {
    let promised = step.promised_time.as_ref().map_or(0, |time| time.seconds);
    format!("{} within {}", word::<v1::SlaMetric>(step.metric), seconds(promised))
}

fn handling(output: &Output, entry: &Entry) -> (&'static str, String) {
    match entry {
        Entry::CaseClaimed(claim) => ("claimed", format!("{}, fence {}", claim.agent, claim.fence)),
        Entry::CaseAssigned(claim) => ("assigned", format!("{}, fence {}", claim.agent, claim.fence)),
        Entry::CaseHandedBack(claim) => ("handed back", format!("{}, fence {}", claim.agent, claim.fence)),
        Entry::CaseRequeued(back) => {
            let why = word::<v1::RequeueReason>(back.reason);
            ("requeued", joined([why.as_str(), &back.agent, &back.note]))
        }
        Entry::NoteAdded(note) => ("note", or_dash(&note.text).to_owned()),
        Entry::ContactRecorded(contact) => {
            let medium = word::<v1::ContactMedium>(contact.medium);
            ("contacted", joined([medium.as_str(), &contact.text]))
        }
        Entry::CasePaused(pause) => {
            let state = word::<v1::CaseState>(pause.state);
            let until = output.time(pause.until_time.as_ref());
            ("paused", joined([state.as_str(), &format!("until {until}"), &pause.note]))
        }
        Entry::CaseResumed(back) => ("resumed", word::<v1::CaseState>(back.state)),
        Entry::CaseEscalated(raised) => {
            let level = format!("to level {}", raised.level);
            ("escalated", joined([level.as_str(), &raised.escalation_reason]))
        }
        Entry::CaseSolved(solved) => {
            let outcome = word::<v1::CaseOutcome>(solved.outcome);
            ("solved", joined([outcome.as_str(), &solved.note]))
        }
        Entry::CaseReopened(again) => ("reopened", again.note.clone()),
        Entry::CaseClosed(closed) => ("closed", word::<v1::CaseOutcome>(closed.outcome)),
        Entry::CaseMerged(merged) => ("merged into", joined([id(&merged.case), &merged.note])),
        Entry::CaseAbsorbed(merged) => ("merged with", joined([id(&merged.case), &merged.note])),
        Entry::CaseCancelled(cancelled) => ("cancelled", cancelled.note.clone()),
        // Everything else has been told by the functions before this one.
        _ => ("noted", String::new()),
    }
}

pub(crate) fn joined<const N: usize>(parts: [&str; N]) -> String {
    let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty() && *part != "-").collect();
    said.join(", ")
}

/// Who did it, in the fewest words.
pub(crate) fn actor(actor: Option<&v1::Actor>) -> String {
    let Some(actor) = actor else {
        return "-".to_owned();
    };
    match actor.kind() {
        v1::ActorKind::Agent => actor.id.clone(),
        // A pseudonym says nothing to a reader.
        v1::ActorKind::Buyer => "buyer".to_owned(),
        _ => {
            let kind = word::<v1::ActorKind>(actor.kind);
            joined([kind.as_str(), &actor.id])
        }
    }
}
