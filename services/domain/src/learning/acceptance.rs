//! How likely a buyer accepts, with what is known so far.

use crate::remedy::RemedyKind;

/// Answers to offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tried {
    /// Offers that were accepted, declined or left to expire.
    pub answered: u32,
    /// Of those, accepted.
    pub accepted: u32,
}

/// What is known about one alternative in a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// Which.
    pub kind: RemedyKind,
    /// For all reasons together.
    pub everywhere: Tried,
    /// For the reason at hand, whatever the value.
    pub reason: Tried,
    /// For the reason and band of value at hand.
    pub band: Tried,
    /// Buyers who rated the solution after they had taken it, whatever the reason.
    pub scored: u32,
    /// Of those, who gave 1 or 2 of 5.
    pub low: u32,
}

/// A Beta distribution of the probability to accept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posterior {
    /// Pseudo-count of acceptances, above 0.
    pub alpha: f64,
    /// Pseudo-count of the others, above 0.
    pub beta: f64,
}

impl Evidence {
    /// Nothing is known.
    #[must_use]
    pub const fn none(kind: RemedyKind) -> Self {
        let nothing = Tried { answered: 0, accepted: 0 };
        Self { kind, everywhere: nothing, reason: nothing, band: nothing, scored: 0, low: 0 }
    }
}

impl Posterior {
    /// The expected probability.
    #[must_use]
    pub fn mean(self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }
}

/// What is expected of an alternative: the policy's `prior` (0–1), corrected by all answers, those
/// by the answers of the reason, and those by the answers of the band. Each finer level begins with
/// the coarser one's mean, worth `weight` answers.
///
/// With weight w, prior p and (n, a) answers and acceptances at a level:
/// `m0 = p`, `m1 = (w·m0 + a1)/(w + n1)`, `m2 = (w·m1 + a2)/(w + n2)`,
/// `alpha = w·m2 + a3`, `beta = w·(1 − m2) + n3 − a3`: the beta-binomial model, see Gelman et al.,
/// Bayesian Data Analysis (3rd ed., 2013), §2.4 and chapter 5, with the weight fixed by the policy.
#[must_use]
pub fn posterior(prior: f64, weight: u32, evidence: &Evidence) -> Posterior {
    let weight = f64::from(weight.max(1));
    let level = |mean: f64, tried: Tried| {
        (weight * mean + f64::from(tried.accepted)) / (weight + f64::from(tried.answered))
    };
    // Strictly between 0 and 1, or a distribution would have no width.
    let prior = prior.clamp(0.01, 0.99);
    let of_reason = level(level(prior, evidence.everywhere), evidence.reason);
    let Tried { answered, accepted } = evidence.band;
    let declined = f64::from(answered.saturating_sub(accepted));
    Posterior { alpha: weight * of_reason + f64::from(accepted), beta: weight * (1.0 - of_reason) + declined }
}
