//! Typed identifiers.
//!
//! Identifiers that callers give us are short printable strings. Our own are a
//! printed prefix over a UUIDv7 that the caller of the rule passes in, because
//! the domain has no source of randomness.

use std::fmt;
use std::str::FromStr;

pub use crate::code::UnknownWord;

/// The most bytes an identifier given by a caller may have.
pub const ID_BYTES_MAX: usize = 128;

/// Why a string is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The string is empty.
    #[error("must not be empty")]
    Empty,
    /// The string is longer than [`ID_BYTES_MAX`].
    #[error("must be at most 128 bytes long")]
    TooLong,
    /// A slash would break resource names; a control character would break everything else.
    #[error("must hold no control character, white space at an end, or '/'")]
    BadCharacter,
    /// One of our own identifiers without its prefix and 32 hexadecimal digits.
    #[error("is not an identifier of this kind")]
    Malformed,
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > ID_BYTES_MAX {
        return Err(IdError::TooLong);
    }
    if text.trim() != text || text.chars().any(|c| c.is_control() || c == '/') {
        return Err(IdError::BadCharacter);
    }
    Ok(())
}

macro_rules! given_ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks and takes a caller's identifier.
            ///
            /// # Errors
            /// When it is empty, too long, or holds a slash or control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                check(text.as_ref())?;
                Ok(Self(text.as_ref().into()))
            }

            /// The identifier as the caller wrote it.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(&self.0) }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> { Self::new(text) }
        }
    )+};
}

given_ids! {
    /// A shop: the tenant.
    ShopId,
    /// An order of a shop.
    OrderId,
    /// A line within an order.
    LineId,
    /// A parcel.
    ShipmentId,
    /// A review, as the channel names it.
    ReviewId,
    /// One chat message.
    MessageId,
    /// A chat conversation.
    ConversationId,
    /// A return request, as the channel names it.
    ReturnId,
    /// A survey answer.
    SurveyId,
    /// A template of replies, as the shop names it.
    TemplateId,
    /// The caller's own id of a signal: the key of its de-duplication.
    SignalId,
    /// A stock keeping unit.
    Sku,
    /// A person or program that works cases: the name of its principal.
    AgentId,
    /// The buyer as the caller names them; personal, never stored beside facts.
    BuyerRef,
}

/// The bits behind 32 lower-case hexadecimal digits: exactly the spelling that is printed, so that
/// no two strings name one thing (the library's parser would also take a sign or capitals).
fn bits_of(hex: &str) -> Option<u128> {
    let lower = hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if hex.len() != 32 || !lower {
        return None;
    }
    u128::from_str_radix(hex, 16).ok()
}

macro_rules! own_ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u128);

        impl $name {
            /// What every printed identifier of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes the identifier from the bits of a UUIDv7.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self { Self(bits) }

            /// The bits of the UUIDv7.
            #[must_use]
            pub const fn bits(self) -> u128 { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!(concat!($prefix, "{:032x}"), self.0))
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let hex = text.strip_prefix($prefix).ok_or(IdError::Malformed)?;
                bits_of(hex).map(Self).ok_or(IdError::Malformed)
            }
        }
    )+};
}

own_ids! {
    /// A case.
    CaseId = "case_",
    /// A remedy of a case.
    RemedyId = "rem_",
    /// A reply of an agent to the buyer.
    ReplyId = "rep_",
    /// One stored answer of the suggestion engine.
    SuggestionId = "sug_",
    /// One hold of an agent on a case.
    LeaseId = "lease_",
    /// One event on a timeline and in the event stream.
    EventId = "evt_",
    /// One stored decision of the guardrails.
    DecisionId = "dec_",
    /// One fault behind many cases.
    IncidentId = "inc_",
    /// A case that was drawn to be judged.
    SampleId = "smp_",
    /// An API key.
    KeyId = "key_",
}

/// A buyer as facts know them: a keyed hash that says nothing without the shop's salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BuyerKey(u128);

impl BuyerKey {
    /// Takes the first 128 bits of the keyed hash.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }
}

impl fmt::Display for BuyerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for BuyerKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        bits_of(text).map(Self).ok_or(IdError::Malformed)
    }
}
