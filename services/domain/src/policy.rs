//! What channels allow and count: dated rows, never constants in code.

use crate::code::codes;
use crate::incident::chart::Watch;
use crate::sla::Terms;
use crate::{Span, Time};

mod catalogue;
mod channel;
mod loosen;

pub use catalogue::{catalogue, catalogue_problems, parse as parse_catalogue};
pub use channel::{AskQuota, ChannelPolicy, OptIn, Origin, SignOff, find, in_force};
pub use loosen::loosened;

codes! {
    /// Whether a buyer may be told that a review can be updated.
    pub enum AskPermission {
        /// Never.
        No = "NO",
        /// Only through the channel's own revision request.
        RequestOnly = "REQUEST_ONLY",
        /// Yes, once, in neutral words.
        Yes = "YES",
    }
}

codes! {
    /// When a return counts in the channel's own metric.
    pub enum CountingRule {
        /// When a request is opened, whatever becomes of it.
        RequestOpened = "REQUEST_OPENED",
        /// When a request stands in the list; a withdrawn one does not.
        ListedUnlessWithdrawn = "LISTED_UNLESS_WITHDRAWN",
        /// When the seller is found at fault.
        SellerFaultVerified = "SELLER_FAULT_VERIFIED",
        /// When a return is approved and the seller is at fault.
        SellerFaultReturn = "SELLER_FAULT_RETURN",
        /// When the goods are back.
        GoodsReceived = "GOODS_RECEIVED",
        /// When the return is processed in the books.
        Processed = "PROCESSED",
        /// When the return is approved.
        Approved = "APPROVED",
    }
}

codes! {
    /// What the days of the edit window are counted from.
    pub enum EditFrom {
        /// The first observation of the review.
        FirstObserved = "FIRST_OBSERVED",
        /// The delivery of the order; the first observation where it is unknown.
        Delivered = "DELIVERED",
    }
}

codes! {
    /// How sure the knowledge is.
    pub enum Certainty {
        /// Read in the channel's own documents.
        Documented = "DOCUMENTED",
        /// Reported by sellers, or documents disagree.
        Reported = "REPORTED",
        /// The safe assumption where nothing is known.
        Assumed = "ASSUMED",
    }
}

/// How long a review can be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditWindow {
    /// Never, or unknown.
    None,
    /// At any time.
    Always,
    /// For so many days.
    Days {
        /// How many.
        days: u16,
        /// From when.
        from: EditFrom,
    },
}

/// What a shop decides for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopPolicy {
    /// From when it holds; the version it replaces holds until then.
    pub effective_from: Time,
    /// A remedy worth more, in minor units, needs another person's approval.
    pub approval_limit: i64,
    /// How long an offer stands.
    pub offer_life: Span,
    /// How long after an acceptance a remedy should be fulfilled.
    pub fulfilment_within: Span,
    /// How long a buyer may stay silent before being reminded.
    pub remind_after: Span,
    /// How long a buyer may stay silent before the case is solved without an answer.
    pub give_up_after: Span,
    /// How long a solved case can be reopened.
    pub close_after: Span,
    /// How long an agent's hold lasts without a heartbeat.
    pub lease: Span,
    /// How many cases an agent holds at a time; none for as many as the service is set to.
    pub agent_capacity: Option<u32>,
    /// Whether a reply waits for another person before it goes out.
    pub reply_approval: bool,
    /// How long a connector may take over a reply before its end is unknown.
    pub reply_delivery: Span,
    /// How long after a parcel should have arrived it counts as late.
    pub delivery_grace: Span,
    /// From when on more complaints than usual open an incident.
    pub incidents: Watch,
    /// The shop's own rows of channel policy.
    pub channel: Vec<ChannelPolicy>,
    /// What the shop promises, and when its people are at work.
    pub sla: Terms,
}

impl Default for ShopPolicy {
    fn default() -> Self {
        Self {
            effective_from: Time::MIN,
            approval_limit: 10_000,
            offer_life: Span::from_days(3),
            fulfilment_within: Span::from_days(7),
            remind_after: Span::from_days(3),
            give_up_after: Span::from_days(7),
            close_after: Span::from_days(4),
            lease: Span::from_minutes(5),
            agent_capacity: None,
            reply_approval: false,
            reply_delivery: Span::from_minutes(10),
            delivery_grace: Span::from_hours(24),
            incidents: Watch::default(),
            channel: Vec::new(),
            sla: Terms::default(),
        }
    }
}
