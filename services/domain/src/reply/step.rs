//! One step of a reply: the verbs, their guards, and why a step is refused.

use super::{Reply, ReplyStage, ReplyState, arrow};
use crate::code::codes;
use crate::{AgentId, MessageId, Time};

codes! {
    /// A verb without its facts.
    pub enum ReplyVerbKind {
        /// Ask another person.
        Submit = "SUBMIT",
        /// Hand it to the connectors.
        Queue = "QUEUE",
        /// Another person agrees, and it goes to the connectors.
        Approve = "APPROVE",
        /// Take it back.
        Withdraw = "WITHDRAW",
        /// The hold it was written under ended before a connector had it.
        Recall = "RECALL",
        /// Whoever has the case now makes it their own.
        Adopt = "ADOPT",
        /// A connector takes it.
        Begin = "BEGIN",
        /// The connector says that the channel has it.
        Deliver = "DELIVER",
        /// The connector says that the channel does not have it.
        Fail = "FAIL",
        /// The connector does not know.
        LoseTrack = "LOSE_TRACK",
        /// The connector said nothing in time.
        TimeOut = "TIME_OUT",
        /// The message itself was seen in the channel.
        Observe = "OBSERVE",
    }
}

/// Where the case of a reply stands: what the hold it was written under is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The fence of the case.
    pub fence: i64,
    /// The version of the case.
    pub version: i64,
}

/// A verb with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyVerb {
    /// Ask another person.
    Submit {
        /// Where the case stands.
        case: Standing,
    },
    /// Hand it to the connectors.
    Queue {
        /// Where the case stands.
        case: Standing,
    },
    /// Another person agrees, and it goes to the connectors.
    Approve {
        /// Who agrees.
        by: AgentId,
        /// Where the case stands.
        case: Standing,
    },
    /// Take it back.
    Withdraw,
    /// The hold it was written under ended before a connector had it.
    Recall,
    /// Whoever has the case now makes it their own.
    Adopt {
        /// Who.
        by: AgentId,
        /// Where the case stands: the hold it counts as written under from now on.
        case: Standing,
    },
    /// A connector takes it.
    Begin {
        /// Where the case stands.
        case: Standing,
        /// When its end becomes unknown.
        until: Time,
        /// What the channel will call it, where the connector chooses that.
        message: Option<MessageId>,
    },
    /// The connector says that the channel has it.
    Deliver {
        /// Which attempt.
        attempt: u32,
        /// What the channel calls it.
        message: MessageId,
        /// When the channel got it.
        at: Time,
    },
    /// The connector says that the channel does not have it.
    Fail {
        /// Which attempt.
        attempt: u32,
        /// Why.
        why: String,
    },
    /// The connector does not know.
    LoseTrack {
        /// Which attempt.
        attempt: u32,
        /// What the channel may call it.
        message: Option<MessageId>,
        /// Why.
        why: String,
    },
    /// The connector said nothing in time.
    TimeOut,
    /// The message itself was seen in the channel.
    Observe {
        /// When it was sent.
        at: Time,
    },
}

/// Why a step of a reply was refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyRefused {
    /// No arrow leads from this state.
    #[error("a reply that is {from} cannot {verb}")]
    NoArrow {
        /// Where the reply stands.
        from: ReplyStage,
        /// What was tried.
        verb: ReplyVerbKind,
    },
    /// Someone else had the case since the reply was written.
    #[error("the reply was written under hold {seen}, which is not the current {current}; write it anew")]
    FenceStale {
        /// The fence it was written under.
        seen: i64,
        /// The fence of the case.
        current: i64,
        /// The version of the case.
        version: i64,
    },
    /// Four eyes: who wrote cannot approve.
    #[error("the person who wrote a reply cannot approve it")]
    SamePerson,
    /// Another attempt was begun since.
    #[error("attempt {seen} is not the current {current}")]
    OldAttempt {
        /// The attempt that was reported.
        seen: u32,
        /// The attempt there is.
        current: u32,
    },
    /// The timer came too early.
    #[error("not due yet")]
    NotDue,
}

impl ReplyVerb {
    /// The verb without its facts.
    #[must_use]
    pub const fn kind(&self) -> ReplyVerbKind {
        match self {
            Self::Submit { .. } => ReplyVerbKind::Submit,
            Self::Queue { .. } => ReplyVerbKind::Queue,
            Self::Approve { .. } => ReplyVerbKind::Approve,
            Self::Withdraw => ReplyVerbKind::Withdraw,
            Self::Recall => ReplyVerbKind::Recall,
            Self::Adopt { .. } => ReplyVerbKind::Adopt,
            Self::Begin { .. } => ReplyVerbKind::Begin,
            Self::Deliver { .. } => ReplyVerbKind::Deliver,
            Self::Fail { .. } => ReplyVerbKind::Fail,
            Self::LoseTrack { .. } => ReplyVerbKind::LoseTrack,
            Self::TimeOut => ReplyVerbKind::TimeOut,
            Self::Observe { .. } => ReplyVerbKind::Observe,
        }
    }

    /// Where the case stands, for every step that brings a reply nearer to the channel.
    const fn standing(&self) -> Option<Standing> {
        match self {
            Self::Submit { case }
            | Self::Queue { case }
            | Self::Approve { case, .. }
            | Self::Begin { case, .. } => Some(*case),
            _ => None,
        }
    }

    /// The attempt that is reported about.
    const fn attempt(&self) -> Option<u32> {
        match self {
            Self::Deliver { attempt, .. } | Self::Fail { attempt, .. } | Self::LoseTrack { attempt, .. } => {
                Some(*attempt)
            }
            _ => None,
        }
    }
}

impl Reply {
    /// Takes one step, or says why not and changes nothing.
    ///
    /// # Errors
    /// When no arrow leads from here or the verb's own guard refuses.
    pub fn apply(mut self, verb: ReplyVerb, now: Time) -> Result<Self, ReplyRefused> {
        let (from, kind) = (self.state.stage(), verb.kind());
        // An old report says nothing about the attempt under way, whatever it says.
        if let Some(seen) = verb.attempt().filter(|seen| *seen != self.attempts) {
            return Err(ReplyRefused::OldAttempt { seen, current: self.attempts });
        }
        if arrow(from, kind).is_none() {
            return Err(ReplyRefused::NoArrow { from, verb: kind });
        }
        if let Some(case) = verb.standing() {
            self.check(case)?;
        }
        self.step(verb, now)?;
        self.version += 1;
        Ok(self)
    }

    /// Whether the hold it was written under is still the latest one of its case.
    ///
    /// # Errors
    /// When someone else had the case since.
    pub fn check(&self, case: Standing) -> Result<(), ReplyRefused> {
        let Standing { fence: current, version } = case;
        // No hold has the number 0: what was written on another case was written under none of this one.
        if self.fence == current && current > 0 {
            return Ok(());
        }
        Err(ReplyRefused::FenceStale { seen: self.fence, current, version })
    }

    /// Whether a report only says once more what it said before.
    #[must_use]
    pub fn knows(&self, verb: &ReplyVerb) -> bool {
        match (&self.state, verb) {
            (ReplyState::Sent { .. }, ReplyVerb::Deliver { message, .. }) => {
                // Also an attempt that was seen in the channel before its report came.
                self.message.as_ref() == Some(message)
            }
            (ReplyState::Failed { .. }, ReplyVerb::Fail { attempt, .. })
            | (ReplyState::Unknown { .. }, ReplyVerb::LoseTrack { attempt, message: None, .. }) => {
                *attempt == self.attempts
            }
            (ReplyState::Unknown { .. }, ReplyVerb::LoseTrack { attempt, message, .. }) => {
                *attempt == self.attempts && *message == self.message
            }
            _ => false,
        }
    }

    fn step(&mut self, verb: ReplyVerb, now: Time) -> Result<(), ReplyRefused> {
        self.state = match verb {
            ReplyVerb::Submit { .. } => ReplyState::AwaitingApproval { at: now },
            ReplyVerb::Queue { .. } => ReplyState::Queued { at: now },
            ReplyVerb::Approve { by, .. } if by == self.author => return Err(ReplyRefused::SamePerson),
            ReplyVerb::Approve { by, .. } => {
                self.approved_by = Some(by);
                ReplyState::Queued { at: now }
            }
            ReplyVerb::Withdraw => ReplyState::Withdrawn { at: now },
            ReplyVerb::Recall => {
                // What was agreed to was agreed to under that hold.
                (self.approved_by, self.override_lock) = (None, false);
                ReplyState::Draft
            }
            ReplyVerb::Adopt { by, case } => {
                (self.approved_by, self.override_lock) = (None, false);
                (self.author, self.fence) = (by, case.fence);
                ReplyState::Draft
            }
            ReplyVerb::Begin { until, message, .. } => {
                self.attempts += 1;
                self.message = message;
                ReplyState::Sending { at: now, until }
            }
            ReplyVerb::Deliver { message, at, .. } => {
                self.message = Some(message);
                ReplyState::Sent { at }
            }
            ReplyVerb::Fail { why, .. } => ReplyState::Failed { at: now, why },
            ReplyVerb::LoseTrack { message, why, .. } => {
                self.message = message.or_else(|| self.message.take());
                ReplyState::Unknown { at: now, why }
            }
            ReplyVerb::TimeOut => match &self.state {
                ReplyState::Sending { until, .. } if *until > now => return Err(ReplyRefused::NotDue),
                _ => ReplyState::Unknown { at: now, why: String::new() },
            },
            ReplyVerb::Observe { at } => ReplyState::Sent { at },
        };
        Ok(())
    }
}
