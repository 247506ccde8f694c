//! What one conversation is to a figure.

use super::edge::Window;
use super::{Answer, Conversation, Formula, Holidays, Presence, Twin};
use crate::code::codes;
use crate::{Span, Time};

codes! {
    /// What a conversation is to a figure, and why.
    pub enum Standing {
        /// Counts, and was answered in time.
        InTime = "IN_TIME",
        /// Counts, and was answered too late.
        Late = "LATE",
        /// Counts, and was not answered.
        Unanswered = "UNANSWERED",
        /// Counts, and was answered by a machine alone, which is no answer.
        OnlyAutomatic = "ONLY_AUTOMATIC",
        /// Counts with the time until its answer.
        Answered = "ANSWERED",
        /// Does not count: it has no answer yet, so it has no time.
        NotAnsweredYet = "NOT_ANSWERED_YET",
        /// Does not count: it is older than the window.
        TooOld = "TOO_OLD",
        /// Does not count: it belongs to a later figure, or had not come yet.
        TooNew = "TOO_NEW",
        /// Does not count: its day is a holiday.
        Holiday = "HOLIDAY",
        /// Does not count: the shop was away when it came.
        Away = "AWAY",
    }
}

impl Standing {
    /// Whether the conversation is among those the figure is counted over.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::InTime | Self::Late | Self::Unanswered | Self::OnlyAutomatic | Self::Answered)
    }
}

impl Conversation {
    /// When a person answered, as far as is known at a time.
    pub(super) fn answered(&self, known: Time) -> Option<Time> {
        match self.answer {
            Answer::Human(at) if at <= known => Some(at.max(self.received_at)),
            _ => None,
        }
    }
}

/// The last instant at which an answer still counts as in time; for a mean there is none.
pub(super) fn deadline(twin: &Twin, place: &Presence, received: Time) -> Option<Time> {
    match twin.formula {
        Formula::SameDay { answer_by } => Some(place.wall(place.day_of(received, twin.cut_off), answer_by)),
        Formula::Within { limit, .. } => Some(received + limit),
        Formula::MeanTime => None,
    }
}

/// What a conversation with that answer is to the figure of a window, once that is closed.
pub(super) fn judge(
    (twin, place): (&Twin, &Presence),
    window: Window,
    conversation: &Conversation,
    answered: Option<Time>,
) -> Standing {
    let received = conversation.received_at;
    let deadline = deadline(twin, place, received);
    // What counts from its end on is of the day on which it ends.
    let of = match twin.formula {
        Formula::Within { limit, .. } => received + limit,
        Formula::SameDay { .. } | Formula::MeanTime => received,
    };
    let holiday = match twin.formula {
        Formula::Within { .. } => place.date(received),
        Formula::SameDay { .. } | Formula::MeanTime => place.day_of(received, twin.cut_off),
    };
    match () {
        () if of < window.from => Standing::TooOld,
        () if of >= window.to || received > window.known => Standing::TooNew,
        () if place.is_away(received) => Standing::Away,
        () if twin.holidays == Holidays::Out && place.holidays.contains(&holiday) => Standing::Holiday,
        () => match (answered, deadline) {
            (Some(at), Some(deadline)) if at <= deadline => Standing::InTime,
            (Some(_), Some(_)) => Standing::Late,
            (None, Some(_)) if conversation.answer == Answer::OnlyAutomatic => Standing::OnlyAutomatic,
            (None, Some(_)) => Standing::Unanswered,
            (Some(at), None) if at < window.closes => Standing::Answered,
            (_, None) => Standing::NotAnsweredYet,
        },
    }
}

/// How long an answer took.
pub(super) fn took(conversation: &Conversation, answered: Option<Time>) -> Span {
    answered.map_or(Span::ZERO, |at| at.since(conversation.received_at))
}
