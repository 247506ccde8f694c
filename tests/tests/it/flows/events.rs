//! The event stream: everything that happened, in order, from any place on.

use std::time::Duration;

use amends_client::{EventFilter, EventStream, v1};
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review, terms};
use amends_tests::{Desk, Harness, flow, refused};
use tokio::time::timeout;
use tonic::Code;
use v1::{Reason, RemedyKind};

flow!(
    events_carry_what_a_back_end_needs,
    a_list_of_events_goes_on_where_it_ended,
    a_subscriber_hears_what_happens_and_resumes_after_a_break,
    only_the_wanted_types_come,
    a_position_beyond_the_stream_is_refused
);

const PATIENCE: Duration = Duration::from_secs(20);

async fn accepted(h: &Harness, n: u32) -> v1::Remedy {
    h.say(order(&format!("o{n}"))).await;
    let case = h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await.case;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.settle().await;
    remedy
}

fn list(after: i64) -> v1::ListEventsRequest {
    v1::ListEventsRequest { parent: MAIN.to_owned(), after_position: after, ..Default::default() }
}

async fn all(h: &Harness) -> Vec<v1::Event> {
    h.client().call(list(0)).await.unwrap().events
}

async fn events_carry_what_a_back_end_needs(h: &Harness) {
    let remedy = accepted(h, 1).await;
    let events = all(h).await;
    let event = events.iter().find(|e| e.event_type == "amends.remedy.accepted.v1").unwrap();
    assert!(event.id.starts_with("evt_") && event.source == "//amends/shops/main");
    assert_eq!((event.shop.as_str(), event.subject.as_str()), (MAIN, remedy.name.as_str()));
    assert_eq!(event.case, remedy.case);
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
    let told = h.timeline(&remedy.case).await;
    let of_case = events.iter().filter(|event| event.case == remedy.case);
    let of_case: Vec<_> = of_case.map(|event| event.entry.clone().unwrap().entry.is_some()).collect();
    assert_eq!(of_case.len(), told.len(), "what stands on the timeline is what subscribers hear");
}

async fn a_list_of_events_goes_on_where_it_ended(h: &Harness) {
    accepted(h, 1).await;
    let whole = all(h).await;
    let mut pages = Vec::new();
    let mut token = String::new();
    loop {
        let request = v1::ListEventsRequest { page_size: 3, page_token: token, ..list(0) };
        let page = h.client().call(request).await.unwrap();
        assert!(page.events.len() <= 3);
        pages.extend(page.events);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(pages, whole);
    let later = h.client().call(list(whole[2].position)).await.unwrap().events;
    assert_eq!(later, whole[3..]);
}

async fn next(stream: &mut EventStream) -> v1::Event {
    timeout(PATIENCE, stream.next()).await.unwrap().unwrap()
}

async fn a_subscriber_hears_what_happens_and_resumes_after_a_break(h: &Harness) {
    let filter = EventFilter { parent: MAIN.to_owned(), after_position: Some(0), ..Default::default() };
    let mut stream = EventStream::new(h.client(), filter.clone());
    accepted(h, 1).await;
    let whole = all(h).await;
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(next(&mut stream).await);
    }
    let position = stream.position();
    drop(stream);
    accepted(h, 2).await;
    let mut resumed = EventStream::new(h.client(), EventFilter { after_position: position, ..filter });
    let whole_now = all(h).await;
    while heard.len() < whole_now.len() {
        heard.push(next(&mut resumed).await);
    }
    assert_eq!(heard, whole_now, "nothing is missing and nothing came twice");
    assert!(whole_now.len() > whole.len());
    let live = tokio::spawn(async move { next(&mut resumed).await });
    h.advance(Span::from_minutes(6)).await;
    let event = live.await.unwrap();
    assert!(event.position > whole_now.last().unwrap().position);
}

async fn only_the_wanted_types_come(h: &Harness) {
    accepted(h, 1).await;
    let types = vec!["amends.remedy.*".to_owned()];
    let request = v1::ListEventsRequest { event_types: types.clone(), ..list(0) };
    let listed = h.client().call(request).await.unwrap().events;
    assert!(!listed.is_empty());
    assert!(listed.iter().all(|event| event.event_type.starts_with("amends.remedy.")));
    let filter = EventFilter { parent: MAIN.to_owned(), after_position: Some(0), event_types: types };
    let mut stream = EventStream::new(h.client(), filter);
    assert_eq!(next(&mut stream).await, listed[0]);
}

async fn a_position_beyond_the_stream_is_refused(h: &Harness) {
    accepted(h, 1).await;
    let filter =
        EventFilter { parent: MAIN.to_owned(), after_position: Some(i64::MAX / 2), ..Default::default() };
    let mut stream = EventStream::new(h.client(), filter);
    let _ = refused(stream.next().await, Code::InvalidArgument, Reason::PositionUnknown);
}
