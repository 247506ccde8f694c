//! What agents do with their time, over the wire.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, WRONG_SIZE, days, lone_review, message, order, review, spring};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use prost_types::Duration;
use tonic::Code;
use v1::{AgentPresence, Reason, TimeBucket};

flow!(
    a_shift_is_counted_to_the_second,
    what_runs_out_ends_when_it_ran_out_and_not_when_that_was_noticed,
    a_night_belongs_to_both_days_and_to_the_zone_that_is_asked_for,
    a_judgement_is_of_whoever_solved_the_case,
    a_judgement_of_the_first_solution_is_not_of_who_gave_the_second,
    what_an_old_message_brings_back_is_held_from_when_it_was_told,
    what_an_old_review_merges_was_held_until_it_was_told,
    an_agent_of_two_shops_is_there_once,
    cases_that_change_hands_are_counted_once_for_all,
    what_cannot_be_asked_about_agents_is_said
);

fn ask(bucket: TimeBucket) -> v1::GetAgentPerformanceRequest {
    v1::GetAgentPerformanceRequest {
        parent: MAIN.to_owned(),
        days: Some(spring()),
        bucket: Some(bucket.into()),
        ..Default::default()
    }
}

async fn rows(h: &Harness, request: v1::GetAgentPerformanceRequest) -> Vec<v1::AgentPerformance> {
    h.client().call(request).await.unwrap().rows
}

async fn of(h: &Harness, agent: &str) -> v1::AgentPerformance {
    let all = rows(h, ask(TimeBucket::Total)).await;
    all.into_iter().find(|row| row.agent == agent).unwrap_or_default()
}

async fn says_in(client: &Client, shop: &str, presence: AgentPresence, minutes: i64) {
    let request = v1::SetPresenceRequest {
        name: format!("{shop}/agents/-"),
        presence: presence.into(),
        ttl: (minutes > 0).then_some(Duration { seconds: minutes * 60, nanos: 0 }),
        ..Default::default()
    };
    client.call(request).await.unwrap();
}

async fn says(client: &Client, presence: AgentPresence, minutes: i64) {
    says_in(client, MAIN, presence, minutes).await;
}

async fn complaint(h: &Harness, n: usize) -> String {
    h.say(order(&format!("o{n}"))).await;
    h.say(review(&format!("r{n}"), &format!("o{n}"), 1, LEAKS)).await.case
}

fn minutes(duration: Option<Duration>) -> i64 {
    let duration = duration.unwrap_or_default();
    assert_eq!((duration.seconds % 60, duration.nanos), (0, 0), "whole minutes");
    duration.seconds / 60
}

/// Present, away, working, holding.
fn times(row: &v1::AgentPerformance) -> [i64; 4] {
    [row.present, row.away, row.working, row.holding].map(minutes)
}

async fn wait(h: &Harness, minutes: i64) {
    h.advance(Span::from_minutes(minutes)).await;
}

async fn a_shift_is_counted_to_the_second(h: &Harness) {
    let (first, second) = (complaint(h, 1).await, complaint(h, 2).await);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    says(&mia, AgentPresence::Available, 480).await;
    wait(h, 7).await;
    let mut one = Desk::claim(&mia, &first).await;
    wait(h, 1).await;
    let mut two = Desk::claim(&mia, &second).await;
    one.contact("We are sorry.").await.unwrap();
    wait(h, 2).await;
    assert_eq!(times(&of(h, "mia").await), [10, 0, 3, 3], "what has no end is counted up to now");
    one.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    two.release().await.unwrap();
    wait(h, 10).await;
    says(&mia, AgentPresence::Away, 30).await;
    wait(h, 5).await;
    says(&mia, AgentPresence::Available, 480).await;
    wait(h, 10).await;
    says(&mia, AgentPresence::Offline, 0).await;
    wait(h, 60).await;
    let row = of(h, "mia").await;
    assert_eq!(times(&row), [30, 5, 3, 3]);
    let per_case = row.time_per_case.unwrap().seconds;
    assert_eq!((minutes(row.idle), row.cases_held, per_case), (27, 2, 150), "3 and 2 minutes over 2 cases");
    assert_eq!((row.contacts, row.first_replies, row.solved, row.abandoned), (1, 1, 1, 0));
    let ratio = |ratio: Option<v1::AgentRatio>| ratio.unwrap();
    assert!((ratio(row.occupancy).value.unwrap() - 0.1).abs() < 1e-12);
    assert!((ratio(row.contacts_per_hour).value.unwrap() - 2.0).abs() < 1e-12);
    assert!((ratio(row.solved_per_hour).value.unwrap() - 2.0).abs() < 1e-12);
    assert_eq!(ratio(row.occupancy).lower, None, "one day tells nothing about the next");
    let all = rows(h, ask(TimeBucket::Total)).await;
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].agent.as_str(), times(&all[0])), ("", [30, 5, 3, 3]));
}

async fn what_runs_out_ends_when_it_ran_out_and_not_when_that_was_noticed(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    // Never told a presence: held, but not there.
    let claim = v1::ClaimCaseRequest { name: case.clone(), ..Default::default() };
    let lease = mia.call(claim).await.unwrap().lease.unwrap();
    let end = amends_tests::make::time(lease.expire_time);
    let length = end.since(h.now()).micros() / 60_000_000;
    h.clock.advance_to(end + Span::from_minutes(3));
    let row = of(h, "mia").await;
    assert_eq!((times(&row), row.abandoned), ([0, 0, 0, length], 0), "no timer has come, and it is over");
    assert_eq!(row.contacts_per_hour.unwrap().value, None);
    h.settle().await;
    let row = of(h, "mia").await;
    assert_eq!((times(&row), row.abandoned), ([0, 0, 0, length], 1));
    says(&mia, AgentPresence::Available, 2).await;
    Desk::claim(&mia, &case).await;
    h.clock.advance_to(h.now() + Span::from_minutes(4));
    let known = of(h, "mia").await;
    assert_eq!([known.present, known.working].map(minutes), [2, 2]);
    h.settle().await;
    let row = of(h, "mia").await;
    assert_eq!((times(&row), row.abandoned), ([2, 0, 2, length + 2], 2));
}

async fn a_night_belongs_to_both_days_and_to_the_zone_that_is_asked_for(h: &Harness) {
    let mia = h.client_as("mia", &[Role::Agent]).await;
    // From 10:00 to 22:30 UTC, and on to 02:00.
    wait(h, 750).await;
    says(&mia, AgentPresence::Available, 210).await;
    wait(h, 300).await;
    let mine = |rows: &[v1::AgentPerformance]| -> Vec<(String, i64)> {
        let rows = rows.iter().filter(|row| row.agent == "mia");
        rows.map(|row| (row.days.clone().unwrap().start_date, minutes(row.present))).collect()
    };
    let told = mine(&rows(h, ask(TimeBucket::Day)).await);
    assert_eq!(told, [("2026-03-02".to_owned(), 90), ("2026-03-03".to_owned(), 120)]);
    let berlin = v1::GetAgentPerformanceRequest {
        time_zone: "Europe/Berlin".to_owned(),
        agents: vec!["mia".to_owned()],
        ..ask(TimeBucket::Day)
    };
    let told = mine(&rows(h, berlin).await);
    assert_eq!(told, [("2026-03-02".to_owned(), 30), ("2026-03-03".to_owned(), 180)]);
}

async fn a_judgement_is_of_whoever_solved_the_case(h: &Harness) {
    let case = complaint(h, 1).await;
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let mut desk = Desk::work_on(&tom, &case).await;
    desk.contact("We are sorry.").await.unwrap();
    desk.release().await.unwrap();
    let mut desk = Desk::work_on(&mia, &case).await;
    desk.contact("And it is done.").await.unwrap();
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    wait(h, 60).await;
    let said = v1::SurveySignal {
        survey_id: "s1".to_owned(),
        case: case.clone(),
        kind: v1::SurveyKind::Csat.into(),
        score: 5,
        ..Default::default()
    };
    h.say(said).await;
    let (mia, tom) = (of(h, "mia").await, of(h, "tom").await);
    let told = |row: &v1::AgentPerformance| {
        let csat = row.csat.unwrap();
        (row.contacts, row.first_replies, row.solved, csat.numerator, csat.denominator)
    };
    assert_eq!((told(&mia), told(&tom)), ((2, 0, 1, 1, 1), (2, 1, 0, 0, 0)));
}

async fn a_judgement_of_the_first_solution_is_not_of_who_gave_the_second(h: &Harness) {
    let case = complaint(h, 1).await;
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let mut desk = Desk::work_on(&mia, &case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    wait(h, 60).await;
    let (name, etag) = (case.clone(), desk.case.etag.clone());
    h.client().call(v1::ReopenCaseRequest { name, etag, ..Default::default() }).await.unwrap();
    let mut desk = Desk::work_on(&tom, &case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    wait(h, 60).await;
    let said = |id: &str, solution: Option<i32>, score: i32| v1::SurveySignal {
        survey_id: id.to_owned(),
        case: case.clone(),
        kind: v1::SurveyKind::Csat.into(),
        score,
        solution,
        ..Default::default()
    };
    h.say(said("s1", Some(1), 1)).await;
    h.say(said("s2", None, 5)).await;
    let csat = |row: v1::AgentPerformance| row.csat.map(|rate| (rate.numerator, rate.denominator)).unwrap();
    assert_eq!(csat(of(h, "mia").await), (0, 1), "the first was hers");
    assert_eq!(csat(of(h, "tom").await), (1, 1), "without a number it is the last");
}

async fn what_an_old_message_brings_back_is_held_from_when_it_was_told(h: &Harness) {
    let case = complaint(h, 1).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    says(&mia, AgentPresence::Available, 30).await;
    let mut desk = Desk::work_on(&mia, &case).await;
    wait(h, 1).await;
    desk.wait(v1::WaitReason::Buyer, None).await.unwrap();
    wait(h, 600).await;
    says(&mia, AgentPresence::Available, 30).await;
    let written = h.now() - Span::from_hours(9);
    h.say_at(written, message("m1", "o1", "Here is the photo you asked for.")).await;
    wait(h, 2).await;
    let row = of(h, "mia").await;
    assert_eq!((times(&row), row.cases_held), ([32, 0, 3, 3], 1), "nobody held it while nobody knew");
}

async fn what_an_old_review_merges_was_held_until_it_was_told(h: &Harness) {
    h.say(order("o1")).await;
    let kept = h.say(lone_review("r1", 1, LEAKS)).await.case;
    let merged = h.say(message("m1", "o1", WRONG_SIZE)).await.case;
    assert_ne!(kept, merged);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    wait(h, 2).await;
    Desk::claim(&mia, &merged).await;
    wait(h, 3).await;
    let written = h.now() - Span::from_minutes(4);
    h.say_at(written, review("r1", "o1", 1, LEAKS)).await;
    assert_eq!(h.case(&merged).await.state(), v1::CaseState::Merged);
    wait(h, 10).await;
    let row = of(h, "mia").await;
    assert_eq!((minutes(row.holding), row.cases_held, row.abandoned), (3, 1, 0));
}

async fn an_agent_of_two_shops_is_there_once(h: &Harness) {
    let other = h.open_shop("other", "etsy").await;
    let mia = h.client_in("mia", &[Role::Agent], &[MAIN, &other]).await;
    says(&mia, AgentPresence::Available, 60).await;
    wait(h, 10).await;
    says_in(&mia, &other, AgentPresence::Available, 60).await;
    wait(h, 10).await;
    says(&mia, AgentPresence::Away, 60).await;
    wait(h, 10).await;
    let of = async |parent: &str| {
        let request = v1::GetAgentPerformanceRequest { parent: parent.to_owned(), ..ask(TimeBucket::Total) };
        rows(h, request).await.into_iter().find(|row| row.agent == "mia").map(|row| times(&row)).unwrap()
    };
    assert_eq!(of(MAIN).await, [20, 10, 0, 0]);
    assert_eq!(of(&other).await, [20, 0, 0, 0]);
    assert_eq!(of("shops/-").await, [30, 0, 0, 0]);
    let narrow = h.client_in("ana", &[Role::Analyst], &[&other]).await;
    let all = v1::GetAgentPerformanceRequest { parent: "shops/-".to_owned(), ..ask(TimeBucket::Total) };
    let seen = narrow.call(all).await.unwrap().rows;
    assert_eq!(times(&seen[0]), [20, 0, 0, 0], "only what the caller may read");
}

async fn cases_that_change_hands_are_counted_once_for_all(h: &Harness) {
    let case = complaint(h, 1).await;
    let (mia, tom) = (h.client_as("mia", &[Role::Agent]).await, h.client_as("tom", &[Role::Agent]).await);
    let mut desk = Desk::claim(&mia, &case).await;
    wait(h, 2).await;
    desk.release().await.unwrap();
    wait(h, 5).await;
    let mut desk = Desk::claim(&tom, &case).await;
    wait(h, 4).await;
    desk.release().await.unwrap();
    let told: Vec<_> = rows(h, ask(TimeBucket::Month)).await;
    let told: Vec<_> = told
        .iter()
        .filter(|row| row.cases_held > 0)
        .map(|row| (row.agent.as_str(), row.cases_held, minutes(row.time_per_case)))
        .collect();
    assert_eq!(told, [("", 1, 6), ("mia", 1, 2), ("tom", 1, 4)]);
}

async fn what_cannot_be_asked_about_agents_is_said(h: &Harness) {
    let wrong = v1::GetAgentPerformanceRequest {
        parent: "nowhere".to_owned(),
        days: None,
        bucket: Some(77),
        time_zone: "x".repeat(101),
        agents: vec![String::new()],
    };
    let failure = refused(h.client().call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["parent", "days", "bucket", "time_zone", "agents[0]"]);
    let long = v1::GetAgentPerformanceRequest {
        days: Some(days("2020-01-01", "2026-01-01")),
        ..ask(TimeBucket::Total)
    };
    let failure = refused(h.client().call(long).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["days.end_date"]);
    let nowhere =
        v1::GetAgentPerformanceRequest { time_zone: "Mars/Olympus".to_owned(), ..ask(TimeBucket::Total) };
    let failure = refused(h.client().call(nowhere).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["time_zone"]);
    let jakarta = v1::Shop { time_zone: "Asia/Jakarta".to_owned(), ..amends_tests::make::shop("etsy") };
    let create =
        v1::CreateShopRequest { shop_id: "far".to_owned(), shop: Some(jakarta), ..Default::default() };
    h.client().call(create).await.unwrap();
    let all = v1::GetAgentPerformanceRequest { parent: "shops/-".to_owned(), ..ask(TimeBucket::Total) };
    let failure = refused(h.client().call(all.clone()).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["time_zone"]);
    let named = v1::GetAgentPerformanceRequest { time_zone: "Asia/Tokyo".to_owned(), ..all };
    assert_eq!(rows(h, named).await.len(), 1);
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let _ = refused(mia.call(ask(TimeBucket::Total)).await, Code::PermissionDenied, Reason::RoleMissing);
}
