//! The trained model: what n-grams and cues weigh for each thing that can be heard.

use crate::column::Column;
use crate::cue::CUES;
use crate::head::{HEADS, Head};
use crate::language::Languages;
use crate::ngram::Features;
use crate::table::Table;

mod file;
mod manifest;

pub(crate) use file::{read, write};
pub use manifest::{Manifest, SourceCount};

/// A model, ready to judge.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Model {
    /// Where it comes from.
    pub(crate) manifest: Manifest,
    /// Dissatisfaction: learnt from hundreds of thousands of reviews.
    pub(crate) mood: Column,
    /// Whether the author is dissatisfied.
    pub(crate) negative: Head,
    /// Everything else that can be heard, a lane for each head.
    pub(crate) wishes: Table<HEADS>,
    /// In the order of [`crate::head::Topic::all`].
    pub(crate) heads: Vec<Head>,
    /// The heads' weights of each cue side by side: few cues stand in a text.
    cues: Box<[[f32; HEADS]; CUES]>,
    /// Which language a text is in.
    pub(crate) languages: Languages,
}

/// What the model makes of one text: scores, before they become probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scores {
    pub(crate) negative: f32,
    pub(crate) heads: [f32; HEADS],
}

impl Model {
    /// A model of these parts.
    pub(crate) fn new(
        manifest: Manifest,
        (mood, negative): (Column, Head),
        (wishes, heads): (Table<HEADS>, Vec<Head>),
        languages: Languages,
    ) -> Self {
        let mut cues = Box::new([[0.0; HEADS]; CUES]);
        for (lane, head) in heads.iter().enumerate() {
            for (row, weight) in cues.iter_mut().zip(head.cues) {
                if let Some(to) = row.get_mut(lane) {
                    *to = weight;
                }
            }
        }
        Self { manifest, mood, negative, wishes, heads, cues, languages }
    }

    /// Scores a text by its features and cues, in time linear in their number.
    pub(crate) fn score(&self, features: &Features, cues: &[f32; CUES]) -> Scores {
        let (for_mood, for_wishes) = (features.for_mood(), features.for_wishes());
        let mood = self.mood.sum(for_mood);
        let mut heads = self.wishes.sum(for_wishes);
        let scale = scale_of(for_wishes.len());
        for (score, head) in heads.iter_mut().zip(&self.heads) {
            *score = *score * scale + head.bias;
        }
        for (cue, weights) in cues.iter().zip(&*self.cues).filter(|(cue, _)| **cue != 0.0) {
            heads.iter_mut().zip(weights).for_each(|(score, weight)| *score += cue * weight);
        }
        Scores { negative: self.negative.score(mood * scale_of(for_mood.len()), cues), heads }
    }
}

/// A text of a word or two says little: as if it had so many n-grams more that weigh nothing.
const FEATURES_SPARE: f32 = 10.0;

/// Long texts have many n-grams; by the square root their scores stay comparable.
pub(crate) fn scale_of(features: usize) -> f32 {
    1.0 / (features as f32 + FEATURES_SPARE).sqrt()
}
