//! The text form of remedy policies: what is printed is read back, and differences are told.

use amends_app::remedy_policy::{Difference, KEYS, base, differences, parse, print};
use amends_domain::detection::{Flag, Reason};
use amends_domain::policy::ShopPolicy;
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::{
    Comparator, Costs, EvidenceNeed, Gift, Learning, PartialRefund, Price, RemedyPolicy, Rule, Scrutiny,
    Target, Then, When, Windows, problems,
};
use amends_domain::{Currency, Sku, Span, Time};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn read(document: &str) -> RemedyPolicy {
    parse(document, &RemedyPolicy::default(), currency("EUR")).unwrap()
}

fn price() -> impl Strategy<Value = Price> {
    prop_oneof![(0..1_000_000_i64).prop_map(Price::Fixed), (0..100_000_i64).prop_map(Price::Share)]
}

/// Whole hours mostly, and sometimes to the microsecond.
fn span(least_hours: i64, most_hours: i64) -> impl Strategy<Value = Span> {
    let odd = prop_oneof![3 => Just(0), 1 => 1..1_000_000_i64];
    (least_hours..most_hours, odd)
        .prop_map(|(hours, odd)| Span::from_micros(Span::from_hours(hours).micros() + odd))
}

fn some<T: Copy + std::fmt::Debug + 'static>(
    all: &'static [T],
    least: usize,
) -> impl Strategy<Value = Vec<T>> {
    subsequence(all, least..=all.len()).prop_shuffle()
}

fn name() -> impl Strategy<Value = String> {
    "[a-zé\"\\\\'#\\[\\]=🦀 ]{0,20}".prop_map(|middle| format!("n{middle}m"))
}

fn names() -> impl Strategy<Value = Vec<String>> {
    vec(name(), 0..4).prop_map(|mut names| {
        names.sort();
        names.dedup();
        names
    })
}

fn windows() -> impl Strategy<Value = Windows> {
    (option::of(span(1, 10_000)), option::of(span(10_000, 80_000))).prop_map(|(no_fault, fault)| Windows {
        no_fault,
        fault: if no_fault.is_none() { None } else { fault },
    })
}

fn costs() -> impl Strategy<Value = Costs> {
    (price(), price(), price(), price(), price(), price(), 0..100_000_i64).prop_map(
        |(article, freight, return_freight, unsellable, part, repair, counted_return)| Costs {
            article,
            freight,
            return_freight,
            unsellable,
            part,
            repair,
            counted_return,
        },
    )
}

fn target() -> impl Strategy<Value = Target> {
    let comparator = select(Comparator::ALL);
    (1..=10_000_i64, comparator, 1..=365_u32, 1..10_000_000_i64)
        .prop_map(|(share, comparator, days, penalty)| Target { share, comparator, days, penalty })
}

fn when() -> impl Strategy<Value = When> {
    let lists = (some(Reason::ALL, 0), names(), names(), some(Flag::ALL, 0));
    let bounds = (option::of(0..500_i64), option::of(500..1_000_000_i64), option::of(span(0, 80_000)));
    (lists, bounds, option::of(any::<bool>()), option::of(1..100_u32)).prop_map(
        |(lists, bounds, requested, orders)| {
            let (reasons, categories, skus, flags) = lists;
            let (paid_from, paid_below, delivered_for) = bounds;
            let skus = skus.iter().map(|sku| Sku::new(sku).unwrap()).collect();
            When {
                reasons,
                categories,
                skus,
                flags,
                paid_from,
                paid_below,
                delivered_for,
                requested,
                orders_from: orders,
            }
        },
    )
}

/// `most` and `first` are the policy's shares of a partial refund.
fn then((first, most): (i64, i64)) -> impl Strategy<Value = Then> {
    let others = &RemedyKind::ALL[1..];
    let kinds = (some(&others[..4], 0), some(others, 5));
    let amounts = (option::of(1..=most), option::of(first.max(most)..=10_000));
    (kinds, any::<bool>(), some(EvidenceNeed::ALL, 0), amounts).prop_map(
        |((exclude, prefer), only, evidence, amounts)| {
            let prefer: Vec<_> = prefer.into_iter().filter(|kind| !exclude.contains(kind)).collect();
            // Never all that there are, together with other rules that always fit: the first kind stays.
            let only = if only { RemedyKind::ALL.to_vec() } else { Vec::new() };
            let (partial_refund, ceiling) = amounts;
            Then { exclude, only, prefer, evidence, partial_refund, ceiling, approval: true }
        },
    )
}

fn rules(shares: (i64, i64)) -> impl Strategy<Value = Vec<Rule>> {
    vec((name(), when(), then(shares)), 0..5).prop_map(|rules| {
        let numbered = rules.into_iter().enumerate();
        numbered.map(|(n, (name, when, then))| Rule { name: format!("{n}{name}"), when, then }).collect()
    })
}

/// One value for some of the reasons, in the order of the enumeration.
fn by_reason<T: Clone + std::fmt::Debug>(
    value: impl Strategy<Value = T>,
) -> impl Strategy<Value = Vec<(Reason, T)>> {
    let reasons = subsequence(Reason::ALL, 0..=Reason::ALL.len());
    (reasons, vec(value, Reason::ALL.len()))
        .prop_map(|(reasons, values)| reasons.into_iter().zip(values).collect())
}

fn bands() -> impl Strategy<Value = Vec<i64>> {
    vec(1..1_000_000_i64, 0..6).prop_map(|mut bands| {
        bands.sort_unstable();
        bands.dedup();
        bands
    })
}

fn money_side() -> impl Strategy<Value = RemedyPolicy> {
    let limits = (0..1_000_000_i64, option::of(1..1_000_000_i64), 0..100_000_i64);
    let shares = (0..=10_000_i64, by_reason(0..=10_000_i64));
    (windows(), names(), costs(), shares, option::of(target()), limits, bands()).prop_map(
        |(windows, final_sale, costs, (return_share, return_shares), target, limits, bands)| RemedyPolicy {
            windows,
            final_sale,
            costs,
            return_share,
            return_shares,
            target,
            approval_limit: limits.0,
            ceiling: limits.1,
            keep_below: limits.2,
            bands,
            ..RemedyPolicy::default()
        },
    )
}

/// Any policy without a problem.
fn policy() -> impl Strategy<Value = RemedyPolicy> {
    let shares = (1..=5_000_i64, 5_000..=10_000_i64);
    let offers = (span(1, 1_440), span(1, 8_760), 1..=10_000_i64, any::<bool>());
    let gift = option::of((1..50_u32, 1..=10_000_i64));
    let learning = (0..=5_000_i64, 1_000..=5_000_i64, 0..=1_000_i64, 1..=10_000_u32);
    let scrutiny = (span(24, 80_000), 1..20_u32, 1..20_u32, 5_000..=10_000_i64);
    let order = by_reason(some(RemedyKind::ALL, 1));
    let parts = (money_side(), offers, gift, learning, scrutiny, order, shares);
    parts
        .prop_flat_map(|parts| {
            let shares = parts.6;
            (Just(parts), rules(shares))
        })
        .prop_map(|((money, offers, gift, learning, scrutiny, order, (first, most)), rules)| {
            let (holdout, explore, floor, weight) = learning;
            let (window, evidence_from, approval_from, ceiling) = scrutiny;
            RemedyPolicy {
                offer_life: offers.0,
                fulfilment_within: offers.1,
                coupon: offers.2,
                owed_first: offers.3,
                partial_refund: PartialRefund { first, most },
                gift: gift.map(|(orders_from, share)| Gift { orders_from, share }),
                learning: Learning { holdout, explore, floor, weight },
                scrutiny: Scrutiny { window, evidence_from, approval_from, ceiling },
                order,
                rules,
                ..money
            }
        })
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
