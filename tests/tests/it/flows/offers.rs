//! Offers: what may be offered, by whom, and what becomes of them.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::make::{LEAKS, line, order, review, stamp, terms, terms_of, time};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{BuyerAnswer, CaseState, Reason, RemedyKind, RemedyState};

flow!(
    a_costly_remedy_is_approved_by_another_person,
    a_declined_offer_may_be_countered_once,
    an_offer_nobody_answers_runs_out,
    an_offer_is_taken_back_before_it_is_accepted,
    the_buyers_own_click_needs_no_lease,
    an_offer_ends_before_the_channel_decides,
    a_suggestion_is_stored_with_every_number,
    an_offer_that_cannot_be_made_says_why
);

async fn desk(h: &Harness, unit_price: i64) -> Desk {
    let price = Some(amends_tests::make::money(unit_price));
    let one = v1::OrderLine { unit_price: price, ..line("1") };
    h.say(v1::OrderSignal { lines: vec![one], ..order("o1") }).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    Desk::work_on(&mia, &case).await
}

async fn remedy(h: &Harness, name: &str) -> v1::Remedy {
    let request = v1::GetRemedyRequest { name: name.to_owned() };
    h.client().call(request).await.unwrap().remedy.unwrap()
}

fn approve(remedy: &v1::Remedy) -> v1::ApproveRemedyRequest {
    v1::ApproveRemedyRequest {
        name: remedy.name.clone(),
        etag: remedy.etag.clone(),
        note: "fine".to_owned(),
        ..Default::default()
    }
}

async fn a_costly_remedy_is_approved_by_another_person(h: &Harness) {
    let mut desk = desk(h, 50_000).await;
    let asked = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    assert_eq!(asked.state(), RemedyState::AwaitingApproval);
    assert_eq!(desk.case.status(), v1::CaseStatus::AwaitingApproval);
    let early = desk.answer(&asked, BuyerAnswer::Accepted).await;
    let _ = refused(early, Code::FailedPrecondition, Reason::ApprovalRequired);
    let _ = refused(desk.client.call(approve(&asked)).await, Code::PermissionDenied, Reason::RoleMissing);
    let both = h.client_as("mia", &[Role::Agent, Role::Supervisor]).await;
    let own = both.call(approve(&asked)).await;
    let _ = refused(own, Code::FailedPrecondition, Reason::ApprovalBySamePerson);
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let approved = sam.call(approve(&asked)).await.unwrap();
    let offered = approved.remedy.unwrap();
    assert_eq!(offered.state(), RemedyState::Offered);
    assert_eq!(remedy(h, &offered.name).await.approver, "sam");
    desk.look().await;
    let accepted = desk.answer(&offered, BuyerAnswer::Accepted).await.unwrap();
    assert_eq!(accepted.state(), RemedyState::Accepted);
}

async fn a_declined_offer_may_be_countered_once(h: &Harness) {
    let mut desk = desk(h, 2_000).await;
    let first = desk.offer(RemedyKind::PartialRefund, terms_of(500)).await.unwrap();
    desk.answer(&first, BuyerAnswer::Declined).await.unwrap();
    let second = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    desk.answer(&second, BuyerAnswer::Declined).await.unwrap();
    let third = desk.offer(RemedyKind::RefundWithoutReturn, terms()).await;
    let failure = refused(third, Code::FailedPrecondition, Reason::GuardrailRefused);
    assert_eq!(failure.metadata["rule"], "G20");
    desk.look().await;
    let label = desk.offer(RemedyKind::ReturnLabel, terms()).await.unwrap();
    assert_eq!(label.state(), RemedyState::Offered, "the return itself can always still be chosen");
}

async fn an_offer_nobody_answers_runs_out(h: &Harness) {
    let mut desk = desk(h, 2_000).await;
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    assert_eq!(time(offer.expire_time), h.now() + Span::from_days(3));
    desk.wait(v1::WaitReason::Buyer, None).await.unwrap();
    h.advance(Span::from_days(4)).await;
    assert_eq!(remedy(h, &offer.name).await.state(), RemedyState::Expired);
    desk.look().await;
    let late = desk.answer(&offer, BuyerAnswer::Accepted).await;
    let _ = refused(late, Code::FailedPrecondition, Reason::OfferExpired);
    h.advance(Span::from_days(4)).await;
    assert_eq!(h.case(&desk.case.name).await.state(), CaseState::Solved, "nothing is in flight any more");
}

async fn an_offer_is_taken_back_before_it_is_accepted(h: &Harness) {
    let mut desk = desk(h, 2_000).await;
    let withdraw = |desk: &Desk, remedy: &v1::Remedy| v1::WithdrawRemedyRequest {
        name: remedy.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        note: "out of stock".to_owned(),
        ..Default::default()
    };
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    let gone = desk.client.call(withdraw(&desk, &offer)).await.unwrap();
    assert_eq!(gone.remedy.unwrap().state(), RemedyState::Withdrawn);
    desk.case = gone.case.unwrap();
    let other = desk.agree_on(RemedyKind::PartialRefund, terms_of(500)).await;
    let late = desk.client.call(withdraw(&desk, &other)).await;
    let _ = refused(late, Code::FailedPrecondition, Reason::IllegalTransition);
}

async fn the_buyers_own_click_needs_no_lease(h: &Harness) {
    let mut desk = desk(h, 2_000).await;
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    desk.wait(v1::WaitReason::Buyer, None).await.unwrap();
    let click = v1::RecordAnswerRequest {
        name: offer.name.clone(),
        answer: BuyerAnswer::Accepted.into(),
        note: "yes please".to_owned(),
        ..Default::default()
    };
    let bare = desk.client.call(click.clone()).await;
    let _ = refused(bare, Code::InvalidArgument, Reason::InvalidField);
    let back_end = h.client_as("connector", &[Role::Ingest]).await;
    let answer = back_end.call(click).await.unwrap();
    assert_eq!(answer.remedy.unwrap().state(), RemedyState::Accepted);
    assert_ne!(answer.case.unwrap().state(), CaseState::WaitingBuyer, "it is our turn now");
}

async fn an_offer_ends_before_the_channel_decides(h: &Harness) {
    let desk_case = {
        let desk = desk(h, 2_000).await;
        let deadline = h.now() + Span::from_hours(20);
        let asked = amends_tests::make::return_request("ret-1", "o1", h.now());
        h.say(v1::ReturnSignal { channel_deadline: Some(stamp(deadline)), ..asked }).await;
        (desk, deadline)
    };
    let (mut desk, deadline) = desk_case;
    desk.look().await;
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    assert!(time(offer.expire_time) <= deadline, "no offer runs past it");
}

async fn a_suggestion_is_stored_with_every_number(h: &Harness) {
    let mut desk = desk(h, 2_000).await;
    let suggestion = desk.suggest().await;
    assert!(!suggestion.alternatives.is_empty() && !suggestion.ineligible.is_empty());
    for (place, alternative) in suggestion.alternatives.iter().enumerate() {
        assert_eq!(alternative.rank, i32::try_from(place).unwrap() + 1);
        assert!(alternative.explanation.iter().any(|n| n.unit == "probability"), "{alternative:?}");
        assert!(alternative.expected_cost.is_some());
    }
    assert!(suggestion.ineligible.iter().all(|one| !one.rule.is_empty()));
    let chosen = &suggestion.alternatives[0];
    let offer = v1::OfferRemedyRequest {
        suggestion: suggestion.name.clone(),
        ..desk.offering(chosen.kind(), chosen.terms.clone().unwrap())
    };
    let offered = desk.client.call(offer.clone()).await.unwrap();
    assert_eq!(offered.remedy.unwrap().terms, chosen.terms);
    desk.case = offered.case.unwrap();
    let elsewhere = v1::OfferRemedyRequest {
        suggestion: "shops/main/suggestions/sug_0198c0de0000700080000000000000aa".to_owned(),
        ..desk.offering(RemedyKind::Coupon, terms_of(100))
    };
    let _ = refused(desk.client.call(elsewhere).await, Code::NotFound, Reason::SuggestionNotFound);
}

async fn an_offer_that_cannot_be_made_says_why(h: &Harness) {
    let mut desk = desk(h, 2_000).await;
    let two = v1::RemedyTerms { quantity: 2, ..terms() };
    let more_than_bought = desk.offer(RemedyKind::Replacement, two).await;
    let _ = refused(more_than_bought, Code::InvalidArgument, Reason::QuantityExceedsPurchased);
    let too_much = desk.offer(RemedyKind::PartialRefund, terms_of(2_001)).await;
    let _ = refused(too_much, Code::FailedPrecondition, Reason::GrantExceedsPaid);
    let foreign = v1::Money { minor_units: 500, currency: "USD".to_owned() };
    let abroad = v1::RemedyTerms { amount: Some(foreign), ..terms() };
    let wrong_currency = desk.offer(RemedyKind::PartialRefund, abroad).await;
    let _ = refused(wrong_currency, Code::InvalidArgument, Reason::CurrencyMismatch);
    desk.agree_on(RemedyKind::Replacement, terms()).await;
    let beside_it = desk.offer(RemedyKind::RefundWithoutReturn, terms()).await;
    let _ = refused(beside_it, Code::FailedPrecondition, Reason::UnitAlreadyRemedied);
}
