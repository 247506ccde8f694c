//! The service as one value: storage, detector, clock, and who waits for whom.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use amends_detect::Detector;
use amends_domain::Time;
use amends_store::Store;
use tokio::sync::Notify;

use crate::case::{Recent, Screens, Turns};
use crate::context::{Clock, Ids};
use crate::ingest::Lanes;
use crate::shops::ShopCache;

/// What can be set about the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Writers of ingest; SQLite has one whatever this says.
    pub lanes: usize,
    /// Signals that may wait for a writer before callers are shed.
    pub queue_signals_max: usize,
    /// Signals in one transaction at most.
    pub batch_signals_max: usize,
    /// Cases an agent may hold at a time.
    pub agent_capacity: i64,
    /// How far ahead of our clock a caller's may be.
    pub clock_skew: Duration,
    /// Which copy of each count this process adds to: any small number.
    pub shard: i64,
    /// Whether figures are kept. Without them they are wrong for good: only for measuring what they cost.
    pub rollups: bool,
    /// From how many rows on a sealed period of one split is packed.
    pub packed_from: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lanes: 2,
            queue_signals_max: 20_000,
            batch_signals_max: 1_000,
            agent_capacity: 20,
            clock_skew: Duration::from_secs(300),
            shard: 0,
            rollups: true,
            packed_from: 200,
        }
    }
}

/// The service. Cloning it is cheap and gives the same service.
#[derive(Debug, Clone)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    detector: Arc<Detector>,
    clock: Arc<dyn Clock>,
    /// The latest time it was: a clock that is set back stands still until it has caught up.
    latest: AtomicI64,
    ids: Ids,
    settings: Settings,
    shops: ShopCache,
    lanes: Lanes,
    turns: Turns,
    relay: Notify,
    timers: Notify,
    positions: tokio::sync::watch::Sender<i64>,
    recent: tokio::sync::Mutex<Recent>,
    screens: Screens,
    stopping: AtomicBool,
}

impl App {
    /// Makes the service and starts its writers.
    ///
    /// Must be called within a tokio runtime.
    #[must_use]
    pub fn new(
        store: Store,
        detector: Arc<Detector>,
        clock: Arc<dyn Clock>,
        ids: Ids,
        settings: Settings,
    ) -> Self {
        let lanes = Lanes::new(&store, &settings);
        let turns = Turns::new();
        let app = Self(Arc::new(Inner {
            store,
            detector,
            latest: AtomicI64::new(clock.now().micros()),
            clock,
            ids,
            settings,
            shops: ShopCache::default(),
            lanes: lanes.0,
            turns: turns.0,
            relay: Notify::new(),
            timers: Notify::new(),
            positions: tokio::sync::watch::Sender::new(0),
            recent: tokio::sync::Mutex::default(),
            screens: Screens::default(),
            stopping: AtomicBool::new(false),
        }));
        lanes.1.start(&app);
        turns.1.start(&app);
        app
    }

    /// Storage.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The detector.
    #[must_use]
    pub fn detector(&self) -> &Detector {
        &self.0.detector
    }

    /// What was set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The current time. It never runs backwards, whatever the machine's clock does.
    #[must_use]
    pub fn now(&self) -> Time {
        let now = self.0.clock.now();
        let before = self.0.latest.fetch_max(now.micros(), Ordering::SeqCst);
        now.max(Time::from_micros(before))
    }

    /// The source of identifiers.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    pub(crate) fn shops(&self) -> &ShopCache {
        &self.0.shops
    }

    pub(crate) fn recent(&self) -> &tokio::sync::Mutex<Recent> {
        &self.0.recent
    }

    pub(crate) fn screens(&self) -> &Screens {
        &self.0.screens
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.0.lanes
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }

    pub(crate) fn shard(&self) -> i64 {
        self.0.settings.shard
    }

    /// Tells the relay that there are events.
    pub fn wake_relay(&self) {
        self.0.relay.notify_one();
    }

    /// Waits until someone wrote events.
    pub async fn relay_woken(&self) {
        self.0.relay.notified().await;
    }

    /// Tells the timers that a deadline was set or the clock moved.
    pub fn wake_timers(&self) {
        self.0.timers.notify_one();
    }

    /// Waits until a deadline was set.
    pub async fn timers_woken(&self) {
        self.0.timers.notified().await;
    }

    /// Tells subscribers how far the relay has come.
    pub fn publish_position(&self, position: i64) {
        self.0.positions.send_if_modified(|p| {
            let newer = position > *p;
            *p = position.max(*p);
            newer
        });
    }

    /// How far the relay of this process has come.
    #[must_use]
    pub fn positions(&self) -> tokio::sync::watch::Receiver<i64> {
        self.0.positions.subscribe()
    }

    /// No new work is taken from now on; what was taken is finished.
    pub fn stop(&self) {
        self.0.stopping.store(true, Ordering::SeqCst);
        self.0.lanes.close();
        self.0.turns.close();
    }

    /// Whether the service is shutting down.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::SeqCst)
    }
}
