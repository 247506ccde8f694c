//! Timeline entries and events.

use amends_proto::v1::{self, event::Resource, timeline_entry::Entry};
use serde::{Serializer, ser::SerializeMap};

use crate::output::json::{Shown, put, view};

view! {
    v1::CaseOpened {
        kind: CaseKind, origin: CaseOrigin, subject, signal_id, reasons: ComplaintReason,
        flags: DetectionFlag, follow_up_of,
    }
    v1::SignalJoined {
        signal_id, signal_kind, direction: MessageDirection, reasons: ComplaintReason,
        flags: DetectionFlag,
    }
    v1::CaseClaimed { agent, fence, lease_expire_time }
    v1::CaseRequeued { agent, reason: RequeueReason, note }
    v1::NoteAdded { text }
    v1::ContactRecorded { medium: ContactMedium, contact_time, message_id, text, first_response }
    v1::CasePaused { state: CaseState, until_time, note }
    v1::CaseResumed { state: CaseState }
    v1::CaseEscalated { level, escalation_reason }
    v1::CaseSolved { outcome: CaseOutcome, note, reason: ComplaintReason }
    v1::CaseReopened { reopen_count, note }
    v1::CaseClosed { outcome: CaseOutcome }
    v1::CaseMerged { case, note }
    v1::CaseCancelled { note }
    v1::SubjectChanged { before, after }
    v1::RemediesSuggested { suggestion, kinds: RemedyKind }
    v1::RemedyStep {
        remedy, kind: RemedyKind, before: RemedyState, after: RemedyState, granted_value, detail,
    }
    v1::ReviewObserved { review, version, rating, diff_kind: ReviewDiffKind, natural }
    v1::AskSent { review, decision, template }
    v1::ReturnObserved { buyer_return, status: ReturnStatus, raw_status }
    v1::VerdictChanged { buyer_return, before: ReturnVerdict, after: ReturnVerdict }
    v1::ActionRefused { action, refusals, decision }
    v1::TimerFired { timer, due_time }
    v1::ReplyStep { reply, after: ReplyState, attempt, message_id, detail }
}

impl Shown for v1::TimelineEntry {
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        put(&mut map, "sequence", &self.sequence)?;
        put(&mut map, "occur_time", &self.occur_time)?;
        put(&mut map, "record_time", &self.record_time)?;
        put(&mut map, "actor", &self.actor)?;
        put(&mut map, "cause", &self.cause)?;
        put(&mut map, "trace_id", &self.trace_id)?;
        if let Some(entry) = &self.entry {
            put_entry(&mut map, entry)?;
        }
        map.end()
    }
}

fn put_entry<M: SerializeMap>(map: &mut M, entry: &Entry) -> Result<(), M::Error> {
    match entry {
        Entry::CaseOpened(step) => put(map, "case_opened", step),
        Entry::SignalJoined(step) => put(map, "signal_joined", step),
        Entry::CaseClaimed(step) => put(map, "case_claimed", step),
        Entry::CaseRequeued(step) => put(map, "case_requeued", step),
        Entry::CaseAssigned(step) => put(map, "case_assigned", step),
        Entry::NoteAdded(step) => put(map, "note_added", step),
        Entry::ContactRecorded(step) => put(map, "contact_recorded", step),
        Entry::CasePaused(step) => put(map, "case_paused", step),
        Entry::CaseResumed(step) => put(map, "case_resumed", step),
        Entry::CaseEscalated(step) => put(map, "case_escalated", step),
        Entry::CaseSolved(step) => put(map, "case_solved", step),
        Entry::CaseReopened(step) => put(map, "case_reopened", step),
        Entry::CaseClosed(step) => put(map, "case_closed", step),
        Entry::CaseMerged(step) => put(map, "case_merged", step),
        Entry::CaseAbsorbed(step) => put(map, "case_absorbed", step),
        Entry::CaseCancelled(step) => put(map, "case_cancelled", step),
        Entry::SubjectChanged(step) => put(map, "subject_changed", step),
        Entry::PriorityChanged(step) => put(map, "priority_changed", step),
        Entry::SlaWarned(step) => put(map, "sla_warned", step),
        Entry::SlaBreached(step) => put(map, "sla_breached", step),
        Entry::RemediesSuggested(step) => put(map, "remedies_suggested", step),
        Entry::RemedyApprovalRequested(step) => put(map, "remedy_approval_requested", step),
        Entry::RemedyApproved(step) => put(map, "remedy_approved", step),
        Entry::RemedyOffered(step) => put(map, "remedy_offered", step),
        Entry::RemedyAccepted(step) => put(map, "remedy_accepted", step),
        Entry::RemedyDeclined(step) => put(map, "remedy_declined", step),
        Entry::RemedyExpired(step) => put(map, "remedy_expired", step),
        Entry::RemedyWithdrawn(step) => put(map, "remedy_withdrawn", step),
        Entry::RemedyExecuting(step) => put(map, "remedy_executing", step),
        Entry::RemedyFulfilled(step) => put(map, "remedy_fulfilled", step),
        Entry::RemedyFailed(step) => put(map, "remedy_failed", step),
        Entry::RemedyProposed(step) => put(map, "remedy_proposed", step),
        Entry::ReviewObserved(step) => put(map, "review_observed", step),
        Entry::AskSent(step) => put(map, "ask_sent", step),
        Entry::ReturnObserved(step) => put(map, "return_observed", step),
        Entry::VerdictChanged(step) => put(map, "verdict_changed", step),
        Entry::ActionRefused(step) => put(map, "action_refused", step),
        Entry::TimerFired(step) => put(map, "timer_fired", step),
        Entry::CaseHandedBack(step) => put(map, "case_handed_back", step),
        Entry::ReplyDrafted(step) => put(map, "reply_drafted", step),
        Entry::ReplyApprovalRequested(step) => put(map, "reply_approval_requested", step),
        Entry::ReplyApproved(step) => put(map, "reply_approved", step),
        Entry::ReplyQueued(step) => put(map, "reply_queued", step),
        Entry::ReplySending(step) => put(map, "reply_sending", step),
        Entry::ReplySent(step) => put(map, "reply_sent", step),
        Entry::ReplyFailed(step) => put(map, "reply_failed", step),
        Entry::ReplyUnknown(step) => put(map, "reply_unknown", step),
        Entry::ReplyWithdrawn(step) => put(map, "reply_withdrawn", step),
        Entry::DeliveryOverdue(step) => put(map, "delivery_overdue", step),
        Entry::DeliveryArrived(step) => put(map, "delivery_arrived", step),
        Entry::SurveyAnswered(step) => put(map, "survey_answered", step),
        Entry::SatisfactionDue(step) => put(map, "satisfaction_due", step),
        Entry::CaseLinked(step) => put(map, "case_linked", step),
        Entry::CaseUnlinked(step) => put(map, "case_unlinked", step),
        Entry::IncidentJoined(step) => put(map, "incident_joined", step),
        Entry::IncidentLeft(step) => put(map, "incident_left", step),
        Entry::IncidentResolved(step) => put(map, "incident_resolved", step),
        Entry::ReplyRecalled(step) => put(map, "reply_recalled", step),
        Entry::ReplyAdopted(step) => put(map, "reply_adopted", step),
    }
}

impl Shown for v1::Event {
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        put(&mut map, "id", &self.id)?;
        put(&mut map, "source", &self.source)?;
        put(&mut map, "event_type", &self.event_type)?;
        put(&mut map, "subject", &self.subject)?;
        put(&mut map, "occur_time", &self.occur_time)?;
        put(&mut map, "shop", &self.shop)?;
        put(&mut map, "position", &self.position)?;
        put(&mut map, "traceparent", &self.traceparent)?;
        put(&mut map, "case", &self.case)?;
        put(&mut map, "entry", &self.entry)?;
        match &self.resource {
            Some(Resource::CaseSnapshot(case)) => put(&mut map, "case_snapshot", case)?,
            Some(Resource::RemedySnapshot(remedy)) => put(&mut map, "remedy_snapshot", remedy)?,
            Some(Resource::ReviewSnapshot(review)) => put(&mut map, "review_snapshot", review)?,
            Some(Resource::ReturnSnapshot(back)) => put(&mut map, "return_snapshot", back)?,
            Some(Resource::ShopSnapshot(shop)) => put(&mut map, "shop_snapshot", shop)?,
            Some(Resource::PolicySnapshot(policy)) => put(&mut map, "policy_snapshot", policy)?,
            Some(Resource::ReplySnapshot(reply)) => put(&mut map, "reply_snapshot", reply)?,
            Some(Resource::AgentSnapshot(agent)) => put(&mut map, "agent_snapshot", agent)?,
            None => {}
        }
        map.end()
    }
}
