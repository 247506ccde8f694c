//! Files that commands write.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    process,
};

use anyhow::Context;

/// Writes a file whole or not at all: what was there before stays until the new one is complete.
pub(crate) fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let told = || format!("{} cannot be written; name another place", path.display());
    let name = path.file_name().with_context(told)?;
    let mut part = name.to_owned();
    part.push(format!(".{}.part", process::id()));
    let part = path.with_file_name(part);
    let written = write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What is left of it is of no use; that it may not be there either is no news.
        let _ = fs::remove_file(&part);
    }
    written.with_context(told)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.csv");
        replace(&path, "one").unwrap();
        replace(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace(&folder.path().join("no/where.csv"), "one").unwrap_err();
        assert!(error.to_string().contains("where.csv cannot be written; name another place"), "{error}");
        let error = replace(folder.path(), "one").unwrap_err();
        assert!(error.to_string().contains("cannot be written"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
