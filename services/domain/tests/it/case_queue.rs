//! The queue: what is urgent comes first, and nothing waits for ever.

use std::collections::BTreeMap;

use amends_domain::case::{Case, Opening, patience};
use amends_domain::{CaseId, Span, Time};
use proptest::prelude::*;

use crate::make::{at, opening};

fn case(number: u128, priority: u8, queued_at: Time, hard_deadline: Option<Time>) -> Case {
    let opening = Opening { id: CaseId::from_bits(number), hard_deadline, ..opening() };
    Case { priority, ..Case::open(opening, queued_at) }
}

#[test]
fn patience_is_a_week_for_the_least_and_a_day_for_the_most_important() {
    assert_eq!((patience(0), patience(50)), (Span::from_days(7), Span::from_days(4)));
    assert_eq!((patience(100), patience(255)), (Span::from_days(1), Span::from_days(1)));
}

#[test]
fn the_nearest_of_all_deadlines_says_when_a_case_wants_to_be_taken() {
    let mut one = case(1, 0, at(10), Some(at(900)));
    assert_eq!(one.take_by(), at(900));
    one.sla_due = Some(at(800));
    assert_eq!(one.take_by(), at(800));
    one.sla_due = Some(at(5));
    assert_eq!(one.take_by(), at(10), "what came late is not more urgent than what waits already");
    assert_eq!(case(2, 0, at(10), None).take_by(), at(10) + Span::from_days(7));
    assert_eq!(case(3, 0, at(10), Some(Time::MAX)).take_by(), at(10) + Span::from_days(7));
}

#[test]
fn a_case_without_a_deadline_is_taken_though_more_urgent_ones_never_end() {
    let mut waiting = BTreeMap::new();
    let old = case(1, 0, at(0), None);
    waiting.insert((old.place_in_queue(), old.id), old.id);
    let (mut taken_at, mut number) = (None, 1);
    // Two come while one is taken, each with a deadline a minute away.
    for minute in 0..60 * 24 * 30 {
        let now = at(0) + Span::from_minutes(minute);
        for _ in 0..2 {
            number += 1;
            let urgent = case(number, 100, now, Some(now + Span::from_minutes(1)));
            waiting.insert((urgent.place_in_queue(), urgent.id), urgent.id);
        }
        if waiting.pop_first().is_some_and(|(_, id)| id == old.id) {
            taken_at = Some(now);
            break;
        }
    }
    // What came before its patience ended is ahead of it: twice as many as could be taken by then.
    assert_eq!(taken_at, Some(at(0) + Span::from_days(14)));
}

proptest! {
    #[test]
    fn whatever_comes_after_the_patience_of_a_case_has_ended_stands_behind_it(
        priorities: (u8, u8), later in 1..i64::MAX / 4, deadline: Option<i64>, due: Option<i64>,
    ) {
        let old = case(1, priorities.0, at(0), None);
        let queued_at = old.patience_ends_at() + Span::from_micros(later);
        let mut late = case(2, priorities.1, queued_at, deadline.map(Time::from_micros));
        late.sla_due = due.map(Time::from_micros);
        prop_assert!(old.place_in_queue() < late.place_in_queue());
    }

    #[test]
    fn nearer_deadlines_come_first_then_higher_priorities_then_older_cases(
        deadlines in (0..1_000_i64, 0..1_000_i64), priorities: (u8, u8), ages in (0..9_i64, 0..9_i64),
    ) {
        let deadline = |n| Some(at(10_000 + n));
        let one = case(1, priorities.0, at(ages.0), deadline(deadlines.0));
        let other = case(2, priorities.1, at(ages.1), deadline(deadlines.1));
        let expected = deadlines.0.cmp(&deadlines.1)
            .then(priorities.1.cmp(&priorities.0))
            .then(ages.0.cmp(&ages.1))
            .then(one.id.cmp(&other.id));
        prop_assert_eq!(one.place_in_queue().partial_cmp(&other.place_in_queue()), Some(expected));
    }
}
