//! What would read better, without a refusal.

use std::ops::Range;

use crate::matcher::Hit;
use crate::part::Part;
use crate::rule::Advice;
use crate::scene::{Scene, Span};

/// Fewer capitals are a name.
const CAPITALS_MIN: usize = 10;

/// Advice by the parts of a language.
pub(crate) fn by_parts(scene: &Scene<'_, '_>) -> Vec<(Advice, Span)> {
    let lists = [(Part::Must, Advice::Command), (Part::Blame, Advice::Blame), (Part::Excuse, Advice::Excuse)];
    let mut found = Vec::new();
    for (part, advice) in lists {
        let said = scene.of(part).map(Hit::span).filter(|span| !scene.is_waived(*span));
        found.extend(said.map(|span| (advice, span)));
    }
    found
}

/// Whether the text apologises or thanks.
pub(crate) fn is_kind(scene: &Scene<'_, '_>) -> bool {
    [Part::Sorry, Part::Thanks, Part::Please].into_iter().any(|part| scene.has(part))
}

/// Runs of marks of exclamation, in bytes of the text.
pub(crate) fn exclamations(text: &str) -> Vec<Range<usize>> {
    runs(text, |c| matches!(c, '!' | '！' | '❗' | '‼'), |run| run.chars().count() > 1 || run.contains('‼'))
}

/// Words in capitals, several in a row, in bytes of the text.
pub(crate) fn shouting(text: &str) -> Vec<Range<usize>> {
    let loud = |c: char| !c.is_lowercase() && !is_caseless(c) && !matches!(c, '.' | '!' | '?' | '\n');
    let is_loud = |run: &str| {
        let capitals = run.chars().filter(|c| c.is_uppercase()).count();
        let words =
            run.split_whitespace().filter(|word| word.chars().filter(|c| c.is_uppercase()).count() > 1);
        capitals >= CAPITALS_MIN && words.count() >= 2
    };
    runs(text, loud, is_loud)
}

fn is_caseless(c: char) -> bool {
    c.is_alphabetic() && !c.is_uppercase()
}

fn runs(text: &str, of: impl Fn(char) -> bool, counts: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let (mut found, mut start) = (Vec::new(), None);
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        let inside = at < text.len() && of(c);
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                if text.get(from..at).is_some_and(&counts) {
                    found.push(from..at);
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}
