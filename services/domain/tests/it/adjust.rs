//! Costs are compared less what the possible loss explains: by hand, by what must not change, and in shops
//! whose truth is known.

use amends_domain::learning::estimate::{Arm, Stratum, causal, welch};
use amends_domain::learning::moments::{Estimate, Moments};
use proptest::prelude::*;

use crate::make_beta::Draws;

/// What a return would lose, and what the case cost.
type Case = (f64, f64);

fn arm(cases: &[Case]) -> Arm {
    Arm {
        counted: 0,
        cost: Moments::of(cases.iter().map(|c| c.1)),
        loss: Moments::of(cases.iter().map(|c| c.0)),
        cross: cases.iter().map(|c| c.0 * c.1).sum(),
    }
}

fn saving(strata: &[(Vec<Case>, Vec<Case>)]) -> Estimate {
    let of = |(holdout, treated): &(Vec<Case>, Vec<Case>)| Stratum {
        holdout: arm(holdout),
        treated: arm(treated),
    };
    causal(&strata.iter().map(of).collect::<Vec<_>>()).saving.unwrap()
}

fn near(one: Estimate, other: Estimate, tolerance: f64) {
    for (a, b) in [(one.value, other.value), (one.lower, other.lower), (one.upper, other.upper)] {
        assert!((a - b).abs() <= tolerance, "{one:?}, expected {other:?}");
    }
}

/// Holdout: six of (10, 30), six of (20, 44). Treated: six of (20, 30), six of (40, 66).
///
/// Around the means S_xx = 300 + 1200 and S_xy = 420 + 2160, so the slope is 1.72, and the difference
/// (37 − 1.72·15) − (48 − 1.72·30) = 14.8, where that of the bare means is −11. Around the line the sums of squares
/// are 30.72 and 7.68 of 11 each; the variance is (2.79273 + 0.69818)/12 · 22/21 = 0.30476 with 16.18 degrees
/// of freedom, for which tables have 2.118.
#[test]
fn the_difference_less_what_the_loss_explains_is_that_of_the_worked_example() {
    let six = |a: Case, b: Case| [[a; 6], [b; 6]].concat();
    let cases = (six((10.0, 30.0), (20.0, 44.0)), six((20.0, 30.0), (40.0, 66.0)));
    near(saving(&[cases]), Estimate { value: 14.8, lower: 13.6307, upper: 15.9693 }, 0.001);
}

#[test]
fn with_losses_all_alike_or_few_cases_the_plain_difference_is_told() {
    let (holdout, treated) = ([900.0, 20.0, 510.0, 40.0], [320.0, 20.0, 140.0, 60.0, 90.0]);
    let plain = welch(Moments::of(holdout), Moments::of(treated)).unwrap();
    let with = |loss: &dyn Fn(usize) -> f64, costs: &[f64], times: usize| -> Vec<Case> {
        (0..costs.len() * times).map(|at| (loss(at), costs[at % costs.len()])).collect()
    };
    let rising = |at: usize| 1_000.0 + at as f64;
    near(saving(&[(with(&rising, &holdout, 1), with(&rising, &treated, 1))]), plain, 1e-9);
    let alike = |_: usize| 1_234.567;
    let many = (with(&alike, &holdout, 50), with(&alike, &treated, 50));
    let costs = |cases: &[Case]| Moments::of(cases.iter().map(|c| c.1));
    let plain = welch(costs(&many.0), costs(&many.1)).unwrap();
    near(saving(&[many]), plain, 1e-6);
}

/// Cases of two strata, with costs that rise with the loss or do not.
fn drawn(seed: u64) -> Vec<(Vec<Case>, Vec<Case>)> {
    let mut draws = Draws::new(seed);
    let mut some = |n: u32| -> Vec<Case> {
        (0..n)
            .map(|_| {
                let loss = 500.0 + 5_000.0 * draws.unit();
                (loss, if draws.unit() < 0.4 { loss } else { 300.0 * draws.unit() })
            })
            .collect()
    };
    vec![(some(12), some(40)), (some(3), some(25))]
}

fn each(strata: &[(Vec<Case>, Vec<Case>)], of: impl Fn(Case) -> Case) -> Vec<(Vec<Case>, Vec<Case>)> {
    let all = |cases: &Vec<Case>| cases.iter().map(|case| of(*case)).collect();
    strata.iter().map(|(holdout, treated)| (all(holdout), all(treated))).collect()
}

proptest! {
    #[test]
    fn what_is_the_same_for_all_or_goes_with_the_loss_changes_nothing(
        seed in 0_u64..1_000_000, more in -1_000.0..1_000.0_f64, steep in -2.0..2.0_f64, shift in 0.0..9_000.0_f64,
    ) {
        let cases = drawn(seed);
        let told = saving(&cases);
        near(saving(&each(&cases, |(x, y)| (x, y + more))), told, 1e-3);
        near(saving(&each(&cases, |(x, y)| (x, y + steep * x))), told, 1e-3);
        near(saving(&each(&cases, |(x, y)| (x + shift, y))), told, 1e-3);
    }

    #[test]
    fn in_another_currency_the_saving_is_told_in_that(seed in 0_u64..1_000_000, rate in 0.01..20_000.0_f64) {
        let cases = drawn(seed);
        let told = saving(&each(&cases, |(x, y)| (x * rate, y * rate)));
        near(told.times(1.0 / rate), saving(&cases), 1e-3);
    }

    #[test]
    fn what_the_treated_cost_less_is_added_to_the_saving(seed in 0_u64..1_000_000, less in 0.0..1_000.0_f64) {
        let cases = drawn(seed);
        let helped = cases.iter().map(|(holdout, treated)| {
            (holdout.clone(), treated.iter().map(|(x, y)| (*x, y - less)).collect())
        });
        let (told, before) = (saving(&helped.collect::<Vec<_>>()), saving(&cases));
        near(told, Estimate {
            value: before.value + less, lower: before.lower + less, upper: before.upper + less,
        }, 1e-3);
    }
}

/// A shop whose cases lose from a few cents to a fortune; a part of them is held out and comes back more
/// often. Tells the estimate, what it would be without the losses, and what is true of the treated.
fn shop(seed: u64, held_out: f64) -> (Estimate, Estimate, f64) {
    let (mut draws, mut strata) = (Draws::new(seed), [Stratum::default(); 4]);
    let (mut truth, mut treated) = (0.0, 0.0);
    for case in 0..1_500_usize {
        let place = case % 4;
        let loss = (2_000.0 * (0.9 * draws.normal()).exp()).round();
        let held = draws.unit() < held_out;
        let given = 0.1 * loss;
        // The dear ones gain more: the lines of the arms are not parallel.
        let fewer = if loss > 3_000.0 { 0.2 } else { 0.05 };
        let comes_back = draws.unit() < 0.5 + 0.1 * place as f64 - if held { 0.0 } else { fewer };
        let cost = if comes_back { loss } else { given };
        if !held {
            truth += fewer * (loss - given);
            treated += 1.0;
        }
        let stratum = &mut strata[place];
        let arm = if held { &mut stratum.holdout } else { &mut stratum.treated };
        arm.cost = arm.cost.and(Moments::of([cost]));
        arm.loss = arm.loss.and(Moments::of([loss]));
        arm.cross += cost * loss;
    }
    let bare = |arm: Arm| Arm { cost: arm.cost, ..Arm::default() };
    let plain = strata.map(|s| Stratum { holdout: bare(s.holdout), treated: bare(s.treated) });
    (causal(&strata).saving.unwrap(), causal(&plain).saving.unwrap(), truth / treated)
}

#[test]
fn where_costs_are_heavy_the_interval_is_a_quarter_shorter_and_covers_as_often_as_it_says() {
    for held_out in [0.05, 0.2] {
        let (mut covered, mut above, mut width, mut plain_width) = (0, 0, 0.0, 0.0);
        for seed in 0..400 {
            let (told, plain, truth) = shop(seed * 15_485_863 + 1, held_out);
            covered += u32::from(told.covers(truth));
            above += u32::from(told.lower > truth);
            width += told.upper - told.lower;
            plain_width += plain.upper - plain.lower;
        }
        // 95 % of 400, less three standard errors; misses fall on both sides.
        assert!(covered >= 367, "{covered} of 400 at {held_out}, {above} above");
        assert!(width < plain_width * 0.75, "{width} and {plain_width} at {held_out}");
    }
}
