//! How negative reviews are followed until they are reversed.

use amends_domain::lag::{BEYOND, Ending, Lag, Origin, of_review};
use amends_domain::rate::Rate;
use amends_domain::review::{RemovedBy, ReviewHistory, ReviewVersion, replay};
use amends_domain::statistics::difference::nested;
use amends_domain::statistics::survival::{Curve, DAYS, Exits};
use amends_domain::tally::ReviewHandling;
use amends_domain::zone::Zone;
use amends_domain::{Day, Time};
use proptest::prelude::*;

use crate::make::{at, on_day, seen};
use crate::page::kept;
use crate::review::versions;

const DAY: i64 = 86_400;

fn story(versions: Vec<ReviewVersion>) -> ReviewHistory {
    replay(versions, 3).1
}

fn lags(versions: Vec<ReviewVersion>, solved: Option<Time>) -> Vec<(Origin, Ending, i32)> {
    let handling = ReviewHandling { solved_at: solved, ..Default::default() };
    let lags = of_review(&story(versions), &handling, &Zone::utc());
    lags.into_iter().map(|lag| (lag.origin, lag.ending, lag.days)).collect()
}

fn gone(secs: i64, by: Option<RemovedBy>) -> ReviewVersion {
    ReviewVersion { visible: false, removed_by: by, ..seen(secs, 1, 1) }
}

#[test]
fn a_review_that_was_never_negative_is_not_followed() {
    assert_eq!(lags(vec![seen(0, 5, 1), seen(DAY, 1, 1)], None), []);
    assert_eq!(lags(Vec::new(), None), []);
}

#[test]
fn who_stands_is_told_by_the_entry_and_who_left_by_the_days_that_passed() {
    use Ending::{Gone, Reversed, Still};
    use Origin::{Observed, Solved};
    let first = || seen(DAY / 2, 1, 1);
    assert_eq!(lags(vec![first()], None), [(Observed, Still, 0)]);
    // A day is one of the calendar, not 24 hours.
    assert_eq!(lags(vec![first(), seen(DAY, 5, 1)], None), [(Observed, Reversed, 1)]);
    let solved = Some(on_day(3));
    assert_eq!(lags(vec![first()], solved), [(Observed, Still, 0), (Solved, Still, 3)]);
    let reversed = vec![first(), seen(8 * DAY, 4, 1)];
    assert_eq!(lags(reversed, solved), [(Observed, Reversed, 8), (Solved, Reversed, 5)]);
    let removed = vec![first(), gone(4 * DAY, None)];
    assert_eq!(lags(removed, solved), [(Observed, Gone, 4), (Solved, Gone, 1)]);
}

#[test]
fn what_left_before_it_was_solved_is_not_followed_from_the_solution() {
    let early = vec![seen(0, 1, 1), seen(2 * DAY, 5, 1)];
    assert_eq!(lags(early.clone(), Some(on_day(3))), [(Origin::Observed, Ending::Reversed, 2)]);
    let same = [(Origin::Observed, Ending::Reversed, 2), (Origin::Solved, Ending::Reversed, 0)];
    assert_eq!(lags(early, Some(on_day(2))), same, "at the same instant it was there");
}

#[test]
fn the_first_day_on_which_a_review_was_gone_counts_and_none_if_it_came_back() {
    let told = |versions| lags(versions, None)[0];
    let (first, vanished, said) = (seen(0, 1, 1), gone(3 * DAY, None), gone(9 * DAY, Some(RemovedBy::Buyer)));
    let back = seen(5 * DAY, 1, 1);
    let of = |days| (Origin::Observed, Ending::Gone, days);
    assert_eq!(told(vec![first.clone(), vanished.clone(), said.clone()]), of(3), "who did it is told later");
    assert_eq!(told(vec![first.clone(), vanished.clone(), back.clone()]).1, Ending::Still);
    assert_eq!(told(vec![first.clone(), vanished.clone(), back, said]), of(9));
    // A reversal that was seen counts, though the review is gone since.
    let reversed = vec![first, seen(2 * DAY, 5, 1), vanished];
    assert_eq!(told(reversed), (Origin::Observed, Ending::Reversed, 2));
}

#[test]
fn a_reversal_that_fell_back_happened_all_the_same() {
    let fallen = vec![seen(0, 1, 1), seen(2 * DAY, 5, 1), seen(4 * DAY, 1, 1)];
    assert_eq!(lags(fallen, None), [(Origin::Observed, Ending::Reversed, 2)]);
}

#[test]
fn what_takes_longer_than_the_last_day_told_counts_as_one() {
    let after = |days: i64| lags(vec![seen(0, 1, 1), seen(days * DAY, 5, 1)], None)[0].2;
    assert_eq!([after(90), after(91), after(400)], [90, BEYOND, BEYOND]);
}

#[test]
fn days_are_those_of_the_shop_also_when_clocks_change() {
    // Noon on 28 March and one in the morning on 30 March in Berlin: clocks went ahead in between.
    let zone = Zone::named("Europe/Berlin");
    let (first, last) = ("2026-03-28T11:00:00Z", "2026-03-29T23:00:00Z");
    let version = |time: &str, rating| {
        let time: jiff::Timestamp = time.parse().unwrap();
        ReviewVersion {
            observed_at: Time::from_micros(time.as_microsecond()),
            ..seen(i64::from(rating), rating, 1)
        }
    };
    let story = story(vec![version(first, 1), version(last, 5)]);
    let days = of_review(&story, &ReviewHandling::default(), &zone)[0].days;
    assert_eq!(days, 2, "in UTC it would be one");
}

proptest! {
    /// Whoever is followed from the solution is followed from the observation, with the same ending and no later entry.
    #[test]
    fn a_solution_never_changes_what_became_of_a_review(versions in versions(), solved in proptest::option::of(0_i64..60)) {
        let history = story(versions);
        let handling = ReviewHandling { solved_at: solved.map(on_day), ..Default::default() };
        let lags = of_review(&history, &handling, &Zone::utc());
        prop_assert_eq!(lags.is_empty(), !history.negative);
        let without = of_review(&history, &ReviewHandling::default(), &Zone::utc());
        prop_assert_eq!(&lags[..lags.len().min(1)], &without[..]);
        if let [observed, from_solution] = lags[..] {
            prop_assert_eq!(observed.ending, from_solution.ending);
            prop_assert_eq!(observed.cohort, from_solution.cohort);
            let left = observed.ending != Ending::Still;
            prop_assert!(!left || from_solution.days <= observed.days);
            prop_assert!(left || from_solution.days >= observed.days);
        }
        prop_assert!(lags.iter().all(|lag| lag.days >= 0));
    }
}

/// Eight reviews of the first week of March, as they stand on the 31st.
fn eight() -> Vec<(&'static str, Vec<ReviewVersion>, Option<Time>)> {
    let first = |day: i64| seen(day * DAY + 100, 1, 1);
    let then = |day: i64, rating| seen(day * DAY + 200, rating, 1);
    vec![
        ("reversed the next day, nobody did anything", vec![first(0), then(1, 5)], None),
        ("solved, reversed on day 9", vec![first(1), then(10, 4)], Some(on_day(5))),
        ("solved, reversed on day 14", vec![first(2), then(16, 5)], Some(on_day(6))),
        ("solved, reversed, and fell back", vec![first(2), then(7, 5), then(20, 1)], Some(on_day(6))),
        ("taken down by the buyer", vec![first(3), gone(13 * DAY, Some(RemovedBy::Buyer))], Some(on_day(9))),
        ("solved, stands", vec![first(4)], Some(on_day(8))),
        ("stands", vec![first(5)], None),
        ("its edit window has closed, stands", vec![first(6)], None),
    ]
}

/// The members that are followed from one origin, up to a day.
fn curve(origin: Origin, today: Day) -> (Curve, Vec<Lag>) {
    let all = eight().into_iter().flat_map(|(_, versions, solved_at)| {
        let handling = ReviewHandling { solved_at, ..Default::default() };
        of_review(&story(versions), &handling, &Zone::utc())
    });
    let mine: Vec<Lag> = all.filter(|lag| lag.origin == origin).collect();
    let exits = mine.iter().map(|lag| match lag.ending {
        Ending::Reversed => (lag.days.unsigned_abs(), Exits { events: 1, censored: 0 }),
        Ending::Gone => (lag.days.unsigned_abs(), Exits { events: 0, censored: 1 }),
        Ending::Still => {
            let days = today.number() - lag.cohort.number() - lag.days;
            (days.unsigned_abs(), Exits { events: 0, censored: 1 })
        }
    });
    (Curve::of(exits), mine)
}

#[test]
fn the_example_of_the_documentation_is_what_the_code_says() {
    let today = at(30 * DAY).day();
    let mut text = "| review | from observation | from solution |\n|---|---|---|\n".to_owned();
    for (name, versions, solved_at) in eight() {
        let handling = ReviewHandling { solved_at, ..Default::default() };
        let lags = of_review(&story(versions), &handling, &Zone::utc());
        let told = |origin| {
            lags.iter().find(|lag| lag.origin == origin).map_or("–".to_owned(), |lag| match lag.ending {
                Ending::Reversed => format!("reversed on day {}", lag.days),
                Ending::Gone => format!("gone on day {}", lag.days),
                Ending::Still => {
                    format!("followed to day {}", today.number() - lag.cohort.number() - lag.days)
                }
            })
        };
        text += &format!("| {name} | {} | {} |\n", told(Origin::Observed), told(Origin::Solved));
    }
    for (origin, name) in [(Origin::Observed, "the first observation"), (Origin::Solved, "the solution")] {
        let (curve, members) = curve(origin, today);
        text += &format!(
            "\nFrom {name}, {} reviews:\n\n| day | at risk | reversed by then |\n|---|---|---|\n",
            members.len()
        );
        for day in DAYS {
            text += &curve.at(day).map_or_else(
                || format!("| {day} | – | not estimable yet |\n"),
                |point| {
                    let told = point.happened();
                    format!(
                        "| {day} | {} | {:.1} % ({:.1} to {:.1}) |\n",
                        point.at_risk,
                        told.value * 100.0,
                        told.lower * 100.0,
                        told.upper * 100.0
                    )
                },
            );
        }
    }
    kept("time-to-reversal.md", "eight", &text);
}

#[test]
fn the_uplift_of_the_documentation_is_what_the_code_says() {
    let (contacted, natural) = (Rate::of(34, 93), Rate::of(4, 95));
    let uplift = nested((34, 93), (4, 95)).unwrap();
    let percent = |share: f64| format!("{:.1}", share * 100.0).replace('-', "−");
    let rate = |rate: Rate| {
        let (lower, upper) = rate.interval.unwrap();
        let value = rate.value.unwrap();
        format!(
            "{} of {}: {} % ({} to {})",
            rate.numerator,
            rate.denominator,
            percent(value),
            percent(lower),
            percent(upper)
        )
    };
    let text = format!(
        "| figure | value |\n|---|---|\n| contacted | {} |\n| natural | {} |\n| uplift | {} points ({} to {}) |\n",
        rate(contacted),
        rate(natural),
        percent(uplift.value),
        percent(uplift.lower),
        percent(uplift.upper)
    );
    kept("time-to-reversal.md", "uplift", &text);
}
