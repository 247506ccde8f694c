//! The text form of remedy policies: what is printed is read back, and differences are told.

use amends_app::remedy_policy::{Difference, KEYS, base, differences, parse, print};
use amends_domain::detection::Reason;
use amends_domain::policy::ShopPolicy;
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::{Comparator, Gift, Price, RemedyPolicy, Target, problems};
use amends_domain::{Currency, Span, Time};
use proptest::prelude::*;
use proptest::sample::select;

use crate::remedy_policy_any::policy;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn read(document: &str) -> RemedyPolicy {
    parse(document, &RemedyPolicy::default(), currency("EUR")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_printed_is_read_back_as_the_same_policy(policy in policy(), code in select(vec!["EUR", "JPY", "KWD"])) {
        let currency = currency(code);
        prop_assert_eq!(problems(&policy, currency), Vec::new());
        let document = print(&policy, currency);
        let again = parse(&document, &RemedyPolicy::default(), currency);
        prop_assert_eq!(again.as_ref(), Ok(&policy), "{}", document);
        prop_assert_eq!(print(&policy, currency), document);
        prop_assert_eq!(differences(&policy, &policy, currency), Vec::new());
    }

    #[test]
    fn two_policies_differ_in_something_exactly_when_they_are_not_the_same(a in policy(), b in policy()) {
        let found = differences(&a, &b, currency("EUR"));
        prop_assert_eq!(found.is_empty(), a == b);
        let back = differences(&b, &a, currency("EUR"));
        prop_assert_eq!(back.len(), found.len(), "either way");
    }

    #[test]
    fn nothing_that_is_written_makes_the_reader_fall_over(text in "(\\PC|\n){0,200}") {
        let _ = parse(&text, &RemedyPolicy::default(), currency("EUR"));
    }

    #[test]
    fn a_document_with_a_line_that_was_mangled_is_read_or_refused(policy in policy(), at in any::<prop::sample::Index>(), with in "\\PC{0,20}") {
        let document = print(&policy, currency("EUR"));
        let lines: Vec<&str> = document.lines().collect();
        let at = at.index(lines.len());
        let mangled: Vec<&str> = lines.iter().enumerate().map(|(n, line)| if n == at { with.as_str() } else { line }).collect();
        if let Err(problems) = parse(&mangled.join("\n"), &RemedyPolicy::default(), currency("EUR")) {
            prop_assert!(!problems.is_empty());
            prop_assert!(problems.iter().all(|p| usize::try_from(p.line).unwrap() <= lines.len() && !p.problem.is_empty()));
        }
    }
}

#[test]
fn an_empty_document_is_the_defaults_and_what_the_shops_rules_say() {
    let rules = ShopPolicy { approval_limit: 777, offer_life: Span::from_hours(5), ..ShopPolicy::default() };
    let policy = parse("", &base(&rules), currency("EUR")).unwrap();
    let expected =
        RemedyPolicy { approval_limit: 777, offer_life: Span::from_hours(5), ..RemedyPolicy::default() };
    assert_eq!(policy, expected);
    assert_eq!(policy.effective_from, Time::MIN);
}

#[test]
fn a_value_that_is_left_out_takes_its_default() {
    let policy = read("[limits]\napproval = \"12.50\"\n[target]\nshare = \"2.5%\"\npenalty = \"900\"\n");
    assert_eq!(policy.approval_limit, 1_250);
    let target = Target { share: 250, comparator: Comparator::AtMost, days: 30, penalty: 90_000 };
    assert_eq!(policy.target, Some(target));
    assert_eq!(policy.keep_below, RemedyPolicy::default().keep_below);
}

#[test]
fn every_key_is_printed_with_what_it_means() {
    let document = print(&RemedyPolicy::default(), currency("EUR"));
    for key in KEYS {
        assert!(document.contains(key.meaning), "{}.{}", key.section, key.name);
        let line = format!("{} =", key.name);
        assert!(document.lines().any(|l| l.trim_start_matches("# ").starts_with(&line)), "{}", key.name);
    }
    assert!(document.contains("# No default.") || !document.contains("Default ."), "{document}");
}

#[test]
fn differences_name_rules_by_their_names_and_tell_another_order() {
    let rule =
        |name: &str, share: &str| format!("[[rule]]\nname = \"{name}\"\nthen.partial_refund = \"{share}\"\n");
    let then = read(&(rule("a", "10%") + &rule("b", "20%") + &rule("gone", "5%")));
    let now = read(&(rule("b", "25%") + &rule("a", "10%") + "[offers]\ncoupon = \"12%\"\n"));
    let found = differences(&then, &now, currency("EUR"));
    let difference = |path: &str, then: &str, now: &str| Difference {
        path: path.to_owned(),
        then: then.to_owned(),
        now: now.to_owned(),
    };
    assert_eq!(
        found,
        [
            difference("offers.coupon", "10%", "12%"),
            difference("rule \"b\".then.partial_refund", "20%", "25%"),
            difference("rule \"gone\".then.partial_refund", "5%", ""),
            difference("rule", "\"a\", \"b\"", "\"b\", \"a\""),
        ]
    );
}

#[test]
fn a_thousand_rules_are_read_in_no_time() {
    let rule = |n: usize| {
        format!(
            "[[rule]]\nname = \"rule {n}\"\nwhen.reasons = [\"damaged\", \"quality\"]\nwhen.categories = [\"c{n}\"]\n\
             when.paid_below = \"40.00\"\nthen.prefer = [\"partial-refund\"]\nthen.evidence = [\"photo\"]\n"
        )
    };
    let document: String = (0..1_000).map(rule).collect();
    let started = std::time::Instant::now();
    assert_eq!(read(&document).rules.len(), 1_000);
    let took = started.elapsed();
    eprintln!("1,000 rules, {} bytes: {took:?}", document.len());
    assert!(took.as_millis() < 2_000, "{took:?}");
}

const PAGE: &str = include_str!("../../../../docs/remedy-policy.md");
const EXAMPLE: &str = include_str!("../../../../docs/examples/remedy-policy.toml");

#[test]
fn the_example_of_the_documents_is_read_and_is_the_same_in_both() {
    let inside = PAGE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(inside, EXAMPLE);
    let policy = read(EXAMPLE);
    assert_eq!((policy.rules.len(), policy.order.len(), policy.return_shares.len()), (4, 2, 2));
    assert_eq!(policy.costs.freight, Price::Fixed(490));
    assert_eq!(policy.gift, Some(Gift { orders_from: 3, share: 500 }));
    assert_eq!(policy.rules[3].when.delivered_for, Some(Span::from_days(365)));
}

#[test]
fn the_documents_tell_every_key_with_its_default() {
    let defaults = print(&RemedyPolicy::default(), currency("EUR"));
    let mut section = "";
    for key in KEYS {
        if key.section != section {
            section = key.section;
            assert!(PAGE.contains(&format!("| **`[{section}]`** |")), "{section}");
        }
        let below = PAGE.split(&format!("| **`[{section}]`** |")).nth(1).unwrap();
        let row = below.lines().find(|line| line.starts_with(&format!("| `{}` |", key.name)));
        let row = row.unwrap_or_else(|| panic!("{section}.{} is not told", key.name));
        let printed = defaults.split(&format!("[{section}]")).nth(1).unwrap();
        let line = printed.lines().find_map(|line| line.strip_prefix(&format!("{} = ", key.name)));
        let shops = ["the shop's rules", "must be set", "what was paid", "at-most", "`30`"];
        let told = line.is_some_and(|default| row.contains(&format!("| `{default}` |")));
        assert!(told || shops.iter().any(|words| row.contains(words)), "{row} does not tell {line:?}");
    }
    for reason in
        Reason::ALL.iter().map(ToString::to_string).chain(RemedyKind::ALL.iter().map(ToString::to_string))
    {
        assert!(PAGE.contains(&format!("`{}`", reason.to_lowercase().replace('_', "-"))), "{reason}");
    }
}
