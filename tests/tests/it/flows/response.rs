//! Response and handling: how long buyers waited, promises kept, and what they said.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{WRONG_SIZE, answer, days, message, order, spring};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use tonic::Code;
use v1::{Dimension, MessageAuthor, Reason, SlaMetric, TimeBucket};

flow!(
    a_buyer_waits_for_a_person_and_not_for_a_robot,
    a_late_word_restates_the_day_it_belongs_to,
    a_promise_that_was_broken_stays_so,
    what_buyers_say_is_counted_on_the_day_they_say_it,
    what_cannot_be_asked_about_response_is_said
);

fn handling(bucket: TimeBucket, by: &[Dimension]) -> v1::GetHandlingRequest {
    v1::GetHandlingRequest {
        parent: MAIN.to_owned(),
        cohort: Some(spring()),
        bucket: Some(bucket.into()),
        dimensions: by.iter().map(|dimension| (*dimension).into()).collect(),
        filters: Vec::new(),
    }
}

async fn handled(h: &Harness) -> v1::HandlingRow {
    h.client().call(handling(TimeBucket::Total, &[])).await.unwrap().rows.pop().unwrap()
}

/// How often it came, is waited for, and was without; and the median in minutes.
fn told(wait: Option<v1::WaitingTime>) -> (i64, i64, i64, Option<i64>) {
    let wait = wait.unwrap();
    let median = wait.calendar.unwrap().median.map(|one| (one.value.unwrap().seconds + 30) / 60);
    (wait.count, wait.waiting, wait.without, median)
}

async fn asked(h: &Harness, id: &str) -> String {
    h.say(order(id)).await;
    h.say(message(&format!("{id}-first"), id, WRONG_SIZE)).await.case
}

async fn a_buyer_waits_for_a_person_and_not_for_a_robot(h: &Harness) {
    let case = asked(h, "o1").await;
    h.advance(Span::from_minutes(1)).await;
    h.say(answer("bot", "o1", MessageAuthor::Bot)).await;
    assert_eq!(told(handled(h).await.first_response), (0, 1, 0, None));
    h.advance(Span::from_minutes(19)).await;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let mut desk = Desk::claim(&mia, &case).await;
    desk.note("Who packed this?").await.unwrap();
    assert_eq!(told(handled(h).await.first_response), (0, 1, 0, None), "a note is no reply");
    h.advance(Span::from_minutes(1)).await;
    desk.contact("We are sorry.").await.unwrap();
    let row = handled(h).await;
    assert_eq!(told(row.first_response), (1, 0, 0, Some(21)));
    assert_eq!(told(row.resolution), (0, 1, 0, None));
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    let row = handled(h).await;
    assert_eq!(told(row.agreement), (1, 0, 0, Some(21)));
    let rate = row.one_touch_rate.unwrap();
    assert_eq!((rate.numerator, rate.denominator, rate.mature), (1, 1, false));
    let by_agent = h.client().call(handling(TimeBucket::Month, &[Dimension::Agent])).await.unwrap().rows;
    let [mine] = by_agent.as_slice() else { panic!("{by_agent:?}") };
    assert_eq!((mine.key[0].value.as_str(), mine.cases.unwrap().solved), ("mia", 1));
    assert_eq!(told(mine.first_response), (1, 0, 0, Some(21)));
}

async fn a_late_word_restates_the_day_it_belongs_to(h: &Harness) {
    asked(h, "o1").await;
    let asked_at = h.now();
    h.advance(Span::from_hours(30)).await;
    let reply = answer("late", "o1", MessageAuthor::Human);
    h.say_at(asked_at + Span::from_minutes(40), reply).await;
    h.say_at(asked_at + Span::from_minutes(50), message("again", "o1", "And now?")).await;
    let row = handled(h).await;
    assert_eq!(told(row.first_response), (1, 0, 0, Some(40)), "when it was written, not when it was told");
    assert_eq!(told(row.next_response), (0, 1, 0, None));
    let rows = h.client().call(handling(TimeBucket::Day, &[])).await.unwrap().rows;
    assert_eq!(rows.len(), 1, "all of it is of the day the case was opened");
}

async fn attainment(h: &Harness, metric: SlaMetric) -> v1::ClockAttainment {
    let request =
        v1::GetSlaAttainmentRequest { parent: MAIN.to_owned(), cohort: Some(spring()), ..Default::default() };
    let row = h.client().call(request).await.unwrap().rows.pop().unwrap();
    row.clocks.into_iter().find(|clock| clock.metric() == metric).unwrap()
}

async fn a_promise_that_was_broken_stays_so(h: &Harness) {
    let case = asked(h, "o1").await;
    let first = attainment(h, SlaMetric::FirstResponse).await;
    assert_eq!((first.met, first.missed, first.running), (0, 0, 1));
    h.advance(Span::from_hours(2)).await;
    let first = attainment(h, SlaMetric::FirstResponse).await;
    assert_eq!((first.met, first.missed, first.running), (0, 1, 0));
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let mut desk = Desk::work_on(&mia, &case).await;
    desk.contact("We are sorry.").await.unwrap();
    let first = attainment(h, SlaMetric::FirstResponse).await;
    assert_eq!((first.met, first.missed, first.attainment.unwrap().value), (0, 1, Some(0.0)));
    let split = v1::GetSlaAttainmentRequest {
        parent: MAIN.to_owned(),
        cohort: Some(spring()),
        dimensions: vec![Dimension::Target.into(), Dimension::Priority.into()],
        ..Default::default()
    };
    let rows = h.client().call(split).await.unwrap().rows;
    let keys: Vec<_> = rows.iter().map(|row| row.key[0].value.as_str()).collect();
    assert_eq!(keys, ["14d ALWAYS", "1d BUSINESS", "1h BUSINESS", "7d ALWAYS"]);
}

async fn what_buyers_say_is_counted_on_the_day_they_say_it(h: &Harness) {
    let said = |id: &str, kind: v1::SurveyKind, score: i32| v1::SurveySignal {
        survey_id: id.to_owned(),
        order_id: "o1".to_owned(),
        kind: kind.into(),
        score,
        ..Default::default()
    };
    h.say(order("o1")).await;
    h.say(said("a", v1::SurveyKind::Csat, 5)).await;
    h.say(said("b", v1::SurveyKind::Nps, 10)).await;
    h.advance(Span::from_days(1)).await;
    h.say(said("c", v1::SurveyKind::Csat, 3)).await;
    h.say(said("c", v1::SurveyKind::Csat, 3)).await;
    let request = v1::GetSatisfactionRequest {
        parent: MAIN.to_owned(),
        cohort: Some(spring()),
        bucket: Some(TimeBucket::Day.into()),
        ..Default::default()
    };
    let rows = h.client().call(request).await.unwrap().rows;
    let told: Vec<_> = rows.iter().map(|row| (row.csat_scores.clone(), row.nps.unwrap().value)).collect();
    assert_eq!(told, [(vec![0, 0, 0, 0, 1], Some(1.0)), (vec![0, 0, 1, 0, 0], None)]);
    assert!(rows[0].csat.unwrap().mature && !rows[1].csat.unwrap().mature);
}

async fn what_cannot_be_asked_about_response_is_said(h: &Harness) {
    let two = handling(TimeBucket::Total, &[Dimension::Agent, Dimension::Reason]);
    let failure = refused(h.client().call(two).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["dimensions"]);
    let with_shop = handling(TimeBucket::Total, &[Dimension::Shop, Dimension::Agent]);
    h.client().call(with_shop).await.unwrap();
    for foreign in [Dimension::Sku, Dimension::Star, Dimension::Target] {
        let request = handling(TimeBucket::Total, &[foreign]);
        let failure = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
        assert_eq!(refusal::fields(&failure), ["dimensions[0]"], "{foreign:?}");
    }
    let backwards = v1::GetSatisfactionRequest {
        parent: MAIN.to_owned(),
        cohort: Some(days("2026-03-03", "2026-03-02")),
        ..Default::default()
    };
    let failure = refused(h.client().call(backwards).await, Code::InvalidArgument, Reason::InvalidField);
    assert!(refusal::fields(&failure)[0].starts_with("cohort"), "{failure}");
    let none = v1::GetSlaAttainmentRequest { parent: MAIN.to_owned(), ..Default::default() };
    let failure = refused(h.client().call(none).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["cohort"]);
}
