//! Estimates against examples that were worked out elsewhere, and against worlds whose truth is known.

use amends_domain::learning::estimate::{Arm, Stratum, Weighted, causal, off_policy, welch};
use amends_domain::learning::flatness::flatness;
use amends_domain::learning::moments::Moments;
use amends_domain::statistics::tails::{chi_square_tail, t_quantile};

use crate::make_beta::Draws;

fn near(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value}, expected {expected}");
}

#[test]
fn students_quantiles_are_those_of_the_tables() {
    let table = [
        (1.0, 12.706),
        (2.0, 4.303),
        (4.0, 2.776),
        (5.0, 2.571),
        (6.0, 2.447),
        (10.0, 2.228),
        (20.0, 2.086),
        (30.0, 2.042),
        (120.0, 1.980),
        (1e9, 1.960),
    ];
    for (freedom, expected) in table {
        near(t_quantile(freedom), expected, if freedom < 5.0 { 0.01 } else { 0.002 });
    }
    assert!(t_quantile(1.5) < t_quantile(1.0) && t_quantile(2.5) < t_quantile(2.0));
    assert!(t_quantile(0.1).is_finite());
}

#[test]
fn chi_squares_tail_is_that_of_the_tables() {
    let five = [(1, 3.841), (2, 5.991), (3, 7.815), (4, 9.488), (5, 11.070), (6, 12.592)];
    for (freedom, x) in five {
        near(chi_square_tail(x, freedom), 0.05, 5e-5);
    }
    near(chi_square_tail(20.515, 5), 0.001, 5e-6);
    near(chi_square_tail(0.0, 5), 1.0, 0.0);
    near(chi_square_tail(4.0, 0), 1.0, 0.0);
}

#[test]
fn moments_are_those_of_the_numbers() {
    let moments = Moments::of([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
    near(moments.mean().unwrap(), 5.0, 1e-12);
    near(moments.variance().unwrap(), 32.0 / 7.0, 1e-12);
    assert_eq!((Moments::default().mean(), Moments::of([3.0]).variance()), (None, None));
}

/// By hand: variances 7.867 and 10.535 of 15 each, standard error 1.10762, 27.42 degrees of freedom, for
/// which tables have 2.0504.
#[test]
fn welchs_interval_is_that_of_the_worked_example() {
    let a = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
    let b = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 31.0];
    let difference = welch(Moments::of(a), Moments::of(b)).unwrap();
    near(difference.value, -3.27333, 0.005);
    near(difference.lower, -5.5444, 0.01);
    near(difference.upper, -1.0023, 0.01);
    assert!(welch(Moments::of([1.0]), Moments::of(b)).is_none());
}

fn arm(counted: i64, n: i64) -> Arm {
    let (x, n) = (counted as f64, n);
    Arm { counted, cost: Moments { n, sum: x, squares: x }, ..Arm::default() }
}

/// Newcombe (1998), table II: 56/70 − 48/80 has by method 10 the interval 0.0524 … 0.3339.
#[test]
fn the_difference_of_two_rates_has_newcombes_interval() {
    let found = causal(&[Stratum { holdout: arm(56, 70), treated: arm(48, 80) }]);
    let rate = found.rate.unwrap();
    near(rate.value, 0.2, 1e-12);
    near(rate.lower, 0.0524, 5e-5);
    near(rate.upper, 0.3339, 5e-5);
    let avoided = found.avoided.unwrap();
    near(avoided.value, 16.0, 1e-9);
    near(avoided.upper, rate.upper * 80.0, 1e-9);
    assert_eq!((found.holdout, found.treated, found.left_out), (70, 80, 0));
}

#[test]
fn strata_weigh_as_the_treated_fall_on_them_and_lone_ones_are_left_out() {
    let strata = [
        Stratum { holdout: arm(5, 10), treated: arm(60, 300) },
        Stratum { holdout: arm(2, 10), treated: arm(10, 100) },
        Stratum { holdout: arm(0, 1), treated: arm(3, 50) },
        Stratum { holdout: arm(0, 0), treated: arm(3, 7) },
    ];
    let found = causal(&strata);
    // 0.75·(0.5 − 0.2) + 0.25·(0.2 − 0.1)
    near(found.rate.unwrap().value, 0.25, 1e-12);
    near(found.saving.unwrap().value, 0.25, 1e-12);
    near(found.saved.unwrap().value, 100.0, 1e-9);
    assert_eq!((found.holdout, found.treated, found.left_out), (20, 400, 57));
    let nothing = causal(&strata[2..]);
    assert_eq!((nothing.rate, nothing.treated, nothing.left_out), (None, 0, 57));
}

#[test]
fn an_order_that_was_not_followed_is_estimated_from_its_own_share() {
    // Four cases; the alternative came first in two, with propensities 1/2 and 1/4, at costs 10 and 20.
    let sums = Weighted {
        hits: 20,
        w: 6.0,
        ww: 20.0,
        wy: 100.0,
        wwy: 360.0,
        wwyy: 6_800.0,
        logged: Moments { n: 10, sum: 150.0, squares: 2_700.0 },
    };
    let found = off_policy(&[sums]);
    near(found.inverse.unwrap().value, 10.0, 1e-12);
    near(found.normalised.unwrap().value, 100.0 / 6.0, 1e-12);
    near(found.effective, 1.8, 1e-12);
    near(found.logged.unwrap().value, 15.0, 1e-12);
    let few = off_policy(&[sums, Weighted { hits: 19, ..sums }]);
    assert_eq!((few.inverse, few.normalised), (None, None), "nineteen cases in a stratum say nothing");
    assert_eq!(off_policy(&[Weighted::default()]).effective, 0.0);
}

/// One world of three alternatives with known costs, chosen with known chances that drift.
fn world(seed: u64, n: u32) -> (Weighted, f64) {
    let (mut draws, mut sums, mut truth) = (Draws::new(seed), Weighted::default(), 0.0);
    for case in 0..n {
        let propensity = 0.03 + 0.3 * f64::from(case % 100) / 100.0;
        let level = 500.0 + 800.0 * draws.unit();
        truth += level / f64::from(n);
        let is_first = draws.unit() < propensity;
        let y = if is_first { level } else { level + 300.0 } + 400.0 * draws.normal();
        sums.logged = sums.logged.and(Moments::of([y]));
        if is_first {
            let w = 1.0 / propensity;
            sums.hits += 1;
            sums.w += w;
            sums.ww += w * w;
            sums.wy += w * y;
            sums.wwy += w * w * y;
            sums.wwyy += w * w * y * y;
        }
    }
    (sums, truth)
}

#[test]
fn off_policy_intervals_cover_the_truth_as_often_as_they_say() {
    let (mut inverse, mut normalised) = (0, 0);
    for seed in 0..400 {
        // Two worlds of unlike size and chance are two strata.
        let (large, of_large) = world(seed * 7_919, 1_500);
        let (small, of_small) = world(seed * 7_919 + 1, 500);
        let truth = 0.75 * of_large + 0.25 * of_small;
        let found = off_policy(&[large, small]);
        inverse += u32::from(found.inverse.unwrap().covers(truth));
        normalised += u32::from(found.normalised.unwrap().covers(truth));
    }
    // 95 % of 400, less three standard errors.
    assert!(inverse >= 367 && normalised >= 367, "{inverse} and {normalised} of 400");
}

/// Five strata of unlike rates and costs; one case in ten is held out.
#[test]
fn causal_intervals_cover_the_truth_as_often_as_they_say() {
    let (mut rates, mut savings) = (0, 0);
    for seed in 0..400 {
        let (mut draws, mut strata) = (Draws::new(seed * 104_729), [Stratum::default(); 5]);
        for case in 0..2_000_usize {
            let place = case % 5;
            let held = draws.unit() < 0.1;
            let chance = 0.1 + 0.1 * place as f64 + if held { 0.08 } else { 0.0 };
            let is_counted = draws.unit() < chance;
            let cost = if is_counted { 2_000.0 } else { 300.0 + 50.0 * place as f64 };
            let stratum = &mut strata[place];
            let arm = if held { &mut stratum.holdout } else { &mut stratum.treated };
            arm.counted += i64::from(is_counted);
            arm.cost = arm.cost.and(Moments::of([cost]));
        }
        let found = causal(&strata);
        rates += u32::from(found.rate.unwrap().covers(0.08));
        // The share of each stratum of the treated differs little from a fifth.
        let truth = (0..5).map(|place| 0.08 * (1_700.0 - 50.0 * f64::from(place)) / 5.0).sum();
        savings += u32::from(found.saving.unwrap().covers(truth));
    }
    assert!(rates >= 367 && savings >= 367, "{rates} and {savings} of 400");
}

fn cell(draws: &mut Draws, n: u32, mean: f64) -> Moments {
    Moments::of((0..n).map(|_| mean + 0.1 * draws.normal()))
}

#[test]
fn groups_that_differ_only_by_what_they_are_made_of_are_flat() {
    let mut false_alarms = 0;
    for seed in 0..200 {
        let mut draws = Draws::new(seed * 31_337);
        // The first group has mostly the dear trouble, the third mostly the cheap one.
        let dear = [90, 50, 10].map(|n| cell(&mut draws, n, 0.6)).to_vec();
        let cheap = [10, 50, 90].map(|n| cell(&mut draws, n, 0.2)).to_vec();
        let found = flatness(&[dear, cheap], 3);
        assert_eq!((found.freedom, found.groups.len()), (2, 3));
        false_alarms += u32::from(found.p < 0.05);
    }
    // Five per cent of 200: neither many more nor hardly any, which would find nothing either.
    assert!((3..=20).contains(&false_alarms), "{false_alarms} of 200 at five per cent");
}

#[test]
fn a_group_that_is_given_more_is_found_also_where_it_hardly_shares_a_trouble_with_the_other() {
    let mut found = 0;
    for seed in 0..50 {
        let mut draws = Draws::new(seed * 7_331);
        let dear = [cell(&mut draws, 90, 0.7), cell(&mut draws, 10, 0.6)].to_vec();
        let cheap = [cell(&mut draws, 10, 0.3), cell(&mut draws, 90, 0.2)].to_vec();
        found += u32::from(flatness(&[dear, cheap], 2).p < 0.05);
    }
    assert!(found >= 45, "{found} of 50");
    let apart = flatness(
        &[
            vec![Moments::of([0.9, 0.8]), Moments::default()],
            vec![Moments::default(), Moments::of([0.1, 0.2])],
        ],
        2,
    );
    assert_eq!((apart.freedom, apart.p), (0, 1.0), "who shares nothing is compared with nobody");
}

#[test]
fn a_group_that_is_given_more_is_found() {
    let mut draws = Draws::new(5);
    let one = [cell(&mut draws, 60, 0.4), cell(&mut draws, 60, 0.4), cell(&mut draws, 60, 0.5)].to_vec();
    let found = flatness(&[one], 3);
    assert!(found.p < 0.001, "{found:?}");
    assert!(found.groups[2].1.unwrap().lower > 0.0 && found.groups[0].1.unwrap().upper < 0.0);
}

#[test]
fn where_everyone_gets_the_same_nothing_differs() {
    let same = |n| Moments::of(std::iter::repeat_n(0.3, n));
    let found = flatness(&[vec![same(5), same(0), same(7)]], 3);
    assert_eq!((found.freedom, found.q, found.p), (1, 0.0, 1.0));
    assert_eq!((found.groups[1].0, found.groups[1].1), (0, None));
    assert_eq!(flatness(&[], 2).p, 1.0);
}
