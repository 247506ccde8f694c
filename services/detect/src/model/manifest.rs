//! What a model says about itself.

use serde::{Deserialize, Serialize};

use crate::ngram::FEATURES_VERSION;

/// Where a model comes from and how well it did: readable text at the head of its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The kind of features it was trained on; another kind is refused.
    pub features: u32,
    /// Hash of the lexicons it was trained beside.
    pub lexicons: String,
    /// The model it was begun from, if any.
    pub begun_from: String,
    /// The seed of its shuffles.
    pub seed: u64,
    /// Passes over the texts, for dissatisfaction and for everything else.
    pub passes: [u32; 2],
    /// Its figures on the development part: name and value.
    pub scores: Vec<(String, f64)>,
    /// How many texts of each source it learnt from.
    pub sources: Vec<SourceCount>,
}

/// Texts of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceCount {
    /// Language tag and name of the source.
    pub source: String,
    /// Texts that were learnt from.
    pub texts: u32,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            features: FEATURES_VERSION,
            lexicons: String::new(),
            begun_from: String::new(),
            seed: 0,
            passes: [0, 0],
            scores: Vec::new(),
            sources: Vec::new(),
        }
    }
}
