//! What a refused call looks like to a person.

use std::collections::HashMap;

use tonic_types::ErrorDetails;

use super::*;

fn shown(code: Code, message: &str, details: ErrorDetails) -> String {
    Error::from(Status::with_error_details(code, message, details)).to_string()
}

#[test]
fn every_field_violation_is_named_with_its_path() {
    let mut details = ErrorDetails::with_error_info("INVALID_FIELD", "amends.v1", HashMap::new());
    details
        .add_bad_request_violation("signals[3].review.rating", "must be 1 to 5.")
        .add_bad_request_violation("parent", "must not be empty");
    assert_eq!(
        shown(Code::InvalidArgument, "The request cannot be accepted.", details),
        "The request cannot be accepted (INVALID_FIELD): `signals[3].review.rating`: must be 1 to 5; \
         `parent`: must not be empty."
    );
}

#[test]
fn a_stale_etag_says_which_is_current_and_what_to_do() {
    let facts = HashMap::from([("current_etag".to_owned(), "7".to_owned())]);
    let details = ErrorDetails::with_error_info("ETAG_MISMATCH", "amends.v1", facts);
    let error = Error::from(Status::with_error_details(Code::Aborted, "The case changed", details));
    assert_eq!(error.reason(), Some(Reason::EtagMismatch));
    assert!(error.to_string().starts_with("The case changed (ETAG_MISMATCH, current_etag 7). Read it again"));
}

#[test]
fn a_guardrail_is_named_with_its_words() {
    let mut details = ErrorDetails::with_error_info("GUARDRAIL_REFUSED", "amends.v1", HashMap::new());
    details.add_precondition_failure_violation("G03", "shops/main/reviews/r1", "the remedy is not fulfilled");
    let text = shown(Code::FailedPrecondition, "The ask is not allowed", details.clone());
    assert!(text.contains("G03 refuses: the remedy is not fulfilled."), "{text}");
}

#[test]
fn a_retry_hint_is_shown_and_kept() {
    let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(250)));
    let status = Status::with_error_details(Code::ResourceExhausted, "Too much work", details);
    let failure = Failure::from(&status);
    assert_eq!(failure.retry_after, Some(Duration::from_millis(250)));
    assert!(failure.to_string().ends_with("Try again in 250 ms."));
}

#[test]
fn a_reason_of_a_newer_server_falls_back_to_its_code() {
    let details = ErrorDetails::with_error_info("NOT_YET_INVENTED", "amends.v1", HashMap::new());
    let text = shown(Code::NotFound, "No such thing", details);
    assert!(text.starts_with("No such thing (NotFound)."), "{text}");
}

#[test]
fn a_connection_that_dies_counts_as_unavailable_and_a_timeout_as_itself() {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    assert_eq!(true_code(&Status::from_error(Box::new(broken))), Code::Unavailable);
    let late = Status::from_error(Box::new(TimeoutExpired(())));
    assert_eq!(true_code(&late), Code::DeadlineExceeded);
    assert_eq!(true_code(&Status::internal("ours")), Code::Internal);
}
