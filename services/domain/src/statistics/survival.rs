//! How long until something happens, among members of whom some were not yet followed to the end.

use std::collections::BTreeMap;

use super::{Estimate, Z};
use crate::rate::wilson;

/// The days at which a curve is told, counted from the entry.
pub const DAYS: [u32; 5] = [1, 7, 14, 30, 90];

/// What differs by rounding alone is the same share.
const ROUNDING: f64 = 1e-12;

/// Members that left on one day since their entry, 0 being the day of the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exits {
    /// Those for whom it happened that day.
    pub events: u64,
    /// Those for whom it had not happened when they were last looked at, that day.
    pub censored: u64,
}

/// The product-limit estimate of the share for whom it has not happened yet.
///
/// On each day `S` is multiplied by `1 − d/n`, with `d` events among the `n` who are still there when the
/// day begins: Kaplan and Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958):
/// 457–481. On a day with both, events come before censoring: who was last looked at on a day was there for
/// the whole of it. Its variance is `S²·Σ d/(n·(n − d))` (Greenwood, "The natural duration of cancer",
/// Reports on Public Health and Medical Subjects 33 (1926): 1–26), and its interval
/// `S^exp(±z·√Σ/|ln S|)`, that of `ln(−ln S)`, which stays in 0 … 1 (Kalbfleisch and Prentice, The
/// Statistical Analysis of Failure Time Data (1980), §1.3; Collett, Modelling Survival Data in Medical
/// Research, chapter 2).
///
/// At 1 and at 0 that interval does not exist. There it is Wilson's, of as many members as tell: those
/// there when the day begins, divided by `S` before it (Peto's effective size, see Dorey and Korn,
/// "Effective sample sizes for confidence intervals for survival probabilities", Statistics in Medicine 6
/// (1987): 679–687). Without censoring these are all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    steps: Vec<Step>,
}

/// A day on which somebody left.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    day: u32,
    at_risk: u64,
    before: f64,
    after: f64,
    greenwood: f64,
}

/// The curve on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Days since the entry.
    pub day: u32,
    /// Members still there when the day begins.
    pub at_risk: u64,
    /// The share for whom it has not happened by the end of the day.
    pub survival: Estimate,
    /// Greenwood's variance of that share; 0 where the share is 0 or 1.
    pub variance: f64,
}

/// The first day by whose end it happened for a share of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The day; none while the curve has not come so far.
    pub day: Option<u32>,
    /// The interval's first day; none while not even its lower end has come so far.
    pub lower: Option<u32>,
    /// The interval's last day; none while it has no end.
    pub upper: Option<u32>,
}

impl Curve {
    /// From the days on which somebody left, in any order; counts of the same day add up.
    #[must_use]
    pub fn of(exits: impl IntoIterator<Item = (u32, Exits)>) -> Self {
        let mut days = BTreeMap::<u32, Exits>::new();
        for (day, exits) in exits {
            let sum = days.entry(day).or_default();
            sum.events += exits.events;
            sum.censored += exits.censored;
        }
        days.retain(|_, exits| *exits != Exits::default());
        let mut at_risk: u64 = days.values().map(|exits| exits.events + exits.censored).sum();
        let (mut before, mut greenwood) = (1.0, 0.0);
        let mut steps = Vec::with_capacity(days.len());
        for (day, Exits { events, censored }) in days {
            let (n, d) = (at_risk as f64, events as f64);
            let after = if events == at_risk { 0.0 } else { before * ((n - d) / n) };
            if events < at_risk {
                greenwood += d / (n * (n - d));
            }
            steps.push(Step { day, at_risk, before, after, greenwood });
            before = after;
            at_risk -= events + censored;
        }
        Self { steps }
    }

    /// How many entered.
    #[must_use]
    pub fn entered(&self) -> u64 {
        self.steps.first().map_or(0, |step| step.at_risk)
    }

    /// The curve at the end of a day; none where nobody was followed that far and it is not over for all.
    #[must_use]
    pub fn at(&self, day: u32) -> Option<Point> {
        let last = self.steps.last()?;
        if day > last.day && last.after > 0.0 {
            return None;
        }
        let next = self.steps.partition_point(|step| step.day < day);
        let at_risk = self.steps.get(next).map_or(0, |step| step.at_risk);
        let passed = self.steps.partition_point(|step| step.day <= day).checked_sub(1);
        let step = passed.and_then(|index| self.steps.get(index));
        let (value, greenwood) = step.map_or((1.0, 0.0), |step| (step.after, step.greenwood));
        let effective = match step {
            Some(step) if step.after <= 0.0 => step.at_risk as f64 / step.before,
            _ => at_risk as f64,
        };
        let (lower, upper) = interval(value, greenwood, effective);
        let survival = Estimate { value, lower, upper };
        Some(Point { day, at_risk, survival, variance: value * value * greenwood })
    }

    /// The first day by whose end it happened for at least that share of all, 0.5 for the median time.
    ///
    /// Its interval are the days on which the curve's own interval holds the rest of the share (Brookmeyer
    /// and Crowley, "A confidence interval for the median survival time", Biometrics 38 (1982): 29–41).
    #[must_use]
    pub fn reached(&self, share: f64) -> Reached {
        let left = 1.0 - share + ROUNDING;
        let first = |of: fn(Estimate) -> f64| {
            let points = self.steps.iter().filter_map(|step| self.at(step.day));
            points.into_iter().find(|point| of(point.survival) <= left).map(|point| point.day)
        };
        Reached { day: first(|s| s.value), lower: first(|s| s.lower), upper: first(|s| s.upper) }
    }
}

impl Point {
    /// The share for whom it has happened by the end of the day, `1 − S`.
    #[must_use]
    pub fn happened(self) -> Estimate {
        let Estimate { value, lower, upper } = self.survival;
        Estimate { value: 1.0 - value, lower: 1.0 - upper, upper: 1.0 - lower }
    }
}

fn interval(value: f64, greenwood: f64, effective: f64) -> (f64, f64) {
    if value <= 0.0 || greenwood <= 0.0 {
        return wilson(value, effective);
    }
    let spread = (Z * greenwood.sqrt() / value.ln().abs()).exp();
    (value.powf(spread), value.powf(spread.recip()))
}
