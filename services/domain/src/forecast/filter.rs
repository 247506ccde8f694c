//! Level, trend and weekdays that follow a series.
//!
//! Holt and Winters' method with a damped trend (P. R. Winters, Management
//! Science 6 (1960): 324–342; E. S. Gardner and E. McKenzie, Management Science
//! 31 (1985): 1237–1246), written as corrections by the error of one day ahead
//! (R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, Forecasting with
//! Exponential Smoothing, 2008). An error is divided by the day's factor only
//! where that is above 1: the surprise of a quiet weekday would otherwise be
//! blown up by dividing by next to nothing, and it is mostly chance.

use super::Series;
use super::peaks::Peaks;
use crate::Day;

/// How much of the trend is left after a day.
const DAMPING: f64 = 0.98;
/// Most that the trend adds to the level in a day, as a share of it.
const TREND_MAX: f64 = 0.02;
/// Least that a weekday is of the mean day; one on which nothing ever came may get a case all the same.
const SEASON_MIN: f64 = 0.01;

/// One day of a series as the filter sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) count: Option<f64>,
    pub(super) weekday: usize,
    /// By how much its week stands out.
    pub(super) peak: f64,
}

/// A series, and where the filter begins.
#[derive(Debug, Clone)]
pub(super) struct Points {
    pub(super) days: Vec<Point>,
    pub(super) begin: State,
}

/// How much of a surprise goes where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gains {
    pub(super) level: f64,
    pub(super) trend: f64,
    pub(super) season: f64,
}

/// What is known at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    pub(super) level: f64,
    pub(super) trend: f64,
    pub(super) season: [f64; 7],
}

/// Monday is 0: the first day of all, 1970-01-01, was a Thursday.
pub(super) fn weekday(day: Day) -> usize {
    usize::try_from((i64::from(day.number()) + 3).rem_euclid(7)).unwrap_or(0)
}

/// How much each weekday has of the mean day; drawn towards the mean by one day of it, so that one
/// quiet Sunday does not close the shop.
pub(super) fn weekdays(days: impl Iterator<Item = (usize, f64, f64)>) -> [f64; 7] {
    let mut sums = [(0.0, 0.0); 7];
    for (weekday, count, weight) in days {
        sums.get_mut(weekday).into_iter().for_each(|(sum, n)| (*sum, *n) = (*sum + count, *n + weight));
    }
    let (sum, n) = sums.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
    let mean = if n > 0.0 { sum / n } else { 0.0 };
    let share = |(sum, n): (f64, f64)| {
        if mean > 0.0 { ((sum + mean) / ((n + 1.0) * mean)).max(SEASON_MIN) } else { 1.0 }
    };
    let season = sums.map(share);
    let total: f64 = season.iter().sum();
    season.map(|share| share * 7.0 / total)
}

impl Points {
    pub(super) fn of(series: &Series, peaks: &Peaks) -> Self {
        let days = series.counts.iter().enumerate().map(|(at, count)| {
            let day = series.day(at);
            Point { count: count.map(f64::from), weekday: weekday(day), peak: peaks.of_day(day) }
        });
        let days: Vec<Point> = days.collect();
        // The beginning is judged by its first eight weeks, less what stood out in them.
        let first = days.iter().filter_map(|day| Some((day.weekday, day.count?, day.peak))).take(56);
        let season = weekdays(first.clone());
        let weight = |weekday: usize| season.get(weekday).copied().unwrap_or(1.0);
        let (sum, n) = first
            .take(28)
            .fold((0.0, 0.0), |(sum, n), (weekday, count, peak)| (sum + count, n + peak * weight(weekday)));
        let level = if n > 0.0 { sum / n } else { 0.0 };
        Self { days, begin: State { level, trend: 0.0, season } }
    }
}

impl State {
    /// What is expected of a day so many days ahead.
    pub(super) fn expected(&self, ahead: usize, weekday: usize, peak: f64) -> f64 {
        let reach = DAMPING.powi(i32::try_from(ahead).unwrap_or(i32::MAX));
        let trend = self.trend * DAMPING * (1.0 - reach) / (1.0 - DAMPING);
        (self.level + trend).max(0.0) * self.share(weekday) * peak
    }

    fn share(&self, weekday: usize) -> f64 {
        self.season.get(weekday).copied().unwrap_or(1.0)
    }

    /// The state after a day.
    pub(super) fn after(&self, point: Point, gains: Gains) -> Self {
        let mut next = *self;
        let before = (self.level + DAMPING * self.trend).max(0.0);
        (next.level, next.trend) = (before, DAMPING * self.trend);
        let Some(count) = point.count else { return next };
        let factor = self.share(point.weekday) * point.peak;
        let error = count - before * factor;
        let step = gains.level * error / factor.max(1.0);
        next.level = (before + step).max(0.0);
        let most = TREND_MAX * next.level;
        next.trend = (next.trend + gains.trend * step).clamp(-most, most);
        let season = gains.season * error / (before * point.peak).max(1.0);
        next.season.get_mut(point.weekday).into_iter().for_each(|s| *s = (*s + season).max(SEASON_MIN));
        next.even()
    }

    /// The same, with weekdays whose mean is 1: what they all have in common is level.
    fn even(self) -> Self {
        let mean = self.season.iter().sum::<f64>() / 7.0;
        let season = self.season.map(|share| share / mean);
        Self { level: self.level * mean, trend: self.trend * mean, season }
    }
}

/// The state after all days.
pub(super) fn run(points: &Points, gains: Gains) -> State {
    points.days.iter().fold(points.begin, |state, point| state.after(*point, gains))
}
