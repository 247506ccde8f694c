//! Words that stand in one place only, and words that stand nowhere.

use super::{File, files, nothing_of, rust};

/// Lines of code in which any of these words stands, outside the places that may say it.
fn said(words: &[&str], files: &[File], may: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !may(&file.path)) {
        for (number, line) in file.code() {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    found
}

fn sources() -> Vec<File> {
    rust().into_iter().filter(|file| !file.is_test()).collect()
}

#[test]
fn nothing_is_left_to_be_done() {
    // Put together here, so that this file does not find itself.
    let marks = ["TO", "FIX", "XX", "HA"].map(|half| match half {
        "TO" => "TODO",
        "FIX" => "FIXME",
        "XX" => "XXX:",
        _ => "HACK",
    });
    let here = "tests/tests/it/tidy/words.rs";
    let mut found = Vec::new();
    let everything = [rust(), files(&["proto"], ".proto"), files(&["services"], ".sql")].concat_all();
    for file in everything.iter().filter(|file| file.path != here) {
        for (number, line) in file.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) || line.contains("dbg!(") {
                found.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    nothing_of("left to be done", &found);
}

trait ConcatAll {
    fn concat_all(self) -> Vec<File>;
}

impl<const N: usize> ConcatAll for [Vec<File>; N] {
    fn concat_all(self) -> Vec<File> {
        self.into_iter().flatten().collect()
    }
}

#[test]
fn only_the_store_speaks_sql() {
    let words = ["SELECT ", "INSERT INTO", "DELETE FROM", " SET ", "sea_orm", "sqlx::"];
    nothing_of(
        "SQL outside the store",
        &said(&words, &sources(), |path| path.starts_with("services/store/")),
    );
}

#[test]
fn only_the_transport_names_a_status() {
    let services: Vec<File> =
        sources().into_iter().filter(|file| file.path.starts_with("services/")).collect();
    let words = ["tonic::Status", "tonic::{Status", "Status::new(", "tonic::Code"];
    nothing_of(
        "a status outside the transport",
        &said(&words, &services, |path| path.starts_with("services/grpc/")),
    );
}

#[test]
fn only_the_runner_and_the_lanes_begin_transactions() {
    let may = |path: &str| {
        path.starts_with("services/store/")
            || [
                "services/app/src/runner.rs",
                "services/app/src/ingest/lane.rs",
                "services/app/src/case/claim/turns.rs",
            ]
            .contains(&path)
    };
    nothing_of("a transaction begun elsewhere", &said(&[".begin("], &sources(), may));
}

#[test]
fn metrics_are_named_in_one_place() {
    let words =
        ["u64_counter(", "f64_histogram(", "u64_histogram(", "u64_gauge(", "i64_gauge(", "f64_gauge("];
    let may = |path: &str| path == "services/app/src/telemetry.rs";
    nothing_of("a metric named elsewhere", &said(&words, &sources(), may));
}

#[test]
fn the_environment_and_the_clock_have_one_door_each() {
    let environment = said(&["env::var"], &sources(), |path| {
        ["services/server/", "clients/cli/", "tests/", "proto/build.rs"]
            .iter()
            .any(|may| path.starts_with(may))
    });
    nothing_of("the environment is read", &environment);
    let clock = said(&["SystemTime::now", "Utc::now", "Zoned::now", "Timestamp::now"], &sources(), |path| {
        path == "services/app/src/context.rs" || path.starts_with("clients/")
    });
    nothing_of("the clock is read", &clock);
}

#[test]
fn no_test_sleeps() {
    let tests: Vec<File> = rust().into_iter().filter(File::is_test).collect();
    let here = |path: &str| path == "tests/tests/it/tidy/words.rs";
    nothing_of("a test that sleeps", &said(&["sleep("], &tests, here));
}
