//! When complaints about an article are more than chance: a p-chart of weeks.
//!
//! A week is seven civil days of the shop. Its complaints are the cases that were opened in it about the
//! article with this first reason; its units are those that were delivered in the [`DELIVERED_DAYS`] days that
//! end with it, because buyers complain within days or weeks of the delivery. Both are counts of a p-chart
//! (Montgomery, Introduction to Statistical Quality Control, §7.2): a share of units, with limits that
//! follow the number of units.
//!
//! Three deviations alone would cry wolf: each day every article is looked at with every reason. So a week must
//! also be as unlikely beside its base as [`ALARMS_PER_LOOK`], divided by the number of pairs that were looked at
//! (Bonferroni). What is usual is itself known from few complaints only; the chance is therefore the exact
//! one of two counts, given their sum: `P(X ≥ k)`, `X ~ Bin(k + K, n / (n + N))` for `k` of `n` beside `K` of
//! `N` (Przyborowski and Wilenski, Biometrika 31 (1940)). Given the sums, a pair with fewer complaints in all
//! weeks together than one week must have cannot signal: only the others are pairs that were looked at (Tarone,
//! Biometrics 46 (1990)).

use crate::Time;
use crate::statistics::chart::{Alarm, Base, Judged, Sample, Verdict};
use crate::statistics::tails::at_least;

/// How many days of deliveries stand behind the complaints of a week, itself included.
pub const DELIVERED_DAYS: i32 = 28;

/// Weeks with deliveries that a base has at least.
pub const WEEKS_LEAST: usize = 8;

/// False alarms that all pairs of a shop together raise in one look at most, on average.
pub const ALARMS_PER_LOOK: f64 = 0.01;

/// From when on a shop wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Whether it is looked at all.
    pub on: bool,
    /// Complaints that the week has at least.
    pub least_complaints: u32,
    /// Units that stand behind the week at least.
    pub least_units: u32,
    /// From how many weeks before it is known what is usual.
    pub base_weeks: u32,
}

impl Default for Watch {
    fn default() -> Self {
        Self { on: true, least_complaints: 5, least_units: 30, base_weeks: 12 }
    }
}

/// A week with far more complaints than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// When the week begins.
    pub from: Time,
    /// The first instant after it.
    pub until: Time,
    /// Its complaints, and the units that stand behind them.
    pub week: Sample,
    /// Those of the weeks before, added up.
    pub base: Sample,
    /// How many weeks that were.
    pub weeks: u32,
    /// How many pairs of an article and a reason were looked at together.
    pub pairs: u64,
}

/// How a week is beside those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The week on the chart.
    pub judged: Judged,
    /// The weeks before that have deliveries, added up.
    pub base: Sample,
    /// How many those are.
    pub weeks: u32,
    /// How likely so many complaints or more are by chance; none where nothing can be said.
    pub chance: Option<f64>,
    /// Whether it is a signal.
    pub signals: bool,
}

/// Judges a week beside the ones before it.
#[must_use]
pub fn judge(watch: &Watch, before: &[Sample], week: Sample, pairs: u64) -> Point {
    let base: Vec<Sample> = before.iter().copied().map(whole).filter(|one| one.size > 0).collect();
    let week = whole(week);
    let judged = Base::of(base.iter().copied()).judge(week, Alarm::Quiet);
    let sum = base.iter().fold(Sample::default(), |sum, one| Sample {
        count: sum.count + one.count,
        size: sum.size + one.size,
    });
    let chance = chance(week, sum);
    let enough = week.count >= u64::from(watch.least_complaints)
        && week.size >= u64::from(watch.least_units)
        && base.len() >= WEEKS_LEAST;
    let seldom = chance.is_some_and(|chance| chance <= ALARMS_PER_LOOK / pairs.max(1) as f64);
    let signals = enough && seldom && judged.verdict == Verdict::Above;
    Point { judged, base: sum, weeks: u32::try_from(base.len()).unwrap_or(u32::MAX), chance, signals }
}

/// More complaints than units: every unit was complained about. Without any unit nothing is known.
const fn whole(sample: Sample) -> Sample {
    if sample.size > 0 && sample.count > sample.size {
        Sample { count: sample.count, size: sample.count }
    } else {
        sample
    }
}

/// How likely a week has so many complaints or more, if it is as the base.
fn chance(week: Sample, base: Sample) -> Option<f64> {
    let all = week.size + base.size;
    let ours = week.size as f64 / all as f64;
    (week.size > 0 && base.size > 0).then(|| at_least(week.count, week.count + base.count, ours))
}

impl Signal {
    /// How many complaints would have been usual.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.base.share().map_or(0.0, |usual| usual * self.week.size as f64)
    }

    /// How many times the usual share this is; none where none was usual.
    #[must_use]
    pub fn factor(&self) -> Option<f64> {
        Some(self.expected()).filter(|usual| *usual > 0.0).map(|usual| self.week.count as f64 / usual)
    }

    /// The upper limit of the share.
    #[must_use]
    pub fn limit(&self) -> Option<f64> {
        Base::of([self.base]).limits(self.week.size).map(|limits| limits.upper)
    }

    /// How likely so many complaints or more are by chance.
    #[must_use]
    pub fn chance(&self) -> f64 {
        chance(self.week, self.base).unwrap_or(1.0)
    }
}
