//! Why a model or a labelled file was refused.

/// A model that cannot be trusted to judge; it is refused before the service becomes healthy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The file is not what its schema says.
    #[error("{file}: {problem}")]
    Syntax {
        /// Name of the file.
        file: String,
        /// What the parser said.
        problem: String,
    },
    /// One entry of a well-formed file breaks a rule.
    #[error("{file}: {entry}: {problem}")]
    Entry {
        /// Name of the file.
        file: String,
        /// Where in the file.
        entry: String,
        /// Which rule it breaks.
        problem: String,
    },
    /// The phrases of a language do not fit into one automaton.
    #[error("phrases of {language} cannot be compiled: {problem}")]
    Compile {
        /// The language.
        language: String,
        /// What the compiler said.
        problem: String,
    },
}

/// A labelled file that cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The file cannot be read.
    #[error("line {line}: {source}")]
    Read {
        /// The line, from 1.
        line: usize,
        /// What went wrong.
        source: std::io::Error,
    },
    /// The header names no such column.
    #[error("the header has no column {column:?}")]
    Column {
        /// The missing column.
        column: &'static str,
    },
    /// A row is not what its header says.
    #[error("line {line}: {problem}")]
    Row {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}
