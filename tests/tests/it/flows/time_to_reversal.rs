//! Time to reversal, uplift and savings over the wire.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, WRONG_SIZE, days, message, order, review, spring, terms_of};
use amends_tests::{Desk, Harness, desk, flow, refusal, refused};
use tonic::Code;
use v1::{CaseOutcome, Dimension, Reason, TimeBucket};

flow!(
    reviews_are_followed_until_they_are_reversed,
    the_uplift_is_the_contacted_less_the_natural_rate,
    what_was_saved_is_told_with_what_nobody_can_say,
    what_cannot_be_asked_is_refused_by_its_field
);

fn lags() -> v1::GetTimeToReversalRequest {
    v1::GetTimeToReversalRequest { parent: MAIN.to_owned(), cohort: Some(spring()), ..Default::default() }
}

/// Bad reviews of one day: one is solved on the third and reversed on the eighth, one is taken down, one stands.
async fn reviews(h: &Harness) -> Vec<String> {
    let mut cases = Vec::new();
    for n in 0..3 {
        let (o, r) = (format!("o{n}"), format!("r{n}"));
        h.say(order(&o)).await;
        cases.push(h.say(review(&r, &o, 1, LEAKS)).await.case);
    }
    h.advance(Span::from_days(3)).await;
    let mut desk = Desk::work_on(h.client(), &cases[0]).await;
    desk.contact("We are sorry. A new one leaves today.").await.unwrap();
    desk.look().await;
    desk.solve(CaseOutcome::TalkedThrough).await.unwrap();
    let removed = v1::ReviewSignal {
        visible: Some(false),
        removal: Some(v1::ReviewRemoval::ByBuyer.into()),
        ..review("r1", "o1", 1, LEAKS)
    };
    h.say(removed).await;
    h.advance(Span::from_days(5)).await;
    h.say(review("r0", "o0", 5, "They made it good.")).await;
    h.advance(Span::from_days(12)).await;
    cases
}

async fn reviews_are_followed_until_they_are_reversed(h: &Harness) {
    reviews(h).await;
    let row = h.client().call(lags()).await.unwrap().rows.pop().unwrap();
    let seen = row.from_observation.unwrap();
    assert_eq!((seen.entered, seen.reversed, seen.gone, seen.standing), (3, 1, 1, 1));
    let days: Vec<_> = seen.points.iter().map(|point| (point.day, point.at_risk, point.reversed)).collect();
    assert_eq!(days, [(1, 3, 0), (7, 2, 0), (14, 1, 1), (30, 0, 1), (90, 0, 1)]);
    let fortnight = &seen.points[2];
    assert_eq!(fortnight.value, Some(0.5), "of the two that were still there on the eighth day");
    assert!(fortnight.lower() < 0.5 && fortnight.upper() > 0.5);
    assert_eq!((seen.points[3].value, seen.points[3].censored), (None, 2), "nobody was followed that far");
    assert_eq!(seen.median_day, Some(8));
    let solved = row.from_solution.unwrap();
    assert_eq!((solved.entered, solved.reversed, solved.median_day), (1, 1, Some(5)));
    let by_day = v1::GetTimeToReversalRequest {
        bucket: Some(TimeBucket::Day.into()),
        dimensions: vec![Dimension::Sku.into()],
        ..lags()
    };
    let rows = h.client().call(by_day).await.unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.from_observation.as_ref().unwrap().entered).sum::<i64>(), 3);
    h.advance(Span::from_days(200)).await;
    let row = h.client().call(lags()).await.unwrap().rows.pop().unwrap();
    assert!(row.from_observation.unwrap().points.iter().all(|point| point.mature), "everybody was followed");
}

async fn the_uplift_is_the_contacted_less_the_natural_rate(h: &Harness) {
    let cases = reviews(h).await;
    let asked = v1::GetReviewReversalRequest {
        parent: MAIN.to_owned(),
        cohort: Some(spring()),
        ..Default::default()
    };
    let row = h.client().call(asked.clone()).await.unwrap().rows.pop().unwrap();
    assert_eq!(row.uplift, None, "of a single one nothing can be said of how sure it is");
    let mut desk = Desk::work_on(h.client(), &cases[2]).await;
    desk.contact("We are sorry. What can we do?").await.unwrap();
    let row = h.client().call(asked.clone()).await.unwrap().rows.pop().unwrap();
    let (contacted, natural) = (row.reversal_rate_contacted.unwrap(), row.natural_rate.unwrap());
    assert_eq!((contacted.value, natural.value), (Some(0.5), Some(0.0)));
    let uplift = row.uplift.unwrap();
    // Two of three are half a step away from their mean, each 0.5 / (2 / 3): the error is 0.75 · √2 / 3.
    let half = 1.959_964 * 0.75 * 2_f64.sqrt() / 3.0;
    assert!((uplift.value - 0.5).abs() < 1e-12, "{uplift:?}");
    assert!((uplift.lower - (0.5 - half)).abs() < 1e-4 && uplift.upper <= 1.0, "{uplift:?}");
    let empty = v1::GetReviewReversalRequest { cohort: Some(days("2020-01-01", "2020-02-01")), ..asked };
    assert_eq!(h.client().call(empty).await.unwrap().rows[0].uplift, None);
}

async fn what_was_saved_is_told_with_what_nobody_can_say(h: &Harness) {
    h.say(order("o1")).await;
    let wish = message("m1", "o1", WRONG_SIZE);
    let case = h.say(wish).await.case;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let remedy = desk.agree_on(v1::RemedyKind::PartialRefund, terms_of(300)).await;
    desk::report(h.client(), &remedy.name, v1::FulfilmentState::Fulfilled).await.unwrap();
    let asked = v1::GetSavingsRequest { parent: MAIN.to_owned(), cohort: Some(spring()) };
    let told = h.client().call(asked).await.unwrap();
    assert_eq!(told.naive.unwrap().provisional, 1);
    assert_eq!((told.causal, told.causal_missing()), (None, v1::CausalMissing::NoMatureCase));
    let kept = &told.retained[0];
    assert_eq!((kept.by(), kept.units, kept.confirmed_revenue), (v1::RetainedBy::KeepItem, 1, 0));
    assert!(kept.revenue > 0 && kept.currency == told.currency, "{kept:?}");
    assert_eq!(told.threshold, None);
    assert_eq!(told.repeat_purchases.unwrap().without_case.unwrap().waiting, 0, "the only buyer has a case");
}

async fn what_cannot_be_asked_is_refused_by_its_field(h: &Harness) {
    let client = h.client();
    let none = v1::GetTimeToReversalRequest { cohort: None, ..lags() };
    let failure = refused(client.call(none).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["cohort"]);
    let long = v1::GetTimeToReversalRequest { cohort: Some(days("2020-01-01", "2026-01-01")), ..lags() };
    let failure = refused(client.call(long).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["cohort.end_date"]);
    let none = v1::GetSavingsRequest { parent: MAIN.to_owned(), cohort: None };
    let failure = refused(client.call(none).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["cohort"]);
    let backwards =
        v1::GetSavingsRequest { parent: MAIN.to_owned(), cohort: Some(days("2026-02-01", "2026-01-01")) };
    let failure = refused(client.call(backwards).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["cohort.end_date"]);
    let agent = h.client_as("ann", &[Role::Agent]).await;
    let _ = refused(agent.call(lags()).await, Code::PermissionDenied, Reason::RoleMissing);
    let savings = v1::GetSavingsRequest { parent: MAIN.to_owned(), cohort: Some(spring()) };
    let _ = refused(agent.call(savings).await, Code::PermissionDenied, Reason::RoleMissing);
    h.open_shop("other", "etsy").await;
    let stranger = h.client_in("sue", &[Role::Analyst], &["shops/other"]).await;
    let _ = refused(stranger.call(lags()).await, Code::NotFound, Reason::ShopNotFound);
}
