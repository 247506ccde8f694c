//! Labelled texts, read from tab-separated files.
//!
//! What a file teaches follows from its header: `rating` or `label` (neg, neu, pos) teaches
//! dissatisfaction, `intent` with a `label` of return_request, refund_status or other (complaint
//! leaves it open) teaches return intent, and `negative intent reasons flags` teach everything.
//! A folder named `dev` holds the development part; where there is none, every tenth text is set
//! apart by its hash.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use amends_domain::detection::TextKind;

use crate::error::{EvalError, TrainError};
use crate::head::{HEADS, Topic};
use crate::language::is_ours;

mod row;

use row::Columns;

/// Spreadsheets begin a file with it; it belongs to no column.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The labels of the heads: which are known, and which of these are set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct HeadLabels {
    pub(crate) known: u32,
    pub(crate) set: u32,
}

impl HeadLabels {
    pub(crate) const ALL: u32 = (1 << HEADS) - 1;

    pub(crate) fn lane(what: Topic) -> usize {
        Topic::all().position(|head| head == what).unwrap_or(0)
    }
}

/// One labelled text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) language: String,
    pub(crate) source: String,
    pub(crate) kind: TextKind,
    pub(crate) is_dev: bool,
    /// Of the development part, and of a source that must not shape the model.
    pub(crate) is_measured_only: bool,
    /// Of a file that labels everything.
    pub(crate) is_full: bool,
    pub(crate) negative: Option<bool>,
    /// Labelled as praise, as against merely not negative.
    pub(crate) is_praise: bool,
    pub(crate) heads: HeadLabels,
}

/// Texts to learn from, and to measure by.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    pub(crate) texts: Vec<Text>,
    /// Files that were left out, and why.
    pub skipped: Vec<String>,
}

impl Corpus {
    /// Reads every `.tsv` file under the folders, in the order of their names, but for
    /// the sources that are excluded. Of these the development part is read to be measured
    /// on; it sets no weight, no threshold and no end of training.
    ///
    /// # Errors
    /// Names the file and line that cannot be read.
    pub fn read(folders: &[PathBuf], exclude: &BTreeSet<String>) -> Result<Self, TrainError> {
        let mut corpus = Self::default();
        for folder in folders {
            let mut files = Vec::new();
            collect(folder, &mut files)?;
            files.sort();
            let has_dev = files.iter().any(|file| is_in_dev(file));
            for file in files {
                corpus.add(&file, has_dev, exclude)?;
            }
        }
        Ok(corpus)
    }

    fn add(&mut self, file: &Path, has_dev: bool, exclude: &BTreeSet<String>) -> Result<(), TrainError> {
        let name = || file.display().to_string();
        let reader = File::open(file)
            .map(BufReader::new)
            .map_err(|e| TrainError::Read { file: name(), problem: e.to_string() })?;
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let rows = read_rows(reader, &stem).map_err(|problem| TrainError::Row { file: name(), problem })?;
        let Some(rows) = rows else {
            self.skipped.push(format!("{}: its columns hold no labels that are known here", name()));
            return Ok(());
        };
        for (_, mut text) in rows {
            text.is_dev = if has_dev { is_in_dev(file) } else { is_tenth(&text.text) };
            // What may not be learnt from may not set a threshold either: it is measured on, no more.
            text.is_measured_only = exclude.contains(&text.source);
            if text.is_dev || !text.is_measured_only {
                self.texts.push(text);
            }
        }
        Ok(())
    }

    /// Whether there is anything to learn from.
    pub(super) fn check(&self) -> Result<(), TrainError> {
        let learnt = |is: bool| {
            let mut texts = self.texts.iter().filter(|text| !text.is_dev && is_ours(&text.language));
            texts.any(|text| text.negative == Some(is))
        };
        if learnt(true) && learnt(false) { Ok(()) } else { Err(TrainError::Nothing) }
    }
}

/// Reads the rows of one file, whose name says the language where no column does, each with its
/// line; nothing if the header names no labels that are known.
pub(crate) fn read_rows(reader: impl BufRead, stem: &str) -> Result<Option<Vec<(usize, Text)>>, EvalError> {
    let mut lines = reader.lines().zip(1..);
    let header = lines.next().map(|(line, _)| line).transpose();
    let header = header.map_err(|source| EvalError::Read { line: 1, source })?.unwrap_or_default();
    let Some(columns) = Columns::of(header.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&header), stem) else {
        return Ok(None);
    };
    let mut rows = Vec::new();
    for (row, line) in lines {
        let row = row.map_err(|source| EvalError::Read { line, source })?;
        if !row.is_empty() {
            rows.push((line, columns.read(&row).map_err(|problem| EvalError::Row { line, problem })?));
        }
    }
    Ok(Some(rows))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), TrainError> {
    let problem =
        |e: std::io::Error| TrainError::Read { file: path.display().to_string(), problem: e.to_string() };
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "tsv") {
            files.push(path);
        }
    }
    Ok(())
}

fn is_in_dev(file: &Path) -> bool {
    file.parent().and_then(Path::file_name).is_some_and(|folder| folder == "dev")
}

fn is_tenth(text: &str) -> bool {
    blake3::hash(text.as_bytes()).as_bytes().first().is_some_and(|byte| *byte < 26)
}

#[cfg(test)]
mod tests;
