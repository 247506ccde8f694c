#![expect(clippy::expect_used, reason = "a test may panic")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::BodyExt as _;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Service, ServiceExt as _};

use super::*;

#[test]
fn the_stack_is_the_list() {
    let built = std::any::type_name::<<Layers as Layer<()>>::Service>();
    let places: Vec<Option<usize>> =
        ORDER.iter().map(|(name, _)| built.find(&format!("::{name}<"))).collect();
    assert!(places.iter().all(Option::is_some), "{built}");
    assert!(places.is_sorted(), "{built}");
    assert_eq!(built.matches('<').count(), ORDER.len(), "a layer stands in the stack and not in the list");
}

#[test]
fn methods_are_known_from_the_contract() {
    let get = rpc::Rpc::of("/amends.v1.CaseService/GetCase");
    assert_eq!((get.service, get.method, get.streaming), ("amends.v1.CaseService", "GetCase", false));
    assert!(rpc::Rpc::of("/amends.v1.IngestService/RecordStream").streaming);
    assert!(rpc::Rpc::of("/amends.v1.EventService/Subscribe").streaming);
    assert!(rpc::Rpc::of("/grpc.health.v1.Health/Check").open);
    let invented = rpc::Rpc::of("/amends.v1.CaseService/Invented");
    assert_eq!((invented.service, invented.open), ("unknown", false));
    assert_eq!(rpc::Rpc::services().len(), 17);
}

#[test]
fn a_deadline_is_read_as_the_protocol_writes_it() {
    let read = deadline::parse;
    assert_eq!(read("1H"), Some(Duration::from_secs(3_600)));
    assert_eq!(read("2M"), Some(Duration::from_secs(120)));
    assert_eq!(read("3S"), Some(Duration::from_secs(3)));
    assert_eq!(read("99999999m"), Some(Duration::from_millis(99_999_999)));
    assert_eq!(read("5u"), Some(Duration::from_micros(5)));
    assert_eq!(read("7n"), Some(Duration::from_nanos(7)));
    for bad in ["", "S", "123456789S", "-1S", "1", "1x", "1é"] {
        assert_eq!(read(bad), None, "{bad:?}");
    }
}

#[test]
fn a_token_is_read_from_the_header() {
    let header = |text: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static(text));
        headers
    };
    assert_eq!(auth::bearer(&HeaderMap::new()).expect("none is fine"), None);
    assert_eq!(auth::bearer(&header("Bearer amends_a_b")).expect("a token"), Some("amends_a_b"));
    assert_eq!(auth::bearer(&header("bearer amends_a_b")).expect("a token"), Some("amends_a_b"));
    assert!(auth::bearer(&header("Basic abc")).is_err());
    assert!(auth::bearer(&header("amends_a_b")).is_err());
}

/// Answers with a body after what it waits for.
#[derive(Clone)]
struct Answering(Arc<tokio::sync::Semaphore>);

impl Service<Request<Body>> for Answering {
    type Response = Response<Body>;
    type Error = std::convert::Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let gate = Arc::clone(&self.0);
        Box::pin(async move {
            gate.acquire().await.expect("never closed").forget();
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", HeaderValue::from_static("0"));
            let body = http_body_util::Full::new("data".into()).with_trailers(async { Some(Ok(trailers)) });
            Ok(Response::new(Body::new(body)))
        })
    }
}

fn request(path: &str) -> Request<Body> {
    Request::builder().uri(path).body(Body::empty()).expect("a request")
}

fn status(response: &Response<Body>) -> Option<Code> {
    Status::from_header_map(response.headers()).map(|status| status.code())
}

const CALL: &str = "/amends.v1.CaseService/GetCase";

#[tokio::test]
async fn a_call_beyond_the_limit_is_shed_until_the_last_frame_of_another() {
    let gate = Arc::new(tokio::sync::Semaphore::new(9));
    let mut shed = shed::Shed::new(Answering(gate), shed::Limits::new(1, 1));
    let first = shed.ready().await.expect("ready").call(request(CALL)).await.expect("an answer");
    assert_eq!(status(&first), None);
    let second = shed.ready().await.expect("ready").call(request(CALL)).await.expect("an answer");
    assert_eq!(status(&second), Some(Code::ResourceExhausted));
    let probe = shed.ready().await.expect("ready").call(request("/grpc.health.v1.Health/Check")).await;
    assert_eq!(status(&probe.expect("an answer")), None, "a probe is never shed");
    first.into_body().collect().await.expect("the body");
    let third = shed.ready().await.expect("ready").call(request(CALL)).await.expect("an answer");
    assert_eq!(status(&third), None);
}

#[tokio::test(start_paused = true)]
async fn a_late_call_is_told_so_and_a_stream_is_not_late() {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let mut late = deadline::Deadline::new(Answering(Arc::clone(&gate)));
    let mut asked = request(CALL);
    asked.headers_mut().insert("grpc-timeout", HeaderValue::from_static("50m"));
    let answer = late.ready().await.expect("ready").call(asked).await.expect("an answer");
    assert_eq!(status(&answer), Some(Code::DeadlineExceeded));
    let mut stream = request("/amends.v1.EventService/Subscribe");
    stream.headers_mut().insert("grpc-timeout", HeaderValue::from_static("50m"));
    let open = late.ready().await.expect("ready").call(stream);
    gate.add_permits(1);
    assert_eq!(status(&open.await.expect("an answer")), None);
}

#[tokio::test]
async fn how_a_call_ended_is_told_once() {
    let ends = Arc::new(Mutex::new(Vec::new()));
    let telling = || {
        let ends = Arc::clone(&ends);
        move |code| ends.lock().expect("not poisoned").push(code)
    };
    let gate = Arc::new(tokio::sync::Semaphore::new(9));
    let answered = || async { Answering(Arc::clone(&gate)).call(request(CALL)).await.expect("an answer") };
    body::watch(answered().await, telling()).into_body().collect().await.expect("the body");
    drop(body::watch(answered().await, telling()));
    drop(body::watch(Status::not_found("x").into_http(), telling()));
    let ends = ends.lock().expect("not poisoned");
    assert_eq!(*ends, [Code::Ok, Code::Cancelled, Code::NotFound]);
}
