//! Points in time and lengths of time, in whole microseconds, always UTC.
//!
//! Microseconds, because that is what both databases keep without rounding.

use std::ops::{Add, Sub};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(i64);

/// A length of time in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span(i64);

/// A calendar day in UTC: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(i32);

impl Time {
    /// The first instant the service accepts: 1970-01-01T00:00:00Z.
    pub const MIN: Self = Self(0);
    /// The last instant the service accepts: 9999-12-31T23:59:59.999999Z.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the epoch.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(SECOND))
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The UTC day this instant falls on.
    #[must_use]
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(DAY) as i32)
    }

    /// How long after `earlier` this is; negative when it is before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// From microseconds.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(SECOND))
    }

    /// From whole minutes.
    #[must_use]
    pub const fn from_minutes(minutes: i64) -> Self {
        Self::from_secs(minutes.saturating_mul(60))
    }

    /// From whole hours.
    #[must_use]
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_minutes(hours.saturating_mul(60))
    }

    /// From whole days of 24 hours.
    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        Self::from_hours(days.saturating_mul(24))
    }

    /// Microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Seconds, for reports.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }
}

impl Day {
    /// From days since 1970-01-01.
    #[must_use]
    pub const fn from_number(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The first day of its week.
    #[must_use]
    pub const fn monday(self) -> Self {
        // Day 0 was a Thursday, three days after a Monday.
        Self(self.0.saturating_sub(self.0.saturating_add(3).rem_euclid(7)))
    }

    /// The first day of its calendar month.
    #[must_use]
    pub const fn first_of_month(self) -> Self {
        Self(first_of_month(self.0, 0))
    }

    /// The first day of the calendar month after it.
    #[must_use]
    pub const fn first_of_next_month(self) -> Self {
        Self(first_of_month(self.0, 1))
    }

    /// The first instant of the day.
    #[must_use]
    pub const fn start(self) -> Time {
        Time((self.0 as i64).saturating_mul(DAY))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = jiff::civil::date(1970, 1, 1);
        match first.checked_add(jiff::Span::new().try_days(self.0).unwrap_or_default()) {
            Ok(date) => date.fmt(f),
            // Beyond the years a date can have.
            Err(_) => write!(f, "day {} since 1970-01-01", self.0),
        }
    }
}

impl Add<Span> for Time {
    type Output = Self;

    /// Saturates, so that a far deadline stays a deadline.
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Time {
    type Output = Self;

    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

/// The first day of the month of a day, or of so many months after it. Days from the civil calendar and
/// back, after Howard Hinnant, "chrono-compatible low-level date algorithms": eras of 400 years, and
/// years that begin in March.
const fn first_of_month(number: i32, months_after: i32) -> i32 {
    const ERA: i32 = 146_097;
    let shifted = number.saturating_add(719_468);
    let (era, day_of_era) = (shifted.div_euclid(ERA), shifted.rem_euclid(ERA));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / (ERA - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // March is month 0 here, so what follows the twelfth belongs to the next year.
    let month = (5 * day_of_year + 2) / 153 + months_after;
    let (year, month) = (year_of_era + month / 12, month % 12);
    let first = (153 * month + 2) / 5 + 365 * year + year / 4 - year / 100 + year / 400;
    era.saturating_mul(ERA).saturating_add(first).saturating_sub(719_468)
}
