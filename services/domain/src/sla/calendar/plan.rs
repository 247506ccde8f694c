//! Open time on the wall clock alone, as if no zone existed.
//!
//! Everything is asked of one growing count: how much open wall time lies
//! before a local instant. Whole weeks and all exceptions before a day are
//! summed beforehand, so the count costs the same a day or ten years away.

use super::{OpeningHours, Shift};

pub(super) const MINUTE: i64 = 60_000_000;
pub(super) const DAY: i64 = 1_440 * MINUTE;
/// The epoch was a Thursday, the fourth day of a week that begins on Monday.
const EPOCH_WEEKDAY: i64 = 3;

/// The shifts of one local day, in microseconds since its midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shifts {
    spans: Vec<(i64, i64)>,
    total: i64,
}

/// A weekday, and the open time of its week before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Weekday {
    shifts: Shifts,
    before: i64,
}

/// An exception, and by how much all exceptions before it differ from the week.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dated {
    day: i64,
    shifts: Shifts,
    drift: i64,
}

/// The open time of every local day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    week: Vec<Weekday>,
    week_total: i64,
    /// By day.
    dated: Vec<Dated>,
    drift_total: i64,
}

static CLOSED: Weekday = Weekday { shifts: Shifts { spans: Vec::new(), total: 0 }, before: 0 };

impl Shifts {
    fn new(shifts: &[Shift]) -> Self {
        let spans: Vec<_> =
            shifts.iter().map(|s| (i64::from(s.from) * MINUTE, i64::from(s.to) * MINUTE)).collect();
        let total = spans.iter().map(|(from, to)| to - from).sum();
        Self { spans, total }
    }

    /// From and to, in microseconds since midnight.
    pub(super) fn spans(&self) -> &[(i64, i64)] {
        &self.spans
    }

    /// The open time before a time of the day.
    fn before(&self, time: i64) -> i64 {
        self.spans.iter().map(|(from, to)| time.clamp(*from, *to) - from).sum()
    }

    /// The first time of the day with that much open time before it; more than the total is midnight.
    fn reach(&self, mut open: i64) -> i64 {
        for (from, to) in &self.spans {
            if open <= to - from {
                return from + open;
            }
            open -= to - from;
        }
        DAY
    }
}

impl Plan {
    pub(super) fn new(hours: &OpeningHours) -> Self {
        let mut week = Vec::with_capacity(hours.week.len());
        let mut week_total = 0;
        for shifts in &hours.week {
            let shifts = Shifts::new(shifts);
            let before = week_total;
            week_total += shifts.total;
            week.push(Weekday { shifts, before });
        }
        let mut plan = Self { week, week_total, dated: Vec::new(), drift_total: 0 };
        let mut exceptions: Vec<_> = hours.exceptions.iter().collect();
        exceptions.sort_by_key(|e| e.date);
        for exception in exceptions {
            let day = i64::from(exception.date.number());
            let shifts = Shifts::new(&exception.shifts);
            let drift = plan.drift_total;
            plan.drift_total += shifts.total - plan.weekday(day).1.shifts.total;
            plan.dated.push(Dated { day, shifts, drift });
        }
        plan
    }

    /// The number of the week and the plan of the weekday.
    fn weekday(&self, day: i64) -> (i64, &Weekday) {
        let day = day.saturating_add(EPOCH_WEEKDAY);
        let weekday = usize::try_from(day.rem_euclid(7)).ok().and_then(|day| self.week.get(day));
        (day.div_euclid(7), weekday.unwrap_or(&CLOSED))
    }

    /// The shifts of a local day, counted from 1970-01-01.
    pub(super) fn of(&self, day: i64) -> &Shifts {
        match self.dated.binary_search_by_key(&day, |dated| dated.day) {
            Ok(found) => self.dated.get(found).map_or(&CLOSED.shifts, |dated| &dated.shifts),
            Err(_) => &self.weekday(day).1.shifts,
        }
    }

    /// The open time before a local day, counted from some Monday; only differences mean anything.
    fn before_day(&self, day: i64) -> i64 {
        let (week, weekday) = self.weekday(day);
        let next = self.dated.partition_point(|dated| dated.day < day);
        let drift = self.dated.get(next).map_or(self.drift_total, |dated| dated.drift);
        week.saturating_mul(self.week_total).saturating_add(weekday.before + drift)
    }

    /// The open time before a local instant, counted from the same Monday.
    pub(super) fn before(&self, local: i64) -> i64 {
        let (day, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        self.before_day(day).saturating_add(self.of(day).before(time))
    }

    /// The first local instant with that much open time before it, where it lies in `(from, to]`.
    pub(super) fn reach(&self, open: i64, from: i64, to: i64) -> i64 {
        // The last day that begins with less than that: the count reaches it there.
        let (mut day, mut beyond) = (from.div_euclid(DAY), to.div_euclid(DAY).saturating_add(1));
        while beyond.saturating_sub(day) > 1 {
            let middle = day.midpoint(beyond);
            if self.before_day(middle) < open {
                day = middle;
            } else {
                beyond = middle;
            }
        }
        let rest = open.saturating_sub(self.before_day(day));
        day.saturating_mul(DAY).saturating_add(self.of(day).reach(rest))
    }
}
