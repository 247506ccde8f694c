//! `amends load`, with a server of its own if asked for.

use std::sync::Arc;

use amends_app::{Ids, Role, SystemClock};
use amends_cli::Connection;
use amends_cli::load::Mode;
use anyhow::ensure;
use prometheus::Registry;

use super::flags::ServerFlags;
use super::keys::Keys;
use crate::config::Config;
use crate::serve::{Parts, open, start};

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
    /// Keep no figures, to measure what they cost: only in a database without shops, since its figures are wrong.
    #[arg(long, requires = "serve", conflicts_with_all = ["verify", "ledger"])]
    without_rollups: bool,
    #[command(flatten)]
    settings: ServerFlags,
}

pub(super) async fn run(mut command: Load, mut connection: Connection) -> anyhow::Result<()> {
    if !command.serve {
        return amends_cli::load::run(&command.load, &connection).await;
    }
    // What would be checked is the figures.
    command.load.no_verify |= command.without_rollups;
    let directory = tempfile::tempdir()?;
    let mut settings = command.settings.with("listen", "127.0.0.1:0").with("metrics_listen", "off");
    if settings.given("database_url").is_none() {
        settings =
            settings.with("database_url", format!("sqlite:{}", directory.path().join("load.db").display()));
    }
    if command.load.mode == Mode::Claims && settings.given("agent_capacity").is_none() {
        // The run measures claims; nobody solves anything.
        settings = settings.with("agent_capacity", "1000000");
    }
    let config = settings.config()?;
    let parts = Parts {
        clock: Arc::new(SystemClock),
        ids: Ids::random(),
        registry: Registry::new(),
        migrate: true,
        workers: true,
        rollups: !command.without_rollups,
    };
    if command.without_rollups {
        refuse_used(&config).await?;
    }
    let running = start(&config, parts).await?;
    connection.endpoint = format!("http://{}", running.address);
    if command.load.mode == Mode::Claims {
        connection.api_key = Some(Keys::make(&running.app, "load", &Role::ALL).await?);
        for n in 0..command.load.agents {
            let key = Keys::make(&running.app, &format!("agent-{n}"), &[Role::Agent]).await?;
            command.load.agent_keys.push(key);
        }
    }
    let measured = amends_cli::load::run(&command.load, &connection).await;
    running.stop().await?;
    measured
}

/// What is written without figures would be missing in those of the shops that are there.
async fn refuse_used(config: &Config) -> anyhow::Result<()> {
    let store = open(config).await?;
    store.migrate().await?;
    let used = !amends_store::shop::list(&store.reader(), None, None, 1).await?.is_empty();
    store.close().await;
    ensure!(!used, "this database has shops: --without-rollups takes an empty one");
    Ok(())
}
