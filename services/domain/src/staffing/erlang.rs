//! Erlang's two formulas.
//!
//! A. K. Erlang, "Solution of some problems in the theory of probabilities of
//! significance in automatic telephone exchanges", Elektroteknikeren 13 (1917).
//! Both are worked out by the recursion `B(n) = A·B(n−1) / (n + A·B(n−1))` from
//! `B(0) = 1` (for example R. B. Cooper, Introduction to Queueing Theory, 2nd
//! ed. 1981, chapter 3): all of its terms are positive and below one, so that
//! nothing overflows or cancels with thousands of seats, where powers and
//! factorials would.

/// One step of the recursion: the share that is blocked with `seats`, from that with one less.
pub(super) fn next(before: f64, offered: f64, seats: u32) -> f64 {
    let busy = offered * before;
    busy / (f64::from(seats) + busy)
}

/// From the share that is blocked to the share that waits; one where the load never lets the queue end.
pub(super) fn waiting(blocked: f64, offered: f64, seats: u32) -> f64 {
    let seats = f64::from(seats);
    if offered >= seats {
        return 1.0;
    }
    // C = N·B / (N − A·(1 − B)); the denominator is at least N − A.
    (seats * blocked / (seats - offered * (1.0 - blocked))).clamp(0.0, 1.0)
}

/// Erlang B: the share of arrivals that find all seats taken, if those went away.
#[must_use]
pub fn blocked(offered: f64, seats: u32) -> f64 {
    (1..=seats).fold(1.0, |before, n| next(before, offered, n))
}

/// Erlang C: the share of arrivals that have to wait, if nobody goes away.
#[must_use]
pub fn waits(offered: f64, seats: u32) -> f64 {
    if offered <= 0.0 && seats > 0 {
        return 0.0;
    }
    waiting(blocked(offered, seats), offered, seats)
}
