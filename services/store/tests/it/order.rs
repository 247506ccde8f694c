//! Order lines.

use amends_domain::order::{Help, HelpKind, InWindow, Line, Purchase, Units};
use amends_domain::signal::OrderState;
use amends_domain::{Money, Sku};
use amends_store::{Store, order};

use crate::sample::{ODD, at, buyer_key, line_id, order_id, shop_id, signal_id};

conformance!(
    a_line_is_read_back_as_it_stands,
    a_line_takes_the_place_of_what_stood_there,
    the_lines_of_many_orders_are_read_at_once,
    all_lines_of_a_shop_are_read_page_by_page,
);

fn bare(order: &str, line: &str) -> Line {
    Line::unknown(shop_id(ODD), order_id(order), line_id(line))
}

fn full(order: &str, line: &str) -> Line {
    let units = |seconds, units| Some(Units { at: at(seconds), units });
    Line {
        purchase: Some(Purchase {
            said_at: at(1),
            said_by: signal_id(ODD),
            placed_at: at(2),
            state: OrderState::Paid,
            buyer: buyer_key(7),
            sku: Sku::new(ODD).unwrap(),
            title: String::new(),
            category: ODD.to_owned(),
            quantity: u32::MAX,
            unit_price: Money::new(-5, "USD".parse().unwrap()),
            language: String::new(),
        }),
        delivered: units(3, 1),
        intent_at: Some(at(4)),
        requested: units(5, 2),
        counted: units(6, 0),
        in_window: Some(InWindow { requested: 1, counted: 0 }),
        helped: Some(Help { kind: HelpKind::TalkedThrough, at: at(7), units: 3 }),
        confirmed_at: Some(at(8)),
        about: crate::review::about(),
        ..bare(order, line)
    }
}

async fn a_line_is_read_back_as_it_stands(store: Store) {
    let tx = store.begin().await.unwrap();
    order::put(&[bare(ODD, "1"), full(ODD, "2")]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let found = order::get(&store.reader(), &shop_id(ODD), &order_id(ODD)).await.unwrap();
    assert_eq!(found, [bare(ODD, "1"), full(ODD, "2")]);
    assert!(order::get(&store.reader(), &shop_id("other"), &order_id(ODD)).await.unwrap().is_empty());
}

async fn a_line_takes_the_place_of_what_stood_there(store: Store) {
    let tx = store.begin().await.unwrap();
    order::put(&[bare("o", "1"), full("o", "2")]).run(&tx).await.unwrap();
    order::put(&[full("o", "1"), bare("o", "2")]).run(&tx).await.unwrap();
    let found = order::get(&tx, &shop_id(ODD), &order_id("o")).await.unwrap();
    assert_eq!(found, [full("o", "1"), bare("o", "2")]);
    tx.commit().await.unwrap();
}

async fn the_lines_of_many_orders_are_read_at_once(store: Store) {
    let tx = store.begin().await.unwrap();
    let written = [full("a", "1"), bare("a", "2"), bare("b", "1"), full(ODD, "1")];
    order::put(&written).run(&tx).await.unwrap();
    let asked = ["a", "a", "x", ODD].map(|order| (shop_id(ODD), order_id(order)));
    let mut found = order::by_orders(&asked).all(&tx).await.unwrap();
    found.sort_by(|a, b| (&a.order, &a.line).cmp(&(&b.order, &b.line)));
    assert_eq!(found, [full("a", "1"), bare("a", "2"), full(ODD, "1")]);
    tx.commit().await.unwrap();
}

async fn all_lines_of_a_shop_are_read_page_by_page(store: Store) {
    let tx = store.begin().await.unwrap();
    let written = [bare("a", "1"), bare("a", "2"), full("b", "1"), bare("c", "0"), bare("c", "3")];
    order::put(&written).run(&tx).await.unwrap();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = order::page(&tx, &shop_id(ODD), after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.order.clone(), last.line.clone()));
        found.extend(page);
    }
    assert_eq!(found, written);
    tx.commit().await.unwrap();
}
