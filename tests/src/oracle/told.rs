//! What the timelines of cases tell, entry by entry.

use super::At;

/// One entry of the timeline of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The case.
    pub case: String,
    /// When it happened, as it is told.
    pub happened: At,
    /// When it was written.
    pub written: At,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The case was opened.
    Opened {
        /// What opened it.
        kind: String,
        /// How urgent it was.
        priority: i64,
        /// Since when the buyer waits.
        waits: Option<At>,
    },
    /// The buyer wrote.
    BuyerWrote,
    /// A person answered: in the conversation, by a contact that reached the buyer, or by a reply that was sent.
    PersonAnswered,
    /// An agent is at work.
    AtWork,
    /// It is the buyer's turn.
    BuyersTurn,
    /// It is someone else's turn.
    OthersTurn,
    /// It was put off.
    PutOff,
    /// A pause was over, or a solved case came back.
    Woken,
    /// It lies in the queue, or was given to somebody who has not begun.
    Queued,
    /// The buyer took a remedy.
    Agreed,
    /// It was solved.
    Solved {
        /// How.
        outcome: String,
    },
    /// It was opened again.
    Reopened,
    /// It was closed for good.
    Closed,
    /// It became part of another.
    Merged,
    /// It was no case.
    Cancelled,
    /// It became more urgent.
    Priority(i64),
    /// The buyer may be asked what they think of the solution.
    SurveyDue,
    /// Something was told about a promise: when that was due.
    Due(At),
}

impl Line {
    /// When it counts as having happened: a case is there when it is written, and what lies ahead is now.
    #[must_use]
    pub fn at(&self) -> At {
        match self.what {
            What::Opened { .. } => self.written,
            _ => self.happened.min(self.written),
        }
    }
}
