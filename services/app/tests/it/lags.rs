//! Time to reversal: reviews are followed as they change, and the same when they are counted again.

use std::sync::Arc;

use amends_app::basis::NOT_COUNTED;
use amends_app::case::ReopenCase;
use amends_app::metrics::{Bucket, Days, Dimension, LagRow, Question};
use amends_app::{AppError, Role};
use amends_domain::case::Outcome;
use amends_domain::{Day, Span};
use amends_store::lag;
use amends_store::rollup::{self, Basis};

use crate::house::everywhere;
use crate::make::START;
use crate::stage::{Stage, analyst, ann, call};

fn question(stage: &Stage<'_>, bucket: Bucket, dimensions: &[Dimension]) -> Question {
    let from = START.day();
    Question {
        shop: Some(stage.shop.clone()),
        days: Days { from, until: Day::from_number(from.number() + 28) },
        bucket,
        dimensions: dimensions.to_vec(),
        filters: Vec::new(),
    }
}

async fn rows(stage: &Stage<'_>, bucket: Bucket, dimensions: &[Dimension]) -> Vec<LagRow> {
    stage.app.time_to_reversal(&analyst(), &question(stage, bucket, dimensions)).await.unwrap().rows
}

async fn only(stage: &Stage<'_>) -> LagRow {
    rows(stage, Bucket::Total, &[]).await.remove(0)
}

async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap().differences
}

/// Three bad reviews of one day: one is solved three days later and reversed on the seventh, the others stand.
async fn three(stage: &Stage<'_>) {
    let case = stage.broken("o1", 1).await;
    stage.broken("o2", 1).await;
    stage.broken("o3", 1).await;
    stage.pass(Span::from_days(3)).await;
    stage.worked(case).await;
    stage.solve(case, Outcome::TalkedThrough).await;
    stage.pass(Span::from_days(4)).await;
    stage.review("o1", 5, "They helped me.").await;
    stage.pass(Span::from_days(2)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_followed_from_its_observation_and_from_its_solution() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        three(&stage).await;
        let row = only(&stage).await;
        let seen = &row.observed;
        assert_eq!((seen.entered, seen.reversed, seen.gone, seen.standing), (3, 1, 0, 2));
        let told = |day: u32| *seen.points.iter().find(|point| point.day == day).unwrap();
        let week = told(7);
        assert_eq!((week.at_risk, week.reversed, week.censored), (3, 1, 0));
        assert!((week.share.unwrap().value - 1.0 / 3.0).abs() < 1e-12);
        assert!(!week.mature, "the days of the cohort are not over");
        assert_eq!((told(14).at_risk, told(14).share), (0, None), "nobody was followed that far");
        let solved = &row.solved;
        assert_eq!((solved.entered, solved.reversed, solved.median_day), (1, 1, Some(4)));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        // Days pass, and nothing has to be written for that.
        stage.pass(Span::from_days(90)).await;
        let later = only(&stage).await.observed;
        let last = *later.points.last().unwrap();
        assert_eq!((last.day, last.at_risk, last.reversed, last.mature), (90, 2, 1, true));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_known_moves_who_is_followed() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        three(&stage).await;
        let by_agent = rows(&stage, Bucket::Total, &[Dimension::Agent]).await;
        let told: Vec<_> = by_agent
            .iter()
            .map(|row| {
                (row.key[0].1.as_str(), row.observed.entered, row.observed.reversed, row.solved.entered)
            })
            .collect();
        assert_eq!(told, [("", 2, 0, 0), ("ann", 1, 1, 1)]);
        let days = rows(&stage, Bucket::Day, &[]).await;
        assert_eq!(days.len(), 1, "days without a review are left out");
        let shop = rows(&stage, Bucket::Month, &[Dimension::Shop, Dimension::Reason]).await;
        assert_eq!(shop.iter().map(|row| row.observed.entered).sum::<i64>(), 3);
        // A version that comes late changes the story: it was reversed on the second day.
        let early = stage.now() - Span::from_days(7);
        stage.review_at(early, "o1", 5).await;
        let seen = only(&stage).await.observed;
        assert_eq!((seen.reversed, seen.points[0].reversed, seen.points[1].reversed), (1, 0, 1));
        assert_eq!(only(&stage).await.solved.entered, 0, "it was reversed before its case was solved");
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_an_upgrade_left_empty_are_filled_by_a_repair() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        three(&stage).await;
        let before = only(&stage).await;
        let tx = stage.app.store().begin().await.unwrap();
        lag::clear(&tx, &stage.shop).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(only(&stage).await.observed.entered, 0);
        let found = differences(&stage, true).await;
        assert!(found.iter().any(|told| told.starts_with("reversal_lags, ")), "{found:?}");
        assert_eq!(only(&stage).await, before);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_figures_or_asks_for_too_much_is_refused() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let asked = question(&stage, Bucket::Total, &[]);
        let refused = stage.app.time_to_reversal(&ann().principal, &asked).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })), "{refused:?}");
        let three = [Dimension::Sku, Dimension::Star, Dimension::Agent];
        let refused = stage.app.time_to_reversal(&analyst(), &question(&stage, Bucket::Total, &three)).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_solution_after_the_reversal_takes_no_review_out_of_the_curve() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.pass(Span::from_days(1)).await;
        stage.worked(case).await;
        stage.solve(case, Outcome::TalkedThrough).await;
        stage.pass(Span::from_days(1)).await;
        stage.review("o1", 5, "They helped me.").await;
        let before = only(&stage).await;
        assert_eq!((before.solved.entered, before.solved.reversed), (1, 1));
        let version = stage.case(case).await.version;
        let reopen = ReopenCase { shop: stage.shop.clone(), case, version, note: String::new() };
        stage.app.perform(ann(), reopen).await.unwrap();
        stage.pass(Span::from_days(1)).await;
        stage.worked(case).await;
        stage.solve(case, Outcome::TalkedThrough).await;
        let after = only(&stage).await;
        assert_eq!((after.solved.entered, after.solved.reversed), (1, 1));
        assert_eq!(after, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_buckets_than_rows_are_refused() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let mut asked = question(&stage, Bucket::Day, &[Dimension::Agent]);
        for (length, is_taken) in [(500, true), (501, false), (1_100, false)] {
            asked.days.until = Day::from_number(asked.days.from.number() + length);
            let told = stage.app.time_to_reversal(&analyst(), &asked).await;
            assert_eq!(told.is_ok(), is_taken, "{length}: {told:?}");
            assert!(is_taken || matches!(told, Err(AppError::Invalid(_))), "{told:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_an_earlier_version_did_not_count_are_refused_until_they_are() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        three(&stage).await;
        let told = only(&stage).await;
        let tx = stage.app.store().begin().await.unwrap();
        let basis = rollup::basis(&tx, &stage.shop).await.unwrap().unwrap();
        rollup::put_basis(&stage.shop, &Basis { revision: 0, ..basis }).run(&tx).await.unwrap();
        lag::clear(&tx, &stage.shop).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stage.app.shops_counted_otherwise().await.unwrap(), std::slice::from_ref(&stage.shop));
        let asked = question(&stage, Bucket::Total, &[]);
        let all = Question { shop: None, ..asked.clone() };
        let refused = [
            stage.app.time_to_reversal(&analyst(), &asked).await.map(|_| ()),
            stage.app.handling(&analyst(), &asked).await.map(|_| ()),
            stage.app.satisfaction(&analyst(), &all).await.map(|_| ()),
        ];
        for refused in refused {
            assert!(matches!(refused, Err(AppError::Precondition(NOT_COUNTED))), "{refused:?}");
        }
        assert!(stage.app.review_reversal(&analyst(), &asked).await.is_ok(), "these were there before");
        let found = differences(&stage, true).await;
        assert!(found.iter().any(|told| told.contains("revision of what they hold")), "{found:?}");
        assert_eq!(only(&stage).await, told);
        assert!(stage.app.satisfaction(&analyst(), &all).await.is_ok());
        assert_eq!(stage.app.shops_counted_otherwise().await.unwrap(), []);
    })
    .await;
}
