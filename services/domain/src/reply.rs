//! Replies: what an agent writes to the buyer, and the machine it goes through
//! until the channel has it.
//!
//! Delivery is another's: a connector takes a queued reply, tries, and reports.
//! What nobody knows the end of is never tried again by itself.

use crate::code::codes;
use crate::{
    AgentId, CaseId, ConversationId, LineId, MessageId, OrderId, ReplyId, ReviewId, ShopId, TemplateId, Time,
};

mod recall;
mod step;
pub mod template;
pub mod value;

pub use recall::HoldEnd;
pub use step::{ReplyRefused, ReplyVerb, ReplyVerbKind, Standing};

/// Every arrow there is: (from, verb, to). What stands nowhere is illegal.
pub const ARROWS: &[(ReplyStage, ReplyVerbKind, ReplyStage)] = {
    use ReplyStage::{AwaitingApproval, Draft, Failed, Queued, Sending, Sent, Unknown, Withdrawn};
    &[
        (Draft, ReplyVerbKind::Submit, AwaitingApproval),
        (Draft, ReplyVerbKind::Queue, Queued),
        (Draft, ReplyVerbKind::Withdraw, Withdrawn),
        (AwaitingApproval, ReplyVerbKind::Approve, Queued),
        (AwaitingApproval, ReplyVerbKind::Withdraw, Withdrawn),
        (Queued, ReplyVerbKind::Begin, Sending),
        (Queued, ReplyVerbKind::Withdraw, Withdrawn),
        // The hold it was written under ended: whoever has the case next decides about it.
        (AwaitingApproval, ReplyVerbKind::Recall, Draft),
        (Queued, ReplyVerbKind::Recall, Draft),
        (Draft, ReplyVerbKind::Adopt, Draft),
        (Failed, ReplyVerbKind::Adopt, Draft),
        (Sending, ReplyVerbKind::Deliver, Sent),
        (Sending, ReplyVerbKind::Fail, Failed),
        (Sending, ReplyVerbKind::LoseTrack, Unknown),
        (Sending, ReplyVerbKind::TimeOut, Unknown),
        // No arrow leads from here to QUEUED: a reply that may have arrived is never sent again.
        (Unknown, ReplyVerbKind::Deliver, Sent),
        (Unknown, ReplyVerbKind::Fail, Failed),
        // Still unknown, but now there is a name to recognise it by.
        (Unknown, ReplyVerbKind::LoseTrack, Unknown),
        (Failed, ReplyVerbKind::Submit, AwaitingApproval),
        (Failed, ReplyVerbKind::Queue, Queued),
        // Whoever reads the seller's own message in the channel knows more than any report.
        (Sending, ReplyVerbKind::Observe, Sent),
        (Unknown, ReplyVerbKind::Observe, Sent),
        (Failed, ReplyVerbKind::Observe, Sent),
        (Draft, ReplyVerbKind::Observe, Sent),
        (AwaitingApproval, ReplyVerbKind::Observe, Sent),
        (Queued, ReplyVerbKind::Observe, Sent),
    ]
};

codes! {
    /// Where a reply stands, without the facts of the state.
    pub enum ReplyStage {
        /// Written, not on its way.
        Draft = "DRAFT",
        /// Waits for another person's approval.
        AwaitingApproval = "AWAITING_APPROVAL",
        /// Waits for a connector.
        Queued = "QUEUED",
        /// A connector is delivering it.
        Sending = "SENDING",
        /// The channel has it.
        Sent = "SENT",
        /// The channel does not have it.
        Failed = "FAILED",
        /// Nobody knows whether the channel has it.
        Unknown = "UNKNOWN",
        /// Taken back before a connector had it.
        Withdrawn = "WITHDRAWN",
    }
}

/// Where a reply stands, with the facts of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyState {
    /// Written, not on its way.
    Draft,
    /// Waits for another person's approval.
    AwaitingApproval {
        /// Since when.
        at: Time,
    },
    /// Waits for a connector.
    Queued {
        /// Since when.
        at: Time,
    },
    /// A connector is delivering it.
    Sending {
        /// Since when.
        at: Time,
        /// When its end becomes unknown.
        until: Time,
    },
    /// The channel has it.
    Sent {
        /// Since when.
        at: Time,
    },
    /// The channel does not have it.
    Failed {
        /// Since when.
        at: Time,
        /// Why, in the connector's words.
        why: String,
    },
    /// Nobody knows whether the channel has it.
    Unknown {
        /// Since when.
        at: Time,
        /// Why, in the connector's words; empty when the time was up.
        why: String,
    },
    /// Taken back before a connector had it.
    Withdrawn {
        /// When.
        at: Time,
    },
}

/// Where a reply goes, as far as it is known when it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Destination {
    /// Whether everyone can read it: an answer below the review.
    pub public: bool,
    /// The order it is about.
    pub order: Option<OrderId>,
    /// The line it is about.
    pub line: Option<LineId>,
    /// The conversation it continues.
    pub conversation: Option<ConversationId>,
    /// The review it answers, if it is public.
    pub review: Option<ReviewId>,
}

/// A reply of an agent to the buyer; its words are kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Who it is.
    pub id: ReplyId,
    /// The tenant.
    pub shop: ShopId,
    /// The case it belongs to.
    pub case: CaseId,
    /// The fence of the hold it was written under; 0 once that case was merged into another.
    pub fence: i64,
    /// Who wrote it.
    pub author: AgentId,
    /// When.
    pub drafted_at: Time,
    /// Where it goes.
    pub destination: Destination,
    /// The language it is written in, empty when unknown.
    pub language: String,
    /// The template it was made from.
    pub template: Option<TemplateId>,
    /// How often a connector tried.
    pub attempts: u32,
    /// Who approved it.
    pub approved_by: Option<AgentId>,
    /// What the channel calls it, as far as known.
    pub message: Option<MessageId>,
    /// Whether it is accepted that this reply ends the buyer's chance to edit the review it answers.
    pub override_lock: bool,
    /// Where it stands.
    pub state: ReplyState,
    /// Rises with every change.
    pub version: i64,
}

/// Where a verb leads from a stage, if anywhere.
#[must_use]
pub fn arrow(from: ReplyStage, verb: ReplyVerbKind) -> Option<ReplyStage> {
    ARROWS.iter().find(|(f, v, _)| *f == from && *v == verb).map(|(_, _, to)| *to)
}

impl ReplyState {
    /// The state without its facts.
    #[must_use]
    pub const fn stage(&self) -> ReplyStage {
        match self {
            Self::Draft => ReplyStage::Draft,
            Self::AwaitingApproval { .. } => ReplyStage::AwaitingApproval,
            Self::Queued { .. } => ReplyStage::Queued,
            Self::Sending { .. } => ReplyStage::Sending,
            Self::Sent { .. } => ReplyStage::Sent,
            Self::Failed { .. } => ReplyStage::Failed,
            Self::Unknown { .. } => ReplyStage::Unknown,
            Self::Withdrawn { .. } => ReplyStage::Withdrawn,
        }
    }

    /// Since when it stands there; none for a draft.
    #[must_use]
    pub const fn since(&self) -> Option<Time> {
        match self {
            Self::Draft => None,
            Self::AwaitingApproval { at }
            | Self::Queued { at }
            | Self::Sending { at, .. }
            | Self::Sent { at }
            | Self::Failed { at, .. }
            | Self::Unknown { at, .. }
            | Self::Withdrawn { at } => Some(*at),
        }
    }
}
