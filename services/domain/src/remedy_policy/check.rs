//! What can be wrong with a remedy policy: every value within its bounds, and no two that contradict.
//!
//! A problem names its value by the path that it has in the document, and says
//! what would be right.

use super::{Price, RemedyPolicy, rules};
use crate::remedy::RemedyKind;
use crate::{Currency, Money, Span};

/// The largest amount of money in a policy, in minor units.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// The most rules of a policy.
pub const RULES_MAX: usize = 2_000;

/// The most entries of one list in a policy.
pub const LIST_MAX: usize = 200;

/// The longest name of a rule or category, in characters.
pub const NAME_CHARS_MAX: usize = 100;

/// All of something, in ten-thousandths.
const ALL: i64 = 10_000;

/// Something that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, such as `partial_refund.most` or `rule[2].then.ceiling`; rules are counted from 1.
    pub path: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// Problems found so far.
pub(super) struct Found(pub(super) Vec<Problem>);

impl Found {
    pub(super) fn wrong(&mut self, path: impl Into<String>, problem: impl Into<String>) {
        self.0.push(Problem { path: path.into(), problem: problem.into() });
    }

    pub(super) fn unless(&mut self, right: bool, path: impl Into<String>, problem: impl Into<String>) {
        if !right {
            self.wrong(path, problem);
        }
    }

    /// A share in ten-thousandths within bounds.
    pub(super) fn share(&mut self, path: impl Into<String>, share: i64, least: i64, most: i64) {
        let bounds = format!("must be {} to {}", percent(least), percent(most));
        self.unless((least..=most).contains(&share), path, bounds);
    }

    pub(super) fn amount(&mut self, path: impl Into<String>, amount: i64, least: i64, currency: Currency) {
        let money = |minor| Money::new(minor, currency);
        let bounds = format!("must be {} to {}", money(least), money(AMOUNT_MAX));
        self.unless((least..=AMOUNT_MAX).contains(&amount), path, bounds);
    }

    pub(super) fn span(
        &mut self,
        path: impl Into<String>,
        span: Span,
        (least, most): (Span, Span),
        words: &str,
    ) {
        self.unless((least..=most).contains(&span), path, format!("must be {words}"));
    }

    pub(super) fn count(&mut self, path: impl Into<String>, count: u32, least: u32, most: u32) {
        self.unless((least..=most).contains(&count), path, format!("must be {least} to {most}"));
    }

    /// The same of words of an enumeration.
    pub(super) fn words<T: Copy + std::fmt::Display>(&mut self, path: &str, entries: &[T]) {
        let words: Vec<String> = entries.iter().map(word).collect();
        self.list(path, &words);
    }

    /// A list that is not too long and names nothing twice.
    pub(super) fn list<T: PartialEq + std::fmt::Display>(&mut self, path: &str, entries: &[T]) {
        if entries.len() > LIST_MAX {
            return self.wrong(path, format!("must have at most {LIST_MAX} entries"));
        }
        for (index, entry) in entries.iter().enumerate() {
            if entries.iter().take(index).any(|before| before == entry) {
                self.wrong(path, format!("names `{entry}` twice; leave one out"));
            }
        }
    }

    /// Names of categories.
    pub(super) fn names(&mut self, path: &str, names: &[String]) {
        self.list(path, names);
        if let Some(problem) = names.iter().find_map(|name| name_problem(name)) {
            self.wrong(path, format!("holds a name that {problem}"));
        }
    }
}

/// A word of an enumeration as the document writes it, such as `partial-refund`.
#[must_use]
pub fn word(code: impl std::fmt::Display) -> String {
    code.to_string().to_lowercase().replace('_', "-")
}

/// What is wrong with a name, if anything is.
pub(super) fn name_problem(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("is empty; give it a name")
    } else if name.chars().count() > NAME_CHARS_MAX {
        Some("is too long; 100 characters are the most")
    } else if name.trim() != name || name.chars().any(char::is_control) {
        Some("has blanks at an end or holds control characters; take them out")
    } else {
        None
    }
}

fn percent(points: i64) -> String {
    match (points / 100, points % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, part) => format!("{whole}.{part:02}%"),
    }
}

/// Everything that is wrong with a policy of a shop with that currency.
#[must_use]
pub fn problems(policy: &RemedyPolicy, currency: Currency) -> Vec<Problem> {
    let mut found = Found(Vec::new());
    windows(&mut found, policy);
    costs(&mut found, policy, currency);
    target(&mut found, policy, currency);
    limits(&mut found, policy, currency);
    money_kept(&mut found, policy);
    learning(&mut found, policy, currency);
    scrutiny(&mut found, policy);
    order(&mut found, policy);
    rules::check(&mut found, policy, currency);
    found.0
}

fn windows(found: &mut Found, policy: &RemedyPolicy) {
    let bounds = (Span::from_hours(1), Span::from_days(3_650));
    let both = [("no_fault", policy.windows.no_fault), ("fault", policy.windows.fault)];
    for (name, window) in both {
        if let Some(window) = window {
            found.span(format!("windows.{name}"), window, bounds, "1 hour to 3650 days, or \"any time\"");
        }
    }
    if let (Some(no_fault), Some(fault)) = (policy.windows.no_fault, policy.windows.fault) {
        let problem =
            "must not be shorter than windows.no_fault: a buyer is owed more where you are at fault";
        found.unless(fault >= no_fault, "windows.fault", problem);
    } else if policy.windows.no_fault.is_none() && policy.windows.fault.is_some() {
        let problem =
            "must be \"any time\" as windows.no_fault is: a buyer is owed more where you are at fault";
        found.wrong("windows.fault", problem);
    }
    found.names("windows.final_sale", &policy.final_sale);
}

fn costs(found: &mut Found, policy: &RemedyPolicy, currency: Currency) {
    let costs = &policy.costs;
    let prices = [
        ("article", costs.article),
        ("freight", costs.freight),
        ("return_freight", costs.return_freight),
        ("unsellable", costs.unsellable),
        ("part", costs.part),
        ("repair", costs.repair),
    ];
    for (name, price) in prices {
        let path = format!("costs.{name}");
        match price {
            Price::Fixed(amount) => found.amount(path, amount, 0, currency),
            // What is sold at a loss, or is cheap and heavy, costs more than was paid for it.
            Price::Share(share) => found.share(path, share, 0, 10 * ALL),
        }
    }
    found.amount("costs.counted_return", costs.counted_return, 0, currency);
    found.share("costs.return_share", policy.return_share, 0, ALL);
    for (reason, share) in &policy.return_shares {
        found.share(format!("costs.return_shares.{}", word(reason)), *share, 0, ALL);
    }
    let reasons: Vec<_> = policy.return_shares.iter().map(|(reason, _)| *reason).collect();
    found.words("costs.return_shares", &reasons);
}

fn target(found: &mut Found, policy: &RemedyPolicy, currency: Currency) {
    let Some(target) = &policy.target else { return };
    found.share("target.share", target.share, 1, ALL);
    found.count("target.days", target.days, 1, 365);
    found.amount("target.penalty", target.penalty, 1, currency);
}

fn limits(found: &mut Found, policy: &RemedyPolicy, currency: Currency) {
    // No upper bound: where the document is silent it is the shop rules' value, which has none.
    let problem = format!("must not be less than {}", Money::new(0, currency));
    found.unless(policy.approval_limit >= 0, "limits.approval", problem);
    if let Some(ceiling) = policy.ceiling {
        found.amount("limits.ceiling", ceiling, 1, currency);
    }
    found.amount("limits.keep_below", policy.keep_below, 0, currency);
    let hour = Span::from_hours(1);
    let (offers, fulfilment) = ((hour, Span::from_days(60)), (hour, Span::from_days(365)));
    found.span("offers.life", policy.offer_life, offers, "1 hour to 60 days");
    found.span("offers.fulfilment", policy.fulfilment_within, fulfilment, "1 hour to 365 days");
    found.share("offers.coupon", policy.coupon, 1, ALL);
}

fn money_kept(found: &mut Found, policy: &RemedyPolicy) {
    let partial = &policy.partial_refund;
    found.share("partial_refund.first", partial.first, 1, ALL);
    found.share("partial_refund.most", partial.most, 1, ALL);
    let problem = "must not be less than partial_refund.first, which is what is offered first";
    found.unless(partial.most >= partial.first, "partial_refund.most", problem);
    if let Some(gift) = &policy.gift {
        found.count("gift.orders_from", gift.orders_from, 1, 100_000);
        found.share("gift.share", gift.share, 1, ALL);
    }
}

fn learning(found: &mut Found, policy: &RemedyPolicy, currency: Currency) {
    let learning = &policy.learning;
    found.share("learning.holdout", learning.holdout, 0, ALL / 2);
    found.share("learning.explore", learning.explore, 0, ALL / 2);
    found.share("learning.floor", learning.floor, 0, ALL / 10);
    let problem = "must not be more than learning.explore, of which it is a part";
    found.unless(learning.explore == 0 || learning.floor <= learning.explore, "learning.floor", problem);
    found.count("learning.weight", learning.weight, 1, 10_000);
    bands(found, &policy.bands, currency);
}

fn bands(found: &mut Found, bands: &[i64], currency: Currency) {
    let few = bands.len() <= LIST_MAX;
    found.unless(few, "learning.bands", format!("must have at most {LIST_MAX} entries"));
    if let Some(wrong) = bands.iter().find(|least| !(1..=AMOUNT_MAX).contains(*least)) {
        found.amount("learning.bands", *wrong, 1, currency);
    }
    let rising = bands.is_sorted_by(|a, b| a < b);
    found.unless(rising, "learning.bands", "must rise, each amount above the one before it");
}

fn scrutiny(found: &mut Found, policy: &RemedyPolicy) {
    let scrutiny = &policy.scrutiny;
    let bounds = (Span::from_days(1), Span::from_days(3_650));
    found.span("scrutiny.window", scrutiny.window, bounds, "1 day to 3650 days");
    found.count("scrutiny.evidence_from", scrutiny.evidence_from, 1, 100_000);
    found.count("scrutiny.approval_from", scrutiny.approval_from, 1, 100_000);
    found.share("scrutiny.ceiling", scrutiny.ceiling, 1, ALL);
    let problem = "must not be less than partial_refund.first, or no partial refund could be offered";
    found.unless(scrutiny.ceiling >= policy.partial_refund.first, "scrutiny.ceiling", problem);
}

fn order(found: &mut Found, policy: &RemedyPolicy) {
    let reasons: Vec<_> = policy.order.iter().map(|(reason, _)| *reason).collect();
    found.words("order", &reasons);
    for (reason, kinds) in &policy.order {
        let path = format!("order.{}", word(reason));
        let problem =
            "must name at least one remedy; leave the line out for the order that ships with the service";
        found.unless(!kinds.is_empty(), path.as_str(), problem);
        found.words(&path, kinds);
    }
}

/// Whether every remedy is excluded.
pub(super) fn is_nothing_left(only: &[RemedyKind], exclude: &[RemedyKind]) -> bool {
    let offered = |kind: &&RemedyKind| only.is_empty() || only.contains(kind);
    RemedyKind::ALL.iter().filter(offered).all(|kind| exclude.contains(kind))
}
