//! The lexicon files: what the words of each language mean, as checked data.

use std::collections::{BTreeMap, HashMap, HashSet};

use amends_domain::detection::{Flag, Reason};
use serde::Deserialize;

use crate::error::ModelError;
use crate::normalise::Folding;

/// Longer phrases are sentences; they would match nobody's wording but the author's.
const PHRASE_CHARS_MAX: usize = 60;

/// The embedded files. The order is that of the language tags in every report.
pub(crate) const EMBEDDED: &[(&str, &str)] = &[
    ("ar", include_str!("../lexicon/ar.toml")),
    ("de", include_str!("../lexicon/de.toml")),
    ("en", include_str!("../lexicon/en.toml")),
    ("es", include_str!("../lexicon/es.toml")),
    ("fil", include_str!("../lexicon/fil.toml")),
    ("fr", include_str!("../lexicon/fr.toml")),
    ("hi", include_str!("../lexicon/hi.toml")),
    ("hu", include_str!("../lexicon/hu.toml")),
    ("id", include_str!("../lexicon/id.toml")),
    ("it", include_str!("../lexicon/it.toml")),
    ("ja", include_str!("../lexicon/ja.toml")),
    ("ko", include_str!("../lexicon/ko.toml")),
    ("ms", include_str!("../lexicon/ms.toml")),
    ("pl", include_str!("../lexicon/pl.toml")),
    ("pt", include_str!("../lexicon/pt.toml")),
    ("ru", include_str!("../lexicon/ru.toml")),
    ("th", include_str!("../lexicon/th.toml")),
    ("tr", include_str!("../lexicon/tr.toml")),
    ("vi", include_str!("../lexicon/vi.toml")),
    ("zh", include_str!("../lexicon/zh.toml")),
];

/// Signs that mean the same in every language.
pub(crate) const COMMON: &str = include_str!("../lexicon/common.toml");

/// One language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    /// BCP 47 tag; equals the file's name.
    pub(crate) language: String,
    /// Accented and plain letters are one spelling.
    pub(crate) fold_accents: bool,
    /// Buyers mix whole English words into it, short ones included.
    #[serde(default)]
    pub(crate) mixes_english: bool,
    /// Pairs of characters of which the first is read as the second.
    #[serde(default)]
    pub(crate) variants: Vec<String>,
    /// Words that turn round what follows.
    #[serde(default)]
    pub(crate) negators: Vec<String>,
    /// Words that turn round what precedes.
    #[serde(default)]
    pub(crate) negators_after: Vec<String>,
    /// "but": what follows is what the author means.
    pub(crate) contrast: Vec<String>,
    /// Harmless phrases that mute what they contain.
    #[serde(default)]
    pub(crate) neutral: Vec<String>,
    /// Requests for something concrete.
    pub(crate) wishes: Vec<String>,
    pub(crate) negative: Graded,
    pub(crate) positive: Graded,
    pub(crate) intent: Intent,
    pub(crate) reasons: BTreeMap<String, Vec<String>>,
    pub(crate) flags: BTreeMap<String, Vec<String>>,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are read by the test that runs them"))]
    pub(crate) examples: Vec<Example>,
}

/// Phrases in two strengths.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Graded {
    pub(crate) strong: Vec<String>,
    pub(crate) mild: Vec<String>,
}

/// Wanting to return, refund, exchange or cancel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Intent {
    pub(crate) phrases: Vec<String>,
    /// Phrases that only sound like it, such as a question about a refund under way.
    pub(crate) except: Vec<String>,
}

/// A sentence and what must, or must not, be heard in it; run by a test.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "examples are read by the test that runs them"))]
pub(crate) struct Example {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) hear: Vec<String>,
    #[serde(default)]
    pub(crate) not: Vec<String>,
}

/// `common.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Common {
    pub(crate) negative: Graded,
    pub(crate) positive: Graded,
}

/// What a phrase means where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    Negative { strong: bool },
    Positive { strong: bool },
    Neutral,
    Negator,
    NegatorAfter,
    Contrast,
    Wish,
    Intent,
    NoIntent,
    Reason(Reason),
    Flag(Flag),
}

impl Lexicon {
    /// Reads and checks one file.
    pub(crate) fn parse(language: &str, text: &str) -> Result<Self, ModelError> {
        let file = format!("lexicon/{language}.toml");
        let lexicon: Self = toml::from_str(text)
            .map_err(|e| ModelError::Syntax { file: file.clone(), problem: e.to_string() })?;
        let refuse = |entry: String, problem: &str| {
            Err(ModelError::Entry { file: file.clone(), entry, problem: problem.to_owned() })
        };
        if lexicon.language != language {
            return refuse(
                format!("language {:?}", lexicon.language),
                "is not the language of the file's name",
            );
        }
        for pair in &lexicon.variants {
            if pair.chars().count() != 2 {
                return refuse(format!("variants {pair:?}"), "is not a pair of characters");
            }
        }
        if lexicon.negators.is_empty() && lexicon.negators_after.is_empty() {
            return refuse("negators".to_owned(), "has no entry");
        }
        for (list, phrases) in lexicon.lists() {
            check_list(&file, &list, phrases)?;
        }
        for word in lexicon.reasons.keys() {
            if word.parse::<Reason>().is_err() {
                return refuse(format!("reasons.{word}"), "is no reason");
            }
        }
        for word in lexicon.flags.keys() {
            if word.parse::<Flag>().is_err() {
                return refuse(format!("flags.{word}"), "is no flag");
            }
        }
        Ok(lexicon)
    }

    /// Every list of phrases under the name it has in the file.
    fn lists(&self) -> Vec<(String, &[String])> {
        let fixed: [(&str, &[String]); 11] = [
            ("contrast", &self.contrast),
            ("wishes", &self.wishes),
            ("negative.strong", &self.negative.strong),
            ("negative.mild", &self.negative.mild),
            ("positive.strong", &self.positive.strong),
            ("positive.mild", &self.positive.mild),
            ("intent.phrases", &self.intent.phrases),
            ("intent.except", &self.intent.except),
            ("neutral", &self.neutral),
            ("negators", &self.negators),
            ("negators_after", &self.negators_after),
        ];
        let reasons = self.reasons.iter().map(|(word, list)| (format!("reasons.{word}"), list.as_slice()));
        let flags = self.flags.iter().map(|(word, list)| (format!("flags.{word}"), list.as_slice()));
        fixed.into_iter().map(|(name, list)| (name.to_owned(), list)).chain(reasons).chain(flags).collect()
    }

    /// Every phrase with its role.
    pub(crate) fn phrases(&self) -> Vec<(&str, Role)> {
        let mut all = graded(&self.negative, &self.positive);
        let plain: [(&Vec<String>, Role); 7] = [
            (&self.neutral, Role::Neutral),
            (&self.negators, Role::Negator),
            (&self.negators_after, Role::NegatorAfter),
            (&self.contrast, Role::Contrast),
            (&self.wishes, Role::Wish),
            (&self.intent.phrases, Role::Intent),
            (&self.intent.except, Role::NoIntent),
        ];
        for (list, role) in plain {
            all.extend(list.iter().map(|phrase| (phrase.as_str(), role)));
        }
        for (word, list) in &self.reasons {
            if let Ok(reason) = word.parse::<Reason>() {
                all.extend(list.iter().map(|phrase| (phrase.as_str(), Role::Reason(reason))));
            }
        }
        for (word, list) in &self.flags {
            if let Ok(flag) = word.parse::<Flag>() {
                all.extend(list.iter().map(|phrase| (phrase.as_str(), Role::Flag(flag))));
            }
        }
        all
    }

    /// How spellings of this language are folded.
    pub(crate) fn folding(&self) -> Folding {
        let pair = |pair: &String| {
            let mut chars = pair.chars();
            chars.next().zip(chars.next())
        };
        let variants: HashMap<char, char> = self.variants.iter().filter_map(pair).collect();
        Folding { accents: self.fold_accents, variants }
    }
}

impl Common {
    /// Reads the common file.
    pub(crate) fn parse(text: &str) -> Result<Self, ModelError> {
        toml::from_str(text).map_err(|e| ModelError::Syntax {
            file: "lexicon/common.toml".to_owned(),
            problem: e.to_string(),
        })
    }

    /// Every sign with its role.
    pub(crate) fn phrases(&self) -> Vec<(&str, Role)> {
        graded(&self.negative, &self.positive)
    }
}

fn graded<'a>(negative: &'a Graded, positive: &'a Graded) -> Vec<(&'a str, Role)> {
    let lists = [
        (&negative.strong, Role::Negative { strong: true }),
        (&negative.mild, Role::Negative { strong: false }),
        (&positive.strong, Role::Positive { strong: true }),
        (&positive.mild, Role::Positive { strong: false }),
    ];
    lists
        .into_iter()
        .flat_map(|(list, role)| list.iter().map(move |phrase| (phrase.as_str(), role)))
        .collect()
}

fn check_list(file: &str, list: &str, phrases: &[String]) -> Result<(), ModelError> {
    let refuse = |entry: String, problem: &str| {
        Err(ModelError::Entry { file: file.to_owned(), entry, problem: problem.to_owned() })
    };
    if phrases.is_empty() && !matches!(list, "neutral" | "negators" | "negators_after") {
        return refuse(list.to_owned(), "has no entry");
    }
    let mut seen = HashSet::new();
    for phrase in phrases {
        let entry = || format!("{list} {phrase:?}");
        if phrase.trim_matches('*').trim().is_empty() {
            return refuse(entry(), "is empty");
        }
        if phrase.trim_matches('*').contains('*') {
            return refuse(entry(), "has a * that is not at an end");
        }
        if phrase.chars().count() > PHRASE_CHARS_MAX {
            return refuse(entry(), "is longer than a phrase may be");
        }
        if !seen.insert(phrase) {
            return refuse(entry(), "stands twice in its list");
        }
    }
    Ok(())
}
