//! Request ids: a retry repeats the answer and never the act.

use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review, terms, terms_of};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{Reason, RemedyKind};

flow!(
    a_repeated_write_answers_the_first_result,
    a_repeated_claim_does_not_claim_another_case,
    a_request_id_is_not_used_for_two_contents,
    a_refused_write_may_be_tried_again_under_its_id,
    a_repeated_batch_answers_duplicates
);

async fn desk(h: &Harness) -> Desk {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    Desk::work_on(h.client(), &case).await
}

async fn a_repeated_write_answers_the_first_result(h: &Harness) {
    let desk = desk(h).await;
    let request = v1::OfferRemedyRequest {
        request_id: "offer-1".to_owned(),
        ..desk.offering(RemedyKind::Replacement, terms())
    };
    let first = h.client().call(request.clone()).await.unwrap();
    let second = h.client().call(request.clone()).await.unwrap();
    assert_eq!(first, second);
    let at_once = futures::future::join_all((0..8).map(|_| h.client().call(request.clone()))).await;
    assert!(at_once.into_iter().all(|again| again.unwrap() == first));
    let list = v1::ListRemediesRequest { parent: MAIN.to_owned(), ..Default::default() };
    assert_eq!(h.client().call(list).await.unwrap().remedies.len(), 1);
}

async fn a_repeated_claim_does_not_claim_another_case(h: &Harness) {
    for n in 0..2 {
        h.say(order(&format!("o{n}"))).await;
        h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await;
    }
    let request = v1::ClaimNextCaseRequest {
        parent: MAIN.to_owned(),
        request_id: "claim-1".to_owned(),
        ..Default::default()
    };
    let claims = futures::future::join_all((0..8).map(|_| h.client().call(request.clone()))).await;
    let names: Vec<String> = claims.into_iter().map(|c| c.unwrap().case.unwrap().name).collect();
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
}

async fn a_request_id_is_not_used_for_two_contents(h: &Harness) {
    let desk = desk(h).await;
    let id = || "offer-1".to_owned();
    let one = desk.offering(RemedyKind::PartialRefund, terms_of(300));
    h.client().call(v1::OfferRemedyRequest { request_id: id(), ..one }).await.unwrap();
    let other = desk.offering(RemedyKind::PartialRefund, terms_of(400));
    let reused = h.client().call(v1::OfferRemedyRequest { request_id: id(), ..other }).await;
    let _ = refused(reused, Code::InvalidArgument, Reason::RequestIdReused);
    let elsewhere =
        v1::ClaimNextCaseRequest { parent: MAIN.to_owned(), request_id: id(), ..Default::default() };
    let _ = refused(h.client().call(elsewhere).await, Code::InvalidArgument, Reason::RequestIdReused);
}

async fn a_refused_write_may_be_tried_again_under_its_id(h: &Harness) {
    let mut desk = desk(h).await;
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    let solve = |etag: &str| v1::SolveCaseRequest {
        name: desk.case.name.clone(),
        request_id: "solve-1".to_owned(),
        etag: etag.to_owned(),
        fence: desk.lease.fence,
        outcome: v1::CaseOutcome::TalkedThrough.into(),
        ..Default::default()
    };
    let early = h.client().call(solve(&desk.case.etag)).await;
    let _ = refused(early, Code::FailedPrecondition, Reason::RemedyInFlight);
    let mut after = Desk { client: desk.client.clone(), case: desk.case.clone(), lease: desk.lease.clone() };
    after.answer(&offer, v1::BuyerAnswer::Declined).await.unwrap();
    let solved = h.client().call(solve(&after.case.etag)).await.unwrap();
    assert_eq!(solved.case.unwrap().state(), v1::CaseState::Solved);
}

async fn a_repeated_batch_answers_duplicates(h: &Harness) {
    let request = v1::RecordRequest {
        parent: MAIN.to_owned(),
        request_id: "batch-1".to_owned(),
        signals: vec![h.signal(order("o1")), h.signal(review("r1", "o1", 1, LEAKS))],
    };
    let first = h.client().call(request.clone()).await.unwrap().results;
    let second = h.client().call(request.clone()).await.unwrap().results;
    for (first, second) in first.iter().zip(&second) {
        assert_eq!((&first.signal_id, &first.case), (&second.signal_id, &second.case));
        assert_eq!(second.first_record_time, first.first_record_time);
    }
    let other = v1::RecordRequest { signals: vec![h.signal(order("o2"))], ..request };
    let _ = refused(h.client().call(other).await, Code::InvalidArgument, Reason::RequestIdReused);
}
