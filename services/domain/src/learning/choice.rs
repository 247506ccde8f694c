//! Which alternative comes first, and how likely that was.
//!
//! Thompson sampling chooses an alternative as often as it is the best one
//! under what is known (W. R. Thompson 1933, Biometrika 25: 285–294). Instead
//! of drawing from each posterior, that probability is worked out on a grid and
//! one draw made from it, so that the probability with which something came
//! first is known exactly and can be stored with the choice: its propensity.

use super::acceptance::Posterior;

/// An alternative to choose from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arm {
    /// How likely the buyer accepts.
    pub posterior: Posterior,
    /// What it costs if so, in minor units.
    pub accepted: f64,
    /// What it is expected to cost if not.
    pub declined: f64,
}

/// How much may be tried out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Most of the choices that fall on another than the one that looks best, 0–1.
    pub explore: f64,
    /// Least share of each while exploring, 0–1.
    pub floor: f64,
}

/// Cells of each posterior.
const POINTS: u32 = 48;

/// The expected cost under a posterior mean.
#[must_use]
pub fn expected(arm: &Arm) -> f64 {
    let accept = arm.posterior.mean();
    accept * arm.accepted + (1.0 - accept) * arm.declined
}

/// How likely each arm is to be chosen: positive, and together 1.
#[must_use]
pub fn shares(arms: &[Arm], limits: Limits) -> Vec<f64> {
    let costs: Vec<f64> = arms.iter().map(expected).collect();
    let best = costs.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(i, _)| i);
    let spreads: Vec<Spread> = arms.iter().map(Spread::of).collect();
    let wins: Vec<f64> = (0..arms.len()).map(|i| wins(i, &spreads)).collect();
    let total: f64 = wins.iter().sum();
    let others = arms.len().saturating_sub(1) as f64;
    let explore = limits.explore.clamp(0.0, 1.0);
    if others < 1.0 || explore <= 0.0 || total <= 0.0 {
        return (0..arms.len()).map(|i| if i == best { 1.0 } else { 0.0 }).collect();
    }
    let floor = limits.floor.clamp(0.0, explore / others);
    let wanted = |win: f64| (win / total).max(floor);
    let apart = |(i, win): (usize, &f64)| if i == best { 0.0 } else { wanted(*win) };
    let tried: f64 = wins.iter().enumerate().map(apart).sum();
    // Above the cap, what exceeds the floors shrinks; the floors stay.
    let spread = tried - floor * others;
    let scale = if tried > explore && spread > 0.0 { (explore - floor * others) / spread } else { 1.0 };
    let mut shares: Vec<f64> = wins.iter().map(|win| floor + (wanted(*win) - floor) * scale).collect();
    let rest: f64 = shares.iter().enumerate().filter(|(i, _)| *i != best).map(|(_, s)| *s).sum();
    if let Some(share) = shares.get_mut(best) {
        *share = 1.0 - rest;
    }
    shares
}

/// Which arm a number from 0 to 1 falls on.
#[must_use]
pub fn pick(shares: &[f64], at: f64) -> usize {
    let mut sum = 0.0;
    let hit = shares.iter().position(|share| {
        sum += share;
        at < sum
    });
    hit.unwrap_or_else(|| shares.iter().rposition(|share| *share > 0.0).unwrap_or(0))
}

/// An arm's cost as cells from the lowest to the highest, with their probability.
struct Spread {
    cells: Vec<(f64, f64)>,
}

impl Spread {
    /// Around the mean by eight deviations, where the density is.
    fn of(arm: &Arm) -> Self {
        let Posterior { alpha, beta } = arm.posterior;
        let mean = arm.posterior.mean();
        let wide = 8.0 * (mean * (1.0 - mean) / (alpha + beta + 1.0)).sqrt();
        let (from, to) = ((mean - wide).max(0.0), (mean + wide).min(1.0));
        let step = (to - from) / f64::from(POINTS);
        let log_density = |x: f64| (alpha - 1.0) * x.ln() + (beta - 1.0) * (1.0 - x).ln();
        // Relative to the mean, or the powers of a thousand answers would vanish.
        let scale = log_density(mean.clamp(1e-9, 1.0 - 1e-9));
        let cell = |point: u32| {
            let x = from + step * (f64::from(point) + 0.5);
            let cost = x * arm.accepted + (1.0 - x) * arm.declined;
            (cost, (log_density(x) - scale).exp())
        };
        let mut cells: Vec<(f64, f64)> = (0..POINTS).map(cell).collect();
        cells.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = cells.iter().map(|(_, mass)| *mass).sum();
        cells.iter_mut().for_each(|(_, mass)| *mass /= total);
        Self { cells }
    }

    /// How likely it costs more than each of these, which rise; what costs the same counts half.
    fn above<'a>(&'a self, costs: impl Iterator<Item = f64> + 'a) -> impl Iterator<Item = f64> + 'a {
        let (mut next, mut below) = (0, 0.0);
        costs.map(move |cost| {
            while let Some((_, mass)) = self.cells.get(next).filter(|(own, _)| *own < cost) {
                below += *mass;
                next += 1;
            }
            let same: f64 =
                self.cells.iter().skip(next).take_while(|(own, _)| *own <= cost).map(|c| c.1).sum();
            (1.0 - below - same / 2.0).max(0.0)
        })
    }
}

/// How likely the arm is the cheapest: the sum over its cells of their probability times that of all
/// others costing more.
fn wins(index: usize, spreads: &[Spread]) -> f64 {
    let Some(own) = spreads.get(index) else { return 0.0 };
    let mut cells: Vec<f64> = own.cells.iter().map(|(_, mass)| *mass).collect();
    for (_, other) in spreads.iter().enumerate().filter(|(i, _)| *i != index) {
        let above = other.above(own.cells.iter().map(|(cost, _)| *cost));
        cells.iter_mut().zip(above).for_each(|(cell, above)| *cell *= above);
    }
    cells.iter().sum()
}
