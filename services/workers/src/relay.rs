//! The relay: gives events their position, in which subscribers read them.

use std::time::Duration;

use amends_app::App;
use tokio_util::sync::CancellationToken;

use crate::LOOK_EVERY;

/// Events given a position in one transaction.
const BATCH: u32 = 1_000;

/// The least time between two rounds that are not full. While signals pour in, something is
/// always waiting: without a pause the relay would take every second turn of the one writer.
const PAUSE: Duration = Duration::from_millis(20);

/// Gives positions to what has none; says to how many.
pub(crate) async fn step(app: &App) -> amends_app::Result<usize> {
    app.relay(BATCH).await
}

pub(crate) async fn run(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match step(&app).await {
            Ok(0) => {}
            Ok(done) if done >= BATCH as usize => continue,
            Ok(_) => tokio::time::sleep(PAUSE).await,
            Err(error) => tracing::warn!(%error, "events could not be relayed; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.relay_woken() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
