//! The first of the two examples that must always work: the wrong item arrives.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::harness::MAIN;
use amends_tests::make::{WRONG_SIZE, delivery, message, order, return_request, spring, time};
use amends_tests::{Desk, Harness, flow};
use v1::{CaseOutcome, FulfilmentState, RemedyKind, RemedyState, ReturnVerdict};

flow!(
    a_wrong_item_is_made_good_and_no_return_is_recorded,
    a_return_that_is_requested_after_all_takes_the_claim_back
);

/// Ordered, delivered, and two days later the buyer wants to send it back.
async fn wrong_item(h: &Harness) -> v1::Case {
    h.say(order("o1")).await;
    h.say(delivery("o1")).await;
    h.advance(Span::from_days(2)).await;
    let heard = h.say(message("m1", "o1", WRONG_SIZE)).await;
    let detection = heard.detection.unwrap();
    assert!(detection.return_intent);
    assert_eq!(detection.reasons[0].reason(), v1::ComplaintReason::WrongItem);
    assert!(heard.case_opened);
    let case = h.case(&heard.case).await;
    assert_eq!(case.kind(), v1::CaseKind::Return);
    assert_eq!(case.origin(), v1::CaseOrigin::Intent);
    assert_eq!(case.status(), v1::CaseStatus::Queued);
    case
}

/// An agent takes the case and the right article goes out.
async fn make_good(h: &Harness, case: &v1::Case) -> Desk {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let connector = h.client_as("connector", &[Role::Ingest]).await;
    let request = v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), ..Default::default() };
    let claimed = mia.call(request).await.unwrap();
    assert_eq!(claimed.case.as_ref().unwrap().name, case.name);
    let mut desk = Desk { client: mia, case: claimed.case.unwrap(), lease: claimed.lease.unwrap() };
    let suggestion = desk.suggest().await;
    let first = &suggestion.alternatives[0];
    assert_eq!(first.kind(), RemedyKind::Replacement, "ship the right one comes first");
    let text = "We ship the right size today; keep the other. The return stays open to you until 1 April.";
    let offered = v1::OfferRemedyRequest {
        suggestion: suggestion.name.clone(),
        customer_text: text.to_owned(),
        ..desk.offering(first.kind(), first.terms.clone().unwrap())
    };
    let offered = desk.client.call(offered).await.unwrap();
    desk.case = offered.case.unwrap();
    let remedy = offered.remedy.unwrap();
    assert_eq!(remedy.state(), RemedyState::Offered);
    assert_eq!(desk.case.status(), v1::CaseStatus::Offered);
    let remedy = desk.answer(&remedy, v1::BuyerAnswer::Accepted).await.unwrap();
    assert_eq!(remedy.state(), RemedyState::Accepted);
    report(&connector, &remedy.name, FulfilmentState::Executing).await.unwrap();
    let done = report(&connector, &remedy.name, FulfilmentState::Fulfilled).await.unwrap();
    assert_eq!(done.state(), RemedyState::Fulfilled);
    desk.look().await;
    desk.solve(CaseOutcome::RemedyFulfilled).await.unwrap();
    desk
}

async fn returns(h: &Harness) -> v1::ReturnsRow {
    let request =
        v1::GetReturnsRequest { parent: MAIN.to_owned(), cohort: Some(spring()), ..Default::default() };
    h.client().call(request).await.unwrap().rows.pop().unwrap()
}

/// What became of the danger of a return.
async fn verdict(h: &Harness, case: &str) -> ReturnVerdict {
    h.case(case).await.return_track.unwrap().verdict()
}

async fn a_wrong_item_is_made_good_and_no_return_is_recorded(h: &Harness) {
    let case = wrong_item(h).await;
    let helped = h.now();
    make_good(h, &case).await;
    assert_eq!(verdict(h, &case.name).await, ReturnVerdict::AvoidedProvisional);
    let row = returns(h).await;
    assert_eq!(row.avoided_intent_only.unwrap().provisional, 1);
    h.advance(Span::from_days(29)).await;
    assert_eq!(verdict(h, &case.name).await, ReturnVerdict::AvoidedProvisional);
    h.advance(Span::from_days(2)).await;
    assert_eq!(verdict(h, &case.name).await, ReturnVerdict::AvoidedConfirmed);
    let row = returns(h).await;
    let avoided = row.avoided_intent_only.unwrap();
    assert_eq!((avoided.provisional, avoided.confirmed, avoided.failed), (0, 1, 0));
    let rate = row.return_rate_units.unwrap();
    assert_eq!((rate.numerator, rate.denominator), (0, 1));
    let rescued = row.rescue_rate.unwrap();
    assert_eq!((rescued.numerator, rescued.denominator), (1, 1));
    let end = h.case(&case.name).await;
    assert_eq!(end.status(), v1::CaseStatus::Closed);
    assert_eq!(end.outcome(), CaseOutcome::RemedyFulfilled);
    let shipped = h.view(&case.name).await.remedies.pop().unwrap();
    assert_eq!(time(shipped.fulfil_time), helped);
    let told = v1::GetRemedyRequest { name: shipped.name };
    let told = h.client().call(told).await.unwrap().remedy.unwrap().customer_text;
    assert!(told.contains("The return stays open"), "what the buyer was told is kept: {told}");
}

async fn a_return_that_is_requested_after_all_takes_the_claim_back(h: &Harness) {
    let case = wrong_item(h).await;
    make_good(h, &case).await;
    h.advance(Span::from_days(31)).await;
    assert_eq!(returns(h).await.avoided_intent_only.unwrap().confirmed, 1);
    let asked = h.now();
    let request = return_request("ret-1", "o1", asked);
    h.say(v1::ReturnSignal { status: Some(v1::ReturnStatus::Approved.into()), quantity: 1, ..request }).await;
    let all = returns(h).await.avoided.unwrap();
    assert_eq!((all.provisional, all.confirmed, all.failed), (0, 0, 1), "a later return restates the figure");
}
