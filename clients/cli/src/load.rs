//! `amends load`: how many signals a server takes, how fast it answers, and
//! whether everything it acknowledged is really there, exactly once.

mod batches;
mod claims;
mod ledger;
mod pace;
mod report;
mod signals;
mod stream;
mod suggest;
mod unary;
mod verify;

use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use amends_client::{Client, v1};
use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};

use crate::Connection;
use batches::Batches;
use ledger::Ledger;
use pace::Pace;
use report::Report;
use signals::Plan;

pub(crate) const EXAMPLES: &str = "Examples:
  amends load --serve                                    a server of its own, one command
  amends load --mode unary --in-flight 64 --seconds 20
  amends load --mode stream --connections 4 --batch 100
  amends load --rate 3000 --json                         latency at a fixed rate
  amends load --serve --mode claims --agents 64          agents who claim from 100,000 open cases
  amends load --serve --mode suggest                     suggestions in a shop with 100,000 cases
  amends load --ledger run.json; amends load --verify run.json   verify later, after a crash";

/// How signals are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// One call a batch.
    Unary,
    /// Batches on long-lived streams.
    Stream,
    /// Agents who claim the next case from a full queue.
    Claims,
    /// Suggestions, one after the other, in a shop with many cases.
    Suggest,
}

/// Measures ingest with a mix of 60 % orders and shipments, 25 % reviews (a
/// fifth negative), 12 % messages and 3 % returns.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Load {
    /// One call a batch, or long-lived streams.
    #[arg(long, value_enum, default_value = "unary")]
    pub mode: Mode,
    /// TCP connections; one stream each in stream mode.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub connections: u16,
    /// Batches that wait for their answer at a time, over all connections.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub in_flight: u32,
    /// Signals a batch: 1 by default, 100 in stream mode.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub batch: Option<u32>,
    /// How long to send, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: u64,
    /// Signals a second to aim at; as many as possible when absent. Latency then
    /// counts from when a batch was due, so that a stalled server cannot hide it.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    pub rate: Option<u64>,
    /// Makes the same signals in every run.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Keeps what was acknowledged in this file, for --verify after a crash.
    #[arg(long, value_name = "FILE", conflicts_with = "verify")]
    pub ledger: Option<PathBuf>,
    /// Sends nothing new: checks that what this file says was acknowledged is stored once.
    #[arg(long, value_name = "FILE")]
    pub verify: Option<PathBuf>,
    /// Open cases to claim from.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub cases: u64,
    /// Rules of the shop's remedy policy, in the mode of suggestions.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(0..=2_000))]
    pub rules: u32,
    /// Agents who claim at a time, with --serve.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub agents: u16,
    /// Keys of the agents who claim, without --serve; separated by commas.
    #[arg(long, value_delimiter = ',', env = "AMENDS_AGENT_KEYS", hide_env_values = true)]
    pub agent_keys: Vec<String>,
    /// Skips the check at the end.
    #[arg(long)]
    pub no_verify: bool,
}

impl Load {
    fn batch(&self) -> u64 {
        u64::from(self.batch.unwrap_or(if self.mode == Mode::Stream { 100 } else { 1 }))
    }
}

/// Runs the load against the server of `connection`.
///
/// # Errors
/// When the server cannot be reached, or does not hold what it acknowledged.
pub async fn run(load: &Load, connection: &Connection) -> anyhow::Result<()> {
    let mut settings = connection.settings()?;
    settings.connections = usize::from(load.connections);
    let client = Client::connect(settings).await?;
    if let Some(file) = &load.verify {
        return later(&client, file, connection.json).await;
    }
    if load.mode == Mode::Suggest {
        return suggest::run(load, connection).await;
    }
    if load.mode == Mode::Claims {
        return claims::run(load, connection).await;
    }
    let plan = Plan::new(load.seed, &run_name());
    let shop = plan.shop().context("the run has no shop")?;
    create_shop(&client, shop).await?;
    if !connection.json {
        eprintln!("sending to {} for {} s …", plan.parent, load.seconds);
    }
    let (ledger, mut report) = send(load, &client, &plan).await;
    if let Some(file) = &load.ledger {
        ledger.save(file)?;
    }
    if !load.no_verify {
        report.verified = Some(verify::verify(&client, &plan, &ledger).await);
    }
    report.print(connection.json)?;
    match &report.verified {
        Some(Err(difference)) => anyhow::bail!("what was acknowledged is not what is stored: {difference}"),
        _ => Ok(()),
    }
}

async fn later(client: &Client, file: &std::path::Path, json: bool) -> anyhow::Result<()> {
    let ledger = Ledger::read(file)?;
    let plan = Plan::named(ledger.seed, &ledger.parent)?;
    let verified = verify::verify(client, &plan, &ledger).await;
    if json {
        println!(
            "{}",
            serde_json::json!({ "acknowledged": ledger.acknowledged(), "verified": verified.is_ok() })
        );
    } else if verified.is_ok() {
        println!("all {} acknowledged signals are stored, each once", ledger.acknowledged());
    }
    verified
        .map_err(|difference| anyhow::anyhow!("what was acknowledged is not what is stored: {difference}"))
}

async fn send(load: &Load, client: &Client, plan: &Plan) -> (Ledger, Report) {
    let started = Instant::now();
    let until = started + Duration::from_secs(load.seconds);
    let batches = Batches::new(load.batch());
    let pace = Pace::new(started, load.rate, load.batch());
    let outcome = match load.mode {
        Mode::Unary | Mode::Claims | Mode::Suggest => {
            unary::send(load, client, plan, &batches, &pace, until).await
        }
        Mode::Stream => stream::send(load, client, plan, &batches, &pace, until).await,
    };
    let elapsed = started.elapsed();
    let ledger = Ledger::new(plan, load.batch(), batches.handed_out(), outcome.acknowledged.clone());
    let report = Report::new(load, elapsed, &ledger, outcome);
    (ledger, report)
}

/// What the senders found out together.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Numbers of the batches that were acknowledged whole.
    pub(crate) acknowledged: Vec<u64>,
    /// Answers that were refusals or failures, by what they said.
    pub(crate) errors: std::collections::BTreeMap<String, u64>,
    /// Latency of each acknowledged batch, in microseconds.
    pub(crate) latency: hdrhistogram::Histogram<u64>,
}

impl Outcome {
    pub(crate) fn new() -> Self {
        // Three digits up to a minute; the bounds are valid by construction.
        let latency = hdrhistogram::Histogram::new_with_bounds(1, 60_000_000, 3).unwrap_or_else(|_| {
            hdrhistogram::Histogram::new(3).unwrap_or_else(|_| unreachable!("3 digits are valid"))
        });
        Self { acknowledged: Vec::new(), errors: std::collections::BTreeMap::new(), latency }
    }

    pub(crate) fn acknowledge(&mut self, batch: u64, took: Duration) {
        self.acknowledged.push(batch);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.latency.saturating_record(micros.max(1));
    }

    pub(crate) fn fail(&mut self, what: &str) {
        *self.errors.entry(what.to_owned()).or_default() += 1;
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        for (what, count) in other.errors {
            *self.errors.entry(what).or_default() += count;
        }
        // Both have the same bounds.
        let _ = self.latency.add(other.latency);
    }
}

/// A name no earlier run had: each run has a shop of its own.
#[expect(clippy::disallowed_methods, reason = "a run is named after the moment it starts")]
fn run_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("load-{:x}-{:x}", now.as_micros(), std::process::id())
}

async fn create_shop(client: &Client, shop_id: &str) -> anyhow::Result<()> {
    ensure!(!shop_id.is_empty(), "the run has no shop");
    let shop = v1::Shop {
        display_name: "Load".to_owned(),
        channel: "own_store".to_owned(),
        region: "US".to_owned(),
        currency: signals::CURRENCY.to_owned(),
        time_zone: "UTC".to_owned(),
        ..v1::Shop::default()
    };
    let request =
        v1::CreateShopRequest { shop_id: shop_id.to_owned(), shop: Some(shop), ..Default::default() };
    client.call(request).await?;
    Ok(())
}
