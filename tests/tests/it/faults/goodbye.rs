//! Ends in good order, and callers who leave in the middle.

use std::time::Duration;

use amends_client::{RecordStream, v1};
use amends_tests::harness::{MAIN, connect, make_shop};
use amends_tests::make::{LEAKS, order, review};
use amends_tests::process::{Server, run, succeed};
use amends_tests::{Database, Engine, Harness, flow};
use tokio::time::timeout;
use v1::SignalDisposition::{Accepted, Duplicate};
use v1::record_stream_response::Notice;
use v1::{Reason, subscribe_response};

flow!(a_caller_who_hangs_up_leaves_nothing_half_done);

const PATIENCE: Duration = Duration::from_secs(30);

fn signal(n: usize) -> v1::Signal {
    use amends_tests::make::Fact as _;
    v1::Signal {
        signal_id: format!("s{n}"),
        occur_time: Some(prost_types::Timestamp { seconds: 1_760_000_000, nanos: 0 }),
        traceparent: String::new(),
        body: Some(order(&format!("o{n}")).body()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_told_to_stop_says_goodbye_on_every_stream_and_exits_well() {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let server = Server::start(&database.url, &["--drain-seconds", "5"]).await;
    let client = connect(&server.endpoint, None).await;
    make_shop(&client, "main", "own_store").await;
    let (batches, requests) = tokio::sync::mpsc::channel(8);
    let requests = tokio_stream::wrappers::ReceiverStream::new(requests);
    let mut pushed = client.ingest().record_stream(requests).await.unwrap().into_inner();
    let batch = v1::RecordStreamRequest { sequence: 1, parent: MAIN.to_owned(), signals: vec![signal(1)] };
    batches.send(batch).await.unwrap();
    let first = timeout(PATIENCE, pushed.message()).await.unwrap().unwrap().unwrap();
    assert!(matches!(first.notice, Some(Notice::Acknowledgement(a)) if a.sequence == 1));
    let follow =
        v1::SubscribeRequest { parent: MAIN.to_owned(), after_position: Some(0), ..Default::default() };
    let mut followed = client.events().subscribe(follow).await.unwrap().into_inner();
    server.terminate().await;
    let last = timeout(PATIENCE, pushed.message()).await.unwrap().unwrap().unwrap().notice;
    let Some(Notice::GoingAway(away)) = last else { panic!("{last:?}") };
    assert_eq!((away.last_acknowledged_sequence, away.reason()), (1, Reason::ShuttingDown));
    let mut farewell = None;
    while let Some(notice) = timeout(PATIENCE, followed.message()).await.unwrap().unwrap() {
        farewell = notice.notice;
    }
    assert!(matches!(farewell, Some(subscribe_response::Notice::GoingAway(_))), "{farewell:?}");
    drop((batches, pushed, followed, client));
    let (status, said) = server.ended().await;
    assert!(status.success(), "{}", said.join("\n"));
    assert!(said.iter().any(|line| line.contains("stopped")), "{}", said.join("\n"));
    let told = succeed(&["recompute", "--database-url", &database.url]).await;
    assert!(told.contains("no difference"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_goes_on_where_it_was_when_the_server_comes_back() {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let first = Server::start(&database.url, &[]).await;
    let client = connect(&first.endpoint, None).await;
    make_shop(&client, "main", "own_store").await;
    let address = first.endpoint.strip_prefix("http://").unwrap().to_owned();
    let mut stream = RecordStream::new(&client, 256);
    for n in 0..50 {
        stream.send(MAIN, vec![signal(n)]).await.unwrap();
    }
    // Something was answered before the server dies, something may not have been.
    let before = timeout(PATIENCE, stream.acknowledged()).await.unwrap().unwrap().unwrap();
    assert_eq!(before.answer.results[0].disposition(), Accepted);
    first.kill().await;
    let second = Server::start_at(&address, &database.url, &[]).await;
    for n in 50..100 {
        stream.send(MAIN, vec![signal(n)]).await.unwrap();
    }
    let mut answered = 1;
    while let Some(one) = timeout(PATIENCE, stream.acknowledged()).await.unwrap().unwrap() {
        answered += 1;
        let result = &one.answer.results[0];
        assert!(matches!(result.disposition(), Accepted | Duplicate), "{result:?}");
    }
    assert_eq!(answered, 100);
    second.terminate().await;
    assert!(second.ended().await.0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_that_is_wrong_is_told_completely_before_anything_starts() {
    let output =
        run(&["serve", "--listen", "nowhere", "--database-url", "mysql://x", "--ingest-lanes", "0"]).await;
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    for setting in ["listen", "database_url", "ingest_lanes"] {
        assert!(said.contains(setting), "{setting} in {said}");
    }
}

async fn a_caller_who_hangs_up_leaves_nothing_half_done(h: &Harness) {
    let signals: Vec<v1::Signal> = (0..200)
        .map(|n| if n % 2 == 0 { h.signal(order(&format!("o{n}"))) } else { bad_review(h, n) })
        .collect();
    for (n, signal) in signals.iter().enumerate() {
        let request = v1::RecordRequest {
            parent: MAIN.to_owned(),
            signals: vec![signal.clone()],
            ..Default::default()
        };
        let patience = Duration::from_micros(u64::try_from(n).unwrap() * 40);
        // Whether it comes through or not is a matter of luck: that is the point.
        let _ = timeout(patience, h.client().call(request)).await;
    }
    let results = h.record(MAIN, signals.clone()).await;
    assert!(results.iter().all(|r| matches!(r.disposition(), Accepted | Duplicate)), "{results:?}");
    let again = h.record(MAIN, signals).await;
    assert!(again.iter().all(|r| r.disposition() == Duplicate));
    assert_eq!(h.cases(MAIN).await.len(), 50, "a page of the hundred cases");
}

fn bad_review(h: &Harness, n: usize) -> v1::Signal {
    h.signal(review(&format!("r{n}"), &format!("o{}", n - 1), 1, LEAKS))
}
