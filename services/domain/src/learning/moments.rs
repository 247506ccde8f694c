//! Means from sums.

use crate::statistics::tails::t_quantile;

pub use crate::statistics::Estimate;

/// What a set of numbers adds up to: enough for its mean and spread, and what a database can sum.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// How many numbers.
    pub n: i64,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

impl Moments {
    /// Of one number after the other.
    #[must_use]
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        numbers.into_iter().fold(Self::default(), |all, x| all.and(Self { n: 1, sum: x, squares: x * x }))
    }

    /// Of both sets together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { n: self.n + other.n, sum: self.sum + other.sum, squares: self.squares + other.squares }
    }

    /// The mean; none of nothing.
    #[must_use]
    pub fn mean(self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }

    /// The variance as one estimates it from a sample; none of fewer than two.
    #[must_use]
    pub fn variance(self) -> Option<f64> {
        let mean = self.mean().filter(|_| self.n >= 2)?;
        Some(((self.squares - self.sum * mean) / (self.n - 1) as f64).max(0.0))
    }

    /// The mean with Student's interval; none of fewer than two.
    #[must_use]
    pub fn estimate(self) -> Option<Estimate> {
        let (mean, variance) = (self.mean()?, self.variance()?);
        let half = t_quantile((self.n - 1) as f64) * (variance / self.n as f64).sqrt();
        Some(Estimate::around(mean, half))
    }
}
