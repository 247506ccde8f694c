//! What a client does while the server is unavailable, and what it never repeats.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use amends_client::{
    Client, Retry, Settings,
    v1::{
        self,
        shop_service_server::{ShopService, ShopServiceServer},
    },
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Response, Status, transport::Server};

type Answer<T> = Result<Response<T>, Status>;

/// Answers UNAVAILABLE so many times, and remembers every request id.
#[derive(Clone, Default)]
struct Shops {
    unavailable: usize,
    seen: Arc<Mutex<Vec<String>>>,
}

#[tonic::async_trait]
impl ShopService for Shops {
    async fn create_shop(&self, request: Request<v1::CreateShopRequest>) -> Answer<v1::CreateShopResponse> {
        let mut seen = self.seen.lock().unwrap();
        seen.push(request.into_inner().request_id);
        if seen.len() <= self.unavailable {
            return Err(Status::unavailable("restarting"));
        }
        Ok(Response::new(v1::CreateShopResponse::default()))
    }

    async fn get_shop(&self, _: Request<v1::GetShopRequest>) -> Answer<v1::GetShopResponse> {
        self.seen.lock().unwrap().push(String::new());
        Err(Status::aborted("changed"))
    }

    async fn list_shops(&self, _: Request<v1::ListShopsRequest>) -> Answer<v1::ListShopsResponse> {
        std::future::pending().await
    }

    async fn update_shop(&self, _: Request<v1::UpdateShopRequest>) -> Answer<v1::UpdateShopResponse> {
        Err(Status::unimplemented("not asked here"))
    }
}

async fn client(shops: Shops) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        deadline: Duration::from_secs(5),
        retry: Retry {
            attempts_max: 3,
            pause_first: Duration::from_millis(1),
            pause_max: Duration::from_millis(2),
        },
        connections: 2,
        ..Settings::new(format!("http://{}", listener.local_addr().unwrap()))
    };
    tokio::spawn(
        Server::builder()
            .add_service(ShopServiceServer::new(shops))
            .serve_with_incoming(TcpListenerStream::new(listener)),
    );
    Client::connect(settings).await.unwrap()
}

#[tokio::test]
async fn a_write_is_repeated_under_the_same_request_id() {
    let shops = Shops { unavailable: 2, ..Shops::default() };
    let client = client(shops.clone()).await;
    client.call(v1::CreateShopRequest::default()).await.unwrap();
    let seen = shops.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|id| id.len() == 36));
    assert!(seen.windows(2).all(|pair| pair.first() == pair.last()));
}

#[tokio::test]
async fn a_server_that_stays_away_is_given_up_after_the_last_attempt() {
    let shops = Shops { unavailable: 100, ..Shops::default() };
    let client = client(shops.clone()).await;
    let error = client.call(v1::CreateShopRequest::default()).await;
    assert_eq!(error.unwrap_err().code(), Some(Code::Unavailable));
    assert_eq!(shops.seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn every_other_refusal_is_an_answer_and_not_repeated() {
    let shops = Shops::default();
    let client = client(shops.clone()).await;
    let error = client.call(v1::GetShopRequest::default()).await;
    assert_eq!(error.unwrap_err().code(), Some(Code::Aborted));
    assert_eq!(shops.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_call_ends_with_its_deadline() {
    let client = client(Shops::default()).await;
    let hasty = Settings { deadline: Duration::from_millis(20), ..client.settings().clone() };
    let client = Client::connect(hasty).await.unwrap();
    let error = client.call(v1::ListShopsRequest::default()).await;
    assert_eq!(error.unwrap_err().code(), Some(Code::DeadlineExceeded));
}

#[tokio::test]
async fn nobody_at_the_address_is_said_plainly() {
    let error = Client::connect(Settings::new("http://127.0.0.1:1")).await;
    let text = error.unwrap_err().to_string();
    assert!(text.starts_with("Cannot reach Amends at http://127.0.0.1:1."), "{text}");
}
