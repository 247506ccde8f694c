use std::collections::BTreeMap;

use amends_domain::rate::Rate;
use amends_domain::statistics::survival::{Curve, DAYS, Exits, Reached};
use proptest::prelude::*;

use super::{is, near, sound};

const fn exits(day: u32, events: u64, censored: u64) -> (u32, Exits) {
    (day, Exits { events, censored })
}

/// Remission in weeks of 21 children with leukaemia who took 6-mercaptopurine: Freireich et al., Blood 21
/// (1963): 699–716.
pub(super) const TREATED: [(u32, Exits); 16] = [
    exits(6, 3, 1),
    exits(7, 1, 0),
    exits(9, 0, 1),
    exits(10, 1, 1),
    exits(11, 0, 1),
    exits(13, 1, 0),
    exits(16, 1, 0),
    exits(17, 0, 1),
    exits(19, 0, 1),
    exits(20, 0, 1),
    exits(22, 1, 0),
    exits(23, 1, 0),
    exits(25, 0, 1),
    exits(32, 0, 2),
    exits(34, 0, 1),
    exits(35, 0, 1),
];

/// The curve as Kalbfleisch and Prentice (1980) and Collett tell it, with the standard errors and intervals that
/// Stata's `sts list, by(group)` prints for these data (data.princeton.edu/pop509/gehan.html).
#[test]
fn the_curve_of_the_leukaemia_trial_is_the_published_one() {
    let published = [
        (6, 21, 0.8571, 0.0764, 0.6197, 0.9516),
        (7, 17, 0.8067, 0.0869, 0.5631, 0.9228),
        (10, 15, 0.7529, 0.0963, 0.5032, 0.8894),
        (13, 12, 0.6902, 0.1068, 0.4316, 0.8491),
        (16, 11, 0.6275, 0.1141, 0.3675, 0.8049),
        (22, 7, 0.5378, 0.1282, 0.2678, 0.7468),
        (23, 6, 0.4482, 0.1346, 0.1881, 0.6801),
    ];
    let curve = Curve::of(TREATED);
    assert_eq!(curve.entered(), 21);
    for (week, at_risk, survival, error, lower, upper) in published {
        let point = curve.at(week).unwrap();
        assert_eq!((point.day, point.at_risk), (week, at_risk));
        is(point.survival, [survival, lower, upper], 5e-5);
        near(point.variance.sqrt(), error, 5e-5);
        is(point.happened(), [1.0 - survival, 1.0 - upper, 1.0 - lower], 5e-5);
    }
    assert_eq!(curve.reached(0.5), Reached { day: Some(23), lower: Some(13), upper: None });
    assert_eq!(curve.reached(0.9), Reached { day: None, lower: None, upper: None });
}

/// The children without it, of whom none was censored: 0.9048 (0.6700–0.9753) after one week, 0.8095
/// (0.5689–0.9239) after two (data.princeton.edu/pop509/gehan.html, printed by Stata); the median is 8 weeks.
#[test]
fn the_curve_of_the_other_arm_is_the_published_one() {
    let weeks = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];
    let curve = Curve::of(weeks.map(|week| exits(week, 1, 0)));
    is(curve.at(1).unwrap().survival, [0.9048, 0.6700, 0.9753], 5e-5);
    is(curve.at(2).unwrap().survival, [0.8095, 0.5689, 0.9239], 5e-5);
    near(curve.at(1).unwrap().variance.sqrt(), 0.0641, 5e-5);
    assert_eq!(curve.reached(0.5).day, Some(8));
}

#[test]
fn nothing_is_said_beyond_the_last_who_was_followed() {
    let curve = Curve::of(TREATED);
    assert!(curve.at(35).is_some());
    assert_eq!(curve.at(36), None);
    assert_eq!(DAYS.map(|day| curve.at(day).is_some()), [true, true, true, true, false]);
    assert_eq!(Curve::of([]).at(0), None);
    assert_eq!(Curve::of([exits(3, 0, 0)]), Curve::default(), "a day on which nobody left");
    assert_eq!(Curve::default().reached(0.5), Reached { day: None, lower: None, upper: None });
}

#[test]
fn over_for_all_stays_over() {
    let curve = Curve::of([exits(2, 9, 0), exits(4, 1, 0)]);
    let point = curve.at(90).unwrap();
    assert_eq!(
        (point.survival.value, point.survival.lower, point.at_risk, point.variance),
        (0.0, 0.0, 0, 0.0)
    );
    near(point.survival.upper, Rate::of(0, 10).interval.unwrap().1, 1e-12);
}

#[test]
fn before_anything_happens_the_interval_is_that_of_those_who_were_followed() {
    let curve = Curve::of([exits(1, 0, 5), exits(7, 0, 20)]);
    let point = curve.at(3).unwrap();
    assert_eq!((point.at_risk, point.survival.value, point.survival.upper), (20, 1.0, 1.0));
    near(point.survival.lower, Rate::of(20, 20).interval.unwrap().0, 1e-12);
}

#[test]
fn of_one_member_the_interval_says_nearly_nothing() {
    let it_happened = Curve::of([exits(0, 1, 0)]);
    is(it_happened.at(0).unwrap().happened(), [1.0, 0.2065, 1.0], 5e-5);
    assert_eq!(it_happened.reached(0.5).day, Some(0));
    let it_did_not = Curve::of([exits(0, 0, 1)]);
    is(it_did_not.at(0).unwrap().happened(), [0.0, 0.0, 0.7935], 5e-5);
    assert_eq!(it_did_not.at(1), None);
}

#[test]
fn on_a_day_with_both_events_come_before_censoring() {
    let both = Curve::of([exits(1, 1, 1), exits(2, 0, 2)]);
    near(both.at(1).unwrap().survival.value, 0.75, 1e-12);
}

/// A thousand worlds of 60 members: one in 25 a day, each followed for 1 to 40 days.
#[test]
fn the_interval_holds_the_truth_about_as_often_as_it_says() {
    let mut draws = crate::make_beta::Draws::new(11);
    let truth = (1.0_f64 - 0.04).powi(15);
    let held = (0..1_000).filter(|_| {
        let member = |_| {
            let happens = (draws.unit().ln() / 0.96_f64.ln()).ceil() as u32;
            let followed = 1 + (draws.unit() * 40.0) as u32;
            if happens <= followed { exits(happens, 1, 0) } else { exits(followed, 0, 1) }
        };
        let curve = Curve::of((0..60).map(member));
        curve.at(15).is_some_and(|point| point.survival.covers(truth))
    });
    let held = held.count();
    assert!((930..=970).contains(&held), "{held} of 1,000");
}

proptest! {
    #[test]
    fn without_censoring_it_is_the_share_that_is_left(days in prop::collection::vec(0_u32..40, 1..80), at in 0_u32..50) {
        let curve = Curve::of(days.iter().map(|day| exits(*day, 1, 0)));
        let left = days.iter().filter(|day| **day > at).count() as f64 / days.len() as f64;
        let there = days.iter().filter(|day| **day >= at).count() as u64;
        let point = curve.at(at).unwrap();
        prop_assert!((point.survival.value - left).abs() < 1e-9);
        prop_assert!((point.variance - left * (1.0 - left) / days.len() as f64).abs() < 1e-9);
        prop_assert_eq!(point.at_risk, there);
    }

    #[test]
    fn the_order_of_days_is_nothing_and_intervals_are_sound(
        mut days in prop::collection::vec((0_u32..20, 0_u64..4, 0_u64..4), 0..30),
        at in 0_u32..25,
    ) {
        let of = |days: &[(u32, u64, u64)]| Curve::of(days.iter().map(|(day, events, out)| exits(*day, *events, *out)));
        let curve = of(&days);
        days.reverse();
        prop_assert_eq!(&curve, &of(&days));
        let mut sums = BTreeMap::<u32, (u64, u64)>::new();
        for (day, events, out) in &days {
            let sum = sums.entry(*day).or_default();
            *sum = (sum.0 + events, sum.1 + out);
        }
        let sums: Vec<_> = sums.into_iter().map(|(day, (events, out))| (day, events, out)).collect();
        prop_assert_eq!(&curve, &of(&sums));
        if let Some(point) = curve.at(at) {
            prop_assert!(sound(point.survival, 0.0, 1.0), "{:?}", point);
            prop_assert!(sound(point.happened(), 0.0, 1.0), "{:?}", point);
        }
    }
}
