//! Figures: cohorts by their own day, with numerator, denominator and interval.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, days, delivery, lone_review, order, return_now, review, spring};
use amends_tests::{Harness, flow, refusal, refused};
use tonic::Code;
use v1::{Dimension, Reason, ReturnStatus, TimeBucket};

flow!(
    a_reversal_belongs_to_the_day_its_review_was_first_seen,
    every_way_a_review_can_go_is_counted_once,
    returns_belong_to_the_day_of_delivery,
    a_rate_of_nothing_has_no_value,
    figures_are_split_by_what_is_known_and_add_up,
    what_figures_cannot_be_split_by_is_said,
    all_shops_together_are_those_the_caller_may_read
);

fn reversal(cohort: v1::DateRange, bucket: Option<TimeBucket>) -> v1::GetReviewReversalRequest {
    v1::GetReviewReversalRequest {
        parent: MAIN.to_owned(),
        cohort: Some(cohort),
        bucket: bucket.map(Into::into),
        ..Default::default()
    }
}

async fn a_reversal_belongs_to_the_day_its_review_was_first_seen(h: &Harness) {
    for n in 0..4 {
        let (o, r) = (format!("o{n}"), format!("r{n}"));
        h.say(order(&o)).await;
        h.say(review(&r, &o, 1, LEAKS)).await;
        h.advance(Span::from_days(1)).await;
    }
    h.say(review("r1", "o1", 5, "They made it good.")).await;
    let by_day = h.client().call(reversal(spring(), Some(TimeBucket::Day))).await.unwrap().rows;
    let told: Vec<(&str, i64, i64)> = by_day
        .iter()
        .map(|row| {
            let rate = row.reversal_rate_all.as_ref().unwrap();
            (row.cohort.as_ref().unwrap().start_date.as_str(), rate.numerator, rate.denominator)
        })
        .collect();
    let expected = [("2026-03-02", 0, 1), ("2026-03-03", 1, 1), ("2026-03-04", 0, 1), ("2026-03-05", 0, 1)];
    assert_eq!(told, expected);
    let first_two = days("2026-03-02", "2026-03-04");
    let rows = h.client().call(reversal(first_two, None)).await.unwrap().rows;
    let rate = rows[0].reversal_rate_all.as_ref().unwrap();
    assert_eq!((rate.numerator, rate.denominator, rate.value), (1, 2, Some(0.5)));
    assert!(rate.lower() < 0.5 && rate.upper() > 0.5, "{rate:?}");
    let months = h.client().call(reversal(spring(), Some(TimeBucket::Month))).await.unwrap().rows;
    assert_eq!(months.len(), 1);
}

async fn every_way_a_review_can_go_is_counted_once(h: &Harness) {
    let removed = |by: v1::ReviewRemoval, id: &str, order: &str| v1::ReviewSignal {
        visible: Some(false),
        removal: Some(by.into()),
        ..review(id, order, 2, LEAKS)
    };
    for n in 0..10 {
        h.say(order(&format!("o{n}"))).await;
        h.say(review(&format!("r{n}"), &format!("o{n}"), 2, LEAKS)).await;
    }
    h.advance(Span::from_hours(1)).await;
    h.say(review("r0", "o0", 5, "All good now.")).await;
    h.say(review("r1", "o1", 3, LEAKS)).await;
    h.say(review("r2", "o2", 1, LEAKS)).await;
    h.say(review("r3", "o3", 2, "Still leaking, and the box was wet too.")).await;
    h.say(v1::ReviewSignal { rating: None, follow_up: true, ..review("r4", "o4", 2, "An addition.") }).await;
    h.say(removed(v1::ReviewRemoval::ByBuyer, "r5", "o5")).await;
    h.say(removed(v1::ReviewRemoval::ByPlatform, "r6", "o6")).await;
    h.say(removed(v1::ReviewRemoval::Unknown, "r7", "o7")).await;
    h.say(review("r8", "o8", 5, "All good now.")).await;
    h.advance(Span::from_hours(1)).await;
    h.say(review("r8", "o8", 1, "It broke again.")).await;
    let row = h.client().call(reversal(spring(), None)).await.unwrap().rows.pop().unwrap();
    let f = row.funnel.unwrap();
    let ends = [
        f.improved,
        f.worsened,
        f.text_only,
        f.follow_up_added,
        f.removed_by_buyer,
        f.removed_by_platform,
        f.vanished,
        f.re_reversed,
        f.unchanged,
    ];
    assert_eq!(ends, [1; 9]);
    assert_eq!(f.negative, 10);
    let natural = row.natural_rate.unwrap();
    assert_eq!((natural.numerator, natural.denominator), (1, 10), "nobody acted, and one fell back");
    let all = row.reversal_rate_all.unwrap();
    assert_eq!((all.numerator, all.denominator, f.reversed, f.recovered), (1, 10, 1, 0));
    let backslide = row.backslide_rate.unwrap();
    assert_eq!((backslide.numerator, backslide.denominator), (1, 2));
}

async fn returns_belong_to_the_day_of_delivery(h: &Harness) {
    for n in 0..5 {
        let o = format!("o{n}");
        h.say(order(&o)).await;
        h.say(delivery(&o)).await;
    }
    h.advance(Span::from_days(10)).await;
    h.say(return_now("ret-1", "o1", h.now(), ReturnStatus::Approved)).await;
    let request = v1::GetReturnsRequest {
        parent: MAIN.to_owned(),
        cohort: Some(days("2026-03-02", "2026-03-03")),
        dimensions: vec![Dimension::Channel.into()],
        ..Default::default()
    };
    let row = h.client().call(request).await.unwrap().rows.pop().unwrap();
    assert_eq!((row.key[0].dimension(), row.key[0].value.as_str()), (Dimension::Channel, "own_store"));
    let units = row.return_rate_units.unwrap();
    assert_eq!((units.numerator, units.denominator, units.mature), (1, 5, false));
    h.advance(Span::from_days(40)).await;
    let request = v1::GetReturnsRequest {
        parent: MAIN.to_owned(),
        cohort: Some(days("2026-03-02", "2026-03-03")),
        ..Default::default()
    };
    let row = h.client().call(request).await.unwrap().rows.pop().unwrap();
    assert!(row.return_rate_units.unwrap().mature, "every window has closed");
}

async fn a_rate_of_nothing_has_no_value(h: &Harness) {
    let row = h.client().call(reversal(spring(), None)).await.unwrap().rows.pop().unwrap();
    let rate = row.reversal_rate_all.unwrap();
    assert_eq!((rate.denominator, rate.value), (0, None), "no division by zero, and no zero either");
}

/// The values of a row's key, and its negative reviews.
async fn split(h: &Harness, dimensions: &[Dimension], filters: &[(Dimension, &str)]) -> Vec<(String, i64)> {
    let filter = |(dimension, value): &(Dimension, &str)| v1::DimensionValue {
        dimension: (*dimension).into(),
        value: (*value).to_owned(),
    };
    let request = v1::GetReviewReversalRequest {
        dimensions: dimensions.iter().map(|d| (*d).into()).collect(),
        filters: filters.iter().map(filter).collect(),
        ..reversal(spring(), None)
    };
    let rows = h.client().call(request).await.unwrap().rows;
    let key = |row: &v1::ReviewReversalRow| {
        row.key.iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join("/")
    };
    rows.iter().map(|row| (key(row), row.funnel.unwrap().negative)).collect()
}

async fn figures_are_split_by_what_is_known_and_add_up(h: &Harness) {
    for n in 0..3 {
        let (o, r) = (format!("o{n}"), format!("r{n}"));
        h.say(order(&o)).await;
        h.say(review(&r, &o, if n == 0 { 1 } else { 2 }, LEAKS)).await;
    }
    h.say(lone_review("r3", 1, LEAKS)).await;
    let row = |key: &str, n: i64| (key.to_owned(), n);
    assert_eq!(split(h, &[Dimension::Star], &[]).await, [row("1", 2), row("2", 2)]);
    let by_sku = split(h, &[Dimension::Sku], &[]).await;
    assert_eq!(by_sku.iter().map(|(_, n)| n).sum::<i64>(), 4);
    assert_eq!(by_sku[0], row("", 1), "of one review nobody knows the article");
    let both = split(h, &[Dimension::Star, Dimension::Sku], &[(Dimension::Star, "1")]).await;
    assert_eq!(both.iter().map(|(_, n)| n).sum::<i64>(), 2);
    assert!(both.iter().all(|(key, _)| key.starts_with("1/")), "{both:?}");
    let of_shop = split(h, &[Dimension::Channel, Dimension::Star], &[(Dimension::Sku, "")]).await;
    assert_eq!(of_shop, [row("own_store/1", 1)]);
    assert_eq!(split(h, &[Dimension::Agent], &[]).await, [row("", 4)], "nobody acted yet");
}

async fn what_figures_cannot_be_split_by_is_said(h: &Harness) {
    let dimensions = |all: &[Dimension]| all.iter().map(|d| (*d).into()).collect::<Vec<i32>>();
    let filter =
        |dimension: Dimension| v1::DimensionValue { dimension: dimension.into(), value: "x".to_owned() };
    let star = v1::GetReturnsRequest {
        parent: MAIN.to_owned(),
        cohort: Some(spring()),
        dimensions: dimensions(&[Dimension::Sku, Dimension::Star]),
        ..Default::default()
    };
    let failure = refused(h.client().call(star).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["dimensions[1]"]);
    let third = v1::GetReviewReversalRequest {
        dimensions: dimensions(&[Dimension::Sku, Dimension::Agent]),
        filters: vec![filter(Dimension::Sku), filter(Dimension::Language)],
        ..reversal(spring(), None)
    };
    let failure = refused(h.client().call(third).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["filters"]);
    let twice = v1::GetReviewReversalRequest {
        dimensions: dimensions(&[Dimension::Sku, Dimension::Sku]),
        ..reversal(spring(), None)
    };
    let failure = refused(h.client().call(twice).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["dimensions"]);
    let backwards = reversal(days("2026-03-03", "2026-03-02"), None);
    let failure = refused(h.client().call(backwards).await, Code::InvalidArgument, Reason::InvalidField);
    assert!(refusal::fields(&failure)[0].starts_with("cohort"), "{failure}");
}

async fn all_shops_together_are_those_the_caller_may_read(h: &Harness) {
    let other = h.open_shop("letters", "etsy").await;
    h.say(order("o1")).await;
    h.say(review("r1", "o1", 2, LEAKS)).await;
    for n in [1, 2] {
        let (o, r) = (format!("o{n}"), format!("r{n}"));
        h.say_in(&other, h.now(), review(&r, &o, 1, LEAKS)).await;
    }
    let ask = |dimensions: &[Dimension]| v1::GetReviewReversalRequest {
        parent: "shops/-".to_owned(),
        dimensions: dimensions.iter().map(|dimension| (*dimension).into()).collect(),
        ..reversal(spring(), None)
    };
    let rows = h.client().call(ask(&[])).await.unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].funnel.unwrap().negative, 3);
    let rows = h.client().call(ask(&[Dimension::Shop])).await.unwrap().rows;
    let told: Vec<(&str, i64)> =
        rows.iter().map(|row| (row.key[0].value.as_str(), row.funnel.unwrap().negative)).collect();
    assert_eq!(told, [("letters", 2), ("main", 1)]);
    let ingest = h.client_as("connector", &[Role::Ingest]).await;
    let failure = refused(ingest.call(ask(&[])).await, Code::PermissionDenied, Reason::RoleMissing);
    assert!(failure.violations.is_empty(), "{failure}");
    let wrong = v1::GetReviewReversalRequest { parent: "shops/".to_owned(), ..ask(&[]) };
    let failure = refused(h.client().call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["parent"]);
}
