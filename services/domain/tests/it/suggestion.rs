//! What is suggested, at which price, and that no review has a say in it.

use amends_domain::counter::OfferBounds;
use amends_domain::counting::{CountingEffect, ReturnSoFar, Standing};
use amends_domain::detection::{Flag, Reason};
use amends_domain::learning::Evidence;
use amends_domain::ledger::{Grant, GrantState};
use amends_domain::policy::CountingRule;
use amends_domain::refund::Refunded;
use amends_domain::remedy::{Remedy, RemedyKind, Takes, Terms};
use amends_domain::remedy_policy::{Costs, Learning, RemedyPolicy};
use amends_domain::scrutiny::Claims;
use amends_domain::suggestion::{
    Alternative, Buyer, Channel, Draw, Excluded, Input, LineTerms, Suggestion, answers, cost, suggest, worth,
};
use proptest::prelude::*;

use crate::make::{eur, on_day, proposed, remedy_id};

pub(crate) fn line(purchased: u32) -> LineTerms {
    LineTerms {
        purchased,
        unit_price: eur(10_000),
        sku: None,
        category: String::new(),
        delivered_at: None,
        grants: Vec::new(),
        refunded: Refunded::default(),
    }
}

/// A policy that draws nothing, so that an order says what is best.
pub(crate) fn still() -> RemedyPolicy {
    let policy = RemedyPolicy::default();
    RemedyPolicy { learning: Learning { explore: 0, ..policy.learning }, ..policy }
}

/// The same, where a counted return costs so much.
fn counted(cost: i64) -> RemedyPolicy {
    let policy = still();
    RemedyPolicy { costs: Costs { counted_return: cost, ..policy.costs }, ..policy }
}

pub(crate) fn input<'a>(reason: Reason, line: Option<&'a LineTerms>, policy: &'a RemedyPolicy) -> Input<'a> {
    Input {
        now: on_day(10),
        reason,
        flags: &[],
        line,
        units: 1,
        currency: eur(0).currency,
        policy,
        channel: Channel {
            rule: CountingRule::Approved,
            auto_approval: None,
            so_far: ReturnSoFar::default(),
            bounds: OfferBounds::default(),
            standing: Standing::default(),
        },
        stock: &[],
        buyer: Buyer::default(),
        evidence: &[],
        draw: Draw { holdout: false, seed: 0, first: None },
    }
}

pub(crate) fn of(suggestion: &Suggestion, kind: RemedyKind) -> &Alternative {
    suggestion.alternatives.iter().find(|a| a.kind == kind).unwrap()
}

pub(crate) fn why_not(suggestion: &Suggestion, kind: RemedyKind) -> Excluded {
    suggestion.excluded.iter().find(|not| not.kind == kind).unwrap().why
}

/// The lines of a source file that are code.
fn code_of(source: &str) -> String {
    source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
        .to_lowercase()
}

#[test]
fn no_review_is_within_reach_of_a_remedy() {
    // Every file that has a say: those of these names, and all in folders of these names.
    let roots = [
        "remedy",
        "remedy_policy",
        "suggestion",
        "learning",
        "ledger",
        "refund",
        "counter",
        "stock",
        "counting",
        "scrutiny",
    ];
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<_> = roots.iter().map(|root| src.join(format!("{root}.rs"))).collect();
    let folders = roots.iter().filter_map(|root| std::fs::read_dir(src.join(root)).ok());
    files.extend(folders.flatten().map(|entry| entry.unwrap().path()));
    assert!(files.len() > 25, "{files:?}");
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        let file = file.display();
        let code = code_of(&source);
        for word in code.split(|c: char| !c.is_alphabetic()) {
            let tells = ["review", "rating", "stars", "visible", "visibility", "threshold"]
                .iter()
                .any(|w| word.starts_with(w));
            assert!(!tells, "{file} names {word:?} outside its comments");
        }
        for module in ["review", "signal", "tally", "guardrail", "event", "case"] {
            assert!(!code.contains(&format!("crate::{module}")), "{file} reaches for {module}");
        }
    }
    assert!(code_of("use crate::review; // review").contains("review"), "the check itself sees code");
}

#[test]
fn the_inputs_are_these_and_no_others() {
    // No `..`: whoever adds an input must come here and say that it is no review.
    let policy = still();
    let terms = line(1);
    let Input {
        now: _,
        reason: _,
        flags: _,
        line: _,
        units: _,
        currency: _,
        policy: _,
        channel,
        stock: _,
        buyer: Buyer { orders: _, claims: Claims { keep_item: _, missing: _, partial_refund: _ } },
        evidence: _,
        draw: Draw { holdout: _, seed: _, first: _ },
    } = input(Reason::Damaged, Some(&terms), &policy);
    let Channel { rule: _, auto_approval: _, so_far: _, bounds: _, standing: _ } = channel;
    // Answers to offers, and scores of the survey: no review's.
    let Evidence { kind: _, everywhere: _, reason: _, band: _, scored: _, low: _ } =
        Evidence::none(RemedyKind::Coupon);
    let LineTerms {
        purchased: _,
        unit_price: _,
        sku: _,
        category: _,
        delivered_at: _,
        grants: _,
        refunded: _,
    } = terms;
    let Terms { amount: _, article: _, note: _, disposal: _, gift: _, coupon_code: _, return_until: _ } =
        Terms::default();
    let Remedy {
        id: _,
        shop: _,
        case: _,
        line: _,
        units: _,
        kind: _,
        terms: _,
        reason: _,
        cost: _,
        proposed_by: _,
        proposed_at: _,
        after: _,
        offered_at: _,
        accepted_at: _,
        stopped_by: _,
        told: _,
        state: _,
        stake: _,
        version: _,
    } = proposed();
}

#[test]
fn each_reason_has_its_first_thought() {
    for (reason, first) in [
        (Reason::WrongItem, RemedyKind::Replacement),
        (Reason::MissingPart, RemedyKind::MissingPart),
        (Reason::Damaged, RemedyKind::Replacement),
        (Reason::Defective, RemedyKind::Instructions),
        (Reason::NotAsDescribed, RemedyKind::PartialRefund),
        (Reason::Counterfeit, RemedyKind::RefundWithoutReturn),
        (Reason::WrongSize, RemedyKind::Exchange),
        (Reason::NotReceived, RemedyKind::Reship),
        (Reason::Late, RemedyKind::Reship),
        (Reason::Quality, RemedyKind::PartialRefund),
        (Reason::Price, RemedyKind::PriceMatch),
        (Reason::ChangedMind, RemedyKind::PriceMatch),
    ] {
        assert_eq!(answers(reason).first(), Some(&first), "{reason}");
    }
    for &reason in Reason::ALL {
        let kinds = answers(reason);
        assert!(!kinds.is_empty());
        assert!(
            kinds.iter().enumerate().all(|(i, kind)| !kinds[..i].contains(kind)),
            "{reason} names one twice"
        );
    }
}

#[test]
fn a_fake_or_a_danger_is_refunded_at_once() {
    let policy = still();
    let terms = line(1);
    let fake = input(Reason::Counterfeit, Some(&terms), &policy);
    let danger =
        Input { flags: &[Flag::Legal, Flag::Safety], ..input(Reason::Quality, Some(&terms), &policy) };
    for input in [fake, danger] {
        let suggestion = suggest(&input);
        let [refund] = suggestion.alternatives.as_slice() else { panic!("{suggestion:?}") };
        assert_eq!((refund.kind, refund.terms.amount), (RemedyKind::RefundWithoutReturn, Some(eur(10_000))));
        assert_eq!(suggestion.excluded.len(), RemedyKind::ALL.len() - 1);
        assert!(suggestion.excluded.iter().all(|not| not.why == Excluded::NoNegotiation));
    }
}

#[test]
fn what_is_not_on_offer_is_listed_with_its_rule() {
    let policy = still();
    let terms = line(1);
    let fresh = suggest(&input(Reason::Damaged, Some(&terms), &policy));
    assert_eq!(why_not(&fresh, RemedyKind::Coupon), Excluded::DoesNotFitReason);

    let unknown = suggest(&input(Reason::Damaged, None, &policy));
    assert_eq!(why_not(&unknown, RemedyKind::Replacement), Excluded::OrderUnknown);
    assert_eq!(why_not(&unknown, RemedyKind::ReturnLabel), Excluded::OrderUnknown);

    let grant =
        Grant { remedy: remedy_id(1), unit: 1, goods: true, value: 10_000, state: GrantState::Reserved };
    let remedied = LineTerms { grants: vec![grant.clone()], ..line(1) };
    let taken = suggest(&input(Reason::Damaged, Some(&remedied), &policy));
    for kind in [RemedyKind::Replacement, RemedyKind::PartialRefund, RemedyKind::RefundWithoutReturn] {
        assert_eq!(why_not(&taken, kind), Excluded::UnitAlreadyRemedied);
    }
    let released =
        LineTerms { grants: vec![Grant { state: GrantState::Released, ..grant.clone() }], ..line(1) };
    assert_eq!(suggest(&input(Reason::Damaged, Some(&released), &policy)), fresh);

    let dear = Grant { goods: false, value: 12_000, ..grant };
    let spent = LineTerms { grants: vec![dear], ..line(2) };
    let rest = suggest(&input(Reason::Damaged, Some(&spent), &policy));
    assert_eq!(why_not(&rest, RemedyKind::RefundWithoutReturn), Excluded::ExceedsPaid);
    assert_eq!(of(&rest, RemedyKind::PartialRefund).terms.amount, Some(eur(3_000)));
}

#[test]
fn nothing_is_suggested_for_units_that_were_not_bought() {
    let policy = still();
    let terms = line(2);
    for units in [0, 3, u32::MAX] {
        for &reason in Reason::ALL {
            let suggestion = suggest(&Input { units, ..input(reason, Some(&terms), &policy) });
            assert_eq!(suggestion.alternatives, [], "{reason} × {units}");
        }
    }
    assert!(
        !suggest(&Input { units: 2, ..input(Reason::Damaged, Some(&terms), &policy) })
            .alternatives
            .is_empty()
    );
}

#[test]
fn without_an_order_there_are_still_words_and_coupons() {
    let policy = still();
    let suggestion = suggest(&input(Reason::Service, None, &policy));
    let kinds: Vec<_> = suggestion.alternatives.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [RemedyKind::Coupon, RemedyKind::Instructions]);
    assert!(suggestion.alternatives.iter().all(|a| a.cost == eur(0) && a.terms.amount.is_none()));
}

#[test]
fn the_price_can_be_redone_by_hand() {
    // 100.00 paid; an article costs 60.00, a parcel 15.00, a quarter cannot be sold again.
    let policy = counted(500);
    let terms = line(1);
    let suggestion = suggest(&input(Reason::Damaged, Some(&terms), &policy));
    // Lost by a return: 100.00 back, 15.00 freight, 5.00 for the count; what is broken is worth nothing.
    let loss = 10_000.0 + 1_500.0 + 6_000.0 + 500.0 - 6_000.0;
    let check = |kind, accept: f64, price: i64| {
        let alternative = of(&suggestion, kind);
        assert!((alternative.accept_probability - accept).abs() < 1e-9, "{kind}");
        assert_eq!(alternative.cost, eur(price), "{kind}");
        let expected = accept * price as f64 + (1.0 - accept) * 0.70 * loss;
        assert_eq!(alternative.expected_cost, eur(expected.round() as i64), "{kind}");
    };
    check(RemedyKind::Replacement, 0.75, 7_500);
    check(RemedyKind::PartialRefund, 0.55, 3_000);
    check(RemedyKind::RefundWithoutReturn, 0.85, 10_000);
    // The return itself is counted: the 5.00 come on top.
    check(RemedyKind::ReturnLabel, 0.80, 12_000);
    assert_eq!(of(&suggestion, RemedyKind::Replacement).expected_cost, eur(7_725));
}

#[test]
fn every_number_that_entered_is_in_the_answer() {
    let policy = counted(500);
    let terms = line(2);
    for units in 1..=2 {
        let suggestion = suggest(&Input { units, ..input(Reason::Quality, Some(&terms), &policy) });
        for alternative in &suggestion.alternatives {
            let n = |name: &str| alternative.explanation.iter().find(|(known, _)| *known == name).unwrap().1;
            let loss = n("refund") + n("return_freight") + n("unsellable") - n("article_cost")
                + (n("counted_return_cost") + n("shadow_price")) * n("counted_if_returned");
            assert!((loss - n("loss_of_return")).abs() < 1e-9);
            let accept = n("p_accept");
            let expected = accept * n("cost") + (1.0 - accept) * n("p_return") * loss;
            assert_eq!(
                alternative.expected_cost.minor_units,
                expected.round() as i64,
                "{}",
                alternative.kind
            );
        }
    }
}

#[test]
fn a_return_that_is_counted_already_costs_no_second_count() {
    let policy = counted(500);
    let terms = line(1);
    let open = input(Reason::Damaged, Some(&terms), &policy);
    let so_far = ReturnSoFar { counted_at: Some(on_day(9)), ..ReturnSoFar::default() };
    let counted = suggest(&Input { channel: Channel { so_far, ..open.channel }, ..open });
    let policy = still();
    let free = suggest(&input(Reason::Damaged, Some(&terms), &policy));
    let costs = |s: &Suggestion| s.alternatives.iter().map(|a| (a.kind, a.expected_cost)).collect::<Vec<_>>();
    assert_eq!(costs(&counted), costs(&free));
    assert!(counted.alternatives.iter().all(|a| a.effect == CountingEffect::CountsAlready));
    let minor = |a: &Alternative| a.expected_cost.minor_units;
    assert!(suggest(&open).alternatives.iter().all(|a| minor(a) > minor(of(&counted, a.kind))));
}

#[test]
fn what_is_worth_more_than_the_limit_needs_another_person() {
    let terms = line(1);
    let needs = |approval_limit, kind| {
        let policy = RemedyPolicy { approval_limit, ..still() };
        of(&suggest(&input(Reason::Damaged, Some(&terms), &policy)), kind).needs_approval
    };
    assert!(!needs(10_000, RemedyKind::Replacement) && needs(9_999, RemedyKind::Replacement));
    assert!(!needs(3_000, RemedyKind::PartialRefund) && needs(2_999, RemedyKind::PartialRefund));
    assert!(!needs(0, RemedyKind::ReturnLabel));
    let policy = still();
    let worth = |kind| worth(kind, eur(500), 1, &Terms::default(), &policy);
    assert_eq!((worth(RemedyKind::Repair), worth(RemedyKind::Replacement)), (75, 500));
}

#[test]
fn an_article_that_was_free_can_be_replaced_but_not_refunded() {
    let policy = still();
    let gift = LineTerms { unit_price: eur(0), ..line(1) };
    let suggestion = suggest(&input(Reason::Damaged, Some(&gift), &policy));
    assert_eq!(of(&suggestion, RemedyKind::Replacement).cost, eur(0));
    assert_eq!(why_not(&suggestion, RemedyKind::PartialRefund), Excluded::ExceedsPaid);
    assert_eq!(why_not(&suggestion, RemedyKind::RefundWithoutReturn), Excluded::ExceedsPaid);
}

#[test]
fn the_cost_of_each_kind_is_what_leaves_the_seller() {
    let policy = still();
    let price = |kind, amount| {
        cost(kind, Reason::Quality, eur(10_000), 1, &Terms { amount, ..Terms::default() }, &policy)
    };
    assert_eq!(price(RemedyKind::Exchange, None), eur(7_500));
    assert_eq!(price(RemedyKind::Reship, None), eur(7_500));
    assert_eq!(price(RemedyKind::MissingPart, None), eur(3_000));
    assert_eq!(price(RemedyKind::Repair, None), eur(4_500));
    assert_eq!(price(RemedyKind::Coupon, Some(eur(900))), eur(900));
    assert_eq!(price(RemedyKind::PriceMatch, None), eur(0));
    assert_eq!(price(RemedyKind::Instructions, None), eur(0));
    assert_eq!(price(RemedyKind::ReturnLabel, None), eur(8_000));
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let one = (1_u32..4, 1_u32..4, any::<bool>(), 0_i64..20_000, prop::sample::select(GrantState::ALL));
    prop::collection::vec(one, 0..4).prop_map(|all| {
        all.into_iter()
            .map(|(ms, unit, goods, value, state)| Grant { remedy: remedy_id(ms), unit, goods, value, state })
            .collect()
    })
}

proptest! {
    #[test]
    fn every_kind_is_named_exactly_once(
        reason in prop::sample::select(Reason::ALL),
        flags in prop::sample::subsequence(Flag::ALL, 0..=Flag::ALL.len()),
        known in any::<bool>(),
        (purchased, units, price) in (0_u32..4, 0_u32..5, prop_oneof![0_i64..100_000, Just(i64::MAX)]),
        grants in grants(),
        counted_already in any::<bool>(),
        policy in prop::sample::select(vec![still(), RemedyPolicy::default()]),
        seed in any::<u64>(),
        holdout in any::<bool>(),
    ) {
        let terms = LineTerms { unit_price: eur(price), grants, ..line(purchased) };
        let base = input(reason, known.then_some(&terms), &policy);
        let so_far = ReturnSoFar { counted_at: counted_already.then(|| on_day(9)), ..ReturnSoFar::default() };
        let draw = Draw { holdout, seed, first: None };
        let input = Input { flags: &flags, units, channel: Channel { so_far, ..base.channel }, draw, ..base };
        let suggestion = suggest(&input);
        let offered = suggestion.alternatives.iter().map(|a| a.kind);
        let mut named: Vec<_> = offered.chain(suggestion.excluded.iter().map(|not| not.kind)).collect();
        named.sort();
        prop_assert_eq!(named, RemedyKind::ALL);
        prop_assert_eq!(&suggestion, &suggest(&input), "the same again");
        // The return itself comes last; what the buyer paid for and did not get comes first.
        let label = suggestion.alternatives.iter().position(|a| !a.kind.is_alternative());
        prop_assert!(label.is_none_or(|place| place + 1 == suggestion.alternatives.len()));
        let owed = matches!(reason, Reason::WrongItem | Reason::MissingPart | Reason::NotReceived);
        let goods = suggestion.alternatives.iter().any(|a| a.kind.takes() == Takes::Goods);
        if owed && goods {
            prop_assert_eq!(suggestion.alternatives[0].kind.takes(), Takes::Goods);
        }
        // Without a draw the cheapest comes first, and the rest by cost in any case.
        let from = usize::from(owed || policy.learning.explore > 0);
        let costs: Vec<_> = suggestion.alternatives.iter().filter(|a| a.kind.is_alternative()).skip(from)
            .map(|a| a.expected_cost.minor_units).collect();
        prop_assert!(holdout || costs.is_sorted());
        let place = |a: &Alternative| answers(reason).iter().position(|kind| *kind == a.kind);
        let fixed: Vec<_> = suggestion.alternatives.iter().map(place).collect();
        prop_assert!(!holdout || fixed.is_sorted(), "the holdout keeps the fixed order");
        if !suggestion.alternatives.is_empty() {
            prop_assert!((0.0..=1.0).contains(&suggestion.propensity) && suggestion.propensity > 0.0);
            let together: f64 = suggestion.alternatives.iter().map(|a| a.propensity).sum();
            prop_assert!((together - 1.0).abs() < 1e-9);
            prop_assert_eq!(suggestion.alternatives[0].propensity, suggestion.propensity);
        }
        // What a return would lose is no matter of the draw: the saving is measured beside it.
        let other = suggest(&Input { draw: Draw { holdout: !holdout, seed: !seed, first: None }, ..input });
        let loss = |a: &Alternative| a.explanation.iter().find(|n| n.0 == "loss_of_return").unwrap().1;
        let mut losses = suggestion.alternatives.iter().chain(&other.alternatives).map(loss);
        prop_assert!(losses.next().is_none_or(|first| losses.all(|loss| loss == first)));
        let paid = i128::from(price) * i128::from(purchased);
        for alternative in &suggestion.alternatives {
            prop_assert!((0.05..=0.95).contains(&alternative.accept_probability));
            if alternative.kind.takes() == Takes::Money {
                let amount = alternative.terms.amount.map_or(0, |a| a.minor_units);
                prop_assert!(amount > 0 && i128::from(amount) <= paid);
            }
        }
    }
}
