//! Roll-ups do not depend on the order in which signals arrive.

use std::sync::Arc;

use amends_app::Role;
use amends_app::metrics::{Bucket, Days, Question};
use amends_domain::case::Outcome;
use amends_domain::order::{InWindow, Line};
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::*;
use amends_domain::{Day, Span, Time};
use amends_store::{order, review};

use crate::house::everywhere;
use crate::make::START;
use crate::stage::{Stage, analyst, buyer, call, eur, id};

async fn differences(stage: &Stage<'_>, repair: bool) -> Vec<String> {
    let admin = call("root", &[Role::Admin]);
    stage.app.recompute(admin, &stage.shop, repair, Arc::new(|_, _| {})).await.unwrap().differences
}

fn ordered(o: &str, lines: &[&str], quantity: u32) -> SignalBody {
    let line = |line: &&str| OrderedLine {
        line: id(line),
        sku: id(format!("sku-{line}")),
        title: String::new(),
        category: String::new(),
        quantity,
        unit_price: eur(1_000),
    };
    SignalBody::Order(OrderSignal {
        order: id(o),
        buyer: buyer(o),
        lines: lines.iter().map(line).collect(),
        state: OrderState::Paid,
        language: "de".to_owned(),
        time_zone: String::new(),
    })
}

fn parcel(o: &str) -> SignalBody {
    SignalBody::Shipment(ShipmentSignal {
        shipment: id(format!("p-{o}")),
        order: id(o),
        lines: Vec::new(),
        state: ShipmentState::Delivered,
        eta: None,
        carrier: String::new(),
        tracking: String::new(),
        remedy: None,
    })
}

fn told(o: &str, line: Option<&str>, sku: Option<&str>, rating: u8, text: &str) -> SignalBody {
    SignalBody::Review(ReviewSignal {
        review: id(format!("r-{o}")),
        order: Some(id(o)),
        line: line.map(id),
        sku: sku.map(id),
        buyer: Some(buyer(o)),
        rating: Some(rating),
        text: text.to_owned(),
        language: String::new(),
        visible: true,
        removed_by: None,
        platform_modified_at: None,
        edit_state: None,
        follow_up: false,
    })
}

fn message(o: &str, line: Option<&str>) -> SignalBody {
    SignalBody::Message(MessageSignal {
        message: id(format!("m-{o}")),
        conversation: id(format!("c-{o}")),
        order: Some(id(o)),
        line: line.map(id),
        buyer: buyer(o),
        direction: Direction::FromBuyer,
        author: Author::Human,
        text: "I want to send it back.".to_owned(),
        language: String::new(),
        public: false,
    })
}

fn request(o: &str, n: u32, quantity: u32, status: ReturnStatus, at: Time) -> SignalBody {
    SignalBody::Return(ReturnSignal {
        return_id: id(format!("ret-{o}-{n}")),
        order: id(o),
        line: Some(id("1")),
        quantity,
        status,
        raw_status: status.to_string(),
        reason: None,
        raw_reason: String::new(),
        buyer: Some(buyer(o)),
        requested_at: at,
        deadline: None,
        refund: None,
        seller_fault: None,
        bounds: Default::default(),
    })
}

/// Every order of so many things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for shorter in orders(n - 1) {
        for at in 0..n {
            let mut one = shorter.clone();
            one.insert(at, n - 1);
            all.push(one);
        }
    }
    all
}

async fn line(stage: &Stage<'_>, o: &str) -> Line {
    let lines = order::get(&stage.app.store().reader(), &stage.shop, &id(o)).await.unwrap();
    lines.into_iter().find(|line| line.line.as_str() == "1").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wish_to_return_is_the_first_that_was_voiced_in_every_order_of_arrival() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.pass(Span::from_days(20)).await;
        let at = |hours| START + Span::from_hours(hours);
        let unhappy = "It arrived broken. I want to send it back and get my money back.";
        for (n, arrival) in orders(5).into_iter().enumerate() {
            let o = format!("o{n}");
            let signals = [
                (at(0), ordered(&o, &["1"], 2)),
                (at(10), parcel(&o)),
                (at(30), told(&o, Some("1"), None, 1, unhappy)),
                (at(20), request(&o, 1, 1, ReturnStatus::Intent, at(20))),
                (at(40), request(&o, 1, 1, ReturnStatus::Requested, at(40))),
            ];
            for i in &arrival {
                let (at, body) = signals[*i].clone();
                stage.push_at(at, body).await;
            }
            let line = line(&stage, &o).await;
            assert_eq!(line.intent_at, Some(at(20)), "{arrival:?}");
            assert_eq!(line.requested.map(|units| units.at), Some(at(40)), "{arrival:?}");
        }
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_on_an_order_counts_for_its_only_line_and_one_in_a_review_for_the_line_of_that() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.pass(Span::from_days(20)).await;
        let at = |hours| START + Span::from_hours(hours);
        let unhappy = "It arrived broken. I want to send it back and get my money back.";
        for (n, arrival) in orders(4).into_iter().enumerate() {
            // The order has one line, or two: then what names none says nothing about either.
            for lines in [&["1"][..], &["1", "2"][..]] {
                let o = format!("o{n}-{}", lines.len());
                let signals = [
                    (at(0), ordered(&o, lines, 1)),
                    (at(10), message(&o, None)),
                    (at(30), told(&o, None, None, 1, unhappy)),
                    (at(50), told(&o, Some("1"), None, 1, unhappy)),
                ];
                for i in &arrival {
                    let (at, body) = signals[*i].clone();
                    stage.push_at(at, body).await;
                }
                let expected = if lines.len() == 1 { at(10) } else { at(30) };
                assert_eq!(line(&stage, &o).await.intent_at, Some(expected), "{arrival:?} {lines:?}");
            }
        }
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_in_a_review_counts_before_anything_else_is_known_of_its_order() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let at = START - Span::from_hours(1);
        let unhappy = "It arrived broken. I want to send it back and get my money back.";
        stage.push_at(at, told("o1", Some("1"), None, 1, unhappy)).await;
        assert_eq!(line(&stage, "o1").await.intent_at, Some(at));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_article_and_line_of_a_review_are_what_its_latest_word_says() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.pass(Span::from_days(20)).await;
        let at = |hours| START + Span::from_hours(hours);
        for (n, arrival) in orders(4).into_iter().enumerate() {
            let o = format!("o{n}");
            let signals = [
                (at(0), ordered(&o, &["1", "2"], 1)),
                (at(10), parcel(&o)),
                (at(20), told(&o, Some("1"), Some("wrong"), 2, "Bad.")),
                (at(30), told(&o, Some("2"), Some("right"), 2, "Bad.")),
            ];
            for i in &arrival {
                let (at, body) = signals[*i].clone();
                stage.push_at(at, body).await;
            }
            let key = [(stage.shop.clone(), id(format!("r-{o}")))];
            let row = review::by_ids(&key).all(&stage.app.store().reader()).await.unwrap().remove(0);
            let told = (row.line.unwrap(), row.sku.unwrap(), row.line_sku.unwrap());
            assert_eq!(told, (id("2"), id("right"), id("sku-2")), "{arrival:?}");
        }
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn units_requested_after_the_window_are_not_counted_with_those_inside() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.pass(Span::from_days(100)).await;
        let at = |days| START + Span::from_days(days);
        for (n, arrival) in orders(4).into_iter().enumerate() {
            let o = format!("o{n}");
            let signals = [
                (at(0), ordered(&o, &["1"], 5)),
                (at(0), parcel(&o)),
                (at(5), request(&o, 1, 1, ReturnStatus::Approved, at(5))),
                (at(90), request(&o, 2, 3, ReturnStatus::Approved, at(90))),
            ];
            for i in &arrival {
                let (at, body) = signals[*i].clone();
                stage.push_at(at, body).await;
            }
            let line = line(&stage, &o).await;
            assert_eq!(line.in_window, Some(InWindow { requested: 1, counted: 1 }), "{arrival:?}");
            assert_eq!(line.counted.map(|units| units.units), Some(4));
        }
        let day = START.day();
        let days = Days { from: day, until: Day::from_number(day.number() + 1) };
        let question = Question {
            shop: Some(stage.shop.clone()),
            days,
            bucket: Bucket::Total,
            dimensions: Vec::new(),
            filters: Vec::new(),
        };
        let row = stage.app.return_figures(&analyst(), &question).await.unwrap().rows.remove(0);
        let of = |rate: amends_app::metrics::MatureRate| (rate.rate.numerator, rate.rate.denominator);
        assert_eq!((of(row.return_rate_units), of(row.requested_rate)), ((24, 120), (24, 120)));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_keeps_what_its_case_says_when_its_line_gets_another_case() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        stage.pass(Span::from_minutes(1)).await;
        stage.fulfilled(case, RemedyKind::Replacement, Terms::default()).await;
        stage.claim(case).await;
        stage.solve(case, Outcome::RemedyFulfilled).await;
        stage.pass(Span::from_days(30)).await;
        let other = stage.wants_return("o1", ReturnStatus::Requested).await;
        assert_ne!(other, case);
        stage.review("o1", 5, "All is well now.").await;
        let key = [(stage.shop.clone(), id("r-o1"))];
        let row = review::by_ids(&key).all(&stage.app.store().reader()).await.unwrap().remove(0);
        assert_eq!((row.case, row.about.remedy), (Some(case), Some(RemedyKind::Replacement)));
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_began_on_the_channel_has_the_language_its_buyer_ordered_in() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let at = START - Span::from_hours(1);
        for (n, arrival) in orders(2).into_iter().enumerate() {
            let o = format!("o{n}");
            let signals = [
                (at, ordered(&o, &["1"], 1)),
                (at + Span::from_minutes(1), request(&o, 1, 1, ReturnStatus::Requested, at)),
            ];
            for i in &arrival {
                let (at, body) = signals[*i].clone();
                stage.push_at(at, body).await;
            }
            let line = line(&stage, &o).await;
            assert_eq!(line.about.language, "de", "{arrival:?}");
        }
        assert_eq!(differences(&stage, false).await, Vec::<String>::new());
    })
    .await;
}
