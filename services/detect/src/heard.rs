//! From scores to what is said: probabilities, what is above its threshold, and why.

use amends_domain::detection::{Evidence, Flag, ScoredReason};

use crate::alphabet::{Class, Script};
use crate::cue::{Cues, Mark};
use crate::detector::Read;
use crate::head::{HEADS, Head, Topic, Topics};
use crate::model::{Model, Scores, scale_of};
use crate::ngram::visit;
use crate::normalise::Letter;
use crate::table::row;

/// More spans than an agent reads.
const EVIDENCE_MAX: usize = 8;
/// Marks that are compared with each other; the heaviest.
const MARKS_MAX: usize = 64;
/// Shorter texts ("XL", "sí", "谢谢") say only what a phrase of the lexicon says: what few
/// n-grams there are resembles anything. Counted in letters; a Chinese character says as much as three.
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
        let grounds = Grounds::of(&read.letters, &read.cues);
        let heads = Topic::all().zip(&model.heads).zip(scores.heads);
        for ((what, head), score) in heads {
            let likely = head.probability(score);
            let probability =
                if grounds.allow(what, likely) { likely } else { likely.min(head.threshold / 2.0) };
            if heard.add(what, head, probability) {
                said.push((Some(what), what.lane()));
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

/// What n-grams alone may not say: of a short text, of what is denied in plain words, of a flag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grounds {
    is_short: bool,
    marked: Topics,
    denied: Topics,
}

impl Grounds {
    pub(crate) fn of(letters: &[Letter], cues: &Cues) -> Self {
        let size: usize = letters.iter().filter(|letter| letter.is(Class::WORD)).map(|l| size(*l)).sum();
        Self { is_short: size < LETTERS_MIN, marked: cues.marked, denied: cues.denied }
    }

    /// Whether a thing so likely may be said.
    pub(crate) fn allow(self, topic: Topic, likely: f32) -> bool {
        let is_doubtful =
            self.is_short || self.denied.has(topic) || (matches!(topic, Topic::Flag(_)) && likely < FLAG_MIN);
        !is_doubtful || self.marked.has(topic)
    }
}

/// How much a character says, in letters of an alphabet.
const fn size(letter: Letter) -> usize {
    match letter.class.script() {
        script if script == Script::Han as usize => 3,
        script if script == Script::Hangul as usize || script == Script::Kana as usize => 2,
        _ => 1,
    }
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
    marks.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.start.cmp(&b.start)));
    marks.truncate(MARKS_MAX);
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
