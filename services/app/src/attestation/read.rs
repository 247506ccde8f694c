//! Stored decisions and suggestions as facts by name.
//!
//! Whatever the body holds is named, also what nobody knows: the lists of what may be an
//! input decide, not this.

use amends_domain::attestation::{Record, Suggested};
use amends_store::decision::DecisionRow;
use amends_store::suggestion::SuggestionRow;
use serde_json::Value;

pub(super) fn record(row: &DecisionRow) -> Record {
    let body = parsed(&row.body);
    let part = |name: &str| body.get(name).cloned().unwrap_or_default();
    let rules = part("rules").as_array().cloned().unwrap_or_default();
    Record {
        id: row.id,
        action: row.action.clone(),
        case: row.case,
        review: row.review.as_ref().map(ToString::to_string),
        allowed: row.allowed,
        at: row.at,
        policy_version: part("policy_version").as_i64().unwrap_or_default(),
        rules: rules.iter().map(|rule| printed(rule.get("rule").unwrap_or(rule))).collect(),
        inputs: flat(&part("inputs")),
        terms: flat(&part("judged")),
    }
}

pub(super) fn suggested(row: &SuggestionRow) -> Suggested {
    let inputs = parsed(&row.body).get("inputs").map(flat).unwrap_or_default();
    Suggested { id: row.id, inputs: inputs.into_iter().map(|(name, _)| name).collect() }
}

/// A body that cannot be read is an input by the name of that.
fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| serde_json::json!({ "inputs": { "unreadable": body } }))
}

/// Facts within facts by both names, with a point between.
fn flat(facts: &Value) -> Vec<(String, String)> {
    let mut flat = Vec::new();
    let mut left: Vec<(String, &Value)> = vec![(String::new(), facts)];
    while let Some((name, value)) = left.pop() {
        match value {
            Value::Object(inner) => {
                let under = |inner: &str| match name.as_str() {
                    "" => inner.to_owned(),
                    name => format!("{name}.{inner}"),
                };
                left.extend(inner.iter().map(|(name, value)| (under(name), value)));
            }
            Value::Null if name.is_empty() => {}
            _ => flat.push((name, printed(value))),
        }
    }
    flat.sort();
    flat
}

fn printed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
