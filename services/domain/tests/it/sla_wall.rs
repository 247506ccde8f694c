//! The slow way to know what is open: ask the wall clock at every tick.
//!
//! It shares nothing with the engine: wall times come from jiff for each tick
//! alone, dates are found by their names, and time is counted on fingers.

use amends_domain::Time;
use amends_domain::sla::{OpeningHours, Shift};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, civil};

/// Whether each of the ticks is open.
pub(crate) struct Wall {
    pub(crate) start: Time,
    /// The length of a tick, in seconds.
    pub(crate) tick: i64,
    pub(crate) open: Vec<bool>,
}

impl Wall {
    /// Looks at so many ticks; a tick must not reach over the beginning or end of a minute.
    pub(crate) fn look(hours: &OpeningHours, start: Time, tick: i64, ticks: i64) -> Self {
        let zone = TimeZoneDatabase::bundled().get(&hours.zone).unwrap();
        let special: Vec<(civil::Date, &[Shift])> = hours
            .exceptions
            .iter()
            .map(|exception| {
                let days = jiff::Span::new().days(exception.date.number());
                (civil::date(1970, 1, 1) + days, exception.shifts.as_slice())
            })
            .collect();
        let first = start.micros() / 1_000_000;
        let open = (0..ticks).map(|n| is_open(&zone, &hours.week, &special, first + n * tick)).collect();
        Self { start, tick, open }
    }

    /// The instant at which a tick begins.
    pub(crate) fn at(&self, tick: i64) -> Time {
        Time::from_micros(self.start.micros() + tick * self.tick * 1_000_000)
    }

    /// How many of `[from, to)` are open.
    pub(crate) fn count(&self, from: i64, to: i64) -> i64 {
        (from..to).map(|tick| i64::from(self.open[tick as usize])).sum()
    }

    /// The tick at which so many open ones have passed, if within what was looked at.
    pub(crate) fn after(&self, from: i64, mut open: i64) -> Option<i64> {
        for tick in from..self.open.len() as i64 {
            if open == 0 {
                return Some(tick);
            }
            open -= i64::from(self.open[tick as usize]);
        }
        (open == 0).then_some(self.open.len() as i64)
    }
}

fn is_open(
    zone: &TimeZone,
    week: &[Vec<Shift>; 7],
    special: &[(civil::Date, &[Shift])],
    second: i64,
) -> bool {
    let wall = zone.to_datetime(Timestamp::from_second(second).unwrap());
    let usual = &week[wall.weekday().to_monday_zero_offset() as usize];
    let shifts = special.iter().find(|(date, _)| *date == wall.date()).map_or(usual.as_slice(), |(_, s)| s);
    let minute = wall.hour() as u16 * 60 + wall.minute() as u16;
    shifts.iter().any(|shift| shift.from <= minute && minute < shift.to)
}
