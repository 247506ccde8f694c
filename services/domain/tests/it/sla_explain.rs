//! Where the time went, and what other promises would have meant.

use amends_domain::sla::Happening::{
    BuyerMessage, HumanReply, Opened, Resumed, Solved, WaitingForBuyer, WaitingForThirdParty,
};
use amends_domain::sla::SegmentKind::{OutsideHours, Paused, Running};
use amends_domain::sla::{
    Account, Calendar, Happening, Hours, Metric, OpeningHours, Policies, Policy, Standing, Target, Verdict,
    compare, evaluate, explain,
};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::at;
use crate::sla_make::{calendar, log, only, some_events, some_hours, some_policies, utc, weekdays};

const TICKS: i64 = 900_000;

fn some_case() -> impl Strategy<Value = (OpeningHours, Time, [Policies; 2], Vec<(i64, Happening)>)> {
    some_hours().prop_flat_map(|(hours, start)| {
        let policies = || some_policies(start, TICKS, Span::from_secs(1));
        (Just(hours), Just(start), [policies(), policies()], some_events(TICKS))
    })
}

/// Elapsed + paused + outside = wall clock, to the microsecond, and no gap or overlap in between.
fn tiles(account: &Account, now: Time) -> Result<(), TestCaseError> {
    let instance = &account.instance;
    let end = instance.stopped_at.unwrap_or(now);
    let mut done = instance.started_at;
    for segment in &account.segments {
        prop_assert_eq!(segment.from, done);
        prop_assert!(segment.from < segment.to);
        done = segment.to;
    }
    prop_assert_eq!(done, end);
    let sum = account.running.micros() + account.paused.micros() + account.outside.micros();
    prop_assert_eq!(Span::from_micros(sum), end.since(instance.started_at));
    prop_assert_eq!(account.running, instance.elapsed);
    Ok(())
}

proptest! {
    #[test]
    fn every_microsecond_is_accounted_for(
        (hours, start, [policies, _], events) in some_case(), now in 0..TICKS * 2, micros in 0_i64..1_000_000,
    ) {
        let calendar = calendar(hours);
        let mut log = log(start, &events);
        for moment in &mut log.moments {
            // Off the whole seconds, so that nothing can be rounded unseen.
            moment.at = moment.at + Span::from_micros(micros * (moment.at.micros() / 1_000_000 % 7) / 7);
        }
        let now = start + Span::from_secs(now) + Span::from_micros(micros);
        let accounts = explain(&log, &policies, &calendar, now);
        for account in &accounts {
            tiles(account, now)?;
        }
        let instances: Vec<_> = accounts.iter().map(|account| account.instance).collect();
        prop_assert_eq!(instances, evaluate(&log, &policies, &calendar, now));
    }

    #[test]
    fn a_change_of_promises_is_judged_as_if_it_had_always_been_so(
        (hours, start, [old, new], events) in some_case(), now in 0..TICKS * 2,
    ) {
        let (calendar, log) = (calendar(hours), log(start, &events));
        let now = start + Span::from_secs(now);
        let both = compare(&log, &old, &new, &calendar, now);
        let side = |pick: fn(&amends_domain::sla::Compared) -> amends_domain::sla::Instance| {
            both.iter().map(pick).collect::<Vec<_>>()
        };
        prop_assert_eq!(side(|both| both.old), evaluate(&log, &old, &calendar, now));
        prop_assert_eq!(side(|both| both.new), evaluate(&log, &new, &calendar, now));
        for both in both {
            let same = |i: &amends_domain::sla::Instance| (i.metric, i.number, i.started_at, i.stopped_at);
            prop_assert_eq!(same(&both.old), same(&both.new));
            prop_assert_eq!(both.differs(), both.old.verdict != both.new.verdict);
        }
    }
}

#[test]
fn an_account_says_which_hours_and_whose_turn_it_was() {
    let calendar = calendar(weekdays("Europe/Berlin", "9-17"));
    // Friday 16:00 on the wall; an answer on Monday at 10:00, when it becomes the buyer's turn.
    let start = utc("2026-06-05T14:00:00Z");
    let hour = 3_600;
    let opened = (0, Opened { buyer_waits: true });
    let monday = [(66 * hour, HumanReply), (66 * hour, WaitingForBuyer), (90 * hour, BuyerMessage)];
    let log = log(start, &[&[opened], &monday[..]].concat());
    let targets = vec![Target::of(Metric::Resolution, Span::from_hours(40), Hours::Business)];
    let policies = Policies::new(vec![Policy { effective_from: start, targets }]).unwrap();
    let now = start + Span::from_hours(92);
    let accounts = explain(&log, &policies, &calendar, now);
    let account = accounts.iter().find(|account| account.instance.metric == Metric::Resolution).unwrap();
    let parts: Vec<_> = account.segments.iter().map(|s| (s.from.since(start), s.kind)).collect();
    let expected = [
        (Span::from_hours(0), Running),
        (Span::from_hours(1), OutsideHours),
        (Span::from_hours(65), Running),
        (Span::from_hours(66), Paused(Standing::WaitingBuyer)),
        (Span::from_hours(90), Running),
    ];
    assert_eq!(parts, expected);
    let sums = (account.running, account.outside, account.paused);
    assert_eq!(sums, (Span::from_hours(4), Span::from_hours(64), Span::from_hours(24)));
    assert_eq!(
        account.instance.promise.map(|promise| (promise.effective_from, promise.target)),
        Some((start, 0))
    );
    // 36 hours of work are left on Tuesday at 12:00: 5 + 8 + 8 + 8, and 7 on Monday.
    assert_eq!(account.instance.verdict, Verdict::Running { due_at: Some(utc("2026-06-15T14:00:00Z")) });
}

#[test]
fn a_pause_says_whose_turn_it_was_even_when_that_changes() {
    let moments = [
        (0, Opened { buyer_waits: false }),
        (10, WaitingForBuyer),
        (30, WaitingForThirdParty),
        (60, Resumed),
        (60, WaitingForBuyer),
    ];
    let accounts = explain(&log(at(0), &moments), &Policies::default(), &Calendar::always(), at(100));
    let parts = |metric: Metric| -> Vec<_> {
        let account = accounts.iter().find(|account| account.instance.metric == metric).unwrap();
        account.segments.iter().map(|s| (s.to, s.kind)).collect()
    };
    let (buyer, third) = (Paused(Standing::WaitingBuyer), Paused(Standing::WaitingThirdParty));
    let resolution = [(at(10), Running), (at(30), buyer), (at(60), third), (at(100), buyer)];
    assert_eq!(parts(Metric::Resolution), resolution);
    let agreement = [(at(10), Running), (at(30), buyer), (at(60), Running), (at(100), buyer)];
    assert_eq!(parts(Metric::Agreement), agreement);
}

#[test]
fn a_replay_under_other_promises_shows_both_verdicts() {
    let within = |secs| {
        let targets = vec![Target::of(Metric::FirstResponse, Span::from_secs(secs), Hours::Always)];
        Policies::new(vec![Policy { effective_from: at(-9), targets }]).unwrap()
    };
    let log = log(at(0), &[(0, Opened { buyer_waits: true }), (100, HumanReply), (200, Solved)]);
    let both = compare(&log, &within(101), &within(50), &Calendar::always(), at(300));
    let first = both.iter().find(|both| both.old.metric == Metric::FirstResponse).unwrap();
    assert_eq!((first.old.verdict, first.new.verdict), (Verdict::Met, Verdict::Breached { at: at(50) }));
    assert_eq!(both.iter().filter(|both| both.differs()).count(), 1);
    // As it stood before the answer.
    let then = evaluate(&log, &within(101), &Calendar::always(), at(60));
    let running = Verdict::Running { due_at: Some(at(101)) };
    assert_eq!(only(Metric::FirstResponse, &then)[0].verdict, running);
}
