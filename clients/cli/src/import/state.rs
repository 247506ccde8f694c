//! How far an import has come, kept in a small file while it runs.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::lines::Mark;

/// What became of the rows of a file. Rows are counted, also where several of them
/// are one order, so that the parts always add up to the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Rows read.
    pub(crate) rows: u64,
    /// Signals made of them and sent.
    pub(crate) signals: u64,
    /// Rows stored now.
    pub(crate) accepted: u64,
    /// Rows stored before with the same content.
    pub(crate) duplicates: u64,
    /// Rows in the list of rejects.
    pub(crate) rejected: u64,
    /// Cases that were opened.
    pub(crate) cases_opened: u64,
    /// Signals dated by default.
    pub(crate) undated: u64,
}

impl Counts {
    /// Adds those of another file.
    pub(crate) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.signals += other.signals;
        self.accepted += other.accepted;
        self.duplicates += other.duplicates;
        self.rejected += other.rejected;
        self.cases_opened += other.cases_opened;
        self.undated += other.undated;
    }
}

/// How far one file has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// Of the content, the server, the shop and the options: with any other the
    /// place means nothing.
    pub(crate) fingerprint: String,
    /// Everything before it was dealt with.
    pub(crate) mark: Mark,
    /// What became of it.
    pub(crate) counts: Counts,
    /// Bytes of the list of rejects that belong to it.
    pub(crate) rejects_bytes: u64,
    /// Whether the file is through.
    pub(crate) done: bool,
}

/// The file that keeps the progress of an import.
#[derive(Debug)]
pub(crate) struct State {
    path: Option<PathBuf>,
    files: BTreeMap<String, Progress>,
}

impl State {
    /// A state that is not kept.
    pub(crate) fn none() -> Self {
        Self { path: None, files: BTreeMap::new() }
    }

    /// Reads what an earlier import left behind.
    ///
    /// # Errors
    /// If something else stands there, or it cannot be read.
    pub(crate) fn read(path: PathBuf) -> anyhow::Result<Self> {
        let files = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| {
                format!("{} is no state of an import; name another file with --state", path.display())
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", path.display()));
            }
        };
        Ok(Self { path: Some(path), files })
    }

    /// How far a file has come, if its fingerprint is still the same.
    pub(crate) fn of(&self, file: &str, fingerprint: &str) -> Progress {
        let known = self.files.get(file).filter(|progress| progress.fingerprint == fingerprint);
        known
            .cloned()
            .unwrap_or_else(|| Progress { fingerprint: fingerprint.to_owned(), ..Progress::default() })
    }

    /// Keeps how far a file has come.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn save(&mut self, file: &str, progress: &Progress) -> anyhow::Result<()> {
        self.files.insert(file.to_owned(), progress.clone());
        let Some(path) = &self.path else { return Ok(()) };
        let temporary = path.with_added_extension("new");
        // A rename replaces the whole file or nothing, also when we are killed.
        fs::write(&temporary, serde_json::to_vec(&self.files)?)
            .and_then(|()| fs::rename(&temporary, path))
            .with_context(|| {
                format!("The progress cannot be kept in {}; name another file with --state", path.display())
            })
    }

    /// Forgets everything: the import is through.
    pub(crate) fn remove(self) {
        // A state that stays behind is found done, and its file is only looked at.
        let _ = self.path.as_deref().map(remove);
    }
}

fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn progress(fingerprint: &str, offset: u64) -> Progress {
        let mark = Mark { offset, ..Mark::default() };
        Progress { fingerprint: fingerprint.to_owned(), mark, ..Progress::default() }
    }

    #[test]
    fn what_was_kept_is_found_again_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let mut state = State::read(path.clone()).unwrap();
        state.save("a.csv", &progress("f", 7)).unwrap();
        let again = State::read(path.clone()).unwrap();
        assert_eq!(again.of("a.csv", "f").mark.offset, 7);
        again.remove();
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_changed_starts_from_the_beginning() {
        let mut state = State::none();
        state.save("a.csv", &progress("f", 7)).unwrap();
        assert_eq!(state.of("a.csv", "g"), progress("g", 0));
    }

    #[test]
    fn a_file_that_is_no_state_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        std::fs::write(&path, "precious").unwrap();
        assert!(State::read(path).unwrap_err().to_string().contains("--state"));
    }
}
