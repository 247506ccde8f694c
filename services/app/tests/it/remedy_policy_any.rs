//! Any remedy policy without a problem.

use amends_domain::detection::{Flag, Reason};
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::{
    Comparator, Costs, EvidenceNeed, Gift, Learning, PartialRefund, Price, RemedyPolicy, Rule, Scrutiny,
    Target, Then, When, Windows,
};
use amends_domain::{Sku, Span};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

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
pub(crate) fn policy() -> impl Strategy<Value = RemedyPolicy> {
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
