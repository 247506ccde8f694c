//! Where a trained model goes: whole and in one step, or not at all.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::{Builder, NamedTempFile};

/// Larger models are refused: every process that hears texts loads one.
const MODEL_BYTES_MAX: usize = 4 << 20;

/// A file that can be written.
#[derive(Debug)]
pub(super) struct Output {
    file: PathBuf,
}

impl Output {
    /// Tries whether a file can be made beside the model, before hours are spent on one. Nothing
    /// stays there: whoever stops the training leaves nothing behind.
    pub(super) fn of(file: &Path) -> anyhow::Result<Self> {
        // What a link points to is replaced, not the link.
        let file = std::fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
        // A link that leads nowhere would be replaced itself.
        let is_other = (file.exists() && !file.is_file()) || (file.is_symlink() && !file.exists());
        anyhow::ensure!(!is_other, "{} cannot be written: it is not a file", file.display());
        let output = Self { file };
        output.beside()?;
        Ok(output)
    }

    /// Puts a model in its place; what stood there stays until it is whole.
    pub(super) fn write(&self, model: &[u8]) -> anyhow::Result<()> {
        check_size(model.len())?;
        let mut beside = self.beside()?;
        beside.write_all(model).and_then(|()| beside.as_file().sync_all()).with_context(|| self.problem())?;
        beside.persist(&self.file).with_context(|| self.problem())?;
        Ok(())
    }

    /// A file in the same folder, gone again unless it is renamed; readable to whom others are.
    fn beside(&self) -> anyhow::Result<NamedTempFile> {
        let parent = self.file.parent().filter(|parent| !parent.as_os_str().is_empty());
        Builder::new()
            .prefix(".amends-model-")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(parent.unwrap_or_else(|| Path::new(".")))
            .with_context(|| self.problem())
    }

    fn problem(&self) -> String {
        format!("{} cannot be written", self.file.display())
    }
}

fn check_size(bytes: usize) -> anyhow::Result<()> {
    anyhow::ensure!(
        bytes <= MODEL_BYTES_MAX,
        "the model takes {:.2} MiB, more than the {} MiB it may: train it on fewer texts, or on none of the rare ones \
         (--exclude leaves out a source)",
        bytes as f64 / f64::from(1 << 20),
        MODEL_BYTES_MAX >> 20,
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_model_is_put_in_its_place_and_nothing_else_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.bin");
        let output = Output::of(&file).unwrap();
        assert!(names(folder.path()).is_empty());
        output.write(b"first").unwrap();
        Output::of(&file).unwrap().write(b"second").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"second");
        assert_eq!(names(folder.path()), ["mine.bin"]);
    }

    #[test]
    fn what_a_link_points_to_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("mine.bin"), folder.path().join("current.bin"));
        std::fs::write(&file, b"first").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        Output::of(&link).unwrap().write(b"second").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&file).unwrap(), b"second");
    }

    #[test]
    fn a_folder_that_is_not_there_and_what_is_no_file_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        for file in [folder.path().join("none/mine.bin"), folder.path().to_path_buf(), "/dev/null".into()] {
            let problem = Output::of(&file).unwrap_err().to_string();
            assert!(problem.contains(&format!("{} cannot be written", file.display())), "{problem}");
        }
    }

    #[test]
    fn a_model_that_is_too_large_is_refused_with_its_size_and_leaves_what_stood_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.bin");
        std::fs::write(&file, b"first").unwrap();
        let output = Output::of(&file).unwrap();
        let problem = output.write(&vec![0; MODEL_BYTES_MAX + (1 << 19)]).unwrap_err().to_string();
        assert!(
            problem.contains("4.50 MiB") && problem.contains("the 4 MiB") && problem.contains("fewer texts")
        );
        assert_eq!(std::fs::read(&file).unwrap(), b"first");
        assert_eq!(names(folder.path()), ["mine.bin"]);
        assert!(check_size(MODEL_BYTES_MAX).is_ok());
    }
}
