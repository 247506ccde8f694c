//! The example of `docs/forecast-and-staffing.md`: two weeks ahead, and who is needed for them.

use amends_domain::Span;
use amends_domain::staffing::{Goal, Load, Outlook, batches, hours, outlook, workload};

use super::made::World;
use super::*;
use crate::page::kept;

const PAGE: &str = "forecast-and-staffing.md";

/// A shop that grows, with two sale weeks a year: all of 2024 and 2025, and 2026 until 1 November.
fn shop() -> (Vec<Ahead>, Vec<Option<u32>>) {
    let world = World { level: 40.0, growth: 0.2, wander: 0.003, dispersion: 1.6, peak: 2.5, gaps: 0.0 };
    let (all, known) = (world.live(4, 2 * 364 + 46 * 7), 2 * 364 + 44 * 7);
    (ahead(&series(&all[..known]), 14), all[known..].to_vec())
}

#[test]
fn two_weeks_ahead_are_what_the_page_says() {
    let (days, came) = shop();
    let mut table =
        "\n| day | expected | 80 % | 95 % | last years' peak | came |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for (day, came) in days.iter().zip(came) {
        let peak = day.peak.map_or("–".to_owned(), |peak| format!("× {peak:.2}"));
        let ((a, b), (c, d)) = (day.within_80, day.within_95);
        let came = came.map_or("?".to_owned(), |came| came.to_string());
        table += &format!("| {} | {:.0} | {a}–{b} | {c}–{d} | {peak} | {came} |\n", day.day, day.expected);
    }
    kept(PAGE, "ahead", &table);
}

#[test]
fn the_agents_of_each_hour_are_what_the_page_says() {
    let (days, _) = shop();
    // Buyers who write by day, most of them in the evening.
    let shape = [1, 0, 0, 0, 0, 1, 2, 4, 6, 8, 9, 9, 8, 8, 7, 7, 8, 9, 11, 13, 14, 12, 7, 3];
    let working: [u64; 24] = shape.map(|n| n * 40);
    let profile = Profile::of(&working, &shape.map(|n| n * 9));
    let monday = days[7];
    let goal = Goal { level: 0.8, within: Span::from_secs(60), occupancy_max: 0.85, shrinkage: 0.3 };
    let staff =
        |cases: f64| hours(&profile.spread(monday.day, cases), Span::from_minutes(12), 2, &goal).unwrap();
    let (likely, high) = (staff(monday.expected), staff(monday.within_80.1 as f64));
    let spread = profile.spread(monday.day, monday.expected);
    let mut table = format!(
        "\n| {}, hour | cases | at work | answered in 60 s | occupied | rostered | at work for the 80 % end |\n\
         |---|---|---|---|---|---|---|\n",
        monday.day
    );
    for hour in 8..23 {
        let staff = likely[hour];
        table += &format!(
            "| {hour}:00 | {:.1} | {} | {:.0} % | {:.0} % | {} | {} |\n",
            spread[hour],
            staff.agents,
            100.0 * staff.figures.level,
            100.0 * staff.figures.occupancy,
            staff.rostered,
            high[hour].agents
        );
    }
    kept(PAGE, "hours", &table);
}

#[test]
fn the_table_of_agents_is_what_the_page_says() {
    let load = Load::new(100.0, Span::from_minutes(30), Span::from_secs(180), 1).unwrap();
    let mut table =
        "\n| agents | wait at all | answered in 20 s | mean wait | occupied |\n|---|---|---|---|---|\n"
            .to_owned();
    for agents in 10..=16 {
        table += &match outlook(&load, agents, Span::from_secs(20)).unwrap() {
            Outlook::Unstable => format!("| {agents} | the queue grows without end | | | |\n"),
            Outlook::Stable(f) => format!(
                "| {agents} | {:.1} % | {:.1} % | {:.1} s | {:.1} % |\n",
                100.0 * f.waits,
                100.0 * f.level,
                f.mean_wait,
                100.0 * f.occupancy
            ),
        };
    }
    kept(PAGE, "erlang", &table);
}

#[test]
fn the_people_for_work_that_may_wait_are_what_the_page_says() {
    let (days, _) = shop();
    let arrivals: Vec<f64> = days.iter().map(|day| day.expected).collect();
    // Monday to Friday six hours each; 120 cases are there, 40 of them due today.
    let hours: Vec<f64> = (0..14).map(|day| if day % 7 < 5 { 6.0 } else { 0.0 }).collect();
    let work = batches(&[(0, 40.0), (2, 80.0)], &arrivals, 3, 0.25);
    let need = workload(&hours, &work, 0.3).unwrap();
    let (from, until) = need.because.unwrap();
    let mut table = format!(
        "\n{:.2} people would do, so {} are at work and {} on the roster. What decides is the stretch from {} \
         to {}.\n\n| day | expected | hours worked | hours of work left |\n|---|---|---|---|\n",
        need.exact, need.agents, need.rostered, days[from].day, days[until].day
    );
    for (day, done) in days.iter().zip(&need.days) {
        table += &format!("| {} | {:.0} | {:.1} | {:.1} |\n", day.day, day.expected, done.worked, done.left);
    }
    kept(PAGE, "workload", &table);
}
