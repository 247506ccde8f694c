//! The real server, started for one test, with a clock that only the test moves.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use amends_app::key::{CreateKey, local_principal};
use amends_app::{App, Call, Ids, Role, ShopScope, VirtualClock};
use amends_client::{Client, Settings, v1};
use amends_domain::event::ActorKind;
use amends_domain::{ShopId, Span, Time};
use amends_server::{Config, Parts, Running, config, serve};
use amends_store::deadline;
use futures::FutureExt;
use prometheus::Registry;

use crate::make::{Fact, shop, stamp};
use crate::{Database, Engine};

/// 2026-03-02T10:00:00Z, a Monday, when buyers may be written to: when every test begins.
pub const START: Time = Time::from_secs(1_772_445_600);

/// The shop that every harness begins with: `own_store`, EUR.
pub const MAIN: &str = "shops/main";

/// A server of one test.
#[derive(Debug)]
pub struct Harness {
    /// The service behind the server.
    pub app: App,
    /// The clock of the server.
    pub clock: Arc<VirtualClock>,
    /// Where gRPC listens.
    pub endpoint: String,
    running: Running,
    root: Client,
    database: Database,
    signals: AtomicU64,
}

/// Runs a test on one engine; whatever happens, nothing is left behind.
pub async fn run(engine: Engine, test: impl AsyncFnOnce(&Harness)) {
    let Some(database) = Database::fresh(engine).await else { return };
    let harness = Harness::start(database).await;
    let outcome = AssertUnwindSafe(async {
        test(&harness).await;
        harness.check().await;
    })
    .catch_unwind()
    .await;
    harness.stop().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The configuration of a server on a free port; the given settings win.
#[must_use]
pub fn configuration(url: &str, given: &[(&'static str, &str)]) -> Config {
    let usual = [
        ("listen", "127.0.0.1:0"),
        ("metrics_listen", "off"),
        ("database_url", url),
        ("database_connections", "8"),
        ("drain_seconds", "2"),
    ];
    let flags: BTreeMap<&'static str, String> =
        usual.iter().chain(given).map(|(name, value)| (*name, (*value).to_owned())).collect();
    config::load(None, &flags).unwrap()
}

/// Parts whose clock stands still and whose ids are the same in every run.
#[must_use]
pub fn parts(clock: &Arc<VirtualClock>) -> Parts {
    Parts {
        clock: clock.clone(),
        ids: Ids::seeded(7),
        registry: Registry::new(),
        migrate: true,
        workers: false,
        rollups: true,
    }
}

/// A call by whoever runs the service.
#[must_use]
pub fn by_operator() -> Call {
    let principal = local_principal().unwrap();
    Call { principal, request: None, trace: None, cause: "test".to_owned(), actor: ActorKind::System }
}

impl Harness {
    async fn start(database: Database) -> Self {
        let clock = Arc::new(VirtualClock::at(START));
        let running = serve::start(&configuration(&database.url, &[]), parts(&clock)).await.unwrap();
        let (app, endpoint) = (running.app.clone(), format!("http://{}", running.address));
        let token = make_key(&app, "root", &Role::ALL, ShopScope::All).await;
        let root = connect(&endpoint, Some(token)).await;
        let harness = Self { app, clock, endpoint, running, root, database, signals: AtomicU64::new(0) };
        harness.open_shop("main", "own_store").await;
        harness
    }

    async fn stop(self) {
        let Self { app, running, root, database, .. } = self;
        drop((app, root));
        let stopped = running.stop().await;
        database.remove().await;
        stopped.unwrap();
    }

    /// What must hold at the end of every test.
    async fn check(&self) {
        self.settle().await;
        let due = deadline::due(&self.app.store().reader(), self.now(), 10).await.unwrap();
        assert!(due.is_empty(), "deadlines are due and were not met: {due:?}");
        for id in self.shops().await {
            self.check_figures(&id).await;
        }
    }

    /// Every derived figure of a shop is what the log makes it.
    pub async fn check_figures(&self, shop: &ShopId) {
        let found = self.app.recompute(by_operator(), shop, false, Arc::new(|_, _| {})).await.unwrap();
        assert_eq!(found.difference_count, 0, "{shop}: {:#?}", found.differences);
    }

    async fn shops(&self) -> Vec<ShopId> {
        let listed = self.root.call(v1::ListShopsRequest::default()).await.unwrap();
        listed.shops.iter().map(|shop| ShopId::new(last(&shop.name)).unwrap()).collect()
    }

    /// A client that may do everything everywhere.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.root
    }

    /// A client with a key of its own for all shops.
    pub async fn client_as(&self, name: &str, roles: &[Role]) -> Client {
        let token = make_key(&self.app, name, roles, ShopScope::All).await;
        connect(&self.endpoint, Some(token)).await
    }

    /// A client with a key of its own for some shops.
    pub async fn client_in(&self, name: &str, roles: &[Role], shops: &[&str]) -> Client {
        let shops = shops.iter().map(|shop| ShopId::new(last(shop)).unwrap()).collect();
        let token = make_key(&self.app, name, roles, ShopScope::Only(shops)).await;
        connect(&self.endpoint, Some(token)).await
    }

    /// Opens a shop and answers its name.
    pub async fn open_shop(&self, id: &str, channel: &str) -> String {
        make_shop(&self.root, id, channel).await
    }

    /// The time it is on the server.
    #[must_use]
    pub fn now(&self) -> Time {
        use amends_app::Clock as _;
        self.clock.now()
    }

    /// Moves the clock from one deadline to the next and does everything that falls due.
    pub async fn advance(&self, by: Span) {
        let until = self.now() + by;
        loop {
            self.settle().await;
            let next = deadline::due(&self.app.store().reader(), until, 1).await.unwrap();
            let Some(next) = next.first() else { break };
            self.clock.advance_to(next.due_at);
        }
        self.clock.advance_to(until);
        self.settle().await;
    }

    /// Does everything that is due, and relays everything that happened.
    pub async fn settle(&self) {
        amends_workers::settle(&self.app).await.unwrap();
    }

    /// A signal that happens now, under an id of its own.
    #[must_use]
    pub fn signal(&self, fact: impl Fact) -> v1::Signal {
        self.signal_at(self.now(), fact)
    }

    /// A signal of another time.
    #[must_use]
    pub fn signal_at(&self, at: Time, fact: impl Fact) -> v1::Signal {
        let number = self.signals.fetch_add(1, Ordering::Relaxed);
        v1::Signal {
            signal_id: format!("signal-{number}"),
            occur_time: Some(stamp(at)),
            traceparent: String::new(),
            body: Some(fact.body()),
        }
    }

    /// Says that something happened now in the main shop; it must be accepted.
    pub async fn say(&self, fact: impl Fact) -> v1::SignalResult {
        self.say_in(MAIN, self.now(), fact).await
    }

    /// The same, at another time.
    pub async fn say_at(&self, at: Time, fact: impl Fact) -> v1::SignalResult {
        self.say_in(MAIN, at, fact).await
    }

    /// The same, at another time in another shop.
    pub async fn say_in(&self, shop: &str, at: Time, fact: impl Fact) -> v1::SignalResult {
        let result = self.record(shop, vec![self.signal_at(at, fact)]).await.pop().unwrap();
        assert_eq!(result.disposition(), v1::SignalDisposition::Accepted, "{:?}", result.rejection);
        result
    }

    /// Sends signals and answers what became of each.
    pub async fn record(&self, shop: &str, signals: Vec<v1::Signal>) -> Vec<v1::SignalResult> {
        let request = v1::RecordRequest { parent: shop.to_owned(), signals, ..Default::default() };
        self.root.call(request).await.unwrap().results
    }

    /// The whole picture of a case.
    pub async fn view(&self, case: &str) -> v1::CaseView {
        let request = v1::GetCaseRequest { name: case.to_owned() };
        self.root.call(request).await.unwrap().view.unwrap()
    }

    /// A case as it stands.
    pub async fn case(&self, name: &str) -> v1::Case {
        self.view(name).await.case.unwrap()
    }

    /// Every case of a shop, the newest first.
    pub async fn cases(&self, shop: &str) -> Vec<v1::Case> {
        let order = Some(v1::CaseOrder::Newest.into());
        let request = v1::ListCasesRequest { parent: shop.to_owned(), order, ..Default::default() };
        self.root.call(request).await.unwrap().cases
    }

    /// The timeline of a case.
    pub async fn timeline(&self, case: &str) -> Vec<v1::TimelineEntry> {
        let request = v1::ListTimelineRequest { parent: case.to_owned(), ..Default::default() };
        self.root.call(request).await.unwrap().entries
    }
}

/// Makes a shop and answers its name.
pub async fn make_shop(client: &Client, id: &str, channel: &str) -> String {
    let request =
        v1::CreateShopRequest { shop_id: id.to_owned(), shop: Some(shop(channel)), ..Default::default() };
    client.call(request).await.unwrap().shop.unwrap().name
}

/// Makes a key and answers its token.
pub async fn make_key(app: &App, name: &str, roles: &[Role], shops: ShopScope) -> String {
    let name = name.parse().unwrap();
    let key = CreateKey { name, roles: roles.to_vec(), shops, expires_at: None };
    app.perform(by_operator(), key).await.unwrap().token
}

/// A client of a server, with that key.
pub async fn connect(endpoint: &str, key: Option<String>) -> Client {
    let settings = Settings { api_key: key, ..Settings::new(endpoint) };
    Client::connect(settings).await.unwrap()
}

/// The last part of a resource name.
#[must_use]
pub fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
