//! The calendar against the wall clock, and against itself.

use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::sla_make::{calendar, some_hours};
use crate::sla_wall::Wall;

const DAY: i64 = 1_440;

/// Everything the calendar says of `[from, to)`, as the wall clock says it.
fn agree(
    wall: &Wall,
    hours: amends_domain::sla::OpeningHours,
    from: i64,
    to: i64,
) -> Result<(), TestCaseError> {
    let calendar = calendar(hours);
    let ticks = |n: i64| Span::from_secs(n * wall.tick);
    let open = wall.count(from, to);
    prop_assert_eq!(calendar.elapsed(wall.at(from), wall.at(to)), ticks(open));
    let mut runs: Vec<(Time, Time)> = Vec::new();
    for tick in (from..to).filter(|tick| wall.open[*tick as usize]) {
        match runs.last_mut() {
            Some((_, end)) if *end == wall.at(tick) => *end = wall.at(tick + 1),
            _ => runs.push((wall.at(tick), wall.at(tick + 1))),
        }
    }
    prop_assert_eq!(calendar.open_between(wall.at(from), wall.at(to)).collect::<Vec<_>>(), runs);
    for wanted in [0, 1, open / 3, open] {
        let answer = calendar.after(wall.at(from), ticks(wanted));
        match wall.after(from, wanted) {
            Some(tick) => prop_assert_eq!(answer, Some(wall.at(tick)), "after {} ticks", wanted),
            None => prop_assert!(answer.is_none_or(|at| at > wall.at(wall.open.len() as i64))),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_calendar_is_the_wall_clock_minute_by_minute(
        (hours, start) in some_hours(), from in 0..2 * DAY, length in 0..9 * DAY,
    ) {
        let wall = Wall::look(&hours, start, 60, 11 * DAY);
        agree(&wall, hours, from, from + length)?;
    }

    #[test]
    fn the_calendar_is_the_wall_clock_second_by_second(
        (hours, start) in some_hours(), from in 0..7_200_i64, length in 0..14_400_i64,
    ) {
        let wall = Wall::look(&hours, start, 1, 21_600);
        agree(&wall, hours, from, from + length)?;
    }

    #[test]
    fn open_time_adds_up_over_years(
        (hours, start) in some_hours(),
        cuts in proptest::array::uniform3(0_i64..4 * 366 * 86_400_000_000),
    ) {
        let calendar = calendar(hours);
        let mut cuts = cuts.map(|micros| start + Span::from_micros(micros));
        cuts.sort_unstable();
        let [a, b, c] = cuts;
        let sum = calendar.elapsed(a, b).micros() + calendar.elapsed(b, c).micros();
        prop_assert_eq!(calendar.elapsed(a, c).micros(), sum);
        let parts = calendar.open_between(a, c).map(|(from, to)| to.since(from).micros());
        prop_assert_eq!(parts.sum::<i64>(), sum);
    }

    #[test]
    fn after_is_the_first_instant_with_that_much_open_time(
        (hours, start) in some_hours(), ahead in 0_i64..1_000_000_000_000, span in 1_i64..30_000_000_000_000,
    ) {
        let calendar = calendar(hours);
        let from = start + Span::from_micros(ahead);
        if let Some(at) = calendar.after(from, Span::from_micros(span)) {
            prop_assert_eq!(calendar.elapsed(from, at).micros(), span);
            prop_assert_eq!(calendar.elapsed(from, at - Span::from_micros(1)).micros(), span - 1);
        } else {
            prop_assert!(calendar.elapsed(from, from + amends_domain::sla::calendar::HORIZON).micros() < span);
        }
    }
}
