//! When a return counts, what an alternative does to that, and what one more costs.

use amends_domain::Span;
use amends_domain::counting::CountingEffect::{Counts, CountsAlready, StillAvoids, Unsure};
use amends_domain::counting::{
    CountingEffect, CountsOn, ReturnSoFar, Standing, counts, effect, shadow_price,
};
use amends_domain::policy::CountingRule;
use amends_domain::remedy::RemedyKind::{Instructions, PartialRefund, Replacement, ReturnLabel};
use amends_domain::remedy_policy::{Comparator, Target};
use proptest::prelude::*;

use crate::make::on_day;

fn requested() -> ReturnSoFar {
    ReturnSoFar { requested_at: Some(on_day(1)), ..ReturnSoFar::default() }
}

#[test]
fn what_becomes_of_a_request_is_counted_as_the_channel_does() {
    // In words, money with the article kept, goods outside the channel: after a request.
    let table: [(CountingRule, [CountingEffect; 3]); 7] = [
        (CountingRule::RequestOpened, [Counts, Counts, Counts]),
        (CountingRule::ListedUnlessWithdrawn, [StillAvoids, Counts, StillAvoids]),
        (CountingRule::SellerFaultVerified, [StillAvoids, Counts, StillAvoids]),
        (CountingRule::SellerFaultReturn, [StillAvoids, Unsure, StillAvoids]),
        (CountingRule::GoodsReceived, [StillAvoids, StillAvoids, StillAvoids]),
        (CountingRule::Processed, [StillAvoids, StillAvoids, StillAvoids]),
        (CountingRule::Approved, [StillAvoids, Counts, StillAvoids]),
    ];
    assert_eq!(table.map(|(rule, _)| rule).len(), CountingRule::ALL.len());
    for (rule, expected) in table {
        let found =
            [Instructions, PartialRefund, Replacement].map(|kind| effect(rule, true, &requested(), kind));
        assert_eq!(found, expected, "{rule}");
    }
}

#[test]
fn what_is_settled_before_a_request_exists_never_counts() {
    for &rule in CountingRule::ALL {
        for kind in [Instructions, PartialRefund, Replacement] {
            assert_eq!(effect(rule, true, &ReturnSoFar::default(), kind), StillAvoids, "{rule} {kind}");
        }
        assert_eq!(effect(rule, true, &ReturnSoFar::default(), ReturnLabel), Counts, "{rule}");
        let counted = ReturnSoFar { counted_at: Some(on_day(2)), ..requested() };
        assert_eq!(effect(rule, true, &counted, Replacement), CountsAlready, "{rule}");
    }
}

#[test]
fn a_channel_that_asks_for_fault_counts_nothing_without_it() {
    for rule in [CountingRule::SellerFaultVerified, CountingRule::SellerFaultReturn] {
        assert_eq!(effect(rule, false, &requested(), ReturnLabel), StillAvoids);
        assert_eq!(counts(rule, false, &requested(), None).on, CountsOn::Never);
    }
}

#[test]
fn a_return_counts_by_itself_when_the_channel_approves_it() {
    let auto = Some(Span::from_days(3));
    let of = |rule, so_far: &ReturnSoFar| {
        let counts = counts(rule, true, so_far, auto);
        (counts.on, counts.at)
    };
    assert_eq!(of(CountingRule::Approved, &requested()), (CountsOn::Approval, Some(on_day(4))));
    let said = ReturnSoFar { deadline: Some(on_day(3)), ..requested() };
    assert_eq!(of(CountingRule::Approved, &said), (CountsOn::Approval, Some(on_day(3))), "its own word wins");
    // Without a request nothing runs.
    assert_eq!(of(CountingRule::Approved, &ReturnSoFar::default()), (CountsOn::Approval, None));
    assert_eq!(of(CountingRule::RequestOpened, &ReturnSoFar::default()), (CountsOn::Request, None));
    assert_eq!(of(CountingRule::GoodsReceived, &requested()), (CountsOn::Receipt, None));
    let counted = ReturnSoFar { counted_at: Some(on_day(2)), ..requested() };
    assert_eq!(of(CountingRule::Processed, &counted), (CountsOn::Already, Some(on_day(2))));
}

fn target(share: i64, comparator: Comparator) -> Target {
    Target { share, comparator, days: 60, penalty: 50_000 }
}

#[test]
fn the_penalty_is_spread_over_the_returns_that_are_left_until_it_comes() {
    // 2 % of 1,000 units: 20 may be counted where that is still well, 19 where only less is.
    let price = |comparator, delivered, counted| {
        let shadow = shadow_price(&target(200, comparator), Standing { delivered, counted });
        (shadow.until_penalty, shadow.price)
    };
    assert_eq!(price(Comparator::AtMost, 1_000, 0), (Some(21), 2_381));
    assert_eq!(price(Comparator::AtMost, 1_000, 16), (Some(5), 10_000));
    assert_eq!(price(Comparator::AtMost, 1_000, 20), (Some(1), 50_000));
    assert_eq!(price(Comparator::AtMost, 1_000, 21), (Some(0), 50_000));
    assert_eq!(price(Comparator::Below, 1_000, 19), (Some(1), 50_000));
    assert_eq!(price(Comparator::Below, 1_000, 20), (Some(0), 50_000));
    assert_eq!(price(Comparator::AtMost, 0, 0), (None, 0), "a share of nothing");
}

proptest! {
    #[test]
    fn the_price_rises_as_the_penalty_comes_nearer_and_never_beyond_it(
        share in 1_i64..10_000,
        comparator in prop::sample::select(Comparator::ALL),
        delivered in 1_i64..1_000_000_000,
        counted in 0_i64..1_000_000,
        penalty in 0_i64..1_000_000_000,
    ) {
        let target = Target { penalty, ..target(share, comparator) };
        let at = |counted| shadow_price(&target, Standing { delivered, counted });
        let (now, next) = (at(counted), at(counted + 1));
        prop_assert!(now.price <= next.price && next.price <= penalty);
        // So many more, and not one fewer, break the target.
        let is_well = |counted: i64| match comparator {
            Comparator::AtMost => i128::from(counted) * 10_000 <= i128::from(share) * i128::from(delivered),
            Comparator::Below => i128::from(counted) * 10_000 < i128::from(share) * i128::from(delivered),
        };
        let until = now.until_penalty.unwrap();
        prop_assert!(!is_well(counted + until));
        prop_assert!(until == 0 || is_well(counted + until - 1));
    }
}
