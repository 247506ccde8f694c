//! Decisions of the guardrails, in the words of an agent's screen.

use amends_app::guard::Decision;
use amends_domain::guardrail::{Refusal, Rule};
use amends_domain::{ShopId, Time};
use amends_proto::v1 as pb;

use super::{lint, time};

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
        message: rule.guide().refuses.to_owned(),
        facts: Vec::new(),
    }
}

/// The wire form of a decision.
#[must_use]
pub fn decision(shop: &ShopId, made: &Decision) -> pb::Decision {
    pb::Decision {
        name: made.id.map(|id| format!("shops/{shop}/decisions/{id}")).unwrap_or_default(),
        allowed: made.allowed(),
        refusals: made.refusals.iter().map(refusal).collect(),
        facts: facts(made.facts.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
        message_preview: made.text.clone(),
        template: made.template.clone(),
        policy_version: made.policy_version.to_string(),
        decide_time: Some(time::render(made.at)),
        not_before_time: made.not_before.map(time::render),
        hints: made.hints.iter().map(lint::hint).collect(),
        asks_left: made.asks_left.map(|left| i32::try_from(left).unwrap_or(i32::MAX)),
    }
}
