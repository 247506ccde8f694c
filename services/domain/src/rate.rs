//! Rates with their interval.

use crate::statistics::Z;

/// So many of so many, with the Wilson score interval at 95 %.
///
/// Wilson, E. B. (1927), "Probable inference, the law of succession, and
/// statistical inference", JASA 22: 209–212.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// How many.
    pub numerator: i64,
    /// Of how many.
    pub denominator: i64,
    /// The quotient; none of nothing.
    pub value: Option<f64>,
    /// The interval's lower and upper end.
    pub interval: Option<(f64, f64)>,
}

impl Rate {
    /// `numerator` of `denominator`.
    #[must_use]
    pub fn of(numerator: i64, denominator: i64) -> Self {
        if denominator <= 0 {
            return Self { numerator, denominator, value: None, interval: None };
        }
        let n = denominator as f64;
        let p = numerator as f64 / n;
        // Only a share of a whole has a binomial interval.
        let interval = (0..=denominator).contains(&numerator).then(|| wilson(p, n));
        Self { numerator, denominator, value: Some(p), interval }
    }
}

/// Wilson's score interval at 95 % of a share of `n`, which need not be whole: an effective size.
pub(crate) fn wilson(share: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}
