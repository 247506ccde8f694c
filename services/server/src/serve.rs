//! The life of a server: from a checked configuration to a clean end.
//!
//! Up: storage, schema, transport (not serving), workers, serving. Down, in
//! the order that loses nothing: not serving, calls and streams end within a
//! limit, writers finish what they took, workers finish their step.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use amends_app::{App, Clock, Ids, Settings};
use amends_grpc::serve::{Drained, Health, Settings as TransportSettings, Tls, Transport};
use amends_store::{Options, Store};
use anyhow::{Context, bail};
use prometheus::Registry;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, TlsFiles, mask_url};
use crate::detector;
use crate::metrics;

/// What a server is made of, beside its configuration.
#[derive(Debug)]
pub struct Parts {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where identifiers come from.
    pub ids: Ids,
    /// What Prometheus scrapes.
    pub registry: Registry,
    /// Whether the schema is brought up to date here, or waited for.
    pub migrate: bool,
    /// Whether workers run by themselves; whoever moves the clock by hand runs them by hand.
    pub workers: bool,
    /// Whether figures are kept; only whoever measures what they cost goes without.
    pub rollups: bool,
}

/// A server that runs.
#[derive(Debug)]
pub struct Running {
    /// Where gRPC listens.
    pub address: SocketAddr,
    /// Where metrics listen.
    pub metrics_address: Option<SocketAddr>,
    /// The service behind it.
    pub app: App,
    stop: CancellationToken,
    transport: tokio::task::JoinHandle<anyhow::Result<Drained>>,
    health: Health,
    workers: CancellationToken,
    background: JoinSet<()>,
    store: Store,
}

/// How often health looks whether the database still answers.
const HEALTH_EVERY: Duration = Duration::from_secs(1);

/// How long workers may take to finish their step.
const WORKERS_WITHIN: Duration = Duration::from_secs(10);

/// Starts a server; it serves when this returns.
///
/// # Errors
/// When the database, an address or a certificate cannot be used, or the
/// address is not loopback and no API key exists.
pub async fn start(config: &Config, parts: Parts) -> anyhow::Result<Running> {
    let problems = amends_domain::policy::catalogue_problems();
    if !problems.is_empty() {
        bail!("the catalogue of channels that ships with this version is not sound: {}", problems.join("; "));
    }
    let warn = |problem: &str| tracing::warn!("{problem}");
    let detector = detector::load(config.detection_model.as_deref(), warn)?;
    tracing::info!(model = detector.version(), "the model that hears texts");
    let store = open(config).await?;
    if parts.migrate {
        for name in store.migrate().await.context("the schema could not be brought up to date")? {
            tracing::info!(migration = name, "applied");
        }
    }
    // Made beside the first steps of the store, so that no buyer's answer waits for it.
    let linter = tokio::task::spawn_blocking(amends_app::lint::make_ready);
    let settings = Settings { rollups: parts.rollups, ..settings(config) };
    let app = App::new(store.clone(), Arc::new(detector), parts.clock, parts.ids, settings);
    wait_for_schema(&store).await?;
    tell_of_other_counts(&app).await?;
    refuse_open_access(config, &app).await?;
    linter
        .await?
        .map_err(|problem| anyhow::anyhow!("the rules of outgoing words are not sound: {problem}"))?;
    let listener =
        TcpListener::bind(config.listen).await.with_context(|| cannot_listen("listen", config.listen))?;
    let address = listener.local_addr()?;
    let transport = Transport::new(app.clone(), transport_settings(config)?).await;
    let (health, stop) = (transport.health(), transport.shutdown());
    let transport = tokio::spawn(async move { transport.serve(listener).await.map_err(anyhow::Error::from) });
    let workers = CancellationToken::new();
    let mut background = JoinSet::new();
    let metrics_address = serve_metrics(config, parts.registry, &workers, &mut background).await?;
    if parts.workers {
        let mut running = amends_workers::start(&app, &workers);
        background.spawn(async move { while running.join_next().await.is_some() {} });
    }
    health.set_serving(true).await;
    background.spawn(watch_health(store.clone(), health.clone(), workers.clone()));
    Ok(Running { address, metrics_address, app, stop, transport, health, workers, background, store })
}

/// Opens the database of a configuration.
///
/// # Errors
/// When it cannot be reached.
pub async fn open(config: &Config) -> anyhow::Result<Store> {
    let options = Options { connections_max: config.database_connections, ..Options::default() };
    Store::open(&config.database_url, &options)
        .await
        .with_context(|| format!("the database {} cannot be opened", mask_url(&config.database_url)))
}

fn settings(config: &Config) -> Settings {
    Settings {
        lanes: config.ingest_lanes,
        queue_signals_max: config.ingest_queue,
        batch_signals_max: config.ingest_batch,
        agent_capacity: config.agent_capacity,
        shard: config.replica,
        ..Settings::default()
    }
}

fn transport_settings(config: &Config) -> anyhow::Result<TransportSettings> {
    let tls = config.tls.as_ref().map(read_tls).transpose()?;
    Ok(TransportSettings {
        calls_max: config.calls,
        drain_max: config.drain,
        web: config.web,
        cors_origins: config.cors_origins.clone(),
        tls,
        ..TransportSettings::default()
    })
}

fn read_tls(files: &TlsFiles) -> anyhow::Result<Tls> {
    let read = |path: &std::path::Path| {
        std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
    };
    Ok(Tls {
        certificate_pem: read(&files.certificate)?,
        key_pem: read(&files.key)?,
        client_ca_pem: files.client_ca.as_deref().map(read).transpose()?,
    })
}

/// Whoever migrates in a step of its own starts the servers first or last; both work.
async fn wait_for_schema(store: &Store) -> anyhow::Result<()> {
    let mut told = false;
    loop {
        let pending = store.pending().await.context("the schema cannot be looked at")?;
        if pending.is_empty() {
            return Ok(());
        }
        if !told {
            tracing::warn!(?pending, "the schema is older than this version: waiting for `amends migrate`");
            told = true;
        }
        tokio::time::sleep(HEALTH_EVERY).await;
    }
}

/// Zone data and what is known of channels come with the program: figures of another version may differ.
async fn tell_of_other_counts(app: &App) -> anyhow::Result<()> {
    let shops = app.shops_counted_otherwise().await.context("the roll-ups cannot be looked at")?;
    if let Some(first) = shops.first() {
        tracing::warn!(
            shops = shops.len(),
            %first,
            "the figures of these shops were written with other time zone data, another catalogue of channels \
             or by a version with fewer figures: `amends recompute` tells what differs, with --repair it is \
             counted anew, and figures that are refused until then are told"
        );
    }
    Ok(())
}

/// Without a key everyone is let in, so everyone must be on this machine.
async fn refuse_open_access(config: &Config, app: &App) -> anyhow::Result<()> {
    if !config.listen.ip().is_loopback() && app.access_is_open().await? {
        bail!(
            "listen is {}, which other machines can reach, and no API key exists: everyone could do everything.\n\
             Create one with `amends keys create --name … --role …`, or listen on 127.0.0.1.",
            config.listen
        );
    }
    Ok(())
}

fn cannot_listen(name: &str, address: SocketAddr) -> String {
    format!("{name}: cannot listen on {address}; is another server running? Choose another with --{name}")
}

async fn serve_metrics(
    config: &Config,
    registry: Registry,
    stop: &CancellationToken,
    background: &mut JoinSet<()>,
) -> anyhow::Result<Option<SocketAddr>> {
    let Some(address) = config.metrics_listen else { return Ok(None) };
    let listener =
        TcpListener::bind(address).await.with_context(|| cannot_listen("metrics-listen", address))?;
    let address = listener.local_addr()?;
    let stop = stop.clone();
    background.spawn(async move {
        if let Err(error) = metrics::serve(listener, registry, stop).await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    Ok(Some(address))
}

/// Health tells the truth: a server whose database is gone does not serve.
async fn watch_health(store: Store, health: Health, stop: CancellationToken) {
    let mut was_well = true;
    while !stop.is_cancelled() {
        let well = store.pending().await.is_ok_and(|pending| pending.is_empty());
        if well != was_well {
            tracing::warn!(well, "the database changed its mind about answering");
            health.set_serving(well).await;
            was_well = well;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(HEALTH_EVERY) => {}
        }
    }
}

impl Running {
    /// Ends the server: nothing that was acknowledged is lost, and nothing is
    /// acknowledged that is not stored.
    ///
    /// # Errors
    /// When the transport failed while it ran.
    pub async fn stop(self) -> anyhow::Result<()> {
        let Self { app, stop, transport, health, workers, mut background, store, .. } = self;
        health.set_serving(false).await;
        stop.cancel();
        let served = transport.await.context("the transport did not end")?;
        app.stop();
        workers.cancel();
        let ended =
            tokio::time::timeout(WORKERS_WITHIN, async { while background.join_next().await.is_some() {} });
        if ended.await.is_err() {
            tracing::warn!("a worker did not finish its step in time");
        }
        store.close().await;
        if served? == Drained::CutOff {
            tracing::warn!("some calls took longer than drain_seconds and were cut off");
        }
        Ok(())
    }

    /// Waits until the transport ends by itself, which it only does when it fails.
    pub async fn failed(&mut self) -> anyhow::Error {
        match (&mut self.transport).await {
            Ok(Err(error)) => error,
            Ok(Ok(_)) => anyhow::anyhow!("the transport ended"),
            Err(error) => error.into(),
        }
    }
}
