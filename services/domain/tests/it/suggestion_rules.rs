//! What windows, limits and the shop's own rules make of a suggestion.

use amends_domain::Span;
use amends_domain::counter::OfferBounds;
use amends_domain::counting::ReturnSoFar;
use amends_domain::detection::Reason;
use amends_domain::learning::{Evidence, Tried};
use amends_domain::policy::CountingRule;
use amends_domain::remedy::{Disposal, RemedyKind, Takes, Terms};
use amends_domain::remedy_policy::{EvidenceNeed, Gift, Learning, RemedyPolicy, Rule, Then, When};
use amends_domain::scrutiny::Claims;
use amends_domain::suggestion::{
    Buyer, Channel, Draw, Excluded, Input, LineTerms, Permit, Suggestion, permit, suggest,
};
use proptest::prelude::*;

use crate::make::{eur, on_day};
use crate::suggestion::{input, line, of, still, why_not};

fn rule(when: When, then: Then) -> RemedyPolicy {
    RemedyPolicy { rules: vec![Rule { name: "the-rule".to_owned(), when, then }], ..still() }
}

fn bounds(least: Option<i64>, most: Option<i64>) -> OfferBounds {
    OfferBounds { min: least.map(eur), max: most.map(eur), left: None }
}

fn first(suggestion: &Suggestion) -> RemedyKind {
    suggestion.alternatives[0].kind
}

#[test]
fn a_rule_applies_where_everything_it_asks_for_is_so_and_says_its_name() {
    let shoes = LineTerms { category: "shoes".to_owned(), delivered_at: Some(on_day(2)), ..line(1) };
    let no_refund = Then { exclude: vec![RemedyKind::PartialRefund], ..Then::default() };
    let fitting = [
        When { categories: vec!["shoes".to_owned()], ..When::default() },
        When { reasons: vec![Reason::Damaged], ..When::default() },
        When { paid_from: Some(10_000), ..When::default() },
        When { paid_below: Some(10_001), ..When::default() },
        When { delivered_for: Some(Span::from_days(8)), ..When::default() },
        When { requested: Some(false), ..When::default() },
        When { orders_from: Some(0), ..When::default() },
    ];
    for when in fitting {
        let policy = rule(when.clone(), no_refund.clone());
        let suggestion = suggest(&input(Reason::Damaged, Some(&shoes), &policy));
        assert_eq!(why_not(&suggestion, RemedyKind::PartialRefund), Excluded::PolicyRule, "{when:?}");
        assert_eq!(suggestion.rules, ["the-rule"]);
        let facts = &suggestion.excluded.iter().find(|n| n.kind == RemedyKind::PartialRefund).unwrap().facts;
        assert_eq!(facts, &[("rule", "the-rule".to_owned())]);
    }
    let others = [
        When { categories: vec!["hats".to_owned()], ..When::default() },
        When { reasons: vec![Reason::Late], ..When::default() },
        When { skus: vec!["S".parse().unwrap()], ..When::default() },
        When { paid_from: Some(10_001), ..When::default() },
        When { paid_below: Some(10_000), ..When::default() },
        When { delivered_for: Some(Span::from_days(9)), ..When::default() },
        When { requested: Some(true), ..When::default() },
        When { orders_from: Some(1), ..When::default() },
    ];
    for when in others {
        let policy = rule(when.clone(), no_refund.clone());
        let suggestion = suggest(&input(Reason::Damaged, Some(&shoes), &policy));
        assert_eq!(suggestion.rules, Vec::<String>::new(), "{when:?}");
    }
}

#[test]
fn all_rules_that_fit_apply_and_of_one_value_the_last_holds() {
    let then = |partial_refund, ceiling| Then { partial_refund, ceiling, ..Then::default() };
    let rules = [then(Some(2_000), Some(9_000)), then(None, Some(1_500)), then(Some(4_000), None)];
    let rules = rules.into_iter().zip(1..).map(|(then, n)| Rule {
        name: format!("r{n}"),
        when: When::default(),
        then,
    });
    let policy = RemedyPolicy { rules: rules.collect(), ..still() };
    let terms = line(1);
    let suggestion = suggest(&input(Reason::Quality, Some(&terms), &policy));
    assert_eq!(suggestion.rules, ["r1", "r2", "r3"]);
    assert_eq!(
        of(&suggestion, RemedyKind::PartialRefund).terms.amount,
        Some(eur(1_500)),
        "40 %, cut at 15 %"
    );
    assert_eq!(why_not(&suggestion, RemedyKind::RefundWithoutReturn), Excluded::AboveCeiling);
}

#[test]
fn a_preference_leads_the_fixed_order_and_only_leaves_the_return_in_any_case() {
    let terms = line(1);
    let prefer = Then { prefer: vec![RemedyKind::RefundWithoutReturn], ..Then::default() };
    let policy = rule(When::default(), prefer);
    let held = Draw { holdout: true, seed: 0, first: None };
    let suggestion = suggest(&Input { draw: held, ..input(Reason::Damaged, Some(&terms), &policy) });
    assert_eq!(first(&suggestion), RemedyKind::RefundWithoutReturn);
    let order = vec![(Reason::Damaged, vec![RemedyKind::PartialRefund])];
    let policy = RemedyPolicy { order, ..still() };
    let kinds: Vec<_> =
        suggest(&input(Reason::Damaged, Some(&terms), &policy)).alternatives.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [RemedyKind::PartialRefund, RemedyKind::ReturnLabel]);
}

#[test]
fn windows_end_to_the_instant_and_final_sale_spares_the_sellers_own_fault() {
    let policy = RemedyPolicy { final_sale: vec!["sale".to_owned()], ..still() };
    let delivered = |day: i64| LineTerms { delivered_at: Some(on_day(day)), ..line(1) };
    let (last, gone) = (delivered(-19), delivered(-20));
    let changed = |terms| suggest(&input(Reason::ChangedMind, Some(terms), &policy));
    assert_eq!(first(&changed(&last)), RemedyKind::PriceMatch);
    assert_eq!(why_not(&changed(&gone), RemedyKind::Coupon), Excluded::OutsideWindow);
    let broken = suggest(&input(Reason::Damaged, Some(&gone), &policy));
    assert_eq!(of(&broken, RemedyKind::Replacement).cost, eur(7_500), "two years for what is broken");
    let sold = LineTerms { category: "sale".to_owned(), ..delivered(1) };
    let suggestion = suggest(&input(Reason::ChangedMind, Some(&sold), &policy));
    assert_eq!(why_not(&suggestion, RemedyKind::ReturnLabel), Excluded::FinalSale);
    assert_eq!(first(&suggestion), RemedyKind::Coupon, "goodwill is no return");
    let broken = suggest(&input(Reason::Damaged, Some(&sold), &policy));
    assert!(broken.alternatives.iter().any(|a| a.kind == RemedyKind::ReturnLabel));
}

#[test]
fn nothing_is_suggested_that_could_not_end_before_the_channel_decides() {
    let (policy, terms) = (still(), line(1));
    let base = input(Reason::Damaged, Some(&terms), &policy);
    let until = |deadline| {
        let so_far = ReturnSoFar { deadline: Some(deadline), ..ReturnSoFar::default() };
        suggest(&Input { channel: Channel { so_far, ..base.channel }, ..base })
    };
    assert!(until(base.now + Span::from_hours(1)).alternatives.is_empty());
    assert!(!until(base.now + Span::from_hours(1) + Span::from_micros(1)).alternatives.is_empty());
}

#[test]
fn what_is_not_in_stock_is_not_suggested_and_what_nobody_counted_is() {
    let (policy, terms) = (still(), line(3));
    let base = Input { units: 2, ..input(Reason::Damaged, Some(&terms), &policy) };
    let with = |free| suggest(&Input { stock: &[(RemedyKind::Replacement, free)], ..base });
    assert_eq!(why_not(&with(1), RemedyKind::Replacement), Excluded::OutOfStock);
    assert_eq!(of(&with(2), RemedyKind::Replacement).kind, RemedyKind::Replacement);
    assert!(suggest(&base).alternatives.iter().any(|a| a.kind == RemedyKind::Replacement));
}

#[test]
fn amounts_stay_within_what_the_channel_takes() {
    let (policy, terms) = (still(), line(1));
    let base = input(Reason::Quality, Some(&terms), &policy);
    let with = |least, most| {
        suggest(&Input { channel: Channel { bounds: bounds(least, most), ..base.channel }, ..base })
    };
    let amount = |s: &Suggestion| of(s, RemedyKind::PartialRefund).terms.amount;
    assert_eq!(amount(&with(Some(4_000), None)), Some(eur(4_000)));
    assert_eq!(amount(&with(None, Some(1_000))), Some(eur(1_000)));
    assert_eq!(why_not(&with(Some(8_000), None), RemedyKind::PartialRefund), Excluded::OutsideChannelBounds);
}

#[test]
fn what_is_handed_back_is_sold_again_and_what_is_worth_less_than_the_way_is_kept() {
    let policy = still();
    let dear = line(1);
    let exchange =
        |terms| of(&suggest(&input(Reason::WrongSize, Some(terms), &policy)), RemedyKind::Exchange).clone();
    let cheap = LineTerms { unit_price: eur(2_499), ..line(1) };
    assert_eq!(exchange(&cheap).terms.disposal, Some(Disposal::Keep));
    assert_eq!(exchange(&cheap).cost, eur(1_499 + 375));
    assert_eq!(exchange(&dear).terms.disposal, Some(Disposal::HandToCourier));
    // Two ways of 15.00 each, and a quarter lost of what comes back.
    assert_eq!(exchange(&dear).cost, eur(1_500 + 1_500 + 2_500));
}

#[test]
fn a_gift_goes_to_who_came_back_and_had_no_fault() {
    let policy = RemedyPolicy { gift: Some(Gift { orders_from: 3, share: 500 }), ..still() };
    let terms = line(1);
    let gift = |reason, orders| {
        let buyer = Buyer { orders, claims: Claims::default() };
        let suggestion = suggest(&Input { buyer, ..input(reason, Some(&terms), &policy) });
        suggestion.alternatives.iter().find_map(|a| a.terms.gift)
    };
    assert_eq!(gift(Reason::Damaged, 3), Some(eur(500)));
    assert_eq!(gift(Reason::Damaged, 2), None);
    assert_eq!(gift(Reason::ChangedMind, 9), None);
}

#[test]
fn evidence_is_asked_for_damage_and_by_rules() {
    let then = Then { evidence: vec![EvidenceNeed::Video], approval: true, ..Then::default() };
    let policy = rule(When::default(), then);
    let terms = line(1);
    let suggestion = suggest(&input(Reason::Damaged, Some(&terms), &policy));
    let replacement = of(&suggestion, RemedyKind::Replacement);
    assert_eq!(replacement.evidence, [EvidenceNeed::Photo, EvidenceNeed::Video]);
    assert!(replacement.needs_approval);
    assert!(of(&suggestion, RemedyKind::ReturnLabel).evidence.is_empty());
}

#[test]
fn what_was_learned_moves_the_order_and_a_case_keeps_its_first_draw() {
    let terms = line(1);
    let policy = still();
    let answers = |kind, answered, accepted| {
        let tried = Tried { answered, accepted };
        Evidence { everywhere: tried, reason: tried, band: tried, ..Evidence::none(kind) }
    };
    let base = input(Reason::Quality, Some(&terms), &policy);
    assert_eq!(first(&suggest(&base)), RemedyKind::PartialRefund);
    let evidence = [answers(RemedyKind::Exchange, 500, 490), answers(RemedyKind::PartialRefund, 500, 10)];
    let learned = suggest(&Input { evidence: &evidence, ..base });
    assert_eq!(first(&learned), RemedyKind::Exchange);
    assert!(of(&learned, RemedyKind::Exchange).accept_probability > 0.95);
    let kept = Draw { first: Some((RemedyKind::PartialRefund, 0.25)), ..base.draw };
    let again = suggest(&Input { evidence: &evidence, draw: kept, ..base });
    assert_eq!((first(&again), again.propensity), (RemedyKind::PartialRefund, 0.25));
}

#[test]
fn what_buyers_regretted_is_not_tried_out_any_more_but_stays_on_offer() {
    let terms = line(1);
    let policy =
        RemedyPolicy { learning: Learning { explore: 5_000, floor: 1_000, ..still().learning }, ..still() };
    let scores = |kind, scored, low| Evidence { scored, low, ..Evidence::none(kind) };
    let evidence = [scores(RemedyKind::Exchange, 60, 40), scores(RemedyKind::PartialRefund, 300, 15)];
    for seed in 0..200_u64 {
        let draw = Draw {
            seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            ..input(Reason::Quality, None, &policy).draw
        };
        let suggestion =
            suggest(&Input { evidence: &evidence, draw, ..input(Reason::Quality, Some(&terms), &policy) });
        assert_ne!(first(&suggestion), RemedyKind::Exchange);
        assert!(suggestion.alternatives.iter().any(|a| a.kind == RemedyKind::Exchange));
    }
}

#[test]
fn the_price_of_a_count_makes_money_within_a_request_dearer_than_goods() {
    let policy = RemedyPolicy {
        costs: amends_domain::remedy_policy::Costs { counted_return: 5_000, ..still().costs },
        ..still()
    };
    let terms = line(1);
    let base = input(Reason::Damaged, Some(&terms), &policy);
    let so_far = ReturnSoFar { requested_at: Some(on_day(9)), ..ReturnSoFar::default() };
    let rule = CountingRule::ListedUnlessWithdrawn;
    let suggestion = suggest(&Input { channel: Channel { so_far, rule, ..base.channel }, ..base });
    assert_eq!(of(&suggestion, RemedyKind::PartialRefund).cost, eur(3_000 + 5_000));
    assert_eq!(of(&suggestion, RemedyKind::Replacement).cost, eur(7_500));
}

fn thens() -> impl Strategy<Value = Then> {
    let kinds = || prop::sample::subsequence(RemedyKind::ALL, 0..4);
    let points = || prop::option::of(0_i64..=10_000);
    (kinds(), kinds(), kinds(), points(), points(), any::<bool>()).prop_map(
        |(exclude, only, prefer, partial_refund, ceiling, approval)| Then {
            exclude,
            only,
            prefer,
            partial_refund,
            ceiling,
            approval,
            evidence: Vec::new(),
        },
    )
}

proptest! {
    #[test]
    fn no_rule_of_a_shop_gives_more_than_was_paid_or_than_its_ceiling(
        reason in prop::sample::select(Reason::ALL),
        thens in prop::collection::vec(thens(), 0..4),
        price in 0_i64..1_000_000,
        (units, ceiling) in (1_u32..4, prop::option::of(0_i64..100_000)),
        (least, most) in (prop::option::of(0_i64..100_000), prop::option::of(0_i64..100_000)),
        claims in 0_u32..6,
        seed in any::<u64>(),
    ) {
        let rules = thens.into_iter().map(|then| Rule { name: "r".to_owned(), when: When::default(), then });
        let policy = RemedyPolicy { rules: rules.collect(), ceiling, ..RemedyPolicy::default() };
        let terms = LineTerms { unit_price: eur(price), ..line(3) };
        let base = input(reason, Some(&terms), &policy);
        let buyer = Buyer { orders: 0, claims: Claims { keep_item: claims, ..Claims::default() } };
        let channel = Channel { bounds: bounds(least, most), ..base.channel };
        let suggestion = suggest(&Input { units, buyer, channel, draw: Draw { seed, ..base.draw }, ..base });
        let paid = price * i64::from(units);
        for a in &suggestion.alternatives {
            prop_assert!(suggestion.excluded.iter().all(|not| not.kind != a.kind));
            let amount = a.terms.amount.map_or(0, |amount| amount.minor_units);
            prop_assert!(amount <= paid, "{} of {paid}", amount);
            if reason != Reason::Counterfeit && a.kind.takes() == Takes::Money {
                prop_assert!(ceiling.is_none_or(|most| amount <= most));
            }
            if a.kind == RemedyKind::PartialRefund {
                prop_assert!(least.is_none_or(|least| amount >= least) && most.is_none_or(|most| amount <= most));
            }
        }
    }
}

#[test]
fn the_shops_own_rules_can_be_set_aside_by_another_person_and_no_others() {
    let exclude = Then { exclude: vec![RemedyKind::Coupon], ..Then::default() };
    let policy = RemedyPolicy { ceiling: Some(5_000), ..rule(When::default(), exclude) };
    let terms = line(1);
    let base = input(Reason::Quality, Some(&terms), &policy);
    let given = |kind, amount: Option<i64>, input: &Input<'_>| {
        permit(kind, &Terms { amount: amount.map(eur), ..Terms::default() }, input)
    };
    let refund = RemedyKind::PartialRefund;
    assert_eq!(given(refund, Some(3_000), &base), Ok(Permit::default()));
    // An agent may offer what answers no reason that was heard.
    assert_eq!(given(RemedyKind::Reship, None, &base).unwrap().overridden[0].why, Excluded::AboveCeiling);
    let coupon = given(RemedyKind::Coupon, Some(500), &base).unwrap();
    assert!(coupon.approval && coupon.overridden[0].why == Excluded::PolicyRule);
    let much = given(refund, Some(5_001), &base).unwrap();
    assert!(much.approval && much.overridden[0].why == Excluded::AboveCeiling);
    let refuses = |input: Input<'_>, kind| given(kind, Some(100), &input).unwrap_err().why;
    let bounds = bounds(Some(101), None);
    let channel = Channel { bounds, ..base.channel };
    assert_eq!(refuses(Input { channel, ..base }, refund), Excluded::OutsideChannelBounds);
    assert_eq!(refuses(Input { reason: Reason::Counterfeit, ..base }, refund), Excluded::NoNegotiation);
    let stock = [(RemedyKind::Exchange, 0)];
    assert_eq!(refuses(Input { stock: &stock, ..base }, RemedyKind::Exchange), Excluded::OutOfStock);
    let so_far = ReturnSoFar { deadline: Some(base.now), ..ReturnSoFar::default() };
    let channel = Channel { so_far, ..base.channel };
    assert_eq!(refuses(Input { channel, ..base }, refund), Excluded::TooLate);
}

#[test]
fn what_is_suggested_may_be_offered_as_it_stands() {
    let policy = still();
    let terms = LineTerms { delivered_at: Some(on_day(8)), ..line(2) };
    for &reason in Reason::ALL {
        let base = input(reason, Some(&terms), &policy);
        for a in suggest(&base).alternatives {
            let permit = permit(a.kind, &a.terms, &base).unwrap();
            assert_eq!(
                (permit.approval, permit.overridden.len()),
                (a.needs_approval, 0),
                "{reason} {}",
                a.kind
            );
        }
    }
}
