//! Learning which alternative works: from answers to offers, never from reviews.
//!
//! How buyers answer is a Beta distribution for each shop, reason, alternative
//! and band of value, drawn towards coarser knowledge while there is little of
//! its own ([`acceptance`]). Which alternative comes first is chosen with the
//! probability that it is the best one ([`choice`]); a part of the buyers stays
//! with the fixed order, so that what this causes can be measured ([`holdout`], [`estimate`]).

pub mod acceptance;
mod adjust;
pub mod choice;
pub mod estimate;
pub mod flatness;
pub mod holdout;
pub mod moments;
pub mod stop;
pub mod trial;

pub use acceptance::{Evidence, Posterior, Tried};
