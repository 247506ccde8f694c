//! `kill -9` under load: what was acknowledged is there, once, and every figure still adds up.

use std::process::Stdio;
use std::time::Duration;

use amends_client::{Client, EventFilter, EventStream, v1};
use amends_tests::harness::connect;
use amends_tests::process::{Server, amends, succeed};
use amends_tests::{Database, Engine};
use tokio::time::timeout;

/// Events of the load's shop that must have happened before the server dies.
const EVENTS: usize = 60;

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

/// Returns in the middle of the load.
async fn well_under_way(endpoint: &str) {
    let client = connect(endpoint, None).await;
    let parent = shop_of_the_load(&client).await;
    let filter = EventFilter { parent, after_position: Some(0), ..Default::default() };
    let mut events = EventStream::new(&client, filter);
    for _ in 0..EVENTS {
        events.next().await.unwrap();
    }
}

async fn acknowledged_is_stored_once_after_a_kill(engine: Engine, mode: &[&str]) {
    let Some(database) = Database::fresh(engine).await else { return };
    let ledger = database.directory.path().join("ledger.json");
    let ledger = ledger.to_str().unwrap();
    let first = Server::start(&database.url, &[]).await;
    let usual = ["load", "--endpoint", &first.endpoint, "--seconds", "4", "--ledger", ledger, "--no-verify"];
    let load = amends(&usual).args(mode).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    timeout(PATIENCE, well_under_way(&first.endpoint)).await.unwrap();
    first.kill().await;
    let output = timeout(PATIENCE, load.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success(), "the load ends with its ledger although its server died");
    let second = Server::start(&database.url, &[]).await;
    let told = succeed(&["load", "--endpoint", &second.endpoint, "--verify", ledger, "--json"]).await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["verified"], true);
    assert!(told["acknowledged"].as_u64().unwrap() > 0, "{told}");
    second.terminate().await;
    assert!(second.ended().await.0.success());
    succeed(&["recompute", "--database-url", &database.url]).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_what_it_acknowledged_to_many_callers() {
    acknowledged_is_stored_once_after_a_kill(Engine::Sqlite, &["--mode", "unary", "--in-flight", "16"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_what_it_acknowledged_on_a_stream() {
    acknowledged_is_stored_once_after_a_kill(Engine::Sqlite, &["--mode", "stream", "--batch", "50"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_what_it_acknowledged_to_many_callers() {
    acknowledged_is_stored_once_after_a_kill(Engine::Postgres, &["--mode", "unary", "--in-flight", "16"])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_keeps_what_it_acknowledged_on_a_stream() {
    acknowledged_is_stored_once_after_a_kill(Engine::Postgres, &["--mode", "stream", "--batch", "50"]).await;
}
