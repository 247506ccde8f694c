//! Deadlines: what falls due is done, once in effect.

use amends_app::App;
use tokio_util::sync::CancellationToken;

use crate::LOOK_EVERY;

/// Deadlines taken at a time.
const BATCH: u32 = 100;

/// Does what is due; says how much that was.
pub(crate) async fn step(app: &App) -> amends_app::Result<usize> {
    app.run_due(BATCH).await
}

pub(crate) async fn run(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match step(&app).await {
            // A full batch: there may be more.
            Ok(done) if done >= BATCH as usize => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "deadlines could not be looked at; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.timers_woken() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
