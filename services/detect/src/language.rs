//! Which language a text is in: by script, and within the Latin script by its words.

use std::collections::{BTreeSet, HashMap};

use crate::lexicon::{Common, Lexicon};
use crate::normalise::{Folding, Mapped, normal_form};

/// Tag of a text whose language cannot be told.
pub(crate) const UNDETERMINED: &str = "und";

/// How much a word of a phrase says beside a word that was listed as a marker.
const PHRASE_WORD_WEIGHT: f32 = 0.35;
const PLAIN_MARKER_WEIGHT: f32 = 0.6;
const LETTER_WEIGHT: f32 = 0.5;
/// Less than this is a coincidence.
const SCORE_MIN: f32 = 0.2;

/// A language and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Identified {
    pub(crate) tag: String,
    pub(crate) confidence: f32,
}

impl Identified {
    fn new(tag: &str, confidence: f32) -> Self {
        Self { tag: tag.to_owned(), confidence }
    }
}

/// Tells languages apart.
#[derive(Debug, Default)]
pub(crate) struct Identifier {
    tags: Vec<String>,
    words: HashMap<String, Vec<(usize, f32)>>,
    letters: HashMap<char, Vec<usize>>,
}

impl Identifier {
    pub(crate) fn new(lexicons: &[Lexicon], common: &Common) -> Self {
        let mut identifier = Self::default();
        for lexicon in lexicons.iter().filter(|lexicon| !lexicon.markers.is_empty()) {
            let index = identifier.add(&lexicon.language, &lexicon.markers, &lexicon.letters);
            let phrases = lexicon.phrases();
            let words: BTreeSet<&str> = phrases.iter().flat_map(|(phrase, _)| words(phrase)).collect();
            for word in words.into_iter().filter(|word| word.chars().count() > 2 && is_latin(word)) {
                identifier.weigh(word, index, PHRASE_WORD_WEIGHT);
            }
        }
        for other in &common.unsupported {
            identifier.add(&other.language, &other.markers, &other.letters);
        }
        // A word that many languages share says little about each.
        for claims in identifier.words.values_mut() {
            let share = claims.len() as f32;
            claims.iter_mut().for_each(|(_, weight)| *weight /= share);
        }
        identifier
    }

    fn add(&mut self, tag: &str, markers: &[String], letters: &str) -> usize {
        let index = self.tags.len();
        self.tags.push(tag.to_owned());
        for marker in markers {
            self.weigh(marker, index, 1.0);
        }
        for letter in letters.chars().filter(|c| !c.is_whitespace()) {
            self.letters.entry(letter).or_default().push(index);
        }
        index
    }

    /// Buyers leave accents out, so the plain spelling counts as well, only less.
    fn weigh(&mut self, word: &str, index: usize, weight: f32) {
        let plain = normal_form(word, &Folding { accents: true, ..Folding::default() });
        if plain != word {
            self.claim(plain, index, weight * PLAIN_MARKER_WEIGHT);
        }
        self.claim(word.to_lowercase(), index, weight);
    }

    fn claim(&mut self, word: String, index: usize, weight: f32) {
        let claims = self.words.entry(word).or_default();
        match claims.iter_mut().find(|(claimed, _)| *claimed == index) {
            Some((_, known)) => *known = known.max(weight),
            None => claims.push((index, weight)),
        }
    }

    /// Identifies a normalised text.
    pub(crate) fn identify(&self, text: &Mapped) -> Identified {
        let counts = Scripts::count(&text.text);
        match counts.verdict() {
            Verdict::Nothing => Identified::new(UNDETERMINED, 0.0),
            Verdict::Tag(tag, confidence) => Identified::new(tag, confidence),
            Verdict::Latin => self.identify_latin(&text.text),
        }
    }

    fn identify_latin(&self, text: &str) -> Identified {
        let mut scores = vec![0.0_f32; self.tags.len()];
        for word in words(text) {
            for (index, weight) in self.words.get(word).map_or(&[][..], Vec::as_slice) {
                add_score(&mut scores, *index, *weight);
            }
        }
        for letter in text.chars().filter(|c| !c.is_ascii()) {
            let claims = self.letters.get(&letter).map_or(&[][..], Vec::as_slice);
            for index in claims {
                add_score(&mut scores, *index, LETTER_WEIGHT / claims.len() as f32);
            }
        }
        let (mut best, mut first, mut second) = (None, 0.0_f32, 0.0_f32);
        for (index, score) in scores.iter().enumerate() {
            if *score > first {
                (best, second, first) = (Some(index), first, *score);
            } else if *score > second {
                second = *score;
            }
        }
        match best.and_then(|index| self.tags.get(index)) {
            Some(tag) if first >= SCORE_MIN => {
                Identified::new(tag, (first / (first + second)) * (first / (first + 0.3)))
            }
            _ => Identified::new(UNDETERMINED, 0.0),
        }
    }
}

fn add_score(scores: &mut [f32], index: usize, weight: f32) {
    if let Some(score) = scores.get_mut(index) {
        *score += weight;
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty())
}

fn is_latin(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'))
}

enum Verdict {
    Nothing,
    Latin,
    Tag(&'static str, f32),
}

/// Letters by script.
#[derive(Debug, Default)]
struct Scripts {
    latin: u32,
    han: u32,
    kana: u32,
    hangul: u32,
    thai: u32,
    devanagari: u32,
    cyrillic: u32,
    arabic: u32,
    /// Letters that Russian, Arabic or Hindi do not have but their neighbours do.
    foreign_cyrillic: u32,
    foreign_arabic: u32,
    other: u32,
}

impl Scripts {
    fn count(text: &str) -> Self {
        let mut counts = Self::default();
        for c in text.chars() {
            if c.is_ascii() {
                counts.latin += u32::from(c.is_ascii_alphabetic());
                continue;
            }
            match c {
                '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => counts.latin += 1,
                'і' | 'ї' | 'є' | 'ґ' | 'ј' | 'љ' | 'њ' | 'ћ' | 'ђ' | 'ќ' | 'ѓ' => {
                    counts.foreign_cyrillic += 1
                }
                '\u{400}'..='\u{52f}' => counts.cyrillic += 1,
                'پ' | 'چ' | 'ژ' | 'گ' | 'ٹ' | 'ڈ' | 'ے' | 'ک' | 'ی' | 'ں' => {
                    counts.foreign_arabic += 1
                }
                '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => counts.arabic += 1,
                '\u{900}'..='\u{97f}' => counts.devanagari += 1,
                '\u{e00}'..='\u{e7f}' => counts.thai += 1,
                '\u{3040}'..='\u{30ff}' => counts.kana += 1,
                '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => {
                    counts.hangul += 1
                }
                '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
                    counts.han += 1
                }
                c if c.is_alphabetic() => counts.other += 1,
                _ => {}
            }
        }
        counts
    }

    fn verdict(&self) -> Verdict {
        let east = self.han + self.kana;
        let cyrillic = self.cyrillic + self.foreign_cyrillic;
        let arabic = self.arabic + self.foreign_arabic;
        let scripts = [
            // A Chinese character is about a word, a Latin letter a sixth of one.
            (east * 3, if self.kana * 6 >= east { "ja" } else { "zh" }),
            (self.hangul * 2, "ko"),
            (self.thai, "th"),
            (self.devanagari, "hi"),
            (cyrillic, if self.foreign_cyrillic * 25 > cyrillic { UNDETERMINED } else { "ru" }),
            (arabic, if self.foreign_arabic * 12 > arabic { UNDETERMINED } else { "ar" }),
            (self.other, UNDETERMINED),
        ];
        let total = self.latin + scripts.iter().map(|(count, _)| count).sum::<u32>();
        let (most, tag) = scripts.into_iter().max_by_key(|(count, _)| *count).unwrap_or((0, UNDETERMINED));
        if total == 0 {
            Verdict::Nothing
        } else if most * 4 >= total {
            // Brand names and English words stand in every script; a quarter is enough.
            Verdict::Tag(tag, most as f32 / total as f32)
        } else {
            Verdict::Latin
        }
    }
}

/// The tag under which a lexicon would stand for what a caller calls the language.
pub(crate) fn primary_tag(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let shaped = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    match primary.as_str() {
        UNDETERMINED | "mul" | "zxx" => None,
        "tl" => Some("fil".to_owned()),
        "in" => Some("id".to_owned()),
        "cmn" | "yue" => Some("zh".to_owned()),
        _ => shaped.then_some(primary),
    }
}

/// Whether a text can be in the language at all. A shop's site language says
/// nothing against a text that is plainly in another script.
pub(crate) fn script_fits(tag: &str, text: &Mapped) -> bool {
    match (Scripts::count(&text.text).verdict(), tag) {
        (Verdict::Nothing | Verdict::Latin, _) => true,
        (Verdict::Tag(seen, _), tag) => seen == tag || seen == UNDETERMINED || (seen == "zh" && tag == "ja"),
    }
}
