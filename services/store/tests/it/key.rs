//! API keys.

use amends_domain::KeyId;
use amends_store::key::{self, KeyRow};
use amends_store::{Store, StoreError};

use crate::case::at;

conformance!(
    a_key_reads_back_as_written,
    a_prefix_belongs_to_one_key,
    a_key_is_active_until_it_is_revoked_or_ends,
);

fn made(number: u32) -> KeyRow {
    KeyRow {
        id: KeyId::from_bits(u128::from(number)),
        prefix: format!("prefix{number}"),
        hash: vec![0, 255, 7],
        name: "ana".to_owned(),
        roles: vec!["AGENT".to_owned(), "ADMIN".to_owned()],
        shops: vec!["a shop, with a comma".to_owned(), "*".to_owned()],
        created_at: at(i64::from(number)),
        expires_at: None,
        revoked_at: None,
    }
}

async fn insert(store: &Store, row: &KeyRow) {
    let tx = store.begin().await.unwrap();
    key::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_key_reads_back_as_written(store: Store) {
    let mut second = made(2);
    second.expires_at = Some(at(100));
    second.revoked_at = Some(at(50));
    second.roles = Vec::new();
    insert(&store, &second).await;
    insert(&store, &made(1)).await;
    let reader = store.reader();
    assert_eq!(key::by_prefix(&reader, "prefix2").await.unwrap(), Some(second.clone()));
    assert_eq!(key::by_prefix(&reader, "prefix").await.unwrap(), None);
    assert_eq!(key::list(&reader).await.unwrap(), [made(1), second]);
}

async fn a_prefix_belongs_to_one_key(store: Store) {
    insert(&store, &made(1)).await;
    let tx = store.begin().await.unwrap();
    let refused = key::insert(&tx, &KeyRow { id: KeyId::from_bits(2), ..made(1) }).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
    tx.rollback().await.unwrap();
}

async fn a_key_is_active_until_it_is_revoked_or_ends(store: Store) {
    let reader = store.reader();
    assert!(!key::any_active(&reader, at(1)).await.unwrap());
    let ends = KeyRow { expires_at: Some(at(10)), ..made(1) };
    insert(&store, &ends).await;
    assert!(key::any_active(&reader, at(9)).await.unwrap());
    assert!(!key::any_active(&reader, at(10)).await.unwrap());
    insert(&store, &made(2)).await;
    assert!(key::any_active(&reader, at(10)).await.unwrap());
    let tx = store.begin().await.unwrap();
    assert_eq!(
        key::revoke(&tx, &made(2).id, at(11)).await.unwrap().map(|name| name.to_string()),
        Some(made(2).name)
    );
    assert_eq!(key::revoke(&tx, &made(2).id, at(12)).await.unwrap(), None);
    assert_eq!(key::revoke(&tx, &made(3).id, at(12)).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert!(!key::any_active(&reader, at(10)).await.unwrap());
    let revoked = key::by_prefix(&reader, "prefix2").await.unwrap().unwrap();
    assert_eq!(revoked.revoked_at, Some(at(11)));
}
