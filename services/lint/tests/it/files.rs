//! Texts of the repository: what is measured must not get worse.

use std::path::{Path, PathBuf};

use amends_lint::measure::{Counts, read};

use super::linter;

/// Of the forbidden texts written for development, in percent.
const CAUGHT_MIN: usize = 98;

/// Of the ordinary texts written for development, in percent: the judge learnt from them as well.
const FLAGGED_MAX: usize = 1;

/// Of the latest texts, which were written to be hard, in percent.
const THIRD_CAUGHT_MIN: usize = 95;
const THIRD_FLAGGED_MAX: usize = 2;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "tsv"));
    files.sort();
    files
}

#[test]
fn the_texts_of_development_are_judged_as_they_say() {
    let mut all = Counts::default();
    let files = files("dev");
    assert_eq!(files.len(), 20);
    for path in files {
        let language = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for case in read(&std::fs::read_to_string(&path).unwrap()).unwrap() {
            let report = case.report(linter(), Some(&language));
            all.add(&case, &report);
        }
    }
    assert!(all.caught * 100 >= all.forbidden * CAUGHT_MIN, "{all:?}");
    assert!(all.flagged * 100 <= all.ordinary * FLAGGED_MAX, "{all:?}");
}

#[test]
fn the_texts_of_earlier_measurements_are_judged_well() {
    for (folder, forbidden, ordinary) in [("dev/first", 560, 800), ("dev/second", 480, 600)] {
        let mut all = Counts::default();
        for path in files(folder) {
            let language = path.file_stem().unwrap().to_str().unwrap().to_owned();
            for case in read(&std::fs::read_to_string(&path).unwrap()).unwrap() {
                all.add(&case, &case.report(linter(), Some(&language)));
            }
        }
        assert_eq!((all.forbidden, all.ordinary), (forbidden, ordinary));
        assert!(all.caught * 100 >= all.forbidden * CAUGHT_MIN, "{folder}: {all:?}");
        assert!(all.flagged * 100 <= all.ordinary, "{folder}: {all:?}");
    }
}

#[test]
fn texts_written_by_others_for_development_are_judged_well() {
    let mut all = Counts::default();
    for path in files("dev/third") {
        let language = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for case in read(&std::fs::read_to_string(&path).unwrap()).unwrap() {
            all.add(&case, &case.report(linter(), Some(&language)));
        }
    }
    assert!(all.forbidden > 0 && all.ordinary > 0, "{all:?}");
    assert!(all.caught * 100 >= all.forbidden * THIRD_CAUGHT_MIN, "{all:?}");
    assert!(all.flagged * 100 <= all.ordinary * THIRD_FLAGGED_MAX, "{all:?}");
}

#[test]
fn held_out_texts_can_be_read() {
    for path in files("heldout") {
        assert!(!read(&std::fs::read_to_string(&path).unwrap()).unwrap().is_empty(), "{}", path.display());
    }
}
