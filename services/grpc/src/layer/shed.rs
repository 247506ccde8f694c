//! A bound on what is under way at once, over all connections.
//!
//! A queue without a bound turns overload into time-outs for everyone; a call
//! that is refused at once, with a hint when to come back, costs nearly nothing.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use amends_app::telemetry;
use amends_proto::v1::Reason;
use futures::future::{self, BoxFuture};
use http::{Request, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Code;
use tonic::body::Body;
use tower::Service;

use super::body::watch;
use super::rpc::Rpc;
use crate::status::refusal::Refusal;

/// When a refused call should come back.
const CALL_RETRY: Duration = Duration::from_millis(250);
/// When a refused stream should come back.
const STREAM_RETRY: Duration = Duration::from_secs(5);

/// Room for calls and for streams. A stream stays for hours, so it must not
/// take the room of calls that come and go.
#[derive(Debug, Clone)]
pub struct Limits {
    calls: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Limits {
    /// So many calls and so many streams at once.
    #[must_use]
    pub fn new(calls_max: usize, streams_max: usize) -> Self {
        let room = |max: usize| Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS)));
        Self { calls: room(calls_max), streams: room(streams_max) }
    }

    fn enter(&self, rpc: Rpc) -> Result<OwnedSemaphorePermit, Refusal> {
        let room = if rpc.streaming { &self.streams } else { &self.calls };
        Arc::clone(room).try_acquire_owned().map_err(|_| refuse(rpc))
    }
}

fn refuse(rpc: Rpc) -> Refusal {
    let (reason, retry, message) = if rpc.streaming {
        telemetry::shed("streams");
        (Reason::TooManyStreams, STREAM_RETRY, "there are too many open streams")
    } else {
        telemetry::shed("calls");
        (Reason::Overloaded, CALL_RETRY, "there is too much to do at once")
    };
    Refusal::new(Code::ResourceExhausted, reason, message).retry_after(retry)
}

/// See [`super::ORDER`].
#[derive(Debug, Clone)]
pub struct Shed<S> {
    inner: S,
    limits: Limits,
}

impl<S> Shed<S> {
    /// Wraps what comes after it.
    pub const fn new(inner: S, limits: Limits) -> Self {
        Self { inner, limits }
    }
}

impl<S> Service<Request<Body>> for Shed<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let rpc = Rpc::of(request.uri().path());
        // An overloaded server is alive: its probes must say so.
        if rpc.open {
            return Box::pin(self.inner.call(request));
        }
        match self.limits.enter(rpc) {
            Err(refusal) => Box::pin(future::ready(Ok(refusal.into_status().into_http()))),
            Ok(room) => {
                let future = self.inner.call(request);
                Box::pin(async move {
                    let response = future.await?;
                    // The room is given back with the last frame, not with the first.
                    Ok(watch(response, move |_| drop(room)))
                })
            }
        }
    }
}
