//! Figures by which the trainer stops, sets thresholds and reports.

use super::corpus::Text;
use super::examples::Prepared;
use super::heads::group;
use crate::head::Head;
use crate::language::Languages;
use crate::model::Model;
use crate::normalise::normalise;

/// The mean over languages of the chance that a negative text scores above another one.
pub(super) fn macro_auc(scored: impl Iterator<Item = (usize, f32, bool)>, languages: usize) -> f64 {
    let mut by_language: Vec<Vec<(f32, bool)>> = vec![Vec::new(); languages];
    for (language, score, negative) in scored {
        if let Some(group) = by_language.get_mut(language) {
            group.push((score, negative));
        }
    }
    let aucs: Vec<f64> = by_language.iter_mut().filter_map(|group| auc(group)).collect();
    if aucs.is_empty() { 0.0 } else { aucs.iter().sum::<f64>() / aucs.len() as f64 }
}

/// By rank sums; equal scores share their mean rank.
fn auc(scored: &mut [(f32, bool)]) -> Option<f64> {
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut below) = (0.0, 0.0);
    for tied in scored.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let size = tied.len() as f64;
        ranks += (below + f64::midpoint(size, 1.0)) * tied.iter().filter(|(_, is)| *is).count() as f64;
        below += size;
    }
    let yes = scored.iter().filter(|(_, is)| *is).count() as f64;
    let pairs = yes * (scored.len() as f64 - yes);
    (pairs > 0.0).then(|| (ranks - yes * (yes + 1.0) / 2.0) / pairs)
}

/// Figures that differ by no more than this share are as good as equal.
const NEARLY: f64 = 0.005;

/// The best F1 at one threshold, and that threshold.
pub(super) fn best_f1(scored: &mut [(f32, bool)]) -> (f64, f32) {
    best_threshold(scored, 0.0, f1)
}

/// The one threshold at which the mean F1 of the languages is best, in hundredths: pooled, the
/// languages with most texts would set it for all.
pub(super) fn best_macro_f1(scored: &[(usize, f32, bool)], languages: usize) -> f32 {
    let macro_f1 = |threshold: f32| {
        let mut counts = vec![[0.0_f64; 3]; languages];
        for (language, score, is) in scored {
            if let Some([hits, said, labelled]) = counts.get_mut(*language) {
                *hits += f64::from(u8::from(*score >= threshold && *is));
                *said += f64::from(u8::from(*score >= threshold));
                *labelled += f64::from(u8::from(*is));
            }
        }
        counts.iter().map(|[hits, said, labelled]| f1(*hits, *said, *labelled)).sum::<f64>()
    };
    let thresholds = (5..=95_u8).map(|hundredths| f32::from(hundredths) / 100.0);
    thresholds.max_by(|a, b| macro_f1(*a).total_cmp(&macro_f1(*b))).unwrap_or(0.5)
}

/// The lowest threshold at which F1 is nearly as good as it gets: it hears most.
pub(super) fn lowest_f1(scored: &mut [(f32, bool)]) -> (f64, f32) {
    best_threshold(scored, NEARLY, f1)
}

fn f1(hits: f64, said: f64, labelled: f64) -> f64 {
    2.0 * hits / (said + labelled).max(1.0)
}

/// The threshold at which the worse of precision and recall is best.
pub(super) fn best_balance(scored: &mut [(f32, bool)]) -> (f64, f32) {
    best_threshold(scored, 0.0, |hits, said, labelled| (hits / said.max(1.0)).min(hits / labelled.max(1.0)))
}

fn best_threshold(scored: &mut [(f32, bool)], nearly: f64, figure: fn(f64, f64, f64) -> f64) -> (f64, f32) {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let labelled = scored.iter().filter(|(_, is)| *is).count() as f64;
    let (mut best, mut hits, mut said) = ((0.0, 1.0), 0.0, 0.0);
    for tied in scored.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        hits += tied.iter().filter(|(_, is)| *is).count() as f64;
        said += tied.len() as f64;
        let figure = figure(hits, said, labelled);
        if figure > best.0 * (1.0 - nearly) {
            best = (figure.max(best.0), tied.first().map_or(1.0, |(score, _)| *score));
        }
    }
    best
}

/// The figures of a calibrated model on the development part, for its manifest.
pub(super) fn measure(model: &Model, prepared: &Prepared, texts: &[Text]) -> Vec<(String, f64)> {
    let mut counts = [[0.0_f64; 3]; 3];
    for example in prepared.measured().filter(|example| example.is_full) {
        let scores = model.score(&example.features, &example.cues);
        for (lane, (head, score)) in model.heads.iter().zip(scores.heads).enumerate() {
            count(&mut counts, group(lane), head, score, example.heads.set & (1 << lane) != 0);
        }
    }
    let rated = prepared.measured().filter(|example| !example.is_full).filter_map(|example| {
        let scores = model.score(&example.features, &example.cues);
        Some((example.language, scores.negative, example.negative?))
    });
    let mut figures = vec![("negative, macro AUC".to_owned(), macro_auc(rated, prepared.languages.len()))];
    for (name, [hits, said, labelled]) in ["return intent", "reasons", "flags"].into_iter().zip(counts) {
        // What nothing is labelled for is not measured, rather than nought.
        if labelled < 1.0 {
            continue;
        }
        figures.push((format!("{name}, precision"), hits / said.max(1.0)));
        figures.push((format!("{name}, recall"), hits / labelled.max(1.0)));
        figures.push((format!("{name}, F1"), 2.0 * hits / (said + labelled).max(1.0)));
    }
    if prepared.measured().any(|example| example.is_full) {
        figures.push(("language identified".to_owned(), identified(&model.languages, texts)));
    }
    figures.iter_mut().for_each(|(_, value)| *value = (*value * 1e4).round() / 1e4);
    figures
}

fn count(counts: &mut [[f64; 3]; 3], group: usize, head: &Head, score: f32, labelled: bool) {
    let said = head.probability(score) >= head.threshold;
    if let Some([hits, all_said, all_labelled]) = counts.get_mut(group) {
        *hits += f64::from(u8::from(said && labelled));
        *all_said += f64::from(u8::from(said));
        *all_labelled += f64::from(u8::from(labelled));
    }
}

/// The share of the fully labelled texts whose language is told rightly.
fn identified(languages: &Languages, texts: &[Text]) -> f64 {
    let (mut right, mut all) = (0.0, 0.0_f64);
    for text in texts.iter().filter(|text| text.is_dev && text.is_full) {
        all += 1.0;
        if languages.identify(&normalise(&text.text)).tag == text.language {
            right += 1.0;
        }
    }
    right / all.max(1.0)
}
