//! Figures: what the desk does is counted, and counted the same when it is counted again.

use std::sync::Arc;

use amends_app::metrics::{Avoided, Bucket, Days, Dimension, Question};
use amends_app::{AppError, Role};
use amends_domain::case::Outcome;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::returns::{ReturnStatus, Verdict};
use amends_domain::rollup::{Cell, Grain, Place};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Day, Span};
use amends_store::{order, rollup};

use crate::house::everywhere;
use crate::make::START;
use crate::stage::{Stage, analyst, ann, call, id};

fn question(stage: &Stage<'_>) -> Question {
    let from = START.day();
    Question {
        shop: Some(stage.shop.clone()),
        days: Days { from, until: Day::from_number(from.number() + 28) },
        bucket: Bucket::Total,
        dimensions: Vec::new(),
        filters: Vec::new(),
    }
}

async fn verdict(stage: &Stage<'_>, order: &str) -> Verdict {
    let lines = order::get(&stage.app.store().reader(), &stage.shop, &id(order)).await.unwrap();
    lines.first().unwrap().verdict()
}

async fn avoided(stage: &Stage<'_>) -> Avoided {
    let figures = stage.app.return_figures(&analyst(), &question(stage)).await.unwrap();
    figures.rows.first().unwrap().avoided()
}

async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    let found = stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap();
    found.differences
}

/// A return that is wanted, helped against, and never comes.
async fn helped(stage: &Stage<'_>, order: &str) {
    stage.delivered(order, 1).await;
    let case = stage.wants_return(order, ReturnStatus::Requested).await;
    stage.claim(case).await;
    stage.pass(Span::from_hours(1)).await;
    stage.claim(case).await;
    stage.fulfilled(case, RemedyKind::Coupon, crate::stage::money(500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_provisional_then_confirmed() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        helped(&stage, "o1").await;
        assert_eq!(verdict(&stage, "o1").await, Verdict::AvoidedProvisional);
        assert_eq!(avoided(&stage).await, Avoided { provisional: 1, confirmed: 0, failed: 0 });
        stage.pass(Span::from_days(31)).await;
        assert_eq!(verdict(&stage, "o1").await, Verdict::AvoidedConfirmed);
        assert_eq!(avoided(&stage).await, Avoided { provisional: 0, confirmed: 1, failed: 0 });
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_turns_out_to_be_older_is_confirmed_when_its_own_window_closes() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.delivered("o1", 1).await;
        stage.wants_return("o1", ReturnStatus::Requested).await;
        stage.pass(Span::from_days(5)).await;
        let withdrawn_at = stage.now();
        stage.pass(Span::from_days(5)).await;
        stage.push(stage.request("o1", ReturnStatus::Withdrawn)).await;
        stage.push_at(withdrawn_at, stage.request("o1", ReturnStatus::Withdrawn)).await;
        assert_eq!(avoided(&stage).await, Avoided { provisional: 1, confirmed: 0, failed: 0 });
        stage.pass(Span::from_days(26)).await;
        assert_eq!(verdict(&stage, "o1").await, Verdict::AvoidedConfirmed);
        assert_eq!(avoided(&stage).await, Avoided { provisional: 0, confirmed: 1, failed: 0 });
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_that_arrives_after_the_help_it_was_met_with_opens_the_window() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        let wished_at = stage.now();
        stage.claim(case).await;
        stage.pass(Span::from_hours(1)).await;
        stage.claim(case).await;
        stage.fulfilled(case, RemedyKind::Coupon, crate::stage::money(500)).await;
        assert_eq!(verdict(&stage, "o1").await, Verdict::Open);
        stage.wish_of("o1", wished_at).await;
        assert_eq!(verdict(&stage, "o1").await, Verdict::AvoidedProvisional);
        stage.pass(Span::from_days(31)).await;
        assert_eq!(avoided(&stage).await, Avoided { provisional: 0, confirmed: 1, failed: 0 });
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_fails_when_the_channel_counts_the_return_all_the_same() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        helped(&stage, "o1").await;
        stage.pass(Span::from_days(2)).await;
        stage.wants_return("o1", ReturnStatus::Approved).await;
        assert_eq!(verdict(&stage, "o1").await, Verdict::AvoidFailed);
        assert_eq!(avoided(&stage).await, Avoided { provisional: 0, confirmed: 0, failed: 1 });
        let figures = stage.app.return_figures(&analyst(), &question(&stage)).await.unwrap();
        let rate = figures.rows.first().unwrap().return_rate_units;
        assert_eq!((rate.rate.numerator, rate.rate.denominator, rate.mature), (1, 1, false));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revised_review_is_one_of_one() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        stage.pass(Span::from_minutes(1)).await;
        stage.fulfilled(case, RemedyKind::Replacement, Terms::default()).await;
        stage.solve(case, Outcome::RemedyFulfilled).await;
        stage.pass(Span::from_days(3)).await;
        stage.review("o1", 5, "They sent a new one, thank you.").await;
        let figures = stage.app.review_reversal(&analyst(), &question(&stage)).await.unwrap();
        let row = figures.rows.first().unwrap();
        assert_eq!((row.all.rate.numerator, row.all.rate.denominator), (1, 1));
        assert_eq!((row.natural.rate.numerator, row.funnel.recovered, row.funnel.solved), (0, 1, 1));
        assert_eq!((row.net_stars.sum, row.net_stars.count), (4, 1));
        assert!(!row.all.mature);
        assert_eq!(figures.as_of, stage.now());
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_names_its_values_and_a_filter_that_the_shop_does_not_meet_leaves_nothing() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.broken("o1", 1).await;
        let mut asked =
            Question { dimensions: vec![Dimension::Channel], bucket: Bucket::Week, ..question(&stage) };
        let figures = stage.app.review_reversal(&analyst(), &asked).await.unwrap();
        assert_eq!(figures.rows.len(), 1, "weeks without a member are left out");
        let row = figures.rows.first().unwrap();
        assert_eq!(row.key, [(Dimension::Channel, "etsy".to_owned())]);
        assert_eq!(row.days.until.number() - row.days.from.number(), 1, "the Sunday before the first Monday");
        asked.filters = vec![(Dimension::Channel, "ebay".to_owned())];
        assert!(stage.app.review_reversal(&analyst(), &asked).await.unwrap().rows.is_empty());
        let agent = stage.app.review_reversal(&ann().principal, &question(&stage)).await;
        assert!(matches!(agent, Err(AppError::RoleMissing { .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recomputation_finds_what_was_corrupted_and_repairs_it() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        helped(&stage, "o1").await;
        stage.broken("o2", 2).await;
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());

        let tx = stage.app.store().begin().await.unwrap();
        let day = START.day();
        let place = Place::default();
        let cell = Cell { family: Family::Review, grain: Grain::Day, period: day, place };
        let rows = [((stage.shop.clone(), cell), [(Measure::Reversed, 5)].into())].into();
        tx.send(rollup::add(3, &rollup::Seals::new(), &rows)).await.unwrap();
        let mut lines = order::get(&tx, &stage.shop, &id("o1")).await.unwrap();
        lines.iter_mut().for_each(|line| line.delivered = None);
        order::put(&lines).run(&tx).await.unwrap();
        tx.commit().await.unwrap();

        let found = differences(&stage, false).await;
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(differences(&stage, true).await.len(), 2);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        let figures = stage.app.return_figures(&analyst(), &question(&stage)).await.unwrap();
        assert_eq!(figures.rows.first().unwrap().return_rate_units.rate.denominator, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_administrator_recomputes() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let refused = stage.app.recompute(ann(), &stage.shop, true, Arc::new(|_, _| {})).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
    })
    .await;
}
