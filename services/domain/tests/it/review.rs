//! The story of a review, replayed from its versions.

use amends_domain::review::{DiffKind, EditState, RemovedBy, ReviewHistory, ReviewVersion, Told, replay};
use proptest::prelude::*;

use crate::make::{at, seen, signal};

const THRESHOLD: u8 = 3;

fn gone(secs: i64, removed_by: Option<RemovedBy>) -> ReviewVersion {
    // A channel may still send the rating of what it no longer shows: here the highest.
    ReviewVersion { visible: false, removed_by, ..seen(secs, 5, 0) }
}

fn follow_up(secs: i64) -> ReviewVersion {
    ReviewVersion { follow_up: true, rating: None, ..seen(secs, 0, 99) }
}

fn story(versions: Vec<ReviewVersion>) -> ReviewHistory {
    replay(versions, THRESHOLD).1
}

fn check(versions: Vec<ReviewVersion>, diffs: &[DiffKind]) -> ReviewHistory {
    let story = story(versions);
    assert_eq!(story.diffs, diffs);
    story
}

#[test]
fn each_pair_of_versions_has_its_one_kind() {
    use DiffKind::{Improved, ReReversed, Reversed, TextOnly, Unchanged, Worsened};
    let two = |from: u8, to: u8, text: i64, kind| {
        check(vec![seen(0, from, 1), seen(1, to, text)], &[DiffKind::First, kind]);
    };
    two(1, 4, 1, Reversed);
    two(3, 4, 2, Reversed);
    two(1, 3, 1, Improved);
    two(1, 2, 2, Improved);
    two(2, 1, 1, Worsened);
    two(5, 1, 1, Worsened);
    two(5, 4, 1, Worsened);
    two(1, 1, 2, TextOnly);
    two(1, 1, 1, Unchanged);
    check(vec![seen(0, 1, 1), seen(1, 5, 1), seen(2, 2, 1)], &[DiffKind::First, Reversed, ReReversed]);
}

#[test]
fn a_reversal_that_fell_back_and_came_again_stands() {
    let story = check(
        vec![seen(0, 1, 1), seen(1, 5, 1), seen(2, 2, 1), seen(3, 4, 1)],
        &[DiffKind::First, DiffKind::Reversed, DiffKind::ReReversed, DiffKind::Reversed],
    );
    assert_eq!((story.reversed_at, story.re_reversed_at), (Some(at(1)), None));
    assert_eq!((story.first_rating, story.rating, story.last_edit_at), (Some(1), Some(4), Some(at(3))));
}

#[test]
fn falling_below_what_was_never_negative_is_no_re_reversal() {
    let story = check(vec![seen(0, 5, 1), seen(1, 1, 1)], &[DiffKind::First, DiffKind::Worsened]);
    assert!(!story.negative && story.re_reversed_at.is_none());
}

#[test]
fn a_follow_up_carries_no_rating_and_no_text_of_the_review() {
    let rated = ReviewVersion { rating: Some(5), ..follow_up(1) };
    let story = check(
        vec![seen(0, 1, 1), rated, seen(2, 1, 1)],
        &[DiffKind::First, DiffKind::FollowUpAdded, DiffKind::Unchanged],
    );
    assert_eq!((story.rating, story.reversed_at, story.last_edit_at), (Some(1), None, None));
}

#[test]
fn a_removal_with_a_high_rating_reverses_nothing() {
    for (by, kind) in [
        (None, DiffKind::Vanished),
        (Some(RemovedBy::Buyer), DiffKind::RemovedByBuyer),
        (Some(RemovedBy::Platform), DiffKind::RemovedByPlatform),
    ] {
        let story = check(vec![seen(0, 1, 1), gone(1, by)], &[DiffKind::First, kind]);
        assert_eq!((story.rating, story.visible, story.reversed_at), (Some(1), false, None));
    }
}

#[test]
fn a_removal_is_told_once_and_explained_later() {
    let story = check(
        vec![seen(0, 1, 1), gone(1, None), gone(2, None), gone(3, Some(RemovedBy::Platform))],
        &[DiffKind::First, DiffKind::Vanished, DiffKind::Unchanged, DiffKind::RemovedByPlatform],
    );
    assert!(!story.visible);
}

#[test]
fn whoever_looks_again_at_what_is_gone_learns_nothing_new() {
    let by = Some(RemovedBy::Buyer);
    let story = check(
        vec![seen(0, 1, 1), gone(1, by), gone(2, by), gone(3, None), gone(4, Some(RemovedBy::Platform))],
        &[
            DiffKind::First,
            DiffKind::RemovedByBuyer,
            DiffKind::Unchanged,
            DiffKind::Unchanged,
            DiffKind::RemovedByPlatform,
        ],
    );
    assert_eq!(story.removed_by, Some(RemovedBy::Platform));
    let again = check(
        vec![seen(0, 1, 1), gone(1, by), seen(2, 1, 1), gone(3, None)],
        &[DiffKind::First, DiffKind::RemovedByBuyer, DiffKind::Unchanged, DiffKind::Vanished],
    );
    assert_eq!(
        (again.removed_by, again.outcome()),
        (None, DiffKind::Vanished),
        "another removal, of its own"
    );
}

#[test]
fn a_follow_up_is_added_once_however_often_it_is_read() {
    let other = ReviewVersion { text_hash: 7, ..follow_up(4) };
    check(
        vec![seen(0, 1, 1), follow_up(1), seen(2, 1, 1), follow_up(3), other],
        &[
            DiffKind::First,
            DiffKind::FollowUpAdded,
            DiffKind::Unchanged,
            DiffKind::Unchanged,
            DiffKind::FollowUpAdded,
        ],
    );
}

#[test]
fn what_became_of_a_review_is_one_kind_with_its_first_moment() {
    let of = |versions: Vec<ReviewVersion>| {
        let story = story(versions);
        (story.outcome(), story.changed_at())
    };
    let by = Some(RemovedBy::Platform);
    assert_eq!(of(vec![seen(0, 1, 1)]), (DiffKind::Unchanged, None));
    assert_eq!(of(vec![seen(0, 1, 1), seen(1, 1, 1)]), (DiffKind::Unchanged, None));
    assert_eq!(of(vec![seen(0, 1, 1), seen(1, 5, 1), seen(2, 4, 1)]), (DiffKind::Reversed, Some(at(1))));
    assert_eq!(of(vec![seen(0, 1, 1), seen(1, 5, 1), seen(2, 1, 1)]), (DiffKind::ReReversed, Some(at(2))));
    assert_eq!(of(vec![seen(0, 1, 1), seen(1, 2, 1), seen(2, 3, 1)]), (DiffKind::Improved, Some(at(1))));
    assert_eq!(of(vec![seen(0, 2, 1), seen(1, 1, 1)]), (DiffKind::Worsened, Some(at(1))));
    assert_eq!(of(vec![seen(0, 1, 1), seen(1, 1, 2), follow_up(2)]), (DiffKind::TextOnly, Some(at(1))));
    assert_eq!(of(vec![seen(0, 1, 1), follow_up(2)]), (DiffKind::FollowUpAdded, Some(at(2))));
    assert_eq!(of(vec![seen(0, 1, 1), gone(3, by)]), (DiffKind::RemovedByPlatform, Some(at(3))));
    assert_eq!(of(vec![gone(3, by)]), (DiffKind::RemovedByPlatform, Some(at(3))), "gone when first heard of");
    assert_eq!(of(vec![seen(0, 1, 1), gone(3, None)]), (DiffKind::Vanished, Some(at(3))));
}

#[test]
fn a_review_that_comes_back_is_compared_with_what_it_was() {
    let same = check(
        vec![seen(0, 1, 1), gone(1, None), seen(2, 1, 1)],
        &[DiffKind::First, DiffKind::Vanished, DiffKind::Unchanged],
    );
    assert!(same.visible);
    let better = story(vec![seen(0, 1, 1), gone(1, None), seen(2, 5, 1)]);
    assert_eq!((better.reversed_at, better.diffs.last()), (Some(at(2)), Some(&DiffKind::Reversed)));
}

#[test]
fn a_review_first_heard_of_as_gone_or_as_a_follow_up_begins_with_its_first_rating() {
    for first in [gone(0, None), follow_up(0)] {
        let story = check(
            vec![first, seen(1, 2, 1), seen(2, 5, 1)],
            &[DiffKind::First, DiffKind::Unchanged, DiffKind::Reversed],
        );
        assert_eq!(
            (story.first_rating, story.first_observed_at, story.negative),
            (Some(2), Some(at(1)), true)
        );
    }
    let never = story(vec![gone(0, None)]);
    assert_eq!((never.first_rating, never.rating, never.negative, never.visible), (None, None, false, false));
}

#[test]
fn the_threshold_itself_is_negative() {
    for threshold in 1..=4 {
        let story = |rating| replay(vec![seen(0, rating, 1), seen(1, 5, 1)], threshold).1;
        assert!(story(threshold).negative && story(threshold).reversed_at.is_some());
        assert!(!story(threshold + 1).negative && story(threshold + 1).reversed_at.is_none());
    }
}

#[test]
fn the_channels_last_word_on_editing_stands() {
    let says = |secs, edit_state| ReviewVersion { edit_state, ..seen(secs, 1, 1) };
    let story =
        story(vec![says(0, Some(EditState::Editable)), says(1, Some(EditState::EditedOnce)), says(2, None)]);
    assert_eq!(story.edit_state, Some(EditState::EditedOnce));
}

#[test]
fn of_two_versions_of_one_instant_the_signal_decides() {
    let named = |name: &str, rating| ReviewVersion { signal: signal(name), ..seen(0, rating, 1) };
    for versions in [vec![named("a", 1), named("b", 5)], vec![named("b", 5), named("a", 1)]] {
        assert_eq!(story(versions).rating, Some(5));
    }
}

#[test]
fn nothing_is_told_of_nothing() {
    assert_eq!(story(Vec::new()).diffs, []);
}

/// A random version; few instants, so that they tie, and few texts, so that they repeat.
pub(crate) fn version() -> impl Strategy<Value = ReviewVersion> {
    let removed_by = prop::sample::select(&[None, Some(RemovedBy::Buyer), Some(RemovedBy::Platform)][..]);
    let edit_state = prop::option::of(prop::sample::select(EditState::ALL));
    (
        0_i64..2_000_000,
        prop::option::weighted(0.9, 1_u8..=5),
        0_i64..3,
        prop::bool::weighted(0.7),
        removed_by,
        edit_state,
        prop::bool::weighted(0.15),
        prop::option::of(-5_i64..25),
    )
        .prop_map(|(secs, rating, text_hash, visible, removed_by, edit_state, follow_up, modified)| {
            ReviewVersion {
                rating,
                visible,
                removed_by: removed_by.filter(|_| !visible),
                edit_state,
                follow_up,
                told: Told::default(),
                platform_modified_at: modified.map(at),
                ..seen(secs / 100_000, 0, text_hash)
            }
        })
}

/// Random versions, each by a signal of its own.
pub(crate) fn versions() -> impl Strategy<Value = Vec<ReviewVersion>> {
    prop::collection::vec(version(), 0..12).prop_map(|mut versions| {
        for (i, version) in versions.iter_mut().enumerate() {
            version.signal = signal(i);
        }
        versions
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn the_story_does_not_depend_on_the_order_of_arrival(
        (sorted, shuffled) in versions().prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle()))
    ) {
        prop_assert_eq!(replay(sorted, THRESHOLD), replay(shuffled, THRESHOLD));
    }

    #[test]
    fn the_story_hangs_together(all in versions()) {
        let count = all.len();
        let (sorted, story) = replay(all, THRESHOLD);
        prop_assert_eq!((sorted.len(), story.diffs.len()), (count, count));
        prop_assert_eq!(story.first_rating.is_some(), story.rating.is_some());
        prop_assert_eq!(story.negative, story.first_rating.is_some_and(|rating| rating <= THRESHOLD));
        prop_assert_eq!(story.reversed_at.is_some(), story.had(DiffKind::Reversed));
        prop_assert!(story.re_reversed_at.is_none() || story.re_reversed_at > story.reversed_at
            || story.re_reversed_at == story.reversed_at);
        // Reversed and fallen back take turns, beginning with reversed; a review that begins above
        // the threshold can fall once before that.
        let turns: Vec<_> = story.diffs.iter().filter(|d| matches!(d, DiffKind::Reversed | DiffKind::ReReversed)).collect();
        for (i, turn) in turns.iter().enumerate() {
            prop_assert_eq!(**turn == DiffKind::Reversed, i % 2 == 0);
        }
        prop_assert_eq!(story.re_reversed_at.is_some(), turns.last() == Some(&&DiffKind::ReReversed));
    }

    #[test]
    fn whatever_became_of_a_review_has_the_date_of_one_of_its_versions(all in versions()) {
        let story = story(all);
        let changed_at = story.changed_at();
        prop_assert_eq!(changed_at.is_some(), story.outcome() != DiffKind::Unchanged);
        prop_assert!(changed_at.is_none_or(|at| story.dates.contains(&at)));
    }

    #[test]
    fn a_version_that_is_seen_again_changes_nothing(all in versions(), pick in 0_usize..12) {
        // The last of one instant, so that nothing lies between it and its repetition.
        let (sorted, before) = replay(all, THRESHOLD);
        let Some(again) = sorted.get(pick).filter(|v| v.removed_by.is_none() || !v.visible) else { return Ok(()) };
        let last = sorted[..=pick].iter().all(|v| v.signal <= again.signal || v.observed_at < again.observed_at);
        prop_assume!(last && sorted.iter().skip(pick + 1).all(|v| v.observed_at > again.observed_at));
        let repeated = ReviewVersion { signal: signal("zz-again"), ..again.clone() };
        let (_, after) = replay(sorted.iter().cloned().chain([repeated]).collect(), THRESHOLD);
        prop_assert_eq!(after.diffs[pick + 1], DiffKind::Unchanged);
        let mut rest = after.diffs.clone();
        rest.remove(pick + 1);
        prop_assert_eq!(rest, before.diffs);
    }

    #[test]
    fn removals_change_nothing_but_visibility(
        all in versions(),
        removals in prop::collection::vec((0_i64..20, prop::option::of(prop::sample::select(RemovedBy::ALL))), 0..5),
    ) {
        let removals = removals.into_iter().enumerate().map(|(i, (secs, by))| {
            ReviewVersion { signal: signal(format!("removal-{i}")), ..gone(secs, by) }
        });
        let with: Vec<_> = all.iter().cloned().chain(removals).collect();
        let without: Vec<_> = all.into_iter().filter(ReviewVersion::is_of_the_review).filter(|v| v.visible).collect();
        let (with, without) = (story(with), story(without));
        let facts = |s: &ReviewHistory| (s.first_observed_at, s.first_rating, s.rating, s.negative, s.reversed_at, s.re_reversed_at);
        prop_assert_eq!(facts(&with), facts(&without));
    }
}
