//! The status of an action that guardrails refuse: every rule at once, each with its facts.

use amends_proto::v1 as pb;
use tonic::{Code, Status};

use super::refusal::Refusal;

/// The refusal of an action; the decision is stored by then.
#[must_use]
pub fn refused(action: &str, decision: &pb::Decision) -> Status {
    let rules: Vec<&str> = decision.refusals.iter().map(|refusal| refusal.rule.as_str()).collect();
    let message = format!("{action} is refused by {}", rules.join(", "));
    let refusal = Refusal::new(Code::FailedPrecondition, pb::Reason::GuardrailRefused, message)
        .fact("rule", rules.first().copied().unwrap_or_default())
        .fact("action", action)
        .fact("decision", &decision.name);
    let all = decision.refusals.iter();
    all.fold(refusal, |refusal, one| refusal.precondition(&one.rule, &decision.name, describe(one)))
        .into_status()
}

fn describe(refusal: &pb::Refusal) -> String {
    let facts: Vec<String> =
        refusal.facts.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect();
    if facts.is_empty() {
        return refusal.message.clone();
    }
    format!("{} ({})", refusal.message, facts.join(", "))
}
