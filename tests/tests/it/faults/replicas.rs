//! Two servers on one database: nothing lost, nothing doubled, nobody's case taken twice.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use amends_client::{Client, v1};
use amends_tests::harness::{MAIN, connect, make_shop};
use amends_tests::make::{Fact, LEAKS, delivery, order, review};
use amends_tests::process::{Server, amends, succeed};
use amends_tests::{Database, Engine};
use tokio::time::timeout;
use v1::SignalDisposition::{Accepted, Duplicate};

const PATIENCE: Duration = Duration::from_secs(300);

/// Orders that both replicas hear of at the same time.
const ORDERS: usize = 120;

fn story() -> Vec<v1::Signal> {
    let facts = (0..ORDERS).flat_map(|n| {
        let (o, r) = (format!("o{n}"), format!("r{n}"));
        [order(&o).body(), delivery(&o).body(), review(&r, &o, 1, LEAKS).body()]
    });
    let at = Some(prost_types::Timestamp { seconds: 1_760_000_000, nanos: 0 });
    facts
        .enumerate()
        .map(|(n, body)| v1::Signal {
            signal_id: format!("s{n}"),
            occur_time: at,
            traceparent: String::new(),
            body: Some(body),
        })
        .collect()
}

/// Every signal through one replica, several callers at a time.
async fn tell(client: &Client, backwards: bool) -> Vec<v1::SignalResult> {
    let mut signals = story();
    if backwards {
        signals.reverse();
    }
    let calls = signals.chunks(9).map(|part| {
        let request =
            v1::RecordRequest { parent: MAIN.to_owned(), signals: part.to_vec(), ..Default::default() };
        client.call(request)
    });
    let answers = futures::future::join_all(calls).await;
    answers.into_iter().flat_map(|answer| answer.unwrap().results).collect()
}

async fn two_servers(url: &str) -> (Server, Server) {
    tokio::join!(Server::start(url, &["--replica", "1"]), Server::start(url, &["--replica", "2"]))
}

async fn claim_all(client: &Client) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let request = v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), ..Default::default() };
        match client.call(request).await {
            Ok(v1::ClaimNextCaseResponse { case: Some(case), .. }) => names.push(case.name),
            Ok(_) => return names,
            Err(error) if error.reason() == Some(v1::Reason::AgentAtCapacity) => return names,
            Err(error) if error.reason() == Some(v1::Reason::StorageContended) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

async fn keys(url: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for name in ["root", "mia", "tom"] {
        let roles = ["--role", "agent", "--role", "ingest", "--role", "admin", "--role", "analyst"];
        let words = [&["keys", "--database-url", url, "create", "--name", name][..], &roles].concat();
        keys.push(succeed(&words).await.trim().to_owned());
    }
    keys
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_that_hear_the_same_at_once_store_it_once() {
    let Some(database) = Database::fresh(Engine::Postgres).await else { return };
    let keys = keys(&database.url).await;
    let (one, two) = two_servers(&database.url).await;
    let key = |n: usize| Some(keys[n].clone());
    let (first, second) = (connect(&one.endpoint, key(0)).await, connect(&two.endpoint, key(0)).await);
    make_shop(&first, "main", "own_store").await;
    let (here, there) = tokio::join!(tell(&first, false), tell(&second, true));
    let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
    for result in here.iter().chain(&there) {
        assert!(matches!(result.disposition(), Accepted | Duplicate), "{result:?}");
        *accepted.entry(&result.signal_id).or_default() += usize::from(result.disposition() == Accepted);
    }
    assert_eq!(accepted.len(), ORDERS * 3);
    assert!(accepted.values().all(|times| *times == 1), "each was accepted by exactly one of the two");
    let (mia, tom) = (connect(&one.endpoint, key(1)).await, connect(&two.endpoint, key(2)).await);
    let (of_mia, of_tom) = tokio::join!(claim_all(&mia), claim_all(&tom));
    assert_eq!((of_mia.len(), of_tom.len()), (20, 20));
    assert!(of_mia.iter().all(|case| !of_tom.contains(case)), "no case was claimed twice");
    for server in [one, two] {
        server.terminate().await;
        assert!(server.ended().await.0.success());
    }
    succeed(&["recompute", "--database-url", &database.url]).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_under_load_lose_and_double_nothing() {
    let Some(database) = Database::fresh(Engine::Postgres).await else { return };
    let (one, two) = two_servers(&database.url).await;
    let load = |server: &Server, mode: &[&str]| {
        let usual = ["load", "--endpoint", &server.endpoint, "--seconds", "3", "--json"];
        amends(&usual).args(mode).stdout(Stdio::piped()).stderr(Stdio::piped()).output()
    };
    let unary = load(&one, &["--mode", "unary", "--in-flight", "16", "--seed", "1"]);
    let stream = load(&two, &["--mode", "stream", "--batch", "50", "--seed", "2"]);
    let both = timeout(PATIENCE, async { tokio::join!(unary, stream) }).await.unwrap();
    for output in [both.0.unwrap(), both.1.unwrap()] {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&told["verified"], &told["errors"]), (&true.into(), &0.into()), "{told} {said}");
        assert!(told["acknowledged"].as_u64().unwrap() > 0, "{told}");
    }
    for server in [one, two] {
        server.terminate().await;
        assert!(server.ended().await.0.success());
    }
    succeed(&["recompute", "--database-url", &database.url]).await;
    database.remove().await;
}
