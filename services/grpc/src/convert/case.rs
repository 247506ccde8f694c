//! Cases.

use amends_app::case::{CaseSummary, HeldLease};
use amends_app::stored::{ReturnRow, ReviewRow};
use amends_domain::case::{Case, Handling, State};
use amends_domain::order::Line;
use amends_domain::remedy::{Remedy, RemedyStage};
use amends_domain::returns::Verdict;
use amends_domain::subject::Subject;
use amends_proto::v1 as pb;

use super::{Word as _, review, time};
use crate::name;

/// What a case is shown with, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tracks<'a> {
    /// Its remedies, oldest first.
    pub remedies: &'a [Remedy],
    /// Its newest review.
    pub review: Option<&'a ReviewRow>,
    /// The newest return request on its subject.
    pub returned: Option<&'a ReturnRow>,
    /// Its order line.
    pub line: Option<&'a Line>,
}

/// The wire form of a case with its tracks.
#[must_use]
pub fn render(summary: &CaseSummary) -> pb::Case {
    let tracks = Tracks {
        remedies: &summary.remedies,
        review: summary.review.as_ref(),
        returned: summary.returned.as_ref(),
        line: summary.line.as_ref(),
    };
    render_with(&summary.case, tracks)
}

/// The wire form of a case with what is known of its tracks.
#[must_use]
pub fn render_with(case: &Case, tracks: Tracks<'_>) -> pb::Case {
    let state = case.handling.state();
    let ended = ended(case);
    pb::Case {
        name: name::of(&case.shop, &case.id),
        uid: case.id.to_string(),
        kind: case.kind.number(),
        origin: case.origin.map(|origin| origin.number()),
        status: status(state, tracks.remedies).into(),
        state: state.number(),
        subject: Some(subject(&case.subject)),
        reasons: case.reasons.iter().map(|reason| reason.number()).collect(),
        flags: case.flags.iter().map(|flag| flag.number()).collect(),
        priority: priority(case.priority).into(),
        level: i32::from(case.level),
        agent: case
            .handling
            .owner()
            .or(case.preferred_agent.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        lease_expire_time: case.handling.lease().map(|lease| time::render(lease.expires_at)),
        fence: case.fence,
        etag: case.version.to_string(),
        language: case.language.clone(),
        buyer: case.buyer.map(|buyer| buyer.to_string()).unwrap_or_default(),
        open_time: Some(time::render(case.opened_at)),
        update_time: None,
        first_response_time: case.first_human_action_at.map(time::render),
        waiting_since_time: case.waiting_since.map(time::render),
        wake_time: wake_time(case),
        hard_deadline: case.nearest_deadline().map(time::render),
        hard_deadline_kind: deadline_kind(case).map(Into::into),
        solve_time: ended.solve_time,
        close_time: ended.close_time,
        outcome: ended.outcome,
        reopen_count: i32::try_from(case.reopen_count).unwrap_or(i32::MAX),
        abandon_count: i32::try_from(case.abandon_count).unwrap_or(i32::MAX),
        follow_up_of: name::of_any(&case.shop, case.follow_up_of.as_ref()),
        merged_into: ended.merged_into,
        review_track: tracks.review.map(review::track),
        return_track: return_track(tracks),
        remedy_track: tracks.remedies.last().map(remedy_track),
        holdout: false,
    }
}

/// What the nearest deadline is; of two at one instant, the channel's.
fn deadline_kind(case: &Case) -> Option<pb::HardDeadlineKind> {
    match (case.hard_deadline, case.sla_due) {
        (None, None) => None,
        (None, Some(_)) => Some(pb::HardDeadlineKind::Sla),
        (Some(channel), Some(promise)) if promise < channel => Some(pb::HardDeadlineKind::Sla),
        (Some(_), _) => Some(pb::HardDeadlineKind::ChannelAutoApproval),
    }
}

#[derive(Default)]
struct Ended {
    solve_time: Option<prost_types::Timestamp>,
    close_time: Option<prost_types::Timestamp>,
    outcome: Option<i32>,
    merged_into: String,
}

fn ended(case: &Case) -> Ended {
    match case.handling {
        Handling::Solved { outcome, at, .. } => {
            Ended { solve_time: Some(time::render(at)), outcome: Some(outcome.number()), ..Ended::default() }
        }
        Handling::Closed { outcome, at } => {
            Ended { close_time: Some(time::render(at)), outcome: Some(outcome.number()), ..Ended::default() }
        }
        Handling::Merged { into, at } => Ended {
            close_time: Some(time::render(at)),
            merged_into: name::of(&case.shop, &into),
            ..Ended::default()
        },
        Handling::Cancelled { at } => Ended { close_time: Some(time::render(at)), ..Ended::default() },
        _ => Ended::default(),
    }
}

fn wake_time(case: &Case) -> Option<prost_types::Timestamp> {
    match case.handling {
        Handling::WaitingBuyer { give_up_at: at, .. }
        | Handling::WaitingThirdParty { until: at, .. }
        | Handling::Snoozed { until: at, .. } => Some(time::render(at)),
        _ => None,
    }
}

/// What a board shows. The ends of a case come first, then its remedies, then who has it.
#[must_use]
pub fn status(state: State, remedies: &[Remedy]) -> pb::CaseStatus {
    let any =
        |wanted: &dyn Fn(RemedyStage) -> bool| remedies.iter().any(|remedy| wanted(remedy.state.stage()));
    match state {
        State::Cancelled => pb::CaseStatus::Cancelled,
        State::Merged => pb::CaseStatus::Merged,
        State::Closed => pb::CaseStatus::Closed,
        State::Solved => pb::CaseStatus::Solved,
        _ if any(&RemedyStage::is_promised) => pb::CaseStatus::Fulfilling,
        _ if any(&|stage| stage == RemedyStage::Offered) => pb::CaseStatus::Offered,
        _ if any(&|stage| stage == RemedyStage::AwaitingApproval) => pb::CaseStatus::AwaitingApproval,
        State::Snoozed => pb::CaseStatus::Snoozed,
        State::WaitingBuyer | State::WaitingThirdParty => pb::CaseStatus::Waiting,
        State::Claimed | State::Working => pb::CaseStatus::InProgress,
        State::Queued => pb::CaseStatus::Queued,
    }
}

/// The lowest number of each priority; the last that is reached holds.
pub const PRIORITIES: [(u8, pb::CasePriority); 4] = [
    (0, pb::CasePriority::Low),
    (30, pb::CasePriority::Normal),
    (50, pb::CasePriority::High),
    (90, pb::CasePriority::Urgent),
];

fn priority(number: u8) -> pb::CasePriority {
    let reached = PRIORITIES.iter().rev().find(|(from, _)| number >= *from);
    reached.map_or(pb::CasePriority::Low, |(_, priority)| *priority)
}

/// The wire form of what a case is about.
#[must_use]
pub fn subject(subject: &Subject) -> pb::CaseSubject {
    let mut wire = pb::CaseSubject::default();
    match subject {
        Subject::Line { order, line } => {
            wire.order_id = order.to_string();
            wire.line_id = line.to_string();
        }
        Subject::Order { order } => wire.order_id = order.to_string(),
        Subject::Review { review } => wire.review_id = review.to_string(),
        Subject::Conversation { conversation } => wire.conversation_id = conversation.to_string(),
    }
    wire
}

fn return_track(tracks: Tracks<'_>) -> Option<pb::ReturnTrack> {
    let verdict = tracks.line.map_or(Verdict::Open, Line::verdict);
    if let Some(row) = tracks.returned {
        return Some(pb::ReturnTrack {
            buyer_return: name::of(&row.shop, &row.return_id),
            status: row.status.number(),
            verdict: verdict.number(),
            channel_deadline: row.deadline.map(time::render),
        });
    }
    tracks.line.filter(|line| line.intent_at.is_some()).map(|_| pb::ReturnTrack {
        buyer_return: String::new(),
        status: pb::ReturnStatus::Intent.into(),
        verdict: verdict.number(),
        channel_deadline: None,
    })
}

fn remedy_track(remedy: &Remedy) -> pb::RemedyTrack {
    pb::RemedyTrack {
        remedy: name::of(&remedy.shop, &remedy.id),
        kind: remedy.kind.number(),
        state: remedy.state.stage().number(),
    }
}

/// The wire form of a hold.
#[must_use]
pub fn lease(held: &HeldLease) -> pb::Lease {
    pb::Lease {
        lease_id: held.lease.id.to_string(),
        fence: held.fence,
        expire_time: Some(time::render(held.lease.expires_at)),
    }
}
