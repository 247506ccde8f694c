//! A service on a fresh database, with a clock that only the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use amends_app::case::{ClaimCase, RecordContact};
use amends_app::shop::CreateShop;
use amends_app::{App, Call, Command, Ids, Principal, Result, Settings, VirtualClock};
use amends_domain::case::{Case, State};
use amends_domain::event::ActorKind;
use amends_domain::order::Line;
use amends_domain::remedy::Remedy;
use amends_domain::review::ReviewVersion;
use amends_domain::rollup::{Grain, Place};
use amends_domain::shop::Channel;
use amends_domain::tally::{Family, Measure};
use amends_domain::{CaseId, Day, Time};
use amends_store::review::ReviewRow;
use amends_store::{Conn, Options, Store, Tx, case, deadline, event, order, remedy, review, rollup};
use tempfile::TempDir;

use crate::make::{START, ann, case_id, root, shop, target};

/// Where PostgreSQL is, if there is one to test on.
const POSTGRES_URL: &str = "AMENDS_TEST_POSTGRES_URL";

/// Deadlines and events done at a time.
const BATCH: u32 = 100;

/// A service on a fresh database.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) clock: Arc<VirtualClock>,
    home: Home,
}

enum Home {
    Folder(TempDir),
    Schema { url: String, name: String },
}

/// Runs a test on every engine there is.
pub(crate) async fn everywhere(test: impl AsyncFn(&House)) {
    // Two rows are packed and one is not, so that both are read in all tests.
    everywhere_with(Settings { packed_from: 2, ..Settings::default() }, test).await;
}

/// The same, with other settings.
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where PostgreSQL is")]
pub(crate) async fn everywhere_with(settings: Settings, test: impl AsyncFn(&House)) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("amends.db").display());
    let house = House::open(&url, Home::Folder(folder), settings.clone()).await;
    test(&house).await;
    house.close().await;
    let Ok(url) = std::env::var(POSTGRES_URL) else { return };
    let (home, url) = fresh_schema(&url).await;
    let house = House::open(&url, home, settings).await;
    test(&house).await;
    house.close().await;
}

async fn fresh_schema(url: &str) -> (Home, String) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("app_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    run_on(url, &format!("CREATE SCHEMA {name}")).await;
    let separator = if url.contains('?') { '&' } else { '?' };
    let inside = format!("{url}{separator}options[search_path]={name}");
    (Home::Schema { url: url.to_owned(), name }, inside)
}

async fn run_on(url: &str, sql: &str) {
    let store = Store::open(url, &options()).await.unwrap();
    store.reader().script(sql).await.unwrap();
    store.close().await;
}

/// Few connections, because many tests run at once.
fn options() -> Options {
    Options { connections_max: 6, ..Options::default() }
}

impl House {
    async fn open(url: &str, home: Home, settings: Settings) -> Self {
        let store = Store::open(url, &options()).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(VirtualClock::at(START));
        let detector = Arc::new(amends_detect::Detector::embedded().unwrap());
        let app = App::new(store, detector, clock.clone(), Ids::seeded(1), settings);
        let house = Self { app, clock, home };
        house.create_shop().await;
        house
    }

    async fn create_shop(&self) {
        let create = CreateShop {
            id: shop(),
            display_name: String::new(),
            channel: Channel::new("own_store").unwrap(),
            region: String::new(),
            currency: "EUR".parse().unwrap(),
            time_zone: "Europe/Berlin".to_owned(),
        };
        self.perform(&root(), create).await.unwrap();
    }

    async fn close(self) {
        self.app.stop();
        let store = self.app.store().clone();
        drop(self.app);
        store.close().await;
        match self.home {
            Home::Folder(folder) => folder.close().unwrap(),
            Home::Schema { url, name } => run_on(&url, &format!("DROP SCHEMA {name} CASCADE")).await,
        }
    }

    /// Runs a command as a person.
    pub(crate) async fn perform<C: Command>(&self, who: &Principal, command: C) -> Result<C::Output> {
        self.app.perform(call(who), command).await
    }

    /// Moves the clock from one deadline to the next up to a time, and does everything that falls due.
    pub(crate) async fn advance(&self, to: Time) {
        loop {
            self.settle().await;
            let next = deadline::due(&self.app.store().reader(), to, 1).await.unwrap();
            let Some(next) = next.first() else { break };
            self.clock.advance_to(next.due_at);
        }
        self.clock.advance_to(to);
        self.settle().await;
    }

    /// Does everything that is due, and relays everything that happened.
    pub(crate) async fn settle(&self) {
        while self.app.run_due(BATCH).await.unwrap() + self.app.relay(BATCH).await.unwrap() > 0 {}
    }

    async fn begin(&self) -> Tx {
        self.app.store().begin().await.unwrap()
    }

    /// Stores a case as if a signal had opened it.
    pub(crate) async fn insert(&self, one: &Case) {
        let tx = self.begin().await;
        case::insert(std::slice::from_ref(one)).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Stores an order line.
    pub(crate) async fn insert_line(&self, line: Line) {
        let tx = self.begin().await;
        order::put(&[line]).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Stores a review with its one version.
    pub(crate) async fn insert_review(&self, (row, version): (ReviewRow, ReviewVersion)) {
        let tx = self.begin().await;
        review::insert_versions(&[(row.shop.clone(), row.review.clone(), version)]).run(&tx).await.unwrap();
        review::put(&[row]).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Stores a remedy.
    pub(crate) async fn insert_remedy(&self, one: Remedy) {
        let tx = self.begin().await;
        remedy::insert(&tx, &[one]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A case as it stands.
    pub(crate) async fn case(&self, id: CaseId) -> Case {
        case::get(&self.app.store().reader(), &shop(), &id).await.unwrap().unwrap()
    }

    /// The case of a number, opened and claimed by ann.
    pub(crate) async fn claimed(&self, n: u32) -> Case {
        self.insert(&crate::make::case(n)).await;
        let claim = ClaimCase { shop: shop(), case: case_id(n) };
        self.perform(&ann(), claim).await.unwrap().summary.case
    }

    /// The same, and ann has written to the buyer.
    pub(crate) async fn working(&self, n: u32) -> Case {
        let case = self.claimed(n).await;
        let case = self.perform(&ann(), contact(&case)).await.unwrap().case;
        assert_eq!(case.handling.state(), State::Working);
        case
    }

    /// The words of a case's timeline, in order.
    pub(crate) async fn words(&self, id: CaseId) -> Vec<&'static str> {
        let events = event::of_case(&self.app.store().reader(), &shop(), &id, 0, 1_000).await.unwrap();
        events.iter().map(|stored| stored.row.event.word()).collect()
    }

    /// What is counted by now of a measure.
    pub(crate) async fn counted(&self, measure: Measure) -> i64 {
        let all = counts(&self.app.store().reader(), &shop()).await;
        all.into_iter().filter(|(_, m, _)| *m == measure).map(|(_, _, value)| value).sum()
    }
}

/// What is counted of a shop by days, without a split.
pub(crate) async fn counts(conn: &Conn, shop: &amends_domain::ShopId) -> Vec<(Day, Measure, i64)> {
    let mut counts = Vec::new();
    for &family in Family::ALL {
        let rows = rollup::page(conn, shop, family, None, 1_000_000).await.unwrap();
        let days = rows.into_iter().filter(|(c, _)| c.place == Place::default() && c.grain == Grain::Day);
        counts
            .extend(days.flat_map(|(c, sums)| sums.into_iter().map(move |(m, value)| (c.period, m, value))));
    }
    counts
}

/// A call by a person.
pub(crate) fn call(who: &Principal) -> Call {
    Call {
        principal: who.clone(),
        request: None,
        trace: None,
        cause: "test".to_owned(),
        actor: ActorKind::Agent,
    }
}

/// Contact by chat that reached the buyer.
pub(crate) fn contact(case: &Case) -> RecordContact {
    let text = "We are sorry.".to_owned();
    RecordContact { target: target(case), means: "CHAT".to_owned(), reached: true, text, at: None }
}
