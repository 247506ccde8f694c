//! A whole shift begins at once: very many agents, a long queue, each case to one of them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use amends_app::{App, Ids, Role, Settings, ShopScope, VirtualClock};
use amends_client::{Client, v1};
use amends_detect::Detector;
use amends_domain::Time;
use amends_store::{Options, Store};
use amends_tests::harness::{MAIN, connect, make_key, make_shop};
use amends_tests::make::Fact;
use amends_tests::process::Server;
use amends_tests::{Database, Engine};

const AGENTS: usize = 200;
const CASES: usize = 10_000;

/// Keys for the one who fills the queue and for the agents who empty it.
async fn keys(url: &str) -> (String, Vec<String>) {
    let store = Store::open(url, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let clock = Arc::new(VirtualClock::at(Time::from_secs(1_760_000_000)));
    let detector = Arc::new(Detector::embedded().unwrap());
    let app = App::new(store, detector, clock, Ids::seeded(1), Settings::default());
    let root = make_key(&app, "root", &[Role::Admin, Role::Ingest], ShopScope::All).await;
    let mut agents = Vec::new();
    for n in 0..AGENTS {
        agents.push(make_key(&app, &format!("agent-{n}"), &[Role::Agent], ShopScope::All).await);
    }
    app.stop();
    app.store().clone().close().await;
    (root, agents)
}

fn wish(n: usize) -> v1::Signal {
    let message = v1::MessageSignal {
        message_id: format!("m{n}"),
        conversation_id: format!("talk-{n}"),
        buyer_id: format!("buyer-{n}"),
        direction: v1::MessageDirection::FromBuyer.into(),
        text: "It does not work. I want a refund please.".to_owned(),
        ..v1::MessageSignal::default()
    };
    v1::Signal {
        signal_id: format!("s{n}"),
        occur_time: Some(prost_types::Timestamp { seconds: 1_760_000_000, nanos: 0 }),
        traceparent: String::new(),
        body: Some(message.body()),
    }
}

async fn fill(root: &Client) {
    make_shop(root, "main", "own_store").await;
    let signals: Vec<v1::Signal> = (0..CASES).map(wish).collect();
    for part in signals.chunks(1_000) {
        let request =
            v1::RecordRequest { parent: MAIN.to_owned(), signals: part.to_vec(), ..Default::default() };
        let answer = root.call(request).await.unwrap();
        assert!(answer.results.iter().all(|result| result.case_opened));
    }
}

/// What all agents together have got, and how many of them wait for an answer.
#[derive(Default)]
struct Tally {
    claimed: AtomicUsize,
    asking: AtomicUsize,
}

/// Claims until nothing waits; answers which cases, under which fence.
async fn claim_all(agent: &Client, tally: &Tally) -> Vec<(String, i64)> {
    let mut claimed = Vec::new();
    loop {
        let request = v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), ..Default::default() };
        tally.asking.fetch_add(1, Ordering::SeqCst);
        let answer = agent.call(request).await.unwrap();
        if answer.case.is_some() {
            tally.claimed.fetch_add(1, Ordering::SeqCst);
        }
        tally.asking.fetch_sub(1, Ordering::SeqCst);
        let Some(case) = answer.case else {
            // In this order: an answer that comes in between is counted twice, and never not at all.
            let asking = tally.asking.load(Ordering::SeqCst);
            let claimed_by_all = tally.claimed.load(Ordering::SeqCst);
            assert!(claimed_by_all + asking >= CASES, "{claimed_by_all} were claimed, {asking} asked");
            return claimed;
        };
        claimed.push((case.name, answer.lease.unwrap().fence));
    }
}

/// Lets the agents, spread over the servers, empty the queue.
async fn empty(database: &Database, servers: Vec<Server>, keys: (String, Vec<String>)) {
    fill(&connect(&servers[0].endpoint, Some(keys.0)).await).await;
    let mut agents = Vec::new();
    for (key, server) in keys.1.into_iter().zip(servers.iter().cycle()) {
        agents.push(connect(&server.endpoint, Some(key)).await);
    }
    let started = Instant::now();
    let tally = Tally::default();
    let shares = futures::future::join_all(agents.iter().map(|agent| claim_all(agent, &tally))).await;
    let took = started.elapsed().as_secs_f64();
    println!(
        "{CASES} cases to {AGENTS} agents on {} in {took:.1} s",
        database.url.split(':').next().unwrap()
    );
    let claimed: Vec<_> = shares.into_iter().flatten().collect();
    let distinct: BTreeSet<&str> = claimed.iter().map(|(case, _)| case.as_str()).collect();
    assert_eq!(claimed.len(), CASES, "no case was passed over");
    assert_eq!(distinct.len(), CASES, "no case has two holders");
    assert!(claimed.iter().all(|(_, fence)| *fence == 1), "each was held once");
    for server in servers {
        server.terminate().await;
        assert!(server.ended().await.0.success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_agents_on_two_replicas_share_ten_thousand_cases() {
    let Some(database) = Database::fresh(Engine::Postgres).await else { return };
    let keys = keys(&database.url).await;
    let server = |replica| Server::start(&database.url, replica);
    let capacity = ["--agent-capacity", "10000"];
    let (one, two) =
        ([&["--replica", "1"], &capacity[..]].concat(), [&["--replica", "2"], &capacity[..]].concat());
    let (one, two) = tokio::join!(server(&one), server(&two));
    empty(&database, vec![one, two], keys).await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_agents_on_one_server_with_sqlite_share_ten_thousand_cases() {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let keys = keys(&database.url).await;
    let server = Server::start(&database.url, &["--agent-capacity", "10000"]).await;
    empty(&database, vec![server], keys).await;
    database.remove().await;
}
