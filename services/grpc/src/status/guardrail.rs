//! The status of an action that guardrails refuse: every rule at once, each with its facts.

use amends_app::guard::Decision;
use amends_proto::v1 as pb;
use tonic::Code;

use super::refusal::Refusal;
use crate::convert::decision::decision;

/// The refusal of an action: every rule with its facts, and from when on it would pass if nothing but
/// time changes. The decision is stored by then.
#[must_use]
pub fn refused(action: &str, decision: &pb::Decision) -> Refusal {
    let rules: Vec<&str> = decision.refusals.iter().map(|refusal| refusal.rule.as_str()).collect();
    let message = format!("{action} is refused by {}", rules.join(", "));
    let mut refusal = Refusal::new(Code::FailedPrecondition, pb::Reason::GuardrailRefused, message)
        .fact("rule", rules.first().copied().unwrap_or_default())
        .fact("action", action)
        .fact("decision", &decision.name);
    if let Some(at) = &decision.not_before_time {
        refusal = refusal.fact("not_before", at);
    }
    let all = decision.refusals.iter();
    all.fold(refusal, |refusal, one| refusal.precondition(&one.rule, &decision.name, describe(one)))
}

/// The same of a command that the rules ended.
#[must_use]
pub fn of_decision(made: &Decision) -> Refusal {
    refused(made.action, &decision(&made.shop, made))
}

fn describe(refusal: &pb::Refusal) -> String {
    let facts: Vec<String> =
        refusal.facts.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect();
    if facts.is_empty() {
        return refusal.message.clone();
    }
    format!("{} ({})", refusal.message, facts.join(", "))
}
