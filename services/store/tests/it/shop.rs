//! Shops.

use amends_domain::shop::Shop;
use amends_store::shop::{self, ShopRow};
use amends_store::{Conn, Store};

use crate::sample::{ODD, at, shop as a_shop, shop_id};

conformance!(
    a_shop_is_added_once_and_read_back,
    a_shop_is_changed_only_by_who_saw_its_last_version,
    shops_are_listed_page_by_page_and_only_those_allowed,
);

async fn add(conn: &Conn, names: &[&str]) {
    for name in names {
        assert!(shop::insert(conn, &a_shop(name), name.as_bytes(), at(0)).await.unwrap());
    }
}

async fn a_shop_is_added_once_and_read_back(store: Store) {
    let tx = store.begin().await.unwrap();
    add(&tx, &[ODD]).await;
    let other = Shop { display_name: "Other".to_owned(), ..a_shop(ODD) };
    assert!(!shop::insert(&tx, &other, b"other", at(1)).await.unwrap());
    tx.commit().await.unwrap();
    let row = ShopRow { shop: a_shop(ODD), salt: ODD.as_bytes().to_vec() };
    let reader = store.reader();
    assert_eq!(shop::get(&reader, &shop_id(ODD)).await.unwrap(), Some(a_shop(ODD)));
    assert_eq!(shop::get_row(&reader, &shop_id(ODD)).await.unwrap(), Some(row.clone()));
    assert_eq!(shop::load_all(&reader).await.unwrap(), [row]);
    assert_eq!(shop::get(&reader, &shop_id("nobody")).await.unwrap(), None);
}

async fn a_shop_is_changed_only_by_who_saw_its_last_version(store: Store) {
    let tx = store.begin().await.unwrap();
    add(&tx, &["one", "two"]).await;
    let changed = Shop { display_name: "New".to_owned(), region: String::new(), version: 2, ..a_shop("one") };
    assert!(shop::update(&tx, &changed).await.unwrap());
    assert!(!shop::update(&tx, &changed).await.unwrap(), "the version has moved");
    assert_eq!(shop::get(&tx, &shop_id("one")).await.unwrap(), Some(changed));
    assert_eq!(shop::get(&tx, &shop_id("two")).await.unwrap(), Some(a_shop("two")));
    tx.commit().await.unwrap();
}

async fn shops_are_listed_page_by_page_and_only_those_allowed(store: Store) {
    let tx = store.begin().await.unwrap();
    add(&tx, &["a", "b", "c", "d"]).await;
    tx.commit().await.unwrap();
    let reader = store.reader();
    let ids = |shops: Vec<Shop>| shops.iter().map(|s| s.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(shop::list(&reader, None, None, 3).await.unwrap()), ["a", "b", "c"]);
    assert_eq!(ids(shop::list(&reader, Some(&shop_id("c")), None, 3).await.unwrap()), ["d"]);
    let only = [shop_id("d"), shop_id("b"), shop_id("b"), shop_id("unknown")];
    assert_eq!(ids(shop::list(&reader, None, Some(&only), 3).await.unwrap()), ["b", "d"]);
    assert_eq!(ids(shop::list(&reader, Some(&shop_id("b")), Some(&only), 3).await.unwrap()), ["d"]);
    assert!(shop::list(&reader, None, Some(&[]), 3).await.unwrap().is_empty());
}
