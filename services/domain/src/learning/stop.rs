//! When an alternative is not tried out any more, because buyers who took it
//! were less content than those who took another.
//!
//! What counts is the score of the survey after the solution. A public review
//! must not reach a remedy by any way, and this would be one.

use super::acceptance::Evidence;

/// Scores that are needed before anything is concluded.
const SCORED_MIN: u32 = 30;

/// z of the bounds: looked at after every score, so wider than for one look.
const Z: f64 = 3.0;

/// Why an alternative is stopped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// Low scores of the alternative, and how many scores there are.
    pub own: (u32, u32),
    /// The same of all others.
    pub others: (u32, u32),
}

/// Whether the evidence is against an alternative: even the lower bound of its
/// share of low scores is above the upper bound of the others'.
#[must_use]
pub fn stopped(own: &Evidence, all: &[Evidence]) -> Option<Stop> {
    let others = all.iter().filter(|evidence| evidence.kind != own.kind);
    let others = others.fold((0_u32, 0_u32), |(low, scored), evidence| {
        (low.saturating_add(evidence.low), scored.saturating_add(evidence.scored))
    });
    if own.scored < SCORED_MIN || others.1 < SCORED_MIN {
        return None;
    }
    let (lower, _) = bounds(own.low, own.scored);
    let (_, upper) = bounds(others.0, others.1);
    (lower > upper).then_some(Stop { own: (own.low, own.scored), others })
}

/// The Wilson bounds of a share, see [`crate::rate`].
fn bounds(low: u32, scored: u32) -> (f64, f64) {
    let (n, p) = (f64::from(scored), f64::from(low) / f64::from(scored));
    let z2 = Z * Z;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    (centre - half, centre + half)
}
