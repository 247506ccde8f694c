//! Weeks and months that are over are sealed: their days are summed once. What is sealed is packed, and packed
//! again when much beside it is late.

use std::time::{Duration, Instant};

use amends_app::App;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether one is over.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// How many times as long as a transaction took, others have until the next.
const PAUSES: u32 = 9;

/// Seals and packs some; says whether there may be more.
pub(crate) async fn step(app: &App) -> amends_app::Result<usize> {
    match app.seal_some().await? {
        0 => app.repack_some().await,
        sealed => Ok(sealed),
    }
}

pub(crate) async fn run(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let pause = match step(&app).await {
            Ok(0) => LOOK_EVERY,
            Ok(_) => begun.elapsed() * PAUSES,
            Err(error) => {
                tracing::warn!(%error, "weeks and months could not be sealed; trying again");
                LOOK_EVERY
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
