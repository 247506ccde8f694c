//! One resource as names and values, where a table of its own would say no more.

use comfy_table::Cell;
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    codes::word_of_name,
    output::{
        Output,
        json::{Shown, View},
        table::{pairs, text},
    },
    when::relative,
};

impl Output {
    /// Every field that says something, one per line, nested ones by their path.
    pub(crate) fn details<T: Shown>(&self, message: &T) -> String {
        let rows = self.rows(message);
        text(&pairs(rows.into_iter().map(|(name, value)| (name, Cell::new(value)))))
    }

    /// The same as rows.
    pub(crate) fn rows<T: Shown>(&self, message: &T) -> Vec<(String, String)> {
        let mut rows = Vec::new();
        // What cannot be written as JSON has nothing to show.
        let value = serde_json::to_value(View(message)).unwrap_or_default();
        self.flatten("", &value, &mut rows);
        rows
    }

    fn flatten(&self, path: &str, value: &Value, rows: &mut Vec<(String, String)>) {
        match value {
            Value::Object(fields) if fields.contains_key("minorUnits") => {
                let amount = amends_proto::v1::Money {
                    minor_units: fields.get("minorUnits").and_then(Value::as_i64).unwrap_or(0),
                    currency: word(fields.get("currency")),
                };
                rows.push((path.to_owned(), crate::amount::money(&amount)));
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    let name = spaced(name);
                    let path = if path.is_empty() { name } else { format!("{path}: {name}") };
                    self.flatten(&path, value, rows);
                }
            }
            Value::Array(items) if items.is_empty() => {}
            Value::Array(items) => {
                let words: Vec<_> = items.iter().map(|item| self.scalar(item)).collect();
                rows.push((path.to_owned(), words.join(", ")));
            }
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                rows.push((path.to_owned(), self.scalar(value)));
            }
        }
    }

    fn scalar(&self, value: &Value) -> String {
        match value {
            Value::String(text) => match text.parse::<Timestamp>() {
                Ok(time) => format!("{text} ({})", relative(time, self.now)),
                Err(_) => word_of_name(text).unwrap_or_else(|| text.clone()),
            },
            Value::Bool(true) => "yes".to_owned(),
            Value::Bool(false) => "no".to_owned(),
            other => other.to_string(),
        }
    }
}

fn word(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

// `currentRating` → `current rating`.
fn spaced(name: &str) -> String {
    let mut spaced = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            spaced.push(' ');
        }
        spaced.push(letter.to_ascii_lowercase());
    }
    spaced
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use amends_proto::v1;

    use super::*;

    #[test]
    fn a_resource_is_told_in_words() {
        let output = Output { json: false, colour: false, now: "2026-01-10T00:00:00Z".parse().unwrap() };
        let remedy = v1::Remedy {
            kind: v1::RemedyKind::PartialRefund.into(),
            granted_value: Some(v1::Money { minor_units: 1_250, currency: "EUR".into() }),
            expire_time: Some(prost_types::Timestamp {
                seconds: output.now.as_second() + 3 * 86_400,
                nanos: 0,
            }),
            ..Default::default()
        };
        let shown = output.details(&remedy);
        assert!(shown.contains("partial-refund"), "{shown}");
        assert!(shown.contains("12.50 EUR"), "{shown}");
        assert!(shown.contains("expire time") && shown.contains("(in 3d)"), "{shown}");
    }
}
