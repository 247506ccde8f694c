//! From scores to probabilities that can be believed, and from which on a thing is said.

use super::examples::{Example, Prepared};
use super::heads::group;
use super::measure::{best_balance, best_macro_f1, lowest_f1, middle_f1};
use crate::head::{Head, Topic, sigmoid};
use crate::heard::Grounds;
use crate::model::Model;

/// Fewer texts of a kind set nothing.
const LABELLED_MIN: usize = 10;
const NEWTON_STEPS: u32 = 30;
const STEP_MAX: f64 = 0.5;
const SLOPE_MIN: f64 = 0.1;
const SLOPE_MAX: f64 = 5.0;
/// Keeps slopes near one where few texts are labelled.
const PRIOR: f64 = 2.0;

/// Calibrates every head on the development part.
pub(super) fn calibrate(model: &mut Model, prepared: &Prepared) {
    let mut mood: Vec<(f32, bool)> = Vec::new();
    let mut heads: Vec<Vec<(f32, bool)>> = vec![Vec::new(); model.heads.len()];
    let mut grounds = Vec::new();
    for example in prepared.judged_by_mood() {
        if let Some(negative) = example.negative {
            mood.push((model.score(&example.features, &example.cues).negative, negative));
        }
    }
    for example in prepared.held_out().filter(|example| example.is_full) {
        let scores = model.score(&example.features, &example.cues);
        grounds.push(example.grounds);
        for (lane, (scored, score)) in heads.iter_mut().zip(scores.heads).enumerate() {
            scored.push((score, example.heads.set & (1 << lane) != 0));
        }
    }
    fit_head(&mut model.negative, &mood);
    if is_enough(&mood) {
        let said = |e: &Example| {
            let probability = model.negative.probability(model.score(&e.features, &e.cues).negative);
            Some((e.language, probability, e.negative?))
        };
        let scored: Vec<_> = prepared.judged_by_mood().filter_map(said).collect();
        model.negative.threshold = best_macro_f1(&scored, prepared.languages.len());
    }
    for (head, scored) in model.heads.iter_mut().zip(&heads) {
        fit_head(head, scored);
    }
    for wanted in 0..3 {
        // One threshold for all of a group: a head of its own has too few texts to set one by.
        let members = Topic::all().zip(model.heads.iter().zip(&heads));
        let members = members.filter(|(topic, _)| group(topic.lane()) == wanted);
        let mut pooled: Vec<(f32, bool)> = members
            .flat_map(|(topic, (head, scored))| probabilities(topic, head, scored, &grounds))
            .collect();
        if !is_enough(&pooled) {
            continue;
        }
        let (_, threshold) = match wanted {
            0 => middle_f1(&mut pooled),
            1 => lowest_f1(&mut pooled),
            _ => best_balance(&mut pooled),
        };
        for (lane, head) in model.heads.iter_mut().enumerate() {
            if group(lane) == wanted {
                head.threshold = threshold;
            }
        }
    }
}

/// Whether texts of both kinds are enough to set a figure by; else it stays as it was.
fn is_enough(scored: &[(f32, bool)]) -> bool {
    let yes = scored.iter().filter(|(_, is)| *is).count();
    yes >= LABELLED_MIN && scored.len() - yes >= LABELLED_MIN
}

/// What would be said of these texts: nothing where there are no grounds.
fn probabilities(topic: Topic, head: &Head, scored: &[(f32, bool)], grounds: &[Grounds]) -> Vec<(f32, bool)> {
    let said = |((score, is), grounds): (&(f32, bool), &Grounds)| {
        let likely = head.probability(*score);
        (if grounds.allow(topic, likely) { likely } else { 0.0 }, *is)
    };
    scored.iter().zip(grounds).map(said).collect()
}

/// Platt scaling: slope and intercept of greatest likelihood, by Newton's method.
fn fit_head(head: &mut Head, scored: &[(f32, bool)]) {
    let (mut slope, mut intercept) = (1.0_f64, 0.0_f64);
    if !is_enough(scored) {
        return;
    }
    for _ in 0..NEWTON_STEPS {
        let (mut g, mut h) = ([PRIOR * (slope - 1.0), 0.0], [PRIOR, 0.0, 1e-9]);
        for (score, is) in scored {
            let x = f64::from(*score);
            let p = f64::from(sigmoid((slope * x + intercept) as f32));
            let (error, curve) = (p - f64::from(u8::from(*is)), (p * (1.0 - p)).max(1e-9));
            g = [g[0] + error * x, g[1] + error];
            h = [h[0] + curve * x * x, h[1] + curve * x, h[2] + curve];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        if determinant.abs() < 1e-12 {
            break;
        }
        // Far from the top the curve is flat and a whole step would lead anywhere.
        slope -= ((g[0] * h[2] - g[1] * h[1]) / determinant).clamp(-STEP_MAX, STEP_MAX);
        intercept -= ((g[1] * h[0] - g[0] * h[1]) / determinant).clamp(-STEP_MAX, STEP_MAX);
        slope = slope.clamp(SLOPE_MIN, SLOPE_MAX);
    }
    (head.slope, head.intercept) = (slope as f32, intercept as f32);
}
