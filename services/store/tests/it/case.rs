//! Cases: what is written is what is read, and nobody overwrites what they have not seen.

use amends_domain::case::{Case, CaseKind, Handling, Lease, Opening, Origin, Outcome, State};
use amends_domain::detection::{Flag, Reason};
use amends_domain::subject::{Anchor, Subject};
use amends_domain::{AgentId, BuyerKey, CaseId, LeaseId, LineId, OrderId, ShopId, Time};
use amends_store::case::{self, CaseCursor, CaseFilter, CaseOrder};
use amends_store::{Store, StoreError};

conformance!(
    a_case_reads_back_as_written_in_every_state,
    every_kind_of_subject_is_found_by_its_anchor,
    an_update_that_saw_an_old_version_writes_nothing,
    who_looked_is_told_when_a_case_changed_since,
    a_batch_of_updates_changes_each_case_alone,
    a_subject_has_one_open_case_only,
    a_merged_case_makes_room_for_the_one_that_takes_its_subject,
    pages_neither_skip_nor_repeat_cases_of_one_instant,
    a_filter_keeps_what_it_names,
);

pub(crate) fn shop() -> ShopId {
    ShopId::new("shop-1").unwrap()
}

pub(crate) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

pub(crate) fn at(secs: i64) -> Time {
    Time::from_secs(secs)
}

/// A queued case on a line of its own.
pub(crate) fn opened(shop: &ShopId, number: u32, now: Time) -> Case {
    let order = OrderId::new(format!("O-{number}")).unwrap();
    let line = LineId::new("L,1").unwrap();
    let opening = Opening {
        id: CaseId::from_bits(u128::from(number)),
        shop: shop.clone(),
        subject: Subject::Line { order, line },
        kind: CaseKind::Review,
        origin: None,
        reasons: vec![Reason::Damaged, Reason::Late],
        flags: Vec::new(),
        buyer: Some(BuyerKey::from_bits(u128::from(number % 3))),
        language: "id".to_owned(),
        stars: Some(1),
        hard_deadline: None,
        waiting_since: None,
        follow_up_of: None,
    };
    Case::open(opening, now)
}

pub(crate) async fn insert(store: &Store, cases: &[Case]) {
    let tx = store.begin().await.unwrap();
    case::insert(cases).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

fn every_handling() -> Vec<Handling> {
    let lease = Lease { id: LeaseId::from_bits(9), agent: agent("ana"), expires_at: at(300) };
    let owner = agent("ben");
    vec![
        Handling::Queued,
        Handling::Claimed(lease.clone()),
        Handling::Working(lease),
        Handling::WaitingBuyer { owner: owner.clone(), give_up_at: at(900) },
        Handling::WaitingThirdParty { owner: owner.clone(), until: at(901) },
        Handling::Snoozed { owner, until: at(902) },
        Handling::Solved { outcome: Outcome::TalkedThrough, at: at(10), close_at: at(20) },
        Handling::Closed { outcome: Outcome::NoAnswer, at: at(30) },
        Handling::Merged { into: CaseId::from_bits(77), at: at(40) },
        Handling::Cancelled { at: at(50) },
    ]
}

fn same_set(mut left: Vec<Case>, mut right: Vec<Case>) {
    left.sort_by_key(|c| c.id);
    right.sort_by_key(|c| c.id);
    assert_eq!(left, right);
}

async fn a_case_reads_back_as_written_in_every_state(store: Store) {
    let handlings = every_handling();
    assert_eq!(handlings.iter().map(Handling::state).collect::<Vec<_>>(), State::ALL);
    let mut cases = Vec::new();
    for (number, handling) in (1..).zip(handlings) {
        // One with every optional fact, one with none.
        let mut full = opened(&shop(), number, at(100));
        full.handling = handling.clone();
        full.kind = CaseKind::Return;
        full.origin = Some(Origin::Intent);
        full.flags = vec![Flag::Safety, Flag::Legal];
        full.hard_deadline = Some(at(500));
        full.first_human_action_at = Some(at(110));
        full.waiting_since = Some(at(99));
        full.preferred_agent = Some(agent("cleo, of the night shift"));
        full.follow_up_of = Some(CaseId::from_bits(u128::MAX));
        (full.version, full.fence, full.level, full.priority) = (8, 3, 2, 100);
        (full.reopen_count, full.solutions, full.abandon_count) = (u32::MAX, 5, 4);
        full.solved_at = Some(at(9));
        let mut bare = opened(&shop(), number + 100, at(100));
        bare.handling = handling;
        bare.reasons = Vec::new();
        bare.buyer = None;
        bare.language = String::new();
        cases.extend([full, bare]);
    }
    insert(&store, &cases).await;
    let reader = store.reader();
    let ids: Vec<_> = cases.iter().map(|c| (shop(), c.id)).collect();
    same_set(case::by_ids(&ids).all(&reader).await.unwrap(), cases.clone());
    for case in &cases {
        assert_eq!(case::get(&reader, &shop(), &case.id).await.unwrap().as_ref(), Some(case));
    }
}

async fn every_kind_of_subject_is_found_by_its_anchor(store: Store) {
    let order = OrderId::new("order:with/slash".replace('/', "-")).unwrap();
    let subjects = [
        Subject::Order { order: order.clone() },
        Subject::Line { order: order.clone(), line: LineId::new("a b:c").unwrap() },
        Subject::Review { review: "R-1".parse().unwrap() },
        Subject::Conversation { conversation: "order:with-slash".parse().unwrap() },
    ];
    let mut cases = Vec::new();
    for (number, subject) in (1..).zip(subjects) {
        let mut case = opened(&shop(), number, at(1));
        case.subject = subject;
        cases.push(case);
    }
    cases[0].handling = Handling::Cancelled { at: at(2) };
    insert(&store, &cases).await;
    let reader = store.reader();
    let of_order = [(shop(), Anchor::Order(order.clone())), (shop(), Anchor::Order(order))];
    same_set(case::of_anchors(&of_order).all(&reader).await.unwrap(), cases[..2].to_vec());
    let others: Vec<_> = cases[2..].iter().map(|c| (shop(), c.subject.anchor())).collect();
    same_set(case::of_anchors(&others).all(&reader).await.unwrap(), cases[2..].to_vec());
    let elsewhere: Vec<_> = others.into_iter().map(|(_, a)| (ShopId::new("shop-2").unwrap(), a)).collect();
    assert_eq!(case::of_anchors(&elsewhere).all(&reader).await.unwrap(), Vec::new());
}

async fn an_update_that_saw_an_old_version_writes_nothing(store: Store) {
    let cases: Vec<Case> = (1..=3).map(|n| opened(&shop(), n, at(1))).collect();
    insert(&store, &cases).await;
    let mut changed: Vec<(Case, i64)> = cases.iter().map(|c| (c.clone(), c.version)).collect();
    for (case, _) in &mut changed {
        case.version = 2;
        case.level = 1;
    }
    changed[1].1 = 0;
    let tx = store.begin().await.unwrap();
    let refused = tx.send(case::update(&changed)).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
    tx.rollback().await.unwrap();
    let ids: Vec<_> = cases.iter().map(|c| (shop(), c.id)).collect();
    same_set(case::by_ids(&ids).all(&store.reader()).await.unwrap(), cases);
}

async fn who_looked_is_told_when_a_case_changed_since(store: Store) {
    let case = opened(&shop(), 1, at(1));
    insert(&store, std::slice::from_ref(&case)).await;
    let tx = store.begin().await.unwrap();
    tx.send([case::unchanged(&[&case])]).await.unwrap();
    tx.commit().await.unwrap();
    let stale = Case { version: case.version - 1, ..case.clone() };
    // One writer alone cannot have been overtaken, and does not look.
    if store.engine() == amends_store::Engine::Postgres {
        let tx = store.begin().await.unwrap();
        let refused = tx.send([case::unchanged(&[&case, &stale])]).await;
        assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
        tx.rollback().await.unwrap();
    }
}

async fn a_batch_of_updates_changes_each_case_alone(store: Store) {
    // More than one statement's worth on SQLite, of several sizes.
    let mut cases: Vec<Case> = (1..=297).map(|n| opened(&shop(), n, at(1))).collect();
    insert(&store, &cases).await;
    let untouched = cases.split_off(296);
    let handlings = every_handling();
    let mut changed = Vec::new();
    for (number, case) in cases.iter_mut().enumerate() {
        let old_version = case.version;
        case.handling = handlings[number % handlings.len()].clone();
        case.version += 1 + i64::try_from(number % 2).unwrap();
        case.hard_deadline = (number % 2 == 0).then_some(at(5));
        changed.push((case.clone(), old_version));
    }
    let tx = store.begin().await.unwrap();
    let before = store.counters().statements();
    tx.send(case::update(&changed)).await.unwrap();
    let statements = store.counters().statements() - before;
    tx.commit().await.unwrap();
    // Ended cases first, then the others; on SQLite each group in runs of 256, 32, 4 and 1 rows.
    assert!(statements <= 24, "{statements} statements for one batch");
    cases.extend(untouched);
    let ids: Vec<_> = cases.iter().map(|c| (shop(), c.id)).collect();
    same_set(case::by_ids(&ids).all(&store.reader()).await.unwrap(), cases);
}

async fn a_subject_has_one_open_case_only(store: Store) {
    let first = opened(&shop(), 1, at(1));
    insert(&store, std::slice::from_ref(&first)).await;
    let mut second = first.clone();
    second.id = CaseId::from_bits(2);
    let tx = store.begin().await.unwrap();
    let refused = case::insert(std::slice::from_ref(&second)).run(&tx).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
    tx.rollback().await.unwrap();

    // Another shop's order of the same name is another order.
    let mut elsewhere = first.clone();
    elsewhere.shop = ShopId::new("shop-2").unwrap();
    insert(&store, &[elsewhere]).await;

    let mut closed = first;
    closed.handling = Handling::Closed { outcome: Outcome::Other, at: at(2) };
    closed.version = 2;
    let tx = store.begin().await.unwrap();
    tx.send(case::update(&[(closed, 1)])).await.unwrap();
    case::insert(&[second]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_merged_case_makes_room_for_the_one_that_takes_its_subject(store: Store) {
    let mut moves = opened(&shop(), 1, at(1));
    let mut merged = opened(&shop(), 2, at(2));
    insert(&store, &[moves.clone(), merged.clone()]).await;
    moves.subject = merged.subject.clone();
    moves.version = 2;
    merged.handling = Handling::Merged { into: moves.id, at: at(3) };
    merged.version = 2;
    let tx = store.begin().await.unwrap();
    tx.send(case::update(&[(moves.clone(), 1), (merged.clone(), 1)])).await.unwrap();
    tx.commit().await.unwrap();
    let ids = [(shop(), moves.id), (shop(), merged.id)];
    same_set(case::by_ids(&ids).all(&store.reader()).await.unwrap(), vec![moves, merged]);
}

async fn walk(store: &Store, filter: &CaseFilter, order: CaseOrder, page: u32) -> Vec<Case> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let cases = case::list(&store.reader(), &shop(), filter, order, cursor.as_ref(), page).await.unwrap();
        cursor = cases.last().map(|c| CaseCursor::after(c, order));
        let ended = cases.len() < page as usize;
        all.extend(cases);
        if ended {
            return all;
        }
    }
}

async fn pages_neither_skip_nor_repeat_cases_of_one_instant(store: Store) {
    let mut cases: Vec<Case> = (1..=23).map(|n| opened(&shop(), n, at(i64::from(n / 10)))).collect();
    for (number, case) in cases.iter_mut().enumerate() {
        case.hard_deadline = (number % 3 > 0).then(|| at(i64::try_from(number % 3).unwrap()));
        case.priority = u8::try_from(number % 2).unwrap();
    }
    insert(&store, &cases).await;
    let everything = CaseFilter::default();
    let newest = walk(&store, &everything, CaseOrder::Opened, 4).await;
    cases.sort_by_key(|c| std::cmp::Reverse((c.opened_at, c.id)));
    assert_eq!(newest, cases);
    let queue = walk(&store, &everything, CaseOrder::Queue, 4).await;
    cases.sort_by_cached_key(Case::place_in_queue);
    assert_eq!(queue, cases);
}

async fn a_filter_keeps_what_it_names(store: Store) {
    let mut cases: Vec<Case> = (1..=10).map(|n| opened(&shop(), n, at(i64::from(n)))).collect();
    for (case, handling) in cases.iter_mut().zip(every_handling()) {
        case.handling = handling;
    }
    cases[0].kind = CaseKind::Delivery;
    cases[1].reasons = vec![Reason::Other];
    insert(&store, &cases).await;
    let found = async |filter: CaseFilter| -> Vec<u128> {
        let mut ids: Vec<u128> =
            walk(&store, &filter, CaseOrder::Opened, 3).await.iter().map(|c| c.id.bits()).collect();
        ids.sort_unstable();
        ids
    };
    let all = CaseFilter::default;
    let states = vec![State::Queued, State::Closed];
    assert_eq!(found(CaseFilter { states, ..all() }).await, [1, 8]);
    assert_eq!(found(CaseFilter { kinds: vec![CaseKind::Delivery], ..all() }).await, [1]);
    assert_eq!(found(CaseFilter { agent: Some(agent("ana")), ..all() }).await, [2, 3]);
    assert_eq!(found(CaseFilter { buyer: Some(BuyerKey::from_bits(1)), ..all() }).await, [1, 4, 7, 10]);
    assert_eq!(found(CaseFilter { reason: Some(Reason::Other), ..all() }).await, [2]);
    assert_eq!(found(CaseFilter { reason: Some(Reason::Late), ..all() }).await.len(), 9);
    assert_eq!(found(CaseFilter { open: Some(true), ..all() }).await, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(found(CaseFilter { open: Some(false), ..all() }).await, [8, 9, 10]);
    assert_eq!(found(CaseFilter { order: Some("O-5".parse().unwrap()), ..all() }).await, [5]);
    assert_eq!(case::held_count(&store.reader(), &shop(), &agent("ana")).await.unwrap(), 2);
    // Parked cases are the agent's too, but take no capacity.
    assert_eq!(case::held_count(&store.reader(), &shop(), &agent("ben")).await.unwrap(), 0);
}
