//! What the judge sees of a text: n-grams of letters, words, and the parts of rules,
//! each as the row of a table that its hash falls on.

use std::collections::BTreeSet;

use crate::cue::Cue;
use crate::found::Told;
use crate::linter::Audience;
use crate::matcher::Hit;
use crate::part::Part;
use crate::read::Reading;
use crate::rule::Rule;
use crate::scene::Span;
use crate::shape::Seen;

/// Rows of the table: letters and words fall on many, what is the same in all languages on rows of its own.
pub(super) const ROWS: usize = Kind::Things.first() as usize + (1 << Kind::Things.bits());

/// Goes up whenever the same text would give other signs: a model is of one version.
pub(super) const VERSION: u32 = 2;

/// The longest run of letters that counts as one sign.
const GRAM_MAX: usize = 5;
/// Beside the rows: a bias, who reads, what the rules say, and whether they were asked.
pub(super) const BESIDE: usize = 1 + AUDIENCES + 1 + Rule::ALL.len() + 1;
const AUDIENCES: usize = 4;
const AT_RULES: usize = 1 + AUDIENCES;
const AT_UNASKED: usize = BESIDE - 1;

/// Signs of one kind weigh together as one: a text of many words has no more of them than a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Words,
    /// Parts, shapes.
    Things,
    Cues,
    Pairs,
}

const KINDS: usize = 5;

impl Kind {
    /// How many rows it has, as a power of two.
    const fn bits(self) -> u32 {
        match self {
            Self::Letters => LETTER_BITS,
            Self::Words => WORD_BITS,
            Self::Things | Self::Cues | Self::Pairs => THING_BITS,
        }
    }

    /// The first of its rows.
    const fn first(self) -> u32 {
        match self {
            Self::Letters => 0,
            Self::Words => 1 << LETTER_BITS,
            Self::Things | Self::Cues | Self::Pairs => (1 << LETTER_BITS) + (1 << WORD_BITS),
        }
    }
}

/// What each kind counts beside the others, as it did best on the texts that set the bounds, judged by what
/// the others taught.
pub(super) fn weight_of(row: usize) -> f32 {
    if row < Kind::Words.first() as usize {
        2.0
    } else if row < Kind::Things.first() as usize {
        1.5
    } else {
        1.0
    }
}

const LETTER_BITS: u32 = 18;
const WORD_BITS: u32 = 17;
const THING_BITS: u32 = 14;

/// One sign, and the letter where it begins.
#[derive(Debug, Clone, Copy)]
struct Sign {
    start: u32,
    row: u32,
    kind: Kind,
}

/// All signs of a text, by place.
#[derive(Debug)]
pub(crate) struct Signs {
    /// Runs of letters: nine of ten are these.
    letters: Vec<Sign>,
    others: Vec<Sign>,
    told: Vec<Told>,
    audience: Audience,
}

/// What the judge weighs: rows, each once, by kind, and what is known beside them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sight {
    pub(super) rows: [Vec<u32>; KINDS],
    pub(super) beside: [f32; BESIDE],
}

impl Sign {
    fn new(start: u32, hash: u64, kind: Kind) -> Self {
        let hash = (hash ^ hash >> 32).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let row = u32::try_from(hash >> (u64::BITS - kind.bits())).unwrap_or(0);
        Self { start, row: kind.first() + row, kind }
    }
}

impl Signs {
    /// Gathers them: `hits` are the parts of all languages that the text was looked at in.
    pub(crate) fn of(
        reading: &Reading<'_>,
        said: &BTreeSet<Hit>,
        cues: &BTreeSet<(usize, Cue)>,
        shapes: &[Seen],
        told: &[Told],
        audience: Audience,
    ) -> Self {
        let mut runs = Vec::with_capacity(reading.original.len() * (GRAM_MAX - 1));
        let mut others = Vec::new();
        if let Some(view) = reading.views.first() {
            let letters = view.text.char_indices().filter_map(|(byte, c)| {
                let letter = view.letters(byte..byte + c.len_utf8())?.0;
                Some((c, u32::try_from(letter).unwrap_or(u32::MAX)))
            });
            grams(letters.clone(), &mut runs);
            words(letters, &mut others);
        }
        parts(said, shapes, &mut others);
        self::cues(reading, cues, audience, &mut others);
        // Runs come by place; of the others there are few.
        others.sort_by_key(|sign| sign.start);
        Self { letters: runs, others, told: told.to_vec(), audience }
    }

    /// What is seen of a span of letters.
    pub(super) fn within(&self, span: Span) -> Sight {
        let mut sight = Sight { rows: Default::default(), beside: [0.0; BESIDE] };
        let mut seen = vec![0_u64; ROWS.div_ceil(64)];
        for sign in inside(&self.letters, span).iter().chain(inside(&self.others, span)) {
            let Some(word) = seen.get_mut(sign.row as usize / 64) else { continue };
            let bit = 1 << (sign.row % 64);
            if *word & bit == 0 {
                *word |= bit;
                if let Some(rows) = sight.rows.get_mut(sign.kind as usize) {
                    rows.push(sign.row);
                }
            }
        }
        sight.put(0);
        sight.put(1 + self.audience as usize);
        for told in self.told.iter().filter(|told| told.span.0 < span.1 && span.0 < told.span.1) {
            sight.put(AT_RULES);
            sight.put(AT_RULES + 1 + told.rule as usize);
        }
        sight
    }
}

/// Those that begin in a span, of signs by place.
fn inside(signs: &[Sign], span: Span) -> &[Sign] {
    let at = |letter: usize| signs.partition_point(|sign| (sign.start as usize) < letter);
    signs.get(at(span.0)..at(span.1)).unwrap_or_default()
}

impl Sight {
    fn put(&mut self, at: usize) {
        if let Some(place) = self.beside.get_mut(at) {
            *place = 1.0;
        }
    }

    /// The same as if no rule had been asked: rules that were made from a text know it too well, and so do
    /// the lists of their parts.
    pub(super) fn unasked(mut self) -> Self {
        if let Some(parts) = self.rows.get_mut(Kind::Things as usize) {
            parts.clear();
        }
        for (at, place) in self.beside.iter_mut().enumerate() {
            if at >= AT_RULES {
                *place = if at == AT_UNASKED { 1.0 } else { 0.0 };
            }
        }
        self
    }

    /// What each row of a kind counts: together they have length 1.
    pub(super) fn share(rows: &[u32]) -> f32 {
        1.0 / (rows.len().max(1) as f32).sqrt()
    }

    /// The rows with what each counts.
    pub(super) fn weighed(&self) -> impl Iterator<Item = (usize, f32)> {
        self.rows.iter().flat_map(|rows| rows.iter().map(|row| (*row as usize, Self::share(rows))))
    }
}

/// Runs of two to five letters within what stands between spaces, the spaces at its ends included.
fn grams(letters: impl Iterator<Item = (char, u32)>, signs: &mut Vec<Sign>) {
    let mut token: Vec<(char, u32)> = Vec::new();
    for (c, at) in letters.chain([(' ', u32::MAX)]) {
        if c != ' ' {
            if token.is_empty() {
                token.push((' ', at));
            }
            token.push((c, at));
        } else if !token.is_empty() {
            token.push((' ', at));
            for from in 0..token.len() {
                let mut hash = GRAM_SEED;
                let Some((_, start)) = token.get(from).copied() else { continue };
                for (length, (c, _)) in token.iter().skip(from).take(GRAM_MAX).enumerate() {
                    hash = mix(hash, u64::from(*c));
                    if length > 0 {
                        signs.push(Sign::new(start, hash, Kind::Letters));
                    }
                }
            }
            token.clear();
        }
    }
}

/// Words, alone and in pairs.
fn words(letters: impl Iterator<Item = (char, u32)>, signs: &mut Vec<Sign>) {
    let mut word: Option<(u64, u32)> = None;
    let mut before: Option<(u64, u32)> = None;
    for (c, at) in letters.chain([(' ', u32::MAX)]) {
        if c.is_alphanumeric() {
            let (hash, start) = word.unwrap_or((WORD_SEED, at));
            word = Some((mix(hash, u64::from(c)), start));
        } else if let Some((hash, start)) = word.take() {
            signs.push(Sign::new(start, hash, Kind::Words));
            if let Some((earlier, start)) = before {
                signs.push(Sign::new(start, mix(earlier ^ PAIR_SEED, hash), Kind::Words));
            }
            before = Some((hash, start));
        }
    }
}

/// Parts and shapes, each by what it is.
fn parts(said: &BTreeSet<Hit>, shapes: &[Seen], signs: &mut Vec<Sign>) {
    let parts = said.iter().map(|hit| (hit.start, hit.part as u64));
    let shapes = shapes.iter().map(|seen| (seen.start, Part::COUNT as u64 + seen.shape as u64));
    signs.extend(parts.chain(shapes).map(|(start, what)| {
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        Sign::new(start, mix(PART_SEED, what), Kind::Things)
    }));
}

/// With so many cues after it each cue is paired: a heap of words is no sentence.
const PAIRS_MAX: usize = 24;

/// Cues, alone, for their reader, and with those that follow in their sentence and the next. They are the
/// same in every language: what one language teaches of them holds in all.
fn cues(reading: &Reading<'_>, cues: &BTreeSet<(usize, Cue)>, audience: Audience, signs: &mut Vec<Sign>) {
    let cues: Vec<(usize, Cue)> = cues.iter().copied().collect();
    for (n, (at, cue)) in cues.iter().enumerate() {
        let start = u32::try_from(*at).unwrap_or(u32::MAX);
        let mut see = |hash: u64, kind| signs.push(Sign::new(start, hash, kind));
        see(mix(CUE_SEED, *cue as u64), Kind::Cues);
        see(mix(mix(READER_SEED, *cue as u64), audience as u64), Kind::Cues);
        let sentence = reading.sentence(*at);
        for (other_at, other) in cues.iter().skip(n + 1).take(PAIRS_MAX) {
            let (a, b) = ((*cue).min(*other), (*cue).max(*other));
            let pair = |seed: u64| mix(mix(seed, a as u64), b as u64);
            match reading.sentence(*other_at) - sentence {
                0 => see(pair(SENTENCE_SEED), Kind::Pairs),
                1 => see(pair(NEXT_SEED), Kind::Pairs),
                _ => break,
            }
        }
    }
}

const GRAM_SEED: u64 = 0x51a3;
const WORD_SEED: u64 = 0x62b4;
const PAIR_SEED: u64 = 0x73c5;
const PART_SEED: u64 = 0x84d6;
const CUE_SEED: u64 = 0x95e7;
const READER_SEED: u64 = 0xa6f8;
const SENTENCE_SEED: u64 = 0xb709;
const NEXT_SEED: u64 = 0xc81a;

const fn mix(hash: u64, with: u64) -> u64 {
    (hash ^ with).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}
