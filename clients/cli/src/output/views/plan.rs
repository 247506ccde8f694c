//! The next permitted steps of a case.

use amends_proto::v1;

use crate::output::json::view;

view! {
    v1::CasePlan {
        case, etag, plan_time, steps, outlook: PlanOutlook, review, bad_reviews, edit_window_end_time,
        fulfil_for_ask_time, contact_hours, contact_time_zones, reply_characters_max, merged_into,
    }
    v1::PlanStep {
        kind: PlanStepKind, state: PlanStepState, not_before_time, latest_time, done_time,
        after: PlanStepKind, refusals, target, way: PlanWay, alternative: PlanAlternative, reason,
    }
}
