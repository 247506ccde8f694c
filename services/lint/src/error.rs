//! What can be wrong with rule files and with texts.

/// A rule file that its checks refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LintError {
    /// It is no TOML of the right shape.
    #[error("{file}: {problem}")]
    Syntax {
        /// Which file.
        file: String,
        /// What the reader says.
        problem: String,
    },
    /// An entry that cannot be what it is meant to be.
    #[error("{file}: {entry}: {problem}")]
    Entry {
        /// Which file.
        file: String,
        /// Which entry.
        entry: String,
        /// Why.
        problem: String,
    },
    /// The patterns cannot be made ready.
    #[error("the patterns cannot be compiled: {0}")]
    Compile(String),
    /// The file of the judge cannot be used.
    #[error("the judge's file {0}")]
    Judge(String),
    /// The language identifier cannot be loaded.
    #[error(transparent)]
    Detector(#[from] amends_detect::ModelError),
}

/// A text too long to be looked at as a whole; what was not looked at must not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is longer than {max} characters")]
pub struct TooLong {
    /// The longest text, in characters.
    pub max: usize,
}
