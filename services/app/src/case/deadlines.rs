//! The deadlines of a case, derived from where it stands.

use amends_domain::case::{Case, Handling, State};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::{Span, Time};

/// How long before the channel decides by itself a supervisor is told.
pub const CHANNEL_MARGIN: Span = Span::from_hours(24);

/// What must be set and cleared when a case goes from one state to another.
///
/// Pure: the same two cases always give the same changes, so that whoever
/// changes a case (an agent, a signal, a timer) leaves the same deadlines.
/// `before` is none for a case that has just been opened.
#[must_use]
pub fn deadlines_of(
    before: Option<&Case>,
    after: &Case,
    remind_after: Span,
    now: Time,
) -> Vec<DeadlineChange> {
    let set = |kind, due_at| {
        DeadlineChange::Set(Deadline {
            shop: after.shop.clone(),
            kind,
            subject: after.id.to_string(),
            due_at,
        })
    };
    let clear =
        |kind| DeadlineChange::Clear { shop: after.shop.clone(), kind, subject: after.id.to_string() };
    let mut changes = Vec::new();
    for (kind, wanted) in WANTED {
        match (before.and_then(wanted), wanted(after)) {
            (was, is) if was == is => {}
            (_, Some(due_at)) => changes.push(set(*kind, due_at)),
            (_, None) => changes.push(clear(*kind)),
        }
    }
    match (before.and_then(give_up_at), give_up_at(after)) {
        (was, is) if was == is => {}
        // A reminder that would come with the end of the wait or after it is none.
        (_, Some(end)) if now + remind_after < end => {
            changes.push(set(DeadlineKind::BuyerReminder, now + remind_after));
        }
        _ => changes.push(clear(DeadlineKind::BuyerReminder)),
    }
    match (before.and_then(channel_near_at), channel_near_at(after)) {
        (was, is) if was == is => {}
        (_, Some(due_at)) if after.hard_deadline.is_some_and(|hard| hard > now) => {
            changes.push(set(DeadlineKind::ChannelDeadline, due_at));
        }
        _ => changes.push(clear(DeadlineKind::ChannelDeadline)),
    }
    changes
}

/// When a case's state wants something to happen.
type Wanted = fn(&Case) -> Option<Time>;

/// The deadlines that a state alone decides.
const WANTED: &[(DeadlineKind, Wanted)] = &[
    (DeadlineKind::LeaseExpiry, |case| case.handling.lease().map(|lease| lease.expires_at)),
    (DeadlineKind::BuyerSilence, give_up_at),
    (DeadlineKind::Wake, |case| match case.handling {
        Handling::WaitingThirdParty { until, .. } | Handling::Snoozed { until, .. } => Some(until),
        _ => None,
    }),
    (DeadlineKind::AutoClose, |case| match case.handling {
        Handling::Solved { close_at, .. } => Some(close_at),
        _ => None,
    }),
];

fn give_up_at(case: &Case) -> Option<Time> {
    match case.handling {
        Handling::WaitingBuyer { give_up_at, .. } => Some(give_up_at),
        _ => None,
    }
}

/// Nobody needs to be told of a case that is solved or over.
fn channel_near_at(case: &Case) -> Option<Time> {
    let unsolved = case.is_open() && case.handling.state() != State::Solved;
    case.hard_deadline.filter(|_| unsolved).map(|hard| hard - CHANNEL_MARGIN)
}
