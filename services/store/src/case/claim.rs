//! The next cases an agent should take.

use amends_domain::case::{Case, State};
use amends_domain::{AgentId, ShopId, Time};

use crate::bulk;
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, text};

/// The nearest of a case's deadlines, worded as the index `cases_queue` is. Both
/// engines know these words; for the lesser of two they have none in common.
macro_rules! nearest {
    () => {
        "CASE WHEN hard_deadline IS NULL OR sla_due < hard_deadline \
         THEN COALESCE(sla_due, 9223372036854775807) ELSE hard_deadline END"
    };
}

pub(super) const NEAREST: &str = nearest!();

/// The order of the queue, which the index has per shop: least slack first, no deadline last.
pub(super) const QUEUE_ORDER: &str = concat!(nearest!(), ", priority DESC, queued_at, case_id");

/// How many cases at the head of the queue other agents may be taking at this
/// moment, at the first look and at the second, wider one.
const TAKEN_BY_OTHERS: [u32; 2] = [16, 4_096];

/// The queued cases the agent should take next, locked for the caller's
/// transaction: those the agent had before, then the order of the queue.
///
/// Cases that another transaction is taking are passed over, not waited for.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn next_claimable(
    conn: &Conn,
    shops: &[ShopId],
    me: &AgentId,
    level_max: u8,
    _now: Time,
    limit: u32,
) -> Result<Vec<Case>> {
    let mut found = Vec::new();
    if shops.is_empty() || limit == 0 {
        return Ok(found);
    }
    // SQLite has one writer: nobody else is taking anything.
    let looks: &[u32] = match conn.engine() {
        Engine::Postgres => &TAKEN_BY_OTHERS,
        Engine::Sqlite => &[0],
    };
    for taken in looks {
        found = look(conn, shops, me, level_max, limit, limit.saturating_add(*taken)).await?;
        if found.len() >= limit as usize {
            break;
        }
    }
    Ok(found)
}

/// The heads of the shops' queues, of which the first that nobody else is
/// taking are locked. Two statements, because PostgreSQL would otherwise plan
/// the second half on an empty table, keep that plan, and read the whole queue.
async fn look(
    conn: &Conn,
    shops: &[ShopId],
    me: &AgentId,
    level_max: u8,
    limit: u32,
    head: u32,
) -> Result<Vec<Case>> {
    let heads = heads(conn, shops, me, level_max, head).await?;
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let (which, mut values) = bulk::keys(conn.engine(), &["shop_id", "case_id"], 1, &heads);
    let lock = match conn.engine() {
        Engine::Postgres => "FOR UPDATE OF cases SKIP LOCKED",
        Engine::Sqlite => "",
    };
    let first = values.len() + 1;
    let (agent, level, state, last) = (first, first + 1, first + 2, first + 3);
    let sql = format!(
        "{} WHERE {which} AND level <= ${level} AND state = ${state}
         ORDER BY CASE WHEN preferred_agent = ${agent} THEN 0 ELSE 1 END, {QUEUE_ORDER} LIMIT ${last} {lock}",
        bulk::select(&super::TABLE)
    );
    // The state is a value here: the planner must not see that the queue's index would do.
    values.extend([text(me), int(level_max), text(State::Queued), int(limit)]);
    let rows = conn.all(sql, values).await?;
    rows.iter().map(super::read).collect()
}

/// The head of each shop's queue, and what the agent had before. The two halves
/// word the state as the index does that each of them is meant to use.
async fn heads(
    conn: &Conn,
    shops: &[ShopId],
    me: &AgentId,
    level_max: u8,
    head: u32,
) -> Result<Vec<Vec<String>>> {
    let shop_keys: Vec<Vec<String>> = shops.iter().map(|shop| vec![shop.to_string()]).collect();
    let (in_shops, mut values) = bulk::keys(conn.engine(), &["shop_id"], 1, &shop_keys);
    values.extend([text(me), int(level_max), int(head)]);
    let head = format!(
        "WHERE shop_id = shops.s AND state = 'QUEUED' AND level <= $3 ORDER BY {QUEUE_ORDER} LIMIT $4"
    );
    let heads = match conn.engine() {
        Engine::Postgres => format!(
            "(SELECT DISTINCT s FROM unnest($1::text[]) AS s) AS shops CROSS JOIN LATERAL (
                 SELECT shop_id, case_id, hard_deadline, sla_due, priority, queued_at FROM cases {head}) AS h"
        ),
        Engine::Sqlite => format!(
            "(SELECT DISTINCT value ->> 0 AS s FROM json_each($1)) AS shops
             CROSS JOIN cases AS h ON h.shop_id = shops.s AND h.case_id IN (
                 SELECT case_id FROM cases INDEXED BY cases_queue {head})"
        ),
    };
    let sql = format!(
        "SELECT * FROM (SELECT shop_id, case_id FROM {heads} ORDER BY {QUEUE_ORDER} LIMIT $4) AS first
         UNION
         SELECT shop_id, case_id FROM cases WHERE {in_shops} AND preferred_agent = $2
             AND state >= 'QUEUED' AND state <= 'QUEUED' AND level <= $3"
    );
    let rows = conn.all(sql, values).await?;
    let rows = rows.iter().map(|row| Row::new("cases", row));
    rows.map(|row| Ok(vec![row.get("shop_id")?, row.get("case_id")?])).collect()
}
