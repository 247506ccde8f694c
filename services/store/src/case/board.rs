//! The cases of agents: held, parked, and come back for them.

use amends_domain::case::Case;
use amends_domain::{AgentId, ShopId};

use super::claim::QUEUE_ORDER;
use crate::bulk;
use crate::conn::Conn;
use crate::error::Result;
use crate::value::int;

/// The cases of a shop that these agents hold or have parked, and those in the queue
/// that are kept for them, in the queue's order.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn board(conn: &Conn, shop: &ShopId, agents: &[AgentId], most: u32) -> Result<Vec<Case>> {
    if agents.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<[&str; 2]> = agents.iter().map(|agent| [shop.as_str(), agent.as_str()]).collect();
    let engine = conn.engine();
    let (owned, mut values) = bulk::keys(engine, &["shop_id", "owner"], 1, &keys);
    let (kept, more) = bulk::keys(engine, &["shop_id", "preferred_agent"], values.len() + 1, &keys);
    values.extend(more);
    values.push(int(most));
    let table = bulk::select(&super::TABLE);
    // Two halves, each worded as the index that it is meant to use; each cut off by itself,
    // because an agent may have parked more than anyone looks at.
    let limit = values.len();
    let half = |which: &str| {
        format!("SELECT * FROM ({table} WHERE {which} ORDER BY {QUEUE_ORDER} LIMIT ${limit}) AS half")
    };
    let sql = format!(
        "{} UNION ALL {}",
        half(&format!("{owned} AND owner IS NOT NULL")),
        half(&format!("{kept} AND state >= 'QUEUED' AND state <= 'QUEUED' AND preferred_agent IS NOT NULL")),
    );
    let rows = conn.all(sql, values).await?;
    let mut cases: Vec<Case> = rows.iter().map(super::read).collect::<Result<_>>()?;
    cases.sort_by_cached_key(Case::place_in_queue);
    cases.truncate(most as usize);
    Ok(cases)
}
