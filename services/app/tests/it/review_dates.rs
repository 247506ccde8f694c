//! A review is as old as the channel says, and changed when the channel says.

use std::sync::Arc;

use amends_app::Role;
use amends_app::review::AskState;
use amends_domain::guardrail::Rule;
use amends_domain::remedy::RemedyKind;
use amends_domain::review::{DiffKind, RemovedBy};
use amends_domain::rollup::{Cell, Grain, Place};
use amends_domain::signal::{OrderSignal, OrderState, OrderedLine, ReviewSignal, SignalBody};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Span, Time};
use amends_store::contact::{self, AskUse};
use amends_store::{buyer as buyers, order, review, rollup};

use crate::house::{counts, everywhere};
use crate::stage::{Stage, analyst, boss, buyer, call, eur, id, money};

fn seen(of: &str, rating: u8, modified: Option<Time>) -> ReviewSignal {
    ReviewSignal {
        review: id(format!("r-{of}")),
        order: Some(id(of)),
        line: Some(id("1")),
        sku: None,
        buyer: Some(buyer(of)),
        rating: Some(rating),
        text: "It arrived broken, the glass is cracked.".to_owned(),
        language: String::new(),
        visible: true,
        removed_by: None,
        platform_modified_at: modified,
        edit_state: None,
        follow_up: false,
    }
}

async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap().differences
}

/// Natural, recovered, and what the review itself says.
async fn figures(stage: &Stage<'_>) -> (i64, i64, bool) {
    let conn = stage.app.store().reader();
    let row = counts(&conn, &stage.shop).await;
    let of = |wanted: Measure| row.iter().filter(|(_, m, _)| *m == wanted).map(|(_, _, n)| n).sum();
    let view = stage.app.review(&analyst(), &stage.shop, &id("r-o1")).await.unwrap();
    (of(Measure::NaturalReversed), of(Measure::Recovered), view.natural)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_buyer_changed_before_anybody_acted_is_natural_though_it_is_seen_later() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        stage.pass(Span::from_hours(1)).await;
        let edited = stage.now();
        stage.pass(Span::from_hours(1)).await;
        stage.claim(case).await;
        stage.fulfilled(case, RemedyKind::Coupon, money(500)).await;
        stage.pass(Span::from_hours(1)).await;
        stage.push(SignalBody::Review(seen("o1", 5, Some(edited)))).await;
        assert_eq!(figures(&stage).await, (1, 0, true));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        // A look that comes in late saw it as it was, after the help: the channel's date was wrong.
        let late = stage.now() - Span::from_minutes(30);
        stage.push_at(late, SignalBody::Review(seen("o1", 1, None))).await;
        assert_eq!(figures(&stage).await, (0, 1, false));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_by_an_earlier_version_is_repaired() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        stage.pass(Span::from_hours(1)).await;
        let edited = stage.now();
        stage.pass(Span::from_hours(1)).await;
        stage.claim(case).await;
        stage.fulfilled(case, RemedyKind::Coupon, money(500)).await;
        stage.pass(Span::from_hours(1)).await;
        stage.push(SignalBody::Review(seen("o1", 5, Some(edited)))).await;
        let tx = stage.app.store().begin().await.unwrap();
        let mut rows = review::by_ids(&[(stage.shop.clone(), id("r-o1"))]).all(&tx).await.unwrap();
        let day = rows[0].history.first_observed_at.unwrap().day();
        rows[0].history.reversed_at = Some(stage.now());
        review::put(&rows).run(&tx).await.unwrap();
        let sums = [(Measure::NaturalReversed, -1), (Measure::Recovered, 1)];
        let place = Place::default();
        let cell = Cell { family: Family::Review, grain: Grain::Day, period: day, place };
        let rows = [((stage.shop.clone(), cell), sums.into_iter().collect())].into_iter().collect();
        tx.send(rollup::add(3, &rollup::Seals::new(), &rows)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!differences(&stage, true).await.is_empty());
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        assert_eq!(figures(&stage).await, (1, 0, true));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_is_brought_in_late_is_not_asked_about_and_widens_no_quota() {
    everywhere(async |house| {
        let stage = Stage::on(house, "ebay").await;
        let now = stage.now();
        let state = |of: &'static str, days_ago: Option<i64>| {
            let stage = &stage;
            async move {
                stage.delivered(of, 1).await;
                let modified = days_ago.map(|days| now - Span::from_days(days));
                stage.push(SignalBody::Review(seen(of, 1, modified))).await;
                let name = id(format!("r-{of}"));
                let view = stage.app.review(&analyst(), &stage.shop, &name).await.unwrap();
                let boss = boss().principal;
                let check = stage.app.check_ask(&boss, &stage.shop, &name, "", true);
                (view.ask, check.await.unwrap().refusals.iter().any(|r| r.rule == Rule::G11))
            }
        };
        assert_eq!(state("o1", None).await, (AskState::Eligible, false), "by the channel's own request");
        assert_eq!(state("o2", Some(29)).await, (AskState::Eligible, false));
        assert_eq!(state("o3", Some(30)).await, (AskState::Blocked(Rule::G11), true));
        assert_eq!(state("o4", Some(400)).await, (AskState::Blocked(Rule::G11), true));
        let conn = stage.app.store().reader();
        let from = now - Span::from_days(29);
        let used = contact::asks_between(&conn, &stage.shop, from, Time::MAX).await.unwrap();
        assert_eq!(used, AskUse { asked: 0, received: 2 }, "two were written before");
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_addition_that_was_taken_away_takes_nothing_else_with_it() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.broken("o1", 1).await;
        let added = ReviewSignal { rating: None, follow_up: true, ..seen("o1", 1, None) };
        stage.pass(Span::from_hours(1)).await;
        stage.push(SignalBody::Review(added.clone())).await;
        stage.pass(Span::from_hours(1)).await;
        let taken = ReviewSignal { visible: false, removed_by: Some(RemovedBy::Buyer), ..added };
        stage.push(SignalBody::Review(taken)).await;
        let view = stage.app.review(&analyst(), &stage.shop, &id("r-o1")).await.unwrap();
        assert!(view.history.visible && view.removed_by.is_none() && view.row.next_look_at.is_some());
        assert_eq!(view.outcome, DiffKind::FollowUpAdded);
        assert_eq!(view.ask, AskState::Eligible);
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyers_zone_is_that_of_the_latest_order_in_whatever_order_they_arrive() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.pass(Span::from_days(3)).await;
        let said = |order: &str, zone: &str| {
            let line = OrderedLine {
                line: id("1"),
                sku: id("SKU-1"),
                title: String::new(),
                category: String::new(),
                quantity: 1,
                unit_price: eur(10_000),
            };
            SignalBody::Order(OrderSignal {
                order: id(order),
                buyer: buyer("one"),
                lines: vec![line],
                state: OrderState::Paid,
                language: String::new(),
                time_zone: zone.to_owned(),
            })
        };
        let zone = || async {
            let conn = stage.app.store().reader();
            let lines = order::get(&conn, &stage.shop, &id("o1")).await.unwrap();
            let key = lines[0].purchase.as_ref().unwrap().buyer;
            buyers::get(&conn, &[(stage.shop.clone(), key)]).await.unwrap().remove(0).time_zone
        };
        let ago = |days| stage.now() - Span::from_days(days);
        stage.push_at(ago(1), said("o1", "Asia/Tokyo")).await;
        stage.push_at(ago(2), said("o2", "Europe/Berlin")).await;
        assert_eq!(zone().await.as_deref(), Some("Asia/Tokyo"), "the older order came later");
        stage.push_at(ago(0), said("o3", "")).await;
        assert_eq!(zone().await.as_deref(), Some("Asia/Tokyo"), "it named none");
        stage.push_at(ago(0), said("o4", "America/Lima")).await;
        assert_eq!(zone().await.as_deref(), Some("America/Lima"));
    })
    .await;
}
