//! What was acknowledged, kept so that it can be held against the server later.

use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::batches::span;
use super::signals::Plan;

/// What one run sent and got acknowledged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) parent: String,
    pub(crate) seed: u64,
    batch: u64,
    handed_out: u64,
    acknowledged: Vec<u64>,
}

impl Ledger {
    pub(crate) fn new(plan: &Plan, batch: u64, handed_out: u64, mut acknowledged: Vec<u64>) -> Self {
        acknowledged.sort_unstable();
        Self { parent: plan.parent.clone(), seed: plan.seed, batch, handed_out, acknowledged }
    }

    /// Signals acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.len() as u64 * self.batch
    }

    /// Numbers of the signals that were acknowledged.
    pub(crate) fn signals(&self) -> impl Iterator<Item = u64> {
        self.acknowledged.iter().flat_map(|batch| span(*batch, self.batch))
    }

    /// Numbers of the signals of which nobody knows: sent, perhaps, and never answered.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = u64> {
        (0..self.handed_out)
            .filter(|batch| self.acknowledged.binary_search(batch).is_err())
            .flat_map(|batch| span(batch, self.batch))
    }

    pub(crate) fn save(&self, file: &Path) -> anyhow::Result<()> {
        let text = serde_json::to_string(self)?;
        std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    }

    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no ledger of a load", file.display()))
    }
}
