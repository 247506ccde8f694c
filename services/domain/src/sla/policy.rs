//! What is promised: dated, so that a case keeps the promise it began with.

use super::{About, Hours, Metric};
use crate::case::CaseKind;
use crate::shop::Channel;
use crate::{Span, Time};

/// The shortest promise: below a second nobody could keep it.
const SPAN_MIN: Span = Span::from_secs(1);
/// The longest promise: a year, well within what a calendar looks ahead.
const SPAN_MAX: Span = Span::from_days(366);
/// Targets of one policy, at most.
const TARGETS_MAX: usize = 200;
const PRIORITY_MAX: u8 = 100;

/// One promise, and for which cases it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What is promised.
    pub metric: Metric,
    /// Only for cases of that kind; none for all.
    pub kind: Option<CaseKind>,
    /// Only on that channel; none for all.
    pub channel: Option<Channel>,
    /// Only for cases at least that urgent, 0–100; none for all.
    pub least_priority: Option<u8>,
    /// Within how much time, 1 second to 366 days.
    pub span: Span,
    /// In which hours it passes.
    pub hours: Hours,
}

/// The promises from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// For clocks that start at or after.
    pub effective_from: Time,
    /// The first that fits a case holds, for each metric.
    pub targets: Vec<Target>,
}

/// Checked policies of a shop, one in force after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies(Vec<Policy>);

/// One thing that is wrong with policies; places count from 0, policies in order of their dates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// Two policies begin at the same instant.
    #[error("policy {policy} begins at the same instant as the one before it")]
    SameDate {
        /// The later of the two.
        policy: usize,
    },
    /// More targets than anyone oversees.
    #[error("policy {policy} has {count} targets, at most 200")]
    TooMany {
        /// Which policy.
        policy: usize,
        /// How many.
        count: usize,
    },
    /// What is only measured cannot be promised.
    #[error("policy {policy}, target {target}: {metric} is measured but cannot be promised")]
    MeasuredOnly {
        /// Which policy.
        policy: usize,
        /// Which target.
        target: usize,
        /// What it names.
        metric: Metric,
    },
    /// The time is too short or too long.
    #[error("policy {policy}, target {target}: the time must be 1 second to 366 days")]
    Span {
        /// Which policy.
        policy: usize,
        /// Which target.
        target: usize,
        /// What was given.
        span: Span,
    },
    /// The priority is none.
    #[error("policy {policy}, target {target}: the priority must be 0 to 100, not {priority}")]
    Priority {
        /// Which policy.
        policy: usize,
        /// Which target.
        target: usize,
        /// What was given.
        priority: u8,
    },
    /// An earlier target takes every case this one is for, so it would never be used.
    #[error("policy {policy}, target {target} is never used: target {earlier} takes all its cases")]
    NeverUsed {
        /// Which policy.
        policy: usize,
        /// Which target.
        target: usize,
        /// The one that stands in front of it.
        earlier: usize,
    },
}

impl Target {
    /// A promise for every case.
    #[must_use]
    pub const fn of(metric: Metric, span: Span, hours: Hours) -> Self {
        Self { metric, kind: None, channel: None, least_priority: None, span, hours }
    }

    /// Whether it holds for the case as it is now.
    #[must_use]
    pub fn fits(&self, metric: Metric, about: &About) -> bool {
        self.metric == metric
            && self.kind.is_none_or(|kind| kind == about.kind)
            && self.channel.as_ref().is_none_or(|channel| *channel == about.channel)
            && self.least_priority.is_none_or(|least| about.priority >= least)
    }

    /// Whether every case that fits the other fits this.
    fn covers(&self, other: &Self) -> bool {
        self.metric == other.metric
            && (self.kind.is_none() || self.kind == other.kind)
            && (self.channel.is_none() || self.channel == other.channel)
            && self.least_priority.unwrap_or(0) <= other.least_priority.unwrap_or(0)
    }

    fn check(&self, (policy, target): (usize, usize), problems: &mut Vec<PolicyProblem>) {
        let Self { metric, span, .. } = *self;
        if !metric.has_target() {
            problems.push(PolicyProblem::MeasuredOnly { policy, target, metric });
        }
        if span < SPAN_MIN || span > SPAN_MAX {
            problems.push(PolicyProblem::Span { policy, target, span });
        }
        if let Some(priority) = self.least_priority.filter(|priority| *priority > PRIORITY_MAX) {
            problems.push(PolicyProblem::Priority { policy, target, priority });
        }
    }
}

impl Policy {
    /// What is promised where a shop says nothing: the defaults of the design, §5.3.
    ///
    /// Answers are owed in hours in which somebody is there to give them.
    /// Agreement and resolution are not: the days of a marketplace's return
    /// window and of a buyer's patience pass on Sundays too, and seven of them
    /// is what channels give a seller to agree on a return.
    #[must_use]
    pub fn standard(effective_from: Time) -> Self {
        let targets = vec![
            Target::of(Metric::FirstResponse, Span::from_hours(1), Hours::Business),
            Target::of(Metric::NextResponse, Span::from_hours(4), Hours::Business),
            Target::of(Metric::Update, Span::from_hours(24), Hours::Business),
            Target::of(Metric::Agreement, Span::from_days(7), Hours::Always),
            Target::of(Metric::Resolution, Span::from_days(14), Hours::Always),
        ];
        Self { effective_from, targets }
    }

    fn check(&self, policy: usize, problems: &mut Vec<PolicyProblem>) {
        if self.targets.len() > TARGETS_MAX {
            problems.push(PolicyProblem::TooMany { policy, count: self.targets.len() });
        }
        for (target, row) in self.targets.iter().take(TARGETS_MAX).enumerate() {
            row.check((policy, target), problems);
            if let Some(earlier) = self.targets.iter().take(target).position(|other| other.covers(row)) {
                problems.push(PolicyProblem::NeverUsed { policy, target, earlier });
            }
        }
    }
}

impl Policies {
    /// Checks policies and puts them in order of their dates.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn new(mut policies: Vec<Policy>) -> Result<Self, Vec<PolicyProblem>> {
        policies.sort_by_key(|policy| policy.effective_from);
        let mut problems = Vec::new();
        let mut before = None;
        for (place, policy) in policies.iter().enumerate() {
            if before == Some(policy.effective_from) {
                problems.push(PolicyProblem::SameDate { policy: place });
            }
            before = Some(policy.effective_from);
            policy.check(place, &mut problems);
        }
        if problems.is_empty() { Ok(Self(policies)) } else { Err(problems) }
    }

    /// All of them, in order of their dates.
    #[must_use]
    pub fn all(&self) -> &[Policy] {
        &self.0
    }

    /// The one in force at a time; none before the first.
    #[must_use]
    pub fn in_force(&self, at: Time) -> Option<&Policy> {
        self.0.iter().rev().find(|policy| policy.effective_from <= at)
    }
}

impl Default for Policies {
    /// The standard promises, for ever.
    fn default() -> Self {
        Self(vec![Policy::standard(Time::MIN)])
    }
}
