//! Incidents that are heard by themselves.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, delivery, line, order, review};
use amends_tests::refusal::{fields, refused};
use amends_tests::{Harness, flow};
use tonic::Code;
use v1::Reason;

flow!(
    complaints_far_above_the_usual_open_an_incident_that_is_told_and_drawn,
    what_is_wrong_with_a_question_for_a_chart_is_named,
);

/// So many units of the article leave and arrive.
async fn sold(h: &Harness, name: &str, quantity: i32) {
    let lines = vec![v1::OrderLine { quantity, ..line("1") }];
    h.say(v1::OrderSignal { lines, ..order(name) }).await;
    h.say(delivery(name)).await;
}

async fn leaks(h: &Harness, name: &str) -> String {
    sold(h, name, 1).await;
    h.say(review(&format!("r-{name}"), name, 1, LEAKS)).await.case
}

fn chart(reason: v1::ComplaintReason) -> v1::GetControlChartRequest {
    v1::GetControlChartRequest {
        parent: MAIN.to_owned(),
        sku: "sku-1".to_owned(),
        reason: reason.into(),
        weeks: 2,
    }
}

async fn complaints_far_above_the_usual_open_an_incident_that_is_told_and_drawn(h: &Harness) {
    for week in 0..13 {
        sold(h, &format!("bulk-{week}"), 100).await;
        h.advance(Span::from_days(7)).await;
    }
    let mut cases = Vec::new();
    for n in 0..10 {
        cases.push(leaks(h, &format!("o{n}")).await);
    }
    h.advance(Span::from_days(1)).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let request = v1::ListIncidentsRequest { parent: MAIN.to_owned(), ..Default::default() };
    let found = mia.call(request).await.unwrap().incidents;
    let [incident] = found.as_slice() else { panic!("{found:?}") };
    let signal = incident.signal.unwrap();
    assert_eq!((incident.opener.as_str(), incident.sku.as_str()), ("service", "sku-1"));
    assert_eq!((incident.case_count, signal.complaint_count, signal.base_complaint_count), (10, 10, 0));
    assert_eq!((signal.pair_count, signal.factor), (1, None));
    assert!(signal.chance < 0.01, "{signal:?}");
    assert_eq!(h.view(&cases[0]).await.incident.unwrap().name, incident.name);
    // The stream tells the same.
    let request = v1::ListEventsRequest {
        parent: MAIN.to_owned(),
        event_types: vec!["amends.incident.raised.v1".to_owned()],
        ..Default::default()
    };
    let events = h.client().call(request).await.unwrap().events;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    let Some(v1::event::Resource::IncidentSnapshot(told)) = &event.resource else { panic!("{event:?}") };
    assert_eq!((&event.subject, &told.name, told.signal), (&incident.name, &incident.name, Some(signal)));
    // The chart has the week that ended with yesterday.
    let reason = incident.reason();
    let drawn = mia.call(chart(reason)).await.unwrap();
    let [before, week] = drawn.points.as_slice() else { panic!("{drawn:?}") };
    assert!(!before.signal && week.signal && drawn.pair_count == 1, "{drawn:?}");
    assert_eq!((week.complaint_count, week.unit_count), (10, signal.unit_count));
    assert!(week.share > week.upper_limit && week.upper_limit > week.centre, "{week:?}");
    let quiet = mia.call(chart(v1::ComplaintReason::Price)).await.unwrap();
    assert!(quiet.points.iter().all(|point| !point.signal && point.complaint_count == 0));
}

async fn what_is_wrong_with_a_question_for_a_chart_is_named(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let wrong = v1::GetControlChartRequest { parent: MAIN.to_owned(), weeks: 105, ..Default::default() };
    let failure = refused(mia.call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(fields(&failure), ["sku", "reason", "weeks"]);
    let stranger = h.client_in("eve", &[Role::Agent], &["other"]).await;
    let foreign = stranger.call(chart(v1::ComplaintReason::Price)).await;
    let _ = refused(foreign, Code::NotFound, Reason::ShopNotFound);
    let back_end = h.client_as("erp", &[Role::Ingest]).await;
    let refusal = back_end.call(chart(v1::ComplaintReason::Price)).await;
    let _ = refused(refusal, Code::PermissionDenied, Reason::RoleMissing);
}
