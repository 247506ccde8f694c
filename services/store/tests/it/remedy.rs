//! Remedies: every stage reads back, and nobody overwrites what they have not seen.

use amends_domain::detection::Reason;
use amends_domain::learning::trial::Stake;
use amends_domain::remedy::{Disposal, NoticeKind, Remedy, RemedyKind, RemedyStage, RemedyState, Terms};
use amends_domain::{CaseId, Money, RemedyId, ShopId, Span};
use amends_store::remedy::{self, RemedyFilter};
use amends_store::{Store, StoreError};

use crate::case::{agent, at, shop};

conformance!(
    a_remedy_reads_back_as_written_at_every_stage,
    a_remedy_changes_only_from_the_version_that_was_read,
    remedies_page_newest_first,
);

fn proposed(number: u32, case: u32) -> Remedy {
    Remedy {
        id: RemedyId::from_bits(u128::from(number)),
        shop: shop(),
        case: CaseId::from_bits(u128::from(case)),
        line: None,
        units: 1,
        kind: RemedyKind::Instructions,
        terms: Terms::default(),
        reason: Reason::Quality,
        cost: None,
        stake: None,
        proposed_by: agent("ana"),
        proposed_at: at(i64::from(number / 3)),
        after: None,
        offered_at: None,
        accepted_at: None,
        stopped_by: None,
        told: Vec::new(),
        state: RemedyState::Proposed,
        version: 1,
    }
}

fn every_state() -> Vec<RemedyState> {
    let (at, due_at) = (at(5), at(9));
    vec![
        RemedyState::Proposed,
        RemedyState::AwaitingApproval { expires_at: due_at, life: Span::from_days(3) },
        RemedyState::Offered { at, expires_at: due_at },
        RemedyState::Accepted { at, due_at },
        RemedyState::Executing { at, due_at },
        RemedyState::Fulfilled { at, tracking: String::new() },
        RemedyState::Declined { at, wish: Some(Money::new(7, "IDR".parse().unwrap())) },
        RemedyState::Expired { at },
        RemedyState::Withdrawn { at },
        RemedyState::Failed { at, due_at, why: "no stock".to_owned() },
    ]
}

async fn insert(store: &Store, remedies: &[Remedy]) {
    let tx = store.begin().await.unwrap();
    remedy::insert(&tx, remedies).await.unwrap();
    tx.commit().await.unwrap();
}

async fn a_remedy_reads_back_as_written_at_every_stage(store: Store) {
    let states = every_state();
    assert_eq!(states.iter().map(RemedyState::stage).collect::<Vec<_>>(), RemedyStage::ALL);
    let mut remedies = Vec::new();
    for (number, state) in (1..).zip(states) {
        let mut full = proposed(number, 1);
        full.line = Some(("O-1".parse().unwrap(), "L-1".parse().unwrap()));
        full.kind = RemedyKind::PartialRefund;
        full.terms = Terms {
            amount: Some(Money::new(250_000, "IDR".parse().unwrap())),
            article: "SKU-9".to_owned(),
            note: "with a gift card".to_owned(),
            disposal: Some(Disposal::HandToCourier),
            gift: Some(Money::new(5, "IDR".parse().unwrap())),
            coupon_code: "C-1".to_owned(),
            return_until: Some(at(77)),
        };
        full.cost = Some(Money::new(-1, "USD".parse().unwrap()));
        full.stake = Some(Stake { case: CaseId::from_bits(3), paid: 5, band: 2, worth: i64::MAX });
        full.accepted_at = Some(at(4));
        full.tell("ret-1".parse().unwrap(), NoticeKind::Stop);
        full.tell("ret 2".parse().unwrap(), NoticeKind::Twice);
        full.after = Some(RemedyId::from_bits(99));
        (full.units, full.version) = (u32::MAX, 7);
        full.state = state.clone();
        let mut bare = proposed(number + 100, 2);
        bare.state = state;
        remedies.extend([full, bare]);
    }
    insert(&store, &remedies).await;
    let reader = store.reader();
    for remedy in &remedies {
        assert_eq!(remedy::get(&reader, &shop(), &remedy.id).await.unwrap().as_ref(), Some(remedy));
    }
    let order = [(shop(), "O-1".parse().unwrap())];
    let on_order = remedy::by_orders(&order).all(&reader).await.unwrap();
    assert_eq!(on_order.len(), remedies.len() / 2, "those that name it");
    let of_first = remedy::of_cases(&reader, &[(shop(), CaseId::from_bits(1))]).await.unwrap();
    remedies.retain(|r| r.case == CaseId::from_bits(1));
    assert_eq!(of_first, remedies);
    assert_eq!(remedy::of_cases(&reader, &[]).await.unwrap(), Vec::new());
}

async fn a_remedy_changes_only_from_the_version_that_was_read(store: Store) {
    let first = proposed(1, 1);
    insert(&store, &[first.clone(), proposed(2, 1)]).await;
    let mut offered = first;
    offered.state = RemedyState::Offered { at: at(5), expires_at: at(6) };
    offered.version = 2;
    let tx = store.begin().await.unwrap();
    remedy::update(&tx, &offered, 1).await.unwrap();
    tx.commit().await.unwrap();
    let tx = store.begin().await.unwrap();
    let refused = remedy::update(&tx, &Remedy { version: 9, ..offered.clone() }, 1).await;
    assert!(matches!(refused, Err(StoreError::Contended(_))), "{refused:?}");
    tx.rollback().await.unwrap();
    let reader = store.reader();
    assert_eq!(remedy::get(&reader, &shop(), &offered.id).await.unwrap(), Some(offered));
    let second = RemedyId::from_bits(2);
    assert_eq!(remedy::get(&reader, &shop(), &second).await.unwrap(), Some(proposed(2, 1)));
}

async fn remedies_page_newest_first(store: Store) {
    let mut remedies: Vec<Remedy> = (1..=20).map(|n| proposed(n, n % 2)).collect();
    for (remedy, state) in remedies.iter_mut().zip(every_state().into_iter().cycle()) {
        remedy.state = state;
    }
    insert(&store, &remedies).await;
    remedies.sort_by_key(|r| std::cmp::Reverse((r.proposed_at, r.id)));
    let walk = async |filter: RemedyFilter| {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = remedy::list(&store.reader(), &shop(), &filter, after.as_ref(), 3).await.unwrap();
            let Some(last) = page.last() else { return seen };
            after = Some((last.proposed_at, last.id));
            seen.extend(page);
        }
    };
    assert_eq!(walk(RemedyFilter::default()).await, remedies);
    let stages = vec![RemedyStage::Offered, RemedyStage::Failed];
    let expected: Vec<Remedy> =
        remedies.iter().filter(|r| stages.contains(&r.state.stage())).cloned().collect();
    assert_eq!(walk(RemedyFilter { stages, case: None }).await, expected);
    let case = CaseId::from_bits(1);
    let expected: Vec<Remedy> = remedies.iter().filter(|r| r.case == case).cloned().collect();
    assert_eq!(walk(RemedyFilter { stages: Vec::new(), case: Some(case) }).await, expected);
    let elsewhere = ShopId::new("shop-2").unwrap();
    let none = remedy::list(&store.reader(), &elsewhere, &RemedyFilter::default(), None, 3).await.unwrap();
    assert_eq!(none, Vec::new());
}
