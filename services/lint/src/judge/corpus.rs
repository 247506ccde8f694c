//! The texts of the repository from which the judge learns.

use std::path::{Path, PathBuf};

use super::train::{Text, hash_of};
use super::{EMBEDDED, Model};
use crate::data::rule_files_hash;
use crate::error::LintError;
use crate::measure::{BadLine, read};

/// The rules were made from these.
const KNOWN: [&str; 4] = ["dev", "dev/first", "dev/second", "dev/third"];
const UNKNOWN: &str = "train";
const BOUNDS: &str = "validation";

/// Texts that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A folder or file.
    #[error("{path}: {source}")]
    File {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line of a file.
    #[error("{path}: {source}")]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, and why.
        source: BadLine,
    },
}

/// All texts below the folder of this crate, in a fixed order.
///
/// # Errors
/// Names the first file or line that cannot be read.
pub fn corpus(home: &Path) -> Result<Vec<Text>, CorpusError> {
    let mut texts = Vec::new();
    for folder in KNOWN.into_iter().chain([UNKNOWN, BOUNDS]) {
        for path in files(&home.join(folder))? {
            let failed = |source| CorpusError::File { path: path.clone(), source };
            let file = std::fs::read_to_string(&path).map_err(failed)?;
            let cases = read(&file).map_err(|source| CorpusError::Line { path: path.clone(), source })?;
            let language = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            texts.extend(cases.into_iter().map(|case| Text {
                language: language.to_owned(),
                case,
                known_to_rules: KNOWN.contains(&folder),
                sets_bounds: folder == BOUNDS,
            }));
        }
    }
    Ok(texts)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    let failed = |source| CorpusError::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        files.push(entry.map_err(failed)?.path());
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "tsv"));
    files.sort();
    Ok(files)
}

/// Whether the judge that ships was learnt from these texts, and beside the rules and cues that ship.
///
/// # Errors
/// When its file cannot be used.
pub fn is_current(texts: &[Text]) -> Result<bool, LintError> {
    let model = Model::read(EMBEDDED)?;
    Ok(model.rules == rule_files_hash() && model.texts == hash_of(texts))
}
