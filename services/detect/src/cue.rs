//! From phrases found to cues: what a language's lexicon makes of a text, as numbers that
//! mean the same in every language.
//!
//! The model weighs them beside its n-grams. That is how a language with few labelled
//! texts profits from what was learnt in others: its words differ, its cues do not.

use amends_domain::detection::{Evidence, Flag, Reason, TextKind};

use crate::alphabet::Class;
use crate::head::{Topic, Topics};
use crate::lexicon::Role;
use crate::matcher::Hit;
use crate::normalise::{Letter, Letters};

/// How far a negator reaches: a few words, or a few characters without spaces.
const NEGATION_SPACES_MAX: usize = 3;
const NEGATION_CHARS_MAX: usize = 24;
/// Where words are not spaced a space is a pause, and a word is a few characters.
const NEGATION_UNSPACED_MAX: usize = 6;
/// An intensifier stands right beside what it makes louder.
const BESIDE_MAX: usize = 2;
const NEGATION_HITS_MAX: usize = 4;

/// More of a kind adds nothing.
const COUNT_MAX: u8 = 3;

const REASONS: usize = Reason::ALL.len();
const FLAGS: usize = Flag::ALL.len();
/// Cues that are not of a reason or flag.
const PLAIN: usize = 14;
/// How many cues there are.
pub(crate) const CUES: usize = PLAIN + REASONS + FLAGS;

/// The places of the plain cues.
#[derive(Debug, Clone, Copy)]
enum Cue {
    #[expect(dead_code, reason = "it is no count, but it has the first place")]
    Balance,
    NegativeStrong,
    NegativeMild,
    NegativeDenied,
    PositiveStrong,
    PositiveMild,
    PositiveDenied,
    Intent,
    IntentExcepted,
    Wish,
    Contrast,
    ReasonDenied,
    Question,
    Message,
}

/// A phrase that speaks for something, and how loudly.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// What it speaks for; dissatisfaction if nothing else.
    pub(crate) heard: Option<Topic>,
    pub(crate) weight: f32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Mark {
    pub(crate) fn evidence(&self) -> Evidence {
        let weighs_for = self.heard.map_or("NEGATIVE", Topic::as_str);
        Evidence { start: self.start, end: self.end, weighs_for }
    }
}

/// What the phrases of a text say.
#[derive(Debug)]
pub(crate) struct Cues {
    pub(crate) values: [f32; CUES],
    pub(crate) marks: Vec<Mark>,
    pub(crate) wish: bool,
    /// What phrases speak for.
    pub(crate) marked: Topics,
    /// What phrases say only to deny it.
    pub(crate) denied: Topics,
}

#[derive(Debug, Default)]
struct Tally {
    balance: f32,
    hits: f32,
    plain: [u8; PLAIN],
    reasons: [u8; REASONS],
    flags: [u8; FLAGS],
    marks: Vec<Mark>,
    marked: Topics,
    denied: Topics,
    unclear: Topics,
}

/// Weighs the phrases found in a text.
pub(crate) fn cues(letters: &Letters, hits: &[Hit<'_>], kind: TextKind) -> Cues {
    let mut tally = Tally::default();
    for (at, hit) in hits.iter().enumerate() {
        let place = Place {
            letters,
            negated: is_negated(letters, hits, at),
            excepted: is_excepted(hits, at),
            emphasis: emphasis(hits, at) * loudness(hits, at),
        };
        for role in hit.roles {
            tally.weigh(*role, hit, place);
        }
    }
    if letters.iter().any(|letter| matches!(letter.c, '?' | '؟')) {
        tally.count(Cue::Question);
    }
    if kind == TextKind::Message {
        tally.count(Cue::Message);
    }
    tally.into_cues()
}

#[derive(Clone, Copy)]
struct Place<'a> {
    letters: &'a Letters,
    negated: bool,
    excepted: bool,
    emphasis: f32,
}

impl Tally {
    fn weigh(&mut self, role: Role, hit: &Hit<'_>, place: Place<'_>) {
        match (role, place.negated) {
            (Role::Negative { strong }, false) => {
                self.count(if strong { Cue::NegativeStrong } else { Cue::NegativeMild });
                let weight = if strong { 2.0 } else { 1.0 };
                self.lean(weight, place);
                self.mark(None, weight, hit, place.letters);
            }
            // "Not bad" is praise, but faint.
            (Role::Negative { .. }, true) => {
                self.count(Cue::NegativeDenied);
                self.lean(-0.6, place);
            }
            (Role::Positive { strong }, false) => {
                self.count(if strong { Cue::PositiveStrong } else { Cue::PositiveMild });
                self.lean(if strong { -2.0 } else { -1.0 }, place);
            }
            (Role::Positive { .. }, true) => {
                self.count(Cue::PositiveDenied);
                self.lean(1.4, place);
                self.mark(None, 1.4, hit, place.letters);
            }
            (Role::Reason(reason), true) => {
                self.count(Cue::ReasonDenied);
                self.denied.add(Topic::Reason(reason));
                self.lean(-0.4, place);
            }
            (Role::Reason(reason), false) => {
                self.lean(reason_lean(reason), place);
                add(&mut self.reasons, reason as usize);
                self.mark(Some(Topic::Reason(reason)), 1.5, hit, place.letters);
            }
            (Role::Flag(flag), false) => {
                self.lean(if flag == Flag::OptOut { 0.3 } else { 1.6 }, place);
                add(&mut self.flags, flag as usize);
                self.mark(Some(Topic::Flag(flag)), 3.0, hit, place.letters);
            }
            // A wish and what only sounds like one in a sentence: the model weighs which it is.
            (Role::Intent, false) if place.excepted => {
                self.count(Cue::IntentExcepted);
                self.unclear.add(Topic::Intent);
            }
            (Role::Intent, false) => {
                self.count(Cue::Intent);
                self.lean(0.6, place);
                self.mark(Some(Topic::Intent), 2.5, hit, place.letters);
            }
            (Role::NoIntent, _) => {
                self.count(Cue::IntentExcepted);
                self.denied.add(Topic::Intent);
            }
            (Role::Wish, false) => self.count(Cue::Wish),
            // "No need to send another one" asks for nothing.
            (Role::Wish, true) => {}
            (Role::Contrast, _) => self.count(Cue::Contrast),
            (Role::Flag(_), true) => {}
            (Role::Intent, true) => self.denied.add(Topic::Intent),
            (Role::Neutral | Role::Negator | Role::NegatorAfter | Role::Louder | Role::Softer, _) => {}
        }
    }

    fn count(&mut self, cue: Cue) {
        add(&mut self.plain, cue as usize);
    }

    fn lean(&mut self, weight: f32, place: Place<'_>) {
        self.balance += weight * place.emphasis;
        self.hits += 1.0;
    }

    fn mark(&mut self, heard: Option<Topic>, weight: f32, hit: &Hit<'_>, letters: &Letters) {
        if let Some(topic) = heard {
            self.marked.add(topic);
        }
        if let Some((start, end)) = letters.origin(hit.start, hit.end) {
            self.marks.push(Mark { heard, weight, start, end });
        }
    }

    fn into_cues(self) -> Cues {
        // Long texts gather phrases of both kinds; the square root keeps them comparable.
        let balance = self.balance / (1.0 + self.hits).sqrt();
        let counts = self.plain.iter().chain(&self.reasons).chain(&self.flags);
        let mut values = [0.0; CUES];
        for (value, count) in values.iter_mut().zip(counts) {
            *value = f32::from(*count) * 0.5;
        }
        if let Some(first) = values.first_mut() {
            *first = balance * 0.5;
        }
        let wish = self.plain.get(Cue::Wish as usize).is_some_and(|count| *count > 0);
        let denied = self.denied.without(self.marked).without(self.unclear);
        Cues { values, marks: self.marks, wish, marked: self.marked, denied }
    }
}

fn add(counts: &mut [u8], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count = (*count + 1).min(COUNT_MAX);
    }
}

/// How much a complaint of this kind says about the mood.
const fn reason_lean(reason: Reason) -> f32 {
    match reason {
        Reason::ChangedMind => 0.2,
        Reason::Price | Reason::Late => 0.9,
        _ => 1.3,
    }
}

/// After "but" stands what the author means; before it stands politeness.
fn emphasis(hits: &[Hit<'_>], at: usize) -> f32 {
    let Some(hit) = hits.get(at) else { return 1.0 };
    if hit.after_contrast {
        return 1.4;
    }
    let same_sentence = |other: &&Hit<'_>| other.sentence == hit.sentence;
    let ahead = hits.iter().skip(at + 1).take(6).take_while(same_sentence);
    if ahead.into_iter().any(|other| other.is(Role::Contrast)) { 0.7 } else { 1.0 }
}

/// "Very" and "a bit" beside a judgement; most languages put them before, some after it.
fn loudness(hits: &[Hit<'_>], at: usize) -> f32 {
    let Some(hit) = hits.get(at) else { return 1.0 };
    let before = at.checked_sub(1).and_then(|at| hits.get(at));
    let before = before.filter(|other| other.end <= hit.start && hit.start - other.end <= BESIDE_MAX);
    let after =
        hits.get(at + 1).filter(|other| hit.end <= other.start && other.start - hit.end <= BESIDE_MAX);
    let beside =
        |role: Role| before.iter().chain(&after).any(|other| other.clause == hit.clause && other.is(role));
    match (beside(Role::Louder), beside(Role::Softer)) {
        (true, false) => 1.3,
        (false, true) => 0.6,
        _ => 1.0,
    }
}

fn is_negated(letters: &[Letter], hits: &[Hit<'_>], at: usize) -> bool {
    let Some(hit) = hits.get(at) else { return false };
    let before = hits.iter().take(at).rev().take(NEGATION_HITS_MAX);
    let after = hits.iter().skip(at + 1).take(NEGATION_HITS_MAX);
    let same_clause = |other: &&Hit<'_>| other.clause == hit.clause;
    let turned_before = before
        .take_while(same_clause)
        .any(|other| other.is(Role::Negator) && is_near(letters, other.end, hit.start));
    let (gap, gap_end) = hit.gap;
    let turned_within = after.clone().any(|other| {
        let is_negator = other.is(Role::Negator) && gap <= other.start && other.end <= gap_end;
        is_negator
            || (other.is(Role::Neutral) && hit.start <= other.start && other.start < hit.end && gap < gap_end)
    });
    turned_before
        || turned_within
        || after
            .take_while(same_clause)
            .any(|other| other.is(Role::NegatorAfter) && is_near(letters, hit.end, other.start))
}

fn is_near(letters: &[Letter], from: usize, to: usize) -> bool {
    // Phrases that overlap have no gap; a negator inside one is part of it.
    let Some(gap) = letters.get(from..to) else { return false };
    let spaces = gap.iter().filter(|letter| letter.c == ' ').count();
    let unspaced = gap.iter().filter(|letter| letter.is(Class::UNSPACED)).count();
    if unspaced > 0 {
        return spaces == 0 && unspaced <= NEGATION_UNSPACED_MAX;
    }
    spaces <= NEGATION_SPACES_MAX && gap.len() <= NEGATION_CHARS_MAX
}

/// Looks so many hits around: a text without full stops must not cost more than its length.
const EXCEPTION_HITS_MAX: usize = 12;

fn is_excepted(hits: &[Hit<'_>], at: usize) -> bool {
    let Some(hit) = hits.get(at) else { return false };
    let near = hits.iter().skip(at.saturating_sub(EXCEPTION_HITS_MAX)).take(2 * EXCEPTION_HITS_MAX + 1);
    near.filter(|other| other.sentence == hit.sentence).any(|other| other.is(Role::NoIntent))
}
