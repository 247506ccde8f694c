//! Retention: answers that nobody will ask for again are forgotten.

use std::time::Duration;

use amends_app::App;
use tokio_util::sync::CancellationToken;

/// How often old answers are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(600);

pub(crate) async fn run(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = app.forget_old().await {
            tracing::warn!(%error, "old answers could not be forgotten; trying again");
        }
        if let Err(error) = app.sweep_viewers().await {
            tracing::warn!(%error, "viewers whose time is over could not be swept; trying again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
