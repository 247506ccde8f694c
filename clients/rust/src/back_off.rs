//! The pauses between attempts.

use std::time::Duration;

use crate::settings::Retry;

impl Retry {
    /// How long to wait before the next attempt after `failures` failed ones, or
    /// nothing if no attempt is left. Jitter spreads callers that failed together,
    /// so that they do not come back together.
    pub(crate) fn pause(&self, failures: u32, asked_for: Option<Duration>) -> Option<Duration> {
        if failures >= self.attempts_max {
            return None;
        }
        let doublings = failures.saturating_sub(1).min(16);
        let bound = self.pause_first.saturating_mul(1 << doublings).min(self.pause_max);
        let pause = bound.mul_f64(rand::random_range(0.5..=1.0));
        // A server that names a time knows better, within what the caller bears.
        Some(asked_for.map_or(pause, |asked| asked.min(self.pause_max).max(pause)))
    }

    /// How long to wait after a server said that it goes away. Never nothing: a
    /// server that says so at once, again and again, must not be hammered.
    pub(crate) fn pause_after_farewell(&self, asked_for: Option<Duration>) -> Duration {
        self.pause(1, asked_for).unwrap_or(self.pause_first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        attempts_max: 4,
        pause_first: Duration::from_millis(100),
        pause_max: Duration::from_millis(300),
    };

    #[test]
    fn pauses_double_up_to_their_bound_and_then_end() {
        let within = |failures, low, high| {
            RETRY.pause(failures, None).is_some_and(|pause| {
                pause >= Duration::from_millis(low) && pause <= Duration::from_millis(high)
            })
        };
        assert!(within(1, 50, 100));
        assert!(within(2, 100, 200));
        assert!(within(3, 150, 300));
        assert_eq!(RETRY.pause(4, None), None);
    }

    #[test]
    fn a_server_may_ask_for_more_patience_but_not_without_bound() {
        let long = RETRY.pause(1, Some(Duration::from_secs(60)));
        assert_eq!(long, Some(Duration::from_millis(300)));
    }
}
