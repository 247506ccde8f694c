//! The marketplace of `amends demo`: six shops, their buyers and agents, played
//! against a real server through the generated client.
//!
//! The play knows the service only from outside. It keeps its own books of what
//! it did and what was acknowledged, and holds the served figures against them.
//!
//! ```text
//! crowd ── letters ──▶ post ──▶ Record          agents ──▶ claim, offer, solve, ask
//!   ▲                            │                │
//!   └── react ◀── deeds, answers ┴── books ◀──────┘        audit: books = figures?
//! ```

mod agenda;
mod agent;
mod audit;
mod backend;
mod buyer;
mod chance;
mod crowd;
mod letter;
mod play;
mod post;
mod progress;
mod report;
mod shops;
mod tally;
mod time;
mod truth;
mod words;

use std::{future::Future, time::Instant};

pub use report::Report;
pub use shops::shop_ids;

/// How the play is played.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The same seed plays the same buyers.
    pub seed: u64,
    /// How many buyers there are.
    pub buyers: u32,
    /// The report is printed for machines.
    pub json: bool,
}

/// The world outside of the service: its clock.
pub trait World: Sync {
    /// The time, in microseconds since 1970.
    fn now(&self) -> i64;

    /// Moves the clock, and lets the service do everything that fell due by then.
    fn advance_to(&self, micros: i64) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// How everybody reaches the service.
#[derive(Clone)]
pub struct Access {
    /// Where it listens.
    pub endpoint: String,
    /// Key of an admin of all shops.
    pub admin_key: String,
    /// Key of the back ends of all shops.
    pub ingest_key: String,
    /// Names and keys of the agents of all shops.
    pub agent_keys: Vec<(String, String)>,
    /// Key of a supervisor of all shops.
    pub supervisor_key: String,
    /// Key of an analyst of all shops.
    pub analyst_key: String,
}

/// When the play begins: the clock has to stand there, or earlier.
#[must_use]
pub const fn start_micros() -> i64 {
    time::START
}

/// Plays the marketplace, and reports.
///
/// # Errors
/// When the service cannot be reached, or answers what no caller should ever
/// see. Figures that differ from the books are no error: the report lists them.
pub async fn play(options: Options, access: &Access, world: &impl World) -> anyhow::Result<Report> {
    let began = Instant::now();
    let mut play = play::Play::open(options, access).await?;
    let shown = progress::Progress::new();
    let mut now = time::START.max(world.now());
    let mut audits = Vec::new();
    while now < time::END {
        now = (now + time::TICK).min(time::END);
        world.advance_to(now).await?;
        play.tick(now).await?;
        shown.tick(now, play.cases(), play.offers());
        if play::is_audit(now) {
            play.say_the_rest().await?;
            // What was said late may have made something fall due.
            world.advance_to(now).await?;
            audits = play.audit(now).await?;
        }
    }
    shown.done();
    play.report(audits, began.elapsed()).await
}
