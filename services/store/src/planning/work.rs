//! How long agents have cases in their hands, and what waits for them.

use amends_domain::case::CaseKind;
use amends_domain::zone::Offset;
use amends_domain::{Day, ShopId, Time};

use super::Values;
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, text, time};

/// The most solved cases whose handling is looked at: the latest.
pub const SOLVED_MAX: i64 = 10_000;

/// Time that agents had cases in their hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handled {
    /// Cases that an agent had at least once.
    pub cases: i64,
    /// All of their time together, in microseconds.
    pub micros: i64,
}

/// What begins a stretch in which an agent has a case: they took it, or it came back to them while they
/// were there. Of one that somebody gave them, the first thing they did with it (see the statement).
const BEGINS: &str = "'case.claimed', 'case.handed_back', 'case.work_started'";

/// What ends it. Of a lease that ran out nobody knows how long it was worked on.
const ENDS: &str = "'case.assigned', 'case.released', 'case.waiting_for_buyer', 'case.waiting_for_third_party', \
    'case.snoozed', 'case.solved', 'case.closed', 'case.merged', 'case.cancelled'";

/// How long agents had the cases that were solved from an instant up to another.
///
/// Counted from when the service knew of each step: a message that is delivered late gives a case back
/// when it comes, not when it was written.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn handled(conn: &Conn, shop: &ShopId, from: Time, until: Time) -> Result<Handled> {
    let sql = format!(
        "WITH solved AS (
             SELECT case_id FROM events WHERE shop_id = $1 AND word = 'case.solved' AND occurred_at >= $2
                 AND occurred_at < $3 AND case_id IS NOT NULL ORDER BY occurred_at DESC LIMIT $4
         ), steps AS (
             SELECT case_id, seq, word, facts, recorded_at,
                 LAG(word) OVER (PARTITION BY case_id ORDER BY seq) AS earlier
             FROM events WHERE shop_id = $1 AND case_id IN (SELECT case_id FROM solved)
                 AND word IN ({BEGINS}, {ENDS}, 'case.lease_expired')
         ), stretches AS (
             SELECT case_id, word, recorded_at,
                 LEAD(word) OVER (PARTITION BY case_id ORDER BY seq) AS ended_by,
                 LEAD(facts) OVER (PARTITION BY case_id ORDER BY seq) AS ended_with,
                 LEAD(recorded_at) OVER (PARTITION BY case_id ORDER BY seq) AS ended_at
             FROM steps WHERE word <> 'case.work_started' OR earlier = 'case.assigned'
         )
         SELECT COUNT(DISTINCT case_id) AS cases, CAST(COALESCE(SUM(ended_at - recorded_at), 0) AS BIGINT) AS micros
         FROM stretches WHERE word IN ({BEGINS}) AND ended_by IN ({ENDS}) AND ended_at >= recorded_at
             AND NOT (ended_by = 'case.released' AND ended_with LIKE '%AGENT_GONE%')"
    );
    let values = vec![text(shop), time(from), time(until), int(SOLVED_MAX)];
    let row = conn.one(sql, values).await?;
    let read = |row: &Fetched| {
        let row = Row::new("events", row);
        Ok(Handled { cases: row.get("cases")?, micros: row.get("micros")? })
    };
    row.as_ref().map_or(Ok(Handled { cases: 0, micros: 0 }), read)
}

/// Open cases that wait for an agent or are with one, by the local day they are due.
#[derive(Debug, Clone)]
pub struct Backlog<'a> {
    /// The shop.
    pub shop: &'a ShopId,
    /// Only these kinds; all where there are none.
    pub kinds: &'a [CaseKind],
    /// What was due before counts as due at this instant.
    pub from: Time,
    /// What is due later counts as due at this instant.
    pub until: Time,
    /// The wall clock over that time.
    pub offsets: &'a [Offset],
}

/// How many are due on each day; those without any date under none.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn backlog(conn: &Conn, of: &Backlog<'_>) -> Result<Vec<(Option<Day>, i64)>> {
    let mut values = Values::default();
    let shop = values.bind(text(of.shop));
    let (from, until) = (values.bind(time(of.from)), values.bind(time(of.until)));
    let wall = values.wall("due", of.offsets);
    // SQLite is told which index to use: by itself it takes the key of the table for just as good, and reads
    // every case there ever was.
    let cases = match conn.engine() {
        Engine::Postgres => "cases",
        Engine::Sqlite => "cases INDEXED BY cases_board",
    };
    let words: Vec<String> = of.kinds.iter().map(|kind| format!("'{kind}'")).collect();
    let kinds = if words.is_empty() { String::new() } else { format!(" AND kind IN ({})", words.join(", ")) };
    let sql = format!(
        "SELECT {wall} / 86400000000 AS day, COUNT(*) AS waiting FROM (
             SELECT CASE WHEN nearest < {from} THEN {from} WHEN nearest > {until} THEN {until} ELSE nearest END
                 AS due
             FROM (
                 SELECT CASE WHEN sla_due IS NULL OR hard_deadline < sla_due THEN hard_deadline
                     ELSE sla_due END AS nearest
                 FROM {cases} WHERE shop_id = {shop} AND is_open AND state IN ('QUEUED', 'CLAIMED', 'WORKING'){kinds}
             ) AS dated
         ) AS bounded GROUP BY 1 ORDER BY 1"
    );
    let read = |row: &Fetched| {
        let row = Row::new("cases", row);
        Ok((row.number_opt("day")?.map(Day::from_number), row.get("waiting")?))
    };
    conn.all(sql, values.0).await?.iter().map(read).collect()
}
