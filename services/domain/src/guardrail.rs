//! Guardrails: pure rules that can refuse what would go out to a buyer, each with its id.
//!
//! Everything that goes out is an [`Outgoing`]: what it is, to whom, under which policy, what its
//! text was found to say, and when. [`check`] is the one place where the rules are asked, and no
//! refusal is a yes. What a rule depends on is in there and nowhere else, so every decision can be
//! written down and made again.

mod ask;
mod contact;
mod guide;
mod hours;
mod offer;
mod outgoing;
mod public;
mod quota;
mod rule;
mod text;
mod words;
mod zones;

pub use ask::{ASK_REST, AskFacts, askable_until, revisable_until};
pub use contact::{Buyer, CAP_LONG, CAP_SHORT};
pub use guide::Guide;
pub use hours::QuietHours;
pub use offer::OfferFacts;
pub use outgoing::{Eyes, Kind, Outgoing, Refusal, check, not_before};
pub use public::PublicReply;
pub use quota::{QuotaUse, year_of};
pub use rule::Rule;
pub use text::{Finding, Text, is_marketplace};
pub use words::{CONVERSATION, Words};
