//! What was known of a case before it was decided explains part of what it cost: that part is no effect
//! of the order, and taken off.

use super::estimate::{Arm, Stratum};
use super::moments::Moments;

/// The least cases, beyond one for each arm of a stratum, for a slope to be believed.
const BEYOND_MIN: i64 = 20;

/// Below this share of their squares the spread of numbers is what rounding leaves of none.
const SPREAD_MIN: f64 = 1e-9;

/// A straight line through the cases of each arm, as steep in one as in another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Trend {
    /// How much more a case cost for each minor unit that its return would lose.
    pub(super) slope: f64,
    /// By how much variances around it must grow, because it was laid through the same cases.
    pub(super) growth: f64,
}

impl Trend {
    /// The one that takes nothing off.
    pub(super) const FLAT: Self = Self { slope: 0.0, growth: 1.0 };

    /// The common slope within the arms of all strata, by least squares:
    /// `b = Σ S_xy / Σ S_xx`, with each arm's sums around its own means. Flat where there are few cases or
    /// the losses of all are alike.
    ///
    /// It is one for all because a slope for each arm would rest on the few cases of a holdout.
    pub(super) fn through(strata: &[Stratum]) -> Self {
        let arms = || strata.iter().flat_map(|s| [s.holdout, s.treated]).filter(|arm| arm.cost.n > 0);
        let beyond: i64 = arms().map(|arm| arm.cost.n - 1).sum();
        let (mut across, mut together, mut squares) = (0.0, 0.0, 0.0);
        for arm in arms() {
            let mean = arm.loss.sum / arm.cost.n as f64;
            across += arm.loss.squares - mean * arm.loss.sum;
            together += arm.cross - mean * arm.cost.sum;
            squares += arm.loss.squares;
        }
        if beyond < BEYOND_MIN || across <= SPREAD_MIN * squares {
            return Self::FLAT;
        }
        Self { slope: together / across, growth: beyond as f64 / (beyond - 1) as f64 }
    }

    /// Both arms less what the line explains.
    pub(super) fn off(self, stratum: &Stratum) -> Stratum {
        Stratum { holdout: self.off_arm(stratum.holdout), treated: self.off_arm(stratum.treated) }
    }

    /// The sums of `y − slope·x` from those of both.
    fn off_arm(self, arm: Arm) -> Arm {
        let b = self.slope;
        let cost = Moments {
            n: arm.cost.n,
            sum: arm.cost.sum - b * arm.loss.sum,
            squares: arm.cost.squares - 2.0 * b * arm.cross + b * b * arm.loss.squares,
        };
        Arm { cost, ..arm }
    }
}
