//! Who may use whom: Cargo makes the missing arrows impossible, this keeps them missing.

use std::collections::BTreeSet;

use super::root;

/// Every crate of ours with the crates of ours it may use.
const ARROWS: [(&str, &[&str]); 12] = [
    ("proto", &[]),
    ("services/domain", &[]),
    ("services/detect", &["amends-domain"]),
    ("services/lint", &["amends-detect", "amends-domain"]),
    ("services/store", &["amends-domain"]),
    ("services/app", &["amends-store", "amends-lint", "amends-detect", "amends-domain"]),
    ("services/grpc", &["amends-app", "amends-proto", "amends-domain"]),
    ("services/workers", &["amends-app"]),
    (
        "services/server",
        &[
            "amends-grpc",
            "amends-workers",
            "amends-app",
            "amends-store",
            "amends-detect",
            "amends-domain",
            "amends-cli",
            "amends-client",
        ],
    ),
    ("clients/rust", &["amends-proto"]),
    ("clients/report", &["amends-proto"]),
    ("clients/cli", &["amends-client", "amends-report", "amends-proto"]),
];

fn manifest(folder: &str) -> toml::Table {
    let text = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    text.parse().unwrap()
}

fn names(manifest: &toml::Table, section: &str) -> BTreeSet<String> {
    let section = manifest.get(section).and_then(toml::Value::as_table);
    section.into_iter().flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn no_crate_uses_one_it_may_not() {
    for (folder, may) in ARROWS {
        let used = names(&manifest(folder), "dependencies");
        let ours: Vec<&String> = used.iter().filter(|name| name.starts_with("amends-")).collect();
        let wrong: Vec<_> = ours.into_iter().filter(|name| !may.contains(&name.as_str())).collect();
        assert!(wrong.is_empty(), "{folder} uses {wrong:?}");
    }
}

#[test]
fn every_crate_of_the_workspace_has_its_arrows_here() {
    let workspace = manifest(".");
    let members = workspace["workspace"]["members"].as_array().unwrap().iter();
    let members: BTreeSet<&str> =
        members.filter_map(toml::Value::as_str).filter(|name| *name != "tests").collect();
    assert_eq!(members, ARROWS.iter().map(|(folder, _)| *folder).collect());
}

#[test]
fn the_domain_stands_on_nothing() {
    let domain = manifest("services/domain");
    let used = names(&domain, "dependencies");
    // The rules of the world's time zones are data; the domain reads the copy compiled into it. The tails
    // of distributions are arithmetic.
    let may = ["jiff", "statrs", "thiserror"].map(str::to_owned);
    assert_eq!(used, BTreeSet::from(may));
    assert!(names(&domain, "build-dependencies").is_empty());
}
