//! `amends demo`: the main job against a real server with a clock of its own.

use std::sync::Arc;

use amends_app::{App, Ids, Role, VirtualClock};
use amends_cli::market::{self, Access, Options, World};
use amends_domain::Time;
use anyhow::Context;
use prometheus::Registry;

use super::flags::ServerFlags;
use super::keys::Keys;
use crate::serve::{Parts, Running, start};

/// Plays a seeded marketplace against a server of its own, over real TCP, and
/// fails if the served figures differ from the simulator's own books.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  amends demo\n  amends demo --seed 7 --buyers 1000 --json\n  amends demo --database-url postgres://localhost/amends_demo --keep"
)]
pub struct Demo {
    /// Another seed is another marketplace; the same seed is the same one.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many buyers.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    buyers: u32,
    /// Stay up at the end and print how to look around.
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    settings: ServerFlags,
}

/// People who work cases in the demonstration.
const AGENTS: [&str; 4] = ["agent-1", "agent-2", "agent-3", "agent-4"];

pub(super) async fn run(command: Demo, json: bool) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let mut settings = command.settings.with("metrics_listen", "off");
    if settings.given("listen").is_none() {
        settings = settings.with("listen", "127.0.0.1:0");
    }
    if settings.given("database_url").is_none() {
        settings =
            settings.with("database_url", format!("sqlite:{}", directory.path().join("demo.db").display()));
    }
    let config = settings.config()?;
    let clock = Arc::new(VirtualClock::at(Time::from_micros(market::start_micros())));
    let parts = Parts {
        clock: Arc::clone(&clock) as _,
        ids: Ids::random(),
        registry: Registry::new(),
        migrate: true,
        workers: false,
        rollups: true,
    };
    let running = start(&config, parts).await?;
    let access = access(&running).await?;
    let world = Hands { clock, app: running.app.clone() };
    let options = Options { seed: command.seed, buyers: command.buyers, json };
    let report = market::play(options, &access, &world).await;
    if let Ok(report) = &report {
        report.print(json)?;
    }
    if command.keep && report.is_ok() {
        stay(&running, &access).await?;
    }
    running.stop().await?;
    anyhow::ensure!(report?.truth_matches, "the served figures differ from the simulator's books");
    Ok(())
}

/// A key for everyone who takes part.
async fn access(running: &Running) -> anyhow::Result<Access> {
    let app = &running.app;
    let mut agent_keys = Vec::new();
    for name in AGENTS {
        agent_keys.push((name.to_owned(), Keys::make(app, name, &[Role::Agent]).await?));
    }
    Ok(Access {
        endpoint: format!("http://{}", running.address),
        admin_key: Keys::make(app, "admin", &Role::ALL).await?,
        ingest_key: Keys::make(app, "connector", &[Role::Ingest]).await?,
        agent_keys,
        supervisor_key: Keys::make(app, "supervisor", &[Role::Supervisor, Role::Agent]).await?,
        analyst_key: Keys::make(app, "analyst", &[Role::Analyst]).await?,
    })
}

/// The clock of the simulation, and whoever must do what falls due when it moves.
struct Hands {
    clock: Arc<VirtualClock>,
    app: App,
}

impl World for Hands {
    fn now(&self) -> i64 {
        self.app.now().micros()
    }

    async fn advance_to(&self, micros: i64) -> anyhow::Result<()> {
        self.clock.advance_to(Time::from_micros(micros));
        amends_workers::settle(&self.app).await.context("what fell due could not be done")
    }
}

async fn stay(running: &Running, access: &Access) -> anyhow::Result<()> {
    eprintln!("\nThe server stays up on {}. Look around in another terminal:\n", running.address);
    eprintln!("  export AMENDS_ENDPOINT=http://{}", running.address);
    eprintln!("  export AMENDS_API_KEY={}", access.admin_key);
    let shop = market::shop_ids().next().unwrap_or_default();
    eprintln!("  amends shop list");
    eprintln!("  amends case list --shop {shop}");
    eprintln!("  amends metrics reversal --shop {shop} --from 2026-01-01 --to 2026-06-01");
    eprintln!("  amends report --shop {shop} --from 2026-01-01 --to 2026-03-31 --out report.html\n");
    eprintln!("Ctrl-C ends it.");
    tokio::signal::ctrl_c().await?;
    Ok(())
}
