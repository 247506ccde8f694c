//! Reviews, their versions, and what lies between them.

use amends_app::review::{AskState, ReviewView, VersionView};
use amends_app::stored::ReviewRow;
use amends_domain::review::{DiffKind, RemovedBy};
use amends_domain::{ReviewId, ShopId};
use amends_proto::v1 as pb;

use super::{Word as _, time};
use crate::fields::Fields;
use crate::name;

/// The wire form of a review with its story.
#[must_use]
pub fn render(view: &ReviewView) -> pb::Review {
    let (ask_state, blocked_rule) = ask_state(view.ask);
    pb::Review {
        outcome: since_first(view.outcome).into(),
        removal: (!view.history.visible).then(|| removal(view.removed_by).into()),
        visible: view.history.visible,
        natural: view.natural,
        ask_state: ask_state.into(),
        blocked_rule,
        edit_window_end_time: view.editable_until.map(time::render),
        edit_state: view.history.edit_state.map(|state| state.number()),
        version_count: i32::try_from(view.versions).unwrap_or(i32::MAX),
        text: view.text.clone(),
        ..of_row(&view.row)
    }
}

/// The wire form of a review as lists of other things show it: without its story.
#[must_use]
pub fn of_row(row: &ReviewRow) -> pb::Review {
    let stars = |stars: Option<u8>| stars.map(i32::from);
    let printed = |id: Option<&dyn std::fmt::Display>| id.map(ToString::to_string).unwrap_or_default();
    let head = &row.history;
    let asked = row.handling.asked_at;
    let ask_state = if asked.is_some() { pb::AskState::Asked } else { pb::AskState::Observed };
    pb::Review {
        name: name::of(&row.shop, &row.review),
        order_id: printed(row.order.as_ref().map(|id| id as _)),
        line_id: printed(row.line.as_ref().map(|id| id as _)),
        sku: printed(row.sku.as_ref().map(|id| id as _)),
        buyer: printed(row.buyer.as_ref().map(|id| id as _)),
        first_rating: stars(head.first_rating),
        current_rating: stars(head.rating),
        negative: head.negative,
        hidden_negative: row.hidden_negative,
        visible: head.visible,
        removal: (!head.visible).then(|| removal(removed_by(head.last_diff)).into()),
        outcome: since_first(outcome(row)).into(),
        natural: false,
        ask_state: ask_state.into(),
        blocked_rule: String::new(),
        edit_window_end_time: None,
        edit_state: None,
        first_observe_time: head.first_observed_at.map(time::render),
        last_observe_time: Some(time::render(row.last_observed_at)),
        ask_time: asked.map(time::render),
        version_count: 0,
        text: String::new(),
        language: row.language.clone(),
        case: name::of_any(&row.shop, row.case.as_ref()),
        next_look_time: row.next_look_at.map(time::render),
    }
}

/// A review that somebody should look at again.
#[must_use]
pub fn planned(row: &ReviewRow) -> pb::PlannedObservation {
    pb::PlannedObservation {
        review: name::of(&row.shop, &row.review),
        order_id: row.order.as_ref().map(ToString::to_string).unwrap_or_default(),
        due_time: row.next_look_at.map(time::render),
        last_observe_time: Some(time::render(row.last_observed_at)),
        visible: row.history.visible,
        rating: row.history.rating.map(i32::from),
    }
}

/// A review in short, for its case.
#[must_use]
pub fn track(row: &ReviewRow) -> pb::ReviewTrack {
    let review = of_row(row);
    pb::ReviewTrack {
        review: review.name,
        first_rating: review.first_rating,
        current_rating: review.current_rating,
        outcome: review.outcome,
        ask_state: review.ask_state,
        edit_window_end_time: review.edit_window_end_time,
    }
}

/// What became of a review, as far as its head tells.
fn outcome(row: &ReviewRow) -> DiffKind {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let head = &row.history;
    if head.last_diff == DiffKind::ReReversed {
        return DiffKind::ReReversed;
    }
    if head.reversed_at.is_some() {
        return DiffKind::Reversed;
    }
    if !head.visible {
        let gone = matches!(head.last_diff, DiffKind::RemovedByBuyer | DiffKind::RemovedByPlatform);
        return if gone { head.last_diff } else { DiffKind::Vanished };
    }
    match head.rating.cmp(&head.first_rating) {
        Greater => DiffKind::Improved,
        Less => DiffKind::Worsened,
        Equal if matches!(head.last_diff, DiffKind::TextOnly | DiffKind::FollowUpAdded) => head.last_diff,
        Equal => DiffKind::Unchanged,
    }
}

fn removed_by(diff: DiffKind) -> Option<RemovedBy> {
    match diff {
        DiffKind::RemovedByBuyer => Some(RemovedBy::Buyer),
        DiffKind::RemovedByPlatform => Some(RemovedBy::Platform),
        _ => None,
    }
}

const fn removal(by: Option<RemovedBy>) -> pb::ReviewRemoval {
    match by {
        Some(RemovedBy::Buyer) => pb::ReviewRemoval::ByBuyer,
        Some(RemovedBy::Platform) => pb::ReviewRemoval::ByPlatform,
        None => pb::ReviewRemoval::Unknown,
    }
}

fn ask_state(state: AskState) -> (pb::AskState, String) {
    match state {
        AskState::Observed => (pb::AskState::Observed, String::new()),
        AskState::Blocked(rule) => (pb::AskState::AskBlocked, rule.to_string()),
        AskState::Eligible => (pb::AskState::AskEligible, String::new()),
        AskState::Asked => (pb::AskState::Asked, String::new()),
    }
}

/// What lies between two versions; none at the first.
#[must_use]
pub const fn diff(kind: DiffKind) -> Option<pb::ReviewDiffKind> {
    Some(match kind {
        DiffKind::First => return None,
        DiffKind::Reversed => pb::ReviewDiffKind::Reversed,
        DiffKind::Improved => pb::ReviewDiffKind::Improved,
        DiffKind::Worsened => pb::ReviewDiffKind::Worsened,
        DiffKind::TextOnly => pb::ReviewDiffKind::TextOnly,
        DiffKind::FollowUpAdded => pb::ReviewDiffKind::FollowUpAdded,
        DiffKind::RemovedByBuyer => pb::ReviewDiffKind::RemovedByBuyer,
        DiffKind::RemovedByPlatform => pb::ReviewDiffKind::RemovedByPlatform,
        DiffKind::Vanished => pb::ReviewDiffKind::Vanished,
        DiffKind::ReReversed => pb::ReviewDiffKind::ReReversed,
        DiffKind::Unchanged => pb::ReviewDiffKind::Unchanged,
    })
}

/// What became of it since the first observation; nothing yet is unchanged.
#[must_use]
pub fn since_first(kind: DiffKind) -> pb::ReviewDiffKind {
    diff(kind).unwrap_or(pb::ReviewDiffKind::Unchanged)
}

/// The wire form of a version.
#[must_use]
pub fn version(view: &VersionView) -> pb::ReviewVersion {
    let version = &view.version;
    pb::ReviewVersion {
        version: i32::try_from(view.number).unwrap_or(i32::MAX),
        observe_time: Some(time::render(version.observed_at)),
        platform_modify_time: version.platform_modified_at.map(time::render),
        rating: version.rating.map(i32::from),
        visible: version.visible,
        removal: (!version.visible).then(|| removal(version.removed_by).into()),
        edit_state: version.edit_state.map(|state| state.number()),
        follow_up: version.follow_up,
        diff_kind: diff(view.diff).map(Into::into),
        text_hash: format!("{:016x}", version.text_hash),
        text: view.text.clone(),
        signal_id: version.signal.to_string(),
    }
}

/// A review and a template of an ask.
pub fn parse_ask(fields: &mut Fields, review: &str, template: String) -> Option<(ShopId, ReviewId, String)> {
    let named = fields.named("name", review);
    let template = fields.text("template", template, 100);
    let (shop, id) = named?;
    Some((shop, id, template?))
}
