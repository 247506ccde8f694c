//! Signals: one fact each, as a caller pushes it.

use crate::code::codes;
use crate::counter::OfferBounds;
use crate::detection::Reason;
use crate::returns::ReturnStatus;
use crate::review::{EditState, RemovedBy};
use crate::subject::Anchor;
use crate::{
    BuyerRef, CaseId, ConversationId, LineId, MessageId, Money, OrderId, RemedyId, ReturnId, ReviewId,
    ShipmentId, SignalId, Sku, SurveyId, Time,
};

codes! {
    /// The six kinds of signal; with shop and signal id the key of de-duplication.
    pub enum SignalKind {
        /// An order was placed or changed.
        Order = "ORDER",
        /// A parcel moved.
        Shipment = "SHIPMENT",
        /// A review was observed.
        Review = "REVIEW",
        /// A message was sent.
        Message = "MESSAGE",
        /// A return request was observed.
        Return = "RETURN",
        /// A survey was answered.
        Survey = "SURVEY",
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// The caller's id of this fact.
    pub id: SignalId,
    /// When it happened, by the caller's clock.
    pub occurred_at: Time,
    /// What happened.
    pub body: SignalBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum SignalBody {
    /// An order was placed or changed.
    Order(OrderSignal),
    /// A parcel moved.
    Shipment(ShipmentSignal),
    /// A review was observed.
    Review(ReviewSignal),
    /// A message was sent.
    Message(MessageSignal),
    /// A return request was observed.
    Return(ReturnSignal),
    /// A survey was answered.
    Survey(SurveySignal),
    /// A parcel should have arrived by now: the word of a timer, never of a caller.
    Overdue(OverdueSignal),
}

codes! {
    /// Where an order stands.
    pub enum OrderState {
        /// Placed.
        Placed = "PLACED",
        /// Paid.
        Paid = "PAID",
        /// Cancelled before it was delivered.
        Cancelled = "CANCELLED",
    }
}

/// One line of an order signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedLine {
    /// The line within the order.
    pub line: LineId,
    /// The article.
    pub sku: Sku,
    /// The article's name, if given.
    pub title: String,
    /// The article's category, if given.
    pub category: String,
    /// Units purchased, at least 1.
    pub quantity: u32,
    /// Paid per unit.
    pub unit_price: Money,
}

/// An order was placed or changed; the whole order as it now stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSignal {
    /// The order.
    pub order: OrderId,
    /// Who bought.
    pub buyer: BuyerRef,
    /// What was bought.
    pub lines: Vec<OrderedLine>,
    /// Where it stands.
    pub state: OrderState,
    /// The buyer's language (BCP 47), empty when unknown.
    pub language: String,
    /// The buyer's IANA time zone, empty when unknown.
    pub time_zone: String,
}

codes! {
    /// Where a parcel is.
    pub enum ShipmentState {
        /// A label exists.
        LabelCreated = "LABEL_CREATED",
        /// On its way.
        InTransit = "IN_TRANSIT",
        /// Out for delivery.
        OutForDelivery = "OUT_FOR_DELIVERY",
        /// In the buyer's hands.
        Delivered = "DELIVERED",
        /// Later than promised.
        Delayed = "DELAYED",
        /// A delivery attempt failed.
        Failed = "FAILED",
        /// Lost.
        Lost = "LOST",
        /// Back at the seller's.
        ReturnedToSender = "RETURNED_TO_SENDER",
    }
}

impl ShipmentState {
    /// Whether it is trouble by itself.
    #[must_use]
    pub const fn is_trouble(self) -> bool {
        matches!(self, Self::Delayed | Self::Failed | Self::Lost)
    }
}

/// A parcel moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentSignal {
    /// The parcel.
    pub shipment: ShipmentId,
    /// The order in it.
    pub order: OrderId,
    /// Lines and units in it; empty stands for the whole order.
    pub lines: Vec<(LineId, u32)>,
    /// Where it is.
    pub state: ShipmentState,
    /// When it should arrive.
    pub eta: Option<Time>,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number.
    pub tracking: String,
    /// The remedy that this parcel fulfils; such a parcel is no delivery of the order.
    pub remedy: Option<RemedyId>,
}

/// A review was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewSignal {
    /// The review.
    pub review: ReviewId,
    /// The order it is about, if the channel says.
    pub order: Option<OrderId>,
    /// The line it is about, if the channel says.
    pub line: Option<LineId>,
    /// The article it is about, if the channel says.
    pub sku: Option<Sku>,
    /// Who wrote it, if the channel says.
    pub buyer: Option<BuyerRef>,
    /// 1–5; a follow-up has none.
    pub rating: Option<u8>,
    /// What it says.
    pub text: String,
    /// BCP 47, empty when unknown.
    pub language: String,
    /// Whether anyone can see it.
    pub visible: bool,
    /// Who removed it, when it is gone and the channel says so.
    pub removed_by: Option<RemovedBy>,
    /// When the channel says it was last changed.
    pub platform_modified_at: Option<Time>,
    /// Whether the buyer can still edit it, when the channel says so.
    pub edit_state: Option<EditState>,
    /// A later addition to the review, without a rating of its own.
    pub follow_up: bool,
}

codes! {
    /// Who speaks to whom.
    pub enum Direction {
        /// The buyer wrote.
        FromBuyer = "FROM_BUYER",
        /// The seller wrote.
        ToBuyer = "TO_BUYER",
    }
}

codes! {
    /// Who wrote a message of the seller's.
    pub enum Author {
        /// A person.
        Human = "HUMAN",
        /// A person who chose a prepared text.
        QuickReply = "QUICK_REPLY",
        /// A machine; it never stops a human clock.
        Bot = "BOT",
    }
}

/// A message was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSignal {
    /// The message.
    pub message: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The order it is about, if known.
    pub order: Option<OrderId>,
    /// The line it is about, if known.
    pub line: Option<LineId>,
    /// The buyer of the conversation.
    pub buyer: BuyerRef,
    /// Who wrote.
    pub direction: Direction,
    /// What kind of author.
    pub author: Author,
    /// What it says.
    pub text: String,
    /// BCP 47, empty when unknown.
    pub language: String,
    /// Everyone can read it (an answer under a review).
    pub public: bool,
}

/// A return request was observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnSignal {
    /// The request.
    pub return_id: ReturnId,
    /// The order.
    pub order: OrderId,
    /// The line, if the channel says.
    pub line: Option<LineId>,
    /// Units to return, at least 1.
    pub quantity: u32,
    /// Where it stands, in our words.
    pub status: ReturnStatus,
    /// Where it stands, in the channel's words.
    pub raw_status: String,
    /// Why, in our words.
    pub reason: Option<Reason>,
    /// Why, in the channel's words.
    pub raw_reason: String,
    /// Who asks, if the channel says.
    pub buyer: Option<BuyerRef>,
    /// When the request was opened; the signal may be a later word about it.
    pub requested_at: Time,
    /// When the channel decides by itself.
    pub deadline: Option<Time>,
    /// What the channel would refund.
    pub refund: Option<Money>,
    /// Whether the channel finds the seller at fault; none while it has not said.
    pub seller_fault: Option<bool>,
    /// What the channel allows to be offered.
    pub bounds: OfferBounds,
}

codes! {
    /// What a survey asked.
    pub enum SurveyKind {
        /// Satisfaction, 1–5.
        Csat = "CSAT",
        /// Would recommend, 0–10.
        Nps = "NPS",
    }
}

/// A survey was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveySignal {
    /// The answer.
    pub survey: SurveyId,
    /// The case it is about, if any.
    pub case: Option<CaseId>,
    /// The order it is about, if any.
    pub order: Option<OrderId>,
    /// What was asked.
    pub kind: SurveyKind,
    /// 1–5 for CSAT, 0–10 for NPS.
    pub score: u8,
    /// Free words.
    pub comment: String,
    /// The solution of the case it is about, from 1; none for the latest.
    pub solution: Option<u32>,
}

/// A parcel should have arrived by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueSignal {
    /// The order in it.
    pub order: OrderId,
    /// The parcel.
    pub shipment: ShipmentId,
}

impl SignalBody {
    /// Which of the six it is; what a timer says about a parcel is word about a parcel.
    #[must_use]
    pub const fn kind(&self) -> SignalKind {
        match self {
            Self::Order(_) => SignalKind::Order,
            Self::Shipment(_) => SignalKind::Shipment,
            Self::Review(_) => SignalKind::Review,
            Self::Message(_) => SignalKind::Message,
            Self::Return(_) => SignalKind::Return,
            Self::Survey(_) => SignalKind::Survey,
            Self::Overdue(_) => SignalKind::Shipment,
        }
    }

    /// What it hangs on; a survey without an order hangs on nothing.
    #[must_use]
    pub fn anchor(&self) -> Option<Anchor> {
        match self {
            Self::Order(s) => Some(Anchor::Order(s.order.clone())),
            Self::Shipment(s) => Some(Anchor::Order(s.order.clone())),
            Self::Return(s) => Some(Anchor::Order(s.order.clone())),
            Self::Overdue(s) => Some(Anchor::Order(s.order.clone())),
            Self::Review(s) => Some(match &s.order {
                Some(order) => Anchor::Order(order.clone()),
                None => Anchor::Review(s.review.clone()),
            }),
            Self::Message(s) => Some(match &s.order {
                Some(order) => Anchor::Order(order.clone()),
                None => Anchor::Conversation(s.conversation.clone()),
            }),
            Self::Survey(s) => s.order.clone().map(Anchor::Order),
        }
    }
}
