//! One moment at a time or all at once: the same clocks.

use amends_domain::sla::Happening::{BuyerMessage, HumanReply, Opened, WaitingForBuyer};
use amends_domain::sla::{
    Calendar, Clocks, Happening, Metric, Moment, OpeningHours, Parts, PartsProblem, Phase, Policies, evaluate,
};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::at;
use crate::sla_make::{about, calendar, log, only, some_events, some_hours, some_policies};

const HOUR: i64 = 3_600;
/// Six days, in seconds.
const TICKS: i64 = 6 * 24 * HOUR;

type Case = (OpeningHours, Time, Policies, Vec<(i64, Happening)>);

fn some_case() -> impl Strategy<Value = Case> {
    some_hours().prop_flat_map(|(hours, start)| {
        (Just(hours), Just(start), some_policies(start, TICKS, Span::from_secs(1)), some_events(TICKS))
    })
}

fn apart_and_together(clocks: &Clocks) -> Clocks {
    Clocks::from_parts(clocks.clone().into_parts()).unwrap()
}

/// Only the latest instance of each metric, as storage may keep it.
fn latest(clocks: Clocks) -> Clocks {
    let Parts { about, stand, rows } = clocks.into_parts();
    let is_latest = |place: usize| rows[place + 1..].iter().all(|later| later.metric != rows[place].metric);
    let rows = (0..rows.len()).filter(|place| is_latest(*place)).map(|place| rows[place]).collect();
    Clocks::from_parts(Parts { about, stand, rows }).unwrap()
}

proptest! {
    #[test]
    fn every_prefix_gives_the_same_both_ways(
        (hours, start, policies, events) in some_case(), later in 0_i64..100_000, tells in any::<u32>(),
    ) {
        let calendar = calendar(hours);
        let whole = log(start, &events);
        let (mut clocks, mut stored, mut short) = (Clocks::new(about()), Clocks::new(about()), Clocks::new(about()));
        for (place, moment) in whole.moments.iter().enumerate() {
            // Whether or not somebody asks what is due, and when, changes nothing.
            if tells & (1 << (place % 32)) != 0 {
                stored.tell(moment.at - Span::from_secs(later % 3_000), &calendar);
            }
            let told = clocks.step(moment, &policies, &calendar);
            stored.step(moment, &policies, &calendar);
            stored = apart_and_together(&stored);
            prop_assert_eq!(short.step(moment, &policies, &calendar), told);
            short = latest(short);
            prop_assert_eq!(&stored, &clocks);
            let mut prefix = log(start, &events[..=place]);
            for now in [moment.at, moment.at + Span::from_secs(later)] {
                let folded = evaluate(&prefix, &policies, &calendar, now);
                prop_assert_eq!(&clocks.instances(&calendar, now), &folded);
                prop_assert!(short.instances(&calendar, now).iter().all(|one| folded.contains(one)));
            }
            // What had not happened yet does not count.
            prefix.moments = whole.moments.clone();
            if whole.moments.get(place + 1).is_some_and(|next| next.at > moment.at) {
                let folded = evaluate(&prefix, &policies, &calendar, moment.at);
                prop_assert_eq!(clocks.instances(&calendar, moment.at), folded);
            }
        }
    }

    #[test]
    fn a_log_may_be_written_in_any_order(
        (hours, start, policies, mut events) in some_case(), seed in any::<u64>(),
    ) {
        events.dedup_by_key(|(tick, _)| *tick);
        let calendar = calendar(hours);
        let now = start + Span::from_secs(TICKS);
        let in_order = evaluate(&log(start, &events), &policies, &calendar, now);
        let key = |tick: i64| (tick as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        events.sort_by_key(|(tick, _)| key(*tick));
        prop_assert_eq!(evaluate(&log(start, &events), &policies, &calendar, now), in_order);
    }

    #[test]
    fn clocks_never_run_backwards(
        (hours, start, policies, events) in some_case(), late in proptest::collection::vec(0_i64..200_000, 25),
    ) {
        let calendar = calendar(hours);
        let mut clocks = Clocks::new(about());
        let now = start + Span::from_secs(TICKS);
        for ((tick, what), late) in events.iter().zip(late) {
            let before = clocks.clone();
            clocks.step(&Moment { at: start + Span::from_secs(tick - late), what: *what }, &policies, &calendar);
            prop_assert!(clocks.stand().last_at >= before.stand().last_at);
            for (then, row) in before.rows().iter().zip(clocks.rows()) {
                prop_assert!(row.consumed >= then.consumed && row.phase.since() >= then.phase.since());
                prop_assert!(row.elapsed(&calendar, now) <= now.since(row.started_at));
                prop_assert!(then.warned_at.is_none() || then.warned_at == row.warned_at);
                prop_assert!(then.breached_at.is_none() || then.breached_at == row.breached_at);
                prop_assert!(then.phase.is_open() || then == row);
            }
            prop_assert_eq!(apart_and_together(&clocks), clocks.clone());
        }
    }
}

/// Steps through seconds and happenings, with nothing promised.
fn steps(moments: &[(i64, Happening)]) -> Clocks {
    let mut clocks = Clocks::new(about());
    for moment in log(at(0), moments).moments {
        clocks.step(&moment, &Policies::default(), &Calendar::always());
    }
    clocks
}

#[test]
fn a_moment_learnt_late_is_taken_at_the_last_ones_time() {
    let opened = (0, Opened { buyer_waits: true });
    let late = steps(&[opened, (100, BuyerMessage), (40, HumanReply)]);
    let first =
        |clocks: &Clocks| only(Metric::FirstResponse, &clocks.instances(&Calendar::always(), at(500)))[0];
    assert_eq!(first(&late).stopped_at, Some(at(100)));
    // A replay knows better.
    let log = log(at(0), &[opened, (100, BuyerMessage), (40, HumanReply)]);
    let replayed = evaluate(&log, &Policies::default(), &Calendar::always(), at(500));
    assert_eq!(only(Metric::FirstResponse, &replayed)[0].stopped_at, Some(at(40)));
}

#[test]
fn what_happens_at_one_instant_happens_in_the_order_it_was_written() {
    let check = |first: Happening, second: Happening, expected: Option<Time>| {
        let log = log(at(0), &[(0, Opened { buyer_waits: false }), (10, first), (10, second)]);
        let instances = evaluate(&log, &Policies::default(), &Calendar::always(), at(20));
        let wait = only(Metric::RequesterWait, &instances)[0];
        assert_eq!((wait.started_at, wait.stopped_at), (at(10), expected));
    };
    check(BuyerMessage, HumanReply, Some(at(10)));
    check(HumanReply, BuyerMessage, None);
}

#[test]
fn time_on_the_buyers_turn_is_not_counted() {
    let moments = [
        (0, Opened { buyer_waits: true }),
        (HOUR, HumanReply),
        (HOUR, WaitingForBuyer),
        (50 * HOUR, BuyerMessage),
        (51 * HOUR, HumanReply),
    ];
    let clocks = steps(&moments);
    let elapsed = |metric: Metric, number: usize| {
        let instances = only(metric, &clocks.instances(&Calendar::always(), at(60 * HOUR)));
        instances[number - 1].elapsed
    };
    assert_eq!(elapsed(Metric::FirstResponse, 1), Span::from_hours(1));
    assert_eq!(elapsed(Metric::NextResponse, 1), Span::from_hours(1));
    assert_eq!(elapsed(Metric::RequesterWait, 2), Span::from_hours(1));
    assert_eq!(elapsed(Metric::Update, 1), Span::from_hours(1));
    assert_eq!(elapsed(Metric::Update, 2), Span::from_hours(9));
    assert_eq!(elapsed(Metric::Resolution, 1), Span::from_hours(11));
}

#[test]
fn parts_that_no_clocks_came_apart_into_are_refused() {
    let good = steps(&[(0, Opened { buyer_waits: true }), (10, HumanReply), (20, BuyerMessage)]).into_parts();
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = good.clone();
        change(&mut parts);
        Clocks::from_parts(parts).err()
    };
    assert_eq!(with(&|_| {}), None);
    let first = Metric::FirstResponse;
    let reopen = |parts: &mut Parts| {
        let mut row = parts.rows[0];
        row.phase = Phase::Running { since: at(5) };
        (row.number, parts.rows[0].phase) = (2, row.phase);
        parts.rows.push(row);
    };
    assert_eq!(with(&reopen), Some(PartsProblem::TwoOpen { metric: first }));
    let again = |parts: &mut Parts| parts.rows.push(parts.rows[0]);
    assert_eq!(with(&again), Some(PartsProblem::Number { metric: first, number: 1 }));
    let zero = |parts: &mut Parts| parts.rows[0].number = 0;
    assert_eq!(with(&zero), Some(PartsProblem::Number { metric: first, number: 0 }));
    let ahead = Some(PartsProblem::Ahead { metric: first, number: 1 });
    assert_eq!(with(&|parts| parts.rows[0].phase = Phase::Stopped { at: at(21) }), ahead);
    assert_eq!(with(&|parts| parts.rows[0].started_at = at(11)), ahead);
}
