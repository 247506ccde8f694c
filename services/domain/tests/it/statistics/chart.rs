use amends_domain::statistics::chart::{Alarm, Base, Limits, Sample, Verdict, three_sigma};
use amends_domain::statistics::tails::{at_least, normal_below};
use proptest::prelude::*;

use super::near;

const fn sample(count: u64, size: u64) -> Sample {
    Sample { count, size }
}

/// Cans of frozen orange juice with a seam or panel that leaks, in 30 samples of 50: Montgomery,
/// Introduction to Statistical Quality Control, §7.2, example 7.1.
pub(super) const CANS: [u64; 30] = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9,
    6,
];

/// There: p̄ = 0.2313, limits 0.4102 and 0.0524, samples 15 and 23 beyond them; without these p̄ = 0.2150,
/// limits 0.3893 and 0.0407.
#[test]
fn the_chart_of_the_juice_cans_is_the_textbooks() {
    let cans = CANS.map(|count| sample(count, 50));
    let base = Base::of(cans);
    let centre = base.centre().unwrap();
    let Limits { lower, upper, .. } = three_sigma(centre, 50);
    near(centre, 0.2313, 5e-5);
    near(upper, 0.4102, 5e-5);
    near(lower, 0.0524, 5e-5);
    let chart = base.chart(cans);
    let beyond: Vec<usize> = (1..=30).filter(|n| chart[n - 1].verdict != Verdict::Within).collect();
    assert_eq!(beyond, [15, 23]);
    assert!(chart.iter().all(|judged| judged.raised == (judged.verdict == Verdict::Above)));

    let rest = chart.iter().filter(|judged| judged.verdict == Verdict::Within).map(|judged| judged.sample);
    let centre = Base::of(rest).centre().unwrap();
    let Limits { lower, upper, .. } = three_sigma(centre, 50);
    near(centre, 0.2150, 5e-5);
    near(upper, 0.3893, 5e-5);
    near(lower, 0.0407, 5e-5);
}

/// Counted out with SciPy's `binom`: the last count above which, and the first below which, the tail is at most
/// 0.00135.
#[test]
fn limits_of_small_counts_are_counted_out() {
    let table = [
        (5, 1_000, 200, 0, 5),
        (347, 1_500, 50, 4, 21),
        (2, 100, 40, 0, 4),
        (2, 100, 1_000, 8, 34),
        (1, 10, 120, 3, 23),
    ];
    for (count, of, size, lower, upper) in table {
        let limits = Base::of([sample(count, of)]).limits(size).unwrap();
        let share = |count: u32| f64::from(count) / size as f64;
        assert_eq!(limits, Limits { lower: share(lower), upper: share(upper), exact: true });
    }
    let many = Base::of([sample(20, 100)]).limits(400).unwrap();
    assert_eq!(many, three_sigma(0.2, 400), "many are expected");
    assert!(!many.exact);
}

/// Three deviations above 1 expected is 3.99: four come by chance in 1.9 % of weeks, once a year.
#[test]
fn what_chance_brings_every_year_is_no_signal() {
    let base = Base::of([sample(5, 1_000)]);
    assert!(three_sigma(0.005, 200).upper < 4.0 / 200.0);
    assert_eq!(base.judge(sample(4, 200), Alarm::Quiet).verdict, Verdict::Within);
    assert_eq!(base.judge(sample(6, 200), Alarm::Quiet).verdict, Verdict::Above);
}

/// The worst there is in each range, found by searching with SciPy; see `NORMAL_FROM`.
#[test]
fn three_deviations_above_a_small_count_are_crossed_far_more_often_than_they_should() {
    let worst = [(9_158, 1e-5, 64.83), (14_223, 1e-4, 11.22), (51_754, 1e-4, 5.227), (257_679, 1e-4, 2.517)];
    for (size, chance, times) in worst {
        let beyond = (three_sigma(chance, size).upper * size as f64) as u64 + 1;
        near(at_least(beyond, size, chance) / normal_below(-3.0), times, 5e-3);
    }
}

#[test]
fn complaints_that_tripled_raise_one_signal_until_they_are_usual_again() {
    let base = Base::of([sample(20, 1_000), sample(20, 1_000)]);
    let weeks =
        [2, 6, 15, 16, 0, 18, 17, 2].map(|count| if count == 0 { sample(0, 0) } else { sample(count, 250) });
    let chart = base.chart(weeks);
    let raised: Vec<usize> = (0..8).filter(|week| chart[*week].raised).collect();
    assert_eq!(raised, [2]);
    near(chart[2].factor.unwrap(), 3.0, 1e-12);
    assert_eq!(chart[4].verdict, Verdict::Unknown);
    let again = base.chart([15, 4, 15].map(|count| sample(count, 250)));
    assert_eq!([0, 1, 2].map(|week| again[week].raised), [true, false, true]);
}

#[test]
fn a_signal_of_the_other_side_is_another() {
    let base = Base::of([sample(500, 1_000)]);
    let chart = base.chart([80, 20, 20, 80].map(|count| sample(count, 100)));
    assert_eq!([0, 1, 2, 3].map(|week| chart[week].raised), [true, true, false, true]);
    assert_eq!((chart[1].verdict, Alarm::Above.after(Verdict::Below)), (Verdict::Below, Alarm::Below));
}

/// None of 500 could be 0.0076 (Wilson); of 50, four or more are then seldom enough (SciPy).
#[test]
fn a_base_without_any_still_has_a_limit() {
    let base = Base::of([sample(0, 500)]);
    let judged = base.judge(sample(3, 50), Alarm::Quiet);
    assert_eq!((judged.verdict, judged.factor), (Verdict::Within, None));
    assert_eq!(base.judge(sample(4, 50), Alarm::Quiet).verdict, Verdict::Above);
    let all = Base::of([sample(500, 500)]);
    assert_eq!(all.judge(sample(47, 50), Alarm::Quiet).verdict, Verdict::Within);
    assert_eq!(all.judge(sample(46, 50), Alarm::Quiet).verdict, Verdict::Below);
}

#[test]
fn nothing_and_no_share_are_not_judged() {
    let nothing = Base::of([sample(0, 0), sample(3, 2)]);
    assert_eq!((nothing.centre(), nothing.limits(10)), (None, None));
    assert_eq!(nothing.judge(sample(1, 1), Alarm::Quiet).verdict, Verdict::Unknown);
    let base = Base::of([sample(1, 10)]);
    for odd in [sample(0, 0), sample(3, 2)] {
        let judged = base.judge(odd, Alarm::Above);
        assert_eq!((judged.verdict, judged.limits, judged.raised), (Verdict::Unknown, None, false));
    }
    assert_eq!(Alarm::Above.after(Verdict::Unknown), Alarm::Above);
    assert!(base.limits(1).is_some(), "a period of one member");
}

proptest! {
    /// The limits are counted out again, term by term.
    #[test]
    fn beyond_exact_limits_is_what_comes_seldom(of in 1_u64..3_000, share in 0.0..=1.0_f64, size in 1_u64..300) {
        let count = ((of as f64 * share) as u64).clamp(1, of);
        let (base, p) = (Base::of([sample(count, of)]), count as f64 / of as f64);
        let limits = base.limits(size).unwrap();
        prop_assert!(limits.lower <= p + 1e-9 && p <= limits.upper + 1e-9 && limits.lower >= 0.0 && limits.upper <= 1.0);
        if limits.exact && count < of {
            let n = size as f64;
            let mut choose = 0.0_f64;
            let chances: Vec<f64> = (0..=size).map(|k| {
                let k = k as f64;
                if k > 0.0 { choose += ((n - k + 1.0) / k).ln(); }
                (choose + k * p.ln() + (n - k) * (1.0 - p).ln()).exp()
            }).collect();
            let upper = (limits.upper * n).round() as usize;
            let lower = (limits.lower * n).round() as usize;
            let from = |k: usize| chances[k.min(chances.len())..].iter().sum::<f64>();
            prop_assert!(from(upper + 1) <= 0.001_349_9 && (upper == 0 || from(upper) > 0.001_349_8));
            let to = |k: usize| chances[..k].iter().sum::<f64>();
            prop_assert!(to(lower) <= 0.001_349_9 && to(lower + 1) > 0.001_349_8);
        }
    }
}
