//! Positions in the event stream: none skipped, none twice, a case's events in order.

use amends_domain::ShopId;
use amends_store::event::{self, EventRow, StoredEvent};
use amends_store::{Engine, Store};

use crate::case::{at, shop};
use crate::event::woken;

conformance!(
    the_relay_numbers_pending_events_in_order,
    a_transaction_that_commits_late_loses_no_event,
    two_relays_give_each_position_once,
    a_subscriber_sees_the_events_of_its_shops_only,
);

async fn append(store: &Store, rows: &[EventRow]) {
    let tx = store.begin().await.unwrap();
    event::append(rows).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn relay(store: &Store, limit: u32) -> u64 {
    let tx = store.begin().await.unwrap();
    let given = event::assign_positions(&tx, limit).await.unwrap();
    tx.commit().await.unwrap();
    given
}

async fn stream(store: &Store) -> Vec<StoredEvent> {
    event::after(&store.reader(), None, 0, 10_000).await.unwrap()
}

fn numbers(events: &[StoredEvent]) -> Vec<(i64, u128)> {
    events.iter().map(|e| (e.position.unwrap(), e.row.id.bits())).collect()
}

async fn the_relay_numbers_pending_events_in_order(store: Store) {
    let reader = store.reader();
    assert_eq!(relay(&store, 10).await, 0);
    assert_eq!(event::oldest_pending_at(&reader).await.unwrap(), None);
    append(&store, &(1..=5).map(|n| woken(&shop(), n, n)).collect::<Vec<_>>()).await;
    assert_eq!(event::pending_count(&reader).await.unwrap(), 5);
    assert_eq!(event::oldest_pending_at(&reader).await.unwrap(), Some(at(2)));
    assert_eq!(stream(&store).await, Vec::new());
    assert_eq!(relay(&store, 3).await, 3);
    assert_eq!(event::last_position(&reader).await.unwrap(), 3);
    assert_eq!(event::oldest_pending_at(&reader).await.unwrap(), Some(at(5)));
    assert_eq!(relay(&store, 3).await, 2);
    assert_eq!(relay(&store, 3).await, 0);
    assert_eq!(event::pending_count(&reader).await.unwrap(), 0);
    assert_eq!(event::last_position(&reader).await.unwrap(), 5);
    assert_eq!(numbers(&stream(&store).await), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
}

async fn a_transaction_that_commits_late_loses_no_event(store: Store) {
    if store.engine() == Engine::Sqlite {
        // One writer: numbers are taken in the order of commits.
        return;
    }
    let (slow, fast) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    event::append(&[woken(&shop(), 1, 1), woken(&shop(), 2, 1)]).run(&slow).await.unwrap();
    event::append(&[woken(&shop(), 3, 2)]).run(&fast).await.unwrap();
    fast.commit().await.unwrap();
    assert_eq!(relay(&store, 10).await, 1);
    let first = stream(&store).await;
    slow.commit().await.unwrap();
    assert_eq!(relay(&store, 10).await, 2);
    // Who had read to the end finds the late events after it.
    let late = event::after(&store.reader(), None, 1, 10).await.unwrap();
    assert_eq!(numbers(&first), [(1, 3)]);
    assert_eq!(numbers(&late), [(2, 1), (3, 2)]);
    assert!(late[0].seq < first[0].seq);
}

async fn two_relays_give_each_position_once(store: Store) {
    append(&store, &(1..=100).map(|n| woken(&shop(), n, n % 7)).collect::<Vec<_>>()).await;
    let run = |store: Store| async move { while relay(&store, 3).await > 0 {} };
    let relays = [tokio::spawn(run(store.clone())), tokio::spawn(run(store.clone()))];
    // Events go on being written meanwhile.
    for n in 101..=130 {
        append(&store, &[woken(&shop(), n, n % 7)]).await;
    }
    for relay in relays {
        relay.await.unwrap();
    }
    run(store.clone()).await;
    let expected: Vec<(i64, u128)> = (1..=130).map(|n| (n, u128::try_from(n).unwrap())).collect();
    assert_eq!(numbers(&stream(&store).await), expected);
    assert_eq!(event::last_position(&store.reader()).await.unwrap(), 130);
}

async fn a_subscriber_sees_the_events_of_its_shops_only(store: Store) {
    let shops: Vec<ShopId> = (0..4).map(|n| ShopId::new(format!("shop-{n}")).unwrap()).collect();
    append(&store, &(1..=40).map(|n| woken(&shops[(n % 4) as usize], n, 1)).collect::<Vec<_>>()).await;
    relay(&store, 100).await;
    let (mut seen, mut position) = (Vec::new(), 0);
    let mine = [shops[3].clone(), shops[1].clone(), shops[3].clone()];
    loop {
        let page = event::after(&store.reader(), Some(&mine), position, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        position = last.position.unwrap();
        seen.extend(numbers(&page));
    }
    let expected: Vec<(i64, u128)> =
        (1..=40).filter(|n| n % 2 == 1).map(|n| (n, u128::try_from(n).unwrap())).collect();
    assert_eq!(seen, expected);
    assert_eq!(event::after(&store.reader(), Some(&[]), 0, 7).await.unwrap(), Vec::new());
}
