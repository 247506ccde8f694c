//! A second opinion, learnt from examples: whether a text says something forbidden in words that no
//! rule knows, and whether what a rule found is meant as the rule reads it.
//!
//! It sees letters, words and parts, and what the rules found; long texts it sees piece by piece, so
//! that much harmless talk hides nothing. Training is `crate::train`.

use crate::error::LintError;
use crate::linter::{Audience, Outgoing, Venue};
use crate::read::Reading;
use crate::rule::Rule;
use crate::scene::Span;

mod corpus;
mod fit;
mod model;
mod signs;
mod train;

pub use corpus::{CorpusError, corpus, is_current};
use model::LANES;
pub(crate) use model::Model;
pub(crate) use signs::Signs;
pub use train::{Progress, Text, train};

/// The file that ships in the binary.
pub(crate) const EMBEDDED: &[u8] = include_bytes!("../model/judge.bin");

/// A piece is as long as a message usually is, in letters.
const PIECE: u32 = 700;
/// What two pieces have in common: two sentences that only together say it stand in one of them.
const LAP: u32 = 250;

/// The judge.
#[derive(Debug)]
pub(crate) struct Judge {
    model: Model,
}

/// What it makes of a piece of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opinion {
    pub(crate) piece: Span,
    /// Above the model's bounds something follows from it.
    pub(crate) score: f32,
    /// What it would be refused for.
    pub(crate) rule: Rule,
}

impl Judge {
    pub(crate) fn embedded() -> Result<Self, LintError> {
        Ok(Self { model: Model::read(EMBEDDED)? })
    }

    /// The opinions on all pieces of a text, in order.
    pub(crate) fn look(&self, signs: &Signs, reading: &Reading<'_>, outgoing: &Outgoing<'_>) -> Vec<Opinion> {
        heard(reading).into_iter().map(|piece| self.hear(piece, signs, outgoing)).collect()
    }

    /// The opinion on a piece, heard alone.
    pub(crate) fn hear(&self, piece: Span, signs: &Signs, outgoing: &Outgoing<'_>) -> Opinion {
        let (score, rule) = score(&self.model.scores(&signs.within(piece)), outgoing);
        Opinion { piece, score, rule }
    }

    /// Whether a piece is refused without a rule.
    pub(crate) fn refuses(&self, opinion: &Opinion) -> bool {
        opinion.score >= self.model.refuse
    }

    /// Whether what a rule found in a piece stands.
    pub(crate) fn keeps(&self, opinion: &Opinion) -> bool {
        opinion.score >= self.model.keep
    }

    /// The sentence of a piece that speaks loudest for its rule.
    pub(crate) fn place(&self, opinion: &Opinion, signs: &Signs, reading: &Reading<'_>) -> Span {
        let lane = lane_of(opinion.rule);
        let loudness = |sentence: &Span| {
            let scores = self.model.scores(&signs.within(*sentence));
            scores.get(lane).copied().unwrap_or(f32::MIN)
        };
        let sentences = sentences(reading, opinion.piece);
        let loudest = sentences.into_iter().max_by(|a, b| loudness(a).total_cmp(&loudness(b)));
        loudest.map_or(opinion.piece, |span| trimmed(reading, span))
    }
}

const fn lane_of(rule: Rule) -> usize {
    1 + rule as usize
}

/// Whether a rule is one for this reader at all.
fn applies(rule: Rule, outgoing: &Outgoing<'_>) -> bool {
    match rule {
        Rule::PersonalData => outgoing.audience == Audience::PublicReply,
        Rule::OffPlatform => outgoing.venue == Venue::Marketplace,
        _ => true,
    }
}

/// The mean of "anything at all" and the likeliest rule: either alone is wrong more often. Where the
/// likeliest is no rule for this reader, "anything" means it, and says nothing of the others.
fn score(scores: &[f32; LANES], outgoing: &Outgoing<'_>) -> (f32, Rule) {
    let of = |rule: Rule| scores.get(lane_of(rule)).copied().unwrap_or(f32::MIN);
    let best = |rules: &mut dyn Iterator<Item = Rule>| rules.max_by(|a, b| of(*a).total_cmp(&of(*b)));
    let likeliest = best(&mut Rule::ALL.iter().copied());
    let fitting = best(&mut Rule::ALL.iter().copied().filter(|rule| applies(*rule, outgoing)));
    let rule = fitting.unwrap_or(Rule::Pressure);
    let any = scores.first().copied().unwrap_or(f32::MIN);
    let any = if likeliest == fitting { any } else { any.min(of(rule)) };
    ((any + of(rule)) / 2.0, rule)
}

/// What of a text is heard: its pieces, and where there are more, its sentences alone.
pub(crate) fn heard(reading: &Reading<'_>) -> Vec<Span> {
    let mut heard = pieces(reading);
    let alone = sentences(reading, (0, reading.letters.len()));
    if alone.len() > 1 {
        heard.extend(alone);
    }
    heard
}

/// Pieces of about one length that overlap, cut where sentences end if they are not too long.
fn pieces(reading: &Reading<'_>) -> Vec<Span> {
    let all = (0, reading.letters.len());
    let width = |span: Span| reading.gap((span.0, span.0), (span.1, span.1));
    if width(all) <= PIECE {
        return vec![all];
    }
    let mut parts = Vec::new();
    for sentence in sentences(reading, all) {
        let mut from = sentence.0;
        for letter in sentence.0..sentence.1 {
            if width((from, letter)) >= PIECE / 4 {
                parts.push((from, letter));
                from = letter;
            }
        }
        parts.push((from, sentence.1));
    }
    let mut pieces: Vec<Span> = Vec::new();
    let mut first = 0;
    while let Some(begin) = parts.get(first) {
        let fit = |(_, part): &(usize, &Span)| width((begin.0, part.1)) <= PIECE;
        let last = parts.iter().enumerate().skip(first).take_while(fit).last();
        let (last, end) = last.map_or((first, begin.1), |(at, part)| (at, part.1));
        pieces.push((begin.0, end));
        if last + 1 >= parts.len() {
            break;
        }
        let far = |part: &Span| width((begin.0, part.0)) >= PIECE - LAP;
        let next = parts.iter().skip(first + 1).position(far).map_or(last + 1, |by| first + 1 + by);
        first = next.min(last + 1);
    }
    pieces
}

/// The sentences of a span, cut to it.
fn sentences(reading: &Reading<'_>, span: Span) -> Vec<Span> {
    let mut sentences = Vec::new();
    let mut from = span.0;
    for letter in span.0..span.1 {
        if reading.sentence(letter) != reading.sentence(from) {
            sentences.push((from, letter));
            from = letter;
        }
    }
    if from < span.1 {
        sentences.push((from, span.1));
    }
    sentences
}

/// The sentences in which a span stands, whole.
pub(crate) fn around(reading: &Reading<'_>, span: Span) -> Span {
    let (first, last) = (reading.sentence(span.0), reading.sentence(span.1.saturating_sub(1)));
    let (mut start, mut end) = span;
    while start > 0 && reading.sentence(start - 1) >= first {
        start -= 1;
    }
    while end < reading.letters.len() && reading.sentence(end) <= last {
        end += 1;
    }
    (start, end)
}

/// Without the spaces at its ends.
fn trimmed(reading: &Reading<'_>, (mut start, mut end): Span) -> Span {
    let is_space = |letter: usize| reading.letters.get(letter).is_some_and(|letter| letter.c == ' ');
    while start + 1 < end && is_space(start) {
        start += 1;
    }
    while start + 1 < end && is_space(end - 1) {
        end -= 1;
    }
    (start, end)
}
