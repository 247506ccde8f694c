//! Gives tonic's own refusals a reason.
//!
//! Before a handler is called tonic refuses by itself: an unknown method, a
//! message that is too large or is none. Those say nothing a program could
//! decide by, and some have the code of a fault of ours.

use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::Status;
use tonic::body::Body;
use tower::Service;

use crate::status::foreign;

/// See [`super::ORDER`].
#[derive(Debug, Clone)]
pub struct Reasons<S>(S);

impl<S> Reasons<S> {
    /// Wraps what comes after it.
    pub const fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S> Service<Request<Body>> for Reasons<S>
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
        let future = self.0.call(request);
        Box::pin(async move { future.await.map(explained) })
    }
}

/// A status of ours always has details; one that has none is tonic's.
fn explained(response: Response<Body>) -> Response<Body> {
    let headers = response.headers();
    let bare =
        headers.contains_key(Status::GRPC_STATUS) && !headers.contains_key(Status::GRPC_STATUS_DETAILS);
    match Status::from_header_map(headers).filter(|_| bare) {
        Some(status) => foreign::explain(status).into_http(),
        None => response,
    }
}
