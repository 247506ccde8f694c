//! Finding the phrases of a language in a text, and laying them out in clauses.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use crate::error::ModelError;
use crate::lexicon::Role;
use crate::normalise::{Folding, normal_form};

/// All phrases of one language, ready to be found in one pass.
#[derive(Debug)]
pub(crate) struct Phrases {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Default)]
struct Pattern {
    roles: Vec<Role>,
    open_start: bool,
    open_end: bool,
}

/// A phrase found, in bytes of the normalised text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) roles: &'a [Role],
    pub(crate) sentence: u32,
    pub(crate) clause: u32,
    pub(crate) after_contrast: bool,
}

impl Hit<'_> {
    pub(crate) fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

impl Phrases {
    /// Compiles phrases; a `*` at an end lets a word go on there.
    pub(crate) fn compile(
        language: &str,
        phrases: &[(&str, Role)],
        folding: &Folding,
    ) -> Result<Self, ModelError> {
        let mut patterns: BTreeMap<String, Pattern> = BTreeMap::new();
        for (phrase, role) in phrases {
            let form = normal_form(phrase.trim_matches('*'), folding);
            if form.trim().is_empty() {
                continue;
            }
            let pattern = patterns.entry(form).or_default();
            pattern.open_start |= phrase.starts_with('*');
            pattern.open_end |= phrase.ends_with('*');
            if !pattern.roles.contains(role) {
                pattern.roles.push(*role);
            }
        }
        let (forms, patterns): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        let automaton = AhoCorasick::new(&forms)
            .map_err(|e| ModelError::Compile { language: language.to_owned(), problem: e.to_string() })?;
        Ok(Self { automaton, patterns })
    }

    /// What stands in the text, in its order. A phrase inside a longer one is not
    /// reported: "not working" is one thing, not a negator and praise.
    pub(crate) fn find<'a>(&'a self, text: &str) -> Vec<Hit<'a>> {
        let mut hits: Vec<Hit<'a>> = Vec::new();
        for found in self.automaton.find_overlapping_iter(text) {
            let Some(pattern) = self.patterns.get(found.pattern().as_usize()) else { continue };
            let (start, end) = (found.start(), found.end());
            if (pattern.open_start || word_starts(text, start)) && (pattern.open_end || word_ends(text, end))
            {
                hits.push(Hit {
                    start,
                    end,
                    roles: &pattern.roles,
                    sentence: 0,
                    clause: 0,
                    after_contrast: false,
                });
            }
        }
        hits.sort_unstable_by_key(|hit| (hit.start, usize::MAX - hit.end));
        let mut reach = 0;
        hits.retain(|hit| {
            let outside = hit.end > reach;
            reach = reach.max(hit.end);
            outside
        });
        lay_out(text, &mut hits);
        hits
    }
}

/// Numbers sentences and clauses, reading the gaps between hits once.
fn lay_out(text: &str, hits: &mut [Hit<'_>]) {
    let (mut sentence, mut clause, mut after_contrast, mut read) = (0, 0, false, 0);
    for hit in hits {
        for c in text.get(read..hit.start).unwrap_or_default().chars() {
            if ends_sentence(c) {
                (sentence, clause, after_contrast) = (sentence + 1, clause + 1, false);
            } else if ends_clause(c) {
                clause += 1;
            }
        }
        if hit.is(Role::Contrast) {
            clause += 1;
            after_contrast = true;
        }
        (hit.sentence, hit.clause, hit.after_contrast) = (sentence, clause, after_contrast);
        read = read.max(hit.end);
    }
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '\n' | '。' | '؟' | '।' | '…')
}

fn ends_clause(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '(' | ')' | '、' | '،' | '؛' | '—' | '–')
}

fn word_starts(text: &str, at: usize) -> bool {
    let first = text.get(at..).and_then(|rest| rest.chars().next());
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    !(first.is_some_and(is_spaced) && before.is_some_and(is_spaced))
}

fn word_ends(text: &str, at: usize) -> bool {
    let last = text.get(..at).and_then(|head| head.chars().next_back());
    let after = text.get(at..).and_then(|rest| rest.chars().next());
    !(last.is_some_and(is_spaced) && after.is_some_and(is_spaced))
}

/// Letters of scripts that put spaces between words. Korean does, but glues its
/// particles to them, so that a word's end says nothing there.
fn is_spaced(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let unspaced = matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    !unspaced && (c.is_alphanumeric() || matches!(c, '\u{900}'..='\u{963}'))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn check(phrases: &[&str], text: &str, expect: &[&str]) {
        let roles: Vec<_> = phrases.iter().map(|phrase| (*phrase, Role::Neutral)).collect();
        let phrases = Phrases::compile("en", &roles, &Folding::default()).unwrap();
        let found: Vec<_> =
            phrases.find(text).iter().map(|hit| text.get(hit.start..hit.end).unwrap()).collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn a_phrase_is_whole_words_unless_a_star_opens_it() {
        check(&["bad"], "a badge is not bad", &["bad"]);
        check(&["разочаров*"], "очень разочарована", &["разочаров"]);
        check(&["坏了"], "杯子坏了啊", &["坏了"]);
    }

    #[test]
    fn the_longer_phrase_swallows_what_it_contains() {
        check(&["not", "working", "not working"], "it is not working", &["not working"]);
        check(&["sent the wrong", "wrong size"], "sent the wrong size", &["sent the wrong", "wrong size"]);
    }
}
