//! The proof that no remedy of a case depended on a review, over the wire.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::harness::{MAIN, last};
use amends_tests::make::{LEAKS, delivery, order, review, terms, terms_of};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{AttestationPromise, AttestationStep, AttestationVerdict, FulfilmentState, Reason, RemedyKind};

flow!(
    a_remedy_that_was_fulfilled_before_the_ask_is_proven,
    a_decision_that_was_tampered_with_breaks_the_proof,
    a_merged_case_leads_to_its_heir_and_keeps_its_links,
    whoever_may_not_read_cases_reads_no_proof,
    an_ask_holds_no_offer_back
);

async fn attest(h: &Harness, case: &str) -> v1::AttestCaseResponse {
    let request = v1::AttestCaseRequest { name: case.to_owned(), ..Default::default() };
    h.client().call(request).await.unwrap()
}

fn verdict(of: &v1::AttestCaseResponse, promise: AttestationPromise) -> AttestationVerdict {
    of.checks.iter().find(|check| check.promise() == promise).unwrap().verdict()
}

fn steps(of: &v1::AttestCaseResponse) -> Vec<AttestationStep> {
    of.links.iter().map(v1::AttestationLink::step).collect()
}

async fn leaking(h: &Harness, n: u32) -> (Desk, String) {
    let (order_id, review_id) = (format!("o{n}"), format!("r{n}"));
    h.say(order(&order_id)).await;
    h.say(delivery(&order_id)).await;
    let said = v1::ReviewSignal { buyer_id: "buyer".to_owned(), ..review(&review_id, &order_id, 2, LEAKS) };
    let heard = h.say(said).await;
    (Desk::work_on(h.client(), &heard.case).await, format!("{MAIN}/reviews/{review_id}"))
}

/// Suggested, offered, accepted, asked too early, fulfilled, asked in time.
async fn whole(h: &Harness) -> (Desk, String) {
    let (mut desk, about) = leaking(h, 1).await;
    let suggestion = desk.suggest().await.name;
    let offer = v1::OfferRemedyRequest { suggestion, ..desk.offering(RemedyKind::Replacement, terms()) };
    let offered = h.client().call(offer).await.unwrap();
    desk.case = offered.case.unwrap();
    let remedy = desk.answer(&offered.remedy.unwrap(), v1::BuyerAnswer::Accepted).await.unwrap();
    let _ = refused(desk.ask(&about).await, Code::FailedPrecondition, Reason::GuardrailRefused);
    report(h.client(), &remedy.name, FulfilmentState::Fulfilled).await.unwrap();
    desk.look().await;
    desk.solve(v1::CaseOutcome::RemedyFulfilled).await.unwrap();
    h.advance(Span::from_days(3)).await;
    desk.look().await;
    desk.ask(&about).await.unwrap();
    (desk, about)
}

async fn a_remedy_that_was_fulfilled_before_the_ask_is_proven(h: &Harness) {
    let (desk, about) = whole(h).await;
    let found = attest(h, &desk.case.name).await;
    let expected = [
        AttestationStep::Offered,
        AttestationStep::Accepted,
        AttestationStep::Refused,
        AttestationStep::Fulfilled,
        AttestationStep::Asked,
    ];
    assert_eq!(steps(&found), expected, "{:#?}", found.checks);
    assert!(found.holds, "{:#?}", found.checks);
    let applies = |check: &v1::AttestationCheck| check.verdict() == AttestationVerdict::Holds;
    assert!(found.checks.iter().all(applies), "{:#?}", found.checks);
    assert_eq!(found.checks.len(), 7);
    let offered = &found.links[0];
    let decision = offered.decision.as_ref().unwrap();
    assert!(decision.stored && decision.allowed && decision.action == "offer");
    assert_eq!(decision.decide_time, offered.record_time, "decided in the same transaction");
    assert!(decision.terms.iter().any(|fact| fact.name == "reason" && fact.value == "DAMAGED"));
    assert!(offered.suggestion.as_ref().unwrap().inputs.contains(&"line.unit_price".to_owned()));
    assert_eq!(found.links[2].rule, "G03");
    assert!(found.links[3].fulfil_time.is_some());
    assert_eq!(found.reviews[0].review, about);
    assert_eq!(found.reviews[0].ask_time, found.links[4].record_time);
    // The timeline names the same decision.
    let timeline = h.timeline(&desk.case.name).await;
    let step = timeline.iter().find_map(|entry| match &entry.entry {
        Some(v1::timeline_entry::Entry::RemedyOffered(step)) => Some(step),
        _ => None,
    });
    assert_eq!(step.unwrap().decision, decision.name);
    the_chain_is_stable_and_comes_in_pages(h, &desk, &found).await;
}

async fn the_chain_is_stable_and_comes_in_pages(h: &Harness, desk: &Desk, found: &v1::AttestCaseResponse) {
    // A later chain begins with the same links, and its head is another.
    h.advance(Span::from_days(1)).await;
    let again = attest(h, &desk.case.name).await;
    assert_eq!((&again.links, &again.head_hash), (&found.links, &found.head_hash));
    assert_eq!(found.links.last().unwrap().hash, found.head_hash);
    let mut request =
        v1::AttestCaseRequest { name: desk.case.name.clone(), page_size: 2, ..Default::default() };
    let mut paged = Vec::new();
    loop {
        let page = h.client().call(request.clone()).await.unwrap();
        assert_eq!((page.link_count, &page.head_hash), (5, &found.head_hash), "all of it on every page");
        paged.extend(page.links);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, found.links);
    request.page_size = 201;
    let _ = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
}

async fn change(h: &Harness, statement: &str) {
    let tx = h.app.store().begin().await.unwrap();
    tx.script(statement).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_decision_that_was_tampered_with_breaks_the_proof(h: &Harness) {
    let (desk, _) = whole(h).await;
    let before = attest(h, &desk.case.name).await;
    let id = last(&before.links[0].decision.as_ref().unwrap().name).to_owned();
    let of = format!("WHERE decision_id = '{id}'");
    // Somebody writes into the database that the stars were looked at.
    change(h, &format!("UPDATE decisions SET body = replace(body, '\"answers\"', '\"rating\"') {of}")).await;
    let read = attest(h, &desk.case.name).await;
    assert_eq!(verdict(&read, AttestationPromise::NoReviewInputs), AttestationVerdict::Broken);
    let check = read.checks.iter().find(|check| check.fault_count > 0).unwrap();
    assert!(check.faults[0].link == 1 && check.faults[0].message.contains("`rating`"), "{check:?}");
    assert!(!read.holds);
    assert_ne!(read.head_hash, before.head_hash, "whoever kept the print-out sees it");
    assert_eq!(verdict(&read, AttestationPromise::OffersDecided), AttestationVerdict::Holds);
    // Or that it was refused, or takes it away.
    change(h, &format!("UPDATE decisions SET allowed = FALSE {of}")).await;
    let read = attest(h, &desk.case.name).await;
    assert_eq!(verdict(&read, AttestationPromise::OffersDecided), AttestationVerdict::Broken);
    change(h, &format!("DELETE FROM decisions {of}")).await;
    let read = attest(h, &desk.case.name).await;
    assert!(!read.links[0].decision.as_ref().unwrap().stored);
    for promise in [
        AttestationPromise::OffersDecided,
        AttestationPromise::NoReviewInputs,
        AttestationPromise::DecidedWithOffer,
    ] {
        assert_eq!(verdict(&read, promise), AttestationVerdict::Broken);
    }
    assert_eq!(verdict(&read, AttestationPromise::FulfilledBeforeAsk), AttestationVerdict::Holds);
}

async fn a_merged_case_leads_to_its_heir_and_keeps_its_links(h: &Harness) {
    let (mut desk, _) = leaking(h, 1).await;
    let (mut other, _) = leaking(h, 2).await;
    let declined = other.offer(RemedyKind::Replacement, terms()).await.unwrap();
    other.answer(&declined, v1::BuyerAnswer::Declined).await.unwrap();
    desk.agree_on(RemedyKind::Replacement, terms()).await;
    let before = attest(h, &desk.case.name).await;
    desk.look().await;
    let merge = v1::MergeCaseRequest {
        name: other.case.name.clone(),
        etag: other.case.etag.clone(),
        fence: other.lease.fence,
        into: desk.case.name.clone(),
        into_etag: desk.case.etag.clone(),
        ..Default::default()
    };
    h.client().call(merge).await.unwrap();
    let found = attest(h, &other.case.name).await;
    assert_eq!(found.case, desk.case.name, "it leads there");
    assert!(found.holds, "{:#?}", found.checks);
    assert_eq!(found.links[..2], before.links[..], "what was printed is the beginning");
    let expected = [
        AttestationStep::Offered,
        AttestationStep::Accepted,
        AttestationStep::Offered,
        AttestationStep::Declined,
        AttestationStep::Absorbed,
    ];
    assert_eq!(steps(&found), expected);
    assert_eq!(found.links[2].case, other.case.name);
    assert_eq!(found.links[4].subject, other.case.name);
}

async fn whoever_may_not_read_cases_reads_no_proof(h: &Harness) {
    let (desk, _) = leaking(h, 1).await;
    let name = desk.case.name.clone();
    let request = |name: &str| v1::AttestCaseRequest { name: name.to_owned(), ..Default::default() };
    let nothing = attest(h, &name).await;
    assert!(nothing.holds && nothing.links.is_empty());
    assert_eq!(nothing.head_hash, nothing.beginning_hash);
    let nan = h.client_as("nan", &[Role::Analyst]).await;
    nan.call(request(&name)).await.unwrap();
    let connector = h.client_as("connector", &[Role::Ingest]).await;
    let _ = refused(connector.call(request(&name)).await, Code::PermissionDenied, Reason::RoleMissing);
    let other = h.open_shop("other", "own_store").await;
    let stranger = h.client_in("stranger", &[Role::Agent], &[&other]).await;
    let _ = refused(stranger.call(request(&name)).await, Code::NotFound, Reason::ShopNotFound);
    let unknown = format!("{MAIN}/cases/case_{:032x}", 7);
    let _ = refused(h.client().call(request(&unknown)).await, Code::NotFound, Reason::CaseNotFound);
    let _ = refused(h.client().call(request("case_7")).await, Code::InvalidArgument, Reason::InvalidField);
}

/// An unasked offer comes within three days of an ask: what was said about a review is not among what
/// a remedy depends on.
async fn an_ask_holds_no_offer_back(h: &Harness) {
    whole(h).await;
    h.say(v1::OrderSignal { buyer_id: "buyer".to_owned(), ..order("o9") }).await;
    let late = v1::ShipmentSignal {
        state: v1::ShipmentState::Failed.into(),
        shipment_id: "p9".to_owned(),
        ..delivery("o9")
    };
    let opened = h.say(late).await;
    let mut desk = Desk::claim(h.client(), &opened.case).await;
    assert_eq!(desk.case.kind(), v1::CaseKind::Delivery);
    let offered = desk.offer(RemedyKind::Coupon, terms_of(300));
    offered.await.unwrap();
    let found = attest(h, &desk.case.name).await;
    let inputs = &found.links[0].decision.as_ref().unwrap().inputs;
    let input = |name: &str| inputs.iter().find(|fact| fact.name == name).unwrap().value.as_str();
    assert_eq!((input("unasked"), input("contacts_in_3_days")), ("true", "0"));
}
