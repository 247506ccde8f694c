//! The service with several shops, on a database that can be left and opened again at any moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use amends_app::buyer::EraseBuyer;
use amends_app::ingest::{Incoming, Receipt};
use amends_app::key::local_principal;
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_app::shop::CreateShop;
use amends_app::{App, AppError, Call, Clock, Command, Ids, Principal, Role, Settings, ShopScope};
use amends_detect::Detector;
use amends_domain::event::ActorKind;
use amends_domain::policy::{CountingRule, EditFrom, EditWindow, in_force};
use amends_domain::shop::Channel;
use amends_domain::signal::Signal;
use amends_domain::{BuyerRef, ShopId, Span, Time};
use amends_store::{Options, Store, deadline};
use amends_tests::Database;
use amends_tests::oracle::{At, Counting, Record, Rules, Window, sla};

#[derive(Debug)]
pub(super) struct Wall(AtomicI64);

impl Clock for Wall {
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(super) struct House {
    pub(super) app: App,
    pub(super) look: Store,
    clock: Arc<Wall>,
    detector: Arc<Detector>,
    url: String,
    seed: u64,
    starts: u64,
}

pub(super) fn principal(name: &str, roles: &[Role]) -> Principal {
    Principal { name: name.parse().unwrap(), roles: roles.to_vec(), shops: ShopScope::All }
}

pub(super) fn call(principal: &Principal) -> Call {
    let (principal, cause) = (principal.clone(), "history".to_owned());
    let is_agent = principal.roles.iter().any(|role| *role != Role::Ingest);
    let actor = if is_agent { ActorKind::Agent } else { ActorKind::Caller };
    Call { principal, request: None, trace: None, cause, actor }
}

/// Channel, region, time zone and what docs/channels.md says of them.
type Place = (&'static str, &'static str, &'static str, Rules);

const fn rules(window: Window, counting: Counting) -> Rules {
    Rules { threshold: 3, window, counting, return_days: 30, avoid_days: 30 }
}

/// Where shops are; the last has a row of its own.
pub(super) const PLACES: [Place; 9] = [
    ("ebay", "DE", "Europe/Berlin", rules(Window::FromFirst(30), Counting::Requested)),
    ("etsy", "US", "America/New_York", rules(Window::FromDelivery(100), Counting::Approved)),
    ("amazon", "US", "America/Los_Angeles", rules(Window::Never, Counting::Received)),
    ("shopee", "ID", "Asia/Jakarta", rules(Window::FromFirst(120), Counting::Listed)),
    ("shopify", "CL", "America/Santiago", rules(Window::Always, Counting::Settled)),
    ("lazada", "SG", "Asia/Singapore", rules(Window::FromFirst(30), Counting::FaultApproved)),
    ("tiktok_shop", "GB", "Europe/London", rules(Window::Never, Counting::Fault)),
    ("own_store", "AU", "Australia/Lord_Howe", rules(Window::Always, Counting::Approved)),
    ("own_store", "FR", "Europe/Paris", OWN),
];

/// Short windows and another threshold, set by the shop itself.
const OWN: Rules = Rules {
    threshold: 2,
    window: Window::FromDelivery(20),
    counting: Counting::Listed,
    return_days: 10,
    avoid_days: 7,
};

/// Everything that is sealed is packed in some histories, some of it in others, and nothing in the rest.
fn settings(seed: u64) -> Settings {
    let packed_from = match seed % 3 {
        0 => 1,
        1 => 16,
        _ => 200,
    };
    Settings { packed_from, ..Settings::default() }
}

async fn store(url: &str) -> Store {
    Store::open(url, &Options { connections_max: 2, ..Options::default() }).await.unwrap()
}

fn incoming(signal: &Signal) -> Incoming {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, format!("{signal:?}")).hash(&mut hasher);
        hasher.finish()
    };
    let digest = (u128::from(half(0)) << 64 | u128::from(half(1))).to_be_bytes();
    Incoming { signal: signal.clone(), digest }
}

impl House {
    pub(super) async fn start(database: &Database, now: Time, seed: u64) -> Self {
        let clock = Arc::new(Wall(AtomicI64::new(now.micros())));
        let detector = Arc::new(Detector::embedded().unwrap());
        let first = store(&database.url).await;
        let (ids, settings) = (Ids::seeded(seed), settings(seed));
        let app = App::new(first, detector.clone(), clock.clone(), ids, settings);
        let look = store(&database.url).await;
        Self { app, look, clock, detector, url: database.url.clone(), seed, starts: 1 }
    }

    /// Opens a shop at a place.
    pub(super) async fn open(&self, number: usize) -> Record {
        let (channel, region, zone, rules) = PLACES[number];
        let shop = format!("shop-{number}");
        let create = CreateShop {
            id: shop.parse().unwrap(),
            display_name: String::new(),
            channel: Channel::new(channel).unwrap(),
            region: region.to_owned(),
            currency: "EUR".parse().unwrap(),
            time_zone: zone.to_owned(),
        };
        self.app.perform(call(&local_principal().unwrap()), create).await.unwrap();
        if rules == OWN {
            let mut row = in_force(&[], channel, region, self.app.now());
            (row.negative_threshold, row.counting) = (2, CountingRule::ListedUnlessWithdrawn);
            row.edit_window = EditWindow::Days { days: 20, from: EditFrom::Delivered };
            (row.return_window, row.avoid_window) = (Span::from_days(10), Span::from_days(7));
            let reason = Some("agreed".to_owned());
            let change = PolicyChange { channel: Some(row), reason, ..PolicyChange::default() };
            let update = UpdatePolicy { shop: shop.parse().unwrap(), version: 0, change };
            let admin = principal("root", &Role::ALL);
            self.app.change_shop(call(&admin), update, |_| Vec::new()).await.unwrap();
        }
        // What a shop sets itself holds a little later than it is set; before that, what holds on the channel.
        let holds_from = self.app.now() + Span::from_secs(310);
        let before = PLACES.iter().find(|(other, ..)| *other == channel).map(|(.., usual)| *usual);
        let before = before.filter(|usual| *usual != rules).map(|usual| (usual, holds_from.micros()));
        Record {
            shop,
            channel: channel.to_owned(),
            region: region.to_owned(),
            zone: zone.to_owned(),
            rules,
            before,
            promises: vec![(At::MIN, sla::usual())],
            hours: vec![(At::MIN, None)],
            entries: Vec::new(),
        }
    }

    /// Drops the service with whatever it was doing, and starts another on its database.
    pub(super) async fn crash(&mut self) {
        let ids = Ids::seeded(self.seed * 1_000 + self.starts);
        self.starts += 1;
        let next = store(&self.url).await;
        let next = App::new(next, self.detector.clone(), self.clock.clone(), ids, settings(self.seed));
        let old = std::mem::replace(&mut self.app, next);
        old.stop();
        let store = old.store().clone();
        drop(old);
        store.close().await;
    }

    pub(super) async fn end(self) {
        self.app.stop();
        let store = self.app.store().clone();
        drop(self.app);
        store.close().await;
        self.look.close().await;
    }

    /// From now on the database answers so many statements more, and then none.
    pub(super) fn die_after(&self, statements: u64) {
        self.app.store().counters().cut_after(statements);
    }

    pub(super) fn is_dead(&self) -> bool {
        self.app.store().counters().is_cut()
    }

    pub(super) async fn record(&self, shop: &ShopId, signals: &[Signal]) -> Option<Vec<Receipt>> {
        let caller = principal("connector", &[Role::Ingest]);
        let heard =
            self.app.record(call(&caller), shop.clone(), signals.iter().map(incoming).collect()).await;
        match heard {
            Ok(receipts) => Some(receipts),
            Err(error) => {
                assert!(self.is_dead(), "{error}");
                None
            }
        }
    }

    /// Does something as someone; a refusal is an answer, a fault is none.
    pub(super) async fn attempt<C: Command>(&self, who: &Principal, command: C) -> Option<C::Output> {
        match self.app.perform(call(who), command).await {
            Ok(output) => Some(output),
            Err(AppError::Store(_)) if self.is_dead() => None,
            Err(error @ (AppError::Internal(_) | AppError::Store(_))) => panic!("{}: {error}", C::NAME),
            Err(_) => None,
        }
    }

    /// Forgets a buyer; nothing that is counted may move by it.
    pub(super) async fn erase(&self, shop: &ShopId, buyer: BuyerRef) {
        let erase = EraseBuyer { shop: shop.clone(), buyer, allow_missing: true };
        let done = self.app.erase_buyer(call(&principal("root", &Role::ALL)), erase).await;
        assert!(done.is_ok() || self.is_dead(), "{done:?}");
    }

    pub(super) async fn settle(&self) {
        let settled = amends_workers::settle(&self.app).await;
        assert!(settled.is_ok() || self.is_dead(), "{settled:?}");
    }

    /// Time passes, and nobody looks whether anything was due.
    pub(super) fn look_away(&self, by: Span) {
        self.clock.0.fetch_max((self.app.now() + by).micros(), Ordering::SeqCst);
    }

    pub(super) async fn advance(&self, by: Span) {
        let until = self.app.now() + by;
        loop {
            self.settle().await;
            if self.is_dead() {
                return;
            }
            let next = deadline::due(&self.look.reader(), until, 1).await.unwrap();
            let Some(next) = next.first() else { break };
            self.clock.0.fetch_max(next.due_at.micros(), Ordering::SeqCst);
        }
        self.clock.0.fetch_max(until.micros(), Ordering::SeqCst);
        self.settle().await;
    }
}
