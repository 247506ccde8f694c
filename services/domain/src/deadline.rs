//! What falls due, and when.

use crate::code::codes;
use crate::{ShopId, Time};

codes! {
    /// What happens when the deadline comes.
    pub enum DeadlineKind {
        /// An agent's lease ends; the subject is the case.
        LeaseExpiry = "LEASE_EXPIRY",
        /// A waiting buyer may be reminded once; the subject is the case.
        BuyerReminder = "BUYER_REMINDER",
        /// The buyer stayed silent; the subject is the case.
        BuyerSilence = "BUYER_SILENCE",
        /// A snoozed or waiting case comes back; the subject is the case.
        Wake = "WAKE",
        /// A solved case closes for good; the subject is the case.
        AutoClose = "AUTO_CLOSE",
        /// An offer ends; the subject is the remedy.
        OfferExpiry = "OFFER_EXPIRY",
        /// A promised remedy should have been fulfilled; the subject is the remedy.
        FulfilmentDue = "FULFILMENT_DUE",
        /// The window after an avoided return closes; the subject is the order line.
        AvoidedConfirmation = "AVOIDED_CONFIRMATION",
        /// The channel will decide by itself soon; the subject is the case.
        ChannelDeadline = "CHANNEL_DEADLINE",
        /// A clock must be told about, or its promise is broken; the subject is the case.
        Sla = "SLA",
        /// A connector should have reported what became of a reply; the subject is the reply.
        ReplyDelivery = "REPLY_DELIVERY",
        /// An agent's presence ends; the subject is the agent.
        PresenceExpiry = "PRESENCE_EXPIRY",
        /// A parcel should have arrived; the subject is `order/parcel`.
        DeliveryDue = "DELIVERY_DUE",
        /// Complaints are looked at for incidents, once a day; the subject is the shop.
        IncidentLook = "INCIDENT_LOOK",
        /// What stands of a buyer is taken away, some at a time; the subject is the buyer's pseudonym.
        Erasure = "ERASURE",
        /// Cases that were solved in a week are drawn to be judged; the subject is the number of its Monday.
        QualityDraw = "QUALITY_DRAW",
    }
}

/// One thing that falls due. Setting it again moves it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Deadline {
    /// The tenant.
    pub shop: ShopId,
    /// What falls due.
    pub kind: DeadlineKind,
    /// About what: the printed id of a case or remedy, the id of an agent, the pseudonym of a
    /// buyer, or `order/line`, `order/parcel`.
    pub subject: String,
    /// When.
    pub due_at: Time,
}

/// A deadline to set, or one that no longer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeadlineChange {
    /// Set it, or move it.
    Set(Deadline),
    /// Forget it.
    Clear {
        /// The tenant.
        shop: ShopId,
        /// What would have fallen due.
        kind: DeadlineKind,
        /// About what.
        subject: String,
    },
}
