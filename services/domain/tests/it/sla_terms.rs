//! Terms of a shop: dated, checked whole, and calendars that follow each other.

use amends_domain::sla::{
    Calendar, DatedHours, Hours, Metric, Policies, Policy, Target, Terms, TermsProblems,
};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::sla_make::{calendar, daily, some_hours, utc, weekdays};
use crate::sla_wall::Wall;

fn dated(from: &str, hours: Option<amends_domain::sla::OpeningHours>) -> DatedHours {
    DatedHours { effective_from: utc(from), hours }
}

#[test]
fn a_shop_that_says_nothing_promises_the_standard_and_never_closes() {
    let ready = Terms::default().ready().unwrap();
    assert_eq!(ready.policies, Policies::default());
    assert_eq!(ready.calendar, Calendar::always());
    assert_eq!(Terms::default().targets(), Policy::standard(Time::MIN).targets);
}

#[test]
fn an_hour_that_was_open_when_it_passed_stays_open() {
    let terms = Terms {
        hours: vec![
            dated("2026-03-02T12:00:00Z", Some(daily("UTC", "9-17"))),
            dated("2026-03-03T12:00:00Z", None),
        ],
        ..Terms::default()
    };
    let calendar = terms.ready().unwrap().calendar;
    let open: Vec<_> =
        calendar.open_between(utc("2026-03-02T10:00:00Z"), utc("2026-03-03T20:00:00Z")).collect();
    let whole = (utc("2026-03-02T10:00:00Z"), utc("2026-03-02T17:00:00Z"));
    assert_eq!(open, [whole, (utc("2026-03-03T09:00:00Z"), utc("2026-03-03T20:00:00Z"))]);
    let span = Span::from_hours(7);
    assert_eq!(calendar.after(utc("2026-03-02T10:00:00Z"), span), Some(whole.1));
    let more = span.micros() + 1;
    let reached = utc("2026-03-03T09:00:00Z") + Span::from_micros(1);
    assert_eq!(calendar.after(utc("2026-03-02T10:00:00Z"), Span::from_micros(more)), Some(reached));
}

#[test]
fn everything_wrong_with_terms_is_said_at_once() {
    let targets = vec![
        Target::of(Metric::AgentWork, Span::from_hours(1), Hours::Always),
        Target::of(Metric::Update, Span::ZERO, Hours::Always),
    ];
    let terms = Terms {
        promises: vec![Policy { effective_from: utc("2026-03-01T00:00:00Z"), targets }],
        hours: vec![dated("2026-03-01T00:00:00Z", Some(weekdays("Atlantis/Mu", "17-9")))],
    };
    let TermsProblems { promises, hours } = terms.ready().unwrap_err();
    assert_eq!((promises.len(), hours.len()), (2, 6), "{promises:?} {hours:?}");
}

#[test]
fn the_last_terms_can_be_tried_on_the_past() {
    let targets = vec![Target::of(Metric::Update, Span::from_hours(1), Hours::Always)];
    let terms = Terms {
        promises: vec![Policy { effective_from: utc("2026-03-01T00:00:00Z"), targets: targets.clone() }],
        hours: vec![dated("2026-03-01T00:00:00Z", Some(daily("UTC", "9-17")))],
    };
    let ready = terms.as_if_always().ready().unwrap();
    assert_eq!(ready.policies.all(), [Policy { effective_from: Time::MIN, targets }]);
    let day = ready.calendar.elapsed(utc("2020-03-01T00:00:00Z"), utc("2020-03-02T00:00:00Z"));
    assert_eq!(day, Span::from_hours(8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn calendars_that_follow_each_other_are_the_wall_clock_of_each_in_its_time(
        (hours, start) in some_hours(), other in some_hours(), turn in 0..8_640_i64,
        from in 0..4_000_i64, length in 0..6_000_i64, wanted in 0..3_000_i64,
    ) {
        let other = amends_domain::sla::OpeningHours { exceptions: Vec::new(), ..other.0 };
        let ticks = 10_000_i64;
        let (before, after) =
            (Wall::look(&hours, start, 60, ticks), Wall::look(&other, start, 60, ticks));
        let open = |tick: i64| {
            let wall = if tick < turn { &before } else { &after };
            wall.open[usize::try_from(tick).unwrap()]
        };
        let at = |tick: i64| start + Span::from_minutes(tick);
        let both = Calendar::dated(calendar(hours.clone()), vec![(at(turn), calendar(other.clone()))]);
        let to = from + length;
        let counted = i64::try_from((from..to).filter(|tick| open(*tick)).count()).unwrap();
        prop_assert_eq!(both.elapsed(at(from), at(to)), Span::from_minutes(counted));
        let mut runs: Vec<(Time, Time)> = Vec::new();
        for tick in (from..to).filter(|tick| open(*tick)) {
            match runs.last_mut() {
                Some((_, end)) if *end == at(tick) => *end = at(tick + 1),
                _ => runs.push((at(tick), at(tick + 1))),
            }
        }
        prop_assert_eq!(both.open_between(at(from), at(to)).collect::<Vec<_>>(), runs);
        if wanted > 0 {
            let reached = (from..ticks).filter(|tick| open(*tick)).nth(usize::try_from(wanted - 1).unwrap());
            let answer = both.after(at(from), Span::from_minutes(wanted));
            match reached {
                Some(tick) => prop_assert_eq!(answer, Some(at(tick + 1))),
                None => prop_assert!(answer.is_none_or(|time| time > at(ticks))),
            }
        }
    }
}
