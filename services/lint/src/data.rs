//! The rule files: which words say what in each language, as checked data.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::cue::Cue;
use crate::error::LintError;
use crate::part::Part;

/// Longer phrases are sentences; they would match nobody's wording but the author's.
const PHRASE_CHARS_MAX: usize = 60;

/// Stands in a phrase for a few words.
pub(crate) const GAP: &str = " ... ";

/// The embedded files: a language, its rules, and its cues.
pub(crate) const EMBEDDED: &[(&str, &str, &str)] = &[
    ("ar", include_str!("../rules/ar.toml"), include_str!("../cues/ar.toml")),
    ("de", include_str!("../rules/de.toml"), include_str!("../cues/de.toml")),
    ("en", include_str!("../rules/en.toml"), include_str!("../cues/en.toml")),
    ("es", include_str!("../rules/es.toml"), include_str!("../cues/es.toml")),
    ("fil", include_str!("../rules/fil.toml"), include_str!("../cues/fil.toml")),
    ("fr", include_str!("../rules/fr.toml"), include_str!("../cues/fr.toml")),
    ("hi", include_str!("../rules/hi.toml"), include_str!("../cues/hi.toml")),
    ("hu", include_str!("../rules/hu.toml"), include_str!("../cues/hu.toml")),
    ("id", include_str!("../rules/id.toml"), include_str!("../cues/id.toml")),
    ("it", include_str!("../rules/it.toml"), include_str!("../cues/it.toml")),
    ("ja", include_str!("../rules/ja.toml"), include_str!("../cues/ja.toml")),
    ("ko", include_str!("../rules/ko.toml"), include_str!("../cues/ko.toml")),
    ("ms", include_str!("../rules/ms.toml"), include_str!("../cues/ms.toml")),
    ("pl", include_str!("../rules/pl.toml"), include_str!("../cues/pl.toml")),
    ("pt", include_str!("../rules/pt.toml"), include_str!("../cues/pt.toml")),
    ("ru", include_str!("../rules/ru.toml"), include_str!("../cues/ru.toml")),
    ("th", include_str!("../rules/th.toml"), include_str!("../cues/th.toml")),
    ("tr", include_str!("../rules/tr.toml"), include_str!("../cues/tr.toml")),
    ("vi", include_str!("../rules/vi.toml"), include_str!("../cues/vi.toml")),
    ("zh", include_str!("../rules/zh.toml"), include_str!("../cues/zh.toml")),
];

/// What holds in every language.
pub(crate) const COMMON: &str = include_str!("../rules/common.toml");

/// A hash over all rule files and the judge, in hexadecimal: which rules a text was judged by.
#[must_use]
pub fn rules_hash() -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(&rule_files_hash());
    hash.update(crate::judge::EMBEDDED);
    hash.finalize().to_hex().to_string()
}

/// A hash over the rule files alone: the judge is learnt beside them.
pub(crate) fn rule_files_hash() -> [u8; 32] {
    let mut hash = blake3::Hasher::new();
    for text in EMBEDDED.iter().flat_map(|(_, rules, cues)| [*rules, *cues]).chain([COMMON]) {
        hash.update(text.as_bytes());
    }
    *hash.finalize().as_bytes()
}

/// One language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    /// BCP 47 tag; equals the file's name.
    pub(crate) language: String,
    /// What may stand before a phrase within its word, such as Arabic articles.
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
    /// What may stand after a phrase within its word, such as Indonesian "-nya".
    #[serde(default)]
    pub(crate) suffixes: Vec<String>,
    /// Street addresses, as regular expressions over the text as it was written.
    #[serde(default)]
    pub(crate) streets: Vec<String>,
    /// Phrases by the part that they are.
    pub(crate) parts: BTreeMap<Part, Vec<String>>,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are read by the test that runs them"))]
    pub(crate) examples: Vec<Example>,
}

/// A text with the rules that must refuse it; with none it must pass.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "examples are read by the test that runs them"))]
pub(crate) struct Example {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) audience: Option<String>,
    #[serde(default)]
    pub(crate) refuse: Vec<String>,
    #[serde(default)]
    pub(crate) asks: bool,
}

/// What the judge listens for in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cues {
    /// BCP 47 tag; equals the file's name.
    language: String,
    /// Phrases by the concept that they say.
    pub(crate) cues: BTreeMap<Cue, Vec<String>>,
}

/// `common.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Common {
    /// Pairs of characters of which the first is read as the second.
    variants: Vec<String>,
    /// Letters that look like a Latin one, in pairs with it.
    lookalikes: Vec<String>,
    /// Sites that a message may name: marketplaces and carriers, by the end of their host name.
    pub(crate) hosts_allowed: Vec<String>,
    /// Endings by which a bare host name is known.
    pub(crate) endings: Vec<String>,
    pub(crate) parts: BTreeMap<Part, Vec<String>>,
}

impl Rules {
    /// Reads and checks one file.
    pub(crate) fn parse(language: &str, text: &str) -> Result<Self, LintError> {
        let file = format!("rules/{language}.toml");
        let rules: Self = toml::from_str(text)
            .map_err(|e| LintError::Syntax { file: file.clone(), problem: e.to_string() })?;
        if rules.language != language {
            let problem = "is not the language of the file's name".to_owned();
            return Err(LintError::Entry { file, entry: rules.language, problem });
        }
        check(&file, &rules.parts)?;
        Ok(rules)
    }
}

impl Cues {
    /// Reads and checks one file.
    pub(crate) fn parse(language: &str, text: &str) -> Result<Self, LintError> {
        let file = format!("cues/{language}.toml");
        let cues: Self = toml::from_str(text)
            .map_err(|e| LintError::Syntax { file: file.clone(), problem: e.to_string() })?;
        if cues.language != language {
            let problem = "is not the language of the file's name".to_owned();
            return Err(LintError::Entry { file, entry: cues.language, problem });
        }
        check(&file, &cues.cues)?;
        Ok(cues)
    }
}

impl Common {
    /// Reads and checks the file.
    pub(crate) fn parse(text: &str) -> Result<Self, LintError> {
        let file = "rules/common.toml".to_owned();
        let common: Self = toml::from_str(text)
            .map_err(|e| LintError::Syntax { file: file.clone(), problem: e.to_string() })?;
        check(&file, &common.parts)?;
        for pair in common.variants.iter().chain(&common.lookalikes) {
            if pair_of(pair).is_none() {
                let problem = "is no pair of characters".to_owned();
                return Err(LintError::Entry { file, entry: pair.clone(), problem });
            }
        }
        Ok(common)
    }

    pub(crate) fn variants(&self) -> Vec<(char, char)> {
        self.variants.iter().filter_map(|pair| pair_of(pair)).collect()
    }

    pub(crate) fn lookalikes(&self) -> Vec<(char, char)> {
        self.lookalikes.iter().filter_map(|pair| pair_of(pair)).collect()
    }
}

fn pair_of(pair: &str) -> Option<(char, char)> {
    let mut chars = pair.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(from), Some(to), None) => Some((from, to)),
        _ => None,
    }
}

fn check<T: std::fmt::Debug>(file: &str, parts: &BTreeMap<T, Vec<String>>) -> Result<(), LintError> {
    for (part, phrases) in parts {
        let mut seen = std::collections::BTreeSet::new();
        for phrase in phrases {
            if let Some(problem) = problem_of(phrase, &mut seen) {
                let entry = format!("{part:?} {phrase:?}");
                return Err(LintError::Entry { file: file.to_owned(), entry, problem: problem.to_owned() });
            }
        }
    }
    Ok(())
}

fn problem_of<'a>(phrase: &'a str, seen: &mut std::collections::BTreeSet<&'a str>) -> Option<&'static str> {
    let sides: Vec<&str> = phrase.split(GAP).collect();
    if !seen.insert(phrase) {
        Some("stands there twice")
    } else if phrase.chars().count() > PHRASE_CHARS_MAX {
        Some("is too long for a phrase")
    } else if sides.len() > 2 {
        Some("has more than one gap")
    } else if sides.iter().any(|side| side.trim().trim_matches('*').trim().is_empty()) {
        Some("says nothing")
    } else {
        None
    }
}
