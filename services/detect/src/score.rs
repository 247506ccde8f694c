//! From phrases found to probabilities.

use amends_domain::detection::{Evidence, Flag, Reason, ScoredReason};

use crate::lexicon::Role;
use crate::matcher::Hit;
use crate::normalise::Mapped;

/// More spans than an agent reads.
const EVIDENCE_MAX: usize = 8;
/// How far a negator reaches: a few words, or a few characters without spaces.
const NEGATION_SPACES_MAX: usize = 3;
const NEGATION_CHARS_MAX: usize = 24;
/// Where words are not spaced a space is a pause, and a word is a few characters.
const NEGATION_UNSPACED_MAX: usize = 6;
const NEGATION_HITS_MAX: usize = 4;

/// The sigmoid from weight to probability; fixed once on texts in many languages.
const SLOPE: f32 = 0.85;
const INTERCEPT: f32 = -0.75;

const STRONG: f32 = 2.0;
const MILD: f32 = 1.0;

/// What the text alone says.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) negative: f32,
    pub(crate) intent: f32,
    pub(crate) reasons: Vec<ScoredReason>,
    pub(crate) flags: Vec<Flag>,
    pub(crate) wish: bool,
    pub(crate) evidence: Vec<Evidence>,
}

#[derive(Debug, Default)]
struct Tally {
    weight: f32,
    hits: f32,
    intents: u32,
    reasons: Vec<(Reason, u32)>,
    flags: Vec<Flag>,
    wish: bool,
    evidence: Vec<(f32, Evidence)>,
}

/// Weighs the phrases found in a text.
pub(crate) fn score(text: &Mapped, hits: &[Hit<'_>]) -> Heard {
    let mut tally = Tally::default();
    for (at, hit) in hits.iter().enumerate() {
        let emphasis = emphasis(hits, at);
        let negated = is_negated(&text.text, hits, at);
        for role in hit.roles {
            tally.weigh(*role, hit, Context { text, hits, negated, emphasis });
        }
    }
    tally.into_heard()
}

#[derive(Clone, Copy)]
struct Context<'a> {
    text: &'a Mapped,
    hits: &'a [Hit<'a>],
    negated: bool,
    emphasis: f32,
}

impl Tally {
    fn weigh(&mut self, role: Role, hit: &Hit<'_>, context: Context<'_>) {
        let negated = context.negated;
        match role {
            Role::Negative { strong } => {
                let weight = if strong { STRONG } else { MILD };
                // "Not bad" is praise, but faint.
                self.add(if negated { -0.6 } else { weight }, context.emphasis);
                self.mark(!negated, weight, "NEGATIVE", hit, context.text);
            }
            Role::Positive { strong } => {
                let weight = if strong { STRONG } else { MILD };
                self.add(if negated { 1.4 } else { -weight }, context.emphasis);
                self.mark(negated, 1.4, "NEGATIVE", hit, context.text);
            }
            Role::Reason(reason) => self.weigh_reason(reason, hit, context),
            Role::Flag(flag) if !negated => {
                if !self.flags.contains(&flag) {
                    self.flags.push(flag);
                }
                self.add(if flag == Flag::OptOut { 0.3 } else { 1.6 }, context.emphasis);
                self.mark(true, 3.0, flag.as_str(), hit, context.text);
            }
            Role::Intent if !negated && !is_excepted(hit, context.hits) => {
                self.intents += 1;
                self.add(0.6, 1.0);
                self.mark(true, 2.5, "RETURN_INTENT", hit, context.text);
            }
            Role::Wish => self.wish = true,
            Role::Flag(_) | Role::Intent | Role::NoIntent => {}
            Role::Neutral | Role::Negator | Role::NegatorAfter | Role::Contrast => {}
        }
    }

    fn weigh_reason(&mut self, reason: Reason, hit: &Hit<'_>, context: Context<'_>) {
        if context.negated {
            self.add(-0.4, context.emphasis);
            return;
        }
        match self.reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => self.reasons.push((reason, 1)),
        }
        let weight = match reason {
            Reason::ChangedMind => 0.2,
            Reason::Price | Reason::Late => 0.9,
            _ => 1.3,
        };
        self.add(weight, context.emphasis);
        self.mark(true, weight, reason.as_str(), hit, context.text);
    }

    fn add(&mut self, weight: f32, emphasis: f32) {
        self.weight += weight * emphasis;
        self.hits += 1.0;
    }

    fn mark(&mut self, weighs: bool, weight: f32, weighs_for: &'static str, hit: &Hit<'_>, text: &Mapped) {
        if !weighs {
            return;
        }
        if let Some((start, end)) = text.origin(hit.start, hit.end) {
            self.evidence.push((weight, Evidence { start, end, weighs_for }));
        }
    }

    fn into_heard(mut self) -> Heard {
        // Long texts gather phrases of both kinds; the square root keeps them comparable.
        let balance = self.weight / (1.0 + self.hits).sqrt() * std::f32::consts::SQRT_2;
        let mut reasons: Vec<_> = self
            .reasons
            .iter()
            .map(|(reason, count)| ScoredReason { reason: *reason, probability: repeated(0.4, *count) })
            .collect();
        reasons.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.reason.cmp(&b.reason)));
        self.flags.sort_unstable();
        self.evidence.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        self.evidence.truncate(EVIDENCE_MAX);
        let mut evidence: Vec<_> = self.evidence.into_iter().map(|(_, evidence)| evidence).collect();
        evidence.sort_by_key(|evidence| (evidence.start, evidence.end));
        Heard {
            negative: sigmoid(SLOPE.mul_add(balance, INTERCEPT)),
            intent: if self.intents == 0 { 0.03 } else { repeated(0.2, self.intents) },
            reasons,
            flags: self.flags,
            wish: self.wish,
            evidence,
        }
    }
}

/// The chance that not all of `count` independent witnesses err.
fn repeated(error: f32, count: u32) -> f32 {
    (1.0 - error.powi(count.min(8).cast_signed())).clamp(0.0, 0.99)
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
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

fn is_negated(text: &str, hits: &[Hit<'_>], at: usize) -> bool {
    let Some(hit) = hits.get(at) else { return false };
    let before = hits.iter().take(at).rev().take(NEGATION_HITS_MAX);
    let after = hits.iter().skip(at + 1).take(NEGATION_HITS_MAX);
    let same_clause = |other: &&Hit<'_>| other.clause == hit.clause;
    let turned_before = before
        .take_while(same_clause)
        .any(|other| other.is(Role::Negator) && is_near(text, other.end, hit.start));
    turned_before
        || after
            .take_while(same_clause)
            .any(|other| other.is(Role::NegatorAfter) && is_near(text, hit.end, other.start))
}

fn is_near(text: &str, from: usize, to: usize) -> bool {
    // Phrases that overlap have no gap; a negator inside one is part of it.
    let Some(gap) = text.get(from..to) else { return false };
    let spaces = gap.bytes().filter(|b| *b == b' ').count();
    let unspaced = gap.chars().filter(|c| is_unspaced(*c)).count();
    if unspaced > 0 {
        return spaces == 0 && unspaced <= NEGATION_UNSPACED_MAX;
    }
    spaces <= NEGATION_SPACES_MAX && gap.chars().take(NEGATION_CHARS_MAX + 1).count() <= NEGATION_CHARS_MAX
}

/// Thai, kana and Chinese characters; Korean puts spaces between its words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

fn is_excepted(hit: &Hit<'_>, hits: &[Hit<'_>]) -> bool {
    let near = hits.iter().skip_while(|other| other.sentence < hit.sentence);
    near.take_while(|other| other.sentence == hit.sentence).any(|other| other.is(Role::NoIntent))
}
