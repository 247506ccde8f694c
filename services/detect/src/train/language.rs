//! Learning to tell languages apart, by softmax regression over raw n-grams.

use std::collections::BTreeMap;

use super::corpus::Text;
use super::{Options, Shuffler};
use crate::alphabet::Alphabet;
use crate::language::{LANES, LETTERS_MAX, Languages, OTHER};
use crate::lexicon::EMBEDDED;
use crate::model::scale_of;
use crate::ngram::raw_features;
use crate::normalise::normalise;
use crate::table::{Table, quantise, row};

const BITS: u32 = 15;
const PASSES: u32 = 6;
const STEP: f32 = 0.5;
/// Rated texts of one language that are read; all texts with full labels are.
const TEXTS_MAX: usize = 2_500;

struct Sample {
    features: Vec<u32>,
    lane: usize,
    weight: f32,
}

/// Fits the table of languages.
pub(super) fn fit(
    texts: &[Text],
    alphabet: &Alphabet,
    options: &Options,
    tell: &(dyn Fn(String) + Sync),
) -> Languages {
    let mut samples = samples(texts, alphabet);
    tell(format!("languages: {} texts", samples.len()));
    let mut weights = vec![[0.0_f32; LANES]; 1 << BITS];
    let mut squares = vec![[1e-4_f32; LANES]; 1 << BITS];
    let (mut biases, mut bias_squares) = ([0.0_f32; LANES], [1e-2_f32; LANES]);
    let mut shuffler = Shuffler::new(options.seed);
    for _ in 0..PASSES {
        shuffler.shuffle(&mut samples);
        for sample in &samples {
            let scale = scale_of(sample.features.len());
            let errors = errors(&weights, &biases, sample, scale);
            for feature in &sample.features {
                let at = row(*feature, BITS);
                if let (Some(weights), Some(squares)) = (weights.get_mut(at), squares.get_mut(at)) {
                    descend(weights, squares, errors.map(|error| error * scale));
                }
            }
            descend(&mut biases, &mut bias_squares, errors);
        }
    }
    let table: Table<LANES> = quantise(BITS, &weights);
    Languages { table, biases }
}

fn samples(texts: &[Text], alphabet: &Alphabet) -> Vec<Sample> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut samples = Vec::new();
    for text in texts.iter().filter(|text| !text.is_dev && teaches_language(text)) {
        let count = seen.entry(&text.language).or_default();
        *count += usize::from(!text.is_full);
        if !text.is_full && *count > TEXTS_MAX {
            continue;
        }
        let features = raw_features(&normalise(alphabet, &text.text), LETTERS_MAX);
        let lane = EMBEDDED.iter().position(|(tag, _)| *tag == text.language).unwrap_or(OTHER);
        let weight = if text.is_full || lane == OTHER { 2.0 } else { 1.0 };
        samples.push(Sample { features, lane, weight });
    }
    samples
}

/// Texts labelled for intent alone are mostly of a few words. Reviews filed under Filipino are
/// half English, and would teach that English is Filipino.
fn teaches_language(text: &Text) -> bool {
    text.is_full || (text.heads.known == 0 && text.language != "fil")
}

fn errors(weights: &[[f32; LANES]], biases: &[f32; LANES], sample: &Sample, scale: f32) -> [f32; LANES] {
    let mut scores = [0.0_f32; LANES];
    for feature in &sample.features {
        if let Some(weights) = weights.get(row(*feature, BITS)) {
            scores.iter_mut().zip(weights).for_each(|(score, weight)| *score += weight);
        }
    }
    scores.iter_mut().zip(biases).for_each(|(score, bias)| *score = *score * scale + bias);
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut errors = scores.map(|score| crate::head::exp(score - most));
    let total: f32 = errors.iter().sum();
    for (lane, error) in errors.iter_mut().enumerate() {
        *error = (*error / total - f32::from(u8::from(lane == sample.lane))) * sample.weight;
    }
    errors
}

fn descend(weights: &mut [f32; LANES], squares: &mut [f32; LANES], slopes: [f32; LANES]) {
    for ((weight, squares), slope) in weights.iter_mut().zip(squares).zip(slopes) {
        *squares += slope * slope;
        *weight -= STEP * slope / squares.sqrt();
    }
}
