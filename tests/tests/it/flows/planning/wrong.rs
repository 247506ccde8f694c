//! What is refused when somebody asks for what lies ahead.

use std::fmt::Debug;

use amends_app::Role;
use amends_client::{Error, v1};
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::stamp;
use amends_tests::{Harness, flow, refusal, refused};
use prost_types::Duration;
use tonic::Code;
use v1::Reason;

flow!(
    what_is_wrong_with_a_question_is_named,
    whoever_reads_no_figures_learns_nothing_of_what_lies_ahead,
    the_shop_of_somebody_else_is_not_there
);

fn named<T: Debug>(result: Result<T, Error>, fields: &[&str]) {
    let failure = refused(result, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), fields, "{failure}");
}

fn twins() -> v1::GetMarketplaceTwinsRequest {
    v1::GetMarketplaceTwinsRequest { parent: MAIN.to_owned(), ..Default::default() }
}

fn volume() -> v1::ForecastVolumeRequest {
    v1::ForecastVolumeRequest { parent: MAIN.to_owned(), ..Default::default() }
}

fn staffing() -> v1::PlanStaffingRequest {
    v1::PlanStaffingRequest { parent: MAIN.to_owned(), ..Default::default() }
}

async fn what_is_wrong_with_a_question_is_named(h: &Harness) {
    let (now, client) = (h.now(), h.client());
    let later = Some(stamp(now + Span::from_secs(1)));
    named(client.call(v1::GetMarketplaceTwinsRequest { at_time: later, ..twins() }).await, &["at_time"]);
    let empty = v1::AwaySpan { start_time: Some(stamp(now)), end_time: Some(stamp(now)) };
    let half = v1::AwaySpan { start_time: Some(stamp(now)), end_time: None };
    let away = v1::GetMarketplaceTwinsRequest { away: vec![empty, half], tier: "M".repeat(65), ..twins() };
    named(client.call(away).await, &["tier", "away[0].end_time", "away[1].end_time"]);
    let many = v1::GetMarketplaceTwinsRequest { away: vec![empty; 101], ..twins() };
    named(client.call(many).await, &["away"]);
    let unnamed = v1::GetMarketplaceTwinsRequest { parent: "main".to_owned(), ..twins() };
    named(client.call(unnamed).await, &["parent"]);
    for days in [0, -1, 91] {
        let far = v1::ForecastVolumeRequest { horizon_days: Some(days), ..volume() };
        named(client.call(far).await, &["horizon_days"]);
    }
    let gaps = vec!["2026-03-01".to_owned(), "yesterday".to_owned()];
    let odd = v1::ForecastVolumeRequest { gap_dates: gaps, kinds: vec![0], ..volume() };
    named(client.call(odd).await, &["kinds[0]", "gap_dates[1]"]);
    let today = v1::ForecastVolumeRequest { gap_dates: vec!["2026-03-02".to_owned()], ..volume() };
    named(client.call(today).await, &["gap_dates"]);
    let long = v1::ForecastVolumeRequest { gap_dates: vec!["2026-01-01".to_owned(); 367], ..volume() };
    named(client.call(long).await, &["gap_dates"]);
}

async fn whoever_reads_no_figures_learns_nothing_of_what_lies_ahead(h: &Harness) {
    staffing_is_checked(h).await;
    let agent = h.client_as("mia", &[Role::Agent, Role::Ingest]).await;
    let _ = refused(agent.call(twins()).await, Code::PermissionDenied, Reason::RoleMissing);
    let _ = refused(agent.call(volume()).await, Code::PermissionDenied, Reason::RoleMissing);
    let _ = refused(agent.call(staffing()).await, Code::PermissionDenied, Reason::RoleMissing);
    for role in [Role::Analyst, Role::Supervisor, Role::Admin] {
        let reader = h.client_as(&format!("{role:?}").to_lowercase(), &[role]).await;
        reader.call(twins()).await.unwrap();
        reader.call(volume()).await.unwrap();
        reader.call(staffing()).await.unwrap();
    }
}

async fn staffing_is_checked(h: &Harness) {
    let client = h.client();
    for days in [0, 15] {
        named(client.call(v1::PlanStaffingRequest { days: Some(days), ..staffing() }).await, &["days"]);
    }
    // Yesterday, and the day after the last.
    for day in ["2026-03-01", "2026-05-02"] {
        let start = v1::PlanStaffingRequest { start_date: day.to_owned(), ..staffing() };
        named(client.call(start).await, &["start_date"]);
    }
    let last = v1::PlanStaffingRequest { start_date: "2026-05-01".to_owned(), days: Some(14), ..staffing() };
    client.call(v1::PlanStaffingRequest { due_days: Some(30), ..last }).await.unwrap();
    let every = v1::PlanStaffingRequest {
        service_level: Some(1.0),
        answer_within: Some(Duration { seconds: -1, nanos: 0 }),
        handling_time: Some(Duration::default()),
        at_once: Some(21),
        occupancy_max: Some(f64::NAN),
        shrinkage: Some(1.0),
        due_days: Some(31),
        agent_hours: Some(0.0),
        start_date: "soon".to_owned(),
        ..staffing()
    };
    let fields = [
        "start_date",
        "service_level",
        "answer_within",
        "handling_time",
        "at_once",
        "occupancy_max",
        "shrinkage",
        "due_days",
        "agent_hours",
    ];
    named(client.call(every).await, &fields);
}

async fn the_shop_of_somebody_else_is_not_there(h: &Harness) {
    h.open_shop("other", "shopee").await;
    let reader = h.client_in("ann", &[Role::Analyst], &["shops/other"]).await;
    let _ = refused(reader.call(twins()).await, Code::NotFound, Reason::ShopNotFound);
    let _ = refused(reader.call(volume()).await, Code::NotFound, Reason::ShopNotFound);
    let _ = refused(reader.call(staffing()).await, Code::NotFound, Reason::ShopNotFound);
}
