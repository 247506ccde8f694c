//! Timelines of cases, put down as plain entries.

use amends_domain::event::Event;
use amends_domain::signal::{Author, Direction};
use amends_store::event::StoredEvent;
use amends_tests::oracle::told::{Line, What};

/// The entry, if it says anything about waiting, promises and ends.
pub(super) fn line(one: &StoredEvent) -> Option<Line> {
    Some(Line {
        case: one.row.case?.to_string(),
        happened: one.row.occurred_at.micros(),
        written: one.row.recorded_at.micros(),
        what: what(&one.row.event)?,
    })
}

fn what(event: &Event) -> Option<What> {
    Some(match event {
        Event::CaseOpened { kind, priority, waiting_since, .. } => What::Opened {
            kind: kind.to_string(),
            priority: i64::from(priority.unwrap()),
            waits: waiting_since.map(amends_domain::Time::micros),
        },
        Event::MessageSeen { direction: Direction::FromBuyer, .. } => What::BuyerWrote,
        Event::MessageSeen { author, .. } if *author != Author::Bot => What::PersonAnswered,
        Event::ContactRecorded { reached: true, .. } | Event::ReplySent { .. } => What::PersonAnswered,
        Event::WorkStarted { .. } | Event::CaseHandedBack { .. } => What::AtWork,
        Event::WaitingForBuyer { .. } => What::BuyersTurn,
        Event::WaitingForThirdParty { .. } => What::OthersTurn,
        Event::CaseSnoozed { .. } => What::PutOff,
        Event::CaseWoken { .. } => What::Woken,
        Event::CaseReleased { .. } | Event::LeaseExpired { .. } | Event::CaseAssigned { .. } => What::Queued,
        Event::RemedyAccepted { .. } => What::Agreed,
        Event::CaseSolved { outcome, .. } => What::Solved { outcome: outcome.to_string() },
        Event::CaseReopened { .. } => What::Reopened,
        Event::CaseClosed { .. } => What::Closed,
        Event::CaseMerged { .. } => What::Merged,
        Event::CaseCancelled { .. } => What::Cancelled,
        Event::CasePriorityChanged { to, .. } => What::Priority(i64::from(*to)),
        Event::SatisfactionDue { .. } => What::SurveyDue,
        Event::SlaWarned { due_at, .. } | Event::SlaBreached { due_at, .. } => What::Due(due_at.micros()),
        _ => return None,
    })
}
