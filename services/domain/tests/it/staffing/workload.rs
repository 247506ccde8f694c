//! Work that may wait: what is said to be enough keeps every date, and less does not.

use amends_domain::staffing::{Batch, WorkloadProblem, batches, workload};
use proptest::collection::vec;

use super::*;

fn batch(comes: usize, due: usize, hours: f64) -> Batch {
    Batch { comes, due, hours }
}

/// Whether so many people keep every date: plain loops over days, what is due next first.
fn keeps(hours: &[f64], work: &[Batch], people: f64) -> bool {
    let mut rest: Vec<Batch> = work.to_vec();
    for (day, hours) in hours.iter().enumerate() {
        let mut free = hours * people;
        while free > 1e-12 {
            let here = rest.iter_mut().filter(|batch| batch.comes <= day && batch.hours > 1e-12);
            let Some(next) = here.min_by_key(|batch| batch.due) else { break };
            let now = next.hours.min(free);
            next.hours -= now;
            free -= now;
        }
        if rest.iter().any(|batch| batch.due <= day && batch.hours > 1e-7) {
            return false;
        }
    }
    true
}

#[test]
fn a_backlog_is_spread_until_it_is_due() {
    // 120 hours are there and due in five days, of which two are a weekend; six hours a day.
    let hours = [6.0, 6.0, 0.0, 0.0, 6.0];
    let need = workload(&hours, &[batch(0, 4, 120.0)], 0.25).unwrap();
    assert!((need.exact - 120.0 / 18.0).abs() < 1e-12);
    assert_eq!((need.agents, need.rostered, need.because), (7, 10, Some((0, 4))));
    let left: Vec<f64> = need.days.iter().map(|day| day.left).collect();
    assert_eq!(left, [78.0, 36.0, 36.0, 36.0, 0.0]);
}

#[test]
fn the_fullest_stretch_decides_and_not_the_mean() {
    // Twelve hours on the middle day, due the same day: the quiet days beside it do not help.
    let work = [batch(0, 0, 2.0), batch(1, 1, 12.0), batch(2, 2, 2.0)];
    let need = workload(&[6.0; 3], &work, 0.0).unwrap();
    assert_eq!((need.agents, need.because), (2, Some((1, 1))));
    assert!((need.exact - 2.0).abs() < 1e-12);
}

#[test]
fn what_is_due_after_the_last_day_is_left_over() {
    let need = workload(&[8.0, 8.0], &[batch(0, 9, 5.0)], 0.0).unwrap();
    assert_eq!((need.exact, need.agents, need.because), (0.0, 0, None));
    assert_eq!(need.days[1].left, 5.0);
}

#[test]
fn work_that_is_due_before_anybody_comes_is_told() {
    let hours = [0.0, 0.0, 8.0];
    let found = workload(&hours, &[batch(0, 1, 1.0)], 0.0).unwrap_err();
    assert_eq!(found, WorkloadProblem::NobodyWorks { from: 0, until: 1 });
    assert!(found.to_string().contains("from day 0 on is due by day 1"));
}

#[test]
fn a_forecast_becomes_batches() {
    let made = batches(&[(1, 10.0)], &[4.0, 6.0], 2, 0.5);
    assert_eq!(made, [batch(0, 1, 5.0), batch(0, 2, 2.0), batch(1, 3, 3.0)]);
}

#[test]
fn what_is_no_work_is_refused_by_name() {
    let none = |hours: &[f64], work: &[Batch]| workload(hours, work, 0.0).unwrap_err();
    assert_eq!(none(&[], &[]), WorkloadProblem::Days);
    assert_eq!(none(&[1.0; 367], &[]), WorkloadProblem::Days);
    assert_eq!(none(&[8.0, 25.0], &[]), WorkloadProblem::Hours(1));
    assert_eq!(none(&[8.0, f64::NAN], &[]), WorkloadProblem::Hours(1));
    assert_eq!(none(&[8.0], &[batch(2, 1, 1.0)]), WorkloadProblem::Batch(0));
    assert_eq!(none(&[8.0], &[batch(0, 0, f64::INFINITY)]), WorkloadProblem::Batch(0));
    assert_eq!(none(&[8.0], &[batch(0, 0, 1e300)]), WorkloadProblem::TooMany);
    let shrinkage = workload(&[8.0], &[], 1.0).unwrap_err();
    assert_eq!(shrinkage, WorkloadProblem::Shrinkage(LoadProblem::Shrinkage));
}

proptest! {
    #[test]
    fn enough_keeps_every_date_and_a_little_less_does_not(
        hours in vec(prop_oneof![Just(0.0), 1.0..9.0_f64], 1..15),
        work in vec((0_usize..15, 0_usize..8, 0.0..40.0_f64), 0..25),
    ) {
        let work: Vec<Batch> = work.into_iter().map(|(comes, days, h)| batch(comes, comes + days, h)).collect();
        match workload(&hours, &work, 0.0) {
            Ok(need) => {
                prop_assert!(keeps(&hours, &work, need.exact * (1.0 + 1e-9)));
                prop_assert!(keeps(&hours, &work, f64::from(need.agents)));
                if need.exact > 0.0 {
                    prop_assert!(!keeps(&hours, &work, need.exact * 0.999 - 1e-6));
                }
                let done: f64 = need.days.iter().map(|day| day.worked).sum();
                let came = work.iter().filter(|b| b.comes < hours.len()).map(|b| b.hours).sum::<f64>();
                prop_assert!((done + need.days.last().unwrap().left - came).abs() < 1e-6);
            }
            Err(found) => {
                prop_assert!(matches!(found, WorkloadProblem::NobodyWorks { .. }), "{found}");
                prop_assert!(!keeps(&hours, &work, 1e6));
            }
        }
    }
}
