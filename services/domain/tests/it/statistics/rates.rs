use amends_domain::rate::Rate;
use amends_domain::statistics::difference::{difference, weighted};
use proptest::prelude::*;

use super::{is, near, sound};

/// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998):
/// 857–872, table I, method 3.
#[test]
fn wilsons_intervals_are_those_of_newcombes_table() {
    let table =
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)];
    for (numerator, denominator, low, high) in table {
        let (lower, upper) = Rate::of(numerator, denominator).interval.unwrap();
        near(lower, low, 5e-5);
        near(upper, high, 5e-5);
    }
}

/// Newcombe, Statistics in Medicine 17 (1998): 873–890, table II, method 10.
#[test]
fn the_difference_of_two_rates_is_newcombes() {
    is(difference(Rate::of(56, 70), Rate::of(48, 80)).unwrap(), [0.2, 0.0524, 0.3339], 5e-5);
}

#[test]
fn a_rate_of_nothing_has_no_difference_and_all_beside_none_has_one() {
    let some = Rate::of(1, 2);
    assert_eq!(difference(Rate::of(0, 0), some), None);
    assert_eq!(difference(some, Rate::of(0, 0)), None);
    assert_eq!(difference(some, Rate::of(3, 2)), None, "no share of a whole");
    assert_eq!(weighted([]), None);
    let most = difference(Rate::of(10, 10), Rate::of(0, 10)).unwrap();
    assert!(most.value == 1.0 && most.upper == 1.0 && most.lower > 0.5);
    assert!(difference(Rate::of(1, 1), Rate::of(0, 1)).unwrap().lower < 0.0, "of one member each");
}

proptest! {
    #[test]
    fn a_difference_holds_its_value_and_turns_with_its_sides(
        (a, b) in (1_i64..500, 1_i64..500),
        (p, q) in (0.0..=1.0_f64, 0.0..=1.0_f64),
    ) {
        let rate = |n: i64, share: f64| Rate::of((n as f64 * share).round() as i64, n);
        let found = difference(rate(a, p), rate(b, q)).unwrap();
        prop_assert!(sound(found, -1.0, 1.0), "{found:?}");
        let turned = difference(rate(b, q), rate(a, p)).unwrap();
        prop_assert!((found.lower + turned.upper).abs() < 1e-12 && (found.upper + turned.lower).abs() < 1e-12);
    }
}
