//! Through a zone's stretches of one UTC offset.
//!
//! Within a stretch the wall clock runs like any clock, so what is true of
//! local time is exact there. Between two stretches it jumps, and nothing has
//! to be known about the jump but where it is.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::HORIZON;
use super::plan::{DAY, Plan};
use crate::{Span, Time};

/// A part of the time line in which the offset does not change.
#[derive(Clone, Copy)]
struct Stretch {
    from: i64,
    to: i64,
    /// What is added to UTC to get the wall time, in microseconds.
    offset: i64,
}

impl Stretch {
    fn local(&self, at: i64) -> i64 {
        at.saturating_add(self.offset)
    }

    fn utc(&self, local: i64) -> i64 {
        local.saturating_sub(self.offset)
    }

    /// The open time in it.
    fn open(&self, plan: &Plan) -> i64 {
        plan.before(self.local(self.to)).saturating_sub(plan.before(self.local(self.from)))
    }
}

/// The zone knows the years -9999 to 9999; before and after, the offset stays what it was there.
fn timestamp(at: i64) -> Timestamp {
    let end = if at < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(at).unwrap_or(end)
}

fn micros(offset: Offset) -> i64 {
    i64::from(offset.seconds()).saturating_mul(1_000_000)
}

/// The stretches that tile `[from, to)`.
fn stretches(zone: &TimeZone, from: Time, to: Time) -> impl Iterator<Item = Stretch> + '_ {
    let (start, end) = (from.micros(), to.micros());
    let first = timestamp(start);
    let mut offset = micros(zone.to_offset(first));
    let mut transitions = zone.following(first);
    let mut from = start;
    std::iter::from_fn(move || {
        if from >= end {
            return None;
        }
        let next = transitions.next();
        let to = next.as_ref().map_or(end, |t| t.timestamp().as_microsecond().min(end));
        let stretch = Stretch { from, to, offset };
        from = to;
        offset = next.map_or(offset, |t| micros(t.offset()));
        Some(stretch)
    })
}

/// How much of `[from, to)` is open.
pub(super) fn elapsed(zone: &TimeZone, plan: &Plan, from: Time, to: Time) -> Span {
    let open = stretches(zone, from, to).map(|stretch| stretch.open(plan));
    Span::from_micros(open.fold(0, i64::saturating_add))
}

/// When that much open time has passed, if within the horizon; the span is more than none.
pub(super) fn after(zone: &TimeZone, plan: &Plan, from: Time, span: Span) -> Option<Time> {
    let mut rest = span.micros();
    for stretch in stretches(zone, from, from + HORIZON) {
        let open = stretch.open(plan);
        if open >= rest {
            let (start, end) = (stretch.local(stretch.from), stretch.local(stretch.to));
            let local = plan.reach(plan.before(start).saturating_add(rest), start, end);
            return Some(Time::from_micros(stretch.utc(local)));
        }
        rest -= open;
    }
    None
}

/// The open parts of `[from, to)`, each as long as it can be.
pub(super) fn open_between<'a>(
    zone: &'a TimeZone,
    plan: &'a Plan,
    from: Time,
    to: Time,
) -> impl Iterator<Item = (Time, Time)> + 'a {
    let mut shifts = stretches(zone, from, to).flat_map(|stretch| shifts_in(plan, stretch)).peekable();
    // Two shifts that touch, at midnight or where the clock is put back, are one stretch of work.
    std::iter::from_fn(move || {
        let (from, mut to) = shifts.next()?;
        while let Some((_, later)) = shifts.next_if(|(next, _)| *next == to) {
            to = later;
        }
        Some((Time::from_micros(from), Time::from_micros(to)))
    })
}

fn shifts_in(plan: &Plan, stretch: Stretch) -> impl Iterator<Item = (i64, i64)> + '_ {
    let days = stretch.local(stretch.from).div_euclid(DAY)..=stretch.local(stretch.to).div_euclid(DAY);
    let of_day = move |day: i64| {
        let midnight = stretch.utc(day.saturating_mul(DAY));
        plan.of(day).spans().iter().map(move |(from, to)| {
            let clip = |time: &i64| midnight.saturating_add(*time).clamp(stretch.from, stretch.to);
            (clip(from), clip(to))
        })
    };
    days.flat_map(of_day).filter(|(from, to)| from < to)
}
