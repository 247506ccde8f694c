//! The machine that reads the table, one moment at a time.

use super::{
    About, Calendar, Condition, Cue, Due, Happening, Instance, Metric, Moment, Phase, Policies, Promise,
    RULES, Row, Rule, Stand, Standing,
};
use crate::{Span, Time};

/// All clocks of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clocks {
    pub(super) about: About,
    pub(super) stand: Stand,
    pub(super) rows: Vec<Row>,
}

/// Clocks taken apart, to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// What the case is, with its present priority.
    pub about: About,
    /// Where it stands.
    pub stand: Stand,
    /// The instances in the order in which they started. The latest of each metric
    /// is enough to go on; older ones have ended and never change.
    pub rows: Vec<Row>,
}

/// Parts that no clocks come apart into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartsProblem {
    /// Two instances of a metric have not ended.
    #[error("two instances of {metric} run at the same time")]
    TwoOpen {
        /// Which metric.
        metric: Metric,
    },
    /// An instance does not come after the one before it.
    #[error("instance {number} of {metric} does not follow the one before it")]
    Number {
        /// Which metric.
        metric: Metric,
        /// The later one's number.
        number: u32,
    },
    /// An instance knows of a time that the case has not reached.
    #[error("instance {number} of {metric} is ahead of its case")]
    Ahead {
        /// Which metric.
        metric: Metric,
        /// Its number.
        number: u32,
    },
}

impl Clocks {
    /// Of a case to which nothing has happened yet.
    #[must_use]
    pub const fn new(about: About) -> Self {
        let stand =
            Stand { standing: Standing::Unopened, buyer_waits: false, answered: false, last_at: Time::MIN };
        Self { about, stand, rows: Vec::new() }
    }

    /// Takes one moment in, and answers what came due before it and was not told yet.
    ///
    /// Clocks never run backwards: what happened before the latest instant
    /// they know of counts as having happened then.
    pub fn step(&mut self, moment: &Moment, policies: &Policies, calendar: &Calendar) -> Vec<Due> {
        let at = moment.at.max(self.stand.last_at);
        let told = self.tell(at, calendar);
        self.stand.last_at = at;
        let cue = moment.what.cue();
        if self.stand.standing.admits(cue) {
            self.take_note(moment.what);
            for rule in RULES {
                self.run(rule, cue, policies, calendar);
            }
        }
        told
    }

    /// Every instance as it is judged at a time, in the order in which they started.
    ///
    /// A time before the latest instant they know of is taken as that instant.
    #[must_use]
    pub fn instances(&self, calendar: &Calendar, now: Time) -> Vec<Instance> {
        let mut then = self.clone();
        let now = now.max(then.stand.last_at);
        then.tell(now, calendar);
        then.rows.iter().map(|row| row.judge(calendar, now)).collect()
    }

    /// What the case is, with its present priority.
    #[must_use]
    pub const fn about(&self) -> &About {
        &self.about
    }

    /// Where the case stands.
    #[must_use]
    pub const fn stand(&self) -> &Stand {
        &self.stand
    }

    /// The instances in the order in which they started.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Takes them apart.
    #[must_use]
    pub fn into_parts(self) -> Parts {
        Parts { about: self.about, stand: self.stand, rows: self.rows }
    }

    /// Puts them together again.
    ///
    /// # Errors
    /// When no clocks could have come apart into these.
    pub fn from_parts(parts: Parts) -> Result<Self, PartsProblem> {
        let Parts { about, stand, rows } = parts;
        for (place, row) in rows.iter().enumerate() {
            let Row { metric, number, .. } = *row;
            let before = || rows.iter().take(place).rev().filter(|other| other.metric == metric);
            if row.phase.is_open() && before().any(|other| other.phase.is_open()) {
                return Err(PartsProblem::TwoOpen { metric });
            }
            if number <= before().next().map_or(0, |other| other.number) {
                return Err(PartsProblem::Number { metric, number });
            }
            if row.started_at > row.phase.since() || row.phase.since() > stand.last_at {
                return Err(PartsProblem::Ahead { metric, number });
            }
        }
        Ok(Self { about, stand, rows })
    }

    /// What a happening changes about the case, before the clocks hear of it.
    fn take_note(&mut self, what: Happening) {
        let stand = &mut self.stand;
        stand.standing = stand.standing.after(what.cue());
        match what {
            Happening::Opened { buyer_waits } => stand.buyer_waits = buyer_waits,
            Happening::BuyerMessage => stand.buyer_waits = true,
            Happening::HumanReply => {
                stand.buyer_waits = false;
                stand.answered = true;
            }
            // A solution answers nothing: should the case come back, the buyer's word still stands there.
            Happening::WaitingForBuyer => stand.buyer_waits = false,
            Happening::PriorityChanged(priority) => self.about.priority = priority,
            Happening::AutomaticReply
            | Happening::WorkStarted
            | Happening::WaitingForThirdParty
            | Happening::Snoozed
            | Happening::Resumed
            | Happening::Queued
            | Happening::RemedyAccepted
            | Happening::Solved
            | Happening::Reopened
            | Happening::Ended => {}
        }
    }

    fn run(&mut self, rule: &Rule, cue: Cue, policies: &Policies, calendar: &Calendar) {
        let at = self.stand.last_at;
        let going = self.stand.phase(rule);
        if let Some(row) = self.rows.iter_mut().rev().find(|row| row.metric == rule.metric)
            && row.phase.is_open()
        {
            if rule.stops.contains(&cue) {
                row.turn(Phase::Stopped { at }, calendar);
            } else if rule.cancels.contains(&cue) {
                row.turn(Phase::Cancelled { at }, calendar);
            } else {
                row.turn(going, calendar);
                return;
            }
        }
        if rule.starts.iter().any(|(on, when)| *on == cue && self.stand.meets(*when)) {
            let before = self.rows.iter().rev().find(|row| row.metric == rule.metric);
            let row = Row {
                metric: rule.metric,
                number: before.map_or(1, |row| row.number.saturating_add(1)),
                started_at: at,
                promise: promise(rule.metric, &self.about, policies, at),
                consumed: Span::ZERO,
                phase: going,
                warned_at: None,
                breached_at: None,
            };
            self.rows.push(row);
        }
    }
}

impl Stand {
    /// What an open instance does while the case stands like this.
    fn phase(&self, rule: &Rule) -> Phase {
        let since = self.last_at;
        if rule.pauses.contains(&self.standing) {
            Phase::Paused { since, by: self.standing }
        } else {
            Phase::Running { since }
        }
    }

    fn meets(&self, condition: Condition) -> bool {
        match condition {
            Condition::Always => true,
            Condition::BuyerWaits => self.buyer_waits,
            Condition::FirstAnswerOwed => self.buyer_waits && !self.answered,
            Condition::NextAnswerOwed => self.buyer_waits && self.answered,
            Condition::Unsolved => self.standing != Standing::Solved,
        }
    }
}

/// What the policy in force promises the case about a clock that starts now.
fn promise(metric: Metric, about: &About, policies: &Policies, now: Time) -> Option<Promise> {
    let policy = policies.in_force(now)?;
    let (target, row) = policy.targets.iter().enumerate().find(|(_, row)| row.fits(metric, about))?;
    Some(Promise { span: row.span, hours: row.hours, effective_from: policy.effective_from, target })
}
