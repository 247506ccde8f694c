//! Where the days of a figure begin and end.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::{Formula, Presence, Twin};
use crate::{Day, Time};

/// The days of a figure up to one of them, as instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// The first instant of its first day.
    pub(super) from: Time,
    /// The first instant after its last day: the cut-off.
    pub(super) to: Time,
    /// When it is known: nothing after this moment changes the figure.
    pub(super) closes: Time,
    /// Until when is known what happened; what came later is in no figure yet.
    pub(super) known: Time,
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Presence {
    /// The local date of an instant.
    pub(super) fn date(&self, at: Time) -> Day {
        let end = if at < Time::MIN { Timestamp::MIN } else { Timestamp::MAX };
        let at = Timestamp::from_microsecond(at.micros()).unwrap_or(end);
        let date = self.zone.to_datetime(at).date();
        EPOCH.until(date).map_or(at_day(at), |span| Day::from_number(span.get_days()))
    }

    /// When the wall clock shows that minute of that day. Where it never does, because the clock was put
    /// forward over it, as much later as was skipped; where it does twice, the first time.
    pub(super) fn wall(&self, day: Day, minute: u16) -> Time {
        let plain = day.start() + crate::Span::from_minutes(i64::from(minute));
        // A day that no calendar has is taken as one of UTC: no figure is asked for there.
        let date = Timestamp::from_microsecond(day.start().micros())
            .map(|at| jiff::tz::TimeZone::UTC.to_datetime(at).date());
        let Ok(date) = date else { return plain };
        let wall = DateTime::from_parts(date, jiff::civil::Time::midnight())
            .checked_add(jiff::Span::new().minutes(minute));
        let at = wall.and_then(|wall| self.zone.to_ambiguous_timestamp(wall).compatible());
        at.map_or(plain, |at| Time::from_micros(at.as_microsecond()))
    }

    /// The day to which an instant belongs, when days end at that minute: an instant at the very end
    /// belongs to the next.
    pub(super) fn day_of(&self, at: Time, cut_off: u16) -> Day {
        let date = self.date(at);
        if at < self.wall(date, cut_off) { date } else { later(date, 1) }
    }
}

fn at_day(at: Timestamp) -> Day {
    Time::from_micros(at.as_microsecond()).day()
}

/// So many days later.
pub(super) fn later(day: Day, days: i32) -> Day {
    Day::from_number(day.number().saturating_add(days))
}

/// The window whose last day is this one, when something is known until then.
pub(super) fn window(twin: &Twin, place: &Presence, last: Day, known: Time) -> Window {
    let to = place.wall(last, twin.cut_off);
    let from = place.wall(later(last, -i32::from(twin.window_days)), twin.cut_off);
    let closes = match twin.formula {
        Formula::SameDay { answer_by } => place.wall(last, answer_by),
        Formula::MeanTime | Formula::Within { .. } => to,
    };
    Window { from, to, closes, known }
}

/// The last day whose window is closed at a time.
///
/// An answer at the very end of a same-day figure still counts, so that one closes after that instant
/// and the others with theirs.
pub(super) fn last_closed(twin: &Twin, place: &Presence, at: Time) -> Day {
    let closed = |day: Day| {
        let closes = window(twin, place, day, at).closes;
        closes < at || closes == at && !matches!(twin.formula, Formula::SameDay { .. })
    };
    let mut day = later(place.date(at), 1);
    // Today's and yesterday's close around now; the others are further away than any clock is put.
    for _ in 0..4 {
        if closed(day) {
            break;
        }
        day = later(day, -1);
    }
    day
}

/// The earliest moment at which a conversation that is in the figure at a time, or in the next one, came.
#[must_use]
pub fn earliest(twin: &Twin, place: &Presence, at: Time) -> Time {
    let from = window(twin, place, last_closed(twin, place, at), at).from;
    match twin.formula {
        // It enters when its time is over.
        Formula::Within { limit, .. } => from - limit,
        Formula::SameDay { .. } | Formula::MeanTime => from,
    }
}
