use amends_domain::statistics::bootstrap::{Plan, bca, percentile};
use amends_domain::statistics::draws::Draws;
use proptest::prelude::*;

use super::{is, near};

/// Spatial perception (test A) of 26 children: Efron and Tibshirani, An Introduction to the Bootstrap (1993),
/// table 14.1.
const CHILDREN: [f64; 26] = [
    48.0, 36.0, 20.0, 29.0, 42.0, 42.0, 20.0, 42.0, 22.0, 41.0, 45.0, 14.0, 6.0, 0.0, 33.0, 28.0, 34.0, 4.0,
    32.0, 24.0, 47.0, 41.0, 24.0, 26.0, 30.0, 41.0,
];

fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n
}

fn resampled(draws: &mut Draws) -> f64 {
    let members: Vec<f64> = (0..26).map(|_| CHILDREN[draws.below(26)]).collect();
    variance(&members)
}

/// There, in table 14.2, at 90 % from 2,000 resamples: variance 171.5, percentile interval 100.8–233.9, BCa
/// 115.8–259.6. Ends of 2,000 resamples have a standard error of about 2, the upper end of BCa 4: within two of
/// those ours, of more resamples, must lie.
#[test]
fn the_intervals_of_the_textbook_are_found_again() {
    let plan = Plan { seed: 1, rounds: 40_000, level: 0.9 };
    let value = variance(&CHILDREN);
    near(value, 171.5, 0.05);
    is(percentile(plan, value, resampled).unwrap(), [171.5, 100.8, 233.9], 4.0);
    is(bca(plan, &CHILDREN, variance).unwrap(), [171.5, 115.8, 259.6], 6.0);
}

#[test]
fn the_same_seed_gives_the_same_interval() {
    let of =
        |seed| (bca(Plan::new(seed), &CHILDREN, variance), percentile(Plan::new(seed), 0.0, Draws::unit));
    assert_eq!(of(7), of(7));
    assert_ne!(of(7), of(8));
}

#[test]
fn nothing_is_said_of_one_value_or_of_what_is_no_number() {
    assert_eq!(bca(Plan::new(1), &[], variance), None);
    assert_eq!(bca(Plan::new(1), &[3.0], variance), None);
    assert_eq!(bca(Plan::new(1), &[3.0, f64::NAN], variance), None);
    assert_eq!(percentile(Plan::new(1), 0.0, |_| f64::INFINITY), None);
    let alike = bca(Plan::new(1), &[4.0; 5], |values| values.iter().sum::<f64>() / values.len() as f64);
    is(alike.unwrap(), [4.0, 4.0, 4.0], 0.0);
    let one = percentile(Plan { rounds: 0, ..Plan::new(1) }, 2.0, |_| 2.0);
    is(one.unwrap(), [2.0, 2.0, 2.0], 0.0);
}

/// SplitMix64 from 1234567, as its reference implementation (Vigna, prng.di.unimi.it/splitmix64.c) begins.
#[test]
fn the_draws_are_splitmixs() {
    let mut draws = Draws::new(1_234_567);
    for bits in [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423] {
        assert_eq!(draws.unit(), ((bits >> 11) as f64 + 0.5) / (1_u64 << 53) as f64);
    }
}

/// Means of ranks are `rank/(n + 1)`, variances `rank·(n − rank + 1)/((n + 1)²·(n + 2))`.
#[test]
fn ranked_draws_have_the_mean_and_spread_of_their_rank() {
    let mut draws = Draws::new(2);
    for (rank, n) in [(1_u64, 1_u64), (1, 10), (5, 9), (90, 100), (500_000, 1_000_000)] {
        let drawn: Vec<f64> = (0..20_000).map(|_| draws.ranked(rank, n)).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let (k, n) = (rank as f64, n as f64);
        let expected = k * (n - k + 1.0) / ((n + 1.0).powi(2) * (n + 2.0));
        near(mean, k / (n + 1.0), 5.0 * (expected / 20_000.0).sqrt());
        near(variance(&drawn) / expected, 1.0, 0.06);
    }
    assert!((0.0..1.0).contains(&draws.ranked(0, 0)), "of nothing it is a number all the same");
}

proptest! {
    #[test]
    fn draws_stay_where_they_may(seed in any::<u64>(), n in 1_usize..1_000) {
        let mut draws = Draws::new(seed);
        for _ in 0..50 {
            let (unit, below) = (draws.unit(), draws.below(n));
            prop_assert!(0.0 < unit && unit < 1.0 && below < n);
        }
        prop_assert_eq!(draws.below(0), 0);
    }
}
