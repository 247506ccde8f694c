//! What the buyer wrote, and whether a message of ours answers it.

use crate::{Span, Time};

/// How long after the buyer's own words a reply still answers them, though one was given already: a
/// conversation is more than one sentence each.
pub const CONVERSATION: Span = Span::from_hours(24);

/// What the buyer wrote on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words {
    /// Since when they wait for an answer.
    pub waiting_since: Option<Time>,
    /// When they last wrote.
    pub last_at: Option<Time>,
}

impl Words {
    /// Whether what is said then answers them: they wait for it, or are in the middle of a conversation.
    #[must_use]
    pub fn are_answered(&self, at: Time) -> bool {
        self.waiting_since.is_some() || self.last_at.is_some_and(|last| at < last + CONVERSATION)
    }
}
