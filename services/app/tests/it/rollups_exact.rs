//! Roll-ups are exact: under changed rules, after a repair, over several shops, and about their maturity.

use std::sync::Arc;

use amends_app::metrics::{Bucket, Days, Dimension, Question, RemedyQuestion};
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_app::shop::CreateShop;
use amends_app::{AppError, Principal, Role, ShopScope};
use amends_domain::policy::{ChannelPolicy, EditFrom, EditWindow, in_force};
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::returns::ReturnStatus;
use amends_domain::shop::Channel;
use amends_domain::{Day, ShopId, Span};
use amends_store::rollup::Basis;
use amends_store::{case, order, review, rollup};

use crate::house::everywhere;
use crate::make::{START, root};
use crate::stage::{Stage, analyst, call, id};

async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap().differences
}

fn span(first: i32, days: i32) -> Days {
    let from = START.day().number() + first;
    Days { from: Day::from_number(from), until: Day::from_number(from + days) }
}

fn question(shop: Option<&ShopId>, days: Days) -> Question {
    let shop = shop.cloned();
    Question { shop, days, bucket: Bucket::Total, dimensions: Vec::new(), filters: Vec::new() }
}

async fn set_row(stage: &Stage<'_>, version: i64, change: impl FnOnce(&mut ChannelPolicy)) {
    let mut row = in_force(&[], stage.shop.as_str().trim_start_matches("on-"), "", stage.now());
    change(&mut row);
    let change =
        PolicyChange { channel: Some(row), reason: Some("agreed".to_owned()), ..PolicyChange::default() };
    let update = UpdatePolicy { shop: stage.shop.clone(), version, change };
    stage.app.change_shop(call("root", &Role::ALL), update, |_| Vec::new()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_dated_ahead_of_a_changed_row_is_counted_by_one_row_alone() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.delivered("o1", 1).await;
        // The clock of whoever tells it is fast, by less than is tolerated.
        let ahead = stage.now() + Span::from_minutes(4);
        let seen = |rating| review_of("o1", rating);
        stage.push_at(ahead, seen(3)).await;
        set_row(&stage, 0, |row| row.negative_threshold = 2).await;
        stage.pass(Span::from_minutes(1)).await;
        let case = stage.push_at(ahead + Span::from_secs(1), seen(3)).await;
        assert!(matches!(case, amends_app::ingest::Receipt::Accepted { .. }));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        let negative = async || {
            let question = question(Some(&stage.shop), span(0, 2));
            stage.app.review_reversal(&analyst(), &question).await.unwrap().rows[0].funnel.negative
        };
        assert_eq!(negative().await, 1, "three stars were negative on its day");
        stage.pass(Span::from_minutes(10)).await;
        stage.push(review_of("o2", 3)).await;
        assert_eq!(negative().await, 1, "and are not from when the row holds");
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

fn review_of(o: &str, rating: u8) -> amends_domain::signal::SignalBody {
    amends_domain::signal::SignalBody::Review(amends_domain::signal::ReviewSignal {
        review: id(format!("r-{o}")),
        order: Some(id(o)),
        line: None,
        sku: None,
        buyer: None,
        rating: Some(rating),
        text: String::new(),
        language: String::new(),
        visible: true,
        removed_by: None,
        platform_modified_at: None,
        edit_state: None,
        follow_up: false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn one_repair_is_enough_whatever_is_wrong_at_once() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let work = stage.broken("o1", 2).await;
        stage.claim(work).await;
        stage.pass(Span::from_minutes(1)).await;
        stage.fulfilled(work, RemedyKind::Replacement, Terms::default()).await;
        stage.delivered("o2", 1).await;
        stage.wants_return("o2", ReturnStatus::Requested).await;
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        let conn = stage.app.store().reader();
        let mut lines = order::page(&conn, &stage.shop, None, 9).await.unwrap();
        let mut reviews = review::page(&conn, &stage.shop, None, 9).await.unwrap();
        let (told_lines, told_reviews) = (lines.clone(), reviews.clone());
        for line in &mut lines {
            (line.delivered, line.requested, line.in_window, line.intent_at) =
                (None, None, None, Some(START));
            line.about = Default::default();
        }
        for row in &mut reviews {
            (row.handling.delivered_at, row.line_sku, row.wished_at) = (None, None, Some(START));
            row.about = Default::default();
        }
        drop(conn);
        let tx = stage.app.store().begin().await.unwrap();
        order::put(&lines).run(&tx).await.unwrap();
        review::put(&reviews).run(&tx).await.unwrap();
        case::firsts(&[(stage.shop.clone(), work, None, None)]).run(&tx).await.unwrap();
        rollup::clear(&tx, &stage.shop).await.unwrap();
        tx.commit().await.unwrap();
        let found = differences(&stage, true).await;
        assert!(found.iter().any(|told| told.contains("who acted first")), "{found:?}");
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
        let conn = stage.app.store().reader();
        assert_eq!(order::page(&conn, &stage.shop, None, 9).await.unwrap(), told_lines);
        assert_eq!(review::page(&conn, &stage.shop, None, 9).await.unwrap(), told_reviews);
        let case = stage.case(work).await;
        assert_eq!((case.first_agent, case.remedied), (Some(id("ann")), Some(RemedyKind::Replacement)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_zone_data_or_another_catalogue_is_found_and_told() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        assert_eq!(stage.app.shops_counted_otherwise().await.unwrap(), Vec::<ShopId>::new());
        let tx = stage.app.store().begin().await.unwrap();
        let other = Basis { zone_data: "2019a".to_owned(), catalogue: "old".to_owned(), revision: 0 };
        rollup::put_basis(&stage.shop, &other).run(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stage.app.shops_counted_otherwise().await.unwrap(), std::slice::from_ref(&stage.shop));
        let found = differences(&stage, true).await;
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[2].contains("revision of what they hold"), "{found:?}");
        assert!(found[0].contains("time zone data") && found[1].contains("catalogue"), "{found:?}");
        assert_eq!(stage.app.shops_counted_otherwise().await.unwrap(), Vec::<ShopId>::new());
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cohort_is_mature_when_the_window_of_every_day_in_it_has_closed() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        set_row(&stage, 0, |row| {
            row.return_window = Span::from_days(60);
            row.edit_window = EditWindow::Days { days: 60, from: EditFrom::FirstObserved };
        })
        .await;
        stage.pass(Span::from_days(10)).await;
        set_row(&stage, 1, |row| {
            row.return_window = Span::from_days(5);
            row.edit_window = EditWindow::Days { days: 5, from: EditFrom::FirstObserved };
        })
        .await;
        stage.pass(Span::from_days(20)).await;
        let mature = async |days| {
            let question = question(Some(&stage.shop), days);
            let reviews = stage.app.review_reversal(&analyst(), &question).await.unwrap();
            let lines = stage.app.return_figures(&analyst(), &question).await.unwrap();
            (reviews.rows[0].all.mature, lines.rows[0].return_rate_units.mature)
        };
        assert_eq!(mature(span(12, 3)).await, (true, true), "the short window");
        assert_eq!(mature(span(5, 10)).await, (false, false), "the long one of its first days");
        stage.pass(Span::from_days(45)).await;
        assert_eq!(mature(span(5, 10)).await, (true, true));
        assert_eq!(mature(span(70, 30)).await, (false, false), "days that are to come");
        set_row(&stage, 2, |row| row.edit_window = EditWindow::Always).await;
        stage.pass(Span::from_days(400)).await;
        assert_eq!(mature(span(80, 3)).await, (false, true), "what can be edited for ever never closes");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_was_seen_before_its_delivery_keeps_its_cohort_open() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.push(review_of("o1", 1)).await;
        stage.pass(Span::from_days(90)).await;
        stage.delivered("o1", 1).await;
        stage.pass(Span::from_days(30)).await;
        let mature = async |days| {
            let question = question(Some(&stage.shop), days);
            stage.app.review_reversal(&analyst(), &question).await.unwrap().rows[0].all.mature
        };
        assert!(!mature(span(0, 1)).await, "its window of 100 days began with the delivery");
        assert!(mature(span(1, 1)).await, "that of others is over");
        stage.pass(Span::from_days(71)).await;
        assert!(mature(span(0, 1)).await);
    })
    .await;
}

/// A shop where it is fourteen hours later than in UTC.
fn a_day_ahead() -> CreateShop {
    CreateShop {
        id: id("far"),
        display_name: String::new(),
        channel: Channel::new("etsy").unwrap(),
        region: "US".to_owned(),
        currency: id("EUR"),
        time_zone: "Pacific/Kiritimati".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_all_shops_are_those_of_each_with_its_own_days() {
    everywhere(async |house| {
        let here = Stage::on(house, "etsy").await;
        let far = Stage::on(house, "shopee").await;
        house.perform(&root(), a_day_ahead()).await.unwrap();
        here.broken("o1", 1).await;
        here.broken("o2", 1).await;
        far.broken("o1", 1).await;
        let of_day = |days, dimensions: &[Dimension]| Question {
            dimensions: dimensions.to_vec(),
            ..question(None, days)
        };
        let told = async |who: &Principal, question: &Question| {
            let figures = here.app.review_reversal(who, question).await.unwrap();
            let row = |row: &amends_app::metrics::ReversalRow| {
                let key: Vec<&str> = row.key.iter().map(|(_, value)| value.as_str()).collect();
                (key.join("/"), row.funnel.negative)
            };
            figures.rows.iter().map(row).collect::<Vec<_>>()
        };
        let row = |key: &str, n| (key.to_owned(), n);
        let today = span(0, 1);
        assert_eq!(told(&analyst(), &of_day(today, &[])).await, [row("", 3)]);
        let by_shop = told(&analyst(), &of_day(today, &[Dimension::Shop])).await;
        assert_eq!(by_shop, [row("on-etsy", 2), row("on-shopee", 1)]);
        let by_both = told(&analyst(), &of_day(today, &[Dimension::Sku, Dimension::Channel])).await;
        assert_eq!(by_both, [row("SKU-1/etsy", 2), row("SKU-1/shopee", 1)]);
        let filters = vec![(Dimension::Channel, "shopee".to_owned())];
        let shopee = Question { filters, ..of_day(today, &[]) };
        assert_eq!(told(&analyst(), &shopee).await, [row("", 1)]);
        let one = Principal { shops: ShopScope::Only(vec![far.shop.clone()]), ..analyst() };
        assert_eq!(told(&one, &of_day(today, &[])).await, [row("", 1)], "nobody sees another's");
        let agent = call("ann", &[Role::Agent]).principal;
        let refused = here.app.review_reversal(&agent, &of_day(today, &[])).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        // Ten in the morning here is the next day there.
        let there = Stage::at(house, id("far"));
        there.broken("o1", 1).await;
        assert_eq!(told(&analyst(), &of_day(today, &[])).await, [row("", 3)]);
        assert_eq!(told(&analyst(), &of_day(span(1, 1), &[Dimension::Region])).await, [row("US", 1)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_about_remedies_count_the_days_of_the_shop() {
    everywhere(async |house| {
        house.perform(&root(), CreateShop { region: String::new(), ..a_day_ahead() }).await.unwrap();
        let stage = Stage::at(house, id("far"));
        let work = stage.broken("o1", 1).await;
        // Noon of the day after: it is ten in the evening in UTC.
        stage.pass(Span::from_hours(12)).await;
        stage.claim(work).await;
        stage.offered(work, RemedyKind::Replacement, Terms::default()).await.unwrap();
        let offered = async |days| {
            let question = RemedyQuestion {
                shop: stage.shop.clone(),
                days,
                reason: None,
                kinds: Vec::new(),
                immature: true,
            };
            let figures = stage.app.remedy_figures(&analyst(), &question).await.unwrap();
            figures.kinds.iter().map(|kind| kind.offered).sum::<i64>()
        };
        assert_eq!((offered(span(0, 1)).await, offered(span(1, 1)).await), (0, 1));
    })
    .await;
}
