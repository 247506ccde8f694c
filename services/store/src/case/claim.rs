//! The next cases an agent should take.

use amends_domain::agent::Reach;
use amends_domain::case::{Case, State};
use amends_domain::{AgentId, ShopId};
use sea_orm::Value;

use super::reach;
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
    reach: &Reach,
    limit: u32,
) -> Result<Vec<Case>> {
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    // SQLite has one writer: nobody else is taking anything.
    let looks: &[u32] = match conn.engine() {
        Engine::Postgres => &TAKEN_BY_OTHERS,
        Engine::Sqlite => &[0],
    };
    for taken in looks {
        let wish = Wish { shop, agents, level_max, reach };
        let head = limit.saturating_add(*taken);
        let heads = heads(conn, &wish, head).await?;
        // Fewer than were asked for are all there are: a wider look would see the same.
        let is_all = heads.len() < head as usize;
        found = look(conn, &wish, limit, &heads).await?;
        if is_all || found.len() >= limit as usize {
            break;
        }
    }
    Ok(found)
}

/// What is looked for, and for whom.
struct Wish<'a> {
    shop: &'a ShopId,
    agents: &'a [AgentId],
    level_max: u8,
    reach: &'a Reach,
}

/// The heads of the shops' queues, of which the first that nobody else is
/// taking are locked. Two statements, because PostgreSQL would otherwise plan
/// the second half on an empty table, keep that plan, and read the whole queue.
async fn look(conn: &Conn, wish: &Wish<'_>, limit: u32, heads: &[Vec<String>]) -> Result<Vec<Case>> {
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let (which, mut values) = bulk::keys(conn.engine(), &["shop_id", "case_id"], 1, heads);
    let lock = match conn.engine() {
        Engine::Postgres => "FOR UPDATE OF cases SKIP LOCKED",
        Engine::Sqlite => "",
    };
    let first = values.len() + 1;
    let (level, state, last) = (first, first + 1, first + 2);
    let (theirs, agents) = preferring(conn.engine(), first + 3, wish.agents);
    let sql = format!(
        "{} WHERE {which} AND level <= ${level} AND state = ${state}
         ORDER BY CASE WHEN {theirs} THEN 0 ELSE 1 END, {QUEUE_ORDER} LIMIT ${last} {lock}",
        bulk::select(&super::TABLE)
    );
    // The state is a value here: the planner must not see that the queue's index would do.
    values.extend([int(wish.level_max), text(State::Queued), int(limit)]);
    values.extend(agents);
    let rows = conn.all(sql, values).await?;
    rows.iter().map(super::read).collect()
}

/// Cases that one of the agents had before, as a condition.
fn preferring(engine: Engine, first: usize, agents: &[AgentId]) -> (String, Vec<Value>) {
    let keys: Vec<Vec<String>> = agents.iter().map(|agent| vec![agent.to_string()]).collect();
    bulk::keys(engine, &["preferred_agent"], first, &keys)
}

/// The head of the shop's queue, and what the agents had before. The two halves
/// word the state as the index does that each of them is meant to use.
async fn heads(conn: &Conn, wish: &Wish<'_>, head: u32) -> Result<Vec<Vec<String>>> {
    let indexed = match conn.engine() {
        Engine::Postgres => "",
        Engine::Sqlite => "INDEXED BY cases_queue",
    };
    let (theirs, agents) = preferring(conn.engine(), 4, wish.agents);
    let mut values = [vec![text(wish.shop), int(wish.level_max), int(head)], agents].concat();
    let reached = reach::conditions(wish.reach, |value| {
        values.push(value);
        format!("${}", values.len())
    });
    let reached: String = reached.iter().map(|condition| format!(" AND {condition}")).collect();
    let sql = format!(
        "SELECT * FROM (SELECT shop_id, case_id FROM cases {indexed}
             WHERE shop_id = $1 AND state = 'QUEUED' AND level <= $2{reached} ORDER BY {QUEUE_ORDER} LIMIT $3) AS first
         UNION
         SELECT shop_id, case_id FROM cases WHERE shop_id = $1 AND {theirs}
             AND state >= 'QUEUED' AND state <= 'QUEUED' AND level <= $2{reached}"
    );
    let rows = conn.all(sql, values).await?;
    let rows = rows.iter().map(|row| Row::new("cases", row));
    rows.map(|row| Ok(vec![row.get("shop_id")?, row.get("case_id")?])).collect()
}
