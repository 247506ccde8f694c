//! A database that goes away while many agents ask for the next case: all of them are told within
//! their deadline, and when it is back the queue goes on by itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use amends_app::case::ClaimNextCase;
use amends_app::ingest::{Incoming, Receipt};
use amends_app::key::local_principal;
use amends_app::shop::CreateShop;
use amends_app::{Answer, App, AppError, Call, Ids, Principal, Role, Settings, ShopScope, VirtualClock};
use amends_detect::Detector;
use amends_domain::event::ActorKind;
use amends_domain::shop::Channel;
use amends_domain::signal::{ReviewSignal, Signal, SignalBody};
use amends_domain::{ShopId, Time};
use amends_store::{Options, Store, StoreError};
use amends_tests::make::LEAKS;
use amends_tests::{Database, Engine};
use futures::future::join_all;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How long a call may take at most (docs/limits.md).
const DEADLINE: Duration = Duration::from_secs(30);

const AGENTS: usize = 60;

fn shop() -> ShopId {
    ShopId::new("main").unwrap()
}

fn call(name: &str, roles: &[Role]) -> Call {
    Call {
        principal: Principal { name: name.parse().unwrap(), roles: roles.to_vec(), shops: ShopScope::All },
        request: None,
        trace: None,
        cause: "test".to_owned(),
        actor: ActorKind::Agent,
    }
}

async fn app(url: &str) -> App {
    let store = Store::open(url, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let clock = Arc::new(VirtualClock::at(Time::from_secs(1_772_409_600)));
    App::new(store, Arc::new(Detector::embedded().unwrap()), clock, Ids::seeded(1), Settings::default())
}

/// A shop with so many cases in its queue.
async fn fill(app: &App, cases: usize) {
    let create = CreateShop {
        id: shop(),
        display_name: String::new(),
        channel: Channel::new("own_store").unwrap(),
        region: String::new(),
        currency: "EUR".parse().unwrap(),
        time_zone: "UTC".to_owned(),
    };
    let operator = Call { principal: local_principal().unwrap(), ..call("root", &[]) };
    app.perform(operator, create).await.unwrap();
    let signals = (0..cases).map(|n| {
        let body = SignalBody::Review(ReviewSignal {
            review: format!("r{n}").parse().unwrap(),
            order: None,
            line: None,
            sku: None,
            buyer: None,
            rating: Some(1),
            text: LEAKS.to_owned(),
            language: String::new(),
            visible: true,
            removed_by: None,
            platform_modified_at: None,
            edit_state: None,
            follow_up: false,
        });
        let signal = Signal { id: format!("s{n}").parse().unwrap(), occurred_at: app.now(), body };
        Incoming { signal, digest: (n as u128).to_be_bytes() }
    });
    let receipts = app.record(call("connector", &[Role::Ingest]), shop(), signals.collect()).await.unwrap();
    assert!(receipts.iter().all(|one| matches!(one, Receipt::Accepted { opened: true, .. })), "{receipts:?}");
}

/// All agents ask at once; answers what each was told, and how long the slowest waited.
async fn everybody_asks(app: &App) -> (Vec<Result<bool, AppError>>, Duration) {
    let begun = Instant::now();
    let asks = (0..AGENTS).map(|n| async move {
        let next = ClaimNextCase { shop: shop(), kinds: Vec::new(), languages: Vec::new(), level_max: None };
        let agent = call(&format!("agent-{n}"), &[Role::Agent]);
        let answer = app.claim_next(agent, next, |_| Vec::new()).await?;
        Ok(matches!(answer, Answer::Fresh(Some(_))))
    });
    (join_all(asks).await, begun.elapsed())
}

fn all_were_told(answers: &[Result<bool, AppError>], took: Duration) {
    for answer in answers {
        let told = matches!(answer, Err(AppError::Store(StoreError::Unavailable(_))));
        assert!(told, "{answer:?} after {took:?}");
    }
    assert!(took < DEADLINE, "the last was told after {took:?}");
}

async fn everybody_gets_one(app: &App) {
    let (answers, _) = everybody_asks(app).await;
    let given = answers.iter().filter(|answer| matches!(answer, Ok(true))).count();
    assert_eq!(given, AGENTS, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_is_told_to_all_who_claim_and_the_queue_goes_on_when_it_is_free() {
    let database = Database::fresh(Engine::Sqlite).await.unwrap();
    let app = app(&database.url).await;
    fill(&app, AGENTS).await;
    // Another program that writes, and does not come to an end.
    let other = Store::open(&database.url, &Options::default()).await.unwrap();
    let held = other.begin().await.unwrap();
    let (answers, took) = everybody_asks(&app).await;
    all_were_told(&answers, took);
    held.rollback().await.unwrap();
    everybody_gets_one(&app).await;
}

/// A way to the database that can be cut and mended.
struct Way {
    address: String,
    server: String,
    open: Option<JoinHandle<()>>,
}

impl Way {
    async fn to(server: &str) -> Self {
        let mut way = Self { address: "127.0.0.1:0".to_owned(), server: server.to_owned(), open: None };
        way.mend().await;
        way
    }

    async fn mend(&mut self) {
        let listener = TcpListener::bind(&self.address).await.unwrap();
        self.address = listener.local_addr().unwrap().to_string();
        let server = self.server.clone();
        self.open = Some(tokio::spawn(async move {
            // Dropped with this task, and with them whatever they carry.
            let mut carried = tokio::task::JoinSet::new();
            while let Ok((mut here, _)) = listener.accept().await {
                let server = server.clone();
                carried.spawn(async move {
                    let mut there = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut here, &mut there).await;
                });
            }
        }));
    }

    async fn cut(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            let _ = open.await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stopped_is_told_to_all_who_claim_and_the_queue_goes_on_when_it_is_back() {
    let Some(database) = Database::fresh(Engine::Postgres).await else { return };
    let (user, rest) = database.url.split_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let mut way = Way::to(server).await;
    let app = app(&format!("{user}@{}/{name}", way.address)).await;
    fill(&app, 2 * AGENTS).await;
    // Before anybody asks: every connection that is there is a dead one.
    way.cut().await;
    let (answers, took) = everybody_asks(&app).await;
    all_were_told(&answers, took);
    way.mend().await;
    everybody_gets_one(&app).await;
    // And in the middle of it: each has a case or was told that there is no database.
    let asking = tokio::spawn({
        let app = app.clone();
        async move { everybody_asks(&app).await }
    });
    tokio::task::yield_now().await;
    way.cut().await;
    let (answers, took) = asking.await.unwrap();
    let fine = |answer: &Result<bool, AppError>| {
        matches!(answer, Ok(_) | Err(AppError::Store(StoreError::Unavailable(_))))
    };
    assert!(answers.iter().all(fine) && took < DEADLINE, "{answers:?} after {took:?}");
    way.mend().await;
    let (answers, _) = everybody_asks(&app).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    way.cut().await;
    database.remove().await;
}
