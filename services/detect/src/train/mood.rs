//! Learning dissatisfaction from rated reviews.

use super::examples::{Example, Prepared, common};
use super::fit::{Fit, Rates, Sample, Weight};
use super::measure::macro_auc;
use super::{Options, Shuffler};
use crate::column::Column;
use crate::head::Head;
use crate::model::Model;

/// Rows of the table: fewer, and n-grams of twenty languages get into each other's way.
const BITS: u32 = 22;
const RATES: Rates = Rates { step: 0.1, smoothing: 0.5, ratio_max: 6.0 };
/// Every language weighs as much as if it had about so many texts.
const TEXTS_EVEN: f32 = 20_000.0;
/// Texts that are labelled for everything are few, and hard.
const FULL_WEIGHT: f32 = 0.6;

/// Fits; answers how many passes it took as well.
pub(super) fn fit(
    prepared: &Prepared,
    options: &Options,
    base: Option<&Model>,
    tell: &(dyn Fn(String) + Sync),
) -> ((Column, Head), u32) {
    let counts = counts(prepared);
    let common = common(prepared.learnt().filter(|e| e.negative.is_some()), features_of, base.is_some());
    let rated = prepared.learnt().filter(|e| e.negative.is_some()).zip(&common);
    let mut samples: Vec<Sample<'_, 1>> = rated.filter_map(|(e, f)| sample(e, f, &counts)).collect();
    let weight = |row: usize, _: usize| base.map_or(0.0, |model| model.mood.weight_at(row));
    let base = base.map(|model| (&weight as &Weight<'_>, std::slice::from_ref(&model.negative)));
    let mut fit = Fit::new(BITS, RATES, &samples, base);
    let mut shuffler = Shuffler::new(options.seed);
    let (mut best, mut best_auc, mut best_pass) = (fit.clone(), auc(&fit, prepared), 0);
    for pass in 1..=options.passes_max {
        shuffler.shuffle(&mut samples);
        samples.iter().for_each(|sample| fit.learn(sample));
        let auc = auc(&fit, prepared);
        tell(format!("dissatisfaction, pass {pass}: macro AUC {auc:.4}"));
        if auc > best_auc {
            (best, best_auc, best_pass) = (fit.clone(), auc, pass);
        } else if pass >= best_pass + 2 {
            break;
        }
    }
    let column = Column::quantise(BITS, best.weights().map(|[weight]| weight));
    ((column, best.heads().into_iter().next().unwrap_or_default()), best_pass)
}

fn sample<'a>(example: &'a Example, features: &'a [u32], counts: &[f32]) -> Option<Sample<'a, 1>> {
    let negative = example.negative?;
    let count = counts.get(example.language).copied().unwrap_or(1.0);
    let weight = if example.is_full { FULL_WEIGHT } else { (TEXTS_EVEN / count).sqrt() };
    Some(Sample {
        features,
        feature_count: features_of(example).len(),
        cues: &example.cues,
        labels: [f32::from(u8::from(negative))],
        weights: [weight],
    })
}

fn features_of(example: &Example) -> &[u32] {
    example.features.for_mood()
}

/// Rated texts by language.
fn counts(prepared: &Prepared) -> Vec<f32> {
    let mut counts = vec![0.0_f32; prepared.languages.len()];
    for example in prepared.learnt().filter(|e| e.negative.is_some() && !e.is_full) {
        if let Some(count) = counts.get_mut(example.language) {
            *count += 1.0;
        }
    }
    counts.iter_mut().for_each(|count| *count = count.max(100.0));
    counts
}

fn auc(fit: &Fit<1>, prepared: &Prepared) -> f64 {
    let scored = prepared.judged_by_mood().filter_map(|e| {
        let [score] = fit.scores(features_of(e), features_of(e).len(), &e.cues);
        Some((e.language, score, e.negative?))
    });
    macro_auc(scored, prepared.languages.len())
}
