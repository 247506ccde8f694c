//! What happened, counted for the report.

use std::collections::BTreeMap;

/// Counts of the play.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Cases opened, by the service's own word.
    pub(crate) cases: u64,
    /// Buyers who said that they want to return, and how many of them were heard.
    pub(crate) wishes: u64,
    /// Of those, heard.
    pub(crate) wishes_heard: u64,
    /// Cases taken from a queue.
    pub(crate) claims: u64,
    /// Offers put to buyers.
    pub(crate) offers: u64,
    /// Of those, approved by a supervisor first.
    pub(crate) approved: u64,
    /// Offers taken.
    pub(crate) accepted: u64,
    /// Offers declined.
    pub(crate) declined: u64,
    /// Answers that came too late.
    pub(crate) too_late: u64,
    /// Remedies fulfilled.
    pub(crate) fulfilled: u64,
    /// Fulfilments that failed at first.
    pub(crate) failed: u64,
    /// Times a case changed under an agent, who looked again.
    pub(crate) conflicts: u64,
    /// Leases that agents let run out.
    pub(crate) lapsed: u64,
    /// Buyers told that a review can be updated.
    pub(crate) asked: u64,
    /// Asks that were refused, by rule.
    pub(crate) asks_refused: BTreeMap<String, u64>,
    /// Offers that were refused, by reason.
    pub(crate) refused: BTreeMap<String, u64>,
}

impl Tally {
    /// Counts one more under a name.
    pub(crate) fn one_more(of: &mut BTreeMap<String, u64>, name: &str) {
        *of.entry(name.to_owned()).or_default() += 1;
    }
}
