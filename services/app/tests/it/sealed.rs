//! Weeks and months that are over are summed once, and what comes late is added to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use amends_app::metrics::{Bucket, Days, Dimension, Question};
use amends_app::{Role, Settings};
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::returns::ReturnStatus;
use amends_domain::rollup::{Grain, Sealed};
use amends_domain::tally::Family;
use amends_domain::{Day, Span};
use amends_store::rollup;

use crate::house::{everywhere, everywhere_with};
use crate::make::START;
use crate::stage::{Stage, analyst, call};

const SPLITS: [&[Dimension]; 5] = [
    &[],
    &[Dimension::Sku],
    &[Dimension::Sku, Dimension::Reason],
    &[Dimension::Reason, Dimension::Language],
    &[Dimension::Agent],
];
const BUCKETS: [Bucket; 4] = [Bucket::Total, Bucket::Day, Bucket::Week, Bucket::Month];

async fn seal(stage: &Stage<'_>) {
    while stage.app.seal_some().await.unwrap() > 0 {}
}

async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap().differences
}

/// All that is told of the first ninety days, but for when.
async fn told(stage: &Stage<'_>) -> Vec<String> {
    let mut told = Vec::new();
    for (dimensions, bucket) in SPLITS.iter().flat_map(|split| BUCKETS.map(|bucket| (*split, bucket))) {
        let from = START.day().number();
        let question = Question {
            shop: Some(stage.shop.clone()),
            days: Days { from: Day::from_number(from - 3), until: Day::from_number(from + 90) },
            bucket,
            dimensions: dimensions.to_vec(),
            filters: Vec::new(),
        };
        let reviews = stage.app.review_reversal(&analyst(), &question).await.unwrap();
        let lines = stage.app.return_figures(&analyst(), &question).await.unwrap();
        told.push(format!("{dimensions:?} {bucket:?} {:?} {:?}", reviews.rows, lines.rows));
        // Those are split by one dimension at most, and none of the articles.
        if dimensions.len() < 2 && !dimensions.contains(&Dimension::Sku) {
            let cases = stage.app.handling(&analyst(), &question).await.unwrap();
            told.push(format!("{dimensions:?} {bucket:?} {:?}", cases.rows));
        }
    }
    told
}

async fn grains(stage: &Stage<'_>, family: Family) -> BTreeSet<Grain> {
    let rows = rollup::page(&stage.app.store().reader(), &stage.shop, family, None, 100_000).await.unwrap();
    rows.into_iter().filter(|(_, sums)| !sums.is_empty()).map(|(cell, _)| cell.grain).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_week_and_month_tell_what_their_days_told() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        for n in 0..6 {
            let case = stage.broken(&format!("o{n}"), 2).await;
            stage.claim(case).await;
            stage.pass(Span::from_minutes(1)).await;
            stage.fulfilled(case, RemedyKind::Replacement, Terms::default()).await;
            stage.pass(Span::from_days(3)).await;
        }
        stage.pass(Span::from_days(70)).await;
        let before = told(&stage).await;
        assert_eq!(grains(&stage, Family::Line).await, [Grain::Day].into());
        seal(&stage).await;
        for family in [Family::Line, Family::Review, Family::Handling, Family::Time] {
            assert_eq!(grains(&stage, family).await.len(), 3, "{family}");
        }
        assert_eq!(told(&stage).await, before);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

/// Every sealed row is packed.
fn all_packed() -> Settings {
    Settings { packed_from: 1, ..Settings::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_late_is_added_to_what_is_sealed() {
    everywhere_with(all_packed(), async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.broken("o1", 2).await;
        stage.delivered("o2", 3).await;
        stage.pass(Span::from_days(75)).await;
        seal(&stage).await;
        let before = told(&stage).await;
        let late = START + Span::from_days(5);
        stage.review_at(late, "o1", 5).await;
        stage.wish_of("o2", late).await;
        stage.wants_return("o2", ReturnStatus::Requested).await;
        let after = told(&stage).await;
        assert_ne!(after, before);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        // Packed with what came late it is the same, and after a repair.
        let mut packed = 0;
        while stage.app.repack_some().await.unwrap() > 0 {
            packed += 1;
        }
        assert!(packed > 0, "much of it is packed anew");
        assert_eq!(told(&stage).await, after);
        assert_eq!(differences(&stage, true).await, Vec::<String>::new());
        assert_eq!(told(&stage).await, after);
        // Read by days alone it is the same.
        let tx = stage.app.store().begin().await.unwrap();
        tx.script("UPDATE rollup_bases SET sealed_until = NULL").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told(&stage).await, after);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_is_sealed_before_its_last_week_is_over_takes_what_comes_late() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        // 31 March 2026 is a Tuesday; its week ends on 5 April, its month is sealed from 4 April on.
        stage.pass(Span::from_days(30)).await;
        stage.broken("o1", 2).await;
        stage.pass(Span::from_days(4)).await;
        seal(&stage).await;
        assert_eq!(grains(&stage, Family::Review).await, [Grain::Day, Grain::Month].into());
        stage.review("o1", 5, "They helped me.").await;
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_seals_what_it_fills() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.broken("o1", 2).await;
        stage.pass(Span::from_days(75)).await;
        let before = told(&stage).await;
        assert_eq!(differences(&stage, true).await, Vec::<String>::new());
        assert_eq!(grains(&stage, Family::Line).await.len(), 3);
        let sealed = rollup::sealed(&stage.app.store().reader(), &[&stage.shop]).await.unwrap();
        assert_eq!(sealed.get(&stage.shop), Some(&Sealed::by(stage.now().day())));
        assert_eq!(told(&stage).await, before);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_seals_beside_writers_of_old_days_loses_nothing() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        for n in 0..30 {
            stage.delivered(&format!("o{n}"), 1).await;
        }
        stage.pass(Span::from_days(120)).await;
        let writers = futures::future::join_all((0..30).map(|n| {
            let stage = &stage;
            async move { stage.review_at(START + Span::from_days(n % 20), &format!("o{n}"), 1).await }
        }));
        futures::future::join(writers, seal(&stage)).await;
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        assert_eq!(grains(&stage, Family::Review).await.len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_packers_and_repairs_take_nothing_from_an_answer() {
    everywhere_with(all_packed(), async |house| {
        let stage = Stage::on(house, "etsy").await;
        for n in 0..16 {
            stage.delivered(&format!("o{n}"), 1).await;
        }
        stage.pass(Span::from_days(75)).await;
        seal(&stage).await;
        let writes = async {
            for n in 0..16 {
                stage.review_at(START + Span::from_days(2 + n), &format!("o{n}"), 1).await;
            }
        };
        let packs = async {
            for n in 0..24 {
                stage.app.repack_some().await.unwrap();
                if n % 8 == 7 {
                    differences(&stage, true).await;
                }
            }
        };
        let asks = async {
            let mut before = 0;
            while before < 16 {
                let now = negative(&stage).await;
                assert!(now >= before, "{now} after {before}");
                before = now;
            }
            before
        };
        let ((), (), last) = tokio::join!(writes, packs, asks);
        assert_eq!(last, 16);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

/// Negative reviews of the first ninety days, summed over articles and reasons.
async fn negative(stage: &Stage<'_>) -> i64 {
    let from = START.day();
    let question = Question {
        shop: Some(stage.shop.clone()),
        days: Days { from, until: Day::from_number(from.number() + 90) },
        bucket: Bucket::Total,
        dimensions: vec![Dimension::Sku, Dimension::Reason],
        filters: Vec::new(),
    };
    let told = stage.app.review_reversal(&analyst(), &question).await.unwrap();
    told.rows.iter().map(|row| row.funnel.negative).sum()
}
