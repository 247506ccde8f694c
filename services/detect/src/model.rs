//! The trained model: what n-grams and cues weigh for each thing that can be heard.

use crate::cue::CUES;
use crate::head::{HEADS, Head};
use crate::language::Languages;
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
    /// Dissatisfaction: one lane, many rows, learnt from hundreds of thousands of reviews.
    pub(crate) mood: Table<1>,
    /// Whether the author is dissatisfied.
    pub(crate) negative: Head,
    /// Everything else that can be heard, a lane for each head.
    pub(crate) wishes: Table<HEADS>,
    /// In the order of [`crate::head::Heard::all`].
    pub(crate) heads: Vec<Head>,
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
    /// Scores a text by its features and cues, in time linear in their number.
    pub(crate) fn score(&self, features: &[u32], cues: &[f32; CUES]) -> Scores {
        let scale = scale_of(features.len());
        let [mood] = self.mood.sum(features);
        let mut heads = self.wishes.sum(features);
        for (score, head) in heads.iter_mut().zip(&self.heads) {
            *score = head.score(*score * scale, cues);
        }
        Scores { negative: self.negative.score(mood * scale, cues), heads }
    }
}

/// A text of a word or two says little: as if it had so many n-grams more that weigh nothing.
const FEATURES_SPARE: f32 = 10.0;

/// Long texts have many n-grams; by the square root their scores stay comparable.
pub(crate) fn scale_of(features: usize) -> f32 {
    1.0 / (features as f32 + FEATURES_SPARE).sqrt()
}
