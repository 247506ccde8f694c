//! Logistic regression with a quadratic penalty, one text after the other in the dual.
//!
//! For each text the best dual variable is found exactly while all others stand, which needs no step
//! size and ends at the one best set of weights: Yu, Huang and Lin, "Dual coordinate descent methods for
//! logistic regression and maximum entropy models", Machine Learning 85 (2011): 41–75.

use super::signs::{BESIDE, ROWS, Sight};

/// What a text's loss counts beside the penalty of the weights.
const LOSS: f64 = 10.0;

/// The weights are the mean of so many looks at them in each pass, after the first quarter of all: what all
/// texts have in common swings with the last few, and the mean does not (it belongs to the mean of the dual
/// variables, which is no worse than they are).
const LOOKS: usize = 8;

const STEPS_MAX: usize = 30;
const CLOSE: f64 = 1e-6;

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
    // The dual variable of each text is LOSS times the sigmoid of this.
    let mut duals = vec![f64::NEG_INFINITY; samples.len()];
    let sign = |label: bool| if label { 1.0 } else { -1.0 };
    let (mut mean, mut taken) = (vec![0.0; weights.len()], 0.0);
    let each = (samples.len() / LOOKS).max(1);
    let settled = orders.iter().map(Vec::len).sum::<usize>() / 4;
    for (step, n) in orders.iter().flatten().enumerate() {
        let (Some(sample), Some(label), Some(dual)) = (samples.get(*n), labels.get(*n), duals.get_mut(*n))
        else {
            continue;
        };
        let before = LOSS * sigmoid(*dual);
        *dual = best(sample.square, sign(*label) * sample.times(&weights), before);
        sample.add(&mut weights, sign(*label) * (LOSS * sigmoid(*dual) - before));
        if step >= settled && step % each == 0 {
            mean.iter_mut().zip(&weights).for_each(|(mean, weight)| *mean += weight);
            taken += 1.0;
        }
    }
    mean.iter_mut().for_each(|mean| *mean /= f64::max(taken, 1.0));
    mean
}

/// The root of `square · (LOSS · sigmoid(t) − before) + margin + t`, which rises with t: Newton's steps,
/// halving where they leave the bounds.
fn best(square: f64, margin: f64, before: f64) -> f64 {
    let (mut low, mut high) = (-margin - square * (LOSS - before), -margin + square * before);
    let mut t = (low + high) / 2.0;
    for _ in 0..STEPS_MAX {
        let share = sigmoid(t);
        let value = square * (LOSS * share - before) + margin + t;
        if value.abs() < CLOSE {
            break;
        }
        if value > 0.0 {
            high = t
        } else {
            low = t
        }
        let next = t - value / (1.0 + square * LOSS * share * (1.0 - share));
        t = if low < next && next < high { next } else { (low + high) / 2.0 };
    }
    t
}

fn sigmoid(t: f64) -> f64 {
    1.0 / (1.0 + (-t).exp())
}
