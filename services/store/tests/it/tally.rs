//! Tallies, and what empty batches cost.

use amends_domain::tally::Measure;
use amends_domain::{Day, ShopId};
use amends_store::{
    Store, buyer, message, order, policy, returns, review, shipment, shop, signal, survey, tally, text,
};

use crate::sample::{ODD, shop_id};

conformance!(
    counts_of_all_shards_add_up,
    counts_that_cancel_out_are_gone,
    recomputed_counts_take_the_place_of_all_others,
    a_thousand_counts_are_added_at_once,
    empty_batches_send_no_statement,
);

fn count(shop: &str, day: i32, measure: Measure, value: i64) -> (ShopId, Day, Measure, i64) {
    (shop_id(shop), Day::from_number(day), measure, value)
}

async fn counts_of_all_shards_add_up(store: Store) {
    let tx = store.begin().await.unwrap();
    let first = [count(ODD, 1, Measure::Negative, 2), count("b", 1, Measure::Negative, 7)];
    tally::add(0, &first).run(&tx).await.unwrap();
    tally::add(0, &[count(ODD, 1, Measure::Negative, 3), count(ODD, 2, Measure::Asked, 1)])
        .run(&tx)
        .await
        .unwrap();
    tally::add(9, &[count(ODD, 1, Measure::Negative, -1)]).run(&tx).await.unwrap();
    let day = Day::from_number;
    let both = [shop_id("b"), shop_id(ODD), shop_id(ODD)];
    let mut found = tally::sum(&tx, &both, day(1), day(2)).await.unwrap();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(found, [count("b", 1, Measure::Negative, 7), count(ODD, 1, Measure::Negative, 4)]);
    let all = [count(ODD, 1, Measure::Negative, 4), count(ODD, 2, Measure::Asked, 1)];
    assert_eq!(tally::all(&tx, &shop_id(ODD)).await.unwrap(), all);
    assert!(tally::sum(&tx, &both, day(3), day(9)).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn counts_that_cancel_out_are_gone(store: Store) {
    let tx = store.begin().await.unwrap();
    tally::add(0, &[count(ODD, 1, Measure::Reversed, 1), count(ODD, 1, Measure::Asked, 0)])
        .run(&tx)
        .await
        .unwrap();
    tally::add(1, &[count(ODD, 1, Measure::Reversed, -1)]).run(&tx).await.unwrap();
    assert!(tally::all(&tx, &shop_id(ODD)).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn recomputed_counts_take_the_place_of_all_others(store: Store) {
    let tx = store.begin().await.unwrap();
    tally::add(3, &[count("a", 1, Measure::Solved, 5), count("b", 1, Measure::Solved, 5)])
        .run(&tx)
        .await
        .unwrap();
    let day = Day::from_number;
    let anew = [(day(2), Measure::Solved, 1), (day(3), Measure::Solved, 0)];
    tally::replace(&tx, &shop_id("a"), &anew).await.unwrap();
    assert_eq!(tally::all(&tx, &shop_id("a")).await.unwrap(), [count("a", 2, Measure::Solved, 1)]);
    assert_eq!(tally::all(&tx, &shop_id("b")).await.unwrap(), [count("b", 1, Measure::Solved, 5)]);
    tally::replace(&tx, &shop_id("a"), &[]).await.unwrap();
    assert!(tally::all(&tx, &shop_id("a")).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn a_thousand_counts_are_added_at_once(store: Store) {
    // The largest a day can hold, and days before the epoch.
    let counts: Vec<_> = (-500..500).map(|day| count("a", day, Measure::NetStars, i64::MAX / 2)).collect();
    let tx = store.begin().await.unwrap();
    tally::add(i64::MAX, &counts).run(&tx).await.unwrap();
    tally::add(i64::MAX, &counts).run(&tx).await.unwrap();
    let found = tally::all(&tx, &shop_id("a")).await.unwrap();
    assert_eq!(found.len(), 1_000);
    assert!(found.iter().all(|(_, _, _, value)| *value == i64::MAX - 1));
    tx.commit().await.unwrap();
}

async fn empty_batches_send_no_statement(store: Store) {
    let tx = store.begin().await.unwrap();
    let before = store.counters().statements();
    let conn = &*tx;
    shop::list(conn, None, Some(&[]), 9).await.unwrap();
    policy::all_latest(conn, &[]).await.unwrap();
    signal::known(&[]).all(conn).await.unwrap();
    signal::insert(&[]).run(conn).await.unwrap();
    buyer::put(&[]).run(conn).await.unwrap();
    buyer::get(conn, &[]).await.unwrap();
    buyer::opt_out(&[]).run(conn).await.unwrap();
    text::put(&[]).run(conn).await.unwrap();
    text::get(conn, &shop_id("a"), &[]).await.unwrap();
    order::by_orders(&[]).all(conn).await.unwrap();
    order::put(&[]).run(conn).await.unwrap();
    shipment::by_orders(&[]).all(conn).await.unwrap();
    shipment::put(&[]).run(conn).await.unwrap();
    review::by_ids(&[]).all(conn).await.unwrap();
    review::by_orders(&[]).all(conn).await.unwrap();
    review::by_cases(&[]).all(conn).await.unwrap();
    review::versions(&[]).all(conn).await.unwrap();
    review::put(&[]).run(conn).await.unwrap();
    review::insert_versions(&[]).run(conn).await.unwrap();
    message::insert(&[]).run(conn).await.unwrap();
    message::intents_of_orders(&[]).all(conn).await.unwrap();
    returns::by_orders(&[]).all(conn).await.unwrap();
    returns::by_ids(&[]).all(conn).await.unwrap();
    returns::events_by_orders(&[]).all(conn).await.unwrap();
    returns::put(&[]).run(conn).await.unwrap();
    returns::insert_events(&[]).run(conn).await.unwrap();
    survey::insert(&[]).run(conn).await.unwrap();
    survey::by_ids(conn, &[]).await.unwrap();
    tally::add(0, &[]).run(conn).await.unwrap();
    tally::add(0, &[count("a", 1, Measure::Solved, 0)]).run(conn).await.unwrap();
    tally::sum(conn, &[], Day::from_number(0), Day::from_number(9)).await.unwrap();
    assert_eq!(store.counters().statements(), before);
    tx.rollback().await.unwrap();
}
