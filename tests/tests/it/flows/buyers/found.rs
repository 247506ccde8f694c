//! What turns out to be an erased buyer's only when they are erased already, or not through an order of theirs.

use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, WRONG_SIZE, message, order, return_request, review};
use amends_tests::{Desk, Harness};

use super::life::{BUYER, MARK, OTHERS, erase, nothing_stands};

/// A review that names neither who wrote it nor what about.
fn nameless(id: &str) -> v1::ReviewSignal {
    v1::ReviewSignal {
        order_id: String::new(),
        line_id: String::new(),
        buyer_id: String::new(),
        ..review(id, "o1", 1, &format!("{LEAKS} {MARK}"))
    }
}

/// Somebody works on the case of a review and writes about it.
async fn noted(h: &Harness, id: &str) {
    let case = h.say(nameless(id)).await.case;
    let mut desk = Desk::claim(h.client(), &case).await;
    desk.note(&format!("{MARK} may be a customer")).await.unwrap();
}

pub(super) async fn a_review_that_turns_out_to_be_about_an_erased_buyers_order_keeps_no_word(h: &Harness) {
    h.say(order("o1")).await;
    h.say(v1::OrderSignal { buyer_id: BUYER.to_owned(), ..order("o3") }).await;
    h.say(message("m3", "o3", WRONG_SIZE)).await;
    // The case of the first moves to an order without one, that of the second becomes part of another.
    noted(h, "r9").await;
    noted(h, "r10").await;
    let erased = erase(h, BUYER).await;
    assert!(erased.done, "{erased:?}");
    let get = v1::GetErasureRequest { name: erased.name };
    for (id, order) in [("r9", "o1"), ("r10", "o3")] {
        assert!(nothing_stands(h, &[MARK]).await.is_err(), "nobody knows whose {id} is");
        h.say(v1::ReviewSignal { order_id: order.to_owned(), ..nameless(id) }).await;
        let again = h.client().call(get.clone()).await.unwrap().erasure.unwrap();
        assert!(!again.done && again.done_time.is_some(), "there is more to go through: {again:?}");
        h.settle().await;
    }
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
    let done = h.client().call(get).await.unwrap().erasure.unwrap();
    assert!(done.done && done.done_time == erased.done_time, "{done:?}");
}

pub(super) async fn a_judgement_that_names_only_a_case_of_an_erased_buyers_order_keeps_no_comment(
    h: &Harness,
) {
    let case = h.say(v1::ReviewSignal { order_id: "o5".to_owned(), ..nameless("r5") }).await.case;
    let mut desk = Desk::work_on(h.client(), &case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    h.say(v1::OrderSignal { buyer_id: BUYER.to_owned(), ..order("o5") }).await;
    erase(h, BUYER).await;
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
    let judged = v1::SurveySignal {
        survey_id: "a5".to_owned(),
        case,
        kind: v1::SurveyKind::Csat.into(),
        score: 2,
        comment: format!("Not at all, {MARK}"),
        ..Default::default()
    };
    h.say(judged).await;
    assert_eq!(nothing_stands(h, &[MARK]).await, Ok(()), "not for a moment");
}

pub(super) async fn the_reason_of_a_return_goes_with_who_asked_for_it(h: &Harness) {
    h.say(order("o1")).await;
    h.say(order("o2")).await;
    let asked = |id: &str, order: &str, buyer: &str, said: &str| v1::ReturnSignal {
        buyer_id: buyer.to_owned(),
        raw_reason: said.to_owned(),
        ..return_request(id, order, h.now())
    };
    h.say(asked("b2", "o2", BUYER, MARK)).await;
    h.say(asked("b1", "o1", "buyer-of-o2", OTHERS)).await;
    let erased = erase(h, BUYER).await;
    assert_eq!(erased.counts.unwrap().return_count, 1);
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
    // The partner tells both once more, and names nobody for the first.
    h.say(asked("b2", "o2", "", &format!("once more {MARK}"))).await;
    h.say(asked("b1", "o1", "buyer-of-o2", &format!("once more {OTHERS}"))).await;
    h.settle().await;
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
    let stands = nothing_stands(h, &[OTHERS]).await.unwrap_err();
    assert!(stands.iter().any(|place| place.starts_with("returns.raw_reason")), "{stands:?}");
}

pub(super) async fn what_resolved_an_incident_is_not_written_to_an_erased_buyers_order(h: &Harness) {
    let case = h.say(v1::ReviewSignal { order_id: "o5".to_owned(), ..nameless("r5") }).await.case;
    h.say(v1::OrderSignal { buyer_id: BUYER.to_owned(), ..order("o5") }).await;
    let incident = v1::Incident { title: "Lids".to_owned(), ..Default::default() };
    let open =
        v1::OpenIncidentRequest { parent: MAIN.to_owned(), incident: Some(incident), ..Default::default() };
    let name = h.client().call(open).await.unwrap().incident.unwrap().name;
    let add = v1::AddIncidentCasesRequest { name, cases: vec![case.clone()], ..Default::default() };
    let incident = h.client().call(add).await.unwrap().incident.unwrap();
    erase(h, BUYER).await;
    let resolve = v1::ResolveIncidentRequest {
        name: incident.name,
        etag: incident.etag,
        note: format!("New lids leave today, {MARK}."),
        ..Default::default()
    };
    h.client().call(resolve).await.unwrap();
    let stands = nothing_stands(h, &[MARK]).await.unwrap_err();
    assert!(!stands.iter().any(|place| place.starts_with("texts.")), "{stands:?}");
}
