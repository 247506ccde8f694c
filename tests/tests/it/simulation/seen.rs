//! A life as the database has it: what the invariants are checked against.

use std::collections::BTreeMap;

use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::reply::Reply;
use amends_domain::sla::Account;
use amends_domain::{CaseId, DecisionId};
use amends_store::case::{self, CaseCursor, CaseFilter, CaseOrder};
use amends_store::clock::{self, ClocksRow};
use amends_store::decision;
use amends_store::event::{self, StoredEvent};
use amends_store::reply::{self, ReplyFilter};

use super::channel::Channel;
use super::house::{House, principal, shop};

/// Everything there is.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) cases: Vec<Case>,
    /// The timeline of each case.
    pub(super) log: BTreeMap<CaseId, Vec<StoredEvent>>,
    pub(super) clocks: Vec<ClocksRow>,
    /// Every clock with an account of its time.
    pub(super) accounts: Vec<(CaseId, Account)>,
    pub(super) replies: Vec<Reply>,
    /// The stored decisions that events name, and whether they let pass.
    pub(super) decisions: BTreeMap<DecisionId, bool>,
    /// What the buyers can read.
    pub(super) channel: Channel,
}

impl Seen {
    pub(super) async fn of(house: &House, channel: &Channel) -> Self {
        let conn = house.look.reader();
        let cases = every_case(house).await;
        let mut log = BTreeMap::new();
        let mut accounts = Vec::new();
        let reader = principal("auditor", &[amends_app::Role::Analyst]);
        for case in &cases {
            log.insert(case.id, event::of_case(&conn, &shop(), &case.id, 0, 10_000).await.unwrap());
            let told = house.app.explain_sla(&reader, &shop(), case.id, None).await.unwrap();
            accounts.extend(told.instances.into_iter().map(|one| (case.id, one.account)));
        }
        let keys: Vec<_> = cases.iter().map(|case| (shop(), case.id)).collect();
        let clocks = clock::whole(&conn, &keys).await.unwrap();
        let replies = reply::list(&conn, &shop(), &ReplyFilter::default(), None, 10_000).await.unwrap();
        let mut decisions = BTreeMap::new();
        for id in log.values().flatten().filter_map(|one| decision_of(&one.row.event)) {
            if let Some(found) = decision::get(&conn, &shop(), &id).await.unwrap() {
                decisions.insert(id, found.allowed);
            }
        }
        Self { cases, log, clocks, accounts, replies, decisions, channel: channel.clone() }
    }

    /// Every entry of every timeline.
    pub(super) fn events(&self) -> impl Iterator<Item = &StoredEvent> {
        self.log.values().flatten()
    }
}

/// The decision that let something go out.
pub(super) fn decision_of(event: &Event) -> Option<DecisionId> {
    match event {
        Event::AskSent { decision, .. } => Some(*decision),
        Event::ReplyQueued { decision, .. } => *decision,
        _ => None,
    }
}

pub(super) async fn every_case(house: &House) -> Vec<Case> {
    let conn = house.look.reader();
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
