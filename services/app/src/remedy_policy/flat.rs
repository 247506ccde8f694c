//! A policy as lines of keys and values, for printing and comparing.

use amends_domain::Currency;
use amends_domain::remedy_policy::{RemedyPolicy, Rule, Then, When, word};

use super::values::{self, write_money, write_price, write_share, write_span};

/// A value with a fixed key; none where it is not set.
pub(super) struct Value {
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) text: Option<String>,
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A list in brackets.
fn list<T>(entries: &[T], write: impl Fn(&T) -> String) -> String {
    let texts: Vec<String> = entries.iter().map(|entry| quoted(&write(entry))).collect();
    format!("[{}]", texts.join(", "))
}

fn words<T: Copy + std::fmt::Display>(entries: &[T]) -> String {
    list(entries, |entry| word(*entry))
}

/// Every value with a fixed key, in the order of [`super::KEYS`].
pub(super) fn fixed(policy: &RemedyPolicy, currency: Currency) -> Vec<Value> {
    let mut lines = Vec::new();
    shop_side(policy, currency, &mut |section, key, text| lines.push(Value { section, key, text }));
    buyer_side(policy, currency, &mut |section, key, text| lines.push(Value { section, key, text }));
    lines
}

type Take<'a> = dyn FnMut(&'static str, &'static str, Option<String>) + 'a;

fn shop_side(policy: &RemedyPolicy, currency: Currency, take: &mut Take<'_>) {
    let window = |span: Option<_>| Some(quoted(&span.map_or(values::ANY_TIME.to_owned(), write_span)));
    let price = |price| Some(quoted(&write_price(price, currency)));
    let money = |amount| quoted(&write_money(amount, currency));
    take("windows", "no_fault", window(policy.windows.no_fault));
    take("windows", "fault", window(policy.windows.fault));
    take("windows", "final_sale", Some(list(&policy.final_sale, String::clone)));
    let costs = &policy.costs;
    take("costs", "article", price(costs.article));
    take("costs", "freight", price(costs.freight));
    take("costs", "return_freight", price(costs.return_freight));
    take("costs", "unsellable", price(costs.unsellable));
    take("costs", "part", price(costs.part));
    take("costs", "repair", price(costs.repair));
    take("costs", "counted_return", Some(money(costs.counted_return)));
    take("costs", "return_share", Some(quoted(&write_share(policy.return_share))));
    let target = policy.target.as_ref();
    take("target", "share", target.map(|t| quoted(&write_share(t.share))));
    take("target", "comparator", target.map(|t| quoted(&word(t.comparator))));
    take("target", "days", target.map(|t| t.days.to_string()));
    take("target", "penalty", target.map(|t| money(t.penalty)));
    take("limits", "approval", Some(money(policy.approval_limit)));
    take("limits", "ceiling", policy.ceiling.map(money));
    take("limits", "keep_below", Some(money(policy.keep_below)));
}

fn buyer_side(policy: &RemedyPolicy, currency: Currency, take: &mut Take<'_>) {
    let share = |share| Some(quoted(&write_share(share)));
    take("offers", "life", Some(quoted(&write_span(policy.offer_life))));
    take("offers", "fulfilment", Some(quoted(&write_span(policy.fulfilment_within))));
    take("offers", "coupon", share(policy.coupon));
    take("offers", "owed_first", Some(policy.owed_first.to_string()));
    take("partial_refund", "first", share(policy.partial_refund.first));
    take("partial_refund", "most", share(policy.partial_refund.most));
    take("gift", "orders_from", policy.gift.map(|gift| gift.orders_from.to_string()));
    take("gift", "share", policy.gift.and_then(|gift| share(gift.share)));
    take("learning", "holdout", share(policy.learning.holdout));
    take("learning", "explore", share(policy.learning.explore));
    take("learning", "floor", share(policy.learning.floor));
    take("learning", "weight", Some(policy.learning.weight.to_string()));
    take("learning", "bands", Some(list(&policy.bands, |least| write_money(*least, currency))));
    take("scrutiny", "window", Some(quoted(&write_span(policy.scrutiny.window))));
    take("scrutiny", "evidence_from", Some(policy.scrutiny.evidence_from.to_string()));
    take("scrutiny", "approval_from", Some(policy.scrutiny.approval_from.to_string()));
    take("scrutiny", "ceiling", share(policy.scrutiny.ceiling));
}

/// The share of returns by reason.
pub(super) fn return_shares(policy: &RemedyPolicy) -> Vec<(String, String)> {
    policy.return_shares.iter().map(|(reason, share)| (word(reason), quoted(&write_share(*share)))).collect()
}

/// The fixed order by reason.
pub(super) fn order(policy: &RemedyPolicy) -> Vec<(String, String)> {
    policy.order.iter().map(|(reason, kinds)| (word(reason), words(kinds))).collect()
}

/// What a rule says besides its name.
pub(super) fn rule(rule: &Rule, currency: Currency) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let money = |amount| quoted(&write_money(amount, currency));
    let When {
        reasons,
        categories,
        skus,
        flags,
        paid_from,
        paid_below,
        delivered_for,
        requested,
        orders_from,
    } = &rule.when;
    let Then { exclude, only, prefer, evidence, partial_refund, ceiling, approval } = &rule.then;
    let mut take = |key, text: Option<String>| lines.extend(text.map(|text| (key, text)));
    let some = |text: String| (text != "[]").then_some(text);
    take("when.reasons", some(words(reasons)));
    take("when.categories", some(list(categories, String::clone)));
    take("when.skus", some(list(skus, ToString::to_string)));
    take("when.flags", some(words(flags)));
    take("when.paid_from", paid_from.map(money));
    take("when.paid_below", paid_below.map(money));
    take("when.delivered_for", delivered_for.map(|span| quoted(&write_span(span))));
    take("when.requested", requested.map(|requested| requested.to_string()));
    take("when.orders_from", orders_from.map(|orders| orders.to_string()));
    take("then.exclude", some(words(exclude)));
    take("then.only", some(words(only)));
    take("then.prefer", some(words(prefer)));
    take("then.evidence", some(words(evidence)));
    take("then.partial_refund", partial_refund.map(|share| quoted(&write_share(share))));
    take("then.ceiling", ceiling.map(|share| quoted(&write_share(share))));
    take("then.approval", approval.then(|| "true".to_owned()));
    lines
}
