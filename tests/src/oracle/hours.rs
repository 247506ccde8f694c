//! Hours of work, counted minute by minute.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::{At, Record};

/// Microseconds of a minute.
const MINUTE: At = 60_000_000;

/// The minutes at which zones change their offset are multiples of this many.
const STEP: i64 = 15;

/// Nothing is asked before this day, nor after the last.
const FIRST: Date = date(2026, 2, 1);
const LAST: Date = date(2026, 12, 1);

/// When people are at work: by day of the week from Monday on, and on some dates otherwise; in minutes of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Shifts by day of the week.
    pub days: [Vec<(i64, i64)>; 7],
    /// Shifts of these dates instead.
    pub otherwise: Vec<(Date, Vec<(i64, i64)>)>,
}

/// How many minutes were open before each minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    begin: At,
    before: Vec<i64>,
}

impl Table {
    /// Looks at the wall of that place, minute by minute.
    #[must_use]
    pub fn of(zone: &str, week: &Week) -> Self {
        let zone = TimeZone::get(zone).unwrap();
        let at = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap().as_microsecond();
        let (begin, end) = (at(FIRST), at(LAST));
        let (mut before, mut sum) = (Vec::new(), 0);
        for step in 0..(end - begin) / (STEP * MINUTE) {
            let now = Timestamp::from_microsecond(begin + step * STEP * MINUTE).unwrap();
            let wall = zone.to_datetime(now);
            for minute in 0..STEP {
                before.push(sum);
                sum += i64::from(week.is_open(wall + minute.minutes()));
            }
        }
        before.push(sum);
        Self { begin, before }
    }

    /// The microseconds that were open until then.
    fn until(&self, at: At) -> At {
        let (minute, rest) = ((at - self.begin).div_euclid(MINUTE), (at - self.begin).rem_euclid(MINUTE));
        let place = usize::try_from(minute).unwrap();
        let before = |place: usize| *self.before.get(place).unwrap();
        before(place) * MINUTE + (before(place + 1) - before(place)) * rest
    }
}

impl Week {
    fn is_open(&self, wall: DateTime) -> bool {
        let minute = i64::from(wall.hour()) * 60 + i64::from(wall.minute());
        let own = self.otherwise.iter().find(|(day, _)| *day == wall.date()).map(|(_, shifts)| shifts);
        let usual = || self.days.get(usize::from(wall.weekday().to_monday_zero_offset().unsigned_abs()));
        own.or_else(usual)
            .is_some_and(|shifts| shifts.iter().any(|(from, to)| (*from..*to).contains(&minute)))
    }
}

/// How much of this time the shop was at work, by the hours that were in force when it passed.
#[must_use]
pub fn open(record: &Record, since: At, until: At) -> At {
    let mut sum = 0;
    for (n, (from, table)) in record.hours.iter().enumerate() {
        let to = record.hours.get(n + 1).map_or(At::MAX, |(next, _)| *next);
        let (begin, end) = (since.max(*from), until.min(to));
        if begin < end {
            sum += table.as_ref().map_or(end - begin, |table| table.until(end) - table.until(begin));
        }
    }
    sum
}
