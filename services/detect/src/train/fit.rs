//! Logistic regression by stochastic gradient, for several lanes at once.

use crate::cue::CUES;
use crate::head::{Head, ln, sigmoid};
use crate::model::scale_of;
use crate::table::row;

/// One text for one fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample<'a, const L: usize> {
    pub(super) features: &'a [u32],
    /// How many features the text has, those that are not learnt included.
    pub(super) feature_count: usize,
    pub(super) cues: &'a [f32; CUES],
    /// 0 or 1 in each lane.
    pub(super) labels: [f32; L],
    /// How much each lane counts; 0 where the label is not known.
    pub(super) weights: [f32; L],
}

/// How fast to learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) step: f32,
    /// Added to each count before the log-ratio is taken.
    pub(super) smoothing: f32,
    pub(super) ratio_max: f32,
}

/// The weight of a row and lane in a model that is begun from.
pub(super) type Weight<'a> = dyn Fn(usize, usize) -> f32 + 'a;

/// A model with what the gradient needs beside it.
#[derive(Debug, Clone)]
pub(super) struct Fit<const L: usize> {
    bits: u32,
    rates: Rates,
    cells: Vec<[Cell; L]>,
    heads: [Dense; L],
}

/// One weight: what it began as, how telling its feature is, what was learnt.
#[derive(Debug, Clone, Copy)]
struct Cell {
    base: f32,
    ratio: f32,
    learnt: f32,
    squares: f32,
}

impl Cell {
    const NEW: Self = Self { base: 0.0, ratio: 1.0, learnt: 0.0, squares: 1e-5 };

    const fn weight(self) -> f32 {
        self.base + self.learnt * self.ratio
    }
}

#[derive(Debug, Clone)]
struct Dense {
    /// The head it began as: its calibration stands until a better one is found.
    began_as: Head,
    bias: f32,
    bias_squares: f32,
    cues: [f32; CUES],
    squares: [f32; CUES],
}

impl<const L: usize> Fit<L> {
    /// Begins from nothing or from a model, and learns how telling each feature is.
    pub(super) fn new(
        bits: u32,
        rates: Rates,
        samples: &[Sample<'_, L>],
        base: Option<(&Weight<'_>, &[Head])>,
    ) -> Self {
        let new = Dense {
            began_as: Head::default(),
            bias: -1.0,
            bias_squares: 1e-2,
            cues: [0.0; CUES],
            squares: [1e-4; CUES],
        };
        let mut fit = Self {
            bits,
            rates,
            cells: vec![[Cell::NEW; L]; 1 << bits],
            heads: std::array::from_fn(|_| new.clone()),
        };
        fit.take_ratios(samples);
        if let Some((weight, heads)) = base {
            fit.begin_from(weight, heads);
        }
        fit
    }

    fn begin_from(&mut self, weight: &Weight<'_>, heads: &[Head]) {
        for (row, cells) in self.cells.iter_mut().enumerate() {
            for (lane, cell) in cells.iter_mut().enumerate() {
                cell.base = weight(row, lane);
            }
        }
        for (dense, head) in self.heads.iter_mut().zip(heads) {
            dense.bias = head.bias;
            dense.cues = head.cues;
            dense.began_as = head.clone();
        }
    }

    /// The log of how much likelier a feature stands in a text of one kind than of the other.
    fn take_ratios(&mut self, samples: &[Sample<'_, L>]) {
        let smoothing = self.rates.smoothing;
        let mut counts = vec![[[smoothing; 2]; L]; self.cells.len()];
        let mut totals = [[0.0_f64; 2]; L];
        let mut present: Vec<usize> = Vec::new();
        for sample in samples {
            let sides: [(f32, usize); L] = std::array::from_fn(|lane| {
                let weight = sample.weights.get(lane).copied().unwrap_or(0.0);
                (weight, usize::from(sample.labels.get(lane).is_some_and(|label| *label > 0.5)))
            });
            for (total, (weight, side)) in totals.iter_mut().zip(sides) {
                if let Some(total) = total.get_mut(side) {
                    *total += f64::from(weight);
                }
            }
            // Whether it stands in the text, and not how often.
            present.clear();
            present.extend(sample.features.iter().map(|feature| row(*feature, self.bits)));
            present.sort_unstable();
            present.dedup();
            for at in &present {
                let Some(counts) = counts.get_mut(*at) else { continue };
                for (count, (weight, side)) in counts.iter_mut().zip(sides) {
                    if let Some(count) = count.get_mut(side) {
                        *count += weight;
                    }
                }
            }
        }
        // A text of which nothing is known has the share of all; n-grams say what differs from it.
        for (dense, [no, yes]) in self.heads.iter_mut().zip(totals) {
            dense.bias = ln(yes.max(1.0) / no.max(1.0)) as f32;
        }
        let rates = self.rates;
        for (cells, counts) in self.cells.iter_mut().zip(&counts) {
            for ((cell, [no, yes]), [all_no, all_yes]) in cells.iter_mut().zip(counts).zip(totals) {
                let odds = (f64::from(*yes) / all_yes.max(1e-9)) / (f64::from(*no) / all_no.max(1e-9));
                cell.ratio = (ln(odds).abs() as f32).min(rates.ratio_max);
            }
        }
    }

    /// The scores of a text.
    pub(super) fn scores(&self, features: &[u32], count: usize, cues: &[f32; CUES]) -> [f32; L] {
        let mut sums = [0.0; L];
        for feature in features {
            let Some(cells) = self.cells.get(row(*feature, self.bits)) else { continue };
            for (sum, cell) in sums.iter_mut().zip(cells) {
                *sum += cell.weight();
            }
        }
        let scale = scale_of(count);
        for (sum, dense) in sums.iter_mut().zip(&self.heads) {
            let known: f32 = dense.cues.iter().zip(cues).map(|(weight, cue)| weight * cue).sum();
            *sum = dense.bias + *sum * scale + known;
        }
        sums
    }

    /// Learns from one text.
    pub(super) fn learn(&mut self, sample: &Sample<'_, L>) {
        let mut errors = self.scores(sample.features, sample.feature_count, sample.cues);
        for ((error, label), weight) in errors.iter_mut().zip(sample.labels).zip(sample.weights) {
            *error = (sigmoid(*error) - label) * weight;
        }
        let scale = scale_of(sample.feature_count);
        let step = self.rates.step;
        for feature in sample.features {
            let Some(cells) = self.cells.get_mut(row(*feature, self.bits)) else { continue };
            for (cell, error) in cells.iter_mut().zip(errors) {
                let slope = error * cell.ratio * scale;
                cell.squares += slope * slope;
                cell.learnt -= step * slope / cell.squares.sqrt();
            }
        }
        for (dense, error) in self.heads.iter_mut().zip(errors) {
            dense.learn(sample.cues, error, step);
        }
    }

    /// What was learnt of each row.
    pub(super) fn weights(&self) -> impl Iterator<Item = [f32; L]> + Clone {
        self.cells.iter().map(|cells| {
            let mut weights = [0.0; L];
            weights.iter_mut().zip(cells).for_each(|(weight, cell)| *weight = cell.weight());
            weights
        })
    }

    /// What was learnt beside the rows.
    pub(super) fn heads(&self) -> Vec<Head> {
        let head = |dense: &Dense| Head { bias: dense.bias, cues: dense.cues, ..dense.began_as.clone() };
        self.heads.iter().map(head).collect()
    }
}

impl Dense {
    fn learn(&mut self, cues: &[f32; CUES], error: f32, step: f32) {
        self.bias_squares += error * error;
        self.bias -= step * error / self.bias_squares.sqrt();
        for ((weight, squares), cue) in self.cues.iter_mut().zip(&mut self.squares).zip(cues) {
            let slope = error * cue;
            *squares += slope * slope;
            *weight -= step * slope / squares.sqrt();
        }
    }
}
