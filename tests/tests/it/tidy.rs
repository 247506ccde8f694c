//! The house rules that no compiler knows, as ordinary tests.

use std::path::{Path, PathBuf};

mod arrows;
mod channels;
mod contract;
mod shape;
mod words;

/// A file of the repository.
struct File {
    /// Its path from the root, with slashes.
    path: String,
    text: String,
}

impl File {
    /// Whether it is a test or belongs to the tests.
    fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        parts.contains(&"tests") || self.path.ends_with("tests.rs") || parts.contains(&"examples")
    }

    /// The lines before a module of unit tests, with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(n, line)| (n + 1, line));
        lines
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Every file below these folders with that ending, in a stable order.
fn files(folders: &[&str], ending: &str) -> Vec<File> {
    let mut found = Vec::new();
    for folder in folders {
        collect(&root().join(folder), ending, &mut found);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "there is no {ending} below {folders:?}");
    found
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect(&path, ending, found);
            }
        } else if path.to_string_lossy().ends_with(ending) {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push(File { path, text });
        }
    }
}

/// Every Rust file that is ours.
fn rust() -> Vec<File> {
    files(&["services", "clients", "proto", "tests"], ".rs")
}

/// Fails with all of it at once.
#[track_caller]
fn nothing_of(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}
