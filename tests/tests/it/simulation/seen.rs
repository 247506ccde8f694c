//! A life as the database has it: what the invariants are checked against.

use std::collections::BTreeMap;

use amends_app::facts::{ReturnFacts, with_events};
use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::ledger::Grant;
use amends_domain::order::Line;
use amends_domain::remedy::Remedy;
use amends_domain::reply::Reply;
use amends_domain::sla::Account;
use amends_domain::stock::Hold;
use amends_domain::{CaseId, DecisionId, LineId, OrderId};
use amends_store::case::{self, CaseCursor, CaseFilter, CaseOrder};
use amends_store::clock::{self, ClocksRow};
use amends_store::event::{self, StoredEvent};
use amends_store::reply::{self, ReplyFilter};
use amends_store::{Conn, decision, grant, order, remedy, returns, stock};

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
    /// The order lines with what was given for them.
    pub(super) lines: Vec<OneLine>,
    pub(super) stock_holds: Vec<Hold>,
    /// What the buyers can read.
    pub(super) channel: Channel,
}

/// An order line with everything that was given and refunded on it.
#[derive(Clone)]
pub(super) struct OneLine {
    pub(super) line: Line,
    pub(super) grants: Vec<Grant>,
    pub(super) remedies: Vec<Remedy>,
    pub(super) returns: Vec<ReturnFacts>,
}

async fn lines(conn: &Conn) -> Vec<OneLine> {
    let lines = order::page(conn, &shop(), None, 1_000).await.unwrap();
    let mut orders: Vec<_> = lines.iter().map(|line| (shop(), line.order.clone())).collect();
    orders.dedup();
    let grants = grant::by_orders(&orders).all(conn).await.unwrap();
    let remedies = remedy::by_orders(&orders).all(conn).await.unwrap();
    let rows = returns::by_orders(&orders).all(conn).await.unwrap();
    let facts = with_events(rows, returns::events_by_orders(&orders).all(conn).await.unwrap());
    let one = |line: Line| {
        let mine = |order: &OrderId, of: &LineId| *order == line.order && *of == line.line;
        let grants = grants.iter().filter(|(_, o, l, _)| mine(o, l)).map(|(_, _, _, g)| g.clone()).collect();
        let of = |r: &&Remedy| r.line.as_ref().is_some_and(|(o, l)| mine(o, l));
        let remedies = remedies.iter().filter(of).cloned().collect();
        let returns = facts.iter().filter(|r| r.row.order == line.order).cloned().collect();
        OneLine { grants, remedies, returns, line }
    };
    lines.into_iter().map(one).collect()
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
        let lines = lines(&conn).await;
        let stock_holds = stock::holds(&conn, &shop(), None, 10_000).await.unwrap();
        let channel = channel.clone();
        Self { cases, log, clocks, accounts, replies, decisions, lines, stock_holds, channel }
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
        Event::ReplyQueued { decision, .. }
        | Event::ReplySending { decision, .. }
        | Event::ApprovalAsked { decision, .. }
        | Event::RemedyOffered { decision, .. } => *decision,
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
