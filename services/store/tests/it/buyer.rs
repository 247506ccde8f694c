//! Buyers.

use amends_domain::BuyerRef;
use amends_store::buyer::erasure::{self, Erased, ErasureRow};
use amends_store::buyer::{self, BuyerRow, BuyerState};
use amends_store::{Store, StoreError};

use crate::sample::{ODD, at, buyer_key, shop_id};

conformance!(
    a_buyer_keeps_the_name_first_given,
    a_buyer_opted_out_as_of_the_latest_time_said,
    an_erased_buyer_has_no_name,
    whoever_was_never_seen_can_be_erased,
    an_erasure_is_read_back_as_it_stands,
    an_erasure_begins_again_from_the_beginning,
);

fn row(key: u128, name: &str) -> BuyerRow {
    BuyerRow {
        shop: shop_id(ODD),
        key: buyer_key(key),
        buyer: BuyerRef::new(name).unwrap(),
        first_seen_at: at(0),
    }
}

fn state(key: u128, name: &str) -> BuyerState {
    BuyerState {
        shop: shop_id(ODD),
        key: buyer_key(key),
        buyer: Some(BuyerRef::new(name).unwrap()),
        time_zone: None,
        opted_out_at: None,
        erased_at: None,
    }
}

async fn read(conn: &amends_store::Conn, keys: &[u128]) -> Vec<BuyerState> {
    let keys: Vec<_> = keys.iter().map(|key| (shop_id(ODD), buyer_key(*key))).collect();
    let mut found = buyer::get(conn, &keys).await.unwrap();
    found.sort_by_key(|buyer| buyer.key);
    found
}

async fn a_buyer_keeps_the_name_first_given(store: Store) {
    let tx = store.begin().await.unwrap();
    buyer::put(&[row(1, ODD), row(u128::MAX, "b")]).run(&tx).await.unwrap();
    buyer::put(&[row(1, "renamed"), row(2, "c")]).run(&tx).await.unwrap();
    let found = read(&tx, &[1, 1, 2, 3, u128::MAX]).await;
    assert_eq!(found, [state(1, ODD), state(2, "c"), state(u128::MAX, "b")]);
    assert!(buyer::get(&tx, &[(shop_id("other"), buyer_key(1))]).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

async fn a_buyer_opted_out_as_of_the_latest_time_said(store: Store) {
    let tx = store.begin().await.unwrap();
    buyer::put(&[row(1, "a"), row(2, "b"), row(3, "c")]).run(&tx).await.unwrap();
    let out = |key, seconds| (shop_id(ODD), buyer_key(key), at(seconds));
    buyer::opt_out(&[out(1, 50), out(2, 50)]).run(&tx).await.unwrap();
    buyer::opt_out(&[out(1, 40), out(2, 60), out(9, 1)]).run(&tx).await.unwrap();
    let told = |key, name, seconds| BuyerState { opted_out_at: Some(at(seconds)), ..state(key, name) };
    assert_eq!(read(&tx, &[1, 2, 3]).await, [told(1, "a", 50), told(2, "b", 60), state(3, "c")]);
    tx.commit().await.unwrap();
}

async fn an_erased_buyer_has_no_name(store: Store) {
    let tx = store.begin().await.unwrap();
    buyer::put(&[row(1, "a")]).run(&tx).await.unwrap();
    let zone = |seconds| [(shop_id(ODD), buyer_key(1), at(seconds), "Europe/Berlin".to_owned())];
    buyer::zones(&zone(1)).run(&tx).await.unwrap();
    buyer::erase(&tx, &shop_id(ODD), &buyer_key(1), at(5)).await.unwrap();
    buyer::erase(&tx, &shop_id(ODD), &buyer_key(1), at(6)).await.unwrap();
    buyer::put(&[row(1, "a")]).run(&tx).await.unwrap();
    buyer::zones(&zone(9)).run(&tx).await.unwrap();
    let erased = BuyerState { buyer: None, erased_at: Some(at(5)), ..state(1, "a") };
    assert_eq!(read(&tx, &[1]).await, [erased], "nothing comes back, and the first time stands");
    tx.commit().await.unwrap();
}

async fn whoever_was_never_seen_can_be_erased(store: Store) {
    let tx = store.begin().await.unwrap();
    buyer::put(&[row(1, "a")]).run(&tx).await.unwrap();
    buyer::erase(&tx, &shop_id(ODD), &buyer_key(2), at(5)).await.unwrap();
    buyer::put(&[row(2, "b")]).run(&tx).await.unwrap();
    let keys = [1, 2, 3].map(|key| (shop_id(ODD), buyer_key(key)));
    assert_eq!(buyer::erased(&keys).all(&tx).await.unwrap(), [(shop_id(ODD), buyer_key(2))]);
    assert_eq!(read(&tx, &[2]).await.pop().unwrap().buyer, None);
    tx.commit().await.unwrap();
}

fn bare(key: u128) -> ErasureRow {
    ErasureRow {
        shop: shop_id(ODD),
        buyer: buyer_key(key),
        asked_by: "ann".parse().unwrap(),
        asked_at: at(1),
        done_at: None,
        reached: None,
        erased: Erased::default(),
        version: 1,
    }
}

fn full(key: u128) -> ErasureRow {
    let erased = Erased {
        messages: 1,
        reviews: 2,
        surveys: 3,
        notes: 4,
        replies: 5,
        withdrawn: 6,
        remedies: 7,
        shipments: 8,
        returns: 9,
        events: 10,
        answers: 11,
    };
    ErasureRow { done_at: Some(at(2)), reached: Some(ODD.to_owned()), erased, version: 7, ..bare(key) }
}

async fn an_erasure_is_read_back_as_it_stands(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send([erasure::insert(&bare(1)), erasure::insert(&full(2)), erasure::insert(&bare(2))]).await.unwrap();
    for one in [bare(1), full(2)] {
        assert_eq!(erasure::get(&tx, &one.shop, &one.buyer).await.unwrap(), Some(one));
    }
    let next = ErasureRow { version: 8, reached: None, ..full(2) };
    tx.send([erasure::update(&next, 7)]).await.unwrap();
    assert_eq!(erasure::get(&tx, &next.shop, &next.buyer).await.unwrap().as_ref(), Some(&next));
    let late = tx.send([erasure::update(&next, 7)]).await;
    assert!(matches!(late, Err(StoreError::Contended(_))), "{late:?}");
    tx.rollback().await.unwrap();
}

async fn an_erasure_begins_again_from_the_beginning(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send([erasure::insert(&full(1))]).await.unwrap();
    tx.send([erasure::again(&[(shop_id(ODD), buyer_key(1)), (shop_id(ODD), buyer_key(9))])]).await.unwrap();
    let again = ErasureRow { reached: Some(String::new()), version: 8, ..full(1) };
    assert_eq!(erasure::get(&tx, &again.shop, &again.buyer).await.unwrap(), Some(again));
    assert_eq!(erasure::get(&tx, &shop_id(ODD), &buyer_key(9)).await.unwrap(), None);
    tx.commit().await.unwrap();
}
