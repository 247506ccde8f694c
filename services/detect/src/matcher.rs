//! Finding the phrases of a language in a text, and laying them out in clauses.

use crate::alphabet::Class;
use crate::lexicon::Role;
use crate::normalise::Letter;

mod compile;
mod gap;
mod index;

use gap::{Fragment, Gaps};
use index::Index;

/// All phrases of one language, ready to be found.
///
/// From each place where one may begin, a hash runs along the text for as long as any phrase
/// begins like this; phrases are known by their hashes. A hundred thousand phrases of twenty
/// languages take less memory than their letters would.
#[derive(Debug)]
pub(crate) struct Phrases {
    index: Index,
    /// The few combinations of roles there are; tens of thousands of phrases share them.
    roles: Vec<Vec<Role>>,
    gaps: Gaps,
    /// Spellings that fold are one.
    folds: bool,
}

/// A phrase found, in letters of the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) roles: &'a [Role],
    pub(crate) sentence: u32,
    pub(crate) clause: u32,
    pub(crate) after_contrast: bool,
    /// From where to where it is any words; nothing of most phrases.
    pub(crate) gap: (usize, usize),
    /// Whose phrase it is, by the order in which languages are wanted.
    rank: usize,
}

impl<'a> Hit<'a> {
    const fn new(start: usize, end: usize, roles: &'a [Role], rank: usize) -> Self {
        Self { start, end, roles, sentence: 0, clause: 0, after_contrast: false, gap: (0, 0), rank }
    }

    pub(crate) fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

impl Phrases {
    fn collect<'a>(&'a self, letters: &[Letter], rank: usize, found: &mut Found<'a>) {
        let mut before = Class::NONE;
        for (start, letter) in letters.iter().enumerate() {
            let starts_word = !(before.has(Class::SPACED) && letter.is(Class::SPACED));
            before = letter.class;
            let known = found.hits.len();
            let mut run = self.index.run(starts_word);
            for (at, letter) in letters.iter().enumerate().skip(start).take(self.index.longest()) {
                if !run.goes_on(spelt(*letter, self.folds)) {
                    break;
                }
                let end = at + 1;
                for pattern in run.found() {
                    let opens = starts_word || pattern.open_start();
                    if !opens || !(pattern.open_end() || word_ends(letters, end)) {
                        continue;
                    }
                    match pattern.fragment() {
                        Some(number) => found.fragments.push(Fragment { start, end, number }),
                        None => found.hits.push(Hit::new(start, end, self.roles_of(pattern.roles()), rank)),
                    }
                }
            }
            // The longest first.
            found.hits.get_mut(known..).unwrap_or_default().reverse();
        }
        let spans = self.gaps.close(letters, &found.fragments);
        found.spanning.extend(spans.map(|span| {
            let hit = Hit::new(span.start, span.end, self.roles_of(span.roles), rank);
            Hit { gap: span.gap, ..hit }
        }));
        found.fragments.clear();
    }
}

/// Most texts hold fewer.
const HITS_USUAL: usize = 32;

#[derive(Default)]
struct Found<'a> {
    hits: Vec<Hit<'a>>,
    /// Those with a gap.
    spanning: Vec<Hit<'a>>,
    fragments: Vec<Fragment>,
}

/// The character by which a phrase and a text are compared.
const fn spelt(letter: Letter, folds: bool) -> char {
    // "5 stars" is not "1 star".
    if folds && !letter.is(Class::DIGIT) { letter.folded } else { letter.c }
}

/// What stands in the text, in its order. A phrase inside a longer one is not
/// reported: "not working" is one thing, not a negator and praise.
pub(crate) fn find<'a>(wanted: &[Option<&'a Phrases>], letters: &[Letter]) -> Vec<Hit<'a>> {
    let mut found = Found { hits: Vec::with_capacity(HITS_USUAL), ..Found::default() };
    for (rank, phrases) in wanted.iter().flatten().enumerate() {
        phrases.collect(letters, rank, &mut found);
    }
    let Found { mut hits, mut spanning, .. } = found;
    hits.sort_by_key(|hit| (hit.start, usize::MAX - hit.end, hit.rank));
    let (mut reach, mut last) = (0, (0, 0, 0));
    hits.retain(|hit| {
        // Of two languages that know the same words, the first one wanted is right.
        let span = (hit.start, hit.end, hit.rank);
        let outside = hit.end > reach || span == last;
        if outside {
            (reach, last) = (hit.end, span);
        }
        outside
    });
    if !spanning.is_empty() {
        // What stands in the gap still says what it says.
        hits.append(&mut spanning);
        hits.sort_by_key(|hit| (hit.start, usize::MAX - hit.end, hit.rank));
    }
    lay_out(letters, &mut hits);
    hits
}

/// Numbers sentences and clauses, reading the gaps between hits once.
fn lay_out(letters: &[Letter], hits: &mut [Hit<'_>]) {
    let (mut sentence, mut clause, mut after_contrast, mut read) = (0, 0, false, 0);
    for hit in hits {
        for letter in letters.get(read..hit.start).unwrap_or_default() {
            if letter.is(Class::ENDS_SENTENCE) {
                (sentence, clause, after_contrast) = (sentence + 1, clause + 1, false);
            } else if letter.is(Class::ENDS_CLAUSE) {
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

fn word_ends(letters: &[Letter], at: usize) -> bool {
    let spaced = |at: usize| letters.get(at).is_some_and(|letter| letter.is(Class::SPACED));
    !(at.checked_sub(1).is_some_and(spaced) && spaced(at))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use crate::alphabet::Alphabet;
    use crate::lexicon::Phrase;
    use crate::normalise::normalise;

    fn check(phrases: &[&str], text: &str, expect: &[&str]) {
        let alphabet = Alphabet::new(&[]);
        let phrases: Vec<_> = phrases.iter().map(|text| Phrase { text, role: Role::Neutral }).collect();
        let phrases = Phrases::compile("en", &phrases, false, &alphabet).unwrap();
        let letters = normalise(&alphabet, text);
        let spelt = |hit: &Hit<'_>| letters.get(hit.start..hit.end).unwrap().iter().map(|l| l.c).collect();
        let found: Vec<String> = find(&[Some(&phrases)], &letters).iter().map(spelt).collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn a_phrase_is_whole_words_unless_a_star_opens_it() {
        check(&["bad"], "a badge is not bad", &["bad"]);
        check(&["разочаров*"], "очень разочарована", &["разочаров"]);
        check(&["坏了"], "杯子坏了啊", &["坏了"]);
        check(&["*tastic"], "fantastic", &["tastic"]);
    }

    #[test]
    fn the_longer_phrase_swallows_what_it_contains() {
        check(&["not", "working", "not working"], "it is not working", &["not working"]);
        check(&["sent the wrong", "wrong size"], "sent the wrong size", &["sent the wrong", "wrong size"]);
    }

    #[test]
    fn a_gap_holds_a_few_words_of_one_clause_and_hides_nothing() {
        let gap = &["send ... back", "blue"];
        check(gap, "i send the blue one back", &["send the blue one back", "blue"]);
        check(gap, "i send it, then come back", &[]);
        check(gap, "back i send", &[]);
        check(gap, "send one or two or three or four or five back", &[]);
        check(&["退 ... 钱"], "退我的钱", &["退我的钱"]);
    }
}
