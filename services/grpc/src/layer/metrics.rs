//! How long calls take and how they end.

use std::task::{Context, Poll};

use amends_app::telemetry;
use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::time::Instant;
use tonic::body::Body;
use tower::Service;

use super::body::watch;
use super::rpc::Rpc;

/// See [`super::ORDER`].
#[derive(Debug, Clone)]
pub struct Metrics<S>(S);

impl<S> Metrics<S> {
    /// Wraps what comes after it.
    pub const fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S> Service<Request<Body>> for Metrics<S>
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
        let (rpc, started) = (Rpc::of(request.uri().path()), Instant::now());
        let future = self.0.call(request);
        Box::pin(async move {
            let response = future.await?;
            Ok(watch(response, move |code| {
                let (service, method) = (rpc.service.to_owned(), rpc.method.to_owned());
                telemetry::rpc_done(service, method, i64::from(code as i32), started.elapsed());
            }))
        })
    }
}
