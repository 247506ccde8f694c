//! What a case is about, and what hangs together.

use std::fmt;
use std::str::FromStr;

use crate::id::IdError;
use crate::{ConversationId, LineId, OrderId, ReviewId};

/// What one case is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// One line of one order.
    Line {
        /// The order.
        order: OrderId,
        /// The line in it.
        line: LineId,
    },
    /// An order of which the line is not known (yet).
    Order {
        /// The order.
        order: OrderId,
    },
    /// A review of which no order is known (yet).
    Review {
        /// The review.
        review: ReviewId,
    },
    /// A conversation of which no order is known.
    Conversation {
        /// The conversation.
        conversation: ConversationId,
    },
}

/// Everything that hangs together and is therefore written by one writer at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Anchor {
    /// An order with its lines, parcels, returns and whatever was said about them.
    Order(OrderId),
    /// A review without an order.
    Review(ReviewId),
    /// A conversation without an order.
    Conversation(ConversationId),
}

impl Subject {
    /// The narrowest subject that the known facts allow.
    #[must_use]
    pub fn of_order(order: OrderId, line: Option<LineId>) -> Self {
        match line {
            Some(line) => Self::Line { order, line },
            None => Self::Order { order },
        }
    }

    /// What this subject hangs on.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        match self {
            Self::Line { order, .. } | Self::Order { order } => Anchor::Order(order.clone()),
            Self::Review { review } => Anchor::Review(review.clone()),
            Self::Conversation { conversation } => Anchor::Conversation(conversation.clone()),
        }
    }

    /// The order, where one is known.
    #[must_use]
    pub fn order(&self) -> Option<&OrderId> {
        match self {
            Self::Line { order, .. } | Self::Order { order } => Some(order),
            Self::Review { .. } | Self::Conversation { .. } => None,
        }
    }

    /// The line, where one is known.
    #[must_use]
    pub fn line(&self) -> Option<&LineId> {
        match self {
            Self::Line { line, .. } => Some(line),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { order, line } => write!(f, "line:{order}/{line}"),
            Self::Order { order } => write!(f, "order:{order}"),
            Self::Review { review } => write!(f, "review:{review}"),
            Self::Conversation { conversation } => write!(f, "conversation:{conversation}"),
        }
    }
}

impl FromStr for Subject {
    type Err = IdError;

    fn from_str(key: &str) -> Result<Self, IdError> {
        let (kind, id) = key.split_once(':').ok_or(IdError::Malformed)?;
        match kind {
            "line" => {
                let (order, line) = id.split_once('/').ok_or(IdError::Malformed)?;
                Ok(Self::Line { order: order.parse()?, line: line.parse()? })
            }
            "order" => Ok(Self::Order { order: id.parse()? }),
            "review" => Ok(Self::Review { review: id.parse()? }),
            "conversation" => Ok(Self::Conversation { conversation: id.parse()? }),
            _ => Err(IdError::Malformed),
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(id) => write!(f, "order:{id}"),
            Self::Review(id) => write!(f, "review:{id}"),
            Self::Conversation(id) => write!(f, "conversation:{id}"),
        }
    }
}
