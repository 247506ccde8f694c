//! A stream of signals over connections that break.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use amends_client::{
    Client, RecordStream, Retry, Settings,
    v1::{
        self, RecordAcknowledgement, RecordGoingAway, RecordStreamRequest, RecordStreamResponse,
        ingest_service_server::{IngestService, IngestServiceServer},
        record_stream_response::Notice,
    },
};
use futures::{Stream, StreamExt, stream};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Response, Status, Streaming, transport::Server};

/// How a connection ends after its acknowledgements.
#[derive(Clone, Copy)]
enum End {
    Never,
    Breaks(usize),
    GoesAway(usize),
    Refuses,
}

/// Serves one connection after the other, each to its given end, and remembers
/// the sequences each of them saw.
#[derive(Clone)]
struct Ingest {
    ends: Arc<Vec<End>>,
    seen: Arc<Mutex<Vec<Vec<i64>>>>,
}

type Responses = Pin<Box<dyn Stream<Item = Result<RecordStreamResponse, Status>> + Send>>;

#[tonic::async_trait]
impl IngestService for Ingest {
    async fn record(&self, _: Request<v1::RecordRequest>) -> Result<Response<v1::RecordResponse>, Status> {
        Err(Status::unimplemented("not asked here"))
    }

    type RecordStreamStream = Responses;

    async fn record_stream(
        &self,
        request: Request<Streaming<RecordStreamRequest>>,
    ) -> Result<Response<Responses>, Status> {
        let connection = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(Vec::new());
            seen.len() - 1
        };
        let end = self.ends[connection];
        if matches!(end, End::Refuses) {
            return Err(Status::permission_denied("no"));
        }
        let seen = Arc::clone(&self.seen);
        let acknowledged = request.into_inner().map(move |batch| {
            let sequence = batch?.sequence;
            seen.lock().unwrap()[connection].push(sequence);
            Ok(acknowledgement(sequence))
        });
        Ok(Response::new(match end {
            End::Breaks(after) => {
                Box::pin(acknowledged.take(after).chain(stream::iter([Err(Status::unavailable("broken"))])))
            }
            End::GoesAway(after) => Box::pin(acknowledged.take(after).chain(stream::iter([Ok(farewell())]))),
            End::Never | End::Refuses => Box::pin(acknowledged),
        }))
    }
}

fn acknowledgement(sequence: i64) -> RecordStreamResponse {
    RecordStreamResponse {
        notice: Some(Notice::Acknowledgement(RecordAcknowledgement { sequence, ..Default::default() })),
    }
}

fn farewell() -> RecordStreamResponse {
    RecordStreamResponse { notice: Some(Notice::GoingAway(RecordGoingAway::default())) }
}

async fn serve(ends: Vec<End>) -> (Ingest, Client) {
    let ingest = Ingest { ends: Arc::new(ends), seen: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings {
        retry: Retry {
            attempts_max: 3,
            pause_first: Duration::from_millis(1),
            pause_max: Duration::from_millis(2),
        },
        ..Settings::new(format!("http://{}", listener.local_addr().unwrap()))
    };
    tokio::spawn(
        Server::builder()
            .add_service(IngestServiceServer::new(ingest.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener)),
    );
    (ingest, Client::connect(settings).await.unwrap())
}

/// Sends so many batches and answers the sequences in the order they came back.
async fn push(client: &Client, batches: usize) -> Vec<i64> {
    let mut stream = RecordStream::new(client, 4);
    for _ in 0..batches {
        stream.send("shops/main", Vec::new()).await.unwrap();
    }
    let mut sequences = Vec::new();
    while let Some(acknowledged) = stream.acknowledged().await.unwrap() {
        assert_eq!(acknowledged.batch.sequence, acknowledged.answer.sequence);
        sequences.push(acknowledged.answer.sequence);
    }
    assert_eq!(stream.in_flight(), 0);
    sequences
}

#[tokio::test]
async fn every_batch_is_acknowledged_once_and_in_order() {
    let (_, client) = serve(vec![End::Never]).await;
    assert_eq!(push(&client, 100).await, (1..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_broken_stream_resumes_after_the_last_acknowledged_batch() {
    let (ingest, client) = serve(vec![End::Breaks(2), End::Breaks(1), End::Never]).await;
    assert_eq!(push(&client, 6).await, [1, 2, 3, 4, 5, 6]);
    // An acknowledgement may be lost with its connection, and then its batch comes
    // again; a gap never.
    let seen = ingest.seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    for pair in seen.windows(2) {
        assert!(pair[1][0] <= pair[0][pair[0].len() - 1] + 1, "{seen:?}");
    }
}

#[tokio::test]
async fn a_server_that_goes_away_loses_nothing() {
    let (ingest, client) = serve(vec![End::GoesAway(3), End::Never]).await;
    assert_eq!(push(&client, 5).await, [1, 2, 3, 4, 5]);
    assert!(ingest.seen.lock().unwrap()[1].ends_with(&[4, 5]));
}

#[tokio::test]
async fn a_refused_stream_is_an_error_and_keeps_the_batches() {
    let (_, client) = serve(vec![End::Breaks(0), End::Refuses]).await;
    let mut stream = RecordStream::new(&client, 4);
    stream.send("shops/main", Vec::new()).await.unwrap();
    let error = stream.acknowledged().await.unwrap_err();
    assert_eq!(error.code(), Some(Code::PermissionDenied));
    assert_eq!(stream.into_unacknowledged().len(), 1);
}
