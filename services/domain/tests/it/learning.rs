//! Learning which alternative comes first, against draws made the plain way.

use amends_domain::detection::Reason;
use amends_domain::learning::acceptance::posterior;
use amends_domain::learning::choice::{Arm, Limits, expected, pick, shares};
use amends_domain::learning::holdout::{is_held_out, place, seed};
use amends_domain::learning::stop::stopped;
use amends_domain::learning::{Evidence, Posterior, Tried};
use amends_domain::remedy::RemedyKind;
use amends_domain::{BuyerKey, CaseId};
use proptest::prelude::*;

use crate::make_beta::Draws;

const FREE: Limits = Limits { explore: 1.0, floor: 0.0 };

fn arm(alpha: f64, beta: f64, accepted: f64, declined: f64) -> Arm {
    Arm { posterior: Posterior { alpha, beta }, accepted, declined }
}

fn tried(answered: u32, accepted: u32) -> Tried {
    Tried { answered, accepted }
}

/// How often each arm is the cheapest of one draw from each posterior.
fn drawn(arms: &[Arm], rounds: u32) -> Vec<f64> {
    let (mut draws, mut won) = (Draws::new(11), vec![0_u32; arms.len()]);
    for _ in 0..rounds {
        let costs = arms.iter().map(|arm| {
            let accept = draws.beta(arm.posterior.alpha, arm.posterior.beta);
            accept * arm.accepted + (1.0 - accept) * arm.declined
        });
        let costs: Vec<f64> = costs.collect();
        let best = (0..costs.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b])).unwrap();
        won[best] += 1;
    }
    won.into_iter().map(|n| f64::from(n) / f64::from(rounds)).collect()
}

#[test]
fn shares_are_how_often_a_draw_from_each_posterior_has_the_alternative_first() {
    let sets = [
        vec![arm(12.0, 8.0, 900.0, 1_400.0), arm(9.0, 11.0, 300.0, 1_400.0), arm(3.0, 17.0, 0.0, 1_400.0)],
        vec![arm(120.0, 80.0, 900.0, 1_400.0), arm(90.0, 110.0, 800.0, 1_400.0)],
        vec![arm(1.2, 18.8, 100.0, 900.0), arm(19.0, 1.0, 850.0, 900.0), arm(10.0, 10.0, 500.0, 1_100.0)],
        // One that costs more when it is accepted: the other way round.
        vec![arm(10.0, 10.0, 1_500.0, 1_000.0), arm(10.0, 10.0, 1_000.0, 1_500.0)],
        (0..11).map(|n| arm(6.0 + f64::from(n), 14.0, 500.0 + 20.0 * f64::from(n), 1_300.0)).collect(),
    ];
    for arms in sets {
        let (exact, drawn) = (shares(&arms, FREE), drawn(&arms, 200_000));
        for (exact, drawn) in exact.iter().zip(&drawn) {
            assert!((exact - drawn).abs() < 0.012, "{exact} against {drawn} of {arms:?}");
        }
    }
}

#[test]
fn without_exploring_the_best_comes_first_always() {
    let arms = [arm(10.0, 10.0, 900.0, 1_400.0), arm(10.0, 10.0, 300.0, 1_400.0)];
    assert_eq!(shares(&arms, Limits { explore: 0.0, floor: 0.0 }), [0.0, 1.0]);
    assert_eq!(shares(&arms[..1], FREE), [1.0]);
    assert!(shares(&[], FREE).is_empty());
}

#[test]
fn two_of_a_kind_share_equally() {
    let one = arm(10.0, 10.0, 300.0, 1_400.0);
    for share in shares(&[one, one], FREE) {
        assert!((share - 0.5).abs() < 1e-9);
    }
}

#[test]
fn a_number_falls_on_the_arm_whose_share_it_lies_in() {
    let shares = [0.2, 0.0, 0.5, 0.3];
    for (at, index) in [(0.0, 0), (0.199, 0), (0.2, 2), (0.699, 2), (0.7, 3), (0.999, 3), (1.0, 3)] {
        assert_eq!(pick(&shares, at), index, "{at}");
    }
    assert_eq!(pick(&[], 0.5), 0);
}

fn arms() -> impl Strategy<Value = Vec<Arm>> {
    let one = (0.2..400.0_f64, 0.2..400.0_f64, 0.0..5_000.0_f64, 0.0..5_000.0_f64);
    prop::collection::vec(one.prop_map(|(a, b, yes, no)| arm(a, b, yes, no)), 2..12)
}

proptest! {
    #[test]
    fn shares_are_positive_make_one_and_keep_floor_and_cap(
        arms in arms(), explore in 0.01..0.5_f64, floor in 0.0001..0.05_f64
    ) {
        let shares = shares(&arms, Limits { explore, floor });
        let best = (0..arms.len()).min_by(|a, b| expected(&arms[*a]).total_cmp(&expected(&arms[*b]))).unwrap();
        let others = (arms.len() - 1) as f64;
        let least = floor.min(explore / others);
        prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(shares.iter().all(|share| *share >= least - 1e-12), "{shares:?}");
        prop_assert!(1.0 - shares[best] <= explore + 1e-9, "{shares:?}");
        prop_assert!(shares.iter().all(|share| *share <= shares[best] + 1e-12));
    }

    #[test]
    fn every_pick_is_one_that_has_a_share(arms in arms(), at in 0.0..=1.0_f64) {
        let shares = shares(&arms, Limits { explore: 0.2, floor: 0.0 });
        prop_assert!(shares[pick(&shares, at)] > 0.0);
    }

    #[test]
    fn an_acceptance_more_never_lowers_what_is_expected(
        prior in 0.0..=1.0_f64, weight in 1_u32..200, n in 1_u32..500, share in 0.0..=1.0_f64, level in 0..3
    ) {
        let accepted = (f64::from(n - 1) * share) as u32;
        let with = |accepted| {
            let (answers, none) = (tried(n, accepted), Evidence::none(RemedyKind::Coupon));
            match level {
                0 => Evidence { everywhere: answers, ..none },
                1 => Evidence { reason: answers, ..none },
                _ => Evidence { band: answers, ..none },
            }
        };
        let mean = |accepted| posterior(prior, weight, &with(accepted)).mean();
        prop_assert!(mean(accepted + 1) > mean(accepted));
    }

    #[test]
    fn what_is_expected_lies_between_the_prior_and_the_answers(
        prior in 0.01..0.99_f64, weight in 1_u32..200, n in 1_u32..500, share in 0.0..=1.0_f64
    ) {
        let answers = tried(n, (f64::from(n) * share) as u32);
        let rate = f64::from(answers.accepted) / f64::from(n);
        let evidence = Evidence {
            everywhere: answers, reason: answers, band: answers, ..Evidence::none(RemedyKind::Coupon)
        };
        let posterior = posterior(prior, weight, &evidence);
        let (low, high) = (prior.min(rate), prior.max(rate));
        prop_assert!((low - 1e-9..=high + 1e-9).contains(&posterior.mean()));
        prop_assert!(posterior.alpha > 0.0 && posterior.beta > 0.0);
    }
}

#[test]
fn shrinkage_is_what_one_works_out_by_hand() {
    let evidence = Evidence {
        everywhere: tried(80, 20),
        reason: tried(20, 10),
        band: tried(5, 5),
        ..Evidence::none(RemedyKind::Coupon)
    };
    // m0 = 0.5; m1 = (20·0.5 + 20)/100 = 0.3; m2 = (20·0.3 + 10)/40 = 0.4; alpha = 8 + 5, beta = 12 + 0.
    let posterior = posterior(0.5, 20, &evidence);
    assert!((posterior.alpha - 13.0).abs() < 1e-9 && (posterior.beta - 12.0).abs() < 1e-9, "{posterior:?}");
}

#[test]
fn the_holdout_has_its_share_in_every_stratum_and_each_draws_anew() {
    let (buyers, points) = (20_000_u32, 500);
    let held = |buyer: u32, channel: &str, reason| {
        is_held_out(points, Some(BuyerKey::from_bits(u128::from(buyer) << 64 | 7)), "", channel, reason)
    };
    // Five standard errors of the binomial.
    let near = |count: u32, share: f64| {
        let n = f64::from(buyers);
        (f64::from(count) - n * share).abs() < 5.0 * (n * share * (1.0 - share)).sqrt()
    };
    let strata = [("ebay", Reason::Damaged), ("ebay", Reason::Late), ("lazada", Reason::Damaged)];
    let counts = strata.map(|(channel, reason)| (0..buyers).filter(|b| held(*b, channel, reason)).count());
    assert!(counts.iter().all(|count| near(u32::try_from(*count).unwrap(), 0.05)), "{counts:?}");
    for other in &strata[1..] {
        let both = (0..buyers).filter(|b| held(*b, "ebay", Reason::Damaged) && held(*b, other.0, other.1));
        assert!(near(u32::try_from(both.count()).unwrap(), 0.05 * 0.05), "{other:?}");
    }
    assert!((0..buyers).all(|b| held(b, "ebay", Reason::Late) == held(b, "ebay", Reason::Late)));
}

#[test]
fn all_or_nobody_can_be_held_out_and_a_case_without_a_buyer_draws_for_itself() {
    let of = |points, case: u32| is_held_out(points, None, &case.to_string(), "ebay", Reason::Late);
    assert!((0..1_000).all(|case| of(10_000, case) && !of(0, case)));
    let held = (0..10_000).filter(|case| of(500, *case)).count();
    assert!((390..610).contains(&held), "{held}");
}

#[test]
fn draws_of_cases_spread_evenly() {
    let mut tenths = [0_u32; 10];
    for case in 0..20_000_u32 {
        let at = place(seed(&CaseId::from_bits(u128::from(case)).to_string()));
        assert!((0.0..1.0).contains(&at));
        tenths[(at * 10.0) as usize] += 1;
    }
    assert!(tenths.iter().all(|n| (1_780..2_220).contains(n)), "{tenths:?}");
}

fn scored(kind: RemedyKind, scored: u32, low: u32) -> Evidence {
    Evidence { scored, low, ..Evidence::none(kind) }
}

#[test]
fn an_alternative_that_leaves_buyers_unhappy_is_stopped_once_that_is_certain() {
    use RemedyKind::{Coupon, Exchange, Replacement};
    let all = [scored(Coupon, 100, 45), scored(Exchange, 150, 15), scored(Replacement, 150, 18)];
    let stop = stopped(&all[0], &all).unwrap();
    assert_eq!((stop.own, stop.others), ((45, 100), (33, 300)));
    assert!(stopped(&all[1], &all).is_none() && stopped(&all[2], &all).is_none());
    let few = [scored(Coupon, 29, 29), all[1], all[2]];
    assert!(stopped(&few[0], &few).is_none(), "29 scores are too few to conclude anything");
    let alone = [all[0]];
    assert!(stopped(&alone[0], &alone).is_none(), "there is nothing to compare with");
    let alike = [scored(Coupon, 100, 15), all[1], all[2]];
    assert!(stopped(&alike[0], &alike).is_none());
}

#[test]
fn the_shares_of_eleven_alternatives_take_far_less_than_a_suggestion_may() {
    let arms: Vec<Arm> =
        (0..11).map(|n| arm(6.0 + f64::from(n), 14.0, 500.0 + 20.0 * f64::from(n), 1_300.0)).collect();
    let started = std::time::Instant::now();
    let rounds = 200;
    let sum: f64 = (0..rounds).map(|_| shares(&arms, FREE)[0]).sum();
    let each = started.elapsed() / rounds;
    println!("{each:?} for the shares of eleven alternatives, {sum}");
    // Without optimisation, on a busy machine: only what is out of all proportion fails.
    assert!(each < std::time::Duration::from_millis(20), "{each:?}");
}
