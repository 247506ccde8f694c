//! The other driver of the use cases: what happens without being asked.
//!
//! A worker takes no input. It looks at what the database says is due, does
//! it by the same commands everyone uses, and looks again; so it can be killed
//! at any moment and started any number of times beside itself.

mod due;
mod relay;
mod retention;
mod seal;

use std::time::Duration;

use amends_app::App;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How often a worker looks although nobody woke it: for what another process wrote.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Starts all workers; they end soon after `stop` is cancelled.
#[must_use]
pub fn start(app: &App, stop: &CancellationToken) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(due::run(app.clone(), stop.clone()));
    workers.spawn(relay::run(app.clone(), stop.clone()));
    workers.spawn(retention::run(app.clone(), stop.clone()));
    workers.spawn(seal::run(app.clone(), stop.clone()));
    workers
}

/// Does all that is due now, until nothing is: for whoever moves the clock by hand.
///
/// # Errors
/// When storage fails.
pub async fn settle(app: &App) -> amends_app::Result<()> {
    loop {
        let due = due::step(app).await?;
        let relayed = relay::step(app).await?;
        let sealed = seal::step(app).await?;
        if due == 0 && relayed == 0 && sealed == 0 {
            return Ok(());
        }
    }
}
