#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};

use super::*;

/// How many lines could not be read, and every answer.
fn answers(input: &str) -> (u64, Vec<Value>) {
    let mut output = Vec::new();
    let detector = Detector::embedded().unwrap();
    let unreadable = judge_all(&detector, &mut input.as_bytes(), &mut output).unwrap();
    let lines = std::str::from_utf8(&output).unwrap().lines();
    (unreadable, lines.map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn every_line_has_its_answer_in_its_place_also_a_blank_and_a_long_one() {
    let long = format!("{{\"id\":3,\"text\":\"{}\"}}", "x".repeat(1 << 20));
    let input =
        format!("{{\"id\":1,\"text\":\"it broke\"}}\n\n{long}\n{{\"id\":4,\"text\":\"fine\"}}\nno JSON\n");
    let (unreadable, answers) = answers(&input);
    assert_eq!((unreadable, answers.len()), (3, 5));
    let ids: Vec<_> = answers.iter().map(|answer| answer.get("id").cloned().unwrap_or_default()).collect();
    assert_eq!(ids, [json!(1), Value::Null, Value::Null, json!(4), Value::Null]);
    let error = |at: usize| answers.get(at).unwrap();
    assert_eq!(error(1), &json!({ "line": 2, "error": "the line is blank" }));
    assert_eq!(error(2), &json!({ "line": 3, "error": "the line is longer than 1 MiB" }));
    assert_eq!(error(4).get("line"), Some(&json!(5)));
}

#[test]
fn half_of_a_surrogate_pair_is_read_as_an_unreadable_character() {
    let (unreadable, answers) = answers("{\"id\":\"1\",\"text\":\"it broke \\ud83d\"}\n");
    assert_eq!((unreadable, answers.len()), (0, 1));
}
