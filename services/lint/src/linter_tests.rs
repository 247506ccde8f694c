//! The examples that stand in the rule files.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::*;
use std::collections::BTreeSet;

use crate::measure::audience_of;

#[test]
fn the_examples_of_every_file_are_judged_as_they_say() {
    let linter = Linter::embedded().unwrap();
    for (tag, text, _) in EMBEDDED {
        let rules = Rules::parse(tag, text).unwrap();
        assert!(!rules.examples.is_empty(), "{tag}");
        for example in rules.examples {
            let audience = example
                .audience
                .as_deref()
                .map_or(Audience::PrivateMessage, |word| audience_of(word).unwrap());
            let report = linter
                .check(&Outgoing { language: Some(tag), ..Outgoing::new(&example.text, audience) })
                .unwrap();
            let found: BTreeSet<&str> = report.refusals.iter().map(|refusal| refusal.rule.as_str()).collect();
            let wanted: BTreeSet<&str> = example.refuse.iter().map(String::as_str).collect();
            assert!(found.is_superset(&wanted), "{tag}: {:?}: {report:?}", example.text);
            assert!(!wanted.is_empty() || found.is_empty(), "{tag}: {:?}: {report:?}", example.text);
            assert!(!example.asks || report.asks_for_revision, "{tag}: {:?}", example.text);
        }
    }
}

#[test]
fn a_faulty_file_is_refused_by_name_and_entry() {
    let file = |parts: &str| format!("language = \"en\"\nexamples = []\n[parts]\n{parts}\n");
    assert!(Rules::parse("en", &file("review = [\"a\"]")).is_ok());
    for (parts, problem) in [
        ("review = [\"a\", \"a\"]", "twice"),
        ("review = [\"*\"]", "says nothing"),
        ("review = [\"a ... b ... c\"]", "more than one gap"),
        ("nothing = [\"a\"]", "nothing"),
    ] {
        let error = Rules::parse("en", &file(parts)).unwrap_err().to_string();
        assert!(error.contains(problem) && error.contains("rules/en.toml"), "{error}");
    }
    assert!(Rules::parse("de", &file("")).is_err());
}
