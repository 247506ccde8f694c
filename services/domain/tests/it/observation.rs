//! When a review is looked at again.

use amends_domain::observation::{DAILY_LOOKS_MAX, LAST_LOOK_AFTER, Plan, next_look};
use amends_domain::policy::{EditFrom, EditWindow};
use amends_domain::review::{RemovedBy, ReviewVersion};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::{at, on_day, seen};
use crate::review::versions;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

const fn window(days: u16, from: EditFrom) -> EditWindow {
    EditWindow::Days { days, from }
}

/// Every look of a plan, each had on time, as seconds after the first observation.
fn looks(plan: Plan, first: Time) -> Vec<i64> {
    let (mut last, mut all) = (first, Vec::new());
    while let Some(next) = plan.next_after(last) {
        all.push(next.since(first).micros() / 1_000_000);
        last = next;
    }
    all
}

#[test]
fn looks_come_after_an_hour_six_hours_each_day_at_the_end_and_ninety_days_later() {
    let of = |days| looks(Plan::of(window(days, EditFrom::FirstObserved), at(0), None), at(0));
    assert_eq!(of(3), [HOUR, 6 * HOUR, DAY, 2 * DAY, 3 * DAY, 93 * DAY]);
    let thirty = of(30);
    assert_eq!((thirty.len(), thirty[31], thirty[32]), (33, 30 * DAY, 120 * DAY));
}

#[test]
fn a_window_that_ends_within_a_day_ends_with_a_look_of_its_own() {
    let first = on_day(5);
    let delivered = first - Span::from_days(10) + Span::from_hours(5);
    let plan = Plan::of(window(12, EditFrom::Delivered), first, Some(delivered));
    let end = 2 * DAY + 5 * HOUR;
    assert_eq!(looks(plan, first), [HOUR, 6 * HOUR, DAY, 2 * DAY, end, end + 90 * DAY]);
}

#[test]
fn what_could_not_be_edited_any_more_is_looked_at_for_a_day_and_once() {
    let first = on_day(200);
    let plan = Plan::of(window(100, EditFrom::Delivered), first, Some(on_day(1)));
    assert_eq!(looks(plan, first), [HOUR, 6 * HOUR, DAY, 91 * DAY]);
}

#[test]
fn a_window_without_an_end_and_an_unknown_one_count_as_thirty_days() {
    for open in [EditWindow::Always, EditWindow::None] {
        let plan = Plan::of(open, at(0), None);
        assert_eq!(plan, Plan::of(window(30, EditFrom::FirstObserved), at(0), None));
        assert_eq!(plan.ends_at(), at(120 * DAY));
    }
}

#[test]
fn nobody_looks_daily_for_more_than_a_year() {
    let plan = Plan::of(window(u16::MAX, EditFrom::FirstObserved), at(0), None);
    assert_eq!(plan.ends_at(), at(0) + DAILY_LOOKS_MAX + LAST_LOOK_AFTER);
    assert_eq!(looks(plan, at(0)).len(), 2 + 366 + 1);
}

#[test]
fn a_look_is_over_with_its_moment_and_not_before() {
    let plan = Plan::of(EditWindow::Always, at(0), None);
    let micro = |time: Time, by: i64| Time::from_micros(time.micros() + by);
    assert_eq!(plan.next_after(micro(at(HOUR), -1)), Some(at(HOUR)));
    assert_eq!(plan.next_after(at(HOUR)), Some(at(6 * HOUR)));
    assert_eq!(plan.next_after(micro(plan.ends_at(), -1)), Some(plan.ends_at()));
    assert_eq!(plan.next_after(plan.ends_at()), None);
    assert_eq!(plan.next_after(at(-5)), Some(at(HOUR)), "an observation before the first is none of it");
}

fn next(versions: &[ReviewVersion]) -> Option<Time> {
    next_look(versions, EditWindow::Always, None)
}

#[test]
fn a_removal_by_someone_ends_the_plan_and_a_vanishing_does_not() {
    let gone = |secs, removed_by| ReviewVersion { visible: false, removed_by, ..seen(secs, 1, 1) };
    assert_eq!(next(&[]), None);
    assert_eq!(next(&[seen(0, 1, 1), gone(HOUR, None)]), Some(at(6 * HOUR)));
    for by in [RemovedBy::Buyer, RemovedBy::Platform] {
        assert_eq!(next(&[seen(0, 1, 1), gone(1, Some(by))]), None);
        assert_eq!(next(&[gone(0, Some(by))]), None);
        assert_eq!(next(&[seen(0, 1, 1), gone(1, Some(by)), gone(2, None)]), None, "it was known before");
        assert_eq!(next(&[seen(0, 1, 1), gone(1, Some(by)), seen(2, 1, 1)]), Some(at(HOUR)), "it came back");
        let twice = [seen(0, 1, 1), gone(1, Some(by)), seen(2, 1, 1), gone(3, None)];
        assert_eq!(next(&twice), Some(at(HOUR)), "and is gone for another reason");
    }
}

fn any_window() -> impl Strategy<Value = EditWindow> {
    let from = prop::sample::select(EditFrom::ALL);
    prop_oneof![
        Just(EditWindow::None),
        Just(EditWindow::Always),
        (0_u16..500, from).prop_map(|(days, from)| EditWindow::Days { days, from }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn a_plan_goes_forward_and_ends(
        of in any_window(),
        delivered in prop::option::of(-400_i64..400),
        jitter in prop::collection::vec(0_i64..40 * HOUR, 1..600),
    ) {
        let first = on_day(1_000);
        let plan = Plan::of(of, first, delivered.map(|days| first + Span::from_days(days)));
        prop_assert!(plan.ends_at() <= first + DAILY_LOOKS_MAX + LAST_LOOK_AFTER);
        let (mut last, mut before, mut count) = (first, None, 0);
        for late in jitter.iter().cycle().take(600) {
            let Some(next) = plan.next_after(last) else { break };
            // Never what is over, never a look twice, never after the last.
            prop_assert!(next > last && next <= plan.ends_at());
            prop_assert!(before.is_none_or(|before| next > before));
            // However late it is had, and whatever was missed: one look makes up for all.
            (before, last) = (Some(next), next + Span::from_secs(*late));
            count += 1;
        }
        prop_assert!(count <= 2 + 366 + 2);
        prop_assert_eq!(plan.next_after(plan.ends_at()), None);
    }

    #[test]
    fn a_later_observation_never_brings_an_earlier_look(of in any_window(), a in 0_i64..500 * DAY, b in 0_i64..500 * DAY) {
        let plan = Plan::of(of, at(0), None);
        let (earlier, later) = (plan.next_after(at(a.min(b))), plan.next_after(at(a.max(b))));
        // No look at all is later than any.
        let order = |look: Option<Time>| look.unwrap_or(Time::MAX);
        prop_assert!(order(earlier) <= order(later));
    }

    #[test]
    fn no_history_is_due_before_it_was_last_seen(all in versions(), of in any_window()) {
        let (sorted, _) = amends_domain::review::replay(all, 3);
        if let Some(next) = next_look(&sorted, of, None) {
            prop_assert!(next > sorted[sorted.len() - 1].observed_at);
        }
    }
}
