//! What can be done to a case, and why it may be refused.

use crate::case::hold::{Hold, Lease};
use crate::case::{Outcome, State};
use crate::code::codes;
use crate::{CaseId, Time};

codes! {
    /// A verb without its facts.
    pub enum VerbKind {
        /// An agent takes the case from the queue.
        Claim = "CLAIM",
        /// The agent's heartbeat.
        Renew = "RENEW",
        /// The agent gives the case back.
        Release = "RELEASE",
        /// The heartbeat stayed out.
        LeaseExpired = "LEASE_EXPIRED",
        /// The agent is not there any more.
        AgentGone = "AGENT_GONE",
        /// The agent who had the case before is there and gets it back.
        HandBack = "HAND_BACK",
        /// A supervisor gives the case to an agent.
        Assign = "ASSIGN",
        /// A human reply or remedy action.
        Act = "ACT",
        /// The agent writes something down.
        Note = "NOTE",
        /// The buyer is to answer.
        WaitBuyer = "WAIT_BUYER",
        /// Someone else is to answer.
        WaitThirdParty = "WAIT_THIRD_PARTY",
        /// Come back later.
        Snooze = "SNOOZE",
        /// Later is now.
        Wake = "WAKE",
        /// The buyer wrote.
        BuyerMessage = "BUYER_MESSAGE",
        /// The buyer never answered.
        BuyerSilent = "BUYER_SILENT",
        /// The agent solved it.
        Solve = "SOLVE",
        /// It was solved long enough ago.
        AutoClose = "AUTO_CLOSE",
        /// It was not solved after all.
        Reopen = "REOPEN",
        /// A supervisor is needed.
        Escalate = "ESCALATE",
        /// It is part of another case.
        Merge = "MERGE",
        /// It is no case.
        Cancel = "CANCEL",
    }
}

/// A verb with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// An agent takes the case from the queue.
    Claim {
        /// The new hold.
        lease: Lease,
    },
    /// The agent's heartbeat.
    Renew {
        /// The agent's hold.
        hold: Hold,
        /// The new end of the lease.
        expires_at: Time,
    },
    /// The agent gives the case back.
    Release {
        /// The agent's hold.
        hold: Hold,
    },
    /// The heartbeat stayed out.
    LeaseExpired,
    /// The agent is not there any more.
    AgentGone {
        /// Whether they let it lapse, in place of signing off.
        abandoned: bool,
    },
    /// The agent who had the case before is there and gets it back.
    HandBack {
        /// The new hold.
        lease: Lease,
    },
    /// A supervisor gives the case to an agent.
    Assign {
        /// The new hold.
        lease: Lease,
        /// The version the supervisor saw.
        version: i64,
    },
    /// A human reply or remedy action.
    Act {
        /// The agent's hold.
        hold: Hold,
    },
    /// The agent writes something down.
    Note {
        /// The agent's hold.
        hold: Hold,
    },
    /// The buyer is to answer.
    WaitBuyer {
        /// The agent's hold.
        hold: Hold,
        /// When silence counts as an answer.
        give_up_at: Time,
    },
    /// Someone else is to answer.
    WaitThirdParty {
        /// The agent's hold.
        hold: Hold,
        /// When to look again.
        until: Time,
    },
    /// Come back later.
    Snooze {
        /// The agent's hold.
        hold: Hold,
        /// When.
        until: Time,
    },
    /// Later is now.
    Wake,
    /// The buyer wrote.
    BuyerMessage {
        /// When.
        at: Time,
    },
    /// The buyer never answered.
    BuyerSilent {
        /// When the case closes for good.
        close_at: Time,
    },
    /// The agent solved it.
    Solve {
        /// The agent's hold.
        hold: Hold,
        /// How.
        outcome: Outcome,
        /// When the case closes for good.
        close_at: Time,
        /// Whether an offer or promise is still open.
        remedy_in_flight: bool,
    },
    /// It was solved long enough ago.
    AutoClose,
    /// It was not solved after all.
    Reopen {
        /// The version the agent saw.
        version: i64,
    },
    /// A supervisor is needed.
    Escalate {
        /// The version the agent saw; none when the system escalates.
        version: Option<i64>,
    },
    /// It is part of another case.
    Merge {
        /// Which.
        into: CaseId,
        /// Whether both belong to one buyer.
        same_buyer: bool,
        /// The version the agent saw; none when the system merges.
        version: Option<i64>,
    },
    /// It is no case.
    Cancel {
        /// The version the agent saw.
        version: i64,
        /// Whether an offer or promise is still open.
        remedy_in_flight: bool,
    },
}

impl Verb {
    /// The verb without its facts.
    #[must_use]
    pub const fn kind(&self) -> VerbKind {
        match self {
            Self::Claim { .. } => VerbKind::Claim,
            Self::Renew { .. } => VerbKind::Renew,
            Self::Release { .. } => VerbKind::Release,
            Self::LeaseExpired => VerbKind::LeaseExpired,
            Self::AgentGone { .. } => VerbKind::AgentGone,
            Self::HandBack { .. } => VerbKind::HandBack,
            Self::Assign { .. } => VerbKind::Assign,
            Self::Act { .. } => VerbKind::Act,
            Self::Note { .. } => VerbKind::Note,
            Self::WaitBuyer { .. } => VerbKind::WaitBuyer,
            Self::WaitThirdParty { .. } => VerbKind::WaitThirdParty,
            Self::Snooze { .. } => VerbKind::Snooze,
            Self::Wake => VerbKind::Wake,
            Self::BuyerMessage { .. } => VerbKind::BuyerMessage,
            Self::BuyerSilent { .. } => VerbKind::BuyerSilent,
            Self::Solve { .. } => VerbKind::Solve,
            Self::AutoClose => VerbKind::AutoClose,
            Self::Reopen { .. } => VerbKind::Reopen,
            Self::Escalate { .. } => VerbKind::Escalate,
            Self::Merge { .. } => VerbKind::Merge,
            Self::Cancel { .. } => VerbKind::Cancel,
        }
    }

    /// The hold the verb needs, if it needs one.
    #[must_use]
    pub const fn hold(&self) -> Option<&Hold> {
        match self {
            Self::Renew { hold, .. }
            | Self::Release { hold }
            | Self::Act { hold }
            | Self::Note { hold }
            | Self::WaitBuyer { hold, .. }
            | Self::WaitThirdParty { hold, .. }
            | Self::Snooze { hold, .. }
            | Self::Solve { hold, .. } => Some(hold),
            _ => None,
        }
    }

    /// The version that must still be the current one.
    ///
    /// A heartbeat and a release say nothing about the content of the case, so
    /// the fence alone protects them.
    #[must_use]
    pub fn seen_version(&self) -> Option<i64> {
        match self {
            Self::Renew { .. } | Self::Release { .. } => None,
            Self::Assign { version, .. } | Self::Reopen { version } | Self::Cancel { version, .. } => {
                Some(*version)
            }
            Self::Escalate { version } | Self::Merge { version, .. } => *version,
            other => other.hold().map(|hold| hold.version),
        }
    }
}

/// Why a step was refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No arrow leads from this state.
    #[error("a case that is {from} cannot {verb}")]
    NoArrow {
        /// Where the case stands.
        from: State,
        /// What was tried.
        verb: VerbKind,
    },
    /// The case became part of another one.
    #[error("the case was merged into {into}")]
    Merged {
        /// Where to go on.
        into: CaseId,
    },
    /// Someone else had the case since.
    #[error("the hold {seen} is older than the current {current}")]
    FenceStale {
        /// The fence that was shown.
        seen: i64,
        /// The fence of the case.
        current: i64,
        /// The version of the case.
        version: i64,
    },
    /// The case changed since the agent looked.
    #[error("version {seen} is not the current {current}")]
    VersionStale {
        /// The version that was shown.
        seen: i64,
        /// The version of the case.
        current: i64,
    },
    /// Another agent holds the case, or nobody does.
    #[error("the case is not held by this agent")]
    NotHolder,
    /// The lease has ended.
    #[error("the lease has ended")]
    LeaseExpired,
    /// An offer or promise is still open.
    #[error("a remedy is still in flight")]
    RemedyInFlight,
    /// Another buyer's case, or the case itself.
    #[error("only another open case of the same buyer can be merged into")]
    NotMergeable,
    /// The time lies in the past.
    #[error("the time must lie in the future")]
    InThePast,
    /// A timer came too early: the deadline was moved.
    #[error("not due yet")]
    NotDue,
}
