//! The binary itself: every command explains itself, and a wrong word is answered with help.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::process::{Command, Output};

use amends_server::command::Cli;
use clap::CommandFactory as _;

fn amends(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_amends")).args(words).output().unwrap()
}

/// Every command below one, as the words that lead to it.
fn paths(command: &clap::Command, so_far: &[String]) -> Vec<Vec<String>> {
    let mut found = vec![so_far.to_vec()];
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        found.extend(paths(sub, &[so_far, &[sub.get_name().to_owned()]].concat()));
    }
    found
}

#[test]
fn every_command_explains_itself() {
    let all = paths(&Cli::command(), &[]);
    assert!(all.len() > 20, "there are more commands than that: {all:?}");
    for path in all {
        let mut words: Vec<&str> = path.iter().map(String::as_str).collect();
        words.push("--help");
        let output = amends(&words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains("Usage: amends"), "{words:?}: {said}");
    }
}

#[test]
fn the_definition_of_the_commands_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn a_wrong_word_is_answered_with_help() {
    let output = amends(&["serv"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("serve") && said.contains("--help"), "{said}");
}
