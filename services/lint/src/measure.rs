//! Measuring the rules on texts that say which rule must refuse them.

use crate::linter::{Audience, Linter, Outgoing};
use crate::rule::{Report, Rule};

/// A text and what must be found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The line of the file, from 1.
    pub line: usize,
    /// The rule that must refuse it; none if it may go out.
    pub rule: Option<Rule>,
    /// Who reads it.
    pub audience: Audience,
    /// The words.
    pub text: String,
}

/// Counts over texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Texts that must be refused.
    pub forbidden: usize,
    /// Of them: refused by the right rule.
    pub right: usize,
    /// Of them: refused by any rule.
    pub caught: usize,
    /// Texts that may go out.
    pub ordinary: usize,
    /// Of them: refused all the same.
    pub flagged: usize,
}

/// A line that is none of `rule`, `audience`, `text` with tabs between.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct BadLine {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// Reads a file of texts: `rule`, `audience`, `text`, with tabs between. Lines with # are comments.
///
/// # Errors
/// Names the first line that is not like this.
pub fn read(file: &str) -> Result<Vec<Case>, BadLine> {
    let lines = file.lines().enumerate().map(|(n, text)| (n + 1, text.trim_end_matches('\r')));
    lines
        .filter(|(_, text)| !text.trim().is_empty() && !text.starts_with('#'))
        .map(|(line, text)| case(line, text).map_err(|problem| BadLine { line, problem }))
        .collect()
}

fn case(line: usize, text: &str) -> Result<Case, String> {
    let mut fields = text.splitn(3, '\t');
    let (Some(rule), Some(audience), Some(text)) = (fields.next(), fields.next(), fields.next()) else {
        return Err("has fewer than three fields".to_owned());
    };
    Ok(Case { line, rule: rule_of(rule)?, audience: audience_of(audience)?, text: text.to_owned() })
}

fn rule_of(word: &str) -> Result<Option<Rule>, String> {
    if word == "ok" {
        return Ok(None);
    }
    let found = Rule::ALL.iter().find(|rule| rule.as_str().eq_ignore_ascii_case(word));
    found.copied().map(Some).ok_or_else(|| format!("{word:?} is no rule"))
}

/// The audience of a word in a file.
pub(crate) fn audience_of(word: &str) -> Result<Audience, String> {
    match word {
        "private" => Ok(Audience::PrivateMessage),
        "public" => Ok(Audience::PublicReply),
        "offer" => Ok(Audience::Offer),
        "ask" => Ok(Audience::Ask),
        other => Err(format!("{other:?} is no audience")),
    }
}

impl Audience {
    /// The word for it in files of texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PrivateMessage => "private",
            Self::PublicReply => "public",
            Self::Offer => "offer",
            Self::Ask => "ask",
        }
    }
}

impl Case {
    /// What the linter says to it, on a marketplace.
    #[must_use]
    pub fn report(&self, linter: &Linter, language: Option<&str>) -> Report {
        let outgoing = Outgoing { language, ..Outgoing::new(&self.text, self.audience) };
        linter.check(&outgoing).unwrap_or_default()
    }

    /// Whether the report is what it must be: refused at all, or not.
    #[must_use]
    pub fn is_met_by(&self, report: &Report) -> bool {
        self.rule.is_some() != report.refusals.is_empty()
    }
}

impl Counts {
    /// Counts one more text.
    pub fn add(&mut self, case: &Case, report: &Report) {
        let refused = usize::from(!report.refusals.is_empty());
        match case.rule {
            Some(rule) => {
                self.forbidden += 1;
                self.caught += refused;
                self.right += usize::from(report.refusals.iter().any(|refusal| refusal.rule == rule));
            }
            None => {
                self.ordinary += 1;
                self.flagged += refused;
            }
        }
    }

    /// Adds what was counted elsewhere.
    pub const fn join(&mut self, other: &Self) {
        self.forbidden += other.forbidden;
        self.right += other.right;
        self.caught += other.caught;
        self.ordinary += other.ordinary;
        self.flagged += other.flagged;
    }
}
