//! Bounds of a shop's own rules.

use amends_domain::Span;
use amends_domain::policy::ShopPolicy;

use super::CAPACITY_MAX;
use crate::error::{Violation, Why};

/// How long a connector may take: long enough to try, and short enough to be looked after.
pub(super) fn reply(policy: &ShopPolicy) -> Option<Violation> {
    let bounds = Span::from_minutes(1)..=Span::from_hours(24);
    let (field, problem) = ("shop_rules.reply_delivery_life", "must be 1 minute to 24 hours");
    let (field, problem, why) = (field.to_owned(), problem.to_owned(), Why::Malformed);
    (!bounds.contains(&policy.reply_delivery)).then_some(Violation { field, problem, why })
}

/// How many cases an agent may hold: at least the one they work on.
pub(super) fn capacity(policy: &ShopPolicy) -> Option<Violation> {
    let (field, problem) = ("shop_rules.agent_capacity".to_owned(), "must be 1–1,000".to_owned());
    let wrong = policy.agent_capacity.is_some_and(|cases| !(1..=CAPACITY_MAX).contains(&cases));
    wrong.then_some(Violation { field, problem, why: Why::Malformed })
}

/// Fewer complaints or weeks are chance, and more weeks are another time.
pub(super) fn incidents(policy: &ShopPolicy) -> Vec<Violation> {
    let watch = &policy.incidents;
    let rules = [
        ("complaints_min", watch.least_complaints, 2..=1_000, "must be 2–1,000"),
        ("units_min", watch.least_units, 1..=1_000_000, "must be 1–1,000,000"),
        ("base_weeks", watch.base_weeks, 8..=52, "must be 8–52"),
    ];
    let wrong = rules.into_iter().filter(|(_, value, bounds, _)| !bounds.contains(value));
    wrong
        .map(|(field, _, _, problem)| Violation {
            field: format!("shop_rules.incident_{field}"),
            problem: problem.to_owned(),
            why: Why::Malformed,
        })
        .collect()
}
