//! Points and lengths of time, and days.

use amends_app::error::Why;
use amends_domain::{Day, Span, Time};
use prost_types::{Duration, Timestamp};

use crate::fields::Fields;

const MICROS: i64 = 1_000_000;

/// The wire form of a point in time.
#[must_use]
pub fn render(time: Time) -> Timestamp {
    let micros = time.micros();
    let nanos = i32::try_from(micros.rem_euclid(MICROS) * 1_000).unwrap_or(0);
    Timestamp { seconds: micros.div_euclid(MICROS), nanos }
}

/// The wire form of a length of time.
#[must_use]
pub fn render_span(span: Span) -> Duration {
    let nanos = i32::try_from(span.micros() % MICROS * 1_000).unwrap_or(0);
    Duration { seconds: span.micros() / MICROS, nanos }
}

/// The wire form of a length of time of the standard library.
#[must_use]
pub fn render_std(duration: std::time::Duration) -> Duration {
    let nanos = i32::try_from(duration.subsec_nanos()).unwrap_or(0);
    Duration { seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX), nanos }
}

/// RFC 3339, to the second unless there is more; for facts and texts.
#[must_use]
pub fn print(time: Time) -> String {
    render(time).to_string()
}

/// The wire form of a day, `YYYY-MM-DD`.
#[must_use]
pub fn print_day(day: Day) -> String {
    let mut text = print(day.start());
    text.truncate(10);
    text
}

/// The day of `YYYY-MM-DD`.
#[must_use]
pub fn parse_day(text: &str) -> Option<Day> {
    if text.len() != 10 {
        return None;
    }
    let stamp: Timestamp = format!("{text}T00:00:00Z").parse().ok()?;
    let time = checked(&stamp)?;
    Some(time.day()).filter(|day| print_day(*day) == text)
}

fn checked(stamp: &Timestamp) -> Option<Time> {
    let nanos = i64::from(stamp.nanos);
    if !(0..1_000_000_000).contains(&nanos) {
        return None;
    }
    let micros = stamp.seconds.checked_mul(MICROS)?.checked_add(nanos / 1_000)?;
    let time = Time::from_micros(micros);
    (Time::MIN..=Time::MAX).contains(&time).then_some(time)
}

impl Fields {
    /// A point in time that may be left out. The outer option says whether it was readable.
    pub fn time_or_none(&mut self, field: &'static str, stamp: Option<Timestamp>) -> Option<Option<Time>> {
        let Some(stamp) = stamp else { return Some(None) };
        match checked(&stamp) {
            Some(time) => Some(Some(time)),
            None => self.refuse(field, "must be a valid time from 1970 to 9999"),
        }
    }

    /// A point in time that must be there.
    pub fn time(&mut self, field: &'static str, stamp: Option<Timestamp>) -> Option<Time> {
        let stamp = self.required(field, stamp)?;
        self.time_or_none(field, Some(stamp)).flatten()
    }

    /// A point in time that must not come after the latest that is believed.
    pub fn past(&mut self, field: &'static str, stamp: Option<Timestamp>, latest: Time) -> Option<Time> {
        let time = self.time(field, stamp)?;
        if time > latest {
            return self.refuse_for(Why::Future, field, "must not lie in the future");
        }
        Some(time)
    }

    /// The same, which may be left out. The outer option says whether it was readable.
    pub fn past_or_none(
        &mut self,
        field: &'static str,
        stamp: Option<Timestamp>,
        latest: Time,
    ) -> Option<Option<Time>> {
        match stamp {
            None => Some(None),
            stamp => self.past(field, stamp, latest).map(Some),
        }
    }

    /// A length of time within bounds; may be left out. The outer option says whether it was readable.
    pub fn span_or_none(
        &mut self,
        field: &'static str,
        duration: Option<Duration>,
        bounds: std::ops::RangeInclusive<Span>,
        problem: &'static str,
    ) -> Option<Option<Span>> {
        let Some(duration) = duration else { return Some(None) };
        let micros = duration
            .seconds
            .checked_mul(MICROS)
            .and_then(|m| m.checked_add(i64::from(duration.nanos) / 1_000));
        match micros.map(Span::from_micros).filter(|span| bounds.contains(span)) {
            Some(span) => Some(Some(span)),
            None => self.refuse(field, problem),
        }
    }

    /// A day that must be there.
    pub fn day(&mut self, field: &'static str, text: &str) -> Option<Day> {
        match parse_day(text) {
            Some(day) => Some(day),
            None => self.refuse(field, "must be a day such as `2026-03-31`, from 1970 on"),
        }
    }
}
