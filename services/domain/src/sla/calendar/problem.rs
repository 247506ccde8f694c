//! What can be wrong with hours of work.

use super::{OpeningHours, Shift};
use crate::Day;

/// Minutes of a day on the wall.
const DAY_MINUTES: u16 = 1_440;
/// Ten years of dates, more than anyone plans.
const EXCEPTIONS_MAX: usize = 3_660;

/// Which list of shifts is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// That of a weekday, 0 for Monday to 6 for Sunday.
    Weekday(u8),
    /// That of an exception.
    Date(Day),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Weekday(day) => write!(f, "weekday {day}"),
            Self::Date(day) => day.fmt(f),
        }
    }
}

/// One thing that is wrong with hours of work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarProblem {
    /// The zone is none.
    #[error("{zone:?} is not an IANA time zone")]
    UnknownZone {
        /// What was given.
        zone: String,
    },
    /// A shift is empty, backwards, or leaves the day.
    #[error("{place}: a shift must lie in minutes 0 to 1440 and end after it begins, not {from} to {to}")]
    Shift {
        /// Where.
        place: Place,
        /// The minute it begins.
        from: u16,
        /// The minute it ends.
        to: u16,
    },
    /// A shift begins before the one above it ends.
    #[error("{place}: the shift that begins at minute {from} must not begin before minute {ended}")]
    Order {
        /// Where.
        place: Place,
        /// The minute it begins.
        from: u16,
        /// The minute the shift before it ends.
        ended: u16,
    },
    /// A date has two exceptions.
    #[error("{place} has more than one exception")]
    Twice {
        /// Which date.
        place: Place,
    },
    /// More exceptions than anyone plans.
    #[error("{count} exceptions are too many, at most 3660")]
    TooMany {
        /// How many.
        count: usize,
    },
}

/// Adds everything that is wrong with the shifts.
pub(super) fn of_shifts(hours: &OpeningHours, problems: &mut Vec<CalendarProblem>) {
    for (day, shifts) in (0_u8..).zip(&hours.week) {
        check(Place::Weekday(day), shifts, problems);
    }
    for exception in hours.exceptions.iter().take(EXCEPTIONS_MAX) {
        check(Place::Date(exception.date), &exception.shifts, problems);
    }
    let mut dates: Vec<Day> = hours.exceptions.iter().map(|e| e.date).collect();
    if dates.len() > EXCEPTIONS_MAX {
        problems.push(CalendarProblem::TooMany { count: dates.len() });
    }
    dates.sort_unstable();
    let mut twice: Vec<Day> =
        dates.iter().zip(dates.iter().skip(1)).filter(|(a, b)| a == b).map(|(a, _)| *a).collect();
    twice.dedup();
    problems.extend(twice.into_iter().map(|date| CalendarProblem::Twice { place: Place::Date(date) }));
}

fn check(place: Place, shifts: &[Shift], problems: &mut Vec<CalendarProblem>) {
    let mut ended = 0;
    for &Shift { from, to } in shifts {
        if from >= to || to > DAY_MINUTES {
            problems.push(CalendarProblem::Shift { place, from, to });
            continue;
        }
        if from < ended {
            problems.push(CalendarProblem::Order { place, from, ended });
        }
        ended = to.max(ended);
    }
}
