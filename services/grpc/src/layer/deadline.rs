//! The time a call may take.
//!
//! tonic has a limit of its own, which answers CANCELLED; ours ends a little
//! earlier, and says what happened. Streams have no end and are exempt.

use std::task::{Context, Poll};
use std::time::Duration;

use amends_proto::v1::Reason;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use tonic::Code;
use tonic::body::Body;
use tower::Service;

use super::rpc::Rpc;
use crate::status::refusal::Refusal;

/// The longest a call may take, whatever its caller allows.
pub const CALL_TIME_MAX: Duration = Duration::from_secs(30);

/// See [`super::ORDER`].
#[derive(Debug, Clone)]
pub struct Deadline<S>(S);

impl<S> Deadline<S> {
    /// Wraps what comes after it.
    pub const fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S> Service<Request<Body>> for Deadline<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let streaming = Rpc::of(request.uri().path()).streaming;
        let allowed = allowed(request.headers());
        let future = self.0.call(request);
        if streaming {
            return Box::pin(future);
        }
        Box::pin(async move {
            match tokio::time::timeout(allowed, future).await {
                Ok(result) => result,
                Err(_) => Ok(late().into_status().into_http()),
            }
        })
    }
}

fn late() -> Refusal {
    let message =
        "the time for the call is over; a write may still take place, so retry with the same request id";
    Refusal::new(Code::DeadlineExceeded, Reason::DeadlineExceeded, message)
}

/// What the caller allows, a little less, and never more than the maximum.
fn allowed(headers: &HeaderMap) -> Duration {
    let asked = headers.get("grpc-timeout").and_then(|value| value.to_str().ok()).and_then(parse);
    asked.map_or(CALL_TIME_MAX, |asked| (asked - asked / 50).min(CALL_TIME_MAX))
}

/// `grpc-timeout`: at most eight digits and a unit.
pub(super) fn parse(value: &str) -> Option<Duration> {
    let (at, _) = value.char_indices().next_back()?;
    let (digits, unit) = value.split_at_checked(at)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3_600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}
