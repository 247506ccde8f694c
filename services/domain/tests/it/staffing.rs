//! How many people a load needs, against fractions, published examples and a simulated queue.

use amends_domain::Span;
use amends_domain::staffing::{
    Figures, Goal, Load, LoadProblem, Outlook, blocked, hours, least, outlook, rostered, waits,
};
use proptest::prelude::*;

mod queue;
mod workload;

fn load(arrivals: f64, minutes: i64, handling: i64) -> Load {
    Load::new(arrivals, Span::from_minutes(minutes), Span::from_secs(handling), 1).unwrap()
}

fn goal(level: f64, within: i64) -> Goal {
    Goal { level, within: Span::from_secs(within), occupancy_max: 1.0, shrinkage: 0.0 }
}

fn figures(load: &Load, agents: u32, within: i64) -> Figures {
    match outlook(load, agents, Span::from_secs(within)).unwrap() {
        Outlook::Stable(figures) => figures,
        Outlook::Unstable => panic!("{load:?} is too much for {agents}"),
    }
}

fn near(found: f64, expected: f64, by: f64) {
    assert!((found - expected).abs() <= by, "{found} is not {expected}");
}

/// Both formulas as they stand in books, as exact fractions of whole numbers; the load is `a/b`.
fn fractions(a: u128, b: u128, n: u32) -> (f64, f64) {
    let factorial = |k: u32| (1..=u128::from(k)).product::<u128>();
    // Every term of A^k/k! over the common denominator b^n·n!.
    let term = |k: u32| a.pow(k) * b.pow(n - k) * (factorial(n) / factorial(k));
    let before: u128 = (0..n).map(term).sum();
    let (last, n) = (term(n), u128::from(n));
    let loses = last as f64 / (before + last) as f64;
    let queue = last * n * b;
    (loses, queue as f64 / ((n * b - a) * before + queue) as f64)
}

#[test]
fn both_formulas_are_the_fractions_of_the_books() {
    for n in 1..=9_u32 {
        for b in 1..=4_u128 {
            for a in 1..u128::from(n) * b {
                let (loses, queues) = fractions(a, b, n);
                let offered = a as f64 / b as f64;
                near(blocked(offered, n), loses, 1e-14);
                near(waits(offered, n), queues, 1e-13);
            }
        }
    }
}

#[test]
fn what_is_known_by_heart_comes_out() {
    near(waits(1.0, 2), 1.0 / 3.0, 1e-15);
    near(waits(2.0, 3), 4.0 / 9.0, 1e-15);
    // With one seat who comes waits as often as it is taken.
    near(waits(0.7, 1), 0.7, 1e-15);
    // Tables of Erlang B: 5 erlangs on 10 lines lose 1.84 %.
    near(blocked(5.0, 10), 0.0184, 5e-5);
    // And 10 lines carry 4.46 erlangs at 1 % loss.
    near(blocked(4.461, 10), 0.01, 5e-6);
}

#[test]
fn a_published_example_comes_out_to_its_last_digit() {
    // "Erlang C Formula – Made Simple With an Easy Worked Example", Call Centre Helper: 100 calls in 30
    // minutes, 180 s each, 80 % in 20 s, at most 85 % occupied, 30 % shrinkage: 10 erlangs, 14 agents, of
    // whose callers 17.4 % wait, 88.8 % are answered in time, after 7.8 s on average; 71.4 % occupied, 20 people.
    let calls = load(100.0, 30, 180);
    near(calls.offered(), 10.0, 1e-12);
    let wanted = Goal { occupancy_max: 0.85, shrinkage: 0.3, ..goal(0.8, 20) };
    let staff = least(&calls, &wanted).unwrap();
    assert_eq!((staff.agents, staff.rostered), (14, 20));
    near(staff.figures.waits, 0.174, 5e-4);
    near(staff.figures.level, 0.888, 5e-4);
    near(staff.figures.mean_wait, 7.8, 0.05);
    near(staff.figures.occupancy, 0.714, 5e-4);
    // Its first try, with one agent more than erlangs: 68.2 % wait, 38.96 % are answered in time.
    near(figures(&calls, 11, 20).waits, 0.682, 5e-4);
    near(figures(&calls, 11, 20).level, 0.3896, 5e-5);
}

/// Erlang C by the sum in the books, in logarithms so that its powers and factorials fit.
fn by_logarithms(offered: f64, seats: u32) -> f64 {
    let term = |k: u32| (1..=k).map(|n| offered.ln() - f64::from(n).ln()).sum::<f64>();
    let queue = term(seats) + (f64::from(seats) / (f64::from(seats) - offered)).ln();
    1.0 / (1.0 + (0..seats).map(|k| (term(k) - queue).exp()).sum::<f64>())
}

#[test]
fn large_loads_are_the_sum_of_the_books_too() {
    // Among them one that is often shown: 360 calls in half an hour of 240 s each, 55 agents.
    assert!((load(360.0, 30, 240).offered() - 48.0).abs() < 1e-12);
    for (offered, seats) in [(48.0, 55), (90.0, 100), (95.5, 96), (299.0, 300), (500.0, 560), (700.0, 900)] {
        let (found, sum) = (waits(offered, seats), by_logarithms(offered, seats));
        assert!((found - sum).abs() <= 1e-10 * sum, "{offered} on {seats}: {found} and {sum}");
    }
}

#[test]
fn thousands_of_seats_stay_numbers() {
    for (offered, seats) in [(5_000.0, 5_001), (5_000.0, 5_100), (9_990.0, 10_000), (1.0, 20_000)] {
        let (loses, queues) = (blocked(offered, seats), waits(offered, seats));
        assert!((0.0..=1.0).contains(&loses) && (loses..=1.0).contains(&queues), "{offered} on {seats}");
    }
    // Halfin and Whitt (Operations Research 29 (1981): 567–588): with N = A + √A seats about 22.3 % wait.
    near(waits(1e4, 10_100), 0.2234, 0.003);
    let staff = least(&load(5_000.0, 1, 60), &goal(0.8, 20)).unwrap();
    assert!((5_001..5_100).contains(&staff.agents), "{staff:?}");
}

#[test]
fn a_load_as_large_as_the_seats_is_told_to_be_unstable() {
    let ten = load(100.0, 30, 180);
    let at = |agents| outlook(&ten, agents, Span::from_secs(20)).unwrap();
    assert_eq!([at(0), at(9), at(10)], [Outlook::Unstable; 3]);
    assert!(matches!(at(11), Outlook::Stable(_)));
}

#[test]
fn where_nothing_comes_nobody_is_needed() {
    let staff = least(&load(0.0, 60, 300), &goal(0.99, 0)).unwrap();
    assert_eq!((staff.agents, staff.figures.level), (0, 1.0));
    assert_eq!(waits(0.0, 3), 0.0);
}

#[test]
fn someone_with_three_chats_at_once_has_three_seats() {
    let three = Load::new(40.0, Span::from_hours(1), Span::from_secs(540), 3).unwrap();
    let one = load(40.0, 60, 540);
    assert_eq!(figures(&three, 4, 60), figures(&one, 12, 60));
    let (few, many) = (least(&three, &goal(0.9, 60)).unwrap(), least(&one, &goal(0.9, 60)).unwrap());
    assert_eq!(few.agents, many.agents.div_ceil(3));
}

#[test]
fn hours_are_staffed_one_by_one() {
    let staff = hours(&[0.0, 200.0, 20.0], Span::from_secs(180), 1, &goal(0.8, 20)).unwrap();
    let agents: Vec<u32> = staff.iter().map(|staff| staff.agents).collect();
    let alone = |arrivals| least(&load(arrivals, 60, 180), &goal(0.8, 20)).unwrap().agents;
    assert_eq!(agents, [0, alone(200.0), alone(20.0)]);
}

#[test]
fn the_roster_holds_those_who_are_away_too() {
    assert_eq!(rostered(14, 0.3), Ok(20));
    assert_eq!(rostered(7, 0.3), Ok(10));
    assert_eq!(rostered(8, 0.3), Ok(12));
    assert_eq!((rostered(5, 0.0), rostered(0, 0.5)), (Ok(5), Ok(0)));
    for wrong in [1.0, -0.1, f64::NAN] {
        assert_eq!(rostered(5, wrong), Err(LoadProblem::Shrinkage));
    }
}

#[test]
fn what_is_no_load_and_no_goal_is_refused_by_name() {
    let (hour, minute) = (Span::from_hours(1), Span::from_minutes(1));
    assert_eq!(Load::new(-1.0, hour, minute, 1), Err(LoadProblem::Arrivals));
    assert_eq!(Load::new(f64::NAN, hour, minute, 1), Err(LoadProblem::Arrivals));
    assert_eq!(Load::new(1.0, Span::ZERO, minute, 1), Err(LoadProblem::Interval));
    assert_eq!(Load::new(1.0, hour, Span::ZERO, 1), Err(LoadProblem::Handling));
    assert_eq!(Load::new(1.0, hour, minute, 0), Err(LoadProblem::AtOnce));
    assert_eq!(Load::new(1.0, hour, minute, 21), Err(LoadProblem::AtOnce));
    let ten = load(100.0, 30, 180);
    let wrong = |goal: Goal| least(&ten, &goal).unwrap_err();
    assert_eq!(wrong(goal(1.0, 20)), LoadProblem::Level);
    assert_eq!(wrong(goal(f64::NAN, 20)), LoadProblem::Level);
    assert_eq!(wrong(goal(0.8, -1)), LoadProblem::Within);
    for occupancy_max in [0.0, 0.049, 1.01, f64::NAN] {
        assert_eq!(wrong(Goal { occupancy_max, ..goal(0.8, 20) }), LoadProblem::Occupancy);
    }
    assert!(least(&ten, &Goal { occupancy_max: 0.05, ..goal(0.8, 20) }).is_ok());
    assert_eq!(wrong(Goal { shrinkage: 1.0, ..goal(0.8, 20) }), LoadProblem::Shrinkage);
    assert_eq!(least(&load(1e6, 1, 600), &goal(0.8, 20)), Err(LoadProblem::TooMuch));
    assert_eq!(outlook(&ten, 100_001, Span::ZERO), Err(LoadProblem::TooMuch));
}

proptest! {
    #[test]
    fn one_agent_fewer_misses_the_goal(
        arrivals in 0.1..2_000.0_f64,
        handling in 10_i64..3_000,
        at_once in 1_u32..5,
        level in 0.05..0.999_f64,
        within in 0_i64..600,
        occupancy_max in 0.3..1.0_f64,
    ) {
        let load = Load::new(arrivals, Span::from_hours(1), Span::from_secs(handling), at_once).unwrap();
        let goal = Goal { occupancy_max, ..goal(level, within) };
        let staff = least(&load, &goal).unwrap();
        let reached = |agents| match outlook(&load, agents, goal.within).unwrap() {
            Outlook::Stable(figures) => figures.level >= level && figures.occupancy <= occupancy_max,
            Outlook::Unstable => false,
        };
        prop_assert!(reached(staff.agents));
        prop_assert!(!reached(staff.agents - 1));
        prop_assert!(reached(staff.agents + 1));
    }
}
