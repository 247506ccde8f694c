//! Rates and their interval, against values worked out elsewhere.

use amends_domain::rate::Rate;
use proptest::prelude::*;

#[test]
fn the_interval_is_wilsons() {
    let check = |numerator, denominator, low: f64, high: f64| {
        let (lower, upper) = Rate::of(numerator, denominator).interval.unwrap();
        assert!(
            (lower - low).abs() < 5e-5 && (upper - high).abs() < 5e-5,
            "{numerator}/{denominator}: {lower}–{upper}"
        );
    };
    check(5, 10, 0.2366, 0.7634);
    check(0, 10, 0.0, 0.2775);
    check(10, 10, 0.7225, 1.0);
    check(1, 1, 0.2065, 1.0);
    check(50, 1_000, 0.0381, 0.0653);
}

#[test]
fn nothing_has_no_rate_and_what_is_no_share_has_no_interval() {
    assert_eq!((Rate::of(0, 0).value, Rate::of(0, 0).interval), (None, None));
    assert_eq!(Rate::of(3, -1).value, None);
    assert_eq!((Rate::of(-4, 2).value, Rate::of(-4, 2).interval), (Some(-2.0), None));
    assert_eq!(Rate::of(3, 2).interval, None);
}

proptest! {
    #[test]
    fn the_interval_holds_the_value(denominator in 1_i64..1_000_000, share in 0.0..=1.0_f64) {
        let rate = Rate::of((denominator as f64 * share) as i64, denominator);
        let (lower, upper) = rate.interval.unwrap();
        let value = rate.value.unwrap();
        prop_assert!(0.0 <= lower && lower <= value + 1e-12 && value <= upper + 1e-12 && upper <= 1.0);
    }
}
