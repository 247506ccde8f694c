//! Texts as the model will see them.

use std::collections::HashSet;
use std::num::NonZero;

use super::corpus::{HeadLabels, Text};
use crate::cue::CUES;
use crate::detector::{Known, cut};
use crate::error::TrainError;
use crate::heard::Grounds;
use crate::ngram::{Features, features};
use crate::normalise::normalise;

/// A text of which only features and labels are left.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) features: Features,
    pub(super) cues: [f32; CUES],
    pub(super) language: usize,
    pub(super) is_dev: bool,
    pub(super) is_measured_only: bool,
    pub(super) is_full: bool,
    pub(super) is_praise: bool,
    pub(super) negative: Option<bool>,
    pub(super) heads: HeadLabels,
    pub(super) grounds: Grounds,
}

/// All texts in supported languages, in their order.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) examples: Vec<Example>,
    pub(super) languages: Vec<String>,
    pub(super) known: Known,
}

impl Prepared {
    pub(super) fn of(texts: &[Text]) -> Result<Self, TrainError> {
        let known = Known::read()?;
        let languages: Vec<String> = known.tags().map(str::to_owned).collect();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let share = texts.len().div_ceil(cores).max(1);
        let examples = std::thread::scope(|scope| {
            let parts: Vec<_> = texts
                .chunks(share)
                .map(|part| {
                    scope.spawn(|| part.iter().filter_map(|t| example(&known, t)).collect::<Vec<_>>())
                })
                .collect();
            parts
                .into_iter()
                .map(|part| part.join().map_err(|_| TrainError::Failed))
                .collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Self { examples: examples.into_iter().flatten().collect(), languages, known })
    }

    pub(super) fn learnt(&self) -> impl Iterator<Item = &Example> + Clone {
        self.examples.iter().filter(|example| !example.is_dev)
    }

    /// The held-out texts by which dissatisfaction is judged: rated ones, because they are as
    /// mixed as reviews are; where there are none, those that are labelled for everything.
    pub(super) fn judged_by_mood(&self) -> impl Iterator<Item = &Example> {
        let is_rated = |example: &&Example| !example.is_full && example.negative.is_some();
        let has_rated = self.held_out().any(|example| is_rated(&example));
        self.held_out().filter(move |example| if has_rated { is_rated(example) } else { example.is_full })
    }

    /// The texts that stop the training and set thresholds.
    pub(super) fn held_out(&self) -> impl Iterator<Item = &Example> {
        self.examples.iter().filter(|example| example.is_dev && !example.is_measured_only)
    }

    /// The texts that figures are measured on: also those that must not shape anything.
    pub(super) fn measured(&self) -> impl Iterator<Item = &Example> {
        self.examples.iter().filter(|example| example.is_dev)
    }
}

/// For each of these texts the features that another one has too. What stands in one text
/// alone teaches nothing, but would fill the table that all share.
///
/// A model that is added to weighs every feature already, and so must hear every one.
pub(super) fn common<'a>(
    examples: impl Iterator<Item = &'a Example> + Clone,
    features_of: fn(&Example) -> &[u32],
    is_added_to: bool,
) -> Vec<Vec<u32>> {
    if is_added_to {
        return examples.map(|example| features_of(example).to_vec()).collect();
    }
    let mut ids: Vec<u32> = Vec::new();
    for example in examples.clone() {
        let mut features = features_of(example).to_vec();
        features.sort_unstable();
        features.dedup();
        ids.extend(features);
    }
    ids.sort_unstable();
    let mut common: Vec<u32> = ids
        .chunk_by(|a, b| a == b)
        .filter(|same| same.len() > 1)
        .filter_map(|same| same.first().copied())
        .collect();
    common.dedup();
    let common: HashSet<u32> = common.into_iter().collect();
    let is_common = |feature: &u32| common.contains(feature);
    examples.map(|example| features_of(example).iter().copied().filter(is_common).collect()).collect()
}

fn example(known: &Known, text: &Text) -> Option<Example> {
    let language = known.tags().position(|tag| tag == text.language)?;
    let normal = normalise(known.alphabet(), cut(&text.text).0);
    let cues = known.cues(&text.language, &normal, text.kind)?;
    Some(Example {
        grounds: Grounds::of(&normal, &cues),
        features: features(&normal),
        cues: cues.values,
        language,
        is_dev: text.is_dev,
        is_measured_only: text.is_measured_only,
        is_full: text.is_full,
        is_praise: text.is_praise,
        negative: text.negative,
        heads: text.heads,
    })
}
