//! The clocks against a second telling of the same story, random histories around odd days.

use amends_domain::sla::{Happening, Hours, OpeningHours, Policies, SegmentKind, Verdict, evaluate, explain};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::sla_make::{calendar, log, some_events, some_hours, some_policies};
use crate::sla_story::tell;
use crate::sla_wall::Wall;

/// What was looked at may end before something is due; then it must only be later than that.
fn same_verdict(ours: Verdict, theirs: Verdict, end: Time) -> bool {
    match (ours, theirs) {
        (Verdict::Running { due_at: Some(at) }, Verdict::Running { due_at: None }) => at > end,
        _ => ours == theirs,
    }
}

fn agree(
    hours: OpeningHours,
    policies: &Policies,
    wall: &Wall,
    events: &[(i64, Happening)],
    now: i64,
) -> Result<(), TestCaseError> {
    let calendar = calendar(hours);
    let moments: Vec<_> = events.iter().map(|(tick, what)| (tick * wall.tick, *what)).collect();
    let log = log(wall.start, &moments);
    let mut story = tell(wall, policies, events, now);
    let mut instances = evaluate(&log, policies, &calendar, wall.at(now));
    instances.sort_by_key(|instance| (instance.metric, instance.number));
    story.seen.sort_by_key(|seen| (seen.metric, seen.number));
    prop_assert_eq!(instances.len(), story.seen.len());
    for (ours, seen) in instances.iter().zip(&story.seen) {
        prop_assert_eq!((ours.metric, ours.number), (seen.metric, seen.number));
        prop_assert_eq!(ours.started_at, wall.at(seen.started), "{:?}", ours);
        prop_assert_eq!(ours.stopped_at, seen.stopped.map(|tick| wall.at(tick)), "{:?}", ours);
        prop_assert_eq!(ours.elapsed, Span::from_secs(seen.counted * wall.tick), "{:?}", ours);
        let theirs = story.verdict(seen, now);
        let end = wall.at(wall.open.len() as i64);
        prop_assert!(same_verdict(ours.verdict, theirs, end), "{:?} is not {:?}", ours, theirs);
    }
    for account in explain(&log, policies, &calendar, wall.at(now)) {
        for segment in account.segments {
            let business = account.instance.promise.is_some_and(|promise| promise.hours == Hours::Business);
            let from = (segment.from.since(wall.start).micros() / 1_000_000 / wall.tick) as usize;
            let to = (segment.to.since(wall.start).micros() / 1_000_000 / wall.tick) as usize;
            let as_said = wall.open[from..to].iter().all(|open| match segment.kind {
                SegmentKind::Running => *open || !business,
                SegmentKind::OutsideHours => !*open && business,
                SegmentKind::Paused(_) => true,
            });
            prop_assert!(as_said, "{:?}", segment);
        }
    }
    Ok(())
}

type Case = (OpeningHours, Time, Policies, Vec<(i64, Happening)>);

fn some_case(ticks: i64, tick: Span) -> impl Strategy<Value = Case> {
    let with_start = some_hours().prop_flat_map(move |(hours, start)| {
        (Just(hours), Just(start), some_policies(start, ticks, tick), some_events(ticks))
    });
    with_start.no_shrink()
}

const DAY: i64 = 1_440;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_clocks_are_the_story_minute_by_minute(
        (hours, start, policies, events) in some_case(7 * DAY, Span::from_minutes(1)), now in 0..8 * DAY,
    ) {
        let wall = Wall::look(&hours, start, 60, 20 * DAY);
        agree(hours, &policies, &wall, &events, now)?;
    }

    #[test]
    fn the_clocks_are_the_story_second_by_second(
        (hours, start, policies, events) in some_case(14_400, Span::from_secs(1)), now in 0..16_000_i64,
    ) {
        let wall = Wall::look(&hours, start, 1, 30_000);
        agree(hours, &policies, &wall, &events, now)?;
    }
}
