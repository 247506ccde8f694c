//! `amends serve`.

use std::sync::Arc;

use amends_app::{Ids, SystemClock};
use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use super::flags::ServerFlags;
use crate::serve::{Parts, start};
use crate::telemetry;

/// Runs the server until it is told to stop.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  amends serve\n  amends serve --database-url postgres://amends:secret@db/amends\n  amends serve --config amends.toml --listen 0.0.0.0:7460\n\nEvery setting can stand in the file (listen = \"…\"), in the environment (AMENDS_LISTEN) or as a flag; the\nlater ones win. OTLP export is on when OTEL_EXPORTER_OTLP_ENDPOINT is set."
)]
pub struct Serve {
    /// Wait for `amends migrate` instead of bringing the schema up to date.
    #[arg(long)]
    no_migrate: bool,
    #[command(flatten)]
    settings: ServerFlags,
}

pub(super) async fn run(command: Serve) -> anyhow::Result<()> {
    let config = command.settings.config()?;
    let telemetry = telemetry::start(&config.log, config.log_format, telemetry::otlp_is_on())?;
    let parts = Parts {
        clock: Arc::new(SystemClock),
        ids: Ids::random(),
        registry: telemetry.registry.clone(),
        migrate: !command.no_migrate,
        workers: true,
        rollups: true,
    };
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut running = start(&config, parts).await?;
    tracing::info!(address = %running.address, metrics = ?running.metrics_address, "serving");
    let failed = tokio::select! {
        _ = terminate.recv() => None,
        _ = interrupt.recv() => None,
        error = running.failed() => Some(error),
    };
    if let Some(error) = failed {
        telemetry.flush().await;
        return Err(error);
    }
    tracing::info!("stopping: no new calls, those under way may end");
    let ended = running.stop().await;
    tracing::info!("stopped");
    telemetry.flush().await;
    ended
}
