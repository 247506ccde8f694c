//! The volume forecast, on series that are made and on series that are odd.

use amends_domain::Day;
use amends_domain::forecast::{Ahead, DAYS_MAX, ForecastProblem, Method, Profile, Series, forecast};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::sla_make::date;

mod example;
mod made;
mod simulated;

/// A Monday.
const MONDAY: &str = "2024-01-01";

fn series(counts: &[Option<u32>]) -> Series {
    Series::new(date(MONDAY), counts.to_vec()).unwrap()
}

fn known(counts: impl IntoIterator<Item = u32>) -> Series {
    series(&counts.into_iter().map(Some).collect::<Vec<_>>())
}

fn ahead(series: &Series, days: u16) -> Vec<Ahead> {
    forecast(series, days).unwrap().days
}

#[test]
fn a_series_that_never_changes_goes_on_as_it_is() {
    let week = [10, 12, 11, 10, 9, 4, 2];
    let days = ahead(&known((0..280).map(|n| week[n % 7])), 28);
    for (n, day) in days.iter().enumerate() {
        assert!((day.expected - f64::from(week[n % 7])).abs() < 0.5, "{day:?}");
        assert_eq!(day.peak, None);
    }
    assert_eq!(days[0].day, date("2024-10-07"));
}

#[test]
fn a_shop_that_is_closed_on_sundays_has_no_sundays() {
    let week = [40, 40, 40, 40, 40, 20, 0];
    let days = ahead(&known((0..364).map(|n| week[n % 7])), 14);
    assert!(days[6].expected < 1.0 && days[13].expected < 1.0, "{:?}", days[6]);
    assert!((days[0].expected - 40.0).abs() < 2.0);
}

#[test]
fn the_level_follows_when_everything_doubles() {
    let days = ahead(&known((0..300).map(|n| if n < 240 { 20 } else { 40 })), 7);
    assert!(days.iter().all(|day| (day.expected - 40.0).abs() < 3.0), "{days:?}");
}

#[test]
fn a_gap_is_not_a_day_without_cases() {
    let full: Vec<Option<u32>> = (0..200).map(|_| Some(30)).collect();
    let mut gaps = full.clone();
    gaps[150..200].iter_mut().step_by(2).for_each(|day| *day = None);
    let zeros: Vec<Option<u32>> = gaps.iter().map(|day| day.or(Some(0))).collect();
    let mean =
        |counts: &[Option<u32>]| ahead(&series(counts), 14).iter().map(|d| d.expected).sum::<f64>() / 14.0;
    assert!((mean(&full) - 30.0).abs() < 1e-6);
    assert!((mean(&gaps) - 30.0).abs() < 1e-6);
    assert!(mean(&zeros) < 25.0);
}

#[test]
fn the_same_week_of_last_year_comes_back_less_than_it_was_once_and_nearer_when_it_was_twice() {
    // Week 46 of each year has three times as many cases as any other.
    let days_of = |years: usize| -> Vec<f64> {
        let first = date("2023-01-02");
        let n = 364 * years + 300;
        let week = |n: usize| (n / 7) % 52 + 1;
        let counts = (0..n).map(|n| Some(if week(n) == 46 { 90 } else { 30 })).collect();
        let days = ahead(&Series::new(first, counts).unwrap(), 28);
        let day = |week: i32| first.number() + (364 * years) as i32 + (week - 1) * 7;
        days.iter().filter(|d| (day(46)..day(47)).contains(&d.day.number())).map(|d| d.expected).collect()
    };
    let (once, twice) = (days_of(1), days_of(2));
    assert_eq!((once.len(), twice.len()), (7, 7));
    // Two thirds of what it added, then four fifths.
    assert!(once.iter().all(|n| (n - 70.0).abs() < 2.0), "{once:?}");
    assert!(twice.iter().all(|n| (n - 78.0).abs() < 2.0), "{twice:?}");
}

#[test]
fn a_peak_that_was_last_week_is_not_taken_for_the_new_level() {
    // Black Friday's week was busy a year ago and is just over now.
    let busy = |n: usize| n / 7 == 47 || n / 7 == 47 + 52;
    let days = ahead(&known((0..(47 + 53) * 7).map(|n| if busy(n) { 90 } else { 30 })), 14);
    assert!(days.iter().all(|day| day.expected < 45.0), "{days:?}");
}

#[test]
fn fewer_than_fourteen_days_give_a_plain_mean_with_a_wide_interval_and_say_so() {
    let short = forecast(&known([4, 6, 5, 7, 3]), 30).unwrap();
    assert_eq!(short.method, Method::PlainMean { days: 5 });
    assert!(short.days.iter().all(|day| day.expected == 5.0));
    let long = ahead(&known([4, 6, 5, 7, 3].repeat(30)), 30);
    let width = |day: &Ahead| day.within_95.1 - day.within_95.0;
    assert!(width(&short.days[0]) > width(&long[0]), "{:?} {:?}", short.days[0], long[0]);
    assert!(width(&short.days[29]) > width(&short.days[0]));
    // A day of which nothing is known is none of them.
    let gaps: Vec<Option<u32>> = (0..40).map(|n| (n % 4 == 0).then_some(5)).collect();
    assert_eq!(forecast(&series(&gaps), 1).unwrap().method, Method::PlainMean { days: 10 });
    let fourteen = forecast(&known([5; 14]), 1).unwrap().method;
    assert!(matches!(fourteen, Method::Weekly { .. }), "{fourteen:?}");
}

#[test]
fn one_day_and_no_case_at_all_are_forecast_too() {
    let one = ahead(&known([3]), 1)[0];
    assert_eq!(one.expected, 3.0);
    assert!(one.within_95.1 >= 15, "{one:?}");
    for days in [1, 5, 13, 14, 400] {
        let none = ahead(&known(vec![0; days]), 90);
        assert!(none.iter().all(|day| day.expected < 1e-9 && day.within_95.0 == 0), "{days}");
    }
    // After one quiet day much can come, after a quiet year hardly anything.
    assert!(ahead(&known([0]), 1)[0].within_95.1 >= 3);
    assert!(ahead(&known([0; 400]), 1)[0].within_95.1 <= 1);
}

#[test]
fn what_cannot_be_forecast_is_refused_by_name() {
    let first = date(MONDAY);
    assert_eq!(Series::new(first, Vec::new()), Err(ForecastProblem::Days));
    assert_eq!(Series::new(first, vec![Some(1); DAYS_MAX + 1]), Err(ForecastProblem::Days));
    assert_eq!(Series::new(first, vec![None; 9]), Err(ForecastProblem::Unknown));
    assert!(Series::new(first, vec![Some(1); DAYS_MAX]).is_ok());
    for wrong in [0, 91] {
        assert_eq!(forecast(&known([1; 20]), wrong), Err(ForecastProblem::Horizon));
    }
}

#[test]
fn a_day_of_a_kind_falls_on_its_hours_as_such_days_did() {
    let (mut working, mut weekend) = ([0; 24], [0; 24]);
    (working[9], working[10], weekend[20]) = (6_000, 4_000, 10_000);
    let profile = Profile::of(&working, &weekend);
    let (monday, sunday) = (date("2026-03-02"), date("2026-03-08"));
    let hours = profile.spread(monday, 50.0);
    assert!((hours.iter().sum::<f64>() - 50.0).abs() < 1e-9);
    assert!((hours[9] - 30.0).abs() < 0.5 && (hours[10] - 20.0).abs() < 0.5 && hours[20] < 0.2);
    assert!(profile.shares(sunday)[20] > 0.99 && profile.shares(date("2026-03-07"))[20] > 0.99);
    // Nothing known: an even day.
    let even = Profile::of(&[0; 24], &[0; 24]);
    assert!(even.shares(monday).iter().all(|share| (share - 1.0 / 24.0).abs() < 1e-12));
    // A few weekend cases: mostly the hours of all days.
    weekend = [0; 24];
    weekend[20] = 2;
    assert!(Profile::of(&working, &weekend).shares(sunday)[9] > 0.5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_series_gives_ordered_finite_numbers_and_always_the_same(
        counts in vec(prop_oneof![
            4 => (0_u32..40).prop_map(Some), 1 => Just(None), 1 => Just(Some(0)), 1 => any::<u32>().prop_map(Some),
        ], 1..250),
        first in -10_000_i32..2_900_000,
        horizon in 1_u16..=90,
    ) {
        prop_assume!(counts.iter().any(Option::is_some));
        let series = Series::new(Day::from_number(first), counts).unwrap();
        let found = forecast(&series, horizon).unwrap();
        prop_assert_eq!(&found, &forecast(&series, horizon).unwrap());
        prop_assert_eq!(found.days.len(), usize::from(horizon));
        for day in &found.days {
            let ((low, high), (lower, higher)) = (day.within_80, day.within_95);
            prop_assert!(day.expected.is_finite() && day.expected >= 0.0);
            prop_assert!(lower <= low && low <= high && high <= higher, "{day:?}");
        }
    }
}
