//! The difference of two rates.

use super::{Estimate, Z};
use crate::rate::Rate;

/// By how much a rate is above another of other members.
///
/// With Wilson's bounds `l` and `u` of each, `lower = a − b − √((a − l_a)² + (u_b − b)²)` and
/// `upper = a − b + √((u_a − a)² + (b − l_b)²)`: Newcombe, "Interval estimation for the difference
/// between independent proportions: comparison of eleven methods", Statistics in Medicine 17 (1998):
/// 873–890, method 10. It lies in −1 … 1 and holds the difference. None where either is a rate of nothing,
/// or no share of a whole.
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

/// By how much the rate of a part is above another rate of the whole that the part belongs to, as an uplift is:
/// `x` of the `c` contacted were reversed after the contact, `y` of all `n` naturally, and none both ways.
///
/// `d = p₁ − p₂` with `p₁ = x/c`, `p₂ = y/n`. The samples share members and `c` is random, so the variance is
/// the delta method's, `Σ hᵢ²/n²` with `hᵢ = (Xᵢ − p₁·Cᵢ)/c̄ − (Yᵢ − p₂)` and `c̄ = c/n` (linearised ratio: W. G.
/// Cochran, "Sampling Techniques", 3rd ed., Wiley 1977, section 6.4; A. Deng, U. Knoblich and J. Lu, "Applying
/// the delta method in metric analytics", KDD 2018: 233–242). How many of the contacted were reversed naturally
/// is not known; the variance rises with their number, by `2·p₁/c̄` each, so the most there can be,
/// `min(y, c − x)`, makes the interval no narrower than it should be.
///
/// None of nothing, where nobody was contacted, where the counts are none of such a whole, and without any
/// spread. Who is contacted is chosen by somebody: no interval makes the difference an effect.
#[must_use]
pub fn nested((x, c): (i64, i64), (y, n): (i64, i64)) -> Option<Estimate> {
    let sound = x >= 0 && y >= 0 && c > 0 && x <= c && c <= n && y <= n - x;
    if !sound {
        return None;
    }
    let both = y.min(c - x);
    let [won, of, natural, all, shared] = [x, c, y, n, both].map(|count| count as f64);
    let (share, rate, base) = (of / all, won / of, natural / all);
    let lost = -rate / share;
    let groups = [
        (won, (1.0 - rate) / share + base),
        (shared, lost - (1.0 - base)),
        (of - won - shared, lost + base),
        (natural - shared, base - 1.0),
        (all - of - natural + shared, base),
    ];
    let spread = groups.map(|(members, h)| members * h * h).iter().sum::<f64>().sqrt() / all;
    let (value, half) = (rate - base, Z * spread);
    let estimate = Estimate { value, lower: (value - half).max(-1.0), upper: (value + half).min(1.0) };
    (spread > 0.0).then_some(estimate)
}
