use amends_domain::rate::Rate;
use amends_domain::statistics::difference::{difference, nested, weighted};
use amends_domain::statistics::draws::Draws;
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

/// Of 100, 40 contacted and 16 of them reversed, 10 naturally: h² is 2.56 for the 16, 3.61 for the 10 that may be
/// contacted, 0.81 for the other 14 contacted and 0.01 for the 60 left, 89 together; 1.95996·√89/100 = 0.184903.
#[test]
fn the_uplift_of_a_part_over_its_whole_is_the_delta_methods() {
    is(nested((16, 40), (10, 100)).unwrap(), [0.3, 0.115_097, 0.484_903], 1e-6);
}

#[test]
fn an_uplift_of_nobody_contacted_or_without_any_spread_is_none() {
    assert_eq!(nested((0, 0), (3, 50)), None, "nobody contacted");
    assert_eq!(nested((0, 0), (0, 0)), None, "nothing");
    assert_eq!(nested((0, 9), (0, 50)), None, "nothing reversed");
    for (part, whole) in
        [((5, 4), (1, 9)), ((1, 10), (1, 9)), ((6, 8), (5, 10)), ((-1, 8), (1, 10)), ((1, 8), (-1, 10))]
    {
        assert_eq!(nested(part, whole), None, "{part:?} of {whole:?}");
    }
}

#[test]
fn the_interval_of_an_uplift_holds_the_truth_as_often_as_it_says() {
    // Whether contacted, and then by what chance reversed after the contact and naturally; else naturally.
    let (contact, after, before, without) = (0.45, 0.35, 0.05, 0.08);
    let truth = after - (contact * before + (1.0 - contact) * without);
    for (seed, members) in [(1, 60), (2, 150), (3, 600)] {
        let (mut draws, mut held, rounds) = (Draws::new(seed), 0, 4_000);
        for _ in 0..rounds {
            let (mut x, mut c, mut y) = (0, 0, 0);
            for _ in 0..members {
                let (is_contacted, chance) = (draws.unit() < contact, draws.unit());
                c += i64::from(is_contacted);
                x += i64::from(is_contacted && chance < after);
                let natural =
                    if is_contacted { (after..after + before).contains(&chance) } else { chance < without };
                y += i64::from(natural);
            }
            held += i32::from(nested((x, c), (y, members)).is_some_and(|found| found.covers(truth)));
        }
        let share = f64::from(held) / f64::from(rounds);
        assert!(share >= 0.93, "{members}: {share}");
    }
}

proptest! {
    #[test]
    fn an_uplift_holds_its_value(n in 1_i64..500, parts in (0.0..=1.0_f64, 0.0..=1.0_f64, 0.0..=1.0_f64)) {
        let of = |whole: i64, share: f64| (whole as f64 * share).round() as i64;
        let c = of(n, parts.0);
        let x = of(c, parts.1);
        let y = of(n - x, parts.2);
        if let Some(found) = nested((x, c), (y, n)) {
            prop_assert!(sound(found, -1.0, 1.0), "{found:?}");
        }
    }
}
