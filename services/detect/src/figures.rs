//! Figures that compare what is said with what is labelled, wherever it is measured.

use std::collections::BTreeMap;

/// Calibration is compared in this many bins of equal width.
const BINS: u16 = 10;

/// Said, labelled, and both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often it was said.
    pub said: usize,
    /// How often it was labelled.
    pub labelled: usize,
    /// How often it was both.
    pub hits: usize,
}

impl Counts {
    /// Of what was said, the share that was labelled; 0 when nothing was said.
    #[must_use]
    pub fn precision(&self) -> f64 {
        ratio(self.hits, self.said)
    }

    /// Of what was labelled, the share that was said; 0 when nothing was labelled.
    #[must_use]
    pub fn recall(&self) -> f64 {
        ratio(self.hits, self.labelled)
    }

    /// The harmonic mean of the two.
    #[must_use]
    pub fn f1(&self) -> f64 {
        ratio(2 * self.hits, self.said + self.labelled)
    }

    /// Counts one text.
    pub(crate) fn add(&mut self, said: bool, labelled: bool) {
        self.said += usize::from(said);
        self.labelled += usize::from(labelled);
        self.hits += usize::from(said && labelled);
    }

    /// Counts what others have counted.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.said += other.said;
        self.labelled += other.labelled;
        self.hits += other.hits;
    }
}

/// A share; of nothing it is 0.
pub(crate) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The mean; of nothing there is none.
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The chance that a labelled text scores above another; none when one side is missing.
///
/// By rank sums; equal scores share their mean rank.
pub(crate) fn roc_auc(scored: &[(f64, bool)]) -> Option<f64> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let labelled = |part: &[(f64, bool)]| part.iter().filter(|(_, is)| *is).count() as f64;
    let (mut ranks, mut below) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let size = tied.len() as f64;
        ranks += (below + f64::midpoint(size, 1.0)) * labelled(tied);
        below += size;
    }
    let yes = labelled(&sorted);
    let pairs = yes * (sorted.len() as f64 - yes);
    (pairs > 0.0).then(|| (ranks - yes * (yes + 1.0) / 2.0) / pairs)
}

/// The expected calibration error: mean distance of said probability and observed share.
pub(crate) fn calibration_error(scored: &[(f64, bool)]) -> f64 {
    let mut bins: BTreeMap<u16, (f64, f64)> = BTreeMap::new();
    for (probability, is) in scored {
        let bin = ((probability * f64::from(BINS)) as u16).min(BINS - 1);
        let (said, seen) = bins.entry(bin).or_default();
        *said += probability;
        *seen += f64::from(u8::from(*is));
    }
    let distance: f64 = bins.values().map(|(said, seen)| (said - seen).abs()).sum();
    if scored.is_empty() { 0.0 } else { distance / scored.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: f64, expect: f64) {
        assert!((found - expect).abs() < 1e-9, "{found} is not {expect}");
    }

    #[test]
    fn the_figures_agree_with_a_hand_count() {
        let scored = [(0.9, true), (0.4, true), (0.6, false), (0.1, false)];
        check(roc_auc(&scored).unwrap_or_default(), 0.75);
        check(calibration_error(&scored), (0.1 + 0.6 + 0.6 + 0.1) / 4.0);
        let mut counts = Counts::default();
        scored.iter().for_each(|(probability, is)| counts.add(*probability >= 0.5, *is));
        counts.absorb(&Counts { said: 1, labelled: 0, hits: 0 });
        check(counts.precision(), 1.0 / 3.0);
        check(counts.recall(), 0.5);
        check(counts.f1(), 0.4);
    }

    #[test]
    fn equal_scores_rank_equal_and_one_side_alone_has_no_auc() {
        assert_eq!(roc_auc(&[(0.5, true), (0.5, false)]), Some(0.5));
        assert_eq!(roc_auc(&[(0.5, true), (0.5, false), (0.7, true), (0.2, false)]), Some(0.875));
        assert_eq!(roc_auc(&[(0.5, true)]), None);
        assert_eq!(roc_auc(&[]), None);
    }

    #[test]
    fn of_nothing_every_figure_is_nought_or_none() {
        let none = Counts::default();
        assert_eq!([none.precision(), none.recall(), none.f1(), calibration_error(&[])], [0.0; 4]);
        assert_eq!((mean(&[]), mean(&[1.0, 2.0])), (None, Some(1.5)));
    }
}
