//! The trainer: labelled texts in, a model file out.
//!
//! Everything is seeded and in a fixed order, so that the same texts give the same bytes.
//! Logistic regression over hashed n-grams, each scaled by how differently it stands in
//! texts of both kinds (its naive-Bayes log-ratio), beside the cues of the lexicons;
//! passes go on until the development part gains nothing; then weights become small
//! steps, and what the steps say is calibrated on the development part.

use std::collections::BTreeMap;

use crate::detector::{Detector, lexicon_hash};
use crate::error::TrainError;
use crate::model::{self, Manifest, Model, SourceCount};

mod calibrate;
mod corpus;
mod examples;
mod fit;
mod heads;
mod language;
mod measure;
mod mood;

pub use corpus::Corpus;
pub(crate) use corpus::{HeadLabels, Text, read_rows};
use examples::Prepared;

/// How to train.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seed of the shuffles.
    pub seed: u64,
    /// Passes over the texts at most.
    pub passes_max: u32,
    /// A model to begin from: what the texts teach is added to it.
    pub begin_from: Option<Detector>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, passes_max: 12, begin_from: None }
    }
}

/// A trained model.
#[derive(Debug)]
pub struct Trained {
    /// The model file.
    pub bytes: Vec<u8>,
    /// What it is made of and how it did on the development part.
    pub manifest: Manifest,
}

/// Trains a model; `tell` hears how far it is.
///
/// # Errors
/// When there is nothing to learn from, or a lexicon cannot be read.
pub fn train(
    corpus: &Corpus,
    options: &Options,
    tell: &(dyn Fn(String) + Sync),
) -> Result<Trained, TrainError> {
    corpus.check()?;
    let base = options.begin_from.as_ref().map(Detector::model);
    tell(format!("{} texts; reading them", corpus.texts.len()));
    let prepared = Prepared::of(&corpus.texts)?;
    let languages = match base {
        Some(base) => base.languages.clone(),
        None => language::fit(&corpus.texts, prepared.known.alphabet(), options, tell),
    };
    let (mood, heads) = std::thread::scope(|scope| {
        let mood = scope.spawn(|| mood::fit(&prepared, options, base, tell));
        let heads = heads::fit(&prepared, options, base, tell);
        (mood.join(), heads)
    });
    let (mood, mood_passes) = mood.map_err(|_| TrainError::Failed)?;
    let (heads, head_passes) = heads;
    let manifest = Manifest {
        lexicons: lexicon_hash(),
        begun_from: options.begin_from.as_ref().map(|d| d.version().to_owned()).unwrap_or_default(),
        seed: options.seed,
        passes: [mood_passes, head_passes],
        sources: sources(corpus),
        ..Manifest::default()
    };
    let mut model = Model::new(manifest, mood, heads, languages);
    tell("calibrating on the development part".to_owned());
    calibrate::calibrate(&mut model, &prepared);
    model.manifest.scores = measure::measure(&model, &prepared, &corpus.texts);
    let bytes = model::write(&model)?;
    Ok(Trained { bytes, manifest: model.manifest })
}

impl Corpus {
    /// The figures of a model on the development part, as a manifest has them.
    ///
    /// # Errors
    /// When a lexicon cannot be read.
    pub fn measure(&self, detector: &Detector) -> Result<Vec<(String, f64)>, TrainError> {
        Ok(measure::measure(detector.model(), &Prepared::of(&self.texts)?, &self.texts))
    }
}

fn sources(corpus: &Corpus) -> Vec<SourceCount> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for text in corpus.texts.iter().filter(|text| !text.is_dev) {
        *counts.entry(format!("{}_{}", text.language, text.source)).or_default() += 1;
    }
    counts.into_iter().map(|(source, texts)| SourceCount { source, texts }).collect()
}

/// A generator of numbers that is the same everywhere: shuffles need no more.
#[derive(Debug, Clone)]
struct Shuffler(u64);

impl Shuffler {
    const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let with = (self.next() % (at as u64 + 1)) as usize;
            items.swap(at, with);
        }
    }
}

#[cfg(test)]
mod tests;
