//! Looking over a text before it goes out: what may not be said to a buyer, found by rules.
//!
//! Text in, findings out: no network, no clock, no randomness; the same text always gets the
//! same report. A text is read once (`read`, `evade`), the phrases of all languages are found
//! in one pass (`matcher`), and rules look at how the parts of one language stand to each
//! other (`scene`, `rules`). Which words are which part stands in `rules/<language>.toml`,
//! reviewed as data. A judge learnt from examples gives a second opinion (`judge`).

mod check;
mod cue;
mod data;
mod error;
mod evade;
mod found;
mod judge;
mod linter;
mod matcher;
mod part;
mod read;
mod rule;
mod rules;
mod scene;
mod shape;
mod template;

pub mod measure;

pub use data::rules_hash;
pub use error::{LintError, TooLong};
pub use judge::{CorpusError, Progress, Text, corpus, is_current, train};
pub use linter::{Audience, Linter, Outgoing, TEXT_CHARS_MAX, Venue};
pub use rule::{Advice, Hint, Refusal, Report, Rule};
