//! What may stand in a remedy policy, value by value and together.

use amends_domain::detection::Reason;
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::{
    AMOUNT_MAX, Comparator, Gift, LIST_MAX, Price, RULES_MAX, RemedyPolicy, Rule, Target, Then, When,
    problems,
};
use amends_domain::{Currency, Span};
use proptest::prelude::*;

fn eur() -> Currency {
    "EUR".parse().unwrap()
}

fn paths(policy: &RemedyPolicy) -> Vec<String> {
    problems(policy, eur()).into_iter().map(|problem| problem.path).collect()
}

/// A policy with everything that may be left out, so that every value can be wrong.
fn full() -> RemedyPolicy {
    let then = Then { partial_refund: Some(3_000), ceiling: Some(9_000), ..Then::default() };
    let when = When { paid_from: Some(1), paid_below: Some(100), orders_from: Some(2), ..When::default() };
    RemedyPolicy {
        target: Some(Target { share: 300, comparator: Comparator::Below, days: 30, penalty: 100_000 }),
        ceiling: Some(50_000),
        gift: Some(Gift { orders_from: 3, share: 500 }),
        return_shares: vec![(Reason::Late, 100)],
        rules: vec![Rule { name: "one".to_owned(), when, then }],
        ..RemedyPolicy::default()
    }
}

type Set = fn(&mut RemedyPolicy, i64);

/// Every number, with the least and the most it may be.
const NUMBERS: &[(&str, i64, i64, Set)] = &[
    ("costs.counted_return", 0, AMOUNT_MAX, |p, n| p.costs.counted_return = n),
    ("costs.return_share", 0, 10_000, |p, n| p.return_share = n),
    ("costs.return_shares.late", 0, 10_000, |p, n| p.return_shares = vec![(Reason::Late, n)]),
    ("costs.article", 0, AMOUNT_MAX, |p, n| p.costs.article = Price::Fixed(n)),
    ("costs.freight", 0, 100_000, |p, n| p.costs.freight = Price::Share(n)),
    ("costs.return_freight", 0, AMOUNT_MAX, |p, n| p.costs.return_freight = Price::Fixed(n)),
    ("costs.unsellable", 0, 100_000, |p, n| p.costs.unsellable = Price::Share(n)),
    ("costs.part", 0, 100_000, |p, n| p.costs.part = Price::Share(n)),
    ("costs.repair", 0, AMOUNT_MAX, |p, n| p.costs.repair = Price::Fixed(n)),
    ("target.share", 1, 10_000, |p, n| p.target.as_mut().unwrap().share = n),
    ("target.penalty", 1, AMOUNT_MAX, |p, n| p.target.as_mut().unwrap().penalty = n),
    ("limits.approval", 0, i64::MAX, |p, n| p.approval_limit = n),
    ("limits.ceiling", 1, AMOUNT_MAX, |p, n| p.ceiling = Some(n)),
    ("limits.keep_below", 0, AMOUNT_MAX, |p, n| p.keep_below = n),
    ("offers.coupon", 1, 10_000, |p, n| p.coupon = n),
    ("gift.share", 1, 10_000, |p, n| p.gift.as_mut().unwrap().share = n),
    ("learning.holdout", 0, 5_000, |p, n| p.learning.holdout = n),
    ("learning.bands", 1, AMOUNT_MAX, |p, n| p.bands = vec![n]),
    ("offers.life", 3_600, 60 * 86_400, |p, n| p.offer_life = Span::from_secs(n)),
    ("offers.fulfilment", 3_600, 365 * 86_400, |p, n| p.fulfilment_within = Span::from_secs(n)),
    ("scrutiny.window", 86_400, 3_650 * 86_400, |p, n| p.scrutiny.window = Span::from_secs(n)),
    ("windows.no_fault", 3_600, 730 * 86_400, |p, n| p.windows.no_fault = Some(Span::from_secs(n))),
    ("rule[1].when.delivered_for", 0, 3_650 * 86_400, |p, n| {
        p.rules[0].when.delivered_for = Some(Span::from_secs(n));
    }),
];

#[test]
fn the_defaults_have_no_problem_in_any_currency() {
    for currency in ["EUR", "JPY", "KWD"] {
        assert_eq!(problems(&RemedyPolicy::default(), currency.parse().unwrap()), []);
    }
    assert_eq!(paths(&full()), Vec::<String>::new());
}

#[test]
fn every_number_may_be_its_least_and_its_most_and_no_more() {
    for (path, least, most, set) in NUMBERS {
        for (value, right) in
            [(*least, true), (*most, true), (least - 1, false), (most.saturating_add(1), *most == i64::MAX)]
        {
            let mut policy = full();
            set(&mut policy, value);
            let found = paths(&policy);
            // A window that is too long also passes the other one.
            let about =
                |found: &String| found == path || (*path == "windows.no_fault" && found == "windows.fault");
            assert_eq!(found.is_empty(), right, "{path} = {value}: {found:?}");
            assert!(found.iter().all(about), "{path} = {value}: {found:?}");
        }
    }
}

#[test]
fn what_a_list_or_the_rules_may_hold_is_bounded() {
    let mut policy = full();
    policy.final_sale = (0..=LIST_MAX).map(|n| n.to_string()).collect();
    policy.bands = (1..=i64::try_from(LIST_MAX).unwrap() + 1).collect();
    assert_eq!(paths(&policy), ["windows.final_sale", "learning.bands"]);
    let rule = |n: usize| Rule { name: n.to_string(), ..full().rules[0].clone() };
    let many = RemedyPolicy { rules: (0..=RULES_MAX).map(rule).collect(), ..full() };
    assert_eq!(paths(&many), ["rule"]);
}

#[test]
fn no_rules_that_always_fit_may_leave_nothing_to_offer() {
    let only = |kind| Then { only: vec![kind], ..Then::default() };
    let rule = |name: &str, when, then| Rule { name: name.to_owned(), when, then };
    let always = When::default();
    let sometimes = When { requested: Some(true), ..When::default() };
    let policy = |second: When| RemedyPolicy {
        rules: vec![
            rule("a", always.clone(), only(RemedyKind::Coupon)),
            rule("b", second, only(RemedyKind::Repair)),
        ],
        ..RemedyPolicy::default()
    };
    assert_eq!(paths(&policy(always.clone())), ["rule[2].then"]);
    assert_eq!(paths(&policy(sometimes)), Vec::<String>::new());
    let all = Then { exclude: RemedyKind::ALL.to_vec(), ..Then::default() };
    let nothing = RemedyPolicy { rules: vec![rule("a", always.clone(), all)], ..RemedyPolicy::default() };
    assert_eq!(paths(&nothing), ["rule[1].then.exclude"]);
}

proptest! {
    #[test]
    fn a_policy_without_a_problem_keeps_every_promise_between_its_values(
        first in any::<i16>(),
        most in any::<i16>(),
        ceiling in any::<i16>(),
        rule_first in proptest::option::of(any::<i16>()),
        rule_ceiling in proptest::option::of(any::<i16>()),
        explore in 0..6_000_i64,
        floor in 0..6_000_i64,
        bands in proptest::collection::vec(any::<i64>(), 0..4),
        windows in (proptest::option::of(any::<i64>()), proptest::option::of(any::<i64>())),
        paid in (proptest::option::of(any::<i64>()), proptest::option::of(any::<i64>())),
    ) {
        let mut policy = full();
        policy.partial_refund.first = first.into();
        policy.partial_refund.most = most.into();
        policy.scrutiny.ceiling = ceiling.into();
        policy.learning.explore = explore;
        policy.learning.floor = floor;
        policy.bands = bands;
        policy.windows.no_fault = windows.0.map(Span::from_micros);
        policy.windows.fault = windows.1.map(Span::from_micros);
        policy.rules[0].then.partial_refund = rule_first.map(i64::from);
        policy.rules[0].then.ceiling = rule_ceiling.map(i64::from);
        policy.rules[0].then.approval = true;
        policy.rules[0].when.paid_from = paid.0;
        policy.rules[0].when.paid_below = paid.1;
        if problems(&policy, eur()).is_empty() {
            let (first, most) = (policy.partial_refund.first, policy.partial_refund.most);
            prop_assert!(0 < first && first <= most && most <= 10_000);
            prop_assert!((first..=10_000).contains(&policy.scrutiny.ceiling));
            prop_assert!(explore == 0 || floor <= explore);
            prop_assert!(policy.bands.windows(2).all(|pair| pair[0] < pair[1]));
            let then = &policy.rules[0].then;
            let begins = then.partial_refund.unwrap_or(first);
            prop_assert!(begins <= most && then.ceiling.is_none_or(|ceiling| ceiling >= begins));
            if let (Some(from), Some(below)) = (policy.rules[0].when.paid_from, policy.rules[0].when.paid_below) {
                prop_assert!(from < below);
            }
            match (policy.windows.no_fault, policy.windows.fault) {
                (None, fault) => prop_assert!(fault.is_none()),
                (Some(no_fault), fault) => prop_assert!(fault.is_none_or(|fault| fault >= no_fault)),
            }
        }
    }
}
