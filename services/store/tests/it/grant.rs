//! Grants: a unit is reserved by one remedy at most, whatever the code above believes.

use amends_domain::ledger::{Grant, GrantState};
use amends_domain::{LineId, OrderId, RemedyId};
use amends_store::{Store, StoreError, grant};

use crate::case::shop;

conformance!(grants_read_back_as_written, a_unit_is_reserved_once, a_released_unit_is_free_again,);

fn order() -> OrderId {
    OrderId::new("O-1").unwrap()
}

fn line(name: &str) -> LineId {
    LineId::new(name).unwrap()
}

fn of(remedy: u128, unit: u32, state: GrantState) -> Grant {
    Grant {
        remedy: RemedyId::from_bits(remedy),
        unit,
        goods: unit.is_multiple_of(2),
        value: i64::from(unit) * 100,
        state,
    }
}

async fn put(store: &Store, line: &LineId, grants: &[Grant]) -> Result<(), StoreError> {
    let tx = store.begin().await.unwrap();
    match grant::put(&tx, &shop(), &order(), line, grants).await {
        Ok(()) => tx.commit().await,
        Err(error) => {
            tx.rollback().await.unwrap();
            Err(error)
        }
    }
}

async fn of_line(store: &Store, name: &str) -> Vec<Grant> {
    let lines = [(shop(), order(), line(name)), (shop(), order(), line(name))];
    let found = grant::of_lines(&store.reader(), &lines).await.unwrap();
    assert!(found.iter().all(|(s, o, l, _)| *s == shop() && *o == order() && *l == line(name)));
    found.into_iter().map(|(_, _, _, grant)| grant).collect()
}

async fn grants_read_back_as_written(store: Store) {
    let grants =
        [of(1, 1, GrantState::Reserved), of(1, 2, GrantState::Confirmed), of(2, 2, GrantState::Released)];
    put(&store, &line("L-1"), &grants).await.unwrap();
    put(&store, &line("L-2"), &[of(3, 1, GrantState::Reserved)]).await.unwrap();
    assert_eq!(of_line(&store, "L-1").await, grants);
    assert_eq!(grant::of_lines(&store.reader(), &[]).await.unwrap(), Vec::new());
}

async fn a_unit_is_reserved_once(store: Store) {
    let here = line("L-1");
    put(&store, &here, &[of(1, 1, GrantState::Reserved)]).await.unwrap();
    let refused = put(&store, &here, &[of(2, 2, GrantState::Reserved), of(2, 1, GrantState::Reserved)]).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
    // The same remedy may say it again.
    put(&store, &here, &[of(1, 1, GrantState::Reserved)]).await.unwrap();
    assert_eq!(of_line(&store, "L-1").await, [of(1, 1, GrantState::Reserved)]);
}

async fn a_released_unit_is_free_again(store: Store) {
    let here = line("L-1");
    put(&store, &here, &[of(1, 1, GrantState::Reserved), of(1, 2, GrantState::Reserved)]).await.unwrap();
    put(&store, &here, &[of(1, 1, GrantState::Released), of(1, 2, GrantState::Released)]).await.unwrap();
    put(&store, &here, &[of(2, 1, GrantState::Reserved)]).await.unwrap();
    let expected =
        [of(1, 1, GrantState::Released), of(2, 1, GrantState::Reserved), of(1, 2, GrantState::Released)];
    assert_eq!(of_line(&store, "L-1").await, expected);
}
