//! Remedies on their way: carried out, failed, tried again, and never two for one unit.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, line, order, review, terms, terms_of};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{BuyerAnswer, FulfilmentState, Reason, RemedyKind, RemedyState};

flow!(
    a_remedy_that_failed_is_tried_again,
    a_failed_remedy_gives_its_units_back,
    what_is_shipped_needs_a_tracking_number,
    of_many_offers_at_once_one_gets_the_unit,
    what_is_granted_never_exceeds_what_was_paid,
    a_promise_that_is_not_kept_in_time_is_said,
    remedies_are_listed_by_state_and_kind
);

async fn desk(h: &Harness) -> Desk {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    Desk::work_on(h.client(), &case).await
}

async fn a_remedy_that_failed_is_tried_again(h: &Harness) {
    let mut desk = desk(h).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    let agent = h.client_as("mia", &[Role::Agent]).await;
    let by_agent = report(&agent, &remedy.name, FulfilmentState::Executing).await;
    let _ = refused(by_agent, Code::PermissionDenied, Reason::RoleMissing);
    for (state, expected) in [
        (FulfilmentState::Executing, RemedyState::Executing),
        (FulfilmentState::Failed, RemedyState::Failed),
        (FulfilmentState::Executing, RemedyState::Executing),
        (FulfilmentState::Fulfilled, RemedyState::Fulfilled),
    ] {
        let reported = report(h.client(), &remedy.name, state).await.unwrap();
        assert_eq!(reported.state(), expected);
    }
    let after = report(h.client(), &remedy.name, FulfilmentState::Failed).await;
    let failure = refused(after, Code::FailedPrecondition, Reason::IllegalTransition);
    assert_eq!(failure.metadata["state"], "FULFILLED");
}

async fn a_failed_remedy_gives_its_units_back(h: &Harness) {
    let mut desk = desk(h).await;
    let first = desk.agree_on(RemedyKind::Replacement, terms()).await;
    report(h.client(), &first.name, FulfilmentState::Failed).await.unwrap();
    desk.look().await;
    desk.agree_on(RemedyKind::RefundWithoutReturn, terms()).await;
    let again = report(h.client(), &first.name, FulfilmentState::Executing).await;
    let _ = refused(again, Code::FailedPrecondition, Reason::UnitAlreadyRemedied);
}

async fn what_is_shipped_needs_a_tracking_number(h: &Harness) {
    let mut desk = desk(h).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    let bare = v1::Fulfilment { state: FulfilmentState::Fulfilled.into(), ..Default::default() };
    let request = v1::ReportFulfilmentRequest {
        name: remedy.name.clone(),
        fulfilment: Some(bare),
        ..Default::default()
    };
    let failure = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(amends_tests::refusal::fields(&failure), ["fulfilment.tracking"]);
}

async fn of_many_offers_at_once_one_gets_the_unit(h: &Harness) {
    let desk = desk(h).await;
    let kinds = [RemedyKind::Replacement, RemedyKind::RefundWithoutReturn];
    let offers = (0..32).map(|n| desk.client.call(desk.offering(kinds[n % 2], terms())));
    let offered = futures::future::join_all(offers).await;
    let (made, refusals): (Vec<_>, Vec<_>) = offered.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1, "a unit is remedied once");
    for result in refusals {
        let error = result.unwrap_err();
        assert!(matches!(error.code(), Some(Code::Aborted | Code::FailedPrecondition)), "{error}");
    }
    let listed = v1::ListRemediesRequest { parent: MAIN.to_owned(), ..Default::default() };
    assert_eq!(h.client().call(listed).await.unwrap().remedies.len(), 1);
}

async fn what_is_granted_never_exceeds_what_was_paid(h: &Harness) {
    let three = v1::OrderLine { quantity: 3, ..line("1") };
    h.say(v1::OrderSignal { lines: vec![three], ..order("o1") }).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let boss = h.client_as("boss", &[Role::Supervisor]).await;
    for _ in 0..2 {
        // More than the shop gives for keeping a bottle: another person agrees.
        let refund = desk.offer(RemedyKind::PartialRefund, terms_of(2_500)).await.unwrap();
        assert_eq!(refund.state(), RemedyState::AwaitingApproval);
        let request = v1::ApproveRemedyRequest {
            name: refund.name.clone(),
            etag: desk.case.etag.clone(),
            ..Default::default()
        };
        boss.call(request).await.unwrap();
        desk.look().await;
        desk.answer(&refund, BuyerAnswer::Accepted).await.unwrap();
    }
    let third = desk.offer(RemedyKind::PartialRefund, terms_of(1_001)).await;
    let _ = refused(third, Code::FailedPrecondition, Reason::GrantExceedsPaid);
    desk.look().await;
    desk.agree_on(RemedyKind::PartialRefund, terms_of(1_000)).await;
    let fourth = desk.offer(RemedyKind::Replacement, terms()).await;
    let _ = refused(fourth, Code::FailedPrecondition, Reason::UnitAlreadyRemedied);
}

async fn a_promise_that_is_not_kept_in_time_is_said(h: &Harness) {
    let mut desk = desk(h).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.advance(Span::from_days(8)).await;
    let request = v1::ListEventsRequest { parent: MAIN.to_owned(), ..Default::default() };
    let events = h.client().call(request).await.unwrap().events;
    let said = |event: &v1::Event| event.event_type.contains("overdue") && event.subject == remedy.name;
    assert!(events.iter().any(said), "{:?}", events.iter().map(|e| &e.event_type).collect::<Vec<_>>());
}

async fn remedies_are_listed_by_state_and_kind(h: &Harness) {
    let mut desk = desk(h).await;
    let refund = desk.agree_on(RemedyKind::PartialRefund, terms_of(300)).await;
    h.advance(Span::from_secs(1)).await;
    let coupon = desk.offer(RemedyKind::Coupon, terms_of(100)).await.unwrap();
    let list = |states: Vec<i32>, kinds: Vec<i32>| v1::ListRemediesRequest {
        parent: MAIN.to_owned(),
        case: desk.case.name.clone(),
        states,
        kinds,
        ..Default::default()
    };
    let names = |r: v1::ListRemediesResponse| r.remedies.into_iter().map(|r| r.name).collect::<Vec<_>>();
    let all = h.client().call(list(vec![], vec![])).await.unwrap();
    assert_eq!(names(all), [coupon.name.clone(), refund.name.clone()], "the newest first");
    let accepted = h.client().call(list(vec![RemedyState::Accepted.into()], vec![])).await.unwrap();
    assert_eq!(names(accepted), [refund.name]);
    let coupons = h.client().call(list(vec![], vec![RemedyKind::Coupon.into()])).await.unwrap();
    assert_eq!(names(coupons), [coupon.name]);
}
