//! `amends load`, with a server of its own if asked for.

use std::sync::Arc;

use amends_app::{Ids, SystemClock};
use amends_cli::Connection;
use prometheus::Registry;

use super::flags::ServerFlags;
use crate::serve::{Parts, start};

/// Measures ingest.
#[derive(clap::Args)]
#[group(skip)]
pub struct Load {
    #[command(flatten)]
    load: amends_cli::load::Load,
    /// Start a server for this run (on a free port, with a temporary SQLite
    /// file unless --database-url says otherwise) and stop it at the end.
    #[arg(long)]
    serve: bool,
    #[command(flatten)]
    settings: ServerFlags,
}

pub(super) async fn run(command: Load, mut connection: Connection) -> anyhow::Result<()> {
    if !command.serve {
        return amends_cli::load::run(&command.load, &connection).await;
    }
    let directory = tempfile::tempdir()?;
    let mut settings = command.settings.with("listen", "127.0.0.1:0").with("metrics_listen", "off");
    if settings.given("database_url").is_none() {
        settings =
            settings.with("database_url", format!("sqlite:{}", directory.path().join("load.db").display()));
    }
    let config = settings.config()?;
    let parts = Parts {
        clock: Arc::new(SystemClock),
        ids: Ids::random(),
        registry: Registry::new(),
        migrate: true,
        workers: true,
    };
    let running = start(&config, parts).await?;
    connection.endpoint = format!("http://{}", running.address);
    let measured = amends_cli::load::run(&command.load, &connection).await;
    running.stop().await?;
    measured
}
