//! When the hold that replies were written under ends, and why.
//!
//! What no connector has by then is not sent any more: the buyer may have written, or someone
//! else may know better. It stays as a draft for whoever has the case next.

use crate::case::{Case, State};
use crate::code::codes;

codes! {
    /// Why the hold that a reply was written under ended.
    pub enum HoldEnd {
        /// The heartbeat stayed out.
        LeaseExpired = "LEASE_EXPIRED",
        /// The case went back to the queue: given back, woken, or opened again.
        Requeued = "REQUEUED",
        /// The case was given to someone.
        Reassigned = "REASSIGNED",
        /// The case became part of another one.
        Merged = "MERGED",
        /// The case is over.
        Closed = "CLOSED",
        /// The case was no case.
        Cancelled = "CANCELLED",
    }
}

impl HoldEnd {
    /// How a step of a case ended the hold on it; none if it goes on.
    ///
    /// A case that waits or is solved is still its agent's: what was queued before goes out.
    #[must_use]
    pub fn of(before: &Case, after: &Case) -> Option<Self> {
        let (from, to) = (before.handling.state(), after.handling.state());
        match to {
            State::Merged if from != to => return Some(Self::Merged),
            State::Closed if from != to => return Some(Self::Closed),
            State::Cancelled if from != to => return Some(Self::Cancelled),
            _ => {}
        }
        // What waits in the queue is under no hold that could end.
        if from == State::Queued || !before.is_open() {
            return None;
        }
        if after.abandon_count > before.abandon_count {
            Some(Self::LeaseExpired)
        } else if to == State::Queued {
            Some(Self::Requeued)
        } else if after.fence != before.fence {
            Some(Self::Reassigned)
        } else {
            None
        }
    }

    /// Whether nobody can do anything about the case any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled)
    }
}
