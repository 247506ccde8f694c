use amends_domain::rate::Rate;
use amends_domain::statistics::Estimate;
use amends_domain::statistics::survey::{Nps, csat};
use proptest::prelude::*;

use super::{is, near, sound};

const fn nps(promoters: u64, passives: u64, detractors: u64) -> Nps {
    Nps { promoters, passives, detractors }
}

/// The formula of Rocks (2016) with NumPy.
#[test]
fn the_interval_of_the_score_is_the_adjusted_walds() {
    is(nps(60, 25, 15).estimate().unwrap(), [0.45, 0.293_431, 0.580_355], 5e-7);
    is(nps(15, 7, 14).estimate().unwrap(), [0.027_778, -0.251_787, 0.303_069], 5e-7);
    is(nps(20, 0, 0).estimate().unwrap(), [1.0, 0.696_833, 1.0], 5e-7);
    is(nps(1, 0, 0).estimate().unwrap(), [1.0, -0.484_986, 1.0], 5e-7);
    near(nps(60, 25, 15).variance().unwrap(), 0.005_475, 1e-12);
}

#[test]
fn scores_are_sorted_into_promoters_passives_and_detractors() {
    let found = Nps::of([1, 1, 1, 1, 1, 1, 1, 10, 20, 300, 400]);
    assert_eq!((found, found.answers()), (nps(700, 30, 7), 737));
}

#[test]
fn nobody_has_no_score() {
    assert_eq!((nps(0, 0, 0).score(), nps(0, 0, 0).variance(), nps(0, 0, 0).estimate()), (None, None, None));
    assert_eq!((nps(0, 0, 3).score(), nps(0, 3, 0).score()), (Some(-1.0), Some(0.0)));
}

#[test]
fn satisfaction_is_four_and_five_of_those_who_answered() {
    let found = csat([1, 2, 3, 4, 10], 50);
    assert_eq!((found.satisfied, found.response), (Rate::of(14, 20), Rate::of(20, 50)));
    let nobody = csat([0; 5], 50);
    assert_eq!((nobody.satisfied.value, nobody.response.value), (None, Some(0.0)));
    assert_eq!(csat([0; 5], 0).response.value, None);
}

/// 4,000 worlds of 20 answers, 80 % promoters and 5 % detractors.
#[test]
fn the_interval_holds_the_truth_where_the_plain_one_is_too_narrow() {
    let mut draws = crate::make_beta::Draws::new(8);
    let (mut adjusted, mut plain) = (0, 0);
    for _ in 0..4_000 {
        let mut found = nps(0, 0, 0);
        for _ in 0..20 {
            match draws.unit() {
                x if x < 0.80 => found.promoters += 1,
                x if x < 0.95 => found.passives += 1,
                _ => found.detractors += 1,
            }
        }
        let half = 1.96 * found.variance().unwrap().sqrt();
        adjusted += i32::from(found.estimate().unwrap().covers(0.75));
        plain += i32::from(Estimate::around(found.score().unwrap(), half).covers(0.75));
    }
    assert!(adjusted >= 3_760 && plain < adjusted, "{adjusted} and {plain} of 4,000");
}

/// The adjusted interval of one promoter alone ends at 0.985, below the score.
#[test]
fn one_answer_lies_in_its_interval_too() {
    for one in [nps(1, 0, 0), nps(0, 1, 0), nps(0, 0, 1)] {
        assert!(sound(one.estimate().unwrap(), -1.0, 1.0), "{one:?}");
    }
}

proptest! {
    #[test]
    fn the_score_lies_in_its_interval(promoters in 0_u64..100_000, passives in 0_u64..100_000, detractors in 0_u64..100_000) {
        for found in [nps(promoters, passives, detractors), nps(promoters, 0, 0), nps(0, passives, 0), nps(0, 0, detractors), nps(promoters, 0, detractors)] {
            if let Some(estimate) = found.estimate() {
                prop_assert!(sound(estimate, -1.0, 1.0), "{:?} {:?}", found, estimate);
            }
        }
    }
}
