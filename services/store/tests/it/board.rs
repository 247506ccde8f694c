//! What an agent's board is read from, and which cases something happened to.

use amends_domain::CaseId;
use amends_domain::case::{Case, Handling, Lease};
use amends_domain::{LeaseId, ShopId};
use amends_store::Store;
use amends_store::event::{self, Touch};

use crate::case::{agent, at, insert, opened, shop};
use crate::event::woken;

conformance!(
    a_board_holds_what_is_held_parked_and_kept_and_nothing_else,
    what_happened_to_cases_is_read_after_a_position,
);

async fn ids(store: &Store, names: &[&str], limit: u32) -> Vec<u128> {
    let agents: Vec<_> = names.iter().map(|name| agent(name)).collect();
    let cases = amends_store::case::board(&store.reader(), &shop(), &agents, limit).await.unwrap();
    cases.iter().map(|case| case.id.bits()).collect()
}

async fn a_board_holds_what_is_held_parked_and_kept_and_nothing_else(store: Store) {
    let other = ShopId::new("shop-2").unwrap();
    let held =
        |name| Handling::Claimed(Lease { id: LeaseId::from_bits(1), agent: agent(name), expires_at: at(9) });
    let one = |n: u32| opened(&shop(), n, at(i64::from(n)));
    let owner = agent("ana");
    let cases = [
        Case { handling: held("ana"), ..one(1) },
        Case {
            handling: Handling::WaitingBuyer { owner, give_up_at: at(99) },
            hard_deadline: Some(at(50)),
            ..one(2)
        },
        Case { preferred_agent: Some(agent("ana")), hard_deadline: Some(at(40)), ..one(3) },
        one(4),
        Case { handling: held("ben"), ..one(5) },
        Case { handling: held("ana"), ..opened(&other, 6, at(6)) },
    ];
    insert(&store, &cases).await;
    assert_eq!(ids(&store, &["ana"], 10).await, [3, 2, 1], "the least slack first");
    assert_eq!(ids(&store, &["ana", "ben"], 10).await, [3, 2, 1, 5]);
    assert_eq!(ids(&store, &["ana", "ben"], 2).await, [3, 2]);
    assert!(ids(&store, &["eve"], 10).await.is_empty());
    assert!(ids(&store, &[], 10).await.is_empty());
}

async fn what_happened_to_cases_is_read_after_a_position(store: Store) {
    let other = ShopId::new("shop-2").unwrap();
    let tx = store.begin().await.unwrap();
    let rows = [woken(&shop(), 1, 7), woken(&other, 2, 8), woken(&shop(), 3, 9)];
    event::append(&rows).run(&tx).await.unwrap();
    event::assign_positions(&tx, 2).await.unwrap();
    tx.commit().await.unwrap();
    let touch = |position, shop: &ShopId, case: u128| {
        let case = Some(CaseId::from_bits(case));
        Touch { position, shop: shop.clone(), case }
    };
    let reader = store.reader();
    let all = event::touched_after(&reader, 0, 10).await.unwrap();
    assert_eq!(all, [touch(1, &shop(), 7), touch(2, &other, 8)], "the third has no position yet");
    assert_eq!(event::touched_after(&reader, 0, 1).await.unwrap(), all[..1]);
    assert_eq!(event::touched_after(&reader, 1, 10).await.unwrap(), all[1..]);
    assert!(event::touched_after(&reader, 2, 10).await.unwrap().is_empty());
}
