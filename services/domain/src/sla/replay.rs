//! The clocks over a whole log: what they come to, why, and what they would under other promises.

use super::{Calendar, Clocks, Instance, Log, Moment, Phase, Policies, Row, Standing};
use crate::{Span, Time};

/// What an instance did with a part of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentKind {
    /// It counted.
    Running,
    /// It ran, but nobody is at work then.
    OutsideHours,
    /// It was paused.
    Paused(Standing),
}

/// A part of an instance's time; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Its first instant.
    pub from: Time,
    /// The first instant after it.
    pub to: Time,
    /// What it was.
    pub kind: SegmentKind,
}

/// An instance with an account of every microsecond from its start to its end, or to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The instance.
    pub instance: Instance,
    /// Its time in order, without gap or overlap.
    pub segments: Vec<Segment>,
    /// All that counted; what the instance says it is.
    pub running: Span,
    /// All outside the hours.
    pub outside: Span,
    /// All that was paused.
    pub paused: Span,
}

/// The same instance under two sets of promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Under the old ones.
    pub old: Instance,
    /// Under the new ones.
    pub new: Instance,
}

/// Every instance as it is judged at a time, from everything that had happened by then.
#[must_use]
pub fn evaluate(log: &Log, policies: &Policies, calendar: &Calendar, now: Time) -> Vec<Instance> {
    replay(log, policies, calendar, now, |_| {}).instances(calendar, now)
}

/// The same, with an account of where the time went.
#[must_use]
pub fn explain(log: &Log, policies: &Policies, calendar: &Calendar, now: Time) -> Vec<Account> {
    let mut traces = Vec::new();
    let clocks = replay(log, policies, calendar, now, |rows| follow(&mut traces, rows));
    let now = now.max(clocks.stand.last_at);
    let instances = clocks.instances(calendar, now);
    let rows = clocks.rows.iter().zip(instances).zip(traces);
    rows.map(|((row, instance), trace)| account(row, instance, trace, calendar, now)).collect()
}

/// Both verdicts on every instance, side by side: what a change of promises would have meant.
#[must_use]
pub fn compare(log: &Log, old: &Policies, new: &Policies, calendar: &Calendar, now: Time) -> Vec<Compared> {
    // What starts and stops an instance is the log alone, so both have the same instances.
    let both = evaluate(log, old, calendar, now).into_iter().zip(evaluate(log, new, calendar, now));
    both.map(|(old, new)| Compared { old, new }).collect()
}

impl Compared {
    /// Whether the promises make a difference to the verdict.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.old.verdict != self.new.verdict
    }
}

/// The clocks after everything that had happened by then, shown to `watch` after every moment.
fn replay(
    log: &Log,
    policies: &Policies,
    calendar: &Calendar,
    now: Time,
    mut watch: impl FnMut(&[Row]),
) -> Clocks {
    let mut moments: Vec<&Moment> = log.moments.iter().filter(|moment| moment.at <= now).collect();
    // Stable, so that what happened at one instant stays in the order it was written.
    moments.sort_by_key(|moment| moment.at);
    let mut clocks = Clocks::new(log.about.clone());
    for moment in moments {
        clocks.step(moment, policies, calendar);
        watch(&clocks.rows);
    }
    clocks
}

/// The phases an instance went through.
struct Trace {
    past: Vec<(Phase, Time)>,
    present: Phase,
}

fn follow(traces: &mut Vec<Trace>, rows: &[Row]) {
    for (trace, row) in traces.iter_mut().zip(rows) {
        if trace.present != row.phase {
            trace.past.push((trace.present, row.phase.since()));
            trace.present = row.phase;
        }
    }
    let new = rows.iter().skip(traces.len());
    traces.extend(new.map(|row| Trace { past: Vec::new(), present: row.phase }));
}

fn account(row: &Row, instance: Instance, trace: Trace, calendar: &Calendar, now: Time) -> Account {
    let present = Some((trace.present, now)).filter(|(phase, _)| phase.is_open());
    let mut segments = Vec::new();
    for (phase, to) in trace.past.into_iter().chain(present) {
        match phase {
            Phase::Running { since } => cut(&mut segments, calendar.counting(row.hours()), since, to),
            Phase::Paused { since, by } => push(&mut segments, since, to, SegmentKind::Paused(by)),
            Phase::Stopped { .. } | Phase::Cancelled { .. } => {}
        }
    }
    let mut account =
        Account { instance, segments, running: Span::ZERO, outside: Span::ZERO, paused: Span::ZERO };
    for segment in &account.segments {
        let sum = match segment.kind {
            SegmentKind::Running => &mut account.running,
            SegmentKind::OutsideHours => &mut account.outside,
            SegmentKind::Paused(_) => &mut account.paused,
        };
        *sum = Span::from_micros(sum.micros().saturating_add(segment.to.since(segment.from).micros()));
    }
    account
}

/// Cuts `[from, to)` where the hours begin and end.
fn cut(segments: &mut Vec<Segment>, calendar: &Calendar, from: Time, to: Time) {
    let mut done = from;
    for (open, close) in calendar.open_between(from, to) {
        push(segments, done, open, SegmentKind::OutsideHours);
        push(segments, open, close, SegmentKind::Running);
        done = close;
    }
    push(segments, done, to, SegmentKind::OutsideHours);
}

fn push(segments: &mut Vec<Segment>, from: Time, to: Time, kind: SegmentKind) {
    if from < to {
        segments.push(Segment { from, to, kind });
    }
}
