//! When each batch is due.

use std::time::{Duration, Instant};

/// A schedule: batch n is due n intervals after the start, whatever became of
/// the ones before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    started: Instant,
    interval: Option<Duration>,
}

impl Pace {
    pub(crate) fn new(started: Instant, signals_per_second: Option<u64>, batch: u64) -> Self {
        let interval = signals_per_second.map(|rate| Duration::from_secs_f64(batch as f64 / rate as f64));
        Self { started, interval }
    }

    /// Waits until the batch is due; says when that was.
    pub(crate) async fn due(&self, batch: u64) -> Instant {
        let Some(interval) = self.interval else { return Instant::now() };
        let at = self.started + interval.mul_f64(batch as f64);
        tokio::time::sleep_until(at.into()).await;
        at
    }
}
