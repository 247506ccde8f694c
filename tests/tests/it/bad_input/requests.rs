//! Requests that are wrong as a whole.

use amends_client::{Failure, v1};
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, message, order, review, terms};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use tonic::Code;
use v1::Reason;

flow!(
    a_batch_holds_one_to_a_thousand_signals,
    a_message_above_the_limit_is_refused,
    a_name_that_is_none_is_a_field_and_not_a_missing_thing,
    an_offer_is_checked_in_every_field,
    a_verb_is_checked_in_every_field,
    a_list_is_checked_in_every_field,
    a_cohort_is_checked,
    too_many_violations_still_fit_into_an_answer
);

async fn a_batch_holds_one_to_a_thousand_signals(h: &Harness) {
    let batch = |signals| v1::RecordRequest { parent: MAIN.to_owned(), signals, ..Default::default() };
    let none = h.client().call(batch(Vec::new())).await;
    let _ = refused(none, Code::InvalidArgument, Reason::InvalidField);
    let many: Vec<v1::Signal> = (0..1_001).map(|n| h.signal(order(&format!("o{n}")))).collect();
    let failure =
        refused(h.client().call(batch(many.clone())).await, Code::InvalidArgument, Reason::BatchTooLarge);
    assert_eq!(refusal::fields(&failure), ["signals"]);
    let thousand = many.into_iter().take(1_000).collect();
    let results = h.client().call(batch(thousand)).await.unwrap().results;
    assert!(results.iter().all(|r| r.disposition() == v1::SignalDisposition::Accepted));
}

async fn a_message_above_the_limit_is_refused(h: &Harness) {
    let text = "ø".repeat(10_000);
    let signals = (0..600).map(|n| h.signal(message(&format!("m{n}"), "o1", &text))).collect();
    let request = v1::RecordRequest { parent: MAIN.to_owned(), signals, ..Default::default() };
    let status = h.client().ingest().max_encoding_message_size(usize::MAX).record(request).await.unwrap_err();
    let failure = Failure::from(&status);
    assert_eq!(failure.code, Code::ResourceExhausted, "{failure}");
    assert_eq!(failure.reason, Some(Reason::MessageTooLarge));
    assert!(h.cases(MAIN).await.is_empty());
}

async fn a_name_that_is_none_is_a_field_and_not_a_missing_thing(h: &Harness) {
    for name in ["", "main", "shops/main/cases/", "shops/main/cases/case_xyz", "cases/x", "shops//cases/x"] {
        let request = v1::GetCaseRequest { name: name.to_owned() };
        let failure = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
        assert_eq!(refusal::fields(&failure), ["name"], "{name:?}");
    }
    let unknown = v1::GetCaseRequest { name: format!("{MAIN}/cases/case_{:032x}", 7) };
    let error = h.client().call(unknown).await.unwrap_err();
    assert!(matches!(error.reason(), Some(Reason::CaseNotFound | Reason::InvalidField)), "{error}");
}

async fn an_offer_is_checked_in_every_field(h: &Harness) {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let desk = Desk::work_on(h.client(), &case).await;
    let wrong = v1::OfferRemedyRequest {
        case: case.clone(),
        request_id: "x".repeat(65),
        etag: "yesterday".to_owned(),
        fence: 0,
        suggestion: "sug_1".to_owned(),
        kind: 0,
        terms: None,
        life: Some(prost_types::Duration { seconds: 1, nanos: 0 }),
        customer_text: "x".repeat(2_001),
        follows: "rem_1".to_owned(),
    };
    let failure = refused(h.client().call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    let mut paths = refusal::fields(&failure);
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["customer_text", "etag", "fence", "follows", "kind", "life", "request_id", "suggestion", "terms"]
    );
    let unknown = v1::OfferRemedyRequest { kind: 99, ..desk.offering(v1::RemedyKind::Replacement, terms()) };
    let failure = refused(h.client().call(unknown).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["kind"]);
    let odd = v1::RemedyTerms { quantity: 0, item_disposal: Some(0), ..terms() };
    let offer = desk.offering(v1::RemedyKind::Exchange, odd);
    let failure = refused(h.client().call(offer).await, Code::InvalidArgument, Reason::InvalidField);
    assert!(refusal::fields(&failure).contains(&"terms.quantity"), "{failure}");
    assert_eq!(h.case(&case).await.etag, desk.case.etag, "nothing was written");
}

async fn a_verb_is_checked_in_every_field(h: &Harness) {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let desk = Desk::work_on(h.client(), &case).await;
    let solve = v1::SolveCaseRequest {
        name: case.clone(),
        etag: String::new(),
        fence: -1,
        outcome: 0,
        note: "x".repeat(2_001),
        reason: Some(0),
        ..Default::default()
    };
    let failure = refused(h.client().call(solve).await, Code::InvalidArgument, Reason::InvalidField);
    let mut paths = refusal::fields(&failure);
    paths.sort_unstable();
    assert_eq!(paths, ["etag", "fence", "note", "outcome", "reason"]);
    let note = v1::AddCaseNoteRequest {
        name: case.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        text: " ".to_owned(),
        ..Default::default()
    };
    let failure = refused(h.client().call(note).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["text"]);
    let contact = v1::RecordContactRequest {
        name: case,
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        medium: 0,
        ..Default::default()
    };
    let failure = refused(h.client().call(contact).await, Code::InvalidArgument, Reason::InvalidField);
    assert!(refusal::fields(&failure).contains(&"medium"), "{failure}");
}

async fn a_list_is_checked_in_every_field(h: &Harness) {
    let wrong = v1::ListCasesRequest {
        parent: "main".to_owned(),
        page_size: 201,
        order: Some(0),
        filter: Some(v1::CaseFilter {
            states: vec![0],
            kinds: vec![77],
            buyer: "not a pseudonym".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    };
    let failure = refused(h.client().call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    let paths = refusal::fields(&failure);
    for path in ["parent", "page_size", "order", "filter.states[0]", "filter.kinds[0]", "filter.buyer"] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
}

async fn a_cohort_is_checked(h: &Harness) {
    let ask = |start: &str, end: &str| v1::GetReturnsRequest {
        parent: MAIN.to_owned(),
        cohort: Some(amends_tests::make::days(start, end)),
        ..Default::default()
    };
    for (start, end) in
        [("2026-02-30", "2026-03-02"), ("2026-03-02", "2026-03-02"), ("2020-01-01", "2026-01-01")]
    {
        let failure =
            refused(h.client().call(ask(start, end)).await, Code::InvalidArgument, Reason::InvalidField);
        assert!(refusal::fields(&failure)[0].starts_with("cohort"), "{failure}");
    }
    let none = v1::GetReturnsRequest { parent: MAIN.to_owned(), ..Default::default() };
    let failure = refused(h.client().call(none).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["cohort"]);
}

async fn too_many_violations_still_fit_into_an_answer(h: &Harness) {
    let inputs = vec![v1::DetectInput { rating: Some(9), ..v1::DetectInput::default() }; 1_000];
    let failure = refused(
        h.client().call(v1::DetectRequest { inputs }).await,
        Code::InvalidArgument,
        Reason::InvalidField,
    );
    assert!(failure.violations.len() > 10, "as many as fit");
    assert!(failure.violations.last().unwrap().description.contains("more"), "and how many more there are");
}
