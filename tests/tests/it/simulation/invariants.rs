//! What must hold whatever happened.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use amends_app::key::local_principal;
use amends_domain::agent::Presence;
use amends_domain::case::{Case, Handling};
use amends_domain::event::Event;
use amends_store::agent;
use amends_store::case::{self, CaseCursor, CaseFilter, CaseOrder};
use amends_store::event::{self, StoredEvent};

use super::house::{House, call, shop};

/// All of them.
pub(super) async fn check(house: &House, seed: u64) {
    let cases = every_case(house).await;
    one_open_case_per_subject(&cases, seed);
    nobody_who_is_gone_holds_anything(house, &cases, seed).await;
    figures_are_what_the_log_makes_them(house, seed).await;
    for case in &cases {
        let events = event::of_case(&house.app.store().reader(), &shop(), &case.id, 0, 10_000).await.unwrap();
        one_lease_at_a_time(case, &events, seed);
        in_order(case, &events, seed);
    }
}

pub(super) async fn every_case(house: &House) -> Vec<Case> {
    let conn = house.app.store().reader();
    let (mut cases, mut cursor): (Vec<Case>, Option<CaseCursor>) = (Vec::new(), None);
    loop {
        let filter = CaseFilter::default();
        let page =
            case::list(&conn, &shop(), &filter, CaseOrder::Opened, cursor.as_ref(), 200).await.unwrap();
        let Some(last) = page.last() else { return cases };
        cursor = Some(CaseCursor::after(last, CaseOrder::Opened));
        cases.extend(page);
    }
}

fn one_open_case_per_subject(cases: &[Case], seed: u64) {
    let mut open: HashSet<String> = HashSet::new();
    for case in cases.iter().filter(|case| case.is_open()) {
        let subject = case.subject.to_string();
        assert!(open.insert(subject), "seed {seed}: two open cases about {}", case.subject);
    }
}

/// Whoever is stored as offline has given everything back; a presence that ran out is acted on by its timer.
async fn nobody_who_is_gone_holds_anything(house: &House, cases: &[Case], seed: u64) {
    let holders: HashSet<_> =
        cases.iter().filter_map(|case| Some(case.handling.lease()?.agent.clone())).collect();
    let holders: Vec<_> = holders.into_iter().map(|agent| (shop(), agent)).collect();
    for agent in agent::by_ids(&holders).all(&house.app.store().reader()).await.unwrap() {
        let gone = agent.told.is_some_and(|told| told.presence == Presence::Offline);
        assert!(!gone, "seed {seed}: {} is gone and holds a case", agent.id);
    }
}

async fn figures_are_what_the_log_makes_them(house: &House, seed: u64) {
    let operator = call(&local_principal().unwrap());
    let found = house.app.recompute(operator, &shop(), false, Arc::new(|_, _| {})).await.unwrap();
    assert_eq!(found.difference_count, 0, "seed {seed}: {:#?}", found.differences);
}

/// Fences rise from hold to hold, and nobody gets a case that somebody holds, unless it is assigned.
fn one_lease_at_a_time(case: &Case, events: &[StoredEvent], seed: u64) {
    let (mut fence, mut held) = (0, false);
    for one in events {
        match &one.row.event {
            Event::CaseClaimed { fence: given, .. } => {
                assert!(!held, "seed {seed}: {} was claimed while it was held", case.id);
                assert!(*given > fence, "seed {seed}: {}: fence {given} after {fence}", case.id);
                (fence, held) = (*given, true);
            }
            Event::CaseAssigned { fence: given, .. } | Event::CaseHandedBack { fence: given, .. } => {
                assert!(*given > fence, "seed {seed}: {}: fence {given} after {fence}", case.id);
                (fence, held) = (*given, true);
            }
            Event::CaseReleased { .. }
            | Event::LeaseExpired { .. }
            | Event::WaitingForBuyer { .. }
            | Event::WaitingForThirdParty { .. }
            | Event::CaseSnoozed { .. }
            | Event::CaseSolved { .. }
            | Event::CaseReopened { .. }
            | Event::CaseMerged { .. }
            | Event::CaseCancelled { .. } => held = false,
            _ => {}
        }
    }
    assert_eq!(case.fence, fence, "seed {seed}: {}", case.id);
    let leased = matches!(case.handling, Handling::Claimed(_) | Handling::Working(_));
    assert_eq!(leased, held, "seed {seed}: {} is {:?}", case.id, case.handling);
}

/// Numbers rise on the timeline, and positions rise with them.
fn in_order(case: &Case, events: &[StoredEvent], seed: u64) {
    let numbers: Vec<i64> = events.iter().map(|one| one.seq).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "seed {seed}: {}: {numbers:?}", case.id);
    let positions: Vec<i64> = events.iter().filter_map(|one| one.position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "seed {seed}: {}: {positions:?}", case.id);
    let without = events.iter().position(|one| one.position.is_none()).unwrap_or(events.len());
    assert_eq!(positions.len(), without, "seed {seed}: {}: the relay skipped an event", case.id);
    let ids: HashMap<String, usize> = events.iter().map(|one| (one.row.id.to_string(), 1)).collect();
    assert_eq!(ids.len(), events.len(), "seed {seed}: {}: an event stands there twice", case.id);
    assert!(matches!(events.first().map(|one| &one.row.event), Some(Event::CaseOpened { .. })));
}
