//! The detector: one text in, one [`Detection`] out.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use amends_domain::detection::{Detection, TextKind};

use crate::combine::combine;
use crate::error::ModelError;
use crate::language::{Identified, Identifier, primary_tag, script_fits};
use crate::lexicon::{COMMON, Common, EMBEDDED, Lexicon, Role};
use crate::matcher::Phrases;
use crate::normalise::{Folding, Mapped, normalise};
use crate::score::{Heard, score};

/// Longer texts are cut here and flagged, so that cost per text has a bound.
pub const TEXT_CHARS_MAX: usize = 10_000;

/// Ratings at or below this are negative on a channel that says nothing else.
pub const THRESHOLD_DEFAULT: u8 = 3;

/// What a text says whose language is not known: as likely negative as not.
const PROBABILITY_UNKNOWN: f32 = 0.5;
const RETURN_INTENT_MIN: f32 = 0.5;
const VERSION: &str = "lexicon-1";
const ENGLISH: &str = "en";
/// Shorter English words mean other things in other languages of the Latin script.
const ENGLISH_CHARS_MIN: usize = 5;

/// What is to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The text in any script; it may be empty.
    pub text: &'a str,
    /// Stars from 1 to 5, if the author gave any.
    pub rating: Option<u8>,
    /// The channel's negative threshold: ratings at or below it are negative.
    pub threshold: u8,
    /// BCP 47 tag the caller believes in; without one the language is identified.
    pub language: Option<&'a str>,
    /// Review or message.
    pub kind: TextKind,
}

impl<'a> Input<'a> {
    /// A chat message, which has no rating.
    #[must_use]
    pub const fn message(text: &'a str) -> Self {
        Self { text, rating: None, threshold: THRESHOLD_DEFAULT, language: None, kind: TextKind::Message }
    }

    /// A review with the stars its author gave, if any.
    #[must_use]
    pub const fn review(text: &'a str, rating: Option<u8>) -> Self {
        Self { text, rating, threshold: THRESHOLD_DEFAULT, language: None, kind: TextKind::Review }
    }
}

/// Judges texts. Clones share one model; it may be used from any number of threads.
#[derive(Debug, Clone)]
pub struct Detector {
    model: Arc<Model>,
}

#[derive(Debug)]
struct Model {
    identifier: Identifier,
    languages: BTreeMap<String, Language>,
}

#[derive(Debug)]
struct Language {
    folding: Folding,
    phrases: Phrases,
}

impl Detector {
    /// The detector that ships in the binary; it is read once per process.
    ///
    /// # Errors
    /// Names the file and entry that its checks refuse.
    pub fn embedded() -> Result<Self, ModelError> {
        static MODEL: OnceLock<Result<Detector, ModelError>> = OnceLock::new();
        MODEL
            .get_or_init(|| Model::read(EMBEDDED, COMMON).map(|model| Self { model: Arc::new(model) }))
            .clone()
    }

    /// The model that judges; stored with every detection.
    #[must_use]
    pub fn version(&self) -> &str {
        VERSION
    }

    /// Judges one text in time linear in its length.
    ///
    /// A rating at or below the threshold is negative whatever the text says. A
    /// `hidden_negative` is never `negative` as well. A text in a language the model
    /// does not know has `language_supported` unset and `negative_probability` 0.5,
    /// and only its rating speaks; without a rating it is not negative.
    #[must_use]
    pub fn detect(&self, input: &Input<'_>) -> Detection {
        let (text, truncated) = cut(input.text);
        let text = normalise(text);
        let identified = self.language_of(input.language, &text);
        let heard = self.model.languages.get(&identified.tag).map(|language| language.hear(&text));
        let supported = heard.is_some();
        let verdict = combine(input.rating, input.threshold, heard.as_ref().map(|heard| heard.negative));
        let heard = heard.unwrap_or(Heard { negative: PROBABILITY_UNKNOWN, ..Heard::default() });
        let return_intent = heard.intent >= RETURN_INTENT_MIN;
        Detection {
            negative: verdict.negative,
            negative_probability: heard.negative,
            hidden_negative: verdict.hidden_negative,
            return_intent,
            return_intent_probability: heard.intent,
            actionable: return_intent || heard.wish || !heard.reasons.is_empty(),
            reasons: heard.reasons,
            flags: heard.flags,
            language: identified.tag,
            language_confidence: identified.confidence,
            language_supported: supported,
            truncated,
            evidence: heard.evidence,
            model_version: VERSION.to_owned(),
        }
    }

    fn language_of(&self, claimed: Option<&str>, text: &Mapped) -> Identified {
        let claimed = claimed.and_then(primary_tag).filter(|tag| script_fits(tag, text));
        match claimed {
            Some(tag) => Identified { tag, confidence: 1.0 },
            None => self.model.identifier.identify(text),
        }
    }
}

impl Language {
    fn hear(&self, text: &Mapped) -> Heard {
        let folded = self.folding.fold(text);
        score(&folded, &self.phrases.find(&folded.text))
    }
}

impl Model {
    fn read(files: &[(&str, &str)], common: &str) -> Result<Self, ModelError> {
        let common = Common::parse(common)?;
        let lexicons =
            files.iter().map(|(tag, text)| Lexicon::parse(tag, text)).collect::<Result<Vec<_>, _>>()?;
        let english = lexicons.iter().find(|lexicon| lexicon.language == ENGLISH);
        let mut languages = BTreeMap::new();
        for lexicon in &lexicons {
            let folding = lexicon.folding();
            let mut phrases = lexicon.phrases();
            phrases.extend(common.phrases());
            phrases.extend(english.into_iter().flat_map(|english| borrowed(english, lexicon)));
            let phrases = Phrases::compile(&lexicon.language, &phrases, &folding)?;
            languages.insert(lexicon.language.clone(), Language { folding, phrases });
        }
        Ok(Self { identifier: Identifier::new(&lexicons, &common), languages })
    }
}

/// The English phrases that buyers mix into another language.
fn borrowed<'a>(english: &'a Lexicon, into: &Lexicon) -> Vec<(&'a str, Role)> {
    let whole = into.mixes_english || into.markers.is_empty();
    let mut phrases = english.phrases();
    phrases.retain(|(phrase, _)| {
        into.language != ENGLISH && (whole || phrase.chars().count() >= ENGLISH_CHARS_MIN)
    });
    phrases
}

fn cut(text: &str) -> (&str, bool) {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((at, _)) => (text.get(..at).unwrap_or(text), true),
        None => (text, false),
    }
}

#[cfg(test)]
#[path = "detector_tests.rs"]
mod tests;
