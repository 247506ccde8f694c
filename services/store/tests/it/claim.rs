//! The queue: who gets which case next.

use amends_domain::case::{Case, Handling, Lease, Outcome};
use amends_domain::{LeaseId, ShopId, Span, Time};
use amends_store::{Engine, Store, case};

use crate::case::{agent, at, insert, opened, shop};

conformance!(
    the_nearest_deadline_comes_first_then_priority_then_age,
    what_has_waited_long_enough_comes_before_what_came_later_however_urgent,
    a_case_returns_to_the_agent_who_had_it,
    cases_that_several_agents_had_before_come_first_for_all_of_them,
    how_many_cases_each_agent_holds_is_counted_at_once,
    only_queued_cases_of_the_agents_shops_and_level_are_taken,
    two_agents_at_once_take_two_cases,
    a_case_taken_a_moment_ago_is_not_taken_again,
);

async fn take(store: &Store, shop: &ShopId, level_max: u8, limit: u32) -> Vec<u128> {
    let tx = store.begin().await.unwrap();
    let cases = case::next_claimable(&tx, shop, &[agent("ana")], level_max, limit).await.unwrap();
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

async fn a_case_returns_to_the_agent_who_had_it(store: Store) {
    let mut cases: Vec<Case> = (1..=80).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    cases[69].preferred_agent = Some(agent("ana"));
    cases[79].preferred_agent = Some(agent("ana"));
    cases[0].preferred_agent = Some(agent("ben"));
    insert(&store, &cases).await;
    assert_eq!(take(&store, &shop(), 0, 4).await, [70, 80, 1, 2]);
    assert_eq!(take(&store, &shop(), 0, 1).await, [70]);
}

async fn cases_that_several_agents_had_before_come_first_for_all_of_them(store: Store) {
    let mut cases: Vec<Case> = (1..=80).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    cases[69].preferred_agent = Some(agent("ana"));
    cases[79].preferred_agent = Some(agent("ben"));
    insert(&store, &cases).await;
    let tx = store.begin().await.unwrap();
    let both = [agent("ana"), agent("ben")];
    let found = case::next_claimable(&tx, &shop(), &both, 0, 3).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(found.iter().map(|c| c.id.bits()).collect::<Vec<_>>(), [70, 80, 1]);
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
    assert_eq!(take(&store, &shop(), 2, 10).await, [2, 1]);
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
    let (ana, ben) = (agent("ana"), agent("ben"));
    // More than the first look sees, so that the second has to look further.
    let one = case::next_claimable(&first, &shop(), &[ana], 0, 40).await.unwrap();
    let two = case::next_claimable(&second, &shop(), &[ben], 0, 2).await.unwrap();
    first.rollback().await.unwrap();
    second.rollback().await.unwrap();
    assert_eq!(one.len(), 40);
    assert_eq!(two.iter().map(|c| c.id.bits()).collect::<Vec<_>>(), [41, 42]);
}

async fn a_case_taken_a_moment_ago_is_not_taken_again(store: Store) {
    let mut cases: Vec<Case> = (1..=2).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    insert(&store, &cases).await;
    let tx = store.begin().await.unwrap();
    let mut taken = case::next_claimable(&tx, &shop(), &[agent("ana")], 0, 1).await.unwrap().remove(0);
    taken.handling = Handling::Snoozed { owner: agent("ana"), until: at(2) };
    taken.version = 2;
    tx.send(case::update(&[(taken.clone(), 1)])).await.unwrap();
    tx.commit().await.unwrap();
    cases.retain(|c| c.id != taken.id);
    assert_eq!(take(&store, &shop(), 0, 10).await, [2]);
}
