//! Statistics of figures, against what was published, what another program computes, and worlds whose
//! truth is known. Where a comment names SciPy, it is 1.17.1.

use amends_domain::statistics::Estimate;

mod bootstrap;
mod chart;
mod example;
mod histogram;
mod rates;
mod ratio;
mod survey;
mod survival;
mod tails;

#[track_caller]
fn near(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value}, expected {expected}");
}

#[track_caller]
fn is(estimate: Estimate, expected: [f64; 3], tolerance: f64) {
    let found = [estimate.value, estimate.lower, estimate.upper];
    let right = found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= tolerance);
    assert!(right, "{found:?}, expected {expected:?}");
}

/// Whether an interval holds its value and lies where it may, but for rounding.
fn sound(estimate: Estimate, from: f64, to: f64) -> bool {
    let Estimate { value, lower, upper } = estimate;
    from <= lower && lower <= value + 1e-9 && value <= upper + 1e-9 && upper <= to
}
