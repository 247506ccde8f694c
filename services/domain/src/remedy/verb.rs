//! What can be done with a remedy.

use crate::code::codes;
use crate::{AgentId, Money, Span, Time};

codes! {
    /// A verb without its facts.
    pub enum RemedyVerbKind {
        /// Ask another person.
        Submit = "SUBMIT",
        /// Put it to the buyer.
        Offer = "OFFER",
        /// Another person agrees, and it goes to the buyer.
        Approve = "APPROVE",
        /// The buyer says yes.
        Accept = "ACCEPT",
        /// The buyer says no.
        Decline = "DECLINE",
        /// The time is up.
        Expire = "EXPIRE",
        /// Take it back.
        Withdraw = "WITHDRAW",
        /// It is being carried out.
        Execute = "EXECUTE",
        /// It is done.
        Fulfil = "FULFIL",
        /// It could not be done.
        Fail = "FAIL",
    }
}

/// A verb with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemedyVerb {
    /// Ask another person.
    Submit {
        /// Until when it waits for them.
        expires_at: Time,
        /// How long the offer stands once it is approved.
        life: Span,
    },
    /// Put it to the buyer.
    Offer {
        /// Until when it stands.
        expires_at: Time,
    },
    /// Another person agrees, and it goes to the buyer.
    Approve {
        /// Who agrees.
        by: AgentId,
        /// Until when it stands.
        expires_at: Time,
    },
    /// The buyer says yes.
    Accept {
        /// When it should be fulfilled.
        due_at: Time,
    },
    /// The buyer says no.
    Decline {
        /// What they want instead, if they named an amount.
        wish: Option<Money>,
    },
    /// The time is up.
    Expire,
    /// Take it back.
    Withdraw,
    /// It is being carried out.
    Execute,
    /// It is done.
    Fulfil {
        /// The carrier's or payment's number; may be empty.
        tracking: String,
    },
    /// It could not be done.
    Fail {
        /// What went wrong.
        why: String,
    },
}

impl RemedyVerb {
    /// The verb without its facts.
    #[must_use]
    pub const fn kind(&self) -> RemedyVerbKind {
        match self {
            Self::Submit { .. } => RemedyVerbKind::Submit,
            Self::Offer { .. } => RemedyVerbKind::Offer,
            Self::Approve { .. } => RemedyVerbKind::Approve,
            Self::Accept { .. } => RemedyVerbKind::Accept,
            Self::Decline { .. } => RemedyVerbKind::Decline,
            Self::Expire => RemedyVerbKind::Expire,
            Self::Withdraw => RemedyVerbKind::Withdraw,
            Self::Execute => RemedyVerbKind::Execute,
            Self::Fulfil { .. } => RemedyVerbKind::Fulfil,
            Self::Fail { .. } => RemedyVerbKind::Fail,
        }
    }
}
