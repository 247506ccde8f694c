//! The next permitted steps of a case.

use amends_app::case::CasePlan;
use amends_domain::ShopId;
use amends_domain::case::Handling;
use amends_domain::plan::{About, Step, StepState};
use amends_proto::v1 as pb;

use super::{Word as _, decision, time};

/// The wire form of a plan.
#[must_use]
pub fn render(shop: &ShopId, planned: &CasePlan) -> pb::CasePlan {
    let (case, plan) = (&planned.case, &planned.plan);
    let named = |id| format!("shops/{shop}/cases/{id}");
    let review = planned.review.as_ref();
    pb::CasePlan {
        case: named(case.id),
        etag: case.version.to_string(),
        plan_time: Some(time::render(planned.at)),
        steps: plan.steps.iter().map(|one| step(shop, planned, one)).collect(),
        outlook: plan.outlook.number(),
        review: review.map(|id| format!("shops/{shop}/reviews/{id}")).unwrap_or_default(),
        bad_reviews: i32::try_from(planned.bad_reviews).unwrap_or(i32::MAX),
        edit_window_end_time: plan.editable_until.map(time::render),
        fulfil_for_ask_time: plan.fulfil_for_ask.map(time::render),
        contact_hours: planned.hours.clone(),
        contact_time_zones: planned.zones.clone(),
        reply_characters_max: planned.reply_length.map(|most| i32::try_from(most).unwrap_or(i32::MAX)),
        merged_into: match case.handling {
            Handling::Merged { into, .. } => named(into),
            _ => String::new(),
        },
    }
}

fn step(shop: &ShopId, planned: &CasePlan, step: &Step) -> pb::PlanStep {
    let (state, done_at, after) = match step.state {
        StepState::Done { at } => (pb::PlanStepState::Done, at, None),
        StepState::Now => (pb::PlanStepState::Now, None, None),
        StepState::Later { after, .. } => (pb::PlanStepState::Later, None, after),
        StepState::Blocked => (pb::PlanStepState::Blocked, None, None),
        StepState::NotNeeded => (pb::PlanStepState::NotNeeded, None, None),
    };
    pb::PlanStep {
        kind: step.kind.number(),
        state: state.into(),
        not_before_time: step.state.opens_at(planned.at).map(time::render),
        latest_time: step.latest.map(time::render),
        done_time: done_at.map(time::render),
        after: after.map(|kind| kind.number()),
        refusals: step.refusals.iter().map(decision::refusal).collect(),
        target: match &step.about {
            Some(About::Remedy(id)) => format!("shops/{shop}/remedies/{id}"),
            Some(About::Reply(id)) => format!("shops/{shop}/replies/{id}"),
            Some(About::Review(id)) => format!("shops/{shop}/reviews/{id}"),
            None => String::new(),
        },
        way: step.way.number(),
        alternative: step.instead.map(|instead| instead.number()),
        reason: step.reason.to_owned(),
    }
}
