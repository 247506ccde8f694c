//! Cases of the tests of response and handling, as lists of what happens.

use amends_domain::case::{CaseKind, Outcome};
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::response::{Course, End, Lap, LapKind, Story};
use amends_domain::signal::{Author, Direction};
use amends_domain::sla::record::Entry;
use amends_domain::subject::Subject;
use amends_domain::{CaseId, MessageId, Span, Time};

use crate::make::{agent, order};
use crate::sla_make::utc;

pub(crate) fn opened(waiting_since: Option<Time>) -> Event {
    Event::CaseOpened {
        kind: CaseKind::Return,
        subject: Subject::Order { order: order() },
        reason: Reason::Late,
        follow_up_of: None,
        priority: Some(50),
        waiting_since,
    }
}

pub(crate) fn seen(direction: Direction, author: Author) -> Event {
    Event::MessageSeen { message: MessageId::new("m").unwrap(), direction, author }
}

pub(crate) fn buyer() -> Event {
    seen(Direction::FromBuyer, Author::Human)
}

pub(crate) fn person() -> Event {
    seen(Direction::ToBuyer, Author::Human)
}

pub(crate) fn robot() -> Event {
    seen(Direction::ToBuyer, Author::Bot)
}

pub(crate) fn note() -> Event {
    Event::NoteAdded { agent: agent("ann"), text_id: "n".to_owned() }
}

pub(crate) fn solved() -> Event {
    Event::CaseSolved { outcome: Outcome::Other, close_at: Time::MIN }
}

pub(crate) fn reopened() -> Event {
    Event::CaseReopened { reopen_count: 1, cause: "BUYER".to_owned() }
}

pub(crate) fn closed() -> Event {
    Event::CaseClosed { outcome: Outcome::Other }
}

pub(crate) fn merged() -> Event {
    Event::CaseMerged { into: CaseId::from_bits(2) }
}

pub(crate) fn judged(score: u8, solution: u32) -> Event {
    Event::SurveyAnswered { score, asked: "CSAT".to_owned(), solution: Some(solution) }
}

pub(crate) const START: &str = "2026-03-02T08:00:00Z";

pub(crate) fn minutes(after: i64) -> Time {
    utc(START) + Span::from_minutes(after)
}

/// A course of things that were heard of as they happened, so many minutes after the start.
pub(crate) fn course(events: &[(i64, Event)]) -> Course {
    Course::of(events.iter().map(|(after, event)| {
        let at = minutes(*after);
        Entry { event, occurred_at: at, recorded_at: at }
    }))
}

pub(crate) fn story(events: &[(i64, Event)]) -> Story {
    course(events).story()
}

/// The waits of one kind: from, and how long, `None` while it is waited for, −1 without.
pub(crate) fn laps(story: &Story, kind: LapKind) -> Vec<(i64, Option<i64>)> {
    let of = |lap: &Lap| {
        let from = lap.from.since(minutes(0)).micros() / 60_000_000;
        let took = match lap.end {
            End::At(at) => Some(at.since(lap.from).micros() / 60_000_000),
            End::Waiting => None,
            End::Without => Some(-1),
        };
        (from, took)
    };
    story.laps.iter().filter(|lap| lap.kind == kind).map(of).collect()
}
