//! Finding the phrases of a language in a text, and laying them out in clauses.

use std::collections::BTreeMap;

use crate::error::ModelError;
use crate::lexicon::Role;
use crate::ngram::is_word;
use crate::normalise::{Folding, normal_form};

/// All phrases of one language, ready to be found in one pass.
///
/// They stand in one ordered automaton of about a byte for each of theirs: a hundred
/// thousand phrases of twenty languages stay in memory. It is walked from where a phrase
/// can begin, after a look at whether any begins with these two characters at all.
#[derive(Debug)]
pub(crate) struct Phrases {
    automaton: fst::Map<Vec<u8>>,
    beginnings: Beginnings,
    /// The few combinations of roles there are; tens of thousands of phrases share them.
    roles: Vec<Vec<Role>>,
}

/// What the automaton says of a phrase: which roles, and at which ends a word may go on.
#[derive(Debug, Clone, Copy)]
struct Pattern {
    roles: usize,
    open_start: bool,
    open_end: bool,
}

impl Pattern {
    const fn pack(self) -> u64 {
        (self.roles as u64) << 2 | (self.open_start as u64) << 1 | self.open_end as u64
    }

    const fn unpack(packed: u64) -> Self {
        Self { roles: (packed >> 2) as usize, open_start: packed & 2 != 0, open_end: packed & 1 != 0 }
    }
}

/// Which pairs of characters a phrase can begin with, by their hashes, and whether one of
/// those phrases may begin within a word.
#[derive(Debug)]
struct Beginnings {
    at_words: Box<[u64; Self::WORDS]>,
    anywhere: Box<[u64; Self::WORDS]>,
}

impl Beginnings {
    /// 65,536 bits each.
    const WORDS: usize = 1_024;

    fn new() -> Self {
        Self { at_words: Box::new([0; Self::WORDS]), anywhere: Box::new([0; Self::WORDS]) }
    }

    const fn place(first: char, second: char) -> (usize, u64) {
        let pair = (first as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            ^ (second as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = pair.wrapping_mul(0x94d0_49bb_1331_11eb) >> 48;
        ((hash >> 6) as usize, 1 << (hash & 63))
    }

    fn add(&mut self, form: &str, open_start: bool) {
        let mut chars = form.chars();
        let Some(first) = chars.next() else { return };
        // A phrase of one character goes on with anything.
        let (word, bit) = Self::place(first, chars.next().unwrap_or('\0'));
        let sets = [&mut self.at_words, &mut self.anywhere];
        for set in sets.into_iter().take(1 + usize::from(open_start)) {
            if let Some(bits) = set.get_mut(word) {
                *bits |= bit;
            }
        }
    }

    fn has(set: &[u64; Self::WORDS], first: char, second: char) -> bool {
        [second, '\0'].into_iter().any(|second| {
            let (word, bit) = Self::place(first, second);
            set.get(word).is_some_and(|bits| bits & bit != 0)
        })
    }
}

#[derive(Debug, Default)]
struct Entry {
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
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        for (phrase, role) in phrases {
            let form = normal_form(phrase.trim_matches('*'), folding);
            if form.trim().is_empty() {
                continue;
            }
            let entry = entries.entry(form).or_default();
            entry.open_start |= phrase.starts_with('*');
            entry.open_end |= phrase.ends_with('*');
            if !entry.roles.contains(role) {
                entry.roles.push(*role);
            }
        }
        let problem = |problem: String| ModelError::Compile { language: language.to_owned(), problem };
        let (mut roles, mut beginnings) = (Vec::new(), Beginnings::new());
        let mut builder = fst::MapBuilder::memory();
        for (form, entry) in &entries {
            let known = roles.iter().position(|set| *set == entry.roles).unwrap_or_else(|| {
                roles.push(entry.roles.clone());
                roles.len() - 1
            });
            beginnings.add(form, entry.open_start);
            let pattern = Pattern { roles: known, open_start: entry.open_start, open_end: entry.open_end };
            builder.insert(form, pattern.pack()).map_err(|e| problem(e.to_string()))?;
        }
        Ok(Self { automaton: builder.into_map(), beginnings, roles })
    }

    fn collect<'a>(&'a self, text: &str, hits: &mut Vec<Hit<'a>>) {
        let mut chars = text.char_indices().peekable();
        let mut before = ' ';
        while let Some((start, first)) = chars.next() {
            let second = chars.peek().map_or(' ', |(_, c)| *c);
            let starts_word = !(is_spaced(before) && is_spaced(first));
            let set = if starts_word { &self.beginnings.at_words } else { &self.beginnings.anywhere };
            if Beginnings::has(set, first, second) {
                self.walk(text, start, starts_word, hits);
            }
            before = first;
        }
    }

    /// Finds every phrase that stands at one place.
    fn walk<'a>(&'a self, text: &str, start: usize, starts_word: bool, hits: &mut Vec<Hit<'a>>) {
        let automaton = self.automaton.as_fst();
        let mut node = automaton.root();
        let mut output = fst::raw::Output::zero();
        for (read, byte) in text.as_bytes().iter().skip(start).enumerate() {
            let Some(index) = node.find_input(*byte) else { return };
            let transition = node.transition(index);
            output = output.cat(transition.out);
            node = automaton.node(transition.addr);
            let end = start + read + 1;
            if node.is_final() {
                let pattern = Pattern::unpack(output.cat(node.final_output()).value());
                if (starts_word || pattern.open_start) && (pattern.open_end || word_ends(text, end)) {
                    let roles = self.roles.get(pattern.roles).map_or(&[][..], Vec::as_slice);
                    hits.push(Hit { start, end, roles, sentence: 0, clause: 0, after_contrast: false });
                }
            }
        }
    }
}

/// What stands in the text, in its order. A phrase inside a longer one is not
/// reported: "not working" is one thing, not a negator and praise.
pub(crate) fn find<'a>(wanted: &[Option<&'a Phrases>], text: &str) -> Vec<Hit<'a>> {
    let mut hits: Vec<Hit<'a>> = Vec::new();
    for phrases in wanted.iter().flatten() {
        phrases.collect(text, &mut hits);
    }
    // Stable: of two that cover the same, the first one wanted stays.
    hits.sort_by_key(|hit| (hit.start, usize::MAX - hit.end));
    let mut reach = 0;
    hits.retain(|hit| {
        let outside = hit.end > reach;
        reach = reach.max(hit.end);
        outside
    });
    lay_out(text, &mut hits);
    hits
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
    !unspaced && is_word(c)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn check(phrases: &[&str], text: &str, expect: &[&str]) {
        let roles: Vec<_> = phrases.iter().map(|phrase| (*phrase, Role::Neutral)).collect();
        let phrases = Phrases::compile("en", &roles, &Folding::default()).unwrap();
        let found: Vec<_> =
            find(&[Some(&phrases)], text).iter().map(|hit| text.get(hit.start..hit.end).unwrap()).collect();
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
