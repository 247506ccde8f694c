//! What a refused call must say.

use std::fmt::Debug;

use amends_client::v1::Reason;
use amends_client::{Error, Failure};
use tonic::Code;

/// The refusal of a call; it must have that code and that reason.
#[must_use]
#[track_caller]
pub fn refused<T: Debug>(result: Result<T, Error>, code: Code, reason: Reason) -> Failure {
    let error = match result {
        Ok(answer) => panic!("expected {reason:?}, got {answer:?}"),
        Err(error) => error,
    };
    let Some(failure) = error.failure() else { panic!("expected {reason:?}, got {error}") };
    assert_eq!((failure.code, failure.reason), (code, Some(reason)), "{failure}");
    failure.clone()
}

/// The paths of the fields that a refusal names, in order.
#[must_use]
pub fn fields(failure: &Failure) -> Vec<&str> {
    failure.violations.iter().map(|violation| violation.field.as_str()).collect()
}
