//! What can be wrong with the rules of a policy.

use super::check::{Found, RULES_MAX, is_nothing_left, name_problem, word};
use super::{RemedyPolicy, Rule, Then, When};
use crate::remedy::RemedyKind;
use crate::{Currency, Span};

/// All of something, in ten-thousandths.
const ALL: i64 = 10_000;

pub(super) fn check(found: &mut Found, policy: &RemedyPolicy, currency: Currency) {
    if policy.rules.len() > RULES_MAX {
        return found.wrong("rule", format!("there must be at most {RULES_MAX} rules"));
    }
    let mut names = std::collections::HashMap::new();
    for (rule, number) in policy.rules.iter().zip(1_usize..) {
        let at = format!("rule[{number}]");
        if let Some(problem) = name_problem(&rule.name) {
            found.wrong(format!("{at}.name"), problem);
        } else if let Some(first) = names.get(rule.name.as_str()) {
            found.wrong(
                format!("{at}.name"),
                format!("is the name of rule[{first}] too; give it one of its own"),
            );
        } else {
            names.insert(rule.name.as_str(), number);
        }
        when(found, &format!("{at}.when"), &rule.when, currency);
        then(found, &format!("{at}.then"), &rule.then, policy);
    }
    together(found, &policy.rules);
}

fn when(found: &mut Found, at: &str, when: &When, currency: Currency) {
    found.words(&format!("{at}.reasons"), &when.reasons);
    found.names(&format!("{at}.categories"), &when.categories);
    found.list(&format!("{at}.skus"), &when.skus);
    found.words(&format!("{at}.flags"), &when.flags);
    if let Some(from) = when.paid_from {
        found.amount(format!("{at}.paid_from"), from, 0, currency);
    }
    if let Some(below) = when.paid_below {
        found.amount(format!("{at}.paid_below"), below, 1, currency);
    }
    if let (Some(from), Some(below)) = (when.paid_from, when.paid_below)
        && from >= below
    {
        let problem = "must be more than paid_from, or the rule never fits";
        found.wrong(format!("{at}.paid_below"), problem);
    }
    if let Some(after) = when.delivered_for {
        let bounds = (Span::ZERO, Span::from_days(3_650));
        found.span(format!("{at}.delivered_for"), after, bounds, "0 hours to 3650 days");
    }
    if let Some(orders) = when.orders_from {
        found.count(format!("{at}.orders_from"), orders, 1, 100_000);
    }
}

fn then(found: &mut Found, at: &str, then: &Then, policy: &RemedyPolicy) {
    if *then == Then::default() {
        return found.wrong(at, "does nothing; say what changes, or take the rule out");
    }
    found.words(&format!("{at}.exclude"), &then.exclude);
    found.words(&format!("{at}.only"), &then.only);
    found.words(&format!("{at}.prefer"), &then.prefer);
    found.words(&format!("{at}.evidence"), &then.evidence);
    if is_nothing_left(&then.only, &then.exclude) {
        // The path of what the writer would change.
        let path = if then.only.is_empty() { "exclude" } else { "only" };
        found.wrong(format!("{at}.{path}"), "leaves no remedy to offer; leave at least one");
    }
    let offered = |kind: &RemedyKind| {
        !then.exclude.contains(kind) && (then.only.is_empty() || then.only.contains(kind))
    };
    if let Some(kind) = then.prefer.iter().find(|kind| !offered(kind)) {
        let kind = word(kind);
        found.wrong(format!("{at}.prefer"), format!("names `{kind}`, which the same rule does not offer"));
    }
    shares(found, at, then, policy);
}

fn shares(found: &mut Found, at: &str, then: &Then, policy: &RemedyPolicy) {
    if let Some(first) = then.partial_refund {
        let path = format!("{at}.partial_refund");
        found.share(path.as_str(), first, 1, ALL);
        let problem = "must not be more than partial_refund.most";
        found.unless(first <= policy.partial_refund.most, path, problem);
    }
    if let Some(ceiling) = then.ceiling {
        let path = format!("{at}.ceiling");
        found.share(path.as_str(), ceiling, 1, ALL);
        let first = then.partial_refund.unwrap_or(policy.partial_refund.first);
        let what =
            if then.partial_refund.is_some() { "the rule's partial_refund" } else { "partial_refund.first" };
        let excluded = then.exclude.contains(&RemedyKind::PartialRefund)
            || !(then.only.is_empty() || then.only.contains(&RemedyKind::PartialRefund));
        let problem = format!("must not be less than {what}, or no partial refund could be offered");
        found.unless(excluded || ceiling >= first, path, problem);
    }
}

/// What the rules that always fit leave to offer: if it is nothing, nothing is ever offered.
fn together(found: &mut Found, rules: &[Rule]) {
    let mut left: Vec<RemedyKind> = RemedyKind::ALL.to_vec();
    for (rule, number) in rules.iter().zip(1_usize..).filter(|(rule, _)| rule.when == When::default()) {
        let Then { exclude, only, .. } = &rule.then;
        if is_nothing_left(only, exclude) {
            continue;
        }
        let before = left.clone();
        left.retain(|kind| !exclude.contains(kind) && (only.is_empty() || only.contains(kind)));
        if left.is_empty() {
            let problem =
                "leaves, with the rules before it that always fit, no remedy to offer; leave at least one";
            found.wrong(format!("rule[{number}].then"), problem);
            left = before;
        }
    }
}
