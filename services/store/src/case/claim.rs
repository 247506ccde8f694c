//! The next cases agents should take.

use amends_domain::agent::Reach;
use amends_domain::case::Case;
use amends_domain::{AgentId, CaseId, ShopId};

use super::reach;
use crate::Of;
use crate::bulk;
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::value::{self, int, text};

/// The order of the queue, which its indexes have per shop: what wants to be taken first, then
/// the highest priority, then the oldest.
pub(super) const QUEUE_ORDER: &str = "take_by, calmness, queued_at, case_id";

/// How many of the cases that are kept for an agent are looked at.
const KEPT_MAX: u32 = 8;

/// The first of the queue, however far back the first within reach are, and the first of what
/// is kept for each of these agents; in the order of the queue, and not locked.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn claimable(
    conn: &Conn,
    shop: &ShopId,
    agents: &[AgentId],
    level_max: u8,
    within: &Reach,
    limit: u32,
) -> Result<Vec<Case>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let indexed = match conn.engine() {
        Engine::Postgres => "",
        Engine::Sqlite => "INDEXED BY cases_queue",
    };
    let keys: Vec<[&str; 1]> = agents.iter().map(|agent| [agent.as_str()]).collect();
    let (kept, keys) = bulk::keys(conn.engine(), &["preferred_agent"], 4, &keys);
    let mut values = [vec![text(shop), int(level_max), int(limit)], keys].concat();
    let reached = reach::conditions(within, |value| {
        values.push(value);
        format!("${}", values.len())
    });
    let reached: String = reached.iter().map(|condition| format!(" AND {condition}")).collect();
    // The two halves word the state as the index does that each of them is meant to use.
    let columns = bulk::names(super::TABLE.columns);
    let sql = format!(
        "SELECT * FROM (SELECT {columns} FROM cases {indexed}
             WHERE shop_id = $1 AND state = 'QUEUED' AND level <= $2{reached} ORDER BY {QUEUE_ORDER} LIMIT $3) AS head
         UNION ALL
         SELECT {columns} FROM (SELECT {columns},
                 row_number() OVER (PARTITION BY preferred_agent ORDER BY {QUEUE_ORDER}) AS turn
             FROM cases WHERE shop_id = $1 AND {kept} AND state >= 'QUEUED' AND state <= 'QUEUED'
                 AND level <= $2{reached}) AS kept
         WHERE turn <= {KEPT_MAX}"
    );
    let rows = conn.all(sql, values).await?;
    let mut found: Vec<Case> = rows.iter().map(super::read).collect::<Result<_>>()?;
    found.sort_by_cached_key(Case::place_in_queue);
    // What is kept for somebody and among the first anyway was found twice.
    found.dedup_by_key(|case| case.id);
    Ok(found)
}

/// Those of these cases that are queued and that no other transaction is taking, as they are
/// now, locked for the caller's. Those that another is taking are passed over, not waited for.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn lock_queued(conn: &Conn, cases: &[Of<CaseId>]) -> Result<Vec<Case>> {
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    // SQLite has one writer: nobody else is taking anything.
    let lock = match conn.engine() {
        Engine::Postgres => "FOR UPDATE SKIP LOCKED",
        Engine::Sqlite => "",
    };
    let (which, keys) = bulk::keys(conn.engine(), super::TABLE.key, 1, &value::of(cases));
    // Worded so that the planner does not see that the queue's index would do.
    let sql = format!(
        "{} WHERE {which} AND state >= 'QUEUED' AND state <= 'QUEUED' {lock}",
        bulk::select(&super::TABLE)
    );
    conn.all(sql, keys).await?.iter().map(super::read).collect()
}
