//! Weeks and months that are over are sealed: their days are summed once.

use std::time::Duration;

use amends_app::App;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether one is over.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// Seals some; says whether there may be more.
pub(crate) async fn step(app: &App) -> amends_app::Result<usize> {
    app.seal_some().await
}

pub(crate) async fn run(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match step(&app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::warn!(%error, "weeks and months could not be sealed; trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
