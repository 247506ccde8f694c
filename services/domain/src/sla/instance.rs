//! One run of a clock, from its start to its end, and what it comes to.

use super::{Calendar, DueKind, Hours, Metric, Standing};
use crate::{Span, Time};

/// What was promised when an instance started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Within how much time.
    pub span: Span,
    /// In which hours it passes.
    pub hours: Hours,
    /// The policy that says so, by its date.
    pub effective_from: Time,
    /// Its target that says so, counted from 0.
    pub target: usize,
}

/// What an instance is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It runs.
    Running {
        /// Since when.
        since: Time,
    },
    /// It is paused.
    Paused {
        /// Since when.
        since: Time,
        /// By what.
        by: Standing,
    },
    /// It ended and counts.
    Stopped {
        /// When.
        at: Time,
    },
    /// It was taken away and does not count.
    Cancelled {
        /// When.
        at: Time,
    },
}

/// An instance as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What is measured.
    pub metric: Metric,
    /// Which instance of the metric, from 1.
    pub number: u32,
    /// When it started.
    pub started_at: Time,
    /// What was promised, if anything.
    pub promise: Option<Promise>,
    /// The counted time before the present phase.
    pub consumed: Span,
    /// What it is doing.
    pub phase: Phase,
    /// When three quarters had passed, once that has been told.
    pub warned_at: Option<Time>,
    /// When all of it had passed, once that has been told.
    pub breached_at: Option<Time>,
}

/// What an instance comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Stopped before the promised time had passed.
    Met,
    /// The promised time passed, whether or not it has stopped since.
    Breached {
        /// When it had passed.
        at: Time,
    },
    /// Neither stopped nor breached.
    Running {
        /// When it will breach if nothing happens; none while it is paused, if
        /// nothing was promised, or if that is years away.
        due_at: Option<Time>,
    },
    /// Taken away; a breach told before that stays in its row.
    Cancelled,
    /// Stopped, and nothing was promised.
    Measured,
}

/// An instance as it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// What is measured.
    pub metric: Metric,
    /// Which instance of the metric, from 1.
    pub number: u32,
    /// When it started.
    pub started_at: Time,
    /// When it stopped or was cancelled.
    pub stopped_at: Option<Time>,
    /// What was promised, if anything.
    pub promise: Option<Promise>,
    /// The counted time: in the hours of the promise and not paused.
    pub elapsed: Span,
    /// What it comes to.
    pub verdict: Verdict,
}

impl Promise {
    /// The counted time at which that is due.
    #[must_use]
    pub const fn due(&self, kind: DueKind) -> Span {
        match kind {
            // Three quarters, in an order that cannot overflow.
            DueKind::Warning => Span::from_micros(self.span.micros() - self.span.micros() / 4),
            DueKind::Breach => self.span,
        }
    }
}

impl Phase {
    /// When it began.
    #[must_use]
    pub const fn since(self) -> Time {
        match self {
            Self::Running { since } | Self::Paused { since, .. } => since,
            Self::Stopped { at } | Self::Cancelled { at } => at,
        }
    }

    /// Whether the instance has not ended.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Running { .. } | Self::Paused { .. })
    }

    /// Whether it is the same, whenever it began.
    const fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Running { .. }, Self::Running { .. }) => true,
            (Self::Paused { by, .. }, Self::Paused { by: other, .. }) => by as u8 == other as u8,
            _ => false,
        }
    }
}

impl Row {
    /// In which hours it counts; all of them if nothing was promised.
    #[must_use]
    pub fn hours(&self) -> Hours {
        self.promise.map_or(Hours::Always, |promise| promise.hours)
    }

    /// The counted time until then.
    #[must_use]
    pub fn elapsed(&self, calendar: &Calendar, now: Time) -> Span {
        match self.phase {
            Phase::Running { since } => {
                let more = calendar.counting(self.hours()).elapsed(since, now);
                Span::from_micros(self.consumed.micros().saturating_add(more.micros()))
            }
            _ => self.consumed,
        }
    }

    /// Goes on to another phase, which begins now.
    pub(super) fn turn(&mut self, phase: Phase, calendar: &Calendar) {
        if !self.phase.is_like(phase) {
            self.consumed = self.elapsed(calendar, phase.since());
            self.phase = phase;
        }
    }

    /// When that will be due if it goes on running as it does.
    pub(super) fn due_at(&self, kind: DueKind, calendar: &Calendar) -> Option<Time> {
        let (Phase::Running { since }, Some(promise)) = (self.phase, self.promise) else { return None };
        let rest = promise.due(kind).micros().saturating_sub(self.consumed.micros());
        calendar.counting(promise.hours).after(since, Span::from_micros(rest))
    }

    /// As it is judged now, everything that was due having been told.
    pub(super) fn judge(&self, calendar: &Calendar, now: Time) -> Instance {
        let verdict = match (self.phase, self.breached_at, self.promise) {
            (Phase::Cancelled { .. }, ..) => Verdict::Cancelled,
            (_, Some(at), _) => Verdict::Breached { at },
            (Phase::Stopped { .. }, None, Some(_)) => Verdict::Met,
            (Phase::Stopped { .. }, None, None) => Verdict::Measured,
            (Phase::Running { .. } | Phase::Paused { .. }, None, _) => {
                Verdict::Running { due_at: self.due_at(DueKind::Breach, calendar) }
            }
        };
        Instance {
            metric: self.metric,
            number: self.number,
            started_at: self.started_at,
            stopped_at: Some(self.phase.since()).filter(|_| !self.phase.is_open()),
            promise: self.promise,
            elapsed: self.elapsed(calendar, now),
            verdict,
        }
    }
}
