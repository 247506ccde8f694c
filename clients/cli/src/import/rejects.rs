//! The list of rows that were not imported.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use super::batch::Refused;

/// The first line of every such list, by which it is known again.
pub(crate) const HEADER: &str = "file\tline\treason\trow\n";

/// Writes the list once there is something to write.
#[derive(Debug)]
pub(crate) struct Rejects {
    path: PathBuf,
    keep_bytes: u64,
    file: Option<File>,
}

impl Rejects {
    /// Keeps that much of an earlier list, which was written for what is not read
    /// again; an old list without any such part is removed.
    ///
    /// # Errors
    /// If something else stands there.
    pub(crate) fn new(path: PathBuf, keep_bytes: u64) -> anyhow::Result<Self> {
        if path.exists() {
            if !is_list(&path)? {
                bail!(
                    "{} is no list of rejects and is not overwritten; name another with --rejects.",
                    path.display()
                );
            }
            if keep_bytes == 0 {
                std::fs::remove_file(&path)
                    .with_context(|| format!("{} cannot be replaced", path.display()))?;
            }
        }
        Ok(Self { path, keep_bytes, file: None })
    }

    /// Where the list stands, if there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        (self.keep_bytes > 0).then_some(&self.path)
    }

    /// Closes the list until there is more to write.
    pub(crate) fn close(&mut self) {
        self.file = None;
    }

    /// How much of it is written.
    pub(crate) fn bytes(&self) -> u64 {
        self.keep_bytes
    }

    /// Adds rows of one file, by their lines.
    ///
    /// # Errors
    /// If they cannot be written.
    pub(crate) fn write(&mut self, file: &str, refused: &[Refused]) -> anyhow::Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::new();
        if self.keep_bytes == 0 {
            bytes.extend_from_slice(HEADER.as_bytes());
        }
        let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(&mut bytes);
        for Refused { row, reason } in refused {
            writer.write_record([file, &row.line.to_string(), reason, &row.raw])?;
        }
        writer.flush()?;
        drop(writer);
        let cannot =
            || format!("{} cannot be written; name another file with --rejects", self.path.display());
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(open(&self.path, self.keep_bytes).with_context(cannot)?),
        };
        // One write for all, so that a killed import leaves whole rows or nothing.
        file.write_all(&bytes).with_context(cannot)?;
        self.keep_bytes += bytes.len() as u64;
        Ok(())
    }
}

fn open(path: &Path, keep_bytes: u64) -> std::io::Result<File> {
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    let there = file.metadata()?.len();
    file.set_len(keep_bytes.min(there))?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

/// Whether a file is a list of rejects.
pub(crate) fn is_list(path: &Path) -> anyhow::Result<bool> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut start = Vec::new();
    file.take(HEADER.len() as u64)
        .read_to_end(&mut start)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(start == HEADER.as_bytes())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use crate::import::batch::Origin;

    fn refused(line: u64, raw: &str) -> Refused {
        Refused { row: Origin { line, raw: raw.to_owned() }, reason: "bad".to_owned() }
    }

    #[test]
    fn rows_stand_in_the_list_as_they_came() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.tsv");
        let mut rejects = Rejects::new(path.clone(), 0).unwrap();
        assert_eq!(rejects.path(), None);
        rejects.write("in.tsv", &[refused(2, "1\t\"x\nsecond")]).unwrap();
        assert!(is_list(&path).unwrap());
        let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_path(&path).unwrap();
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(record.iter().collect::<Vec<_>>(), ["in.tsv", "2", "bad", "1\t\"x\nsecond"]);
    }

    #[test]
    fn what_was_written_for_rows_that_are_read_again_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.tsv");
        let mut first = Rejects::new(path.clone(), 0).unwrap();
        first.write("in", &[refused(1, "a")]).unwrap();
        let keep = first.bytes();
        first.write("in", &[refused(2, "b")]).unwrap();
        let mut second = Rejects::new(path.clone(), keep).unwrap();
        second.write("in", &[refused(2, "c")]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{HEADER}in\t1\tbad\ta\nin\t2\tbad\tc\n"));
        assert_eq!(second.bytes(), text.len() as u64);
    }

    #[test]
    fn a_file_that_is_no_list_is_never_overwritten_and_an_old_list_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.tsv");
        std::fs::write(&path, "precious").unwrap();
        assert!(Rejects::new(path.clone(), 0).is_err());
        std::fs::write(&path, HEADER).unwrap();
        Rejects::new(path.clone(), 0).unwrap();
        assert!(!path.exists());
    }
}
