#![expect(clippy::expect_used, reason = "a test may panic")]

use super::*;

fn key(method: &str, mut request: pb::SolveCaseRequest) -> Option<RequestKey> {
    request_key(&mut Fields::new(), method, &mut request)
}

fn solve(id: &str, note: &str) -> pb::SolveCaseRequest {
    let (request_id, note) = (id.to_owned(), note.to_owned());
    pb::SolveCaseRequest { request_id, note, ..pb::SolveCaseRequest::default() }
}

#[test]
fn the_digest_is_of_the_method_and_the_content_and_not_of_the_id() {
    let first = key("CaseService.SolveCase", solve("a", "x")).expect("a key");
    let other_id = key("CaseService.SolveCase", solve("b", "x")).expect("a key");
    let other_note = key("CaseService.SolveCase", solve("a", "y")).expect("a key");
    let other_method = key("CaseService.CancelCase", solve("a", "x")).expect("a key");
    assert_eq!(first.digest, other_id.digest);
    assert_ne!(first.digest, other_note.digest);
    assert_ne!(first.digest, other_method.digest);
    assert_eq!(key("CaseService.SolveCase", solve("", "x")), None);
}

#[test]
fn a_long_request_id_is_refused() {
    let mut fields = Fields::new();
    assert_eq!(request_key(&mut fields, "m", &mut solve(&"ä".repeat(65), "")), None);
    assert!(!fields.is_clean());
    assert!(key("m", solve(&"ä".repeat(64), "")).is_some());
}
