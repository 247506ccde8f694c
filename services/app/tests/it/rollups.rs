//! Roll-ups: what is known of a member moves its counts, and moves all of them.

use std::sync::Arc;

use amends_app::Role;
use amends_app::metrics::{Bucket, Days, Dimension, Question, REST, ROWS_MAX};
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::rollup::{Cell, Facet, Place, Sealed, Split};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Day, Span};
use amends_store::rollup;

use crate::house::everywhere;
use crate::make::START;
use crate::stage::{Stage, analyst, call};

fn question(stage: &Stage<'_>, dimensions: &[Dimension]) -> Question {
    let from = START.day();
    Question {
        shop: Some(stage.shop.clone()),
        days: Days { from: Day::from_number(from.number() - 1), until: Day::from_number(from.number() + 50) },
        bucket: Bucket::Total,
        dimensions: dimensions.to_vec(),
        filters: Vec::new(),
    }
}

/// The values of each row, and how many negative reviews it has.
async fn reviews(stage: &Stage<'_>, dimensions: &[Dimension]) -> Vec<(String, i64)> {
    let figures = stage.app.review_reversal(&analyst(), &question(stage, dimensions)).await.unwrap();
    let key = |key: &[(Dimension, String)]| {
        key.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("/")
    };
    figures.rows.iter().map(|row| (key(&row.key), row.funnel.negative)).collect()
}

/// The values of each row, and how many units were delivered.
async fn units(stage: &Stage<'_>, dimensions: &[Dimension]) -> Vec<(String, i64)> {
    let figures = stage.app.return_figures(&analyst(), &question(stage, dimensions)).await.unwrap();
    let key = |key: &[(Dimension, String)]| {
        key.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("/")
    };
    let units = |row: &amends_app::metrics::ReturnsRow| row.return_rate_units.rate.denominator;
    figures.rows.iter().map(|row| (key(&row.key), units(row))).collect()
}

fn row(key: &str, n: i64) -> (String, i64) {
    (key.to_owned(), n)
}

async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap().differences
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_known_moves_the_counts_of_review_and_line() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.delivered("o2", 3).await;
        let case = stage.broken("o1", 2).await;
        assert_eq!(reviews(&stage, &[Dimension::Agent, Dimension::RemedyKind]).await, [row("/", 1)]);
        assert_eq!(units(&stage, &[Dimension::Reason]).await, [row("", 3), row("DAMAGED", 2)]);
        stage.claim(case).await;
        stage.pass(Span::from_minutes(1)).await;
        stage.fulfilled(case, RemedyKind::Replacement, Terms::default()).await;
        assert_eq!(
            reviews(&stage, &[Dimension::RemedyKind, Dimension::Agent]).await,
            [row("REPLACEMENT/ann", 1)]
        );
        assert_eq!(
            units(&stage, &[Dimension::Agent, Dimension::RemedyKind]).await,
            [row("/", 3), row("ann/REPLACEMENT", 2)]
        );
        assert_eq!(reviews(&stage, &[Dimension::Star, Dimension::Reason]).await, [row("1/DAMAGED", 1)]);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_an_upgrade_left_empty_are_filled_by_a_repair() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 2).await;
        stage.claim(case).await;
        stage.pass(Span::from_minutes(1)).await;
        stage.fulfilled(case, RemedyKind::Replacement, Terms::default()).await;
        let before = reviews(&stage, &[Dimension::Sku, Dimension::Agent]).await;
        let tx = stage.app.store().begin().await.unwrap();
        rollup::clear(&tx, &stage.shop).await.unwrap();
        tx.commit().await.unwrap();
        assert!(reviews(&stage, &[Dimension::Sku, Dimension::Agent]).await.is_empty());
        let found = differences(&stage, true).await;
        assert!(found.iter().any(|told| told.starts_with("review_rollups, ")), "{found:?}");
        assert!(found.iter().any(|told| told.contains("DAY")), "{found:?}");
        assert_eq!(reviews(&stage, &[Dimension::Sku, Dimension::Agent]).await, before);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_an_answer_holds_are_one_row_that_is_named_so() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let many = i64::try_from(ROWS_MAX).unwrap() + 200;
        let place = |split, a: String| Place { split, a, b: String::new() };
        let mut rows: std::collections::BTreeMap<_, rollup::Sums> = std::collections::BTreeMap::new();
        let mut put = |place: Place, n: i64| {
            for cell in Cell::all_on(Family::Review, START.day(), &[place], Sealed::NONE) {
                rows.insert((stage.shop.clone(), cell), [(Measure::Negative, n)].into());
            }
        };
        put(Place::default(), many + 7);
        (0..many).for_each(|n| put(place(Split::by(Facet::Sku), format!("s{n:05}")), 1));
        let tx = stage.app.store().begin().await.unwrap();
        tx.send(rollup::add(1, &rollup::Seals::new(), &rows)).await.unwrap();
        tx.commit().await.unwrap();
        let told = reviews(&stage, &[Dimension::Sku]).await;
        assert_eq!(told.len(), ROWS_MAX);
        assert_eq!(told.first(), Some(&row("", 7)), "the largest are kept");
        assert_eq!(told.last().map(|(key, _)| key.as_str()), Some(REST));
        assert_eq!(told.iter().map(|(_, n)| n).sum::<i64>(), many + 7);
    })
    .await;
}
