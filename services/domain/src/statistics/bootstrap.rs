//! Intervals by resampling, where no formula is right.

use super::Estimate;
use super::draws::Draws;
use super::tails::{normal_below, normal_quantile};

/// How to resample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Where the random numbers come from: the same seed, the same interval.
    pub seed: u64,
    /// How many resamples; at least one is made.
    pub rounds: u32,
    /// How often the interval shall hold the truth, 0–1.
    pub level: f64,
}

impl Plan {
    /// An interval at 95 % from 2,000 resamples.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, rounds: 2_000, level: 0.95 }
    }
}

/// A value with the interval that leaves as many resampled ones out below as above.
///
/// Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979): 1–26; Efron and
/// Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. `draw` makes a resample and
/// tells its value. None if any is no number.
#[must_use]
pub fn percentile(plan: Plan, value: f64, mut draw: impl FnMut(&mut Draws) -> f64) -> Option<Estimate> {
    let mut draws = Draws::new(plan.seed);
    let drawn = sorted((0..plan.rounds.max(1)).map(|_| draw(&mut draws)).collect())?;
    let outside = (1.0 - plan.level) / 2.0;
    Some(Estimate { value, lower: ranked(&drawn, outside)?, upper: ranked(&drawn, 1.0 - outside)? })
}

/// A statistic of a sample with the interval BCa, which is corrected for bias and for a spread that grows
/// with the value.
///
/// Its ends are the resampled values at the shares `Φ(z₀ + (z₀ + z)/(1 − a·(z₀ + z)))`, with `z₀` from the
/// share of resampled values below the sample's (ties by half), and `a = Σ δ³/(6·(Σ δ²)^1.5)` from how
/// far the statistic without each member is from the mean of those: Efron, "Better bootstrap confidence
/// intervals", JASA 82 (1987): 171–185; Efron and Tibshirani (1993), §14.3. It costs as many
/// evaluations as rounds and members. None of fewer than two values, or where any value is no number.
#[must_use]
pub fn bca(plan: Plan, values: &[f64], statistic: impl Fn(&[f64]) -> f64) -> Option<Estimate> {
    if values.len() < 2 {
        return None;
    }
    let value = statistic(values);
    let mut draws = Draws::new(plan.seed);
    let mut resample = values.to_vec();
    let mut drawn = Vec::new();
    for _ in 0..plan.rounds.max(1) {
        for slot in &mut resample {
            *slot = values.get(draws.below(values.len())).copied()?;
        }
        drawn.push(statistic(&resample));
    }
    let drawn = sorted(drawn)?;
    let below = drawn.partition_point(|one| *one < value);
    let same = drawn.partition_point(|one| *one <= value) - below;
    // All on one side would be an infinite correction: half a resample more stands for what was not seen.
    let count = drawn.len() as f64;
    let share = (below as f64 + same as f64 / 2.0).clamp(0.5, count - 0.5) / count;
    let bias = normal_quantile(share);
    let growth = acceleration(values, statistic)?;
    let end = |z: f64| {
        let (moved, scale) = (bias + z, 1.0 - growth * (bias + z));
        let at = if scale > 0.0 { normal_below(bias + moved / scale) } else { normal_below(z) };
        ranked(&drawn, at)
    };
    let z = normal_quantile(f64::midpoint(1.0, plan.level));
    value.is_finite().then_some(Estimate { value, lower: end(-z)?, upper: end(z)? })
}

/// From the statistic without each member; 0 where it makes no difference.
fn acceleration(values: &[f64], statistic: impl Fn(&[f64]) -> f64) -> Option<f64> {
    let without = |index: usize| {
        let rest: Vec<f64> =
            values.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, x)| *x).collect();
        statistic(&rest)
    };
    let all: Vec<f64> = (0..values.len()).map(without).collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    let (squares, cubes) = all.iter().fold((0.0, 0.0), |(squares, cubes), one| {
        let apart = mean - one;
        (squares + apart.powi(2), cubes + apart.powi(3))
    });
    let growth = if squares > 0.0 { cubes / (6.0 * squares.powf(1.5)) } else { 0.0 };
    growth.is_finite().then_some(growth)
}

fn sorted(mut drawn: Vec<f64>) -> Option<Vec<f64>> {
    drawn.sort_unstable_by(f64::total_cmp);
    drawn.iter().all(|one| one.is_finite()).then_some(drawn)
}

/// The least value below or at which that share of the sorted ones lies.
fn ranked(sorted: &[f64], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied()
}
