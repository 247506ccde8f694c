//! The table of the clocks: what starts, pauses, resumes and stops each of them.
//!
//! No row names [`Cue::AutomaticReply`]: a machine's words stop nobody's clock.

use super::{Cue, Metric, Standing};

/// What must be so for a clock to start, as the case stands once the cue is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Nothing.
    Always,
    /// The buyer waits for an answer.
    BuyerWaits,
    /// The buyer waits, and no person has answered yet.
    FirstAnswerOwed,
    /// The buyer waits, and a person has answered before.
    NextAnswerOwed,
    /// The case is not solved.
    Unsolved,
}

/// How the clock of one metric runs. Only one instance of it runs at a time.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Which.
    pub metric: Metric,
    /// What starts an instance if none runs, and under which condition.
    pub starts: &'static [(Cue, Condition)],
    /// Where the case stands while it is paused; it resumes when the case leaves there.
    pub pauses: &'static [Standing],
    /// What stops it, before the same cue may start the next.
    pub stops: &'static [Cue],
    /// What takes it away without a verdict.
    pub cancels: &'static [Cue],
}

/// One row for every metric.
pub const RULES: &[Rule] = &[
    Rule {
        metric: Metric::FirstResponse,
        starts: &[
            (Cue::Opened, Condition::FirstAnswerOwed),
            (Cue::BuyerMessage, Condition::FirstAnswerOwed),
            (Cue::Reopened, Condition::FirstAnswerOwed),
        ],
        // Never: who has not had any answer yet waits, whatever we wait for.
        pauses: &[],
        stops: &[Cue::HumanReply],
        // Solving is no reply, so it gives no response time, and a word of thanks is owed none.
        // If the case is opened again while the word is unanswered, the answer is owed from then.
        cancels: &[Cue::Solved, Cue::Ended],
    },
    Rule {
        metric: Metric::NextResponse,
        starts: &[(Cue::BuyerMessage, Condition::NextAnswerOwed), (Cue::Reopened, Condition::NextAnswerOwed)],
        pauses: &[],
        stops: &[Cue::HumanReply],
        cancels: &[Cue::Solved, Cue::Ended],
    },
    Rule {
        metric: Metric::Update,
        starts: &[(Cue::HumanReply, Condition::Unsolved)],
        pauses: &[Standing::WaitingBuyer],
        // Each reply is an update and owes the next; the solution is the last.
        stops: &[Cue::HumanReply, Cue::Solved],
        cancels: &[Cue::Ended],
    },
    Rule {
        metric: Metric::Agreement,
        starts: &[(Cue::Opened, Condition::Always), (Cue::Reopened, Condition::Always)],
        pauses: &[Standing::WaitingBuyer],
        stops: &[Cue::RemedyAccepted, Cue::Solved],
        cancels: &[Cue::Ended],
    },
    Rule {
        metric: Metric::Resolution,
        starts: &[(Cue::Opened, Condition::Always), (Cue::Reopened, Condition::Always)],
        pauses: &[Standing::WaitingBuyer, Standing::WaitingThirdParty],
        stops: &[Cue::Solved],
        cancels: &[Cue::Ended],
    },
    Rule {
        metric: Metric::RequesterWait,
        starts: &[
            (Cue::Opened, Condition::BuyerWaits),
            (Cue::BuyerMessage, Condition::BuyerWaits),
            (Cue::Reopened, Condition::BuyerWaits),
        ],
        pauses: &[],
        // As for the case itself: on the buyer's turn, and once it is solved, the buyer waits for nothing.
        stops: &[Cue::HumanReply, Cue::WaitingForBuyer, Cue::Solved],
        cancels: &[Cue::Ended],
    },
    Rule {
        metric: Metric::AgentWork,
        starts: &[(Cue::WorkStarted, Condition::Always)],
        pauses: &[],
        // The end too: work that was done was done, and nothing is promised that it could miss.
        stops: &[
            Cue::WaitingForBuyer,
            Cue::WaitingForThirdParty,
            Cue::Snoozed,
            Cue::Queued,
            Cue::Solved,
            Cue::Ended,
        ],
        cancels: &[],
    },
];

/// Where a cue puts the case; the others leave it where it stands. A buyer who
/// writes ends every waiting, as in the handling of the case.
pub const MOVES: &[(Cue, Standing)] = &[
    (Cue::Opened, Standing::Active),
    (Cue::BuyerMessage, Standing::Active),
    (Cue::WorkStarted, Standing::Active),
    (Cue::Resumed, Standing::Active),
    (Cue::Queued, Standing::Active),
    (Cue::WaitingForBuyer, Standing::WaitingBuyer),
    (Cue::WaitingForThirdParty, Standing::WaitingThirdParty),
    (Cue::Snoozed, Standing::Snoozed),
    (Cue::Solved, Standing::Solved),
    (Cue::Reopened, Standing::Active),
    (Cue::Ended, Standing::Ended),
];

impl Standing {
    /// Whether a cue can be true of a case that stands here. One that cannot, such as a
    /// second opening or anything after the end, moves no clock.
    #[must_use]
    pub const fn admits(self, cue: Cue) -> bool {
        match cue {
            Cue::PriorityChanged => !matches!(self, Self::Ended),
            Cue::Opened => matches!(self, Self::Unopened),
            Cue::Reopened => matches!(self, Self::Solved),
            _ => !matches!(self, Self::Unopened | Self::Ended),
        }
    }

    /// Where a cue it admits puts the case.
    #[must_use]
    pub fn after(self, cue: Cue) -> Self {
        // Only opening it again or ending it takes a case out of Solved.
        if self == Self::Solved && !matches!(cue, Cue::Reopened | Cue::Ended) {
            return self;
        }
        MOVES.iter().find(|(moved, _)| *moved == cue).map_or(self, |(_, to)| *to)
    }
}
