//! Links between cases over the wire.

use amends_app::Role;
use amends_client::{Client, Error, v1};
use amends_tests::make::{LEAKS, order, review};
use amends_tests::refusal::{fields, refused};
use amends_tests::{Desk, Harness, flow};
use tonic::Code;
use v1::timeline_entry::Entry;
use v1::{CaseRelation, Reason};

flow!(
    cases_are_linked_once_shown_from_both_sides_and_unlinked,
    only_who_may_write_to_a_case_links_it,
    a_closed_case_can_be_linked_to_and_does_not_change,
    what_is_wrong_with_a_link_is_named,
);

async fn case(h: &Harness, name: &str) -> String {
    h.say(order(name)).await;
    h.say(review(&format!("r-{name}"), name, 1, LEAKS)).await.case
}

fn link(case: &v1::Case, fence: i64, other: &str, relation: CaseRelation) -> v1::LinkCasesRequest {
    v1::LinkCasesRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        fence,
        other: other.to_owned(),
        relation: relation.into(),
        ..Default::default()
    }
}

async fn linked(client: &Client, request: v1::LinkCasesRequest) -> Result<v1::LinkCasesResponse, Error> {
    client.call(request).await
}

fn seen(view: &v1::CaseView) -> Vec<(String, CaseRelation, bool)> {
    view.links.iter().map(|link| (link.case.clone(), link.relation(), link.incoming)).collect()
}

async fn cases_are_linked_once_shown_from_both_sides_and_unlinked(h: &Harness) {
    let (a, b) = (case(h, "o1").await, case(h, "o2").await);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let desk = Desk::claim(&mia, &a).await;
    let request = link(&desk.case, desk.lease.fence, &b, CaseRelation::Causes);
    let first = linked(&mia, request.clone()).await.unwrap();
    assert!(!first.existed && first.case.as_ref().unwrap().etag != desk.case.etag);
    let again =
        linked(&mia, v1::LinkCasesRequest { request_id: "again".to_owned(), ..request }).await.unwrap();
    assert!(again.existed);
    assert_eq!(seen(&h.view(&a).await), [(b.clone(), CaseRelation::Causes, false)]);
    let other = h.view(&b).await;
    assert_eq!(seen(&other), [(a.clone(), CaseRelation::Causes, true)]);
    let entries = h.timeline(&b).await;
    assert!(
        entries.iter().any(|e| matches!(&e.entry, Some(Entry::CaseLinked(s)) if s.incoming && s.case == a))
    );
    let now = again.case.unwrap();
    let unlink = v1::UnlinkCasesRequest {
        name: a.clone(),
        etag: now.etag.clone(),
        fence: desk.lease.fence,
        other: b.clone(),
        relation: CaseRelation::Causes.into(),
        ..Default::default()
    };
    assert!(mia.call(unlink.clone()).await.unwrap().existed);
    let none = v1::UnlinkCasesRequest { request_id: "none".to_owned(), ..unlink };
    assert!(!mia.call(none).await.unwrap().existed);
    assert!(h.view(&b).await.links.is_empty());
}

async fn only_who_may_write_to_a_case_links_it(h: &Harness) {
    let (a, b) = (case(h, "o1").await, case(h, "o2").await);
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let desk = Desk::claim(&mia, &a).await;
    let mine = link(&desk.case, desk.lease.fence, &b, CaseRelation::Related);
    let _ = refused(linked(&tom, mine.clone()).await, Code::Aborted, Reason::LeaseLost);
    let free = v1::LinkCasesRequest { fence: 0, ..mine.clone() };
    let _ = refused(linked(&tom, free.clone()).await, Code::PermissionDenied, Reason::RoleMissing);
    let stale = v1::LinkCasesRequest { etag: "1".to_owned(), ..mine };
    let _ = refused(linked(&mia, stale).await, Code::Aborted, Reason::EtagMismatch);
    assert!(!linked(&sam, free).await.unwrap().existed);
    assert_eq!(seen(&h.view(&b).await), [(a, CaseRelation::Related, false)]);
}

async fn a_closed_case_can_be_linked_to_and_does_not_change(h: &Harness) {
    let (a, b) = (case(h, "o1").await, case(h, "o2").await);
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let open = h.case(&b).await;
    let note = "none".to_owned();
    let cancel = v1::CancelCaseRequest { name: b.clone(), etag: open.etag, note, ..Default::default() };
    sam.call(cancel).await.unwrap();
    let (before, entries) = (h.case(&b).await, h.timeline(&b).await.len());
    let mut request = link(&h.case(&a).await, 0, &b, CaseRelation::Duplicates);
    request.incoming = true;
    linked(&sam, request).await.unwrap();
    assert_eq!((h.case(&b).await.etag, h.timeline(&b).await.len()), (before.etag, entries));
    assert_eq!(seen(&h.view(&a).await), [(b.clone(), CaseRelation::Duplicates, true)]);
    assert_eq!(seen(&h.view(&b).await), [(a.clone(), CaseRelation::Duplicates, false)]);
    let from_closed = link(&h.case(&b).await, 0, &a, CaseRelation::Related);
    let _ = refused(linked(&sam, from_closed).await, Code::FailedPrecondition, Reason::IllegalTransition);
}

async fn what_is_wrong_with_a_link_is_named(h: &Harness) {
    let a = case(h, "o1").await;
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let now = h.case(&a).await;
    let itself = linked(&sam, link(&now, 0, &a, CaseRelation::Related)).await;
    let failure = refused(itself, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(fields(&failure), ["other"]);
    let nothing = v1::LinkCasesRequest { name: a.clone(), etag: now.etag.clone(), ..Default::default() };
    let failure = refused(linked(&sam, nothing).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(fields(&failure), ["other", "relation"]);
    let unknown = format!("shops/main/cases/case_{}", "0".repeat(32));
    let gone = linked(&sam, link(&now, 0, &unknown, CaseRelation::Related)).await;
    let _ = refused(gone, Code::NotFound, Reason::CaseNotFound);
}
