//! Decisions of the guardrails, in the words of an agent's screen.

use amends_domain::Time;
use amends_domain::guardrail::{Refusal, Rule};
use amends_proto::v1 as pb;

use super::time;

/// What a rule says, in English.
#[must_use]
pub const fn say(rule: Rule) -> &'static str {
    match rule {
        Rule::G01 => "the channel does not allow asking",
        Rule::G03 => "an accepted remedy is not fulfilled yet, or only just",
        Rule::G10 => "the buyer was asked about this review before",
        Rule::G11 => "nothing about this review can be revised",
        Rule::G18 => "the buyer wants no more messages",
        Rule::G19 => "the buyer made a threat with a review",
        Rule::G23 => "the buyer's data were erased",
    }
}

/// A fact as text: times are stored as microseconds and printed as RFC 3339.
#[must_use]
pub fn print_fact(name: &str, value: &str) -> String {
    match value.parse() {
        Ok(micros) if name.ends_with("_at") => time::print(Time::from_micros(micros)),
        _ => value.to_owned(),
    }
}

/// The wire form of facts.
pub fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<pb::Fact> {
    facts
        .into_iter()
        .map(|(name, value)| pb::Fact { name: name.to_owned(), value: print_fact(name, value) })
        .collect()
}

/// The wire form of a rule's refusal.
#[must_use]
pub fn refusal(refusal: &Refusal) -> pb::Refusal {
    let seen = refusal.facts.iter().map(|(name, value)| (*name, value.as_str()));
    pb::Refusal { facts: facts(seen), ..rule(refusal.rule) }
}

/// The same without what the rule saw.
#[must_use]
pub fn rule(rule: Rule) -> pb::Refusal {
    pb::Refusal {
        rule: rule.to_string(),
        reason: pb::Reason::GuardrailRefused.into(),
        message: say(rule).to_owned(),
        facts: Vec::new(),
    }
}
