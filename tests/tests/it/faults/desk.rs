//! `kill -9` while agents claim and answer, connectors deliver and clocks tell: whatever was under
//! way, no case has two agents, no reply reaches its buyer twice or is lost, no breach is told twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_app::{App, Call, Clock as _, Ids, SystemClock, VirtualClock};
use amends_client::{Client, Retry, Settings, v1};
use amends_detect::Detector;
use amends_domain::event::ActorKind;
use amends_domain::sla::{Hours, Metric, Target};
use amends_domain::{ShopId, Span};
use amends_store::{Options, Store};
use amends_tests::harness::{MAIN, make_shop};
use amends_tests::make::{Fact as _, WRONG_SIZE, message, order, stamp};
use amends_tests::process::{Server, succeed};
use amends_tests::{Database, Engine};
use tokio::time::timeout;
use v1::draft_reply_request::Content;
use v1::{DeliveryOutcome, ReplyState};

const PATIENCE: Duration = Duration::from_secs(300);

/// Cases, each with one buyer who waits for one reply.
const CASES: usize = 24;

/// How often the server is killed.
const KILLS: usize = 4;

/// What happened outside of the service.
#[derive(Default)]
struct Outside {
    /// What each buyer got, by the reply.
    arrived: Mutex<BTreeMap<String, u32>>,
    /// Which agent got which case, by which request.
    claims: Mutex<Vec<(usize, String, String)>>,
    queued: Mutex<BTreeSet<String>>,
    done: AtomicUsize,
}

/// A client who goes on through any number of restarts.
async fn patient(endpoint: &str, key: &str) -> Client {
    let retry = Retry {
        attempts_max: 10_000,
        pause_first: Duration::from_millis(10),
        pause_max: Duration::from_millis(100),
    };
    let key = Some(key.to_owned());
    let settings = Settings { api_key: key, deadline: PATIENCE, retry, ..Settings::new(endpoint) };
    Client::connect(settings).await.unwrap()
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

/// An answer within two seconds, a solution within three: promised a minute ago, so that it holds.
async fn promise(url: &str) {
    let store = Store::open(url, &Options::default()).await.unwrap();
    let clock = Arc::new(VirtualClock::at(SystemClock.now() - Span::from_minutes(1)));
    let app = App::new(
        store.clone(),
        Arc::new(Detector::embedded().unwrap()),
        clock,
        Ids::random(),
        amends_app::Settings::default(),
    );
    let target = |metric, seconds| Target {
        metric,
        kind: None,
        channel: None,
        least_priority: None,
        span: Span::from_secs(seconds),
        hours: Hours::Always,
    };
    let targets = Some(vec![target(Metric::FirstResponse, 2), target(Metric::Resolution, 3)]);
    let change = PolicyChange { targets, ..PolicyChange::default() };
    let update = UpdatePolicy { shop: ShopId::new("main").unwrap(), version: 0, change };
    let call = Call {
        principal: amends_app::key::local_principal().unwrap(),
        request: None,
        trace: None,
        cause: "test".to_owned(),
        actor: ActorKind::Agent,
    };
    app.change_shop(call, update, |_| Vec::new()).await.unwrap();
    app.stop();
    store.close().await;
}

/// An agent takes cases one after the other and answers each buyer.
async fn agent(outside: Arc<Outside>, client: Client, who: usize) {
    for turn in 0_usize.. {
        let request_id = format!("agent-{who}-{turn}");
        let next = v1::ClaimNextCaseRequest {
            parent: MAIN.to_owned(),
            request_id: request_id.clone(),
            ..Default::default()
        };
        let claimed = match client.call(next).await {
            Ok(claimed) => claimed,
            Err(error) if error.reason() == Some(v1::Reason::AgentAtCapacity) => return,
            Err(error) if error.reason() == Some(v1::Reason::StorageContended) => continue,
            Err(error) => panic!("{error}"),
        };
        let (Some(case), Some(lease)) = (claimed.case, claimed.lease) else { return };
        outside.claims.lock().unwrap().push((who, request_id, case.name.clone()));
        let draft = v1::DraftReplyRequest {
            case: case.name.clone(),
            etag: case.etag,
            fence: lease.fence,
            content: Some(Content::Text("The right size leaves today.".to_owned())),
            ..Default::default()
        };
        let drafted = client.call(draft).await.unwrap();
        let name = drafted.reply.unwrap().name;
        let (etag, fence) = (drafted.case.unwrap().etag, lease.fence);
        let queue = v1::QueueReplyRequest { name: name.clone(), etag, fence, ..Default::default() };
        client.call(queue).await.unwrap();
        outside.queued.lock().unwrap().insert(name);
    }
}

/// A connector delivers what waits until every buyer has an answer.
async fn connector(outside: Arc<Outside>, client: Client) {
    while outside.done.load(Ordering::SeqCst) < CASES {
        let list = v1::ListRepliesRequest {
            parent: MAIN.to_owned(),
            states: vec![ReplyState::Queued.into()],
            ..Default::default()
        };
        for reply in client.call(list).await.unwrap().replies {
            let begin = v1::BeginDeliveryRequest { name: reply.name.clone(), ..Default::default() };
            // The other connector may have it.
            let Ok(begun) = client.call(begin).await else { continue };
            let begun = begun.reply.unwrap();
            *outside.arrived.lock().unwrap().entry(reply.name.clone()).or_default() += 1;
            let report = v1::ReportDeliveryRequest {
                name: reply.name.clone(),
                attempt: begun.attempt,
                outcome: DeliveryOutcome::Sent.into(),
                message_id: format!("m-{}", reply.name.rsplit('/').next().unwrap()),
                ..Default::default()
            };
            client.call(report).await.unwrap();
            outside.done.fetch_add(1, Ordering::SeqCst);
        }
        tokio::task::yield_now().await;
    }
}

fn complaints() -> Vec<v1::Signal> {
    let now = stamp(SystemClock.now());
    let bodies = (0..CASES).flat_map(|n| {
        let (o, m) = (format!("o{n}"), format!("m{n}"));
        [order(&o).body(), message(&m, &o, WRONG_SIZE).body()]
    });
    let signal = |(n, body)| v1::Signal {
        signal_id: format!("s{n}"),
        occur_time: Some(now),
        traceparent: String::new(),
        body: Some(body),
    };
    bodies.enumerate().map(signal).collect()
}

async fn killed_at_the_desk(engine: Engine) {
    let Some(database) = Database::fresh(engine).await else { return };
    let keys = keys(&database.url).await;
    let mut server = Server::start(&database.url, &[]).await;
    let address = server.endpoint.strip_prefix("http://").unwrap().to_owned();
    let root = patient(&server.endpoint, &keys[0]).await;
    make_shop(&root, "main", "own_store").await;
    server.kill().await;
    promise(&database.url).await;
    server = Server::start_at(&address, &database.url, &[]).await;
    let told = v1::RecordRequest { parent: MAIN.to_owned(), signals: complaints(), ..Default::default() };
    let results = root.call(told).await.unwrap().results;
    assert!(results.iter().all(|one| one.disposition() == v1::SignalDisposition::Accepted), "{results:?}");
    let outside = Arc::new(Outside::default());
    let mut work = tokio::task::JoinSet::new();
    for who in [1, 2] {
        let client = patient(&server.endpoint, &keys[who]).await;
        work.spawn(agent(Arc::clone(&outside), client.clone(), who));
        work.spawn(connector(Arc::clone(&outside), client));
    }
    for kill in 1..=KILLS {
        // Well under way each time, and never at the same place.
        let enough = kill * CASES / (KILLS + 1);
        let under_way = async {
            while outside.done.load(Ordering::SeqCst) < enough {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, under_way).await.unwrap();
        server.kill().await;
        server = Server::start_at(&address, &database.url, &[]).await;
    }
    let all = async { while work.join_next().await.transpose().unwrap().is_some() {} };
    timeout(PATIENCE, all).await.unwrap();
    nobody_has_what_another_has(&outside, &[&keys[1], &keys[2]], &server.endpoint).await;
    every_buyer_has_one_answer(&outside, &root).await;
    timeout(PATIENCE, every_breach_is_told_once(&root)).await.unwrap();
    server.terminate().await;
    assert!(server.ended().await.0.success());
    let told = succeed(&["recompute", "--database-url", &database.url]).await;
    assert!(told.contains("no difference"), "{told}");
    database.remove().await;
}

/// Each case was given once, and the same request gives the same case again.
async fn nobody_has_what_another_has(outside: &Outside, keys: &[&String], endpoint: &str) {
    let claims = outside.claims.lock().unwrap().clone();
    let cases: BTreeSet<&String> = claims.iter().map(|(_, _, case)| case).collect();
    assert_eq!((cases.len(), claims.len()), (CASES, CASES), "{claims:?}");
    for (who, request_id, case) in &claims {
        let client = patient(endpoint, keys[who - 1]).await;
        let again = v1::ClaimNextCaseRequest {
            parent: MAIN.to_owned(),
            request_id: request_id.clone(),
            ..Default::default()
        };
        assert_eq!(client.call(again).await.unwrap().case.unwrap().name, *case);
    }
}

async fn every_buyer_has_one_answer(outside: &Outside, root: &Client) {
    let arrived = outside.arrived.lock().unwrap().clone();
    assert!(arrived.values().all(|times| *times == 1), "{arrived:?}");
    let queued = outside.queued.lock().unwrap().clone();
    assert_eq!(arrived.keys().cloned().collect::<BTreeSet<_>>(), queued, "none was lost on its way");
    let list = v1::ListRepliesRequest { parent: MAIN.to_owned(), page_size: 200, ..Default::default() };
    let replies = root.call(list).await.unwrap().replies;
    assert_eq!(replies.len(), CASES);
    for reply in replies {
        assert_eq!((reply.state(), reply.attempt), (ReplyState::Sent, 1), "{}", reply.name);
    }
}

/// The solution was promised within three seconds and nobody solved anything: each is told of once.
async fn every_breach_is_told_once(root: &Client) {
    use v1::timeline_entry::Entry;
    let list = v1::ListCasesRequest { parent: MAIN.to_owned(), page_size: 200, ..Default::default() };
    let cases = root.call(list).await.unwrap().cases;
    assert_eq!(cases.len(), CASES);
    for case in cases {
        loop {
            let list =
                v1::ListTimelineRequest { parent: case.name.clone(), page_size: 500, ..Default::default() };
            let entries = root.call(list).await.unwrap().entries;
            let (mut warned, mut breached) = (Vec::new(), Vec::new());
            for entry in entries {
                match entry.entry {
                    Some(Entry::SlaWarned(step)) => warned.push(step.metric()),
                    Some(Entry::SlaBreached(step)) => breached.push(step.metric()),
                    _ => {}
                }
            }
            for told in [&warned, &breached] {
                let once: BTreeSet<i32> = told.iter().map(|metric| i32::from(*metric)).collect();
                assert_eq!(once.len(), told.len(), "{}: {told:?}", case.name);
            }
            if breached.contains(&v1::SlaMetric::Resolution) {
                assert!(warned.contains(&v1::SlaMetric::Resolution), "{}", case.name);
                break;
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_has_each_case_reply_and_breach_once_however_often_the_desk_is_killed() {
    killed_at_the_desk(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_has_each_case_reply_and_breach_once_however_often_the_desk_is_killed() {
    killed_at_the_desk(Engine::Postgres).await;
}
