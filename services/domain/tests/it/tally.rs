//! Measures: what each fact adds, that the ends make up the cohort, and that
//! differences add up to what a recomputation gives.

use std::collections::BTreeMap;

use amends_domain::order::{Help, HelpKind, InWindow, Line};
use amends_domain::policy::{ChannelPolicy, EditFrom, EditWindow};
use amends_domain::review::{RemovedBy, ReviewHistory, ReviewVersion, replay};
use amends_domain::tally::{Count, Measure, ReviewHandling};
use amends_domain::{Day, Span, Time};
use proptest::prelude::*;

use crate::make::{at, bought, of_line, of_review, on_day, policy, seen};
use crate::order::{any_line, help, units};
use crate::review::versions;

type Sums = BTreeMap<(Day, &'static str), i64>;

fn add(sums: &mut Sums, counts: Vec<Count>, sign: i64) {
    for (day, measure, value) in counts {
        *sums.entry((day, measure.as_str())).or_default() += sign * value;
    }
    sums.retain(|_, value| *value != 0);
}

fn of(counts: &[Count], measure: Measure) -> i64 {
    counts.iter().filter(|(_, m, _)| *m == measure).map(|(_, _, value)| value).sum()
}

fn story(versions: Vec<ReviewVersion>) -> ReviewHistory {
    replay(versions, 3).1
}

fn told(versions: Vec<ReviewVersion>, handling: &ReviewHandling) -> Vec<Count> {
    of_review(&story(versions), handling, &policy("own_store"))
}

#[test]
fn a_review_that_was_not_negative_at_first_adds_nothing() {
    assert_eq!(told(vec![seen(0, 4, 1), seen(1, 1, 1), seen(2, 5, 1)], &ReviewHandling::default()), []);
    assert_eq!(told(Vec::new(), &ReviewHandling::default()), []);
}

#[test]
fn everything_a_review_adds_belongs_to_the_day_it_was_first_seen() {
    let counts = told(vec![seen(0, 1, 1), seen(86_400 * 9, 5, 1)], &ReviewHandling::default());
    assert!(counts.iter().all(|(day, _, _)| *day == at(0).day()));
    assert_eq!((of(&counts, Measure::Reversed), of(&counts, Measure::NetStars)), (1, 4));
}

#[test]
fn a_reversal_is_natural_unless_a_person_acted_before() {
    let reversed_at = 1_000;
    let check = |acted: Option<Time>, natural: i64, recovered: i64| {
        let handling =
            ReviewHandling { first_human_action_at: acted, contacted_at: acted, ..Default::default() };
        let counts = told(vec![seen(0, 1, 1), seen(reversed_at, 5, 1)], &handling);
        assert_eq!(
            (of(&counts, Measure::NaturalReversed), of(&counts, Measure::Recovered)),
            (natural, recovered)
        );
        assert_eq!(of(&counts, Measure::ContactedReversed), recovered);
        assert_eq!(of(&counts, Measure::Contacted), i64::from(acted.is_some()));
        assert_eq!(of(&counts, Measure::Reversed), 1);
    };
    check(None, 1, 0);
    check(Some(at(reversed_at + 1)), 1, 0);
    check(Some(at(reversed_at)), 1, 0);
    check(Some(at(reversed_at - 1)), 0, 1);
}

#[test]
fn who_fell_back_is_among_no_reversed_until_they_rise_again() {
    let acted = Some(at(1));
    let handling = ReviewHandling {
        first_human_action_at: acted,
        contacted_at: acted,
        solved_at: acted,
        asked_at: acted,
        delivered_at: None,
    };
    let reversed = [
        Measure::Reversed,
        Measure::EligibleReversed,
        Measure::ContactedReversed,
        Measure::SolvedReversed,
        Measure::AskedReversed,
        Measure::Recovered,
        Measure::NaturalReversed,
    ];
    let check = |later: Vec<ReviewVersion>, sums: [i64; 7], fell_back| {
        let counts = told([vec![seen(0, 1, 1), seen(9, 5, 1)], later].concat(), &handling);
        assert_eq!(reversed.map(|measure| of(&counts, measure)), sums);
        assert_eq!(of(&counts, Measure::ReReversed), fell_back);
    };
    check(vec![], [1, 1, 1, 1, 1, 1, 0], 0);
    check(vec![seen(10, 2, 1)], [0; 7], 1);
    check(vec![seen(10, 2, 1), seen(11, 4, 1)], [1, 1, 1, 1, 1, 1, 0], 0);
}

#[test]
fn units_outside_of_the_window_are_not_counted_with_those_inside() {
    let line = Line {
        delivered: units(0, 5),
        requested: units(3, 4),
        counted: units(4, 3),
        in_window: Some(InWindow { requested: 1, counted: 2 }),
        ..bought(5)
    };
    let counts = of_line(&line, &policy("own_store"));
    assert_eq!((of(&counts, Measure::UnitsRequested), of(&counts, Measure::UnitsReturned)), (1, 2));
    let untold = Line { in_window: None, ..line };
    let counts = of_line(&untold, &policy("own_store"));
    assert_eq!((of(&counts, Measure::UnitsRequested), of(&counts, Measure::UnitsReturned)), (4, 3));
}

#[test]
fn a_reversal_long_after_the_action_is_not_recovered() {
    let check = |reversed_at: Time, edit_window, recovered| {
        let handling = ReviewHandling { first_human_action_at: Some(on_day(1)), ..Default::default() };
        let late = ReviewVersion { observed_at: reversed_at, ..seen(1, 5, 1) };
        let policy = ChannelPolicy { edit_window, ..policy("own_store") };
        let counts = of_review(&story(vec![seen(0, 1, 1), late]), &handling, &policy);
        assert_eq!((of(&counts, Measure::Reversed), of(&counts, Measure::Recovered)), (1, recovered));
        assert_eq!(of(&counts, Measure::NaturalReversed), 0);
    };
    let thirty = EditWindow::Days { days: 30, from: EditFrom::FirstObserved };
    check(on_day(91), EditWindow::Always, 1);
    check(Time::from_micros(on_day(91).micros() + 1), EditWindow::Always, 0);
    check(on_day(30), thirty, 1);
    check(Time::from_micros(on_day(30).micros() + 1), thirty, 0);
}

#[test]
fn a_review_is_eligible_when_it_can_be_edited_a_day_later() {
    let check = |edit_window, delivered_at, eligible| {
        let policy = ChannelPolicy { edit_window, ..policy("own_store") };
        let handling = ReviewHandling { delivered_at, ..Default::default() };
        let counts = of_review(&story(vec![seen(0, 1, 1)]), &handling, &policy);
        assert_eq!(of(&counts, Measure::Eligible), eligible, "{edit_window:?} {delivered_at:?}");
    };
    let days = |days, from| EditWindow::Days { days, from };
    check(EditWindow::Always, None, 1);
    check(EditWindow::None, None, 0);
    check(days(1, EditFrom::FirstObserved), None, 0);
    check(days(2, EditFrom::FirstObserved), None, 1);
    check(days(10, EditFrom::Delivered), Some(on_day(-9)), 0);
    check(days(10, EditFrom::Delivered), Some(on_day(-8)), 1);
    check(days(10, EditFrom::Delivered), None, 1);
}

#[test]
fn each_negative_review_ends_in_one_way() {
    let gone = |secs, removed_by| ReviewVersion { visible: false, removed_by, ..seen(secs, 5, 1) };
    let follow_up = ReviewVersion { follow_up: true, rating: None, ..seen(1, 0, 9) };
    let check = |later: Vec<ReviewVersion>, end: Option<Measure>| {
        let counts = told([vec![seen(0, 2, 1)], later].concat(), &ReviewHandling::default());
        for &measure in ENDS {
            assert_eq!(of(&counts, measure), i64::from(end == Some(measure)), "{measure} of {end:?}");
        }
    };
    check(vec![], Some(Measure::Unchanged));
    check(vec![seen(1, 5, 1)], None);
    check(vec![seen(1, 5, 1), seen(2, 1, 1)], Some(Measure::ReReversed));
    check(vec![seen(1, 5, 1), gone(2, None)], None);
    check(vec![seen(1, 3, 1)], Some(Measure::Improved));
    check(vec![seen(1, 1, 1)], Some(Measure::Worsened));
    check(vec![seen(1, 2, 2)], Some(Measure::TextOnly));
    check(vec![follow_up], Some(Measure::FollowUpAdded));
    check(vec![gone(1, None)], Some(Measure::Vanished));
    check(vec![gone(1, None), gone(2, Some(RemovedBy::Platform))], Some(Measure::RemovedByPlatform));
    check(vec![gone(1, Some(RemovedBy::Buyer)), seen(2, 2, 1)], Some(Measure::Unchanged));
    check(vec![gone(1, Some(RemovedBy::Buyer))], Some(Measure::RemovedByBuyer));
}

/// With the reversed that stayed so, where the way of a negative review can end.
const ENDS: &[Measure] = &[
    Measure::ReReversed,
    Measure::Improved,
    Measure::Worsened,
    Measure::TextOnly,
    Measure::FollowUpAdded,
    Measure::RemovedByBuyer,
    Measure::RemovedByPlatform,
    Measure::Vanished,
    Measure::Unchanged,
];

#[test]
fn a_return_belongs_to_the_rate_within_the_window_after_delivery() {
    let policy = policy("own_store");
    let end = on_day(1) + policy.return_window;
    let check = |late: bool| {
        let at = Time::from_micros(end.micros() + i64::from(late));
        let when = Some(amends_domain::order::Units { at, units: 1 });
        let line =
            Line { delivered: units(1, 3), counted: when, requested: when, intent_at: Some(at), ..bought(3) };
        let counts = of_line(&line, &policy);
        let inside = i64::from(!late);
        assert_eq!(of(&counts, Measure::UnitsReturned), inside);
        assert_eq!(of(&counts, Measure::LinesReturned), inside);
        assert_eq!(of(&counts, Measure::UnitsRequested), inside);
        assert_eq!(of(&counts, Measure::UnitsIntent), 3 * inside);
        assert_eq!((of(&counts, Measure::UnitsDelivered), of(&counts, Measure::LinesDelivered)), (3, 1));
        assert!(counts.iter().filter(|c| c.1 == Measure::UnitsReturned).all(|c| c.0 == on_day(1).day()));
    };
    check(false);
    check(true);
}

#[test]
fn what_was_never_delivered_has_no_rate() {
    let line = Line { delivered: units(1, 0), counted: units(2, 1), ..bought(1) };
    assert_eq!(of_line(&line, &policy("own_store")), []);
}

#[test]
fn voiced_and_requested_avoidance_are_counted_apart() {
    let check = |line: Line, measure: Measure| {
        let counts = of_line(&line, &policy("own_store"));
        for &other in AVOIDANCE {
            assert_eq!(of(&counts, other), i64::from(other == measure), "{other} of {line:?}");
        }
        assert!(counts.iter().all(|(day, _, _)| *day == on_day(1).day()), "the day the wish first showed");
    };
    let withdrawn = Some(Help { kind: HelpKind::Withdrawn, at: on_day(2), units: 1 });
    let voiced = Line { intent_at: Some(on_day(1)), helped: help(2, 1), ..bought(1) };
    let requested = Line { requested: units(1, 1), helped: help(2, 1), ..bought(1) };
    let confirmed_at = Some(on_day(32));
    check(voiced.clone(), Measure::IntentProvisional);
    check(Line { confirmed_at, ..voiced.clone() }, Measure::IntentConfirmed);
    check(Line { counted: units(3, 1), ..voiced.clone() }, Measure::IntentFailed);
    check(requested.clone(), Measure::RequestProvisional);
    check(Line { helped: withdrawn, ..requested.clone() }, Measure::RequestProvisional);
    check(Line { confirmed_at, ..requested.clone() }, Measure::RequestConfirmed);
    check(Line { counted: units(3, 1), ..requested }, Measure::RequestFailed);
    // The help answered a wish; the request came only after it.
    check(Line { requested: units(3, 1), ..voiced.clone() }, Measure::IntentProvisional);
    check(Line { requested: units(3, 1), counted: units(3, 1), ..voiced }, Measure::IntentFailed);
}

#[test]
fn a_rescue_is_a_confirmed_avoidance() {
    let line =
        Line { intent_at: Some(on_day(1)), helped: help(2, 1), confirmed_at: Some(on_day(32)), ..bought(1) };
    let rescued = |line: &Line| of(&of_line(line, &policy("own_store")), Measure::LinesRescued);
    assert_eq!(rescued(&line), 1);
    assert_eq!(rescued(&Line { counted: units(50, 1), ..line }), 0);
}

/// What can become of an avoidance, voiced or requested.
const AVOIDANCE: &[Measure] = &[
    Measure::IntentProvisional,
    Measure::IntentConfirmed,
    Measure::IntentFailed,
    Measure::RequestProvisional,
    Measure::RequestConfirmed,
    Measure::RequestFailed,
];

#[test]
fn only_units_that_were_helped_can_fail() {
    let line = Line { requested: units(1, 3), helped: help(2, 1), counted: units(5, 3), ..bought(3) };
    assert_eq!(of(&of_line(&line, &policy("own_store")), Measure::RequestFailed), 1);
}

fn any_handling() -> impl Strategy<Value = ReviewHandling> {
    let moment = || prop::option::of((0_i64..20).prop_map(at));
    (moment(), moment(), moment(), moment(), moment()).prop_map(
        |(first_human_action_at, contacted_at, solved_at, asked_at, delivered_at)| ReviewHandling {
            first_human_action_at,
            contacted_at,
            solved_at,
            asked_at,
            delivered_at,
        },
    )
}

fn any_policy() -> impl Strategy<Value = ChannelPolicy> {
    prop::sample::select(&["own_store", "amazon", "shopee", "etsy", "ebay", "nobody"][..]).prop_map(policy)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn the_ends_make_up_the_cohort(all in versions(), handling in any_handling(), policy in any_policy()) {
        let story = story(all);
        let counts = of_review(&story, &handling, &policy);
        let n = |measure| of(&counts, measure);
        prop_assert_eq!(n(Measure::Negative), i64::from(story.negative));
        let others: i64 = ENDS.iter().map(|m| n(*m)).sum();
        prop_assert_eq!(n(Measure::Reversed) + others, n(Measure::Negative));
        // Nothing inside a funnel is larger than what it is part of.
        for (part, whole) in [
            (Measure::Reversed, Measure::Negative), (Measure::Eligible, Measure::Negative),
            (Measure::Contacted, Measure::Negative), (Measure::Solved, Measure::Negative),
            (Measure::Asked, Measure::Negative), (Measure::EligibleReversed, Measure::Eligible),
            (Measure::ContactedReversed, Measure::Contacted), (Measure::SolvedReversed, Measure::Solved),
            (Measure::AskedReversed, Measure::Asked), (Measure::EligibleReversed, Measure::Reversed),
        ] {
            prop_assert!(n(part) <= n(whole), "{part} of {whole}");
        }
        prop_assert!(n(Measure::NaturalReversed) + n(Measure::Recovered) <= n(Measure::Reversed));
        prop_assert!(n(Measure::NetStars).abs() <= 4);
    }

    #[test]
    fn removals_never_change_the_reversal_rate(
        all in versions(),
        removals in prop::collection::vec((0_i64..20, prop::option::of(prop::sample::select(RemovedBy::ALL))), 0..4),
    ) {
        let removal = |(i, (secs, removed_by)): (usize, (i64, Option<RemovedBy>))| {
            let signal = crate::make::signal(format!("removal-{i}"));
            ReviewVersion { visible: false, removed_by, signal, ..seen(secs, 5, 1) }
        };
        let with: Vec<_> = all.iter().cloned().chain(removals.into_iter().enumerate().map(removal)).collect();
        let without: Vec<_> = all.iter().filter(|v| v.visible).cloned().collect();
        let rate = |versions| {
            let counts = told(versions, &ReviewHandling::default());
            (of(&counts, Measure::Reversed), of(&counts, Measure::Negative), of(&counts, Measure::NetStars))
        };
        let told = rate(all);
        prop_assert_eq!(rate(with), told, "added removals");
        prop_assert_eq!(rate(without), told, "taken removals");
    }

    #[test]
    fn a_lines_counts_never_exceed_their_whole(line in any_line(), policy in any_policy()) {
        let counts = of_line(&line, &policy);
        let n = |measure| of(&counts, measure);
        for (part, whole) in [
            (Measure::UnitsReturned, Measure::UnitsDelivered), (Measure::UnitsRequested, Measure::UnitsDelivered),
            (Measure::UnitsIntent, Measure::UnitsDelivered), (Measure::LinesReturned, Measure::LinesDelivered),
            (Measure::LinesRescued, Measure::LinesWanted),
        ] {
            prop_assert!(n(part) <= n(whole), "{part} of {whole}");
        }
        let avoided: i64 = AVOIDANCE.iter().map(|m| n(*m)).sum::<i64>() - n(Measure::IntentFailed) - n(Measure::RequestFailed);
        prop_assert!(counts.iter().filter(|(_, m, _)| AVOIDANCE.contains(m)).count() <= 1, "one fate of each line");
        if let Some(purchase) = &line.purchase {
            prop_assert!(avoided + i64::from(line.counted_units()) <= i64::from(purchase.quantity));
        }
        prop_assert!(counts.iter().all(|(_, _, value)| *value >= 0));
    }

    #[test]
    fn differences_add_up_to_a_recomputation(
        changes in prop::collection::vec((0_usize..4, any_line()), 1..20),
        policy in any_policy(),
    ) {
        let mut lines: BTreeMap<usize, Line> = BTreeMap::new();
        let mut served = Sums::new();
        for (which, line) in changes {
            let before = lines.insert(which, line.clone());
            add(&mut served, of_line(&line, &policy), 1);
            add(&mut served, before.map_or_else(Vec::new, |line| of_line(&line, &policy)), -1);
        }
        let mut recomputed = Sums::new();
        for line in lines.values() {
            add(&mut recomputed, of_line(line, &policy), 1);
        }
        prop_assert_eq!(served, recomputed);
    }

    #[test]
    fn a_review_told_piece_by_piece_in_any_order_is_counted_as_if_told_at_once(
        arrivals in versions().prop_shuffle(),
        handling in any_handling(),
        policy in any_policy(),
    ) {
        let mut served = Sums::new();
        let counts = |known: &[ReviewVersion]| of_review(&story(known.to_vec()), &handling, &policy);
        for arrived in 1..=arrivals.len() {
            add(&mut served, counts(&arrivals[..arrived]), 1);
            add(&mut served, counts(&arrivals[..arrived - 1]), -1);
        }
        let mut recomputed = Sums::new();
        add(&mut recomputed, counts(&arrivals), 1);
        prop_assert_eq!(served, recomputed);
    }
}

#[test]
fn the_return_window_is_the_policys() {
    let short = ChannelPolicy { return_window: Span::from_days(1), ..policy("own_store") };
    let line = Line { delivered: units(1, 1), counted: units(3, 1), ..bought(1) };
    assert_eq!(of(&of_line(&line, &short), Measure::UnitsReturned), 0);
    assert_eq!(of(&of_line(&line, &policy("own_store")), Measure::UnitsReturned), 1);
}
