//! The tails by which figures are judged.
//!
//! The special functions are those of the crate `statrs` (error function, incomplete beta and gamma).
//! Only its functions are used: they answer out of range with an error, where its distributions panic.
//! Student's quantile is our own: the crate inverts the incomplete beta by iteration, for two
//! decimals more than an interval needs.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::checked_gamma_ur;
use std::f64::consts::SQRT_2;

use super::Z;

/// From this variance `n·p·(1−p)` of a count on, its tails are taken from the normal distribution.
///
/// Three standard deviations above a small count are crossed by chance far more often than the normal
/// distribution says: up to 65 times as often where the variance is below 1, 11 times from 1 on, 5
/// times from 5 on, and 2.5 times from 25 on (searched over shares of 0.00001 to 0.5). Below this, tails are
/// counted out.
pub const NORMAL_FROM: f64 = 25.0;

/// How likely a standard normal number is at most `z`.
#[must_use]
pub fn normal_below(z: f64) -> f64 {
    erfc(-z / SQRT_2) / 2.0
}

/// The standard normal number below which a share of all lies; infinite for 0 and 1.
#[must_use]
pub fn normal_quantile(share: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * share.clamp(0.0, 1.0))
}

/// How likely `n` trials, each with the chance `p`, succeed at least `count` times.
///
/// `P(X ≥ k) = I_p(k, n − k + 1)` (Abramowitz and Stegun, Handbook of Mathematical Functions (1964),
/// 26.5.24).
#[must_use]
pub fn at_least(count: u64, n: u64, p: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    if count > n || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    // Not in range is excluded above.
    checked_beta_reg(count as f64, (n - count) as f64 + 1.0, p).unwrap_or(f64::NAN).clamp(0.0, 1.0)
}

/// How likely `n` trials, each with the chance `p`, succeed at most `count` times.
#[must_use]
pub fn at_most(count: u64, n: u64, p: f64) -> f64 {
    // The failures are at least the rest.
    if count >= n { 1.0 } else { at_least(n - count, n, 1.0 - p) }
}

/// The least number from 0 to `n` for which something is so that stays so for all greater ones; `n` if for
/// none.
pub(super) fn least(n: u64, so: impl Fn(u64) -> bool) -> u64 {
    let (mut from, mut to) = (0, n);
    while from < to {
        let middle = from + (to - from) / 2;
        if so(middle) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

/// How far from the mean, in standard errors, Student's t leaves 2.5 % on each side.
///
/// The first degrees of freedom are tabled, from 3 on it is the expansion by Abramowitz and Stegun,
/// Handbook of Mathematical Functions (1964), 26.7.5, which is right to two decimals there and to
/// five from 20 on. Between the tabled ones the line is straight.
#[must_use]
pub fn t_quantile(freedom: f64) -> f64 {
    const TABLED: [f64; 3] = [12.706, 4.303, 3.182];
    let [one, two, three] = TABLED;
    let between = |low: f64, high: f64, at: f64| low + (high - low) * at;
    if freedom <= 1.0 {
        return one;
    }
    if freedom <= 2.0 {
        return between(one, two, freedom - 1.0);
    }
    if freedom < 3.0 {
        return between(two, three, freedom - 2.0);
    }
    let (z, z2) = (Z, Z * Z);
    let terms = [
        z * (z2 + 1.0) / 4.0,
        z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
        z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0,
    ];
    let mut power = 1.0;
    terms.iter().fold(z, |sum, term| {
        power *= freedom;
        sum + term / power
    })
}

/// How likely a chi-square value of so many degrees of freedom is at least this large.
///
/// `Q(x|n) = Γ(n/2, x/2)/Γ(n/2)` (Abramowitz and Stegun, 26.4.19).
#[must_use]
pub fn chi_square_tail(x: f64, freedom: u32) -> f64 {
    if freedom == 0 || x <= 0.0 {
        return 1.0;
    }
    // Not in range is excluded above.
    checked_gamma_ur(f64::from(freedom) / 2.0, x / 2.0).unwrap_or(f64::NAN).clamp(0.0, 1.0)
}
