//! Whether promises of time were kept, by the day on which each began.

use crate::Span;
use crate::code::codes;
use crate::rollup::Facets;
use crate::sla::{Calendar, Hours, Metric, Phase, Promise, Row};
use crate::tally::{Counted, Measure};
use crate::zone::Zone;

codes! {
    /// What can be promised.
    pub enum PromiseKind {
        /// The first answer.
        First = "FIRST_RESPONSE",
        /// A later answer.
        Next = "NEXT_RESPONSE",
        /// An answer after the last one, while the case is not solved.
        Update = "UPDATE",
        /// Agreement.
        Agreement = "AGREEMENT",
        /// Solution.
        Resolution = "RESOLUTION",
    }
}

impl PromiseKind {
    /// That of a clock; none if nothing is promised about it.
    #[must_use]
    pub const fn of(metric: Metric) -> Option<Self> {
        match metric {
            Metric::FirstResponse => Some(Self::First),
            Metric::NextResponse => Some(Self::Next),
            Metric::Update => Some(Self::Update),
            Metric::Agreement => Some(Self::Agreement),
            Metric::Resolution => Some(Self::Resolution),
            Metric::RequesterWait | Metric::AgentWork => None,
        }
    }

    /// The clock it is about.
    #[must_use]
    pub const fn metric(self) -> Metric {
        match self {
            Self::First => Metric::FirstResponse,
            Self::Next => Metric::NextResponse,
            Self::Update => Metric::Update,
            Self::Agreement => Metric::Agreement,
            Self::Resolution => Metric::Resolution,
        }
    }

    /// What is counted of it: kept, broken, running, ended without a verdict, and the time it was paused.
    #[must_use]
    pub const fn measures(self) -> [Measure; 5] {
        use Measure as M;
        match self {
            Self::First => [M::FirstMet, M::FirstMissed, M::FirstRunning, M::FirstWithdrawn, M::FirstPaused],
            Self::Next => [M::NextMet, M::NextMissed, M::NextRunning, M::NextWithdrawn, M::NextPaused],
            Self::Update => {
                [M::UpdateMet, M::UpdateMissed, M::UpdateRunning, M::UpdateWithdrawn, M::UpdatePaused]
            }
            Self::Agreement => {
                [M::AgreedMet, M::AgreedMissed, M::AgreedRunning, M::AgreedWithdrawn, M::AgreedPaused]
            }
            Self::Resolution => [
                M::SolutionMet,
                M::SolutionMissed,
                M::SolutionRunning,
                M::SolutionWithdrawn,
                M::SolutionPaused,
            ],
        }
    }
}

/// What the clocks of a case add: one promise each, told apart by what was promised and how urgent the
/// case is now.
///
/// A promise that was broken stays so, whatever became of the clock. One counts as broken from when that
/// was told, so the figures do not depend on when they are asked.
#[must_use]
pub fn of_instances<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    (facets, priority): (&Facets, u8),
    zone: &Zone,
    calendar: &Calendar,
) -> Vec<Counted> {
    let mut counted = Vec::new();
    for row in rows {
        let (Some(kind), Some(promise)) = (PromiseKind::of(row.metric), row.promise) else { continue };
        let day = zone.day(row.started_at);
        let [met, missed, running, withdrawn, paused] = kind.measures();
        let verdict = match row.phase {
            _ if row.breached_at.is_some() => missed,
            Phase::Stopped { .. } => met,
            Phase::Cancelled { .. } => withdrawn,
            Phase::Running { .. } | Phase::Paused { .. } => running,
        };
        let mut counts = vec![(day, verdict, 1)];
        let rest = paused_of(row, promise, calendar);
        if rest > 0 {
            counts.push((day, paused, rest));
        }
        counted.push(Counted {
            facets: facets.promised(priority, told(&promise)),
            counts,
            ..Counted::default()
        });
    }
    counted
}

/// How long a clock that ended was paused, within the hours in which it counts, in milliseconds.
fn paused_of(row: &Row, promise: Promise, calendar: &Calendar) -> i64 {
    if row.phase.is_open() {
        return 0;
    }
    let all = calendar.counting(promise.hours).elapsed(row.started_at, row.phase.since());
    ((all.micros() - row.consumed.micros()) / 1_000).max(0)
}

/// A promise in words that stay the same whichever policy makes it: `4h BUSINESS`.
#[must_use]
pub fn told(promise: &Promise) -> String {
    let Promise { span, hours, .. } = promise;
    format!("{} {}", length(*span), Hours::as_str(*hours))
}

/// In the largest unit in which it is whole.
fn length(span: Span) -> String {
    let millis = span.micros() / 1_000;
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
    let whole = units.into_iter().find(|(unit, _)| millis % unit == 0);
    whole.map_or_else(|| format!("{millis}ms"), |(unit, name)| format!("{}{name}", millis / unit))
}
