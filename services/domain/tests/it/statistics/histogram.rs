use amends_domain::statistics::bootstrap::Plan;
use amends_domain::statistics::histogram::{Bucket, Histogram, Quantile, difference};
use proptest::prelude::*;

use crate::make_beta::Draws;

#[test]
fn every_bucket_begins_where_the_one_before_ends() {
    let mut next = 0;
    for number in 0..=Bucket::LAST.number() {
        let bucket = Bucket::numbered(i64::from(number)).unwrap();
        assert_eq!((bucket.number(), bucket.from()), (number, next));
        assert_eq!([bucket.from(), bucket.value(), bucket.to()].map(Bucket::of), [bucket; 3]);
        let away = (bucket.to() - bucket.value()).max(bucket.value() - bucket.from());
        assert!(away as f64 <= bucket.from() as f64 / 128.0, "{bucket:?}");
        next = bucket.to().wrapping_add(1);
    }
    assert_eq!((Bucket::LAST.number(), Bucket::LAST.to()), (3_711, i64::MAX));
    assert_eq!((Bucket::numbered(3_712), Bucket::numbered(-1)), (None, None));
    assert_eq!(Bucket::of(-5), Bucket::of(0));
}

/// What a number means is kept in databases: it may never change.
#[test]
fn the_numbers_of_buckets_are_a_contract() {
    let known = [
        (0, 0),
        (1, 1),
        (127, 127),
        (128, 128),
        (129, 128),
        (255, 191),
        (256, 192),
        (1_000, 317),
        (60_000, 693),
        (3_600_000, 1_069),
        (86_400_000, 1_362),
    ];
    for (millis, number) in known {
        assert_eq!(Bucket::of(millis).number(), number, "{millis}");
    }
}

/// Of a median at 95 %: ranks 1–6 of 6, 2–9 of 10, 6–15 of 20, 10–21 of 30 (Campbell and Gardner, "Calculating
/// confidence intervals for some non-parametric analyses", BMJ 296 (1988): 1454–1456). The others with SciPy's `binom`.
#[test]
fn a_quantiles_interval_has_the_published_ranks() {
    let table = [
        (50, 6, 1, 6),
        (50, 10, 2, 9),
        (50, 20, 6, 15),
        (50, 30, 10, 21),
        (50, 50, 18, 33),
        (50, 99, 40, 60),
        (90, 36, 29, 36),
        (90, 200, 171, 189),
    ];
    for (percent, n, lower, upper) in table {
        // Shorter than 128 ms, so that each rank has a bucket of its own; the longer ones are told apart too.
        let found = Histogram::of((1..=n).map(|rank| if rank < 128 { rank } else { rank * 2 }));
        let told = |rank: i64| Bucket::of(if rank < 128 { rank } else { rank * 2 }).value();
        let found = found.estimate(percent).unwrap();
        assert_eq!((found.lower, found.upper), (Some(told(lower)), Some(told(upper))), "{percent} {n}");
    }
}

#[test]
fn few_values_have_a_quantile_but_no_interval() {
    assert_eq!((Histogram::default().quantile(50), Histogram::default().estimate(50)), (None, None));
    assert_eq!(Histogram::of([7]).estimate(50), Some(Quantile { value: 7, lower: None, upper: None }));
    assert_eq!(Histogram::of(1..=5).estimate(50).unwrap(), Quantile { value: 3, lower: None, upper: None });
    let thirty_five = Histogram::of(1..=35).estimate(90).unwrap();
    assert_eq!(thirty_five, Quantile { value: 32, lower: Some(28), upper: None });
    let all = Histogram::of([4; 1_000]).estimate(90).unwrap();
    assert_eq!(all, Quantile { value: 4, lower: Some(4), upper: Some(4) });
}

#[test]
fn the_median_and_p90_of_ten_are_the_fifth_and_the_ninth() {
    let ten = Histogram::of([10, 90, 30, 70, 50, 60, 40, 80, 20, 100]);
    assert_eq!(
        [0, 50, 90, 91, 100, 200].map(|percent| ten.quantile(percent).unwrap()),
        [10, 50, 90, 100, 100, 100]
    );
}

/// Lengths of time as they are: from seconds to days, median a quarter of an hour.
fn times(draws: &mut Draws, n: usize, median: f64) -> Vec<i64> {
    (0..n).map(|_| (median * (1.2 * draws.normal()).exp()) as i64).collect()
}

#[test]
fn intervals_of_quantiles_hold_the_truth_as_often_as_they_say() {
    let mut draws = Draws::new(3);
    let (truth, ninety) = (900_000.0_f64, 900_000.0 * (1.2 * 1.281_551_565_545_f64).exp());
    for (percent, truth, n) in [(50, truth, 40), (50, truth, 400), (90, ninety, 150), (90, ninety, 600)] {
        let held = (0..1_000).filter(|_| {
            let found = Histogram::of(times(&mut draws, n, 900_000.0)).estimate(percent).unwrap();
            // Ends are told to 0.8 %.
            let low = found.lower.is_none_or(|lower| lower as f64 <= truth * 1.008);
            low && found.upper.is_none_or(|upper| upper as f64 >= truth / 1.008)
        });
        let held = held.count();
        assert!(held >= 935, "{held} of 1,000 for p{percent} of {n}");
    }
}

#[test]
fn the_interval_of_a_difference_of_medians_holds_the_truth_as_often_as_it_says() {
    let mut draws = Draws::new(4);
    let held = (0..400).filter(|seed| {
        let a = Histogram::of(times(&mut draws, 150, 1_200_000.0));
        let b = Histogram::of(times(&mut draws, 80, 900_000.0));
        let plan = Plan { rounds: 500, ..Plan::new(*seed) };
        difference(&a, &b, 50, plan).unwrap().covers(300_000.0)
    });
    let held = held.count();
    assert!((365..=395).contains(&held), "{held} of 400");
}

/// One number drawn instead of `n` gives the same distribution: the spread of the resampled median of 1 … 99 is
/// that of resampling every member.
#[test]
fn resampling_by_rank_is_resampling() {
    let (mut draws, all) = (Draws::new(9), Histogram::of(1..=99));
    let mut medians: Vec<i64> = (0..4_000)
        .map(|_| Histogram::of((0..99).map(|_| 1 + (draws.unit() * 99.0) as i64)).quantile(50).unwrap())
        .collect();
    medians.sort_unstable();
    let by_rank = difference(&all, &Histogram::of([0]), 50, Plan { rounds: 4_000, ..Plan::new(1) }).unwrap();
    assert!((by_rank.lower - medians[100] as f64).abs() <= 1.0, "{by_rank:?}");
    assert!((by_rank.upper - medians[3_899] as f64).abs() <= 1.0, "{by_rank:?}");
}

#[test]
fn a_difference_needs_both() {
    let some = Histogram::of([5]);
    assert_eq!(difference(&some, &Histogram::default(), 50, Plan::new(1)), None);
    assert_eq!(difference(&Histogram::default(), &some, 50, Plan::new(1)), None);
    assert_eq!(difference(&some, &some, 50, Plan::new(1)).unwrap().value, 0.0);
}

proptest! {
    #[test]
    fn a_quantile_is_the_ranked_value_to_one_percent(mut millis in prop::collection::vec(0_i64..10_000_000_000, 1..200), percent in 1_u8..=100) {
        let found = Histogram::of(millis.iter().copied()).quantile(percent).unwrap() as f64;
        millis.sort_unstable();
        let exact = millis[(millis.len() * usize::from(percent)).div_ceil(100) - 1] as f64;
        prop_assert!((found - exact).abs() <= exact * 0.008, "{found} {exact}");
    }

    #[test]
    fn merging_in_any_order_is_the_same(millis in prop::collection::vec(any::<i64>(), 0..60), cuts in (0_usize..60, 0_usize..60)) {
        let (low, high) = (cuts.0.min(cuts.1).min(millis.len()), cuts.0.max(cuts.1).min(millis.len()));
        let [a, b, c] = [&millis[..low], &millis[low..high], &millis[high..]].map(|part| Histogram::of(part.iter().copied()));
        let all = Histogram::of(millis.iter().rev().copied());
        prop_assert_eq!(&a.clone().and(&b).and(&c), &all);
        prop_assert_eq!(&c.and(&b.and(&a)), &all);
        prop_assert_eq!(all.counts().map(|(_, times)| times).sum::<u64>(), all.total());
    }

    #[test]
    fn a_quantile_lies_in_its_interval(millis in prop::collection::vec(0_i64..5_000, 1..200), percent in 0_u8..=100) {
        let found = Histogram::of(millis).estimate(percent).unwrap();
        prop_assert!(found.lower.is_none_or(|lower| lower <= found.value));
        prop_assert!(found.upper.is_none_or(|upper| found.value <= upper));
    }
}
