//! What the buyer wrote or requested, and whether a message of ours answers it.
//!
//! A review is no word to the shop: it is written to everybody. Were it one, an offer would depend on
//! whether there is a review (G08).

use crate::{Span, Time};

/// How long after the buyer's own words a reply still answers them, though one was given already: a
/// conversation is more than one sentence each.
pub const CONVERSATION: Span = Span::from_hours(24);

/// What the buyer wrote or requested on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words {
    /// Since when they wait for an answer.
    pub waiting_since: Option<Time>,
    /// When they last wrote, spoke with an agent, answered an offer, or requested a return.
    pub last_at: Option<Time>,
    /// When they asked to be left alone: only what they say after it asks for an answer.
    pub opted_out_at: Option<Time>,
}

impl Words {
    /// Whether what is said then answers them: they wait for it, or are in the middle of a conversation.
    #[must_use]
    pub fn are_answered(&self, at: Time) -> bool {
        // What was said before they wrote answers nothing.
        let last = self.last_at.filter(|last| *last <= at);
        let last = last.filter(|last| self.opted_out_at.is_none_or(|out| *last > out));
        last.is_some_and(|last| {
            at < last + CONVERSATION || self.waiting_since.is_some_and(|since| since <= last)
        })
    }
}
