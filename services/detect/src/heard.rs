//! From scores to what is said: probabilities, what is above its threshold, and why.

use amends_domain::detection::{Evidence, Flag, ScoredReason};

use crate::alphabet::Class;
use crate::cue::Mark;
use crate::detector::Read;
use crate::head::{HEADS, Head, Topic};
use crate::model::{Model, Scores, scale_of};
use crate::ngram::visit;
use crate::table::row;

/// More spans than an agent reads.
const EVIDENCE_MAX: usize = 8;
/// Shorter texts ("XL", "sí", "谢谢") say only what a phrase of the lexicon says: what few
/// n-grams there are resembles anything. Counted in letters; a character that is a word is three.
const LETTERS_MIN: usize = 14;

/// A flag calls people away from other work: without a phrase that says it, it must be likely.
const FLAG_MIN: f32 = 0.5;

/// The n-grams of a span must have moved the score by so much to be worth an agent's look.
const SPAN_WEIGHT_MIN: f32 = 0.15;
/// A span of a script without spaces is about a word's length.
const SPAN_LETTERS_MAX: usize = 12;

/// What a text says whose language is not known: as likely negative as not.
const PROBABILITY_UNKNOWN: f32 = 0.5;

/// What the text alone says.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) negative: f32,
    /// From this probability on a text without a rating is negative.
    pub(crate) negative_min: f32,
    pub(crate) intent: f32,
    pub(crate) return_intent: bool,
    pub(crate) reasons: Vec<ScoredReason>,
    pub(crate) flags: Vec<Flag>,
    pub(crate) wish: bool,
    pub(crate) evidence: Vec<Evidence>,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            negative: PROBABILITY_UNKNOWN,
            negative_min: 1.0,
            intent: 0.0,
            return_intent: false,
            reasons: Vec::new(),
            flags: Vec::new(),
            wish: false,
            evidence: Vec::new(),
        }
    }
}

impl Heard {
    pub(crate) fn from(model: &Model, scores: &Scores, read: &Read) -> Self {
        let negative = model.negative.probability(scores.negative);
        let mut heard = Self {
            negative,
            negative_min: model.negative.threshold,
            wish: read.cues.wish,
            ..Self::default()
        };
        // What is said, and the lane whose n-grams speak for it.
        let mut said: Vec<(Option<Topic>, usize)> = Vec::new();
        if negative >= model.negative.threshold {
            said.push((None, HEADS));
        }
        let is_short = is_short(read);
        let heads = Topic::all().zip(&model.heads).zip(scores.heads).enumerate();
        for (lane, ((what, head), score)) in heads {
            let is_marked = read.cues.marks.iter().any(|mark| mark.heard == Some(what));
            let likely = head.probability(score);
            let is_doubtful = is_short
                || read.cues.denied.contains(&what)
                || (matches!(what, Topic::Flag(_)) && likely < FLAG_MIN);
            let unfounded = !is_marked && is_doubtful;
            let probability = if unfounded { likely.min(head.threshold / 2.0) } else { likely };
            if heard.add(what, head, probability) {
                said.push((Some(what), lane));
            }
        }
        heard.reasons.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.reason.cmp(&b.reason)));
        heard.evidence = evidence(model, read, &said);
        heard
    }

    /// Takes note of a probability; says whether the thing is said to be heard.
    fn add(&mut self, what: Topic, head: &Head, probability: f32) -> bool {
        let is_said = probability >= head.threshold;
        match what {
            Topic::Intent => (self.intent, self.return_intent) = (probability, is_said),
            Topic::Reason(reason) if is_said => self.reasons.push(ScoredReason { reason, probability }),
            Topic::Flag(flag) if is_said => self.flags.push(flag),
            Topic::Reason(_) | Topic::Flag(_) => {}
        }
        is_said
    }
}

fn is_short(read: &Read) -> bool {
    let words = read.letters.iter().filter(|letter| letter.is(Class::WORD));
    let size: usize = words.map(|letter| if letter.is(Class::UNSPACED) { 3 } else { 1 }).sum();
    size < LETTERS_MIN
}

/// The spans that weighed most for what is said: the lexicon's phrases where there are
/// any, else the words whose n-grams did.
fn evidence(model: &Model, read: &Read, said: &[(Option<Topic>, usize)]) -> Vec<Evidence> {
    let mut marks: Vec<Mark> = Vec::new();
    for (what, lane) in said {
        let phrases: Vec<&Mark> = read.cues.marks.iter().filter(|mark| mark.heard == *what).collect();
        match phrases.is_empty() {
            false => marks.extend(phrases.into_iter().cloned()),
            true => marks.extend(loudest_word(model, read, *what, *lane)),
        }
    }
    // A phrase with a gap may hold the very word that says the same.
    let spans: Vec<_> = marks.iter().map(|mark| (mark.heard, mark.start, mark.end)).collect();
    marks.retain(|mark| {
        let holds = |other: &&(Option<Topic>, u32, u32)| {
            let (heard, start, end) = **other;
            heard == mark.heard
                && mark.start <= start
                && end <= mark.end
                && end - start < mark.end - mark.start
        };
        !spans.iter().any(|other| holds(&other))
    });
    marks.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.start.cmp(&b.start)));
    marks.truncate(EVIDENCE_MAX);
    marks.sort_by_key(|mark| (mark.start, mark.end));
    let mut evidence: Vec<Evidence> = marks.iter().map(Mark::evidence).collect();
    evidence.dedup();
    evidence
}

/// The word of a text whose n-grams speak loudest for one thing.
fn loudest_word(model: &Model, read: &Read, what: Option<Topic>, lane: usize) -> Option<Mark> {
    let letters = &read.letters;
    let mut weights = vec![0.0_f32; letters.len()];
    let mut count = 0;
    visit(letters, |feature| {
        if what.is_some() && feature.is_for_mood_alone {
            return;
        }
        count += 1;
        let weight = match what {
            None => model.mood.weight(feature.id),
            Some(_) => model.wishes.weight(row(feature.id, model.wishes.bits()), lane),
        };
        let share = weight / feature.letters.max(1) as f32;
        weights.iter_mut().skip(feature.first).take(feature.letters).for_each(|w| *w += share);
    });
    let scale = scale_of(count);
    let mut words: Vec<(f32, usize, usize)> = Vec::new();
    let mut first = 0;
    for (at, letter) in letters.iter().enumerate() {
        let inside = letter.is(Class::WORD) && (!letter.is(Class::UNSPACED) || at - first < SPAN_LETTERS_MAX);
        if !inside {
            if at > first {
                let sum: f32 = weights.iter().skip(first).take(at - first).sum();
                words.push((sum * scale, first, at));
            }
            first = if letter.is(Class::WORD) { at } else { at + 1 };
        }
    }
    let (weight, first, end) = words.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    if weight < SPAN_WEIGHT_MIN {
        return None;
    }
    let (start, end) = letters.origin(first, end)?;
    Some(Mark { heard: what, weight, start, end })
}
