//! In what two policies differ.

use std::collections::{HashMap, HashSet};

use amends_domain::Currency;
use amends_domain::remedy_policy::{RemedyPolicy, Rule};

use super::flat;

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which, such as `partial_refund.most` or `rule "photo first".then.ceiling`.
    pub path: String,
    /// What it was, as a document writes it; empty where it was not set.
    pub then: String,
    /// What it is, likewise.
    pub now: String,
}

type Lines = Vec<(String, String)>;

/// Everything in which the second differs from the first; rules are told apart by their names.
#[must_use]
pub fn differences(then: &RemedyPolicy, now: &RemedyPolicy, currency: Currency) -> Vec<Difference> {
    let mut found = compare(&lines(then, currency), &lines(now, currency));
    if let Some((then, now)) = another_order(&then.rules, &now.rules) {
        found.push(Difference { path: "rule".to_owned(), then, now });
    }
    found
}

fn lines(policy: &RemedyPolicy, currency: Currency) -> Lines {
    let fixed = flat::fixed(policy, currency).into_iter().filter_map(|value| {
        let path = format!("{}.{}", value.section, value.key);
        value.text.map(|text| (path, text))
    });
    let below = |name: &'static str, lines: Lines| {
        lines.into_iter().map(move |(key, text)| (format!("{name}.{key}"), text))
    };
    let mut all: Lines = fixed.collect();
    all.extend(below("costs.return_shares", flat::return_shares(policy)));
    all.extend(below("order", flat::order(policy)));
    for rule in &policy.rules {
        let name = flat::quoted(&rule.name);
        let own = flat::rule(rule, currency).into_iter();
        all.extend(own.map(|(key, text)| (format!("rule {name}.{key}"), text)));
    }
    all
}

fn compare(then: &Lines, now: &Lines) -> Vec<Difference> {
    let by_path = |lines: &Lines| -> HashMap<String, String> { lines.iter().cloned().collect() };
    let (before, after) = (by_path(then), by_path(now));
    let gone = then.iter().filter(|(path, _)| !after.contains_key(path));
    let gone =
        gone.map(|(path, text)| Difference { path: path.clone(), then: bare(text), now: String::new() });
    let other = now.iter().filter(|(path, text)| before.get(path) != Some(text));
    let other = other.map(|(path, text)| Difference {
        path: path.clone(),
        then: before.get(path).map(|text| bare(text)).unwrap_or_default(),
        now: bare(text),
    });
    other.chain(gone).collect()
}

/// A text without its quotes; a list keeps them.
fn bare(text: &str) -> String {
    let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inside.unwrap_or(text).to_owned()
}

/// The names of the rules that both have, if they stand in another order: of one value the last holds.
fn another_order(then: &[Rule], now: &[Rule]) -> Option<(String, String)> {
    let names =
        |rules: &'_ [Rule]| -> HashSet<String> { rules.iter().map(|rule| rule.name.clone()).collect() };
    let both: HashSet<String> = names(then).intersection(&names(now)).cloned().collect();
    let kept = |rules: &[Rule]| -> Vec<String> {
        rules.iter().filter(|rule| both.contains(&rule.name)).map(|rule| rule.name.clone()).collect()
    };
    let (before, after) = (kept(then), kept(now));
    let first = before.iter().zip(&after).position(|(a, b)| a != b)?;
    // From where they part, and not two thousand names of it.
    let some = |names: &[String]| {
        let shown: Vec<String> = names.iter().skip(first).take(5).map(|name| flat::quoted(name)).collect();
        let more = if names.len() > first + 5 { ", …" } else { "" };
        format!("{}{more}", shown.join(", "))
    };
    Some((some(&before), some(&after)))
}
