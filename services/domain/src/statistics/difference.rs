//! The difference of two rates.

use super::Estimate;
use crate::rate::Rate;

/// By how much a rate is above another of other members, as an uplift is: contacted less natural.
///
/// With Wilson's bounds `l` and `u` of each, `lower = a − b − √((a − l_a)² + (u_b − b)²)` and
/// `upper = a − b + √((u_a − a)² + (b − l_b)²)`: Newcombe, "Interval estimation for the difference
/// between independent proportions: comparison of eleven methods", Statistics in Medicine 17 (1998):
/// 873–890, method 10. It lies in −1 … 1 and holds the difference. None where either is a rate of nothing,
/// or no share of a whole. Who is contacted is chosen by somebody: no interval makes the difference an
/// effect.
#[must_use]
pub fn difference(a: Rate, b: Rate) -> Option<Estimate> {
    weighted([(1.0, a, b)])
}

/// The difference of two rates over strata, `Σ w·(a − b)`, with the weight of each.
///
/// The interval is [`difference`]'s carried over to a sum of strata by recovering each variance from its
/// bounds: `lower = d − √Σ w²·((a − l_a)² + (u_b − b)²)`, and the upper end likewise (Zou and Donner,
/// "Construction of confidence limits about effect measures: a general approach", Statistics in Medicine
/// 27 (2008): 1693–1702). None of no strata.
#[must_use]
pub fn weighted(strata: impl IntoIterator<Item = (f64, Rate, Rate)>) -> Option<Estimate> {
    let (mut value, mut below, mut above, mut some) = (0.0, 0.0, 0.0, false);
    for (weight, a, b) in strata {
        let ((p, (p_low, p_high)), (q, (q_low, q_high))) =
            (a.value.zip(a.interval)?, b.value.zip(b.interval)?);
        value += weight * (p - q);
        below += weight * weight * ((p - p_low).powi(2) + (q_high - q).powi(2));
        above += weight * weight * ((p_high - p).powi(2) + (q - q_low).powi(2));
        some = true;
    }
    some.then(|| Estimate { value, lower: value - below.sqrt(), upper: value + above.sqrt() })
}
