//! Cases, and everything their screen shows.

use amends_proto::v1;

use crate::{case, output::json::view};

view! {
    v1::Case {
        name, uid, kind: CaseKind, origin: CaseOrigin, status: CaseStatus, state: CaseState,
        subject, reasons: ComplaintReason, flags: DetectionFlag, priority: CasePriority, level,
        agent, lease_expire_time, fence, etag, language, buyer, open_time, update_time,
        first_response_time, waiting_since_time, wake_time, hard_deadline,
        hard_deadline_kind: HardDeadlineKind, solve_time, close_time, outcome: CaseOutcome,
        reopen_count, abandon_count, follow_up_of, merged_into, review_track, return_track,
        remedy_track, holdout,
    }
    v1::CaseSubject { order_id, line_id, review_id, conversation_id }
    v1::ReviewTrack {
        review, first_rating, current_rating, outcome: ReviewDiffKind, ask_state: AskState,
        edit_window_end_time,
    }
    v1::ReturnTrack {
        buyer_return, status: ReturnStatus, verdict: ReturnVerdict, channel_deadline,
    }
    v1::RemedyTrack { remedy, kind: RemedyKind, state: RemedyState }
    v1::Lease { lease_id, fence, expire_time }
    v1::RenewLeaseResponse { lease }
    v1::MergeCaseResponse { case, into }
    case::Changed { case, lease }
}

view! {
    v1::CaseView {
        case, order, shipments, reviews, messages, returns, remedies, detections, earlier_cases,
        earlier_remedies, earlier_orders, next_actions, timeline_sequence, clocks, viewers, survey_answers, links,
        incident,
    }
    v1::OrderView { order_id, state: OrderState, lines, order_time, delivery_time }
    v1::OrderLine { line_id, sku, title, category, quantity, unit_price }
    v1::ShipmentView { shipment, occur_time, promised_eta, missed_eta }
    v1::ShipmentSignal {
        shipment_id, order_id, lines, state: ShipmentState, eta, carrier, tracking, remedy,
    }
    v1::ShipmentLine { line_id, quantity }
    v1::ConversationMessage {
        message_id, conversation_id, direction: MessageDirection, author: MessageAuthor, text,
        language, public_reply, occur_time, text_withheld, reply,
    }
    v1::DetectionRecord { signal_id, kind: TextKind, detection, detect_time }
    v1::Detection {
        negative, negative_probability, return_intent, return_intent_probability, reasons,
        flags: DetectionFlag, actionable, language, language_confidence, language_supported,
        hidden_negative, truncated, evidence, model_version,
    }
    v1::ScoredReason { reason: ComplaintReason, probability }
    v1::Evidence {
        start, end, kind: EvidenceKind, reason: ComplaintReason, flag: DetectionFlag,
    }
    v1::NextAction { verb: CaseVerb, allowed, refusals }
}

view! {
    v1::Review {
        name, order_id, line_id, sku, buyer, first_rating, current_rating, negative,
        hidden_negative, visible, removal: ReviewRemoval, outcome: ReviewDiffKind, natural,
        ask_state: AskState, blocked_rule, edit_window_end_time, edit_state: ReviewEditState,
        first_observe_time, last_observe_time, ask_time, version_count, text, language, case,
        next_look_time,
    }
    v1::PlannedObservation { review, order_id, due_time, last_observe_time, visible, rating }
    v1::ReviewVersion {
        version, observe_time, platform_modify_time, rating, visible, removal: ReviewRemoval,
        edit_state: ReviewEditState, follow_up, diff_kind: ReviewDiffKind, text_hash, text,
        signal_id,
    }
    v1::AskResponse { decision, review }
    v1::Return {
        name, order_id, line_id, quantity, status: ReturnStatus, raw_status,
        reason: ComplaintReason, raw_reason, verdict: ReturnVerdict, count_time,
        channel_deadline, intent_time, request_time, update_time, window_end_time,
        refund_amount, seller_fault, case, buyer, offer_amount_min, offer_amount_max, offers_left,
    }
}
