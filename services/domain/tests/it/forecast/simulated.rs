//! Forecasts of series that are made, beside what came: how often the intervals hold, and whether the
//! expected number is nearer than a mean.

use super::made::World;
use super::*;
use crate::page::kept;

/// What came of many forecasts.
#[derive(Debug, Default)]
struct Tally {
    days: f64,
    in_80: f64,
    in_95: f64,
    peak_days: f64,
    peak_in_95: f64,
    wrong: f64,
    mean_wrong: f64,
    lately_wrong: f64,
    came: f64,
}

/// Lives of a world, each cut at some day and forecast from there.
fn judge(world: World, seeds: std::ops::Range<u64>, days: usize, horizon: u16) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let cut = days + (seed as usize * 13) % 60;
        let all = world.live(seed, cut + usize::from(horizon));
        let (past, future) = all.split_at(cut);
        let seen: Vec<f64> = past.iter().flatten().map(|n| f64::from(*n)).collect();
        let mean = |some: &[f64]| some.iter().sum::<f64>() / some.len() as f64;
        let (naive, lately) = (mean(&seen), mean(&seen[seen.len().saturating_sub(28)..]));
        let found = ahead(&series(past), horizon);
        for (day, came) in found.iter().zip(future) {
            let Some(came) = came else { continue };
            let held =
                |(low, high): (u64, u64)| f64::from(u8::from((low..=high).contains(&u64::from(*came))));
            let came = f64::from(*came);
            tally.days += 1.0;
            tally.in_80 += held(day.within_80);
            tally.in_95 += held(day.within_95);
            if day.peak.is_some() {
                tally.peak_days += 1.0;
                tally.peak_in_95 += held(day.within_95);
            }
            tally.wrong += (day.expected - came).abs();
            tally.mean_wrong += (naive - came).abs();
            tally.lately_wrong += (lately - came).abs();
            tally.came += came;
        }
    }
    tally
}

const STEADY: World = World { level: 30.0, growth: 0.0, wander: 0.0, dispersion: 1.5, peak: 1.0, gaps: 0.0 };

/// A name, what it is made of, how many days are known of it.
fn worlds() -> [(&'static str, World, usize); 7] {
    let sales = World { growth: 0.4, peak: 2.5, gaps: 0.05, wander: 0.005, ..STEADY };
    let large = World { level: 300.0, dispersion: 3.0, growth: 0.3, wander: 0.008, peak: 2.0, ..STEADY };
    [
        ("30 a day, nothing changes", STEADY, 400),
        ("30 a day, grows by 40 % a year, sales, gaps", sales, 2 * 364 + 230),
        ("30 a day, sales seen once", World { peak: 3.0, wander: 0.005, ..STEADY }, 364 + 230),
        ("30 a day, level wanders by 2 % a day", World { wander: 0.02, ..STEADY }, 500),
        ("2 a day", World { level: 2.0, dispersion: 1.2, wander: 0.005, ..STEADY }, 500),
        ("300 a day, grows by 30 % a year, sales", large, 2 * 364 + 230),
        ("30 a day, two months known", World { wander: 0.005, ..STEADY }, 60),
    ]
}

/// How far ahead, and how many lives of each world.
const HORIZON: u16 = 90;
const LIVES: u64 = 20;

#[test]
fn the_intervals_hold_what_came_as_often_as_they_say_and_the_forecast_beats_a_mean() {
    let mut table =
        "\n| made series | in the 80 % interval | in the 95 % interval | 95 %, days with a peak | error | error of the mean of \
                     all days | of the last 28 |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    for (name, world, days) in worlds() {
        let tally = judge(world, 1..LIVES + 1, days, HORIZON);
        let (in_80, in_95) = (tally.in_80 / tally.days, tally.in_95 / tally.days);
        assert!((0.74..0.94).contains(&in_80), "{name}: {in_80}");
        assert!((0.92..0.99).contains(&in_95), "{name}: {in_95}");
        let sales = world.peak > 1.0;
        let in_peaks = tally.peak_in_95 / tally.peak_days;
        assert!(!sales || (0.9..1.0).contains(&in_peaks), "{name}: {in_peaks}");
        let in_peaks = if sales { format!("{:.0} %", 100.0 * in_peaks) } else { "–".to_owned() };
        // Of two a day nearly all is chance: there is little to be better at.
        let least = if world.level < 5.0 { 1.0 } else { 0.75 };
        assert!(tally.wrong < least * tally.mean_wrong.min(tally.lately_wrong), "{name}: {tally:?}");
        let share = |wrong: f64| format!("{:.0} %", 100.0 * wrong / tally.came);
        table += &format!(
            "| {name} | {:.0} % | {:.0} % | {in_peaks} | {} | {} | {} |\n",
            100.0 * in_80,
            100.0 * in_95,
            share(tally.wrong),
            share(tally.mean_wrong),
            share(tally.lately_wrong)
        );
    }
    kept("forecast-and-staffing.md", "simulated", &table);
}

#[test]
fn the_interval_widens_with_the_days_ahead() {
    for (name, world, days) in worlds() {
        let (mut near, mut far) = (0, 0);
        for seed in 1..6 {
            // Twelve weeks apart, so that weekdays are the same; the sales are elsewhere.
            let found = ahead(&series(&world.live(seed, days)[..days]), 90);
            let width = |from: usize| {
                let days = found[from..from + 7].iter().filter(|day| day.peak.is_none());
                days.map(|day| day.within_95.1 - day.within_95.0).sum::<u64>()
            };
            (near, far) = (near + width(0), far + width(70));
        }
        assert!(far >= near, "{name}: {near} to {far}");
    }
}
