//! Buyers who claim often.

use amends_domain::detection::Reason;
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::RemedyPolicy;
use amends_domain::scrutiny::{Asked, Claims, asked};
use amends_domain::suggestion::{Buyer, Excluded, Input, suggest};

use crate::make::eur;
use crate::suggestion::{input, line, of, still, why_not};

fn claims(partial_refund: u32) -> Claims {
    Claims { partial_refund, ..Claims::default() }
}

#[test]
fn more_is_asked_of_who_claims_more_and_nothing_of_who_never_did() {
    let policy = RemedyPolicy::default().scrutiny;
    assert_eq!(asked(&policy, &claims(0)), Asked::default());
    assert_eq!(asked(&policy, &claims(1)), Asked::default());
    assert_eq!(asked(&policy, &claims(2)), Asked { evidence: true, ..Asked::default() });
    assert_eq!(asked(&policy, &claims(4)), Asked { evidence: true, approval: true, ceiling: Some(5_000) });
    let strict = amends_domain::remedy_policy::Scrutiny { evidence_from: 0, approval_from: 0, ..policy };
    assert_eq!(asked(&strict, &claims(0)), Asked::default(), "a first claim is met like any other");
}

#[test]
fn only_what_leaves_the_buyer_with_both_is_a_claim() {
    let mut counted = Claims::default();
    for &kind in RemedyKind::ALL {
        counted.add(kind, Reason::Damaged, 1);
    }
    assert_eq!(counted, Claims { keep_item: 1, missing: 2, partial_refund: 1 });
    let mut never_came = Claims::default();
    never_came.add(RemedyKind::Replacement, Reason::NotReceived, 2);
    never_came.add(RemedyKind::Instructions, Reason::MissingPart, 2);
    assert_eq!(never_came, Claims { missing: 2, ..Claims::default() });
}

#[test]
fn a_buyer_with_many_claims_is_seen_by_one_more_person_and_never_left_with_nothing() {
    let (policy, terms) = (still(), line(1));
    let buyer = Buyer { orders: 9, claims: claims(7) };
    let often = suggest(&Input { buyer, ..input(Reason::Damaged, Some(&terms), &policy) });
    let replacement = of(&often, RemedyKind::Replacement);
    assert!(replacement.needs_approval && !replacement.evidence.is_empty());
    assert_eq!(of(&often, RemedyKind::PartialRefund).terms.amount, Some(eur(3_000)));
    assert_eq!(why_not(&often, RemedyKind::RefundWithoutReturn), Excluded::AboveCeiling);
    assert!(!of(&often, RemedyKind::ReturnLabel).needs_approval, "the return is the buyer's right");
    // A danger is no matter of trust.
    let danger = suggest(&Input { buyer, ..input(Reason::Counterfeit, Some(&terms), &policy) });
    assert_eq!(of(&danger, RemedyKind::RefundWithoutReturn).terms.amount, Some(eur(10_000)));
}
