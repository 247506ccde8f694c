//! One span per call, by the OpenTelemetry conventions for RPC.

use std::task::{Context, Poll};

use http::{HeaderMap, Request, Response};
use opentelemetry::global;
use opentelemetry::propagation::Extractor;
use tonic::Code;
use tonic::body::Body;
use tower::Service;
use tracing::instrument::Instrumented;
use tracing::{Instrument as _, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::body::watch;
use super::rpc::Rpc;

/// See [`super::ORDER`].
#[derive(Debug, Clone)]
pub struct Trace<S>(S);

impl<S> Trace<S> {
    /// Wraps what comes after it.
    pub const fn new(inner: S) -> Self {
        Self(inner)
    }
}

impl<S> Service<Request<Body>> for Trace<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Instrumented<Traced<S::Future>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let span = span(Rpc::of(request.uri().path()), request.headers());
        let future = span.in_scope(|| self.0.call(request));
        Traced { future: Box::pin(future), span: span.clone() }.instrument(span)
    }
}

/// A call under way in its span.
#[derive(Debug)]
pub struct Traced<F> {
    future: std::pin::Pin<Box<F>>,
    span: Span,
}

impl<F, E> Future for Traced<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = F::Output;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = std::task::ready!(self.future.as_mut().poll(cx));
        let span = self.span.clone();
        Poll::Ready(result.map(|response| watch(response, move |code| ended(&span, code))))
    }
}

fn span(rpc: Rpc, headers: &HeaderMap) -> Span {
    // Probes ask every few seconds and nobody ever looks at their spans.
    if rpc.open {
        return Span::none();
    }
    let span = tracing::info_span!(
        "rpc",
        otel.name = format!("{}/{}", rpc.service, rpc.method),
        otel.kind = "server",
        otel.status_code = field::Empty,
        rpc.system = "grpc",
        rpc.service = rpc.service,
        rpc.method = rpc.method,
        rpc.grpc.status_code = field::Empty,
    );
    if span.is_disabled() || !headers.contains_key("traceparent") {
        return span;
    }
    let parent = global::get_text_map_propagator(|propagator| propagator.extract(&Headers(headers)));
    // The parent must be known before the span is entered for the first time.
    if let Err(error) = span.set_parent(parent) {
        tracing::debug!(%error, "the trace of the caller is not continued");
    }
    span
}

fn ended(span: &Span, code: Code) {
    span.record("rpc.grpc.status_code", code as i32);
    // By the conventions a server's span fails only by the server's own fault.
    let fault = matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    );
    if fault {
        span.record("otel.status_code", "ERROR");
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
