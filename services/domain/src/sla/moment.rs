//! What the clocks know: the facts of a case's log that move them.

use crate::Time;
use crate::case::CaseKind;
use crate::code::codes;
use crate::shop::Channel;

codes! {
    /// What happened, without its facts: what the table of rules speaks of.
    pub enum Cue {
        /// The case was opened.
        Opened = "OPENED",
        /// The buyer wrote.
        BuyerMessage = "BUYER_MESSAGE",
        /// A person answered; a ready-made text that a person sends counts.
        HumanReply = "HUMAN_REPLY",
        /// A machine answered.
        AutomaticReply = "AUTOMATIC_REPLY",
        /// An agent began to work on it.
        WorkStarted = "WORK_STARTED",
        /// It is the buyer's turn.
        WaitingForBuyer = "WAITING_FOR_BUYER",
        /// It is someone else's turn.
        WaitingForThirdParty = "WAITING_FOR_THIRD_PARTY",
        /// It was put off.
        Snoozed = "SNOOZED",
        /// It waits no more.
        Resumed = "RESUMED",
        /// It lies in the queue.
        Queued = "QUEUED",
        /// The buyer took a remedy.
        RemedyAccepted = "REMEDY_ACCEPTED",
        /// The case was solved.
        Solved = "SOLVED",
        /// A solved case was opened again.
        Reopened = "REOPENED",
        /// It is over: closed, merged or cancelled.
        Ended = "ENDED",
        /// It became more or less urgent.
        PriorityChanged = "PRIORITY_CHANGED",
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happening {
    /// The case was opened.
    Opened {
        /// Whether the buyer asked something and waits for the answer.
        buyer_waits: bool,
    },
    /// The buyer wrote.
    BuyerMessage,
    /// A person answered.
    HumanReply,
    /// A machine answered.
    AutomaticReply,
    /// An agent began to work on it.
    WorkStarted,
    /// It is the buyer's turn.
    WaitingForBuyer,
    /// It is someone else's turn.
    WaitingForThirdParty,
    /// It was put off.
    Snoozed,
    /// It waits no more.
    Resumed,
    /// It lies in the queue.
    Queued,
    /// The buyer took a remedy.
    RemedyAccepted,
    /// The case was solved.
    Solved,
    /// A solved case was opened again.
    Reopened,
    /// It is over: closed, merged or cancelled.
    Ended,
    /// The priority is now this, 0–100. It counts for clocks that start later:
    /// a promise that was made is neither loosened nor tightened behind an agent's back.
    PriorityChanged(u8),
}

/// When what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// When.
    pub at: Time,
    /// What.
    pub what: Happening,
}

/// What a case is, as far as targets ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// What opened it.
    pub kind: CaseKind,
    /// Where the shop sells.
    pub channel: Channel,
    /// How urgent it is, 0–100.
    pub priority: u8,
}

/// Everything that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// What it is; the priority is the one it was opened with.
    pub about: About,
    /// What happened, in any order; what happened at the same instant in the order it was written.
    pub moments: Vec<Moment>,
}

codes! {
    /// Where a case stands, as far as clocks ask.
    pub enum Standing {
        /// There is no case yet.
        Unopened = "UNOPENED",
        /// It is the seller's turn.
        Active = "ACTIVE",
        /// It is the buyer's turn.
        WaitingBuyer = "WAITING_BUYER",
        /// It is someone else's turn.
        WaitingThirdParty = "WAITING_THIRD_PARTY",
        /// It was put off.
        Snoozed = "SNOOZED",
        /// Solved.
        Solved = "SOLVED",
        /// Over.
        Ended = "ENDED",
    }
}

/// What clocks remember of a case between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// Where it stands.
    pub standing: Standing,
    /// Whether the buyer's last word has no answer yet and it is not the buyer's turn.
    pub buyer_waits: bool,
    /// Whether a person has ever answered.
    pub answered: bool,
    /// The latest instant anything was said about; nothing happens before it any more.
    pub last_at: Time,
}

impl Happening {
    /// What happened, without its facts.
    #[must_use]
    pub const fn cue(self) -> Cue {
        match self {
            Self::Opened { .. } => Cue::Opened,
            Self::BuyerMessage => Cue::BuyerMessage,
            Self::HumanReply => Cue::HumanReply,
            Self::AutomaticReply => Cue::AutomaticReply,
            Self::WorkStarted => Cue::WorkStarted,
            Self::WaitingForBuyer => Cue::WaitingForBuyer,
            Self::WaitingForThirdParty => Cue::WaitingForThirdParty,
            Self::Snoozed => Cue::Snoozed,
            Self::Resumed => Cue::Resumed,
            Self::Queued => Cue::Queued,
            Self::RemedyAccepted => Cue::RemedyAccepted,
            Self::Solved => Cue::Solved,
            Self::Reopened => Cue::Reopened,
            Self::Ended => Cue::Ended,
            Self::PriorityChanged(_) => Cue::PriorityChanged,
        }
    }
}
