//! The queue: who gets which case next.

use amends_domain::agent::Reach;
use amends_domain::case::{Case, Handling, Lease, Outcome};
use amends_domain::{LeaseId, ShopId, Span, Time};
use amends_store::{Conn, Engine, Store, case};

use crate::case::{agent, at, insert, opened, shop};

conformance!(
    the_nearest_deadline_comes_first_then_priority_then_age,
    what_has_waited_long_enough_comes_before_what_came_later_however_urgent,
    what_is_kept_for_an_agent_is_seen_however_far_back,
    what_is_kept_for_some_hides_nothing_from_others,
    how_many_cases_each_agent_holds_is_counted_at_once,
    only_queued_cases_of_the_agents_shops_and_level_are_taken,
    two_agents_at_once_take_two_cases,
    a_case_taken_a_moment_ago_is_not_taken_again,
);

async fn claimable(conn: &Conn, shop: &ShopId, agents: &[&str], level_max: u8, limit: u32) -> Vec<Case> {
    let agents: Vec<_> = agents.iter().copied().map(agent).collect();
    case::claimable(conn, shop, &agents, level_max, &Reach::default(), limit).await.unwrap()
}

async fn lock(conn: &Conn, cases: &[Case]) -> Vec<u128> {
    let ids: Vec<_> = cases.iter().map(|case| (case.shop.clone(), case.id)).collect();
    let mut locked: Vec<u128> =
        case::lock_queued(conn, &ids).await.unwrap().iter().map(|case| case.id.bits()).collect();
    locked.sort_unstable();
    locked
}

async fn take(store: &Store, shop: &ShopId, level_max: u8, limit: u32) -> Vec<u128> {
    let tx = store.begin().await.unwrap();
    let cases = claimable(&tx, shop, &["ana"], level_max, limit).await;
    tx.rollback().await.unwrap();
    cases.iter().map(|c| c.id.bits()).collect()
}

async fn the_nearest_deadline_comes_first_then_priority_then_age(store: Store) {
    let case = |number: u32, deadline: Option<i64>, priority: u8, queued_at: i64| -> Case {
        let mut case = opened(&shop(), number, at(queued_at));
        case.hard_deadline = deadline.map(Time::from_secs);
        case.priority = priority;
        case
    };
    let cases = [
        case(1, None, 100, 1),
        case(2, None, 50, 2),
        case(3, None, 50, 1),
        case(4, Some(900), 10, 9),
        case(5, Some(800), 10, 9),
        case(6, Some(800), 90, 9),
        case(7, None, 50, 2),
    ];
    insert(&store, &cases).await;
    assert_eq!(take(&store, &shop(), 0, 100).await, [6, 5, 4, 1, 3, 2, 7]);
    assert_eq!(take(&store, &shop(), 0, 2).await, [6, 5]);
    assert_eq!(take(&store, &shop(), 0, 0).await, [0_u128; 0]);
}

async fn what_has_waited_long_enough_comes_before_what_came_later_however_urgent(store: Store) {
    let old = Case { priority: 0, ..opened(&shop(), 1, at(0)) };
    let ends = old.patience_ends_at();
    let hour = Span::from_hours(1);
    let urgent = |number: u32, queued_at: Time, hard_deadline: Time| {
        let hard_deadline = Some(hard_deadline);
        Case { priority: 100, hard_deadline, ..opened(&shop(), number, queued_at) }
    };
    let cases = [
        urgent(2, ends - hour, ends - Span::from_micros(1)),
        urgent(3, ends - hour, ends + hour),
        urgent(4, ends + Span::from_micros(1), ends - hour),
        Case { sla_due: Some(ends + hour), hard_deadline: None, ..urgent(5, ends + hour, ends) },
        old,
    ];
    insert(&store, &cases).await;
    assert_eq!(take(&store, &shop(), 0, 100).await, [2, 1, 4, 3, 5]);
}

async fn what_is_kept_for_an_agent_is_seen_however_far_back(store: Store) {
    let mut cases: Vec<Case> = (1..=80).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    cases[69].preferred_agent = Some(agent("ana"));
    cases[79].preferred_agent = Some(agent("ana"));
    cases[0].preferred_agent = Some(agent("ben"));
    insert(&store, &cases).await;
    assert_eq!(take(&store, &shop(), 0, 4).await, [1, 2, 3, 4, 70, 80]);
    assert_eq!(take(&store, &shop(), 0, 1).await, [1, 70, 80]);
}

async fn what_is_kept_for_some_hides_nothing_from_others(store: Store) {
    let mut cases: Vec<Case> = (1..=80).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    for case in &mut cases[50..70] {
        case.preferred_agent = Some(agent("ana"));
    }
    cases[79].preferred_agent = Some(agent("ben"));
    insert(&store, &cases).await;
    let found = claimable(&store.reader(), &shop(), &["ana", "ben"], 0, 3).await;
    let found: Vec<u128> = found.iter().map(|c| c.id.bits()).collect();
    assert_eq!(found, [1, 2, 3, 51, 52, 53, 54, 55, 56, 57, 58, 80], "the first of each agent's");
}

async fn how_many_cases_each_agent_holds_is_counted_at_once(store: Store) {
    let mut cases: Vec<Case> = (1..=5).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    let lease = |name: &str| Lease { id: LeaseId::from_bits(1), agent: agent(name), expires_at: at(9) };
    cases[0].handling = Handling::Claimed(lease("ana"));
    cases[1].handling = Handling::Working(lease("ana"));
    cases[2].handling = Handling::Working(lease("ben"));
    cases[3].handling = Handling::Snoozed { owner: agent("ben"), until: at(2) };
    insert(&store, &cases).await;
    let agents = ["ana", "ben", "cleo"].map(agent);
    let held = case::held_counts(&store.reader(), &shop(), &agents).await.unwrap();
    assert_eq!(held, [(agent("ana"), 2), (agent("ben"), 1)].into());
}

async fn only_queued_cases_of_the_agents_shops_and_level_are_taken(store: Store) {
    let other = ShopId::new("shop-2").unwrap();
    let mut cases: Vec<Case> = (1..=4).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    cases.extend((5..=6).map(|n| opened(&other, n, at(i64::from(n) - 5))));
    cases[1].level = 2;
    cases[2].handling = Handling::Solved { outcome: Outcome::Other, at: at(1), close_at: at(2) };
    cases[3].handling = Handling::Snoozed { owner: agent("ana"), until: at(2) };
    // Even a case the agent had before is out of reach above the agent's level.
    cases[1].preferred_agent = Some(agent("ana"));
    insert(&store, &cases).await;
    assert_eq!(take(&store, &shop(), 1, 10).await, [1]);
    assert_eq!(take(&store, &shop(), 2, 10).await, [1, 2]);
    assert_eq!(take(&store, &other, 0, 10).await, [5, 6]);
}

async fn two_agents_at_once_take_two_cases(store: Store) {
    if store.engine() == Engine::Sqlite {
        // One writer: the second agent's transaction begins when the first has ended.
        return;
    }
    let cases: Vec<Case> = (1..=60).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    insert(&store, &cases).await;
    let (first, second) = (store.begin().await.unwrap(), store.begin().await.unwrap());
    let one = claimable(&first, &shop(), &["ana"], 0, 3).await;
    let two = claimable(&second, &shop(), &["ben"], 0, 5).await;
    assert_eq!(lock(&first, &one[..2]).await, [1, 2], "what was picked");
    assert_eq!(lock(&second, &two).await, [3, 4, 5], "and nothing else, without waiting");
    first.rollback().await.unwrap();
    second.rollback().await.unwrap();
}

async fn a_case_taken_a_moment_ago_is_not_taken_again(store: Store) {
    let cases: Vec<Case> = (1..=2).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    insert(&store, &cases).await;
    let tx = store.begin().await.unwrap();
    let mut taken = claimable(&tx, &shop(), &["ana"], 0, 1).await.remove(0);
    taken.handling = Handling::Snoozed { owner: agent("ana"), until: at(2) };
    taken.version = 2;
    tx.send(case::update(&[(taken.clone(), 1)])).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(take(&store, &shop(), 0, 10).await, [2]);
    assert_eq!(lock(&store.begin().await.unwrap(), &cases).await, [2], "though it was seen before");
}
