//! Learning intent, reasons and flags, together.

use super::corpus::HeadLabels;
use super::examples::{Example, Prepared, common};
use super::fit::{Fit, Rates, Sample, Weight};
use super::measure::best_f1;
use super::{Options, Shuffler};
use crate::head::{HEADS, Head};
use crate::model::Model;
use crate::table::{Table, quantise};

const BITS: u32 = 17;
const RATES: Rates = Rates { step: 0.15, smoothing: 0.5, ratio_max: 4.0 };
/// Texts that are labelled for intent alone are many and easy.
const INTENT_WEIGHT: f32 = 0.2;
/// Praise gives no reason and wants nothing back; a few of many thousand teach that.
const PRAISE_WEIGHT: f32 = 0.05;
const PRAISE_EVERY: usize = 20;

/// Fits; answers how many passes it took as well.
pub(super) fn fit(
    prepared: &Prepared,
    options: &Options,
    base: Option<&Model>,
    tell: &(dyn Fn(String) + Sync),
) -> ((Table<HEADS>, Vec<Head>), u32) {
    let common = common(prepared.learnt().filter(|e| e.heads.known != 0), features_of, base.is_some());
    let mut samples = samples(prepared, &common);
    let weight = |row: usize, lane: usize| base.map_or(0.0, |model| model.wishes.weight(row, lane));
    let base = base.map(|model| (&weight as &Weight<'_>, model.heads.as_slice()));
    let mut fit = Fit::new(BITS, RATES, &samples, base);
    let mut shuffler = Shuffler::new(options.seed);
    let (mut best, mut best_figure, mut best_pass) = (fit.clone(), figure(&fit, prepared), 0);
    for pass in 1..=options.passes_max {
        shuffler.shuffle(&mut samples);
        samples.iter().for_each(|sample| fit.learn(sample));
        let figure = figure(&fit, prepared);
        tell(format!("intent, reasons, flags, pass {pass}: mean of their best F1 {figure:.4}"));
        if figure > best_figure {
            (best, best_figure, best_pass) = (fit.clone(), figure, pass);
        } else if pass >= best_pass + 3 {
            break;
        }
    }
    let weights: Vec<[f32; HEADS]> = best.weights().collect();
    ((quantise(BITS, &weights), best.heads()), best_pass)
}

fn samples<'a>(prepared: &'a Prepared, common: &'a [Vec<u32>]) -> Vec<Sample<'a, HEADS>> {
    let teaching = prepared.learnt().filter(|e| e.heads.known != 0).zip(common);
    let taught = teaching.map(|(e, features)| {
        let weight = if e.heads.known == HeadLabels::ALL { 1.0 } else { INTENT_WEIGHT };
        sample(e, features, e.heads, weight)
    });
    let nothing = HeadLabels { known: HeadLabels::ALL, set: 0 };
    let praise = prepared.learnt().filter(|e| e.is_praise).step_by(PRAISE_EVERY);
    taught.chain(praise.map(|e| sample(e, features_of(e), nothing, PRAISE_WEIGHT))).collect()
}

fn sample<'a>(
    example: &'a Example,
    features: &'a [u32],
    labels: HeadLabels,
    weight: f32,
) -> Sample<'a, HEADS> {
    let bit = |bits: u32, lane: usize| f32::from(u8::from(bits & (1 << lane) != 0));
    Sample {
        features,
        feature_count: features_of(example).len(),
        cues: &example.cues,
        labels: std::array::from_fn(|lane| bit(labels.set, lane)),
        weights: std::array::from_fn(|lane| bit(labels.known, lane) * weight),
    }
}

fn features_of(example: &Example) -> &[u32] {
    example.features.for_wishes()
}

/// Intent, reasons and flags weigh the same, however many of each there are.
fn figure(fit: &Fit<HEADS>, prepared: &Prepared) -> f64 {
    let mut scored: [Vec<(f32, bool)>; 3] = Default::default();
    for example in prepared.held_out().filter(|e| e.is_full) {
        let scores = fit.scores(features_of(example), features_of(example).len(), &example.cues);
        for (lane, score) in scores.into_iter().enumerate() {
            if let Some(group) = scored.get_mut(group(lane)) {
                group.push((score, example.heads.set & (1 << lane) != 0));
            }
        }
    }
    scored.iter_mut().map(|group| best_f1(group).0).sum::<f64>() / 3.0
}

/// 0 for intent, 1 for reasons, 2 for flags.
pub(super) const fn group(lane: usize) -> usize {
    use amends_domain::detection::Reason;
    match lane {
        0 => 0,
        lane if lane <= Reason::ALL.len() => 1,
        _ => 2,
    }
}
