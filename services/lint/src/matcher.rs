//! Finding the phrases of all languages in one pass over a text.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use amends_detect::text::Alphabet;

use crate::data::GAP;
use crate::error::LintError;
use crate::part::Part;
use crate::read::{Reading, View, spell};

/// As much as may stand in a phrase with a gap, in letters.
const GAP_MAX: u32 = 40;

/// Stands for what holds in every language.
pub(crate) const COMMON: u8 = u8::MAX;

/// A part, found in letters of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit<T = Part> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) part: T,
    /// By its number in the list of languages.
    pub(crate) language: u8,
}

impl<T> Hit<T> {
    pub(crate) const fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }
}

#[derive(Debug, Clone, Copy)]
enum What<T> {
    Part(T),
    /// One side of a phrase with a gap.
    Side {
        phrase: u32,
        second: bool,
    },
}

#[derive(Debug, Clone, Copy)]
struct Meaning<T> {
    what: What<T>,
    language: u8,
    /// A word may go on before it, and after it.
    open: [bool; 2],
}

/// What may be glued to the words of a language.
#[derive(Debug, Default)]
struct Glue {
    prefixes: Vec<Vec<char>>,
    suffixes: Vec<Vec<char>>,
}

/// All phrases of all languages.
#[derive(Debug)]
pub(crate) struct Matcher<T> {
    automaton: AhoCorasick,
    /// What each spelling means.
    meanings: Vec<Vec<Meaning<T>>>,
    /// The parts of phrases with a gap.
    gapped: Vec<T>,
    glue: Vec<Glue>,
}

/// Phrases while they are gathered.
pub(crate) struct Gathering<'a, T> {
    alphabet: &'a Alphabet,
    spellings: BTreeMap<String, Vec<Meaning<T>>>,
    gapped: Vec<T>,
    glue: Vec<Glue>,
}

impl<'a, T: Copy> Gathering<'a, T> {
    pub(crate) const fn new(alphabet: &'a Alphabet) -> Self {
        Self { alphabet, spellings: BTreeMap::new(), gapped: Vec::new(), glue: Vec::new() }
    }

    /// Adds a language; they are numbered in the order in which they come.
    pub(crate) fn language(
        &mut self,
        prefixes: &[String],
        suffixes: &[String],
        parts: &BTreeMap<T, Vec<String>>,
    ) {
        let number = u8::try_from(self.glue.len()).unwrap_or(COMMON - 1);
        let spelt = |list: &[String]| -> Vec<Vec<char>> {
            list.iter().map(|text| spell(self.alphabet, text).chars().collect()).collect()
        };
        self.glue.push(Glue { prefixes: spelt(prefixes), suffixes: spelt(suffixes) });
        self.add(number, parts);
    }

    pub(crate) fn add(&mut self, language: u8, parts: &BTreeMap<T, Vec<String>>) {
        for (part, phrases) in parts {
            for phrase in phrases {
                let Some((first, second)) = phrase.split_once(GAP) else {
                    self.side(phrase, What::Part(*part), language);
                    continue;
                };
                let number = u32::try_from(self.gapped.len()).unwrap_or(u32::MAX);
                self.gapped.push(*part);
                self.side(first, What::Side { phrase: number, second: false }, language);
                self.side(second, What::Side { phrase: number, second: true }, language);
            }
        }
    }

    fn side(&mut self, phrase: &str, what: What<T>, language: u8) {
        let phrase = phrase.trim();
        let open = [phrase.starts_with('*'), phrase.ends_with('*')];
        let spelling = spell(self.alphabet, phrase.trim_matches('*'));
        if !spelling.is_empty() {
            self.spellings.entry(spelling).or_default().push(Meaning { what, language, open });
        }
    }

    pub(crate) fn compile(self) -> Result<Matcher<T>, LintError> {
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(self.spellings.keys())
            .map_err(|e| LintError::Compile(e.to_string()))?;
        let meanings = self.spellings.into_values().collect();
        Ok(Matcher { automaton, meanings, gapped: self.gapped, glue: self.glue })
    }
}

/// One side of a phrase with a gap, found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Side {
    phrase: u32,
    start: usize,
    end: usize,
    second: bool,
    language: u8,
}

impl<T: Copy + Ord> Matcher<T> {
    /// Everything that stands in a text, by place, each once.
    pub(crate) fn find(&self, reading: &Reading<'_>) -> Vec<Hit<T>> {
        let (mut hits, mut sides) = (Vec::new(), Vec::new());
        for view in &reading.views {
            self.look(reading, view, &mut hits, &mut sides);
        }
        self.close(reading, sides, &mut hits);
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    fn look(&self, reading: &Reading<'_>, view: &View, hits: &mut Vec<Hit<T>>, sides: &mut Vec<Side>) {
        for found in self.automaton.find_overlapping_iter(&view.text) {
            let Some((start, end)) = view.letters(found.range()) else { continue };
            let (starts, ends) = (begins(reading, start), finishes(reading, end));
            for meaning in self.meanings.get(found.pattern().as_usize()).into_iter().flatten() {
                let language = meaning.language;
                let glue = self.glue.get(usize::from(language));
                let [open_start, open_end] = meaning.open;
                let begins = starts || open_start || glue.is_some_and(|glue| glue.before(reading, start));
                if !(begins && (ends || open_end || glue.is_some_and(|glue| glue.after(reading, end)))) {
                    continue;
                }
                match meaning.what {
                    What::Part(part) => hits.push(Hit { start, end, part, language }),
                    What::Side { phrase, second } => {
                        sides.push(Side { phrase, start, end, second, language });
                    }
                }
            }
        }
    }

    /// Joins the sides of phrases with a gap: each first one with the nearest second one.
    fn close(&self, reading: &Reading<'_>, mut sides: Vec<Side>, hits: &mut Vec<Hit<T>>) {
        sides.sort_unstable();
        for (n, first) in sides.iter().enumerate().filter(|(_, side)| !side.second) {
            let Some(part) = self.gapped.get(first.phrase as usize).copied() else { continue };
            let after = sides.iter().skip(n + 1).take_while(|side| side.phrase == first.phrase);
            let mut near = after
                .take_while(|side| reading.gap((first.start, first.end), (side.start, side.end)) <= GAP_MAX);
            let fits = |side: &&Side| {
                side.second
                    && side.start >= first.end
                    && reading.sentence(side.start) == reading.sentence(first.start)
            };
            if let Some(second) = near.find(fits) {
                hits.push(Hit { start: first.start, end: second.end, part, language: first.language });
            }
        }
    }
}

/// Whether a phrase may begin at this letter.
fn begins(reading: &Reading<'_>, start: usize) -> bool {
    reading.is_border(start) || reading.loose.get(start).copied().unwrap_or(false)
}

/// Whether a phrase may end before this letter.
fn finishes(reading: &Reading<'_>, end: usize) -> bool {
    let loose = end.checked_sub(1).and_then(|last| reading.loose.get(last)).copied().unwrap_or(false);
    reading.is_border(end) || loose
}

/// Longer than anything that is glued to words.
const GLUE_MAX: usize = 8;

impl Glue {
    fn before(&self, reading: &Reading<'_>, start: usize) -> bool {
        let mut word = start;
        while word > 0 && !reading.is_border(word) && start - word <= GLUE_MAX {
            word -= 1;
        }
        let letters = reading.letters.get(word..start).unwrap_or_default();
        self.prefixes.iter().any(|prefix| letters.iter().map(|l| l.folded).eq(prefix.iter().copied()))
    }

    fn after(&self, reading: &Reading<'_>, end: usize) -> bool {
        let mut word = end;
        while !reading.is_border(word) && word - end <= GLUE_MAX {
            word += 1;
        }
        let letters = reading.letters.get(end..word).unwrap_or_default();
        self.suffixes.iter().any(|suffix| letters.iter().map(|l| l.folded).eq(suffix.iter().copied()))
    }
}
