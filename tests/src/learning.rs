//! Buyers whose behaviour is known, so that what is learned and estimated can be compared with the truth.
//!
//! Everything but the buyers is the real thing: signals, cases, suggestions, offers, answers,
//! fulfilments and returns are commands on a database, and the estimates are those anyone is given.
#![expect(clippy::indexing_slicing, reason = "a test may panic")]

mod buyers;
mod play;
mod report;
mod said;

pub use buyers::Buyers;
pub use play::{Played, Truth, play};
pub use report::{Judged, judge, print};

/// How much is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The seed of the buyers and of what they do.
    pub seed: u64,
    /// Cases.
    pub cases: u32,
}
