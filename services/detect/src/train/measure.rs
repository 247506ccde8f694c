//! Figures by which the trainer stops, sets thresholds and reports.

use super::corpus::Text;
use super::examples::Prepared;
use super::heads::group;
use crate::figures::{Counts, mean, ratio, roc_auc};
use crate::head::Topic;
use crate::language::Languages;
use crate::model::Model;
use crate::normalise::normalise;

/// The mean over languages of the chance that a negative text scores above another one.
pub(super) fn macro_auc(scored: impl Iterator<Item = (usize, f32, bool)>, languages: usize) -> f64 {
    let mut by_language: Vec<Vec<(f64, bool)>> = vec![Vec::new(); languages];
    for (language, score, negative) in scored {
        if let Some(group) = by_language.get_mut(language) {
            group.push((f64::from(score), negative));
        }
    }
    let aucs: Vec<f64> = by_language.iter().filter_map(|group| roc_auc(group)).collect();
    mean(&aucs).unwrap_or_default()
}

/// Figures that differ by no more than this share are as good as equal.
const NEARLY: f64 = 0.005;

/// A threshold between the best one and the highest at which F1 is nearly as good: the top of
/// the curve is flat, and the best of few texts stands anywhere on it.
pub(super) fn middle_f1(scored: &mut [(f32, bool)]) -> (f64, f32) {
    let (best, at) = best_f1(scored);
    let (figure, highest) = best_threshold(scored, 0.0, |counts| counts.f1().min(best * (1.0 - NEARLY)));
    (figure, f32::midpoint(at, highest))
}

/// The best F1 at one threshold, and that threshold.
pub(super) fn best_f1(scored: &mut [(f32, bool)]) -> (f64, f32) {
    best_threshold(scored, 0.0, Counts::f1)
}

/// The one threshold at which the mean F1 of the languages is best, in hundredths: pooled, the
/// languages with most texts would set it for all.
pub(super) fn best_macro_f1(scored: &[(usize, f32, bool)], languages: usize) -> f32 {
    let macro_f1 = |threshold: f32| {
        let mut counts = vec![Counts::default(); languages];
        for (language, score, is) in scored {
            if let Some(counts) = counts.get_mut(*language) {
                counts.add(*score >= threshold, *is);
            }
        }
        counts.iter().map(Counts::f1).sum::<f64>()
    };
    let thresholds = (5..=95_u8).map(|hundredths| f32::from(hundredths) / 100.0);
    thresholds.max_by(|a, b| macro_f1(*a).total_cmp(&macro_f1(*b))).unwrap_or(0.5)
}

/// The lowest threshold at which F1 is nearly as good as it gets: it hears most.
pub(super) fn lowest_f1(scored: &mut [(f32, bool)]) -> (f64, f32) {
    best_threshold(scored, NEARLY, Counts::f1)
}

/// The threshold at which the worse of precision and recall is best.
pub(super) fn best_balance(scored: &mut [(f32, bool)]) -> (f64, f32) {
    best_threshold(scored, 0.0, |counts| counts.precision().min(counts.recall()))
}

fn best_threshold(scored: &mut [(f32, bool)], nearly: f64, figure: impl Fn(&Counts) -> f64) -> (f64, f32) {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let labelled = scored.iter().filter(|(_, is)| *is).count();
    let (mut best, mut counts) = ((0.0, 1.0), Counts { labelled, ..Counts::default() });
    for tied in scored.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        counts.hits += tied.iter().filter(|(_, is)| *is).count();
        counts.said += tied.len();
        let figure = figure(&counts);
        if figure > best.0 * (1.0 - nearly) {
            best = (figure.max(best.0), tied.first().map_or(1.0, |(score, _)| *score));
        }
    }
    best
}

/// The figures of a calibrated model on the development part, for its manifest.
pub(super) fn measure(model: &Model, prepared: &Prepared, texts: &[Text]) -> Vec<(String, f64)> {
    let mut counts = [Counts::default(); 3];
    for example in prepared.measured().filter(|example| example.is_full) {
        let scores = model.score(&example.features, &example.cues);
        for ((topic, head), score) in Topic::all().zip(&model.heads).zip(scores.heads) {
            let lane = topic.lane();
            if let Some(counts) = counts.get_mut(group(lane)) {
                let likely = head.probability(score);
                let is_said = likely >= head.threshold && example.grounds.allow(topic, likely);
                counts.add(is_said, example.heads.set & (1 << lane) != 0);
            }
        }
    }
    let rated = prepared.measured().filter(|example| !example.is_full).filter_map(|example| {
        let scores = model.score(&example.features, &example.cues);
        Some((example.language, scores.negative, example.negative?))
    });
    let mut figures = vec![("negative, macro AUC".to_owned(), macro_auc(rated, prepared.languages.len()))];
    for (name, counts) in ["return intent", "reasons", "flags"].into_iter().zip(counts) {
        // What nothing is labelled for is not measured, rather than nought.
        if counts.labelled == 0 {
            continue;
        }
        figures.push((format!("{name}, precision"), counts.precision()));
        figures.push((format!("{name}, recall"), counts.recall()));
        figures.push((format!("{name}, F1"), counts.f1()));
    }
    if prepared.measured().any(|example| example.is_full) {
        figures.push(("language identified".to_owned(), identified(&model.languages, prepared, texts)));
    }
    figures.iter_mut().for_each(|(_, value)| *value = (*value * 1e4).round() / 1e4);
    figures
}

/// The share of the fully labelled texts whose language is told rightly.
fn identified(languages: &Languages, prepared: &Prepared, texts: &[Text]) -> f64 {
    let full: Vec<&Text> = texts.iter().filter(|text| text.is_dev && text.is_full).collect();
    let is_right = |text: &&&Text| {
        languages.identify(&normalise(prepared.known.alphabet(), &text.text)).tag == text.language
    };
    ratio(full.iter().filter(is_right).count(), full.len())
}
