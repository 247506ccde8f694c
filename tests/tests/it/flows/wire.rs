//! What clients find that nobody here wrote: reflection, health, gRPC-Web.

use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::order;
use amends_tests::{Harness, flow};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::transport::Channel;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

flow!(
    health_says_that_every_service_serves,
    reflection_shows_the_contract_in_both_versions,
    a_browser_speaks_to_it_over_plain_http,
    an_unknown_call_is_said_to_be_unknown
);

async fn channel(h: &Harness) -> Channel {
    Channel::from_shared(h.endpoint.clone()).unwrap().connect().await.unwrap()
}

async fn health_says_that_every_service_serves(h: &Harness) {
    let mut health = HealthClient::new(channel(h).await);
    for service in ["", "amends.v1.CaseService", "amends.v1.IngestService"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let answer: HealthCheckResponse = health.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service:?}");
    }
    let unknown = HealthCheckRequest { service: "amends.v1.Nonsense".to_owned() };
    assert_eq!(health.check(unknown).await.unwrap_err().code(), tonic::Code::NotFound);
}

macro_rules! services_by_reflection {
    ($version:ident, $channel:expr) => {{
        use tonic_reflection::pb::$version::ServerReflectionRequest;
        use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;
        let request = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let mut client = ServerReflectionClient::new($channel);
        let asked = client.server_reflection_info(tokio_stream::iter([request])).await.unwrap();
        let answer = asked.into_inner().message().await.unwrap().unwrap().message_response.unwrap();
        let MessageResponse::ListServicesResponse(list) = answer else { panic!("{answer:?}") };
        list.service.into_iter().map(|service| service.name).collect::<Vec<_>>()
    }};
}

async fn reflection_shows_the_contract_in_both_versions(h: &Harness) {
    let new = services_by_reflection!(v1, channel(h).await);
    let old = services_by_reflection!(v1alpha, channel(h).await);
    for services in [new, old] {
        for noun in [
            "Shop",
            "Ingest",
            "Detection",
            "Case",
            "Remedy",
            "Review",
            "Return",
            "Metrics",
            "Policy",
            "Event",
        ] {
            assert!(services.contains(&format!("amends.v1.{noun}Service")), "{noun} in {services:?}");
        }
    }
}

/// A message as gRPC frames it: no compression, its length, itself.
fn frame(message: &impl prost::Message) -> Vec<u8> {
    let body = message.encode_to_vec();
    let length = u32::try_from(body.len()).unwrap();
    [&[0], length.to_be_bytes().as_slice(), &body].concat()
}

async fn post(h: &Harness, path: &str, key: &str, body: &[u8]) -> Vec<u8> {
    let address = h.endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/grpc-web+proto\r\n\
         x-grpc-web: 1\r\nauthorization: Bearer {key}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

async fn a_browser_speaks_to_it_over_plain_http(h: &Harness) {
    h.say(order("o1")).await;
    let key = amends_tests::harness::make_key(
        &h.app,
        "browser",
        &amends_app::Role::ALL,
        amends_app::ShopScope::All,
    )
    .await;
    let request = v1::GetShopRequest { name: MAIN.to_owned() };
    let answer = post(h, "/amends.v1.ShopService/GetShop", &key, &frame(&request)).await;
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    assert!(text.contains("application/grpc-web"), "{text}");
    assert!(text.contains(MAIN) && text.contains("own_store"), "the message is in the body: {text}");
    assert!(text.contains("grpc-status:0"), "the trailers are in the body too: {text}");
}

async fn an_unknown_call_is_said_to_be_unknown(h: &Harness) {
    let key =
        amends_tests::harness::make_key(&h.app, "x", &amends_app::Role::ALL, amends_app::ShopScope::All)
            .await;
    let mut raw = tonic::client::Grpc::new(channel(h).await);
    raw.ready().await.unwrap();
    let path = tonic::codegen::http::uri::PathAndQuery::from_static("/amends.v1.CaseService/Nonsense");
    let codec = tonic_prost::ProstCodec::<v1::GetShopRequest, v1::GetShopResponse>::default();
    let mut request = tonic::Request::new(v1::GetShopRequest::default());
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    let status = raw.unary(request, path, codec).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
}
