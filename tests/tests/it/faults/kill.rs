//! `kill -9` under load: what was acknowledged is there, once, and every figure still adds up.

use std::process::Stdio;
use std::time::Duration;

use amends_client::{Client, EventFilter, EventStream, v1};
use amends_tests::harness::connect;
use amends_tests::process::{Server, amends, succeed};
use amends_tests::{Database, Engine};
use tokio::time::timeout;

/// The load numbers its signals in the order it sends them; one with this number must have
/// led to something before the server dies.
const SIGNALS: u64 = 400;

/// How the load sends. It lets 16 batches of at most 10 signals wait for their answer, and
/// each of its four connections holds one more ready: whatever signal it sent, all but the 200
/// before had been answered.
const UNARY: [&str; 4] = ["--mode", "unary", "--in-flight", "16"];
const STREAM: [&str; 8] = ["--mode", "stream", "--in-flight", "16", "--connections", "4", "--batch", "10"];
const UNANSWERED_MAX: u64 = 200;

/// Long enough for a machine that is busy with other things: it only bounds a failure.
const PATIENCE: Duration = Duration::from_secs(300);

/// The shop that the load makes for itself.
async fn shop_of_the_load(client: &Client) -> String {
    for _ in 0..100_000 {
        let shops = client.call(v1::ListShopsRequest::default()).await.unwrap().shops;
        if let Some(shop) = shops.into_iter().next() {
            return shop.name;
        }
        tokio::task::yield_now().await;
    }
    panic!("the load made no shop");
}

/// The number of the signal that led to an event, if it was one.
fn signal_of(event: &v1::Event) -> Option<u64> {
    let cause = &event.entry.as_ref()?.cause;
    cause.strip_prefix("signal ")?.rsplit(' ').next()?.parse().ok()
}

/// Returns in the middle of the load, long after its first answers.
async fn well_under_way(endpoint: &str) {
    let client = connect(endpoint, None).await;
    let parent = shop_of_the_load(&client).await;
    let filter = EventFilter { parent, after_position: Some(0), ..Default::default() };
    let mut events = EventStream::new(&client, filter);
    while signal_of(&events.next().await.unwrap()).is_none_or(|number| number < SIGNALS) {}
}

async fn acknowledged_is_stored_once_after_a_kill(engine: Engine, mode: &[&str]) {
    let Some(database) = Database::fresh(engine).await else { return };
    let ledger = database.directory.path().join("ledger.json");
    let ledger = ledger.to_str().unwrap();
    let first = Server::start(&database.url, &[]).await;
    let usual = ["load", "--endpoint", &first.endpoint, "--seconds", "8", "--ledger", ledger, "--no-verify"];
    let mut load = amends(&usual).args(mode).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    tokio::select! {
        in_time = timeout(PATIENCE, well_under_way(&first.endpoint)) => in_time.unwrap(),
        ended = load.wait() => panic!("the load ended before its server died: {ended:?}"),
    }
    first.kill().await;
    let output = timeout(PATIENCE, load.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success(), "the load ends with its ledger although its server died");
    let second = Server::start(&database.url, &[]).await;
    let told = succeed(&["load", "--endpoint", &second.endpoint, "--verify", ledger, "--json"]).await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["verified"], true);
    assert!(told["acknowledged"].as_u64().unwrap() >= SIGNALS - UNANSWERED_MAX, "{told}");
    second.terminate().await;
    assert!(second.ended().await.0.success());
    succeed(&["recompute", "--database-url", &database.url]).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_what_it_acknowledged_to_many_callers() {
    acknowledged_is_stored_once_after_a_kill(Engine::Sqlite, &UNARY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_what_it_acknowledged_on_a_stream() {
    acknowledged_is_stored_once_after_a_kill(Engine::Sqlite, &STREAM).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_what_it_acknowledged_to_many_callers() {
    acknowledged_is_stored_once_after_a_kill(Engine::Postgres, &UNARY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_what_it_acknowledged_on_a_stream() {
    acknowledged_is_stored_once_after_a_kill(Engine::Postgres, &STREAM).await;
}
