//! Documents of remedy policies, version by version.

use amends_domain::ShopId;
use amends_store::remedy_policy::{self, Schedule, Version};
use amends_store::{Store, StoreError};

use crate::case::{at, shop};

conformance!(
    a_document_is_read_back_as_it_was_written,
    a_version_of_a_document_is_made_once,
    the_schedule_tells_what_holds_and_what_comes_next,
);

fn version(version: i64, from: i64) -> Version {
    Version { version, effective_from: at(from), changed_by: "mia".to_owned(), changed_at: at(version) }
}

async fn store_all(store: &Store, versions: &[(Version, &str)]) {
    let tx = store.begin().await.unwrap();
    for (version, document) in versions {
        remedy_policy::insert(&tx, &shop(), version, document).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn a_document_is_read_back_as_it_was_written(store: Store) {
    let odd = "# ünïcode, \"quotes\" and\r\n'more' 早く\n";
    let long = "x".repeat(256 * 1024);
    store_all(&store, &[(version(1, 1), odd), (version(2, 2), &long)]).await;
    let reader = store.reader();
    let read = remedy_policy::get(&reader, &shop(), 1).await.unwrap();
    assert_eq!(read, Some((version(1, 1), odd.to_owned())));
    let (_, document) = remedy_policy::get(&reader, &shop(), 2).await.unwrap().unwrap();
    assert_eq!(document.len(), long.len());
    assert_eq!(remedy_policy::get(&reader, &shop(), 3).await.unwrap(), None);
    let list = async |before, limit| remedy_policy::list(&reader, &shop(), before, limit).await.unwrap();
    assert_eq!(list(None, 9).await, [version(2, 2), version(1, 1)]);
    assert_eq!(list(None, 1).await, [version(2, 2)]);
    assert_eq!(list(Some(2), 9).await, [version(1, 1)]);
}

async fn a_version_of_a_document_is_made_once(store: Store) {
    store_all(&store, &[(version(1, 1), "")]).await;
    let tx = store.begin().await.unwrap();
    let again = remedy_policy::insert(&tx, &shop(), &version(1, 2), "").await;
    assert!(matches!(again, Err(StoreError::Contended(_))), "{again:?}");
}

async fn the_schedule_tells_what_holds_and_what_comes_next(store: Store) {
    let reader = store.reader();
    let schedule = async |when| remedy_policy::schedule(&reader, &shop(), at(when)).await.unwrap();
    let nothing = Schedule { in_force: 0, newest: 0, newest_from: None, next_at: None };
    assert_eq!(schedule(5).await, nothing);
    store_all(&store, &[(version(1, 2), ""), (version(2, 4), ""), (version(3, 4), "")]).await;
    let told = |in_force, next| Schedule {
        in_force,
        newest: 3,
        newest_from: Some(at(4)),
        next_at: if next == 0 { None } else { Some(at(next)) },
    };
    assert_eq!(schedule(1).await, told(0, 2));
    assert_eq!(schedule(2).await, told(1, 4));
    assert_eq!(schedule(3).await, told(1, 4));
    assert_eq!(schedule(4).await, told(3, 0), "of two from one moment the later holds");
    let elsewhere = ShopId::new("shop-2").unwrap();
    assert_eq!(remedy_policy::schedule(&reader, &elsewhere, at(9)).await.unwrap(), nothing);
}
