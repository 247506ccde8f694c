//! How many cases are to be expected on each of the next days.
//!
//! The expected number of a day is `level × weekday × peak`. Level and weekdays
//! follow the series by exponential smoothing with a damped trend
//! (`filter`); the peak is what the same week stood out by in the years
//! before (`peaks`). The factors multiply, because a shop that doubles has
//! twice the cases on each weekday and in each sale; and they are smoothed on
//! the scale of the counts and not of their logarithms, because a quiet shop
//! has days without any, which have no logarithm.
//!
//! The interval is that of a negative binomial whose variance is
//! `φ·μ + κ(h)·μ²`: `φ` is how much more the counts scatter than a Poisson's,
//! and `κ`, which grows with the horizon, how far off the expected number
//! itself was when this series was forecast before (`fit`).

use crate::Day;
use crate::learning::moments::Moments;
use crate::statistics::tails::t_quantile;

mod filter;
mod fit;
mod hours;
mod peaks;
mod spread;

pub use hours::Profile;

use filter::{Gains, Points};

/// Most days of a series: three years.
pub const DAYS_MAX: usize = 1_096;
/// Furthest day that is looked at.
pub const HORIZON_MAX: u16 = 90;
/// Below so many observed days there is no weekly pattern to be seen.
pub const DAYS_MIN: usize = 14;

/// Counts of consecutive local days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    first: Day,
    counts: Vec<Option<u32>>,
}

/// Why a forecast cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForecastProblem {
    /// Nothing, or more than is looked at.
    #[error("a series has 1–{DAYS_MAX} days")]
    Days,
    /// Only gaps.
    #[error("a series has at least one day whose count is known")]
    Unknown,
    /// Not ahead, or too far.
    #[error("a forecast looks 1–{HORIZON_MAX} days ahead")]
    Horizon,
}

impl Series {
    /// The counts of days from the first on; none for a day of which nobody knows (a gap), which is
    /// something else than a day on which nothing came.
    ///
    /// # Errors
    /// When there are too many days, or none with a count.
    pub fn new(first: Day, counts: Vec<Option<u32>>) -> Result<Self, ForecastProblem> {
        if counts.is_empty() || counts.len() > DAYS_MAX {
            return Err(ForecastProblem::Days);
        }
        if counts.iter().all(Option::is_none) {
            return Err(ForecastProblem::Unknown);
        }
        Ok(Self { first, counts })
    }

    fn day(&self, at: usize) -> Day {
        let days = i32::try_from(at).unwrap_or(i32::MAX);
        Day::from_number(self.first.number().saturating_add(days))
    }

    fn observed(&self) -> impl Iterator<Item = u32> + '_ {
        self.counts.iter().copied().flatten()
    }
}

/// What the numbers were made from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// The plain mean of fewer than [`DAYS_MIN`] days, the same for every day ahead: a guess with a wide
    /// interval, and to be shown as one.
    PlainMean {
        /// Of how many days.
        days: usize,
    },
    /// Level, weekdays, and the peaks of the years before.
    Weekly {
        /// How much of a day's surprise goes into the level.
        level_gain: f64,
        /// And of that into the trend.
        trend_gain: f64,
        /// How much of it goes into the weekday.
        season_gain: f64,
        /// The variance of a count beside its mean, at least 1.
        dispersion: f64,
    },
}

/// What is expected of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// The local day.
    pub day: Day,
    /// How many cases.
    pub expected: f64,
    /// From how many to how many with 80 %.
    pub within_80: (u64, u64),
    /// From how many to how many with 95 %.
    pub within_95: (u64, u64),
    /// By how much the week stands out, as it did in the years before; none where it did not.
    pub peak: Option<f64>,
}

/// The days ahead, and what they are made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// How.
    pub method: Method,
    /// One day after the other, from the first after the series on.
    pub days: Vec<Ahead>,
}

/// The days that follow a series. The same series gives the same numbers, always.
///
/// # Errors
/// When the horizon is not 1–[`HORIZON_MAX`] days.
pub fn forecast(series: &Series, horizon: u16) -> Result<Forecast, ForecastProblem> {
    if !(1..=HORIZON_MAX).contains(&horizon) {
        return Err(ForecastProblem::Horizon);
    }
    let days = series.observed().count();
    if days < DAYS_MIN {
        return Ok(Forecast { method: Method::PlainMean { days }, days: plain(series, horizon) });
    }
    let peaks = peaks::Peaks::of(series);
    let points = Points::of(series, &peaks);
    let fit = fit::fit(&points);
    let Gains { level, trend, season } = fit.gains;
    let method = Method::Weekly {
        level_gain: level,
        trend_gain: trend,
        season_gain: season,
        dispersion: fit.dispersion,
    };
    let state = filter::run(&points, fit.gains);
    let ahead = (1..=usize::from(horizon)).map(|h| {
        let day = series.day(series.counts.len() + h - 1);
        let peak = peaks.expected(day);
        let expected = state.expected(h, filter::weekday(day), peak.factor);
        let share = fit.drift(h, state.level) + peak.variance;
        // Of what never came lately one cannot say that it never will: half a case in four weeks.
        let centre = expected.max(0.5 / 28.0);
        let variance = fit.dispersion * centre + share.min(1.0) * centre * centre;
        let peak = Some(peak.factor).filter(|factor| (factor - 1.0).abs() > 1e-9);
        ahead(day, expected, (centre, variance), peak)
    });
    Ok(Forecast { method, days: ahead.collect() })
}

fn ahead(day: Day, expected: f64, (centre, variance): (f64, f64), peak: Option<f64>) -> Ahead {
    let within_80 = spread::between(centre, variance, 0.8);
    Ahead { day, expected, within_80, within_95: spread::between(centre, variance, 0.95), peak }
}

/// The mean of a few days. How far off it may be is judged by Student's t for so few, never by less than
/// twice a Poisson's variance, and more by one half for each week ahead; but never by more than what one
/// knows who has seen half a case (a negative binomial of size ½, after Jeffreys' prior for a Poisson's
/// mean): with more variance still, the middle of the interval would be taken for nothing at all.
fn plain(series: &Series, horizon: u16) -> Vec<Ahead> {
    let seen = Moments::of(series.observed().map(f64::from));
    let n = seen.n as f64;
    let mean = seen.sum / n;
    let centre = mean.max(0.5 / n);
    let spread = seen.variance().unwrap_or(0.0).max(2.0 * centre);
    let few = (t_quantile(n - 1.0) / 1.96).powi(2);
    let days = (1..=horizon).map(|h| {
        let day = series.day(series.counts.len() + usize::from(h) - 1);
        let wide = spread * (1.0 + 1.0 / n) * few * (1.0 + f64::from(h) / 14.0);
        let variance = wide.min(centre + 2.0 * centre * centre);
        ahead(day, mean, (centre, variance), None)
    });
    days.collect()
}
