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
    /// Two phrases of a language could not be told apart.
    #[error("phrases of {language} cannot be compiled: {problem}")]
    Compile {
        /// The language.
        language: String,
        /// What is wrong with them.
        problem: String,
    },
}

/// Why no model could be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A file cannot be read.
    #[error("{file}: {problem}")]
    Read {
        /// Name of the file.
        file: String,
        /// What went wrong.
        problem: String,
    },
    /// A row is not what its header says.
    #[error("{file}, {problem}")]
    Row {
        /// Name of the file.
        file: String,
        /// Which line, and what is wrong with it.
        problem: EvalError,
    },
    /// Nothing can be learnt from one kind of text alone.
    #[error("there are no labelled texts of both kinds to learn from, negative ones and others")]
    Nothing,
    /// A thread did not end.
    #[error("a part of the training did not end")]
    Failed,
    /// A lexicon or a model is wrong.
    #[error(transparent)]
    Model(#[from] ModelError),
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
    /// The header names no labels.
    #[error(
        "the header names no labels that are known: beside text, label or rating, or negative, intent, reasons and flags"
    )]
    Columns,
    /// A row is not what its header says.
    #[error("line {line}: {problem}")]
    Row {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A thread did not end.
    #[error("a part of the texts could not be judged")]
    Failed,
}
