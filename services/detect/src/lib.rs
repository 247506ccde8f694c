//! Hearing an unhappy buyer: text in, verdict with reasons and evidence out.
//!
//! No network, no clock, no randomness; the same text always gives the same answer.
//! A text passes `normalise` → `language` → `matcher` → `score` → `combine`; what the
//! words mean stands in `lexicon/<language>.toml`, which is data and reviewed as such.

mod combine;
mod detector;
mod error;
pub mod eval;
mod language;
mod lexicon;
mod matcher;
mod normalise;
mod score;

pub use detector::{Detector, Input, TEXT_CHARS_MAX, THRESHOLD_DEFAULT};
pub use error::{EvalError, ModelError};
