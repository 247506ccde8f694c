//! Locks on what hangs together.

use std::collections::HashSet;

use amends_domain::subject::Anchor;
use amends_domain::{BuyerKey, OrderId, ReviewId};
use amends_store::{Engine, Store, lock};

use crate::case::shop;

conformance!(
    one_transaction_at_a_time_holds_a_bucket,
    no_bucket_takes_no_statement,
    many_write_about_a_buyer_and_one_erases_them,
    who_writes_about_a_buyer_waits_for_no_quality_form,
);

async fn one_transaction_at_a_time_holds_a_bucket(store: Store) {
    if store.engine() == Engine::Sqlite {
        // One writer: there is nothing to hold.
        return;
    }
    let (first, second) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    lock::anchors(&first, &[7, 3, 7]).await.unwrap();
    lock::anchors(&second, &[4]).await.unwrap();
    second.run("SET LOCAL lock_timeout = '50ms'", vec![]).await.unwrap();
    assert!(lock::anchors(&second, &[9, 3]).await.is_err());
    second.rollback().await.unwrap();
    first.commit().await.unwrap();
    let third = store.begin().await.unwrap();
    lock::anchors(&third, &[3]).await.unwrap();
    third.rollback().await.unwrap();
}

async fn no_bucket_takes_no_statement(store: Store) {
    let tx = store.begin().await.unwrap();
    let before = store.counters().statements();
    lock::anchors(&tx, &[]).await.unwrap();
    assert_eq!(store.counters().statements(), before);
    tx.rollback().await.unwrap();
}

async fn many_write_about_a_buyer_and_one_erases_them(store: Store) {
    if store.engine() == Engine::Sqlite {
        return;
    }
    let buyer = [(shop(), BuyerKey::from_bits(7))];
    let (first, second) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    lock::named(&first, &[3], &buyer).await.unwrap();
    lock::named(&second, &[4], &buyer).await.unwrap();
    second.rollback().await.unwrap();
    let third = store.begin().await.unwrap();
    third.run("SET LOCAL lock_timeout = '50ms'", vec![]).await.unwrap();
    assert!(lock::erasure(&third, &shop(), &buyer[0].1).await.is_err(), "somebody writes about them");
    third.rollback().await.unwrap();
    first.rollback().await.unwrap();
    let (erasing, writing) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    lock::erasure(&erasing, &shop(), &buyer[0].1).await.unwrap();
    writing.run("SET LOCAL lock_timeout = '50ms'", vec![]).await.unwrap();
    assert!(lock::named(&writing, &[5], &buyer).await.is_err(), "they are being erased");
    writing.rollback().await.unwrap();
    erasing.rollback().await.unwrap();
}

async fn who_writes_about_a_buyer_waits_for_no_quality_form(store: Store) {
    if store.engine() == Engine::Sqlite {
        return;
    }
    // So many that every bucket of buyers is among them, and every sixteenth shop would have met one.
    let forms: Vec<i64> = (0..500).map(|n| lock::quality(&format!("shop-{n}").parse().unwrap())).collect();
    let buyers: Vec<_> = (0..500).map(|n| (shop(), BuyerKey::from_bits(n))).collect();
    let (first, second) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    lock::anchors(&first, &forms).await.unwrap();
    second.run("SET LOCAL lock_timeout = '50ms'", vec![]).await.unwrap();
    lock::named(&second, &[], &buyers).await.unwrap();
    second.rollback().await.unwrap();
    first.rollback().await.unwrap();
}

#[test]
fn a_bucket_is_the_same_in_every_version() {
    let order = Anchor::Order(OrderId::new("O-1").unwrap());
    let review = Anchor::Review(ReviewId::new("O-1").unwrap());
    assert_eq!(lock::bucket(&shop(), &order), BUCKET_OF_ORDER);
    assert_ne!(lock::bucket(&shop(), &order), lock::bucket(&shop(), &review));
}

/// Written down, because two versions may run side by side.
const BUCKET_OF_ORDER: i64 = 18_416_155_897_430_698;

#[test]
fn buckets_are_used_evenly() {
    let anchors = (0..10_000).map(|n| Anchor::Order(OrderId::new(format!("O-{n}")).unwrap()));
    let used: HashSet<i64> = anchors.map(|anchor| lock::bucket(&shop(), &anchor)).collect();
    assert!(used.len() > 1_000, "{} of 1024 buckets", used.len());
}
