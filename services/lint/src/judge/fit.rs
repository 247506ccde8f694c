//! A linear judge with a quadratic penalty and squared hinge loss, one text after the other in the dual.
//!
//! For each text the best dual variable is found exactly while all others stand, which needs no step
//! size and ends at the one best set of weights: Hsieh, Chang, Lin, Keerthi and Sundararajan, "A dual
//! coordinate descent method for large-scale linear SVM", ICML 2008, with its L2 loss.

use super::signs::{BESIDE, ROWS, Sight};

/// What a text's loss counts beside the penalty of the weights.
const LOSS: f64 = 0.5;

/// The weights are the mean of so many looks at them in each pass, after the first quarter of all: what all
/// texts have in common swings with the last few, and the mean does not (it belongs to the mean of the dual
/// variables, which is no worse than they are).
const LOOKS: usize = 8;

/// One text as a row of numbers.
pub(super) struct Sample {
    numbers: Vec<(u32, f32)>,
    square: f64,
}

impl Sample {
    /// `factors` say what each row counts.
    pub(super) fn of(sight: &Sight, factors: &[f32]) -> Self {
        let factor = |row: usize| factors.get(row).copied().unwrap_or(1.0);
        let rows = sight.weighed().map(|(row, share)| (row, share * factor(row)));
        let beside = sight.beside.iter().enumerate().map(|(at, value)| (ROWS + at, *value));
        let numbers: Vec<(u32, f32)> = rows
            .chain(beside.filter(|(_, value)| *value != 0.0))
            .map(|(at, value)| (u32::try_from(at).unwrap_or(u32::MAX), value))
            .collect();
        let square = numbers.iter().map(|(_, value)| f64::from(*value).powi(2)).sum();
        Self { numbers, square }
    }

    fn times(&self, weights: &[f64]) -> f64 {
        let at = |place: u32| weights.get(place as usize).copied().unwrap_or(0.0);
        self.numbers.iter().map(|(place, value)| at(*place) * f64::from(*value)).sum()
    }

    fn add(&self, weights: &mut [f64], times: f64) {
        for (place, value) in &self.numbers {
            if let Some(weight) = weights.get_mut(*place as usize) {
                *weight += times * f64::from(*value);
            }
        }
    }
}

/// The weights of rows, then of what is beside them. `orders` are the orders in which texts are gone
/// through; a text that stands in none of them is not learnt.
pub(super) fn fit(samples: &[Sample], labels: &[bool], orders: &[Vec<usize>]) -> Vec<f64> {
    let mut weights = vec![0.0; ROWS + BESIDE];
    let mut duals = vec![0.0; samples.len()];
    let sign = |label: bool| if label { 1.0 } else { -1.0 };
    let (mut mean, mut taken) = (vec![0.0; weights.len()], 0.0);
    let each = (samples.len() / LOOKS).max(1);
    let settled = orders.iter().map(Vec::len).sum::<usize>() / 4;
    for (step, n) in orders.iter().flatten().enumerate() {
        let (Some(sample), Some(label), Some(dual)) = (samples.get(*n), labels.get(*n), duals.get_mut(*n))
        else {
            continue;
        };
        let before = *dual;
        *dual = best(sample.square, sign(*label) * sample.times(&weights), before);
        if *dual != before {
            sample.add(&mut weights, sign(*label) * (*dual - before));
        }
        if step >= settled && step % each == 0 {
            mean.iter_mut().zip(&weights).for_each(|(mean, weight)| *mean += weight);
            taken += 1.0;
        }
    }
    mean.iter_mut().for_each(|mean| *mean /= f64::max(taken, 1.0));
    mean
}

/// The dual variable at which the margin of its text is one less what it costs to be wrong; never below 0.
fn best(square: f64, margin: f64, before: f64) -> f64 {
    const SLACK: f64 = 1.0 / (2.0 * LOSS);
    let slope = margin - 1.0 + SLACK * before;
    (before - slope / (square + SLACK)).max(0.0)
}
