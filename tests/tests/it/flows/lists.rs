//! Lists: filters, orders, and pages that never skip or repeat.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, WRONG_SIZE, message, order, review};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{CaseKind, CaseOrder, CaseState, Reason};

flow!(
    cases_come_page_by_page_in_every_order,
    cases_are_filtered_by_what_a_board_shows,
    a_page_token_belongs_to_its_list,
    a_timeline_comes_page_by_page,
    reviews_and_their_versions_are_listed,
    a_text_is_heard_without_being_stored
);

async fn complaints(h: &Harness, count: usize) -> Vec<String> {
    let mut cases = Vec::new();
    for n in 0..count {
        h.say(order(&format!("o{n}"))).await;
        cases.push(h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await.case);
        h.advance(Span::from_minutes(1)).await;
    }
    cases
}

async fn pages(h: &Harness, order: CaseOrder, filter: Option<v1::CaseFilter>) -> Vec<String> {
    let (mut names, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListCasesRequest {
            parent: MAIN.to_owned(),
            page_size: 2,
            page_token,
            order: Some(order.into()),
            filter: filter.clone(),
        };
        let page = h.client().call(request).await.unwrap();
        assert!(page.cases.len() <= 2);
        names.extend(page.cases.into_iter().map(|case| case.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return names;
        }
    }
}

async fn cases_come_page_by_page_in_every_order(h: &Harness) {
    let mut cases = complaints(h, 5).await;
    assert_eq!(pages(h, CaseOrder::Queue, None).await, cases);
    cases.reverse();
    assert_eq!(pages(h, CaseOrder::Newest, None).await, cases);
}

async fn cases_are_filtered_by_what_a_board_shows(h: &Harness) {
    let cases = complaints(h, 3).await;
    h.say(order("wish")).await;
    let wish = h.say(message("m1", "wish", WRONG_SIZE)).await.case;
    Desk::work_on(h.client(), &cases[1]).await;
    let working = v1::CaseFilter { states: vec![CaseState::Working.into()], ..Default::default() };
    assert_eq!(pages(h, CaseOrder::Newest, Some(working)).await, [cases[1].clone()]);
    let returns = v1::CaseFilter { kinds: vec![CaseKind::Return.into()], ..Default::default() };
    assert_eq!(pages(h, CaseOrder::Newest, Some(returns)).await, [wish]);
    let mine = v1::CaseFilter { agents: vec!["root".to_owned()], ..Default::default() };
    assert_eq!(pages(h, CaseOrder::Newest, Some(mine)).await, [cases[1].clone()]);
    let of_order = v1::CaseFilter { order_id: "o2".to_owned(), ..Default::default() };
    assert_eq!(pages(h, CaseOrder::Newest, Some(of_order)).await, [cases[2].clone()]);
}

async fn a_page_token_belongs_to_its_list(h: &Harness) {
    complaints(h, 3).await;
    let request = v1::ListCasesRequest { parent: MAIN.to_owned(), page_size: 1, ..Default::default() };
    let token = h.client().call(request.clone()).await.unwrap().next_page_token;
    let other = v1::ListCasesRequest {
        page_token: token.clone(),
        order: Some(CaseOrder::Newest.into()),
        ..request.clone()
    };
    let _ = refused(h.client().call(other).await, Code::InvalidArgument, Reason::PageTokenInvalid);
    let shops = v1::ListShopsRequest { page_token: token, ..Default::default() };
    let _ = refused(h.client().call(shops).await, Code::InvalidArgument, Reason::PageTokenInvalid);
    let invented = v1::ListCasesRequest { page_token: "x".to_owned(), ..request };
    let _ = refused(h.client().call(invented).await, Code::InvalidArgument, Reason::PageTokenInvalid);
}

async fn a_timeline_comes_page_by_page(h: &Harness) {
    let case = complaints(h, 1).await.remove(0);
    let mut desk = Desk::work_on(h.client(), &case).await;
    for n in 0..5 {
        desk.note(&format!("note {n}")).await.unwrap();
    }
    let whole = h.timeline(&case).await;
    let (mut entries, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            v1::ListTimelineRequest { parent: case.clone(), page_size: 3, page_token, after_sequence: 0 };
        let page = h.client().call(request).await.unwrap();
        entries.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(entries, whole);
    let later = v1::ListTimelineRequest { parent: case, after_sequence: 4, ..Default::default() };
    assert_eq!(h.client().call(later).await.unwrap().entries, whole[4..]);
}

async fn reviews_and_their_versions_are_listed(h: &Harness) {
    complaints(h, 2).await;
    h.say(order("o9")).await;
    h.say(review("r9", "o9", 5, "Lovely.")).await;
    h.say(review("r0", "o0", 4, "They sent a new one.")).await;
    let list = |negative| v1::ListReviewsRequest {
        parent: MAIN.to_owned(),
        negative: Some(negative),
        ..Default::default()
    };
    let names = |r: v1::ListReviewsResponse| r.reviews.into_iter().map(|r| r.name).collect::<Vec<_>>();
    let bad = names(h.client().call(list(true)).await.unwrap());
    assert_eq!(bad, [format!("{MAIN}/reviews/r0"), format!("{MAIN}/reviews/r1")], "the last seen first");
    assert_eq!(names(h.client().call(list(false)).await.unwrap()), [format!("{MAIN}/reviews/r9")]);
    let request =
        v1::ListReviewVersionsRequest { parent: format!("{MAIN}/reviews/r0"), ..Default::default() };
    let versions = h.client().call(request).await.unwrap().versions;
    let told: Vec<(i32, i32)> = versions.iter().map(|v| (v.version, v.rating())).collect();
    assert_eq!(told, [(1, 1), (2, 4)]);
    assert_eq!(versions[1].diff_kind(), v1::ReviewDiffKind::Reversed);
}

async fn a_text_is_heard_without_being_stored(h: &Harness) {
    let input = v1::DetectInput {
        text: WRONG_SIZE.to_owned(),
        kind: v1::TextKind::Message.into(),
        ..v1::DetectInput::default()
    };
    let request = v1::DetectRequest { inputs: vec![input] };
    let heard = h.client().call(request.clone()).await.unwrap();
    assert!(heard.detections[0].return_intent);
    assert_eq!(heard.detections[0].language, "en");
    assert_eq!(h.client().call(request).await.unwrap(), heard, "the same text is heard the same way");
    assert!(h.cases(MAIN).await.is_empty());
}
