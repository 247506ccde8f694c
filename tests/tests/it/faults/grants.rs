//! `kill -9` while many callers race for one line and the channel refunds in the middle: whatever
//! was under way, no unit is compensated twice, and the same requests get the same answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use amends_app::{Clock as _, SystemClock};
use amends_client::{Client, Retry, Settings, v1};
use amends_tests::harness::{MAIN, make_shop};
use amends_tests::make::{Fact, LEAKS, message, money, order, return_now, review, stamp};
use amends_tests::process::{Server, succeed};
use amends_tests::race::{self, CALLERS, Told};
use amends_tests::{Database, Desk, Engine};
use tokio::task::JoinSet;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(300);

/// How often the server is killed.
const KILLS: usize = 2;

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

async fn tell(client: &Client, id: &str, fact: impl Fact) -> v1::SignalResult {
    let signal = v1::Signal {
        signal_id: id.to_owned(),
        occur_time: Some(stamp(SystemClock.now())),
        traceparent: String::new(),
        body: Some(fact.body()),
    };
    let request = v1::RecordRequest { parent: MAIN.to_owned(), signals: vec![signal], ..Default::default() };
    client.call(request).await.unwrap().results.pop().unwrap()
}

/// Everything one caller does; it counts each thing that was answered.
async fn caller(client: Client, case: String, fence: i64, who: usize, answered: Arc<AtomicUsize>) -> Told {
    let told = race::offer(&client, &case, fence, who).await;
    answered.fetch_add(1, Ordering::SeqCst);
    if let Told::Made(remedy) = &told {
        let accepted = race::accept(&client, remedy, who).await;
        let again = race::accept(&client, remedy, who).await;
        assert_eq!(accepted.map(|one| one.name), again.map(|one| one.name), "told twice, answered once");
    }
    told
}

async fn killed_while_units_are_granted(engine: Engine) {
    let Some(database) = Database::fresh(engine).await else { return };
    let roles = ["agent", "ingest", "admin", "supervisor"].map(|role| ["--role", role]).concat();
    let words = [&["keys", "--database-url", &database.url, "create", "--name", "root"][..], &roles].concat();
    let key = succeed(&words).await.trim().to_owned();
    let mut server = Server::start(&database.url, &[]).await;
    let address = server.endpoint.strip_prefix("http://").unwrap().to_owned();
    let root = patient(&server.endpoint, &key).await;
    make_shop(&root, "main", "own_store").await;
    let bought = v1::OrderSignal { lines: vec![race::line()], ..order("o1") };
    tell(&root, "bought", bought).await;
    let case = tell(&root, "seen", review("r1", "o1", 1, LEAKS)).await.case;
    // Who waits for an answer may be written to at any hour, and as often as it takes.
    tell(&root, "wrote", message("m1", "o1", "What will you do about it?")).await;
    let desk = Desk::work_on(&root, &case).await;
    let answered = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    for who in 0..CALLERS {
        let (client, case) = (root.clone(), case.clone());
        callers.spawn(caller(client, case, desk.lease.fence, who, Arc::clone(&answered)));
    }
    for kill in 0..KILLS {
        let under_way = async {
            while answered.load(Ordering::SeqCst) < 1 + kill * CALLERS / 4 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, under_way).await.unwrap();
        server.kill().await;
        server = Server::start_at(&address, &database.url, &[]).await;
        let refund = v1::ReturnSignal {
            refund_amount: Some(money(race::PRICE)),
            ..return_now("ret-1", "o1", SystemClock.now(), v1::ReturnStatus::Settled)
        };
        tell(&root, &format!("refund-{kill}"), refund).await;
    }
    let all = async {
        let mut told = Vec::new();
        while let Some(one) = callers.join_next().await {
            told.push(one.unwrap());
        }
        told
    };
    let told = timeout(PATIENCE, all).await.unwrap();
    let made = told.iter().filter(|one| matches!(one, Told::Made(_))).count();
    assert_eq!(race::remedies(&root, &case).await.len(), made, "each was made once: {told:?}");
    race::check(&root, &case, true).await;
    server.terminate().await;
    assert!(server.ended().await.0.success());
    let told = succeed(&["recompute", "--database-url", &database.url]).await;
    assert!(told.contains("no difference"), "{told}");
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_gives_no_unit_twice_however_often_it_is_killed() {
    killed_while_units_are_granted(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_gives_no_unit_twice_however_often_it_is_killed() {
    killed_while_units_are_granted(Engine::Postgres).await;
}
