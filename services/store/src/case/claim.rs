//! The next cases an agent should take.

use amends_domain::agent::Reach;
use amends_domain::case::Case;
use amends_domain::{AgentId, ShopId};

use super::reach;
use crate::bulk;
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::value::{int, text};

/// The order of the queue, which its indexes have per shop: what wants to be taken first, then
/// the highest priority, then the oldest.
pub(super) const QUEUE_ORDER: &str = "take_by, calmness, queued_at, case_id";

/// The queued cases these agents should take next, locked for the caller's
/// transaction: those one of them had before, then the order of the queue.
///
/// Cases that another transaction is taking are passed over, not waited for.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn next_claimable(
    conn: &Conn,
    shop: &ShopId,
    agents: &[AgentId],
    level_max: u8,
    limit: u32,
) -> Result<Vec<Case>> {
    next_within(conn, shop, agents, level_max, &Reach::default(), limit).await
}

/// The same, of the cases within reach only, however far back they are.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn next_within(
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
    let engine = conn.engine();
    let (lock, indexed) = match engine {
        Engine::Postgres => ("FOR UPDATE SKIP LOCKED", ""),
        // One writer: nobody else is taking anything.
        Engine::Sqlite => ("", "INDEXED BY cases_queue"),
    };
    let keys: Vec<Vec<String>> = agents.iter().map(|agent| vec![agent.to_string()]).collect();
    let (preferring, keys) = bulk::keys(engine, &["preferred_agent"], 4, &keys);
    let mut values = [vec![text(shop), int(level_max), int(limit)], keys].concat();
    let reached = reach::conditions(within, |value| {
        values.push(value);
        format!("${}", values.len())
    });
    let reached: String = reached.iter().map(|condition| format!(" AND {condition}")).collect();
    // The two halves word the state as the index does that each of them is meant to use.
    let columns = bulk::names(super::TABLE.columns);
    let sql = format!(
        "WITH theirs AS MATERIALIZED (SELECT {columns} FROM cases
             WHERE shop_id = $1 AND {preferring} AND state >= 'QUEUED' AND state <= 'QUEUED'
                 AND level <= $2{reached}
             ORDER BY {QUEUE_ORDER} LIMIT $3 {lock}),
         head AS MATERIALIZED (SELECT {columns} FROM cases {indexed}
             WHERE shop_id = $1 AND state = 'QUEUED' AND level <= $2{reached}
             ORDER BY {QUEUE_ORDER} LIMIT $3 {lock})
         SELECT {columns} FROM theirs UNION ALL SELECT {columns} FROM head"
    );
    let rows = conn.all(sql, values).await?;
    let mut found: Vec<Case> = rows.iter().map(super::read).collect::<Result<_>>()?;
    let others = |case: &Case| !case.preferred_agent.as_ref().is_some_and(|agent| agents.contains(agent));
    found.sort_by_cached_key(|case| (others(case), case.place_in_queue()));
    // What is among the first anyway was found twice.
    found.dedup_by_key(|case| case.id);
    found.truncate(limit as usize);
    Ok(found)
}
