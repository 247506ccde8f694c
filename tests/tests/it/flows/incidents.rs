//! Incidents: one fault behind many cases.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review, stamp};
use amends_tests::refusal::{fields, refused};
use amends_tests::{Desk, Harness, flow};
use tonic::Code;
use v1::timeline_entry::Entry;
use v1::{IncidentCaseOutcome as Became, Reason};

flow!(
    an_incident_gathers_cases_and_wakes_them_when_it_is_resolved,
    a_case_is_in_one_open_incident_at_most,
    incidents_are_listed_page_by_page,
    who_may_do_what_with_incidents,
    what_is_wrong_with_an_incident_is_named,
);

async fn case(h: &Harness, name: &str) -> String {
    h.say(order(name)).await;
    h.say(review(&format!("r-{name}"), name, 1, LEAKS)).await.case
}

async fn open(client: &Client, title: &str) -> v1::Incident {
    let incident = v1::Incident {
        title: title.to_owned(),
        description: "Send a new lid.".to_owned(),
        reason: Some(v1::ComplaintReason::Defective.into()),
        sku: "sku-1".to_owned(),
        ..Default::default()
    };
    let request =
        v1::OpenIncidentRequest { parent: MAIN.to_owned(), incident: Some(incident), ..Default::default() };
    client.call(request).await.unwrap().incident.unwrap()
}

async fn add(client: &Client, incident: &str, cases: &[&str]) -> (v1::Incident, Vec<Became>) {
    let request = v1::AddIncidentCasesRequest {
        name: incident.to_owned(),
        cases: cases.iter().map(|&case| case.to_owned()).collect(),
        ..Default::default()
    };
    let answer = client.call(request).await.unwrap();
    (answer.incident.unwrap(), answer.results.iter().map(|one| one.outcome()).collect())
}

fn resolve(incident: &v1::Incident) -> v1::ResolveIncidentRequest {
    v1::ResolveIncidentRequest {
        name: incident.name.clone(),
        etag: incident.etag.clone(),
        note: "New lids leave today.".to_owned(),
        ..Default::default()
    }
}

async fn within(h: &Harness, incident: &str) -> Vec<String> {
    let filter = Some(v1::CaseFilter { incident: incident.to_owned(), ..Default::default() });
    let request = v1::ListCasesRequest { parent: MAIN.to_owned(), filter, ..Default::default() };
    let mut cases: Vec<_> =
        h.client().call(request).await.unwrap().cases.into_iter().map(|case| case.name).collect();
    cases.sort();
    cases
}

async fn an_incident_gathers_cases_and_wakes_them_when_it_is_resolved(h: &Harness) {
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let (a, b, c) = (case(h, "o1").await, case(h, "o2").await, case(h, "o3").await);
    let incident = open(&sam, "Lids leak").await;
    let (now, became) = add(&sam, &incident.name, &[&a, &b, &b]).await;
    assert_eq!(became, [Became::Added, Became::Added, Became::Unchanged]);
    assert_eq!((now.case_count, now.state()), (2, v1::IncidentState::Open));
    let (same, became) = add(&sam, &incident.name, &[&a]).await;
    assert_eq!((became, same.etag), (vec![Became::Unchanged], now.etag.clone()));
    let mut wanted = vec![a.clone(), b.clone()];
    wanted.sort();
    assert_eq!(within(h, &incident.name).await, wanted);
    assert_eq!(h.view(&a).await.incident.unwrap().name, incident.name);
    assert!(h.view(&c).await.incident.is_none());
    let mut desk = Desk::work_on(&mia, &a).await;
    desk.snooze(stamp(h.now() + Span::from_days(5))).await.unwrap();
    let stale = v1::ResolveIncidentRequest { etag: incident.etag, ..resolve(&now) };
    let _ = refused(sam.call(stale).await, Code::Aborted, Reason::EtagMismatch);
    let done = sam.call(resolve(&now)).await.unwrap();
    let over = done.incident.unwrap();
    assert_eq!(
        (done.woken_cases, over.state(), over.resolver.as_str()),
        (1, v1::IncidentState::Resolved, "sam")
    );
    assert_eq!(h.case(&a).await.state(), v1::CaseState::Queued);
    for name in [&a, &b] {
        let told = h.timeline(name).await;
        let said = |e: &v1::TimelineEntry| matches!(&e.entry, Some(Entry::IncidentResolved(step)) if step.note == "New lids leave today.");
        assert!(told.iter().any(said), "{told:?}");
    }
    assert_eq!(h.view(&b).await.incident.unwrap().resolution, "New lids leave today.");
    let again = v1::ResolveIncidentRequest { request_id: "again".to_owned(), ..resolve(&over) };
    let _ = refused(sam.call(again).await, Code::FailedPrecondition, Reason::IncidentResolved);
    // The time that was set before does not come any more.
    let etag = h.case(&a).await.etag;
    h.advance(Span::from_days(6)).await;
    assert_eq!(h.case(&a).await.etag, etag);
}

async fn a_case_is_in_one_open_incident_at_most(h: &Harness) {
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let (a, b) = (case(h, "o1").await, case(h, "o2").await);
    let (one, two) = (open(&sam, "One").await, open(&sam, "Two").await);
    add(&sam, &one.name, &[&a]).await;
    let (etag, note) = (h.case(&b).await.etag, "none".to_owned());
    let cancel = v1::CancelCaseRequest { name: b.clone(), etag, note, ..Default::default() };
    sam.call(cancel).await.unwrap();
    let unknown = format!("{MAIN}/cases/case_{}", "0".repeat(32));
    let (_, became) = add(&sam, &two.name, &[&a, &b, &unknown]).await;
    assert_eq!(became, [Became::Elsewhere, Became::Ended, Became::NotFound]);
    let remove = v1::RemoveIncidentCasesRequest {
        name: one.name.clone(),
        cases: vec![a.clone(), b.clone()],
        ..Default::default()
    };
    let left = sam.call(remove).await.unwrap();
    let became: Vec<_> = left.results.iter().map(|one| one.outcome()).collect();
    assert_eq!((became, left.incident.unwrap().case_count), (vec![Became::Removed, Became::Unchanged], 0));
    assert_eq!(add(&sam, &two.name, &[&a]).await.1, [Became::Added]);
    assert_eq!(h.view(&a).await.incident.unwrap().name, two.name);
}

async fn incidents_are_listed_page_by_page(h: &Harness) {
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let mut names = Vec::new();
    for title in ["One", "Two", "Three"] {
        names.insert(0, open(&sam, title).await.name);
        h.advance(Span::from_secs(1)).await;
    }
    let request = v1::ListIncidentsRequest { parent: MAIN.to_owned(), page_size: 2, ..Default::default() };
    let first = sam.call(request.clone()).await.unwrap();
    let next = v1::ListIncidentsRequest { page_token: first.next_page_token, ..request.clone() };
    let second = sam.call(next).await.unwrap();
    let seen: Vec<_> = first.incidents.iter().chain(&second.incidents).map(|one| one.name.clone()).collect();
    assert_eq!((seen, second.next_page_token), (names, String::new()));
    sam.call(resolve(&first.incidents[0])).await.unwrap();
    let state = Some(v1::IncidentState::Open.into());
    let open = sam.call(v1::ListIncidentsRequest { state, page_size: 0, ..request }).await.unwrap();
    assert_eq!(open.incidents.len(), 2);
}

async fn who_may_do_what_with_incidents(h: &Harness) {
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let stranger = h.client_in("eve", &[Role::Supervisor], &["other"]).await;
    let a = case(h, "o1").await;
    let incident = open(&sam, "One").await;
    let read = v1::GetIncidentRequest { name: incident.name.clone() };
    assert_eq!(mia.call(read.clone()).await.unwrap().incident.unwrap().title, "One");
    let _ = refused(stranger.call(read).await, Code::NotFound, Reason::ShopNotFound);
    let request =
        v1::AddIncidentCasesRequest { name: incident.name.clone(), cases: vec![a], ..Default::default() };
    let _ = refused(mia.call(request).await, Code::PermissionDenied, Reason::RoleMissing);
    let _ = refused(mia.call(resolve(&incident)).await, Code::PermissionDenied, Reason::RoleMissing);
    let about = Some(v1::Incident { title: "x".to_owned(), ..Default::default() });
    let new = v1::OpenIncidentRequest { parent: MAIN.to_owned(), incident: about, ..Default::default() };
    let _ = refused(mia.call(new).await, Code::PermissionDenied, Reason::RoleMissing);
}

async fn what_is_wrong_with_an_incident_is_named(h: &Harness) {
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let about = Some(v1::Incident { carrier: "x".repeat(101), reason: Some(0), ..Default::default() });
    let new = v1::OpenIncidentRequest { parent: MAIN.to_owned(), incident: about, ..Default::default() };
    let failure = refused(sam.call(new).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(fields(&failure), ["incident.title", "incident.reason", "incident.carrier"]);
    let unknown = format!("{MAIN}/incidents/inc_{}", "0".repeat(32));
    let gone = sam.call(v1::GetIncidentRequest { name: unknown.clone() }).await;
    let _ = refused(gone, Code::NotFound, Reason::IncidentNotFound);
    let none = v1::AddIncidentCasesRequest { name: unknown.clone(), ..Default::default() };
    let failure = refused(sam.call(none).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(fields(&failure), ["cases"]);
    let cases = vec![format!("{MAIN}/cases/case_{}", "0".repeat(32)); 1_001];
    let many = v1::AddIncidentCasesRequest { name: unknown, cases, ..Default::default() };
    let _ = refused(sam.call(many).await, Code::InvalidArgument, Reason::BatchTooLarge);
}
