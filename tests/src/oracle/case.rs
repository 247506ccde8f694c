//! By what cases are told apart.

use std::collections::BTreeMap;

use super::Record;
use super::desk;

/// What is known of a case by now.
#[must_use]
pub fn values(record: &Record, case: &str) -> BTreeMap<&'static str, String> {
    let known = desk::of(record).cases.remove(case).unwrap_or_default();
    BTreeMap::from([
        ("AGENT", known.agent),
        ("REMEDY_KIND", known.kind),
        ("REASON", known.reason),
        ("LANGUAGE", known.language),
    ])
}

/// Every case that was opened, with the places in its timeline.
#[must_use]
pub fn all(record: &Record) -> BTreeMap<String, Vec<&super::told::Line>> {
    let mut all: BTreeMap<String, Vec<&super::told::Line>> = BTreeMap::new();
    for line in record.told() {
        all.entry(line.case.clone()).or_default().push(line);
    }
    all
}
