//! Clocks of a case: how long things take, and whether they take longer than promised.
//!
//! They are a pure function of what happened to the case, the dated policies
//! and the calendar. [`Clocks`] takes that function one moment at a time,
//! because the service lives forwards; [`evaluate`] takes it over a whole log,
//! because the log is the truth and a policy can be tried on the past. Both
//! run the same machine over the same table, [`RULES`].

use crate::code::codes;

pub mod calendar;
pub mod policy;
pub mod record;
pub mod terms;

mod clocks;
mod due;
mod instance;
mod moment;
mod replay;
mod rules;

pub use calendar::{Calendar, CalendarProblem, Exception, Hours, OpeningHours, Shift};
pub use clocks::{Clocks, Parts, PartsProblem};
pub use due::{Due, DueKind};
pub use instance::{Instance, Phase, Promise, Row, Verdict};
pub use moment::{About, Cue, Happening, Log, Moment, Stand, Standing};
pub use policy::{Policies, Policy, PolicyProblem, Target};
pub use record::Entry;
pub use replay::{Account, Compared, Segment, SegmentKind, compare, evaluate, explain};
pub use rules::{Condition, MOVES, RULES, Rule};
pub use terms::{DatedHours, Ready, Terms, TermsProblems};

codes! {
    /// What is measured.
    pub enum Metric {
        /// From the buyer's first word to the first answer of a person.
        FirstResponse = "FIRST_RESPONSE",
        /// From a later word of the buyer to the next answer of a person.
        NextResponse = "NEXT_RESPONSE",
        /// From one answer to the next while the case is not solved: silence.
        Update = "UPDATE",
        /// Until the buyer takes a remedy or the case is solved.
        Agreement = "AGREEMENT",
        /// Until the case is solved.
        Resolution = "RESOLUTION",
        /// How long the buyer waits for an answer; nothing is promised.
        RequesterWait = "REQUESTER_WAIT",
        /// How long an agent works; nothing is promised.
        AgentWork = "AGENT_WORK",
    }
}

impl Metric {
    /// Whether a policy can promise it.
    #[must_use]
    pub const fn has_target(self) -> bool {
        !matches!(self, Self::RequesterWait | Self::AgentWork)
    }
}
