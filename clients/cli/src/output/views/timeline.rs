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
        counter_amount, decision, suggestion, fulfil_time,
    }
    v1::ReviewObserved { review, version, rating, diff_kind: ReviewDiffKind, natural }
    v1::AskSent { review, decision, template }
    v1::ReturnObserved { buyer_return, status: ReturnStatus, raw_status }
    v1::VerdictChanged { buyer_return, before: ReturnVerdict, after: ReturnVerdict }
    v1::ActionRefused { action, refusals, decision }
    v1::TimerFired { timer, due_time }
    v1::ReplyStep { reply, after: ReplyState, attempt, message_id, detail, decision }
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

/// Each kind of entry under the name that the contract gives it.
macro_rules! entries {
    ($($entry:ident = $name:literal),+ $(,)?) => {
        fn put_entry<M: SerializeMap>(map: &mut M, entry: &Entry) -> Result<(), M::Error> {
            match entry { $(Entry::$entry(step) => put(map, $name, step)),+ }
        }
    };
}

entries! {
    CaseOpened = "case_opened",
    SignalJoined = "signal_joined",
    CaseClaimed = "case_claimed",
    CaseRequeued = "case_requeued",
    CaseAssigned = "case_assigned",
    NoteAdded = "note_added",
    ContactRecorded = "contact_recorded",
    CasePaused = "case_paused",
    CaseResumed = "case_resumed",
    CaseEscalated = "case_escalated",
    CaseSolved = "case_solved",
    CaseReopened = "case_reopened",
    CaseClosed = "case_closed",
    CaseMerged = "case_merged",
    CaseAbsorbed = "case_absorbed",
    CaseCancelled = "case_cancelled",
    SubjectChanged = "subject_changed",
    PriorityChanged = "priority_changed",
    SlaWarned = "sla_warned",
    SlaBreached = "sla_breached",
    RemediesSuggested = "remedies_suggested",
    RemedyApprovalRequested = "remedy_approval_requested",
    RemedyApproved = "remedy_approved",
    RemedyOffered = "remedy_offered",
    RemedyAccepted = "remedy_accepted",
    RemedyDeclined = "remedy_declined",
    RemedyExpired = "remedy_expired",
    RemedyWithdrawn = "remedy_withdrawn",
    RemedyExecuting = "remedy_executing",
    RemedyFulfilled = "remedy_fulfilled",
    RemedyFailed = "remedy_failed",
    RemedyProposed = "remedy_proposed",
    ReviewObserved = "review_observed",
    AskSent = "ask_sent",
    ReturnObserved = "return_observed",
    VerdictChanged = "verdict_changed",
    ActionRefused = "action_refused",
    TimerFired = "timer_fired",
    CaseHandedBack = "case_handed_back",
    ReplyDrafted = "reply_drafted",
    ReplyApprovalRequested = "reply_approval_requested",
    ReplyApproved = "reply_approved",
    ReplyQueued = "reply_queued",
    ReplySending = "reply_sending",
    ReplySent = "reply_sent",
    ReplyFailed = "reply_failed",
    ReplyUnknown = "reply_unknown",
    ReplyWithdrawn = "reply_withdrawn",
    DeliveryOverdue = "delivery_overdue",
    DeliveryArrived = "delivery_arrived",
    SurveyAnswered = "survey_answered",
    SatisfactionDue = "satisfaction_due",
    CaseLinked = "case_linked",
    CaseUnlinked = "case_unlinked",
    IncidentJoined = "incident_joined",
    IncidentLeft = "incident_left",
    IncidentResolved = "incident_resolved",
    ReplyRecalled = "reply_recalled",
    ReplyAdopted = "reply_adopted",
    StopShipment = "stop_shipment",
    DoubleCompensated = "double_compensated",
    QualityReviewed = "quality_reviewed",
    QualityDisputed = "quality_disputed",
    QualityResolved = "quality_resolved",
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
            Some(Resource::RemedyPolicySnapshot(policy)) => {
                put(&mut map, "remedy_policy_snapshot", policy)?;
            }
            Some(Resource::IncidentSnapshot(incident)) => {
                put(&mut map, "incident_snapshot", incident)?;
            }
            Some(Resource::ErasureSnapshot(erasure)) => put(&mut map, "erasure_snapshot", erasure)?,
            None => {}
        }
        map.end()
    }
}
