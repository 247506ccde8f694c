//! Hearing an unhappy buyer: text in, verdict with reasons and evidence out.
//!
//! No network, no clock, no randomness; the same text always gives the same answer.
//! A text passes `normalise` → `language` → `matcher` and `cue` (what the language's lexicon
//! finds in it) and `ngram` → `model` (what both weigh) → `heard` → `combine`. What phrases
//! mean stands in `lexicon/<language>.toml`, what buyers write in `sentences/`; both are data
//! and reviewed as such. `train` makes a model of them.

mod alphabet;
mod column;
mod combine;
mod cue;
mod detector;
mod error;
pub mod eval;
mod figures;
mod head;
mod heard;
mod language;
mod lexicon;
mod matcher;
mod model;
mod ngram;
mod normalise;
mod table;
pub mod text;
pub mod train;

pub use model::{Manifest, SourceCount};

pub use detector::{Detector, Input, TEXT_CHARS_MAX, THRESHOLD_DEFAULT, lexicon_hash};
pub use error::{EvalError, ModelError, TrainError};
