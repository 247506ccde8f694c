//! Series that are made: of a known level, week, trend and peaks, with counts that scatter more than a
//! Poisson's.

use crate::make_beta::Draws;

/// What a series is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct World {
    /// Cases on a mean day at its beginning.
    pub(super) level: f64,
    /// By how much it grows in a year.
    pub(super) growth: f64,
    /// How far the level wanders from day to day, as a share.
    pub(super) wander: f64,
    /// The variance of a count beside its mean.
    pub(super) dispersion: f64,
    /// How busy its two sale weeks of each year are.
    pub(super) peak: f64,
    /// The share of days of which nobody knows.
    pub(super) gaps: f64,
}

const WEEK: [f64; 7] = [1.35, 1.2, 1.1, 1.05, 1.0, 0.75, 0.55];

impl World {
    /// So many days from a Monday in the first week of a year on.
    pub(super) fn live(&self, seed: u64, days: usize) -> Vec<Option<u32>> {
        let mut draws = Draws::new(seed);
        let (mut level, mut height) = (self.level, 1.0);
        let day = |n: usize| {
            level *= 1.0 + self.growth / 364.0 + self.wander * draws.normal();
            let week = n / 7 % 52 + 1;
            if n.is_multiple_of(7) {
                // A sale is never quite what it was the year before.
                height = 1.0 + (self.peak - 1.0) * (1.0 + 0.2 * draws.normal()).max(0.0);
            }
            let busy = if [24, 46].contains(&week) { height } else { 1.0 };
            let mean = level * WEEK[n % 7] * busy;
            let mean = if self.dispersion > 1.0 {
                let size = mean / (self.dispersion - 1.0);
                draws.gamma(size) * (self.dispersion - 1.0)
            } else {
                mean
            };
            let count = poisson(&mut draws, mean);
            (draws.unit() >= self.gaps).then_some(count)
        };
        (0..days).map(day).collect()
    }
}

/// By the times between arrivals.
fn poisson(draws: &mut Draws, mean: f64) -> u32 {
    let (mut count, mut at) = (0, -draws.unit().ln());
    while at < mean {
        (count, at) = (count + 1, at - draws.unit().ln());
    }
    count
}
