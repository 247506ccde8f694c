//! The lexicon files: what the words of each language mean, as checked data.

use std::collections::{BTreeMap, HashSet};

use amends_domain::detection::{Flag, Reason};
use serde::Deserialize;

use crate::error::ModelError;

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
    /// Accented and plain letters, and the variants of `common.toml`, are one spelling.
    pub(crate) fold_accents: bool,
    /// Buyers mix whole English words into it, short ones included.
    #[serde(default)]
    pub(crate) mixes_english: bool,
    /// Words that turn round what follows.
    #[serde(default)]
    pub(crate) negators: Vec<String>,
    /// Words that turn round what precedes.
    #[serde(default)]
    pub(crate) negators_after: Vec<String>,
    /// "but": what follows is what the author means.
    pub(crate) contrast: Vec<String>,
    /// Words that make the judgement beside them louder.
    pub(crate) intensifiers: Vec<String>,
    /// Words that make the judgement beside them weaker.
    pub(crate) dampeners: Vec<String>,
    /// Phrases with a gap, by what they mean: the name of a list, a reason or a flag.
    pub(crate) patterns: BTreeMap<String, Vec<String>>,
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
    /// Pairs of characters of which the first is read as the second.
    variants: Vec<String>,
    pub(crate) negative: Graded,
    pub(crate) positive: Graded,
}

/// A phrase and what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase<'a> {
    pub(crate) text: &'a str,
    pub(crate) role: Role,
}

/// Stands in a pattern for the words between its two sides.
pub(crate) const GAP: &str = " ... ";

/// What a phrase means where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    Negative { strong: bool },
    Positive { strong: bool },
    Neutral,
    Negator,
    NegatorAfter,
    Contrast,
    Louder,
    Softer,
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
        for word in lexicon.patterns.keys() {
            if role_of(word).is_none() {
                return refuse(format!("patterns.{word}"), "means nothing");
            }
        }
        Ok(lexicon)
    }

    /// Every list of phrases under the name it has in the file.
    fn lists(&self) -> Vec<(String, &[String])> {
        let fixed: [(&str, &[String]); 13] = [
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
            ("intensifiers", &self.intensifiers),
            ("dampeners", &self.dampeners),
        ];
        let reasons = self.reasons.iter().map(|(word, list)| (format!("reasons.{word}"), list.as_slice()));
        let flags = self.flags.iter().map(|(word, list)| (format!("flags.{word}"), list.as_slice()));
        let patterns = self.patterns.iter().map(|(word, list)| (format!("patterns.{word}"), list.as_slice()));
        let fixed = fixed.into_iter().map(|(name, list)| (name.to_owned(), list));
        fixed.chain(reasons).chain(flags).chain(patterns).collect()
    }

    /// Every phrase with its role.
    pub(crate) fn phrases(&self) -> Vec<Phrase<'_>> {
        let mut all = graded(&self.negative, &self.positive);
        let plain: [(&Vec<String>, Role); 9] = [
            (&self.neutral, Role::Neutral),
            (&self.negators, Role::Negator),
            (&self.negators_after, Role::NegatorAfter),
            (&self.contrast, Role::Contrast),
            (&self.intensifiers, Role::Louder),
            (&self.dampeners, Role::Softer),
            (&self.wishes, Role::Wish),
            (&self.intent.phrases, Role::Intent),
            (&self.intent.except, Role::NoIntent),
        ];
        let plain = plain.into_iter().map(|(list, role)| (list, Some(role)));
        let named = self.reasons.iter().chain(&self.flags).chain(&self.patterns);
        let named = named.map(|(word, list)| (list, role_of(word)));
        for (list, role) in plain.chain(named) {
            all.extend(role.iter().flat_map(|role| list.iter().map(|text| Phrase { text, role: *role })));
        }
        all
    }
}

/// The role that a reason, a flag or a kind of pattern stands for.
fn role_of(word: &str) -> Option<Role> {
    Some(match word {
        "negative" => Role::Negative { strong: true },
        "positive" => Role::Positive { strong: true },
        "intent" => Role::Intent,
        "except" => Role::NoIntent,
        "wishes" => Role::Wish,
        word => {
            let reason = word.parse::<Reason>().map(Role::Reason);
            return reason.ok().or_else(|| word.parse::<Flag>().map(Role::Flag).ok());
        }
    })
}

impl Common {
    /// Reads the common file.
    pub(crate) fn parse(text: &str) -> Result<Self, ModelError> {
        let file = "lexicon/common.toml".to_owned();
        let common: Self = toml::from_str(text)
            .map_err(|e| ModelError::Syntax { file: file.clone(), problem: e.to_string() })?;
        for (list, phrases) in common.graded() {
            check_list(&file, list, phrases)?;
        }
        let is_pair = |pair: &str| pair.chars().count() == 2 && pair.chars().all(|c| c <= '\u{ffff}');
        if let Some(pair) = common.variants.iter().find(|pair| !is_pair(pair)) {
            let (entry, problem) =
                (format!("variants {pair:?}"), "is not a pair of characters of the basic plane".to_owned());
            return Err(ModelError::Entry { file, entry, problem });
        }
        Ok(common)
    }

    fn graded(&self) -> [(&'static str, &[String]); 4] {
        [
            ("negative.strong", &self.negative.strong),
            ("negative.mild", &self.negative.mild),
            ("positive.strong", &self.positive.strong),
            ("positive.mild", &self.positive.mild),
        ]
    }

    /// Every sign with its role.
    pub(crate) fn phrases(&self) -> Vec<Phrase<'_>> {
        graded(&self.negative, &self.positive)
    }

    /// Pairs of characters of which the first is read as the second.
    pub(crate) fn variants(&self) -> Vec<(char, char)> {
        let pair = |pair: &String| {
            let mut chars = pair.chars();
            chars.next().zip(chars.next())
        };
        self.variants.iter().filter_map(pair).collect()
    }
}

fn graded<'a>(negative: &'a Graded, positive: &'a Graded) -> Vec<Phrase<'a>> {
    let lists = [
        (&negative.strong, Role::Negative { strong: true }),
        (&negative.mild, Role::Negative { strong: false }),
        (&positive.strong, Role::Positive { strong: true }),
        (&positive.mild, Role::Positive { strong: false }),
    ];
    lists.into_iter().flat_map(|(list, role)| list.iter().map(move |text| Phrase { text, role })).collect()
}

fn check_list(file: &str, list: &str, phrases: &[String]) -> Result<(), ModelError> {
    let refuse = |entry: String, problem: &str| {
        Err(ModelError::Entry { file: file.to_owned(), entry, problem: problem.to_owned() })
    };
    if phrases.is_empty() && !matches!(list, "neutral" | "negators" | "negators_after") {
        return refuse(list.to_owned(), "has no entry");
    }
    let mut seen = HashSet::new();
    let is_pattern = list.starts_with("patterns.");
    for phrase in phrases {
        let entry = || format!("{list} {phrase:?}");
        let sides: Vec<&str> = phrase.split(GAP).collect();
        if sides.len() != 1 + usize::from(is_pattern) {
            return refuse(entry(), if is_pattern { "has not one gap" } else { "has a gap" });
        }
        for side in sides {
            let inner = side.trim_matches('*');
            if inner.trim().is_empty() {
                return refuse(entry(), "is empty");
            }
            if inner.contains('*') {
                return refuse(entry(), "has a * that is not at an end");
            }
        }
        if phrase.chars().count() > PHRASE_CHARS_MAX {
            return refuse(entry(), "is longer than a phrase may be");
        }
        if !seen.insert(phrase.as_str()) {
            return refuse(entry(), "stands twice in its list");
        }
        if phrase.strip_suffix('*').is_some_and(|open| seen.contains(open))
            || seen.contains(format!("{phrase}*").as_str())
        {
            return refuse(entry(), "stands with and without its star");
        }
    }
    Ok(())
}
