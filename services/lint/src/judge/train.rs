//! Learning the judge from texts that say which rule must refuse them.

use super::fit::{Sample, fit};
use super::model::{LANES, Model};
use super::signs::{BESIDE, ROWS, Sight, weight_of};
use super::{lane_of, score};
use crate::data::rule_files_hash;
use crate::linter::{Linter, Outgoing};
use crate::measure::Case;
use crate::rule::Rule;
use crate::scene::Span;

const PASSES: usize = 30;
const SEED: u64 = 0x5eed;

/// Texts that set the bounds are judged by what was learnt from the other parts, of so many.
const FOLDS: usize = 4;
/// Of the ordinary texts that set the bounds, so many of a thousand may be refused.
const FLAGGED_PER_MILLE: usize = 15;
/// Bounds are looked for among so many values each.
const TRIES: usize = 100;

/// A text to learn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The language it is in.
    pub language: String,
    /// What must be found in it.
    pub case: Case,
    /// The rules were made from it: what they say of it is better than what they say of others.
    pub known_to_rules: bool,
    /// It is one of those by which the bounds are set: such as sellers write them.
    pub sets_bounds: bool,
}

/// Tells how far the work is.
pub type Progress<'a> = dyn Fn(&str) + 'a;

/// A text as the judge is shown it.
struct Shown<'a> {
    text: &'a Text,
    sight: Sight,
    certain: bool,
    /// What else is heard of it.
    heard: Vec<Sight>,
    /// The sentences in which a rule found something.
    told: Vec<Sight>,
}

/// Learns from texts, and answers the judge's file.
///
/// The same texts give the same weights; on another machine the last digit of a logarithm may differ.
#[must_use]
pub fn train(linter: &Linter, texts: &[Text], tell: &Progress<'_>) -> Vec<u8> {
    let shown: Vec<Shown<'_>> = texts.iter().map(|text| show(linter, text)).collect();
    let factors = factors(&shown);
    let samples: Vec<Sample> = shown.iter().map(|shown| Sample::of(&shown.sight, &factors)).collect();
    tell(&format!("{} texts read", samples.len()));
    let setting: Vec<usize> =
        (0..texts.len()).filter(|n| texts.get(*n).is_some_and(|t| t.sets_bounds)).collect();
    let mut judged = Vec::with_capacity(setting.len());
    for fold in 0..FOLDS {
        let left_out: Vec<usize> = setting.iter().copied().skip(fold).step_by(FOLDS).collect();
        let model = learn(texts, &samples, &factors, &left_out);
        let held = left_out.iter().filter_map(|n| shown.get(*n));
        judged.extend(held.map(|shown| Judged::by(&model, shown)));
        tell(&format!("part {} of {FOLDS} judged by what the others taught", fold + 1));
    }
    let mut model = learn(texts, &samples, &factors, &[]);
    (model.refuse, model.keep) = bounds(&judged, tell);
    model.write()
}

fn outgoing(text: &Text) -> Outgoing<'_> {
    Outgoing { language: Some(&text.language), ..Outgoing::new(&text.case.text, text.case.audience) }
}

fn show<'a>(linter: &Linter, text: &'a Text) -> Shown<'a> {
    let shown = linter.shown(&outgoing(text));
    let sight = shown.signs.within((0, shown.letters));
    let sight = if text.known_to_rules { sight.unasked() } else { sight };
    let alone = |spans: &[Span]| spans.iter().map(|span| shown.signs.within(*span)).collect();
    let heard = if text.sets_bounds { alone(&shown.heard) } else { Vec::new() };
    Shown { text, sight, certain: shown.certain, heard, told: alone(&shown.told) }
}

/// What each row counts: the rarer what falls on it, the more (Spärck Jones, "A statistical interpretation
/// of term specificity and its application in retrieval", Journal of Documentation 28 (1972): 11–21), in
/// units of what is said once in a hundred texts; by kind beside that.
fn factors(shown: &[Shown<'_>]) -> Vec<f32> {
    const USUAL: f32 = 100.0;
    let mut texts_with = vec![0_u32; ROWS];
    for (row, _) in shown.iter().flat_map(|shown| shown.sight.weighed()) {
        if let Some(count) = texts_with.get_mut(row) {
            *count += 1;
        }
    }
    let texts = shown.len() as f32 + 1.0;
    let factor = |(row, with): (usize, u32)| weight_of(row) * (texts / (with as f32 + 1.0)).ln() / USUAL.ln();
    texts_with.into_iter().enumerate().map(factor).collect()
}

/// What all texts but a few teach.
fn learn(texts: &[Text], samples: &[Sample], factors: &[f32], left_out: &[usize]) -> Model {
    let orders = orders((0..texts.len()).filter(|n| left_out.binary_search(n).is_err()).collect());
    let mut beside = vec![[0.0; LANES]; BESIDE];
    let mut weights: Vec<Vec<f32>> = Vec::with_capacity(LANES);
    for lane in 0..LANES {
        let labels: Vec<bool> = texts.iter().map(|text| is_in(text.case.rule, lane)).collect();
        let learnt = fit(samples, &labels, &orders);
        for (place, weight) in beside.iter_mut().zip(learnt.iter().skip(ROWS)) {
            if let Some(place) = place.get_mut(lane) {
                *place = *weight as f32;
            }
        }
        // What a row counts goes into its weight, so that judging does not look it up.
        weights.push(learnt.iter().zip(factors).map(|(weight, factor)| *weight as f32 * factor).collect());
    }
    Model::of(rule_files_hash(), hash_of(texts), beside, &weights)
}

/// Whether a text belongs to a lane: the first is for all that is forbidden.
fn is_in(rule: Option<Rule>, lane: usize) -> bool {
    rule.is_some_and(|rule| lane == 0 || lane == lane_of(rule))
}

/// The orders in which texts are gone through, each shuffled anew: Fisher and Yates, with numbers by
/// Marsaglia's xorshift (Journal of Statistical Software 8 (2003), 14).
fn orders(mut order: Vec<usize>) -> Vec<Vec<usize>> {
    let mut state = SEED;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (below.max(1) as u64)).unwrap_or(0)
    };
    let mut shuffled = || {
        for at in (1..order.len()).rev() {
            order.swap(at, next(at + 1));
        }
        order.clone()
    };
    (0..PASSES).map(|_| shuffled()).collect()
}

/// A text that sets the bounds, judged by a judge that did not learn from it.
struct Judged {
    forbidden: bool,
    /// Refused by rules alone, whatever the judge says.
    certain: bool,
    score: f32,
    /// The score by which what rules found is kept; none if they found nothing.
    told: Option<f32>,
}

impl Judged {
    fn by(model: &Model, shown: &Shown<'_>) -> Self {
        let of = |sight: &Sight| score(&model.scores(sight), &outgoing(shown.text)).0;
        let score = shown.heard.iter().map(of).fold(of(&shown.sight), f32::max);
        let told = shown.told.iter().map(of).reduce(f32::max).map(|told| told.max(score));
        Self { forbidden: shown.text.case.rule.is_some(), certain: shown.certain, score, told }
    }
}

/// The bounds by which most that is forbidden is caught while few ordinary texts are flagged.
fn bounds(judged: &[Judged], tell: &Progress<'_>) -> (f32, f32) {
    let ordinary = judged.iter().filter(|text| !text.forbidden).count();
    let mut tries: Vec<f32> = judged.iter().map(|text| text.score).collect();
    tries.sort_by(f32::total_cmp);
    let tries: Vec<f32> = tries.iter().copied().step_by((tries.len() / TRIES).max(1)).collect();
    let mut best = (0, 0, f32::MAX, f32::MAX);
    for refuse in &tries {
        for keep in tries.iter().filter(|keep| *keep <= refuse) {
            let refused = |text: &&Judged| {
                text.certain || text.score >= *refuse || text.told.is_some_and(|told| told >= *keep)
            };
            let count =
                |forbidden| judged.iter().filter(|t| t.forbidden == forbidden).filter(refused).count();
            let (caught, flagged) = (count(true), count(false));
            let few = flagged * 1_000 <= ordinary * FLAGGED_PER_MILLE;
            if few && (caught, ordinary - flagged) > (best.0, best.1) {
                best = (caught, ordinary - flagged, *refuse, *keep);
            }
        }
    }
    let (caught, passed, refuse, keep) = best;
    let forbidden = judged.len() - ordinary;
    let flagged = ordinary - passed;
    tell(&format!(
        "refuses from {refuse:.3}, keeps from {keep:.3}: {caught} of {forbidden} caught, {flagged} of {ordinary} flagged"
    ));
    (refuse, keep)
}

/// What a model was learnt from.
#[must_use]
pub(crate) fn hash_of(texts: &[Text]) -> [u8; 32] {
    let mut hash = blake3::Hasher::new();
    for text in texts {
        let rule = text.case.rule.map_or("ok", Rule::as_str);
        let fields = [text.language.as_str(), rule, text.case.audience.as_str(), text.case.text.as_str()];
        for field in fields {
            hash.update(field.as_bytes());
            hash.update(&[0]);
        }
        hash.update(&[u8::from(text.known_to_rules), u8::from(text.sets_bounds)]);
    }
    *hash.finalize().as_bytes()
}
