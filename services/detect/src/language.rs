//! Which language a text is in: by its script where that settles it, else by its letters.

use crate::head::sigmoid;
use crate::lexicon::EMBEDDED;
use crate::model::scale_of;
use crate::ngram::raw_features;
use crate::normalise::Mapped;
use crate::table::Table;

/// Tag of a text whose language cannot be told, or is none of ours.
pub(crate) const UNDETERMINED: &str = "und";

/// The supported languages, and one lane for all others.
pub(crate) const LANES: usize = EMBEDDED.len() + 1;
/// The lane of what is none of ours.
pub(crate) const OTHER: usize = EMBEDDED.len();

/// More letters say nothing new about the language.
pub(crate) const LETTERS_MAX: usize = 80;

/// As sure as letters can make one.
const CONFIDENCE_MAX: f32 = 0.999;

/// A language and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Identified {
    pub(crate) tag: String,
    pub(crate) confidence: f32,
}

impl Identified {
    fn new(tag: &str, confidence: f32) -> Self {
        // Certain is only what the caller says.
        Self { tag: tag.to_owned(), confidence: confidence.min(CONFIDENCE_MAX) }
    }
}

/// Tells languages apart that share a script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Languages {
    pub(crate) table: Table<LANES>,
    pub(crate) biases: [f32; LANES],
}

impl Languages {
    /// Identifies a normalised text.
    pub(crate) fn identify(&self, text: &Mapped) -> Identified {
        match Scripts::count(&text.text).verdict() {
            Verdict::Nothing => Identified::new(UNDETERMINED, 0.0),
            Verdict::Tag(tag, confidence) => Identified::new(tag, confidence),
            Verdict::Among(tags) => self.identify_among(tags, &text.text),
        }
    }

    /// The most likely of these languages, or none of them.
    fn identify_among(&self, tags: &[&str], text: &str) -> Identified {
        let features = raw_features(text, LETTERS_MAX);
        let sums = self.table.sum(&features);
        let scale = scale_of(features.len());
        let lanes = EMBEDDED.iter().map(|(tag, _)| *tag).chain([UNDETERMINED]);
        let scored = lanes.zip(sums.iter().zip(&self.biases).map(|(sum, bias)| sum.mul_add(scale, *bias)));
        let possible = scored.filter(|(tag, _)| *tag == UNDETERMINED || tags.contains(tag));
        let (mut best, mut second) = ((UNDETERMINED, f32::MIN), f32::MIN);
        for (tag, score) in possible {
            if score > best.1 {
                second = best.1;
                best = (tag, score);
            } else {
                second = second.max(score);
            }
        }
        // Against the runner-up alone: the others hardly ever matter.
        Identified::new(best.0, sigmoid(best.1 - second))
    }
}

enum Verdict {
    Nothing,
    Tag(&'static str, f32),
    Among(&'static [&'static str]),
}

/// Hindi and Arabic too are typed in Latin letters.
const LATIN: &[&str] =
    &["de", "en", "es", "fil", "fr", "hi", "hu", "id", "it", "ms", "pl", "pt", "tr", "vi", "ar"];

/// Whether a language is written in Latin letters first of all.
pub(crate) fn is_latin(tag: &str) -> bool {
    LATIN.contains(&tag) && !matches!(tag, "hi" | "ar")
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
                '\u{400}'..='\u{52f}' => counts.cyrillic += 1,
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
        let scripts = [
            // A Chinese character is about a word, a Latin letter a sixth of one.
            (east * 3, if self.kana * 6 >= east { ("ja", None) } else { ("zh", Some(&["zh", "ja"][..])) }),
            (self.hangul * 2, ("ko", None)),
            (self.thai, ("th", None)),
            (self.devanagari, ("hi", Some(&["hi"][..]))),
            (self.cyrillic, ("ru", Some(&["ru"][..]))),
            (self.arabic, ("ar", Some(&["ar"][..]))),
            (self.other, (UNDETERMINED, None)),
        ];
        let total = self.latin + scripts.iter().map(|(count, _)| count).sum::<u32>();
        let most = scripts.into_iter().max_by_key(|(count, _)| *count);
        match most {
            _ if total == 0 => Verdict::Nothing,
            // Brand names and English words stand in every script; a quarter is enough.
            Some((count, (_, Some(among)))) if count * 4 >= total => Verdict::Among(among),
            Some((count, (tag, None))) if count * 4 >= total => {
                Verdict::Tag(tag, count as f32 / total as f32)
            }
            _ => Verdict::Among(LATIN),
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
    match Scripts::count(&text.text).verdict() {
        Verdict::Nothing => true,
        Verdict::Tag(seen, _) => seen == tag || !is_ours(tag),
        Verdict::Among(tags) => tags.contains(&tag) || !is_ours(tag),
    }
}

/// Whether there is a lexicon for the language.
fn is_ours(tag: &str) -> bool {
    EMBEDDED.iter().any(|(ours, _)| *ours == tag)
}
