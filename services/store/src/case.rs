//! Cases.

use std::collections::HashMap;

use amends_domain::case::{Case, Handling, Lease, State};
use amends_domain::remedy::RemedyKind;
use amends_domain::subject::Anchor;
use amends_domain::{AgentId, CaseId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Column, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, text, text_opt, time, time_opt, words};

mod board;
mod claim;
mod list;
mod reach;

pub use board::board;
pub use claim::{claimable, lock_queued};
pub use list::{CaseCursor, CaseFilter, CaseOrder, list};

const TABLE: Table = Table {
    name: "cases",
    columns: &[
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("subject", Kind::Text),
        ("anchor", Kind::Text),
        ("kind", Kind::Text),
        ("origin", Kind::Text),
        ("is_open", Kind::Bool),
        ("state", Kind::Text),
        ("owner", Kind::Text),
        ("lease_id", Kind::Text),
        ("lease_expires_at", Kind::Int),
        ("until_at", Kind::Int),
        ("outcome", Kind::Text),
        ("ended_at", Kind::Int),
        ("close_at", Kind::Int),
        ("merged_into", Kind::Text),
        ("version", Kind::Int),
        ("fence", Kind::Int),
        ("level", Kind::Int),
        ("priority", Kind::Int),
        ("reasons", Kind::Text),
        ("flags", Kind::Text),
        ("buyer_key", Kind::Text),
        ("language", Kind::Text),
        ("opened_at", Kind::Int),
        ("queued_at", Kind::Int),
        ("hard_deadline", Kind::Int),
        ("first_human_action_at", Kind::Int),
        ("waiting_since", Kind::Int),
        ("preferred_agent", Kind::Text),
        ("reopen_count", Kind::Int),
        ("abandon_count", Kind::Int),
        ("follow_up_of", Kind::Text),
        ("sla_due", Kind::Int),
        ("solutions", Kind::Int),
        ("first_agent", Kind::Text),
        ("remedied", Kind::Text),
        ("solved_at", Kind::Int),
    ],
    key: &["shop_id", "case_id"],
};

/// One case.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, id: &CaseId) -> Result<Option<Case>> {
    let sql = format!("{} WHERE shop_id = $1 AND case_id = $2", bulk::select(&TABLE));
    let row = conn.one(sql, vec![text(shop), text(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// Keeps cases as they were read until the transaction ends. `Contended` when one changed since.
pub fn unchanged(cases: &[&Case]) -> Write {
    let row = |case: &&Case| vec![text(&case.shop), text(case.id), int(case.version)];
    Write::unchanged(&TABLE, cases.iter().map(row).collect())
}

/// The cases of these ids, in no particular order.
pub fn by_ids(ids: &[Of<CaseId>]) -> Query<Case> {
    Query::by(&TABLE, TABLE.key, value::of(ids), read)
}

/// All cases, open and ended, that hang on these anchors.
pub fn of_anchors(anchors: &[(ShopId, Anchor)]) -> Query<Case> {
    Query::by(&TABLE, &["shop_id", "anchor"], value::of(anchors), read)
}

/// How many cases an agent holds at the moment.
///
/// # Errors
/// When the database fails.
pub async fn held_count(conn: &Conn, shop: &ShopId, agent: &AgentId) -> Result<i64> {
    let sql = "SELECT count(*) AS held FROM cases WHERE shop_id = $1 AND owner = $2 AND owner IS NOT NULL \
               AND state IN ('CLAIMED', 'WORKING')";
    let row = conn.one(sql, vec![text(shop), text(agent)]).await?;
    row.map_or(Ok(0), |row| Row::new("cases", &row).get("held"))
}

/// How many cases each of these agents holds at the moment; who holds none is left out.
///
/// # Errors
/// When the database fails.
pub async fn held_counts(conn: &Conn, shop: &ShopId, agents: &[AgentId]) -> Result<HashMap<AgentId, i64>> {
    let keys: Vec<Vec<String>> = agents.iter().map(|agent| vec![agent.to_string()]).collect();
    let (ours, keys) = bulk::keys(conn.engine(), &["owner"], 2, &keys);
    let sql = format!(
        "SELECT owner, count(*) AS held FROM cases WHERE shop_id = $1 AND {ours}
             AND owner IS NOT NULL AND state IN ('CLAIMED', 'WORKING') GROUP BY owner"
    );
    let rows = conn.all(sql, [vec![text(shop)], keys].concat()).await?;
    let rows = rows.iter().map(|row| Row::new("cases", row));
    rows.map(|row| Ok((row.parse("owner")?, row.get("held")?))).collect()
}

/// The cases that an agent holds at the moment, by their ids.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn held_by(conn: &Conn, shop: &ShopId, agent: &AgentId) -> Result<Vec<Case>> {
    let which = "WHERE shop_id = $1 AND owner = $2 AND state IN ('CLAIMED', 'WORKING') ORDER BY case_id";
    let rows = conn.all(format!("{} {which}", bulk::select(&TABLE)), vec![text(shop), text(agent)]).await?;
    rows.iter().map(read).collect()
}

/// Opens cases.
/// `Contended` when a case is open on one of the subjects already.
pub fn insert(cases: &[Case]) -> Write {
    let rows = cases.iter().map(write).collect();
    Write::insert(&TABLE, rows, Existing::Refuse)
}

/// Stores changed cases, each with the version it was read at; `Contended`
/// when one of them is not at that version any more.
pub fn update(changed: &[(Case, i64)]) -> [Write; 2] {
    // A case that ends makes room on its subject for one that moves there. It goes in a
    // statement before: within one, the engine visits rows in an order of its own.
    let (open, ended): (Vec<_>, Vec<_>) = changed.iter().partition(|(case, _)| case.is_open());
    [ended, open].map(|part| {
        let rows = part.into_iter().map(|(case, old_version)| (write(case), *old_version));
        Write::update(&TABLE, rows.collect())
    })
}

/// Stores when the nearest promise of each case falls due. That is no step of the
/// case: whoever looked at it before has still seen its latest version. Like every
/// write to a case it needs the lock of what the case hangs on.
pub fn promise(due: &[(ShopId, CaseId, Option<Time>)]) -> Write {
    const DUE: [Column; 3] = [("shop_id", Kind::Text), ("case_id", Kind::Text), ("sla_due", Kind::Int)];
    let rows = due.iter().map(|(shop, case, at)| vec![text(shop), text(case), time_opt(*at)]);
    let which = "WHERE cases.shop_id = t.shop_id AND cases.case_id = t.case_id";
    Write::change(TABLE.name, &DUE, rows.collect(), "UPDATE cases SET sla_due = t.sla_due FROM", which)
}

/// Stores who acted first in cases and what was fulfilled first, as their logs say. It is no step
/// of a case.
pub fn firsts(told: &[(ShopId, CaseId, Option<AgentId>, Option<RemedyKind>)]) -> Write {
    const TOLD: [Column; 4] = [
        ("shop_id", Kind::Text),
        ("case_id", Kind::Text),
        ("first_agent", Kind::Text),
        ("remedied", Kind::Text),
    ];
    let rows = told.iter().map(|(shop, case, agent, kind)| {
        vec![text(shop), text(case), text_opt(agent.as_ref()), text_opt(*kind)]
    });
    let set = "UPDATE cases SET first_agent = t.first_agent, remedied = t.remedied FROM";
    let which = "WHERE cases.shop_id = t.shop_id AND cases.case_id = t.case_id";
    Write::change(TABLE.name, &TOLD, rows.collect(), set, which)
}

/// Moves the remedies and messages of merged cases to the cases they were merged into.
pub fn absorb(merged: &[(ShopId, CaseId, CaseId)]) -> [Write; 2] {
    const MOVED: [Column; 3] = [("shop_id", Kind::Text), ("case_id", Kind::Text), ("into_id", Kind::Text)];
    ["remedies", "messages"].map(|table| {
        let rows = merged.iter().map(|(shop, from, into)| vec![text(shop), text(from), text(into)]);
        let set = format!("UPDATE {table} SET case_id = t.into_id FROM");
        let which = format!("WHERE {table}.shop_id = t.shop_id AND {table}.case_id = t.case_id");
        Write::change(table, &MOVED, rows.collect(), set, which)
    })
}

/// The columns that hold the facts of a state, in the order of the table.
#[derive(Default)]
struct StateFacts<'a> {
    owner: Option<&'a AgentId>,
    lease: Option<&'a Lease>,
    until: Option<amends_domain::Time>,
    outcome: Option<amends_domain::case::Outcome>,
    ended_at: Option<amends_domain::Time>,
    close_at: Option<amends_domain::Time>,
    merged_into: Option<&'a CaseId>,
}

fn facts(handling: &Handling) -> StateFacts<'_> {
    let mut facts = StateFacts { owner: handling.owner(), lease: handling.lease(), ..StateFacts::default() };
    match handling {
        Handling::Queued | Handling::Claimed(_) | Handling::Working(_) => {}
        Handling::WaitingBuyer { give_up_at, .. } => facts.until = Some(*give_up_at),
        Handling::WaitingThirdParty { until, .. } | Handling::Snoozed { until, .. } => {
            facts.until = Some(*until)
        }
        Handling::Solved { outcome, at, close_at } => {
            facts.outcome = Some(*outcome);
            facts.ended_at = Some(*at);
            facts.close_at = Some(*close_at);
        }
        Handling::Closed { outcome, at } => {
            facts.outcome = Some(*outcome);
            facts.ended_at = Some(*at);
        }
        Handling::Merged { into, at } => {
            facts.merged_into = Some(into);
            facts.ended_at = Some(*at);
        }
        Handling::Cancelled { at } => facts.ended_at = Some(*at),
    }
    facts
}

fn write(case: &Case) -> Vec<Value> {
    let facts = facts(&case.handling);
    vec![
        text(&case.shop),
        text(case.id),
        text(&case.subject),
        text(case.subject.anchor()),
        text(case.kind),
        text_opt(case.origin),
        case.is_open().into(),
        text(case.handling.state()),
        text_opt(facts.owner),
        text_opt(facts.lease.map(|lease| lease.id)),
        time_opt(facts.lease.map(|lease| lease.expires_at)),
        time_opt(facts.until),
        text_opt(facts.outcome),
        time_opt(facts.ended_at),
        time_opt(facts.close_at),
        text_opt(facts.merged_into),
        int(case.version),
        int(case.fence),
        int(case.level),
        int(case.priority),
        words(&case.reasons),
        words(&case.flags),
        text_opt(case.buyer),
        text(&case.language),
        time(case.opened_at),
        time(case.queued_at),
        time_opt(case.hard_deadline),
        time_opt(case.first_human_action_at),
        time_opt(case.waiting_since),
        text_opt(case.preferred_agent.as_ref()),
        int(case.reopen_count),
        int(case.abandon_count),
        text_opt(case.follow_up_of),
        time_opt(case.sla_due),
        int(case.solutions),
        text_opt(case.first_agent.as_ref()),
        text_opt(case.remedied),
        time_opt(case.solved_at),
    ]
}

fn read(row: &Fetched) -> Result<Case> {
    let row = Row::new("cases", row);
    Ok(Case {
        id: row.parse("case_id")?,
        shop: row.parse("shop_id")?,
        subject: row.parse("subject")?,
        kind: row.parse("kind")?,
        origin: row.parse_opt("origin")?,
        handling: handling(&row)?,
        version: row.get("version")?,
        fence: row.get("fence")?,
        level: row.number("level")?,
        priority: row.number("priority")?,
        reasons: row.words("reasons")?,
        flags: row.words("flags")?,
        buyer: row.parse_opt("buyer_key")?,
        language: row.get("language")?,
        opened_at: row.time("opened_at")?,
        queued_at: row.time("queued_at")?,
        hard_deadline: row.time_opt("hard_deadline")?,
        sla_due: row.time_opt("sla_due")?,
        first_human_action_at: row.time_opt("first_human_action_at")?,
        first_agent: row.parse_opt("first_agent")?,
        remedied: row.parse_opt("remedied")?,
        waiting_since: row.time_opt("waiting_since")?,
        preferred_agent: row.parse_opt("preferred_agent")?,
        reopen_count: row.number("reopen_count")?,
        solutions: row.number("solutions")?,
        solved_at: row.time_opt("solved_at")?,
        abandon_count: row.number("abandon_count")?,
        follow_up_of: row.parse_opt("follow_up_of")?,
    })
}

fn handling(row: &Row<'_>) -> Result<Handling> {
    let lease = || -> Result<Lease> {
        Ok(Lease {
            id: row.parse("lease_id")?,
            agent: row.parse("owner")?,
            expires_at: row.time("lease_expires_at")?,
        })
    };
    Ok(match row.parse::<State>("state")? {
        State::Queued => Handling::Queued,
        State::Claimed => Handling::Claimed(lease()?),
        State::Working => Handling::Working(lease()?),
        State::WaitingBuyer => {
            Handling::WaitingBuyer { owner: row.parse("owner")?, give_up_at: row.time("until_at")? }
        }
        State::WaitingThirdParty => {
            Handling::WaitingThirdParty { owner: row.parse("owner")?, until: row.time("until_at")? }
        }
        State::Snoozed => Handling::Snoozed { owner: row.parse("owner")?, until: row.time("until_at")? },
        State::Solved => Handling::Solved {
            outcome: row.parse("outcome")?,
            at: row.time("ended_at")?,
            close_at: row.time("close_at")?,
        },
        State::Closed => Handling::Closed { outcome: row.parse("outcome")?, at: row.time("ended_at")? },
        State::Merged => Handling::Merged { into: row.parse("merged_into")?, at: row.time("ended_at")? },
        State::Cancelled => Handling::Cancelled { at: row.time("ended_at")? },
    })
}
