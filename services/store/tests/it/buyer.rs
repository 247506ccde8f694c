//! Buyers.

use amends_domain::BuyerRef;
use amends_store::Store;
use amends_store::buyer::{self, BuyerRow, BuyerState};

use crate::sample::{ODD, at, buyer_key, shop_id};

conformance!(
    a_buyer_keeps_the_name_first_given,
    a_buyer_opted_out_as_of_the_latest_time_said,
    an_erased_buyer_has_no_name,
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
    tx.script("UPDATE buyers SET buyer_ref = '', erased_at = 0").await.unwrap();
    buyer::put(&[row(1, "a")]).run(&tx).await.unwrap();
    let erased = read(&tx, &[1]).await.pop().unwrap();
    assert_eq!((erased.buyer, erased.erased_at.is_some()), (None, true), "and does not come back");
    tx.commit().await.unwrap();
}
