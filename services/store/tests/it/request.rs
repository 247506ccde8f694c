//! Requests: the same question gets the same answer, for as long as it is kept.

use amends_domain::ShopId;
use amends_store::{Store, StoreError, request};

use crate::case::{at, shop};

conformance!(
    an_answer_is_found_by_shop_principal_and_request,
    several_answers_are_kept_and_found_at_once,
    a_request_is_answered_once,
    old_answers_are_forgotten_oldest_first,
);

async fn put(store: &Store, shop: Option<&ShopId>, id: &str, secs: i64) -> Result<(), StoreError> {
    let tx = store.begin().await.unwrap();
    let answer = (&[1_u8; 32][..], &[0_u8, 255, 0][..]);
    match request::put(&tx, shop, "ana", id, answer, at(secs)).await {
        Ok(()) => tx.commit().await,
        Err(error) => {
            tx.rollback().await.unwrap();
            Err(error)
        }
    }
}

async fn an_answer_is_found_by_shop_principal_and_request(store: Store) {
    put(&store, Some(&shop()), "r-1", 1).await.unwrap();
    put(&store, None, "r-2", 1).await.unwrap();
    let reader = store.reader();
    let kept = Some((vec![1_u8; 32], vec![0_u8, 255, 0]));
    assert_eq!(request::find(&reader, Some(&shop()), "ana", "r-1").await.unwrap(), kept);
    assert_eq!(request::find(&reader, None, "ana", "r-2").await.unwrap(), kept);
    assert_eq!(request::find(&reader, None, "ana", "r-1").await.unwrap(), None);
    assert_eq!(request::find(&reader, Some(&shop()), "ben", "r-1").await.unwrap(), None);
    assert_eq!(request::find(&reader, Some(&shop()), "ana", "r-2").await.unwrap(), None);
}

async fn several_answers_are_kept_and_found_at_once(store: Store) {
    let (ana, ben, id) = ("ana".to_owned(), "ben".to_owned(), "r-1".to_owned());
    let tx = store.begin().await.unwrap();
    let answers =
        [(&ana[..], &id[..], &[1_u8; 32][..], &[7_u8][..], None), (&ben, &id, &[2_u8; 32], &[], None)];
    tx.send([request::keep(Some(&shop()), answers.into_iter(), at(1))]).await.unwrap();
    tx.commit().await.unwrap();
    let asked = [(ana.clone(), id.clone()), (ben.clone(), id.clone()), (ana.clone(), "r-2".to_owned())];
    let mut found = request::answered(&shop(), &asked).all(&store.reader()).await.unwrap();
    found.sort();
    let expect = [((ana, id.clone()), (vec![1; 32], vec![7])), ((ben, id), (vec![2; 32], vec![]))];
    assert_eq!(found, expect);
}

async fn a_request_is_answered_once(store: Store) {
    put(&store, Some(&shop()), "r-1", 1).await.unwrap();
    let refused = put(&store, Some(&shop()), "r-1", 2).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
}

async fn old_answers_are_forgotten_oldest_first(store: Store) {
    for n in 1..=5 {
        put(&store, Some(&shop()), &format!("r-{n}"), n).await.unwrap();
    }
    let tx = store.begin().await.unwrap();
    assert_eq!(request::forget_before(&tx, at(4), 2).await.unwrap(), 2);
    assert_eq!(request::find(&tx, Some(&shop()), "ana", "r-2").await.unwrap(), None);
    assert!(request::find(&tx, Some(&shop()), "ana", "r-3").await.unwrap().is_some());
    assert_eq!(request::forget_before(&tx, at(4), 2).await.unwrap(), 1);
    assert_eq!(request::forget_before(&tx, at(4), 2).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert!(request::find(&store.reader(), Some(&shop()), "ana", "r-4").await.unwrap().is_some());
}
