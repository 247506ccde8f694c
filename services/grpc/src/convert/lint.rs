//! What was found in words that are to go out.

use amends_app::lint::{Found, Hint};
use amends_domain::guardrail::Finding;
use amends_proto::v1 as pb;

use super::decision::rule;

/// The wire form of a hint.
#[must_use]
pub fn hint(hint: &Hint) -> pb::TextHint {
    pb::TextHint {
        advice: hint.advice.to_owned(),
        message: hint.instead.to_owned(),
        start: place(hint.place.start),
        end: place(hint.place.end),
    }
}

/// The wire form of everything that was found.
#[must_use]
pub fn found(found: &Found) -> pb::LintTextResponse {
    pb::LintTextResponse {
        findings: found.findings.iter().map(finding).collect(),
        hints: found.hints.iter().map(hint).collect(),
        asks_for_revision: found.asks_for_revision,
    }
}

fn finding(found: &Finding) -> pb::TextFinding {
    pb::TextFinding {
        refusal: Some(rule(found.rule)),
        start: place(found.start),
        end: place(found.end),
        words: found.words.clone(),
    }
}

fn place(character: usize) -> i32 {
    i32::try_from(character).unwrap_or(i32::MAX)
}
