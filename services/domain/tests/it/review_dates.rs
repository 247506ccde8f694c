//! When a review changed, by what was seen and by what the channel says.

use amends_domain::policy::{ChannelPolicy, EditFrom, EditWindow};
use amends_domain::review::{DiffKind, RemovedBy, ReviewHistory, ReviewVersion, replay};
use amends_domain::tally::{Count, Measure, ReviewHandling};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::{at, of_review, on_day, policy, seen, signal};
use crate::review::versions;

const HOUR: i64 = 3_600;

fn told(version: ReviewVersion, hour: i64) -> ReviewVersion {
    ReviewVersion { platform_modified_at: Some(at(hour * HOUR)), ..version }
}

fn at_hour(hour: i64, rating: u8) -> ReviewVersion {
    seen(hour * HOUR, rating, 1)
}

fn story(versions: Vec<ReviewVersion>) -> ReviewHistory {
    replay(versions, 3).1
}

fn of(counts: &[Count], measure: Measure) -> i64 {
    counts.iter().filter(|(_, m, _)| *m == measure).map(|(_, _, value)| value).sum()
}

/// Natural and recovered, where a person acted at 11.
fn counted(versions: Vec<ReviewVersion>) -> (i64, i64) {
    let handling = ReviewHandling { first_human_action_at: Some(at(11 * HOUR)), ..Default::default() };
    let counts = of_review(&story(versions), &handling, &policy("own_store"));
    (of(&counts, Measure::NaturalReversed), of(&counts, Measure::Recovered))
}

#[test]
fn a_change_that_the_channel_dates_before_the_action_is_natural_however_late_it_is_seen() {
    let first = || at_hour(9, 1);
    assert_eq!(counted(vec![first(), at_hour(12, 5)]), (0, 1), "nobody says when");
    assert_eq!(counted(vec![first(), told(at_hour(12, 5), 10)]), (1, 0));
    assert_eq!(counted(vec![first(), told(at_hour(12, 5), 11)]), (1, 0), "at the very moment");
    let after = ReviewVersion {
        platform_modified_at: Some(Time::from_micros(at(11 * HOUR).micros() + 1)),
        ..at_hour(12, 5)
    };
    assert_eq!(counted(vec![first(), after]), (0, 1));
    assert_eq!(counted(vec![told(at_hour(12, 5), 10), first()]), (1, 0), "told in another order");
}

#[test]
fn a_change_is_never_dated_before_the_review_was_last_seen_as_it_was() {
    let date = |versions| story(versions).reversed_at;
    assert_eq!(date(vec![at_hour(9, 1), told(at_hour(12, 5), 8)]), Some(at(9 * HOUR)));
    assert_eq!(date(vec![at_hour(9, 1), at_hour(10, 1), told(at_hour(12, 5), 9)]), Some(at(10 * HOUR)));
    assert_eq!(
        date(vec![at_hour(9, 1), told(at_hour(12, 5), 13)]),
        Some(at(12 * HOUR)),
        "nor after it was seen"
    );
    let gone = ReviewVersion { visible: false, ..at_hour(11, 1) };
    let back = vec![at_hour(9, 1), gone, told(at_hour(12, 5), 10)];
    assert_eq!(date(back), Some(at(10 * HOUR)), "what was gone may have been changed before");
}

#[test]
fn a_late_look_in_between_dates_the_change_anew() {
    let mut versions = vec![at_hour(9, 1), told(at_hour(12, 5), 10)];
    assert_eq!(story(versions.clone()).reversed_at, Some(at(10 * HOUR)));
    versions.push(ReviewVersion { signal: signal("late"), ..told(at_hour(11, 5), 10) });
    let story = story(versions);
    assert_eq!((story.reversed_at, &story.diffs[2]), (Some(at(10 * HOUR)), &DiffKind::Unchanged));
}

#[test]
fn a_window_is_counted_from_when_the_review_was_written() {
    let from = |version| story(vec![version]).written_at;
    assert_eq!(from(at_hour(9, 1)), Some(at(9 * HOUR)));
    assert_eq!(from(told(at_hour(9, 1), 7)), Some(at(7 * HOUR)));
    assert_eq!(from(told(at_hour(9, 1), 10)), Some(at(9 * HOUR)), "never after it was seen");
    assert_eq!(from(ReviewVersion { rating: None, ..told(at_hour(9, 1), 7) }), None);
    assert_eq!(story(vec![at_hour(9, 1), told(at_hour(12, 1), 7)]).written_at, Some(at(7 * HOUR)));

    let window = EditWindow::Days { days: 30, from: EditFrom::FirstObserved };
    let policy = ChannelPolicy { edit_window: window, ..policy("own_store") };
    let eligible = |days_ago| {
        let old = Some(at(0) - Span::from_days(days_ago));
        let brought_in = ReviewVersion { platform_modified_at: old, ..seen(0, 1, 1) };
        let counts = of_review(&story(vec![brought_in]), &ReviewHandling::default(), &policy);
        assert!(
            counts.iter().all(|(day, _, _)| *day == at(0).day()),
            "the cohort is that of the observation"
        );
        of(&counts, Measure::Eligible)
    };
    assert_eq!((eligible(28), eligible(29), eligible(60)), (1, 0, 0));
}

#[test]
fn an_addition_that_is_taken_away_leaves_the_review_where_it_is() {
    let added = |hour| ReviewVersion { follow_up: true, rating: None, ..seen(hour * HOUR, 0, 9) };
    for by in [None, Some(RemovedBy::Buyer), Some(RemovedBy::Platform)] {
        let taken = ReviewVersion { visible: false, removed_by: by, ..added(3) };
        let versions = vec![at_hour(1, 1), added(2), taken.clone(), added(4), at_hour(5, 1)];
        let (sorted, story) = replay(versions, 3);
        use DiffKind::{First, FollowUpAdded, Unchanged};
        assert_eq!(
            story.diffs,
            [First, FollowUpAdded, Unchanged, FollowUpAdded, Unchanged],
            "added once more"
        );
        assert_eq!((story.visible, story.removed_by, story.rating), (true, None, Some(1)));
        let counts = of_review(&story, &ReviewHandling::default(), &policy("own_store"));
        assert_eq!((of(&counts, Measure::Negative), of(&counts, Measure::FollowUpAdded)), (1, 1));
        let looks =
            |seen: &[ReviewVersion]| amends_domain::observation::next_look(seen, EditWindow::Always, None);
        assert!(looks(&sorted[..3]).is_some(), "somebody looks at it as before");
        let gone = ReviewVersion { visible: false, removed_by: by, ..at_hour(2, 1) };
        let story = self::story(vec![at_hour(1, 1), gone, taken]);
        assert_eq!((story.visible, story.removed_by), (false, by), "nor does it come back by it");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn dates_lie_between_what_was_seen_and_do_not_depend_on_arrival(
        (all, shuffled) in versions().prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle()))
    ) {
        let (sorted, story) = replay(all, 3);
        prop_assert_eq!(&replay(shuffled, 3).1, &story);
        prop_assert_eq!(sorted.len(), story.dates.len());
        let mut as_it_was: Option<Time> = None;
        for (version, date) in sorted.iter().zip(&story.dates) {
            prop_assert!(*date <= version.observed_at);
            let told = version.platform_modified_at.is_some_and(|told| told < version.observed_at);
            prop_assert!(told || *date == version.observed_at);
            if version.visible && !version.follow_up {
                prop_assert!(as_it_was.is_none_or(|seen| *date >= seen));
                as_it_was = Some(version.observed_at);
            }
        }
        prop_assert!(story.reversed_at.is_none_or(|at| story.dates.contains(&at)));
        prop_assert!(story.written_at <= story.first_observed_at || story.first_observed_at.is_none());
        prop_assert_eq!(story.written_at.is_some(), story.first_observed_at.is_some());
    }

    #[test]
    fn additions_that_are_taken_away_change_no_figure(
        all in versions(),
        taken in prop::collection::vec((0_i64..20, prop::option::of(prop::sample::select(RemovedBy::ALL))), 0..5),
    ) {
        let counts = |versions| of_review(&story(versions), &ReviewHandling::default(), &policy("own_store"));
        let away = |(i, (secs, removed_by)): (usize, (i64, Option<RemovedBy>))| {
            let signal = signal(format!("zz-{i}"));
            ReviewVersion { signal, visible: false, follow_up: true, rating: None, removed_by, ..seen(secs, 0, 1) }
        };
        let ends = |counts: Vec<Count>| -> Vec<Count> {
            // An addition that came again is one more addition, and no other end.
            counts.into_iter().filter(|(_, m, _)| *m != Measure::FollowUpAdded && *m != Measure::Unchanged).collect()
        };
        let with = all.iter().cloned().chain(taken.into_iter().enumerate().map(away)).collect();
        prop_assert_eq!(ends(counts(with)), ends(counts(all)));
    }
}

#[test]
fn a_first_look_long_after_is_dated_by_the_channel() {
    let old = ReviewVersion { platform_modified_at: Some(on_day(-60)), ..seen(0, 1, 1) };
    let story = story(vec![old]);
    assert_eq!((story.first_observed_at, story.dates), (Some(at(0)), vec![on_day(-60)]));
}
