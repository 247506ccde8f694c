//! Which language a text is in: by its script where that settles it, else by its letters.

use crate::alphabet::{SCRIPTS, Script};
use crate::head::sigmoid;
use crate::lexicon::EMBEDDED;
use crate::model::scale_of;
use crate::ngram::raw_features;
use crate::normalise::Letter;
use crate::table::Table;

/// Tag of a text whose language cannot be told, or is none of ours.
pub(crate) const UNDETERMINED: &str = "und";

/// The supported languages, and one lane for all others.
pub(crate) const LANES: usize = EMBEDDED.len() + 1;
/// The lane of what is none of ours.
pub(crate) const OTHER: usize = EMBEDDED.len();

/// More letters say nothing new about the language.
pub(crate) const LETTERS_MAX: usize = 60;

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
    pub(crate) fn identify(&self, letters: &[Letter]) -> Identified {
        match Scripts::count(letters).verdict() {
            Verdict::Nothing => Identified::new(UNDETERMINED, 0.0),
            Verdict::Tag(tag, confidence) => Identified::new(tag, confidence),
            Verdict::Among(tags) => self.identify_among(tags, letters),
        }
    }

    /// The most likely of these languages, or none of them.
    fn identify_among(&self, tags: &[&str], letters: &[Letter]) -> Identified {
        let features = raw_features(letters, LETTERS_MAX);
        let sums = self.table.sum(&features);
        let scale = scale_of(features.len());
        let lanes = EMBEDDED.iter().map(|(tag, _)| *tag).chain([UNDETERMINED]);
        let scored = lanes.zip(sums.iter().zip(&self.biases).map(|(sum, bias)| sum * scale + bias));
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
struct Scripts([u32; SCRIPTS]);

impl Scripts {
    fn count(letters: &[Letter]) -> Self {
        let mut counts = [0; SCRIPTS];
        for letter in letters {
            if let Some(count) = counts.get_mut(letter.class.script()) {
                *count += 1;
            }
        }
        Self(counts)
    }

    fn of(&self, script: Script) -> u32 {
        self.0.get(script as usize).copied().unwrap_or(0)
    }

    fn verdict(&self) -> Verdict {
        let (latin, kana) = (self.of(Script::Latin), self.of(Script::Kana));
        let east = self.of(Script::Han) + kana;
        let scripts = [
            // A Chinese character is about a word, a Latin letter a sixth of one.
            (east * 3, if kana * 6 >= east { ("ja", None) } else { ("zh", Some(&["zh", "ja"][..])) }),
            (self.of(Script::Hangul) * 2, ("ko", None)),
            (self.of(Script::Thai), ("th", None)),
            (self.of(Script::Devanagari), ("hi", Some(&["hi"][..]))),
            (self.of(Script::Cyrillic), ("ru", Some(&["ru"][..]))),
            (self.of(Script::Arabic), ("ar", Some(&["ar"][..]))),
            (self.of(Script::Other), (UNDETERMINED, None)),
        ];
        let total = latin + scripts.iter().map(|(count, _)| count).sum::<u32>();
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
#[must_use]
pub fn primary_tag(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let shaped = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    match primary.as_str() {
        UNDETERMINED | "mul" | "zxx" => None,
        _ if !shaped => None,
        other => Some(two_letters(other).unwrap_or(other).to_owned()),
    }
}

/// The tag of ours that another one means: three-letter codes (ISO 639-2, both kinds), members
/// of a language, and tags of former years.
fn two_letters(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "ara" | "arb" | "ary" | "arz" | "apc" | "ajp" | "acm" | "afb" | "aeb" | "arq" | "apd" => "ar",
        "deu" | "ger" => "de",
        "eng" => "en",
        "spa" => "es",
        "tl" | "tgl" => "fil",
        "fra" | "fre" => "fr",
        "hin" => "hi",
        "hun" => "hu",
        "in" | "ind" => "id",
        "ita" => "it",
        "jpn" => "ja",
        "kor" => "ko",
        "msa" | "may" | "zsm" | "zlm" => "ms",
        "pol" => "pl",
        "por" => "pt",
        "rus" => "ru",
        "tha" => "th",
        "tur" => "tr",
        "vie" => "vi",
        "zho" | "chi" | "cmn" | "yue" | "nan" | "wuu" | "hak" => "zh",
        _ => return None,
    })
}

/// Whether a text can be in the language at all. A shop's site language says
/// nothing against a text that is plainly in another script.
#[must_use]
pub fn script_fits(tag: &str, letters: &[Letter]) -> bool {
    match Scripts::count(letters).verdict() {
        Verdict::Nothing => true,
        Verdict::Tag(seen, _) => seen == tag || !is_ours(tag),
        Verdict::Among(tags) => tags.contains(&tag) || !is_ours(tag),
    }
}

/// Whether there is a lexicon for the language.
pub(crate) fn is_ours(tag: &str) -> bool {
    EMBEDDED.iter().any(|(ours, _)| *ours == tag)
}
