//! The use cases on a database that can be left and opened again at any moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use amends_app::ingest::{Incoming, Receipt};
use amends_app::key::local_principal;
use amends_app::shop::CreateShop;
use amends_app::{App, AppError, Call, Clock, Command, Ids, Principal, Role, Settings, ShopScope};
use amends_detect::Detector;
use amends_domain::event::ActorKind;
use amends_domain::shop::Channel;
use amends_domain::signal::Signal;
use amends_domain::{ShopId, Span, Time};
use amends_store::{Options, Store, deadline};

/// The one shop of a simulation.
pub(super) fn shop() -> ShopId {
    ShopId::new("main").unwrap()
}

/// The machine's clock: it goes on, and is now and then set back.
#[derive(Debug)]
pub(super) struct Wall(AtomicI64);

impl Wall {
    pub(super) fn advance_to(&self, time: Time) {
        self.0.fetch_max(time.micros(), Ordering::SeqCst);
    }

    pub(super) fn set_back(&self, by: Span) {
        self.0.fetch_sub(by.micros(), Ordering::SeqCst);
    }
}

impl Clock for Wall {
    fn now(&self) -> Time {
        Time::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// The service, and what it takes to start it again.
pub(super) struct House {
    pub(super) app: App,
    pub(super) clock: Arc<Wall>,
    /// How the simulation itself looks at the database: no crash reaches it.
    pub(super) look: Store,
    url: String,
    seed: u64,
    starts: u64,
}

/// A person or program of that name.
pub(super) fn principal(name: &str, roles: &[Role]) -> Principal {
    Principal { name: name.parse().unwrap(), roles: roles.to_vec(), shops: ShopScope::All }
}

/// A call of a principal.
pub(super) fn call(principal: &Principal) -> Call {
    let (principal, cause) = (principal.clone(), "simulation".to_owned());
    Call { principal, request: None, trace: None, cause, actor: ActorKind::Agent }
}

async fn store(url: &str) -> Store {
    Store::open(url, &Options { connections_max: 6, ..Options::default() }).await.unwrap()
}

async fn open(url: &str, clock: &Arc<Wall>, ids: Ids) -> App {
    let store = store(url).await;
    store.migrate().await.unwrap();
    App::new(store, Arc::new(Detector::embedded().unwrap()), clock.clone(), ids, Settings::default())
}

/// Tells a repetition from a contradiction, as the transport does.
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
    pub(super) async fn start(url: &str, now: Time, seed: u64) -> Self {
        let clock = Arc::new(Wall(AtomicI64::new(now.micros())));
        let app = open(url, &clock, Ids::seeded(seed)).await;
        let create = CreateShop {
            id: shop(),
            display_name: String::new(),
            channel: Channel::new("own_store").unwrap(),
            region: String::new(),
            currency: "EUR".parse().unwrap(),
            time_zone: "America/Santiago".to_owned(),
        };
        app.perform(call(&local_principal().unwrap()), create).await.unwrap();
        Self { app, clock, look: store(url).await, url: url.to_owned(), seed, starts: 1 }
    }

    /// Drops the service with whatever it was doing, and starts another on its database.
    pub(super) async fn crash(&mut self) {
        let seed = self.seed * 1_000 + self.starts;
        self.starts += 1;
        self.clock.advance_to(self.app.now());
        let next = open(&self.url, &self.clock, Ids::seeded(seed)).await;
        let old = std::mem::replace(&mut self.app, next);
        old.stop();
        let store = old.store().clone();
        drop(old);
        store.close().await;
    }

    /// Another service on the same store, whose ids begin anew.
    pub(super) fn renew(&mut self, detector: &Arc<Detector>, seed: u64) {
        self.clock.advance_to(self.app.now());
        let (store, clock) = (self.app.store().clone(), self.clock.clone());
        let next = App::new(store, detector.clone(), clock, Ids::seeded(seed), Settings::default());
        std::mem::replace(&mut self.app, next).stop();
    }

    pub(super) async fn end(self) {
        self.app.stop();
        let store = self.app.store().clone();
        drop(self.app);
        store.close().await;
        self.look.close().await;
    }

    /// From now on the database answers so many statements more, and then none: the process ends there.
    pub(super) fn die_after(&self, statements: u64) {
        self.app.store().counters().cut_after(statements);
    }

    /// Whether the process has ended as far as the database knows.
    pub(super) fn is_dead(&self) -> bool {
        self.app.store().counters().is_cut()
    }

    pub(super) async fn record(&self, signals: &[Signal]) -> Result<Vec<Receipt>, AppError> {
        let caller = principal("connector", &[Role::Ingest]);
        self.app.record(call(&caller), shop(), signals.iter().map(incoming).collect()).await
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

    pub(super) async fn settle(&self) {
        let settled = amends_workers::settle(&self.app).await;
        assert!(settled.is_ok() || self.is_dead(), "{settled:?}");
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
            self.clock.advance_to(next.due_at);
        }
        self.clock.advance_to(until);
        self.settle().await;
    }
}
