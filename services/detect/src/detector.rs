//! The detector: one text in, one [`Detection`] out.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use amends_domain::detection::{Detection, TextKind};

use crate::alphabet::Alphabet;
use crate::combine::combine;
use crate::cue::{Cues, cues};
use crate::error::ModelError;
use crate::heard::Heard;
use crate::language::{Identified, is_latin, primary_tag, script_fits};
use crate::lexicon::{COMMON, Common, EMBEDDED, Lexicon};
use crate::matcher::{Phrases, find};
use crate::model::{self, Manifest, Model};
use crate::ngram::features;
use crate::normalise::{Letter, Letters, normalise};

/// The model that ships in the binary; `docs/model-card.md` says how it is made.
const EMBEDDED_MODEL: &[u8] = include_bytes!("../model/embedded.bin");

/// Longer texts are cut here and flagged, so that cost per text has a bound.
pub const TEXT_CHARS_MAX: usize = 10_000;

/// Ratings at or below this are negative on a channel that says nothing else.
pub const THRESHOLD_DEFAULT: u8 = 3;

const ENGLISH: &str = "en";

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
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    model: Model,
    version: String,
    known: Known,
}

/// What is known of a language beside the model.
#[derive(Debug)]
struct Language {
    phrases: Phrases,
    /// Buyers mix English words into it: English phrases are looked for as well.
    mixes_english: bool,
}

/// A text as the model sees it.
pub(crate) struct Read {
    pub(crate) letters: Letters,
    pub(crate) cues: Cues,
}

impl Detector {
    /// The detector that ships in the binary; it is read once per process.
    ///
    /// # Errors
    /// Names the file and entry that its checks refuse.
    pub fn embedded() -> Result<Self, ModelError> {
        static MODEL: OnceLock<Result<Detector, ModelError>> = OnceLock::new();
        MODEL.get_or_init(|| Self::from_model("the embedded model", EMBEDDED_MODEL)).clone()
    }

    /// A detector with a model of one's own, as `amends detect train` writes it.
    ///
    /// # Errors
    /// Says by name and checksum what is wrong with it.
    pub fn from_model(name: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        let (model, checksum) = model::read(name, bytes)?;
        let lexicons = lexicon_hash();
        let short = |hash: &str| hash.get(..8).unwrap_or(hash).to_owned();
        // Both shape a verdict, so both are named with it.
        let version = format!("amends-{}-{}", short(&checksum), short(&lexicons));
        Self::new(model, version)
    }

    pub(crate) fn new(model: Model, version: String) -> Result<Self, ModelError> {
        let known = Known::read()?;
        Ok(Self { parts: Arc::new(Parts { model, version, known }) })
    }

    /// The model that judges; stored with every detection.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.parts.version
    }

    /// Where the model comes from.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.parts.model.manifest
    }

    pub(crate) fn model(&self) -> &Model {
        &self.parts.model
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
        let letters = normalise(self.parts.known.alphabet(), text);
        let identified = self.language_of(input.language, &letters);
        let heard = self.read(&identified.tag, letters, input.kind).map(|read| self.hear(&read));
        let supported = heard.is_some();
        let said = heard.as_ref().map(|heard| (heard.negative, heard.negative_min));
        let verdict = combine(input.rating, input.threshold, said);
        let heard = heard.unwrap_or_default();
        Detection {
            negative: verdict.negative,
            negative_probability: heard.negative,
            hidden_negative: verdict.hidden_negative,
            return_intent: heard.return_intent,
            return_intent_probability: heard.intent,
            actionable: heard.return_intent || heard.wish || !heard.reasons.is_empty(),
            reasons: heard.reasons,
            flags: heard.flags,
            language: identified.tag,
            language_confidence: identified.confidence,
            language_supported: supported,
            truncated,
            evidence: heard.evidence,
            model_version: self.parts.version.clone(),
        }
    }

    /// The language of a normalised text, `und` if it is none of ours, and how sure that is from 0 to 1.
    #[must_use]
    pub fn identify(&self, letters: &Letters) -> (String, f32) {
        let identified = self.parts.model.languages.identify(letters);
        (identified.tag, identified.confidence)
    }

    fn language_of(&self, claimed: Option<&str>, letters: &[Letter]) -> Identified {
        let claimed = claimed.and_then(primary_tag).filter(|tag| script_fits(tag, letters));
        match claimed {
            Some(tag) => Identified { tag, confidence: 1.0 },
            None => self.parts.model.languages.identify(letters),
        }
    }

    /// The text as the model sees it; nothing in a language it does not know.
    fn read(&self, language: &str, letters: Letters, kind: TextKind) -> Option<Read> {
        let cues = self.parts.known.cues(language, &letters, kind)?;
        Some(Read { letters, cues })
    }

    fn hear(&self, read: &Read) -> Heard {
        let scores = self.parts.model.score(&features(&read.letters), &read.cues.values);
        Heard::from(&self.parts.model, &scores, read)
    }
}

/// What is known of every language.
#[derive(Debug)]
pub(crate) struct Known {
    alphabet: Alphabet,
    languages: BTreeMap<String, Language>,
}

impl Known {
    /// Reads and compiles the lexicons.
    pub(crate) fn read() -> Result<Self, ModelError> {
        let common = Common::parse(COMMON)?;
        let alphabet = Alphabet::new(&common.variants());
        let mut languages = BTreeMap::new();
        for (tag, text) in EMBEDDED {
            let lexicon = Lexicon::parse(tag, text)?;
            let mut phrases = lexicon.phrases();
            phrases.extend(common.phrases());
            let phrases = Phrases::compile(tag, &phrases, lexicon.fold_accents, &alphabet)?;
            let mixes_english = *tag != ENGLISH && (lexicon.mixes_english || !is_latin(tag));
            languages.insert((*tag).to_owned(), Language { phrases, mixes_english });
        }
        Ok(Self { alphabet, languages })
    }

    pub(crate) const fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// What the lexicon of a language makes of a text; nothing if there is none.
    pub(crate) fn cues(&self, language: &str, letters: &Letters, kind: TextKind) -> Option<Cues> {
        let known = self.languages.get(language)?;
        let english = self.languages.get(ENGLISH).filter(|_| known.mixes_english);
        let wanted = [Some(known), english].map(|language| language.map(|language| &language.phrases));
        Some(cues(letters, &find(&wanted, letters), kind))
    }
}

/// A hash over all lexicons: the model was trained beside them.
#[must_use]
pub fn lexicon_hash() -> String {
    let mut hash = blake3::Hasher::new();
    for text in EMBEDDED.iter().map(|(_, text)| *text).chain([COMMON]) {
        hash.update(text.as_bytes());
    }
    hash.finalize().to_hex().to_string()
}

pub(crate) fn cut(text: &str) -> (&str, bool) {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((at, _)) => (text.get(..at).unwrap_or(text), true),
        None => (text, false),
    }
}

#[cfg(test)]
#[path = "detector_tests.rs"]
mod tests;
