//! Ratios of sums, where members come in groups that are alike.

use super::Estimate;
use super::tails::t_quantile;

/// What groups add up to, `y` over `n`: net stars over negative reviews of each buyer, say.
///
/// Whole numbers, so that sums are exact in whatever order they were added. For members that are their own
/// group (`n` = 1), this is the mean of `y`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Groups.
    pub groups: i64,
    /// Σ n.
    pub n: i128,
    /// Σ y.
    pub y: i128,
    /// Σ n².
    pub nn: i128,
    /// Σ n·y.
    pub ny: i128,
    /// Σ y².
    pub yy: i128,
}

impl Sums {
    /// Of one group.
    #[must_use]
    pub fn group(y: i64, n: i64) -> Self {
        let (y, n) = (i128::from(y), i128::from(n));
        Self { groups: 1, n, y, nn: n * n, ny: n * y, yy: y * y }
    }

    /// Of both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            groups: self.groups + other.groups,
            n: self.n + other.n,
            y: self.y + other.y,
            nn: self.nn + other.nn,
            ny: self.ny + other.ny,
            yy: self.yy + other.yy,
        }
    }

    /// The ratio, `R = Σ y / Σ n`; none of nothing.
    #[must_use]
    pub fn ratio(self) -> Option<f64> {
        (self.n > 0).then(|| self.y as f64 / self.n as f64)
    }

    /// The ratio with its interval; none of fewer than two groups.
    ///
    /// Its variance is `k/(k − 1) · Σ (y − R·n)² / (Σ n)²` over `k` groups, the delta method's of a ratio of
    /// means (Cochran, Sampling Techniques, 3rd ed. (1977), chapter 6; Deng, Knoblich and Lu, "Applying the
    /// delta method in metric analytics", KDD 2018: 233–242), with Student's quantile of `k − 1` degrees of
    /// freedom. Members of a group may be as alike as they like; groups are independent. With ten
    /// groups it is narrow, with sixty it is right.
    #[must_use]
    pub fn estimate(self) -> Option<Estimate> {
        let ratio = self.ratio().filter(|_| self.groups >= 2)?;
        let (groups, n) = (self.groups as f64, self.n as f64);
        let apart = (self.yy as f64 - 2.0 * ratio * self.ny as f64 + ratio * ratio * self.nn as f64).max(0.0);
        let variance = groups / (groups - 1.0) * apart / (n * n);
        Some(Estimate::around(ratio, t_quantile(groups - 1.0) * variance.sqrt()))
    }
}
