//! Positions in the event stream.
//!
//! A transaction that took a lower number may commit after one that took a
//! higher one. Whoever resumed by that number would never see the late rows,
//! so committed rows get a second number, one relay at a time.

use amends_domain::Time;

use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::Row;
use crate::value::int;

/// Gives the next positions to committed events that have none, in the order of
/// their numbers; says to how many. Call it in a transaction.
///
/// Events of one case are written one transaction at a time, so the order of
/// their numbers is the order they happened in, and it stays theirs here.
///
/// # Errors
/// When the database fails.
pub async fn assign_positions(conn: &Conn, limit: u32) -> Result<u64> {
    // The lock comes in a statement of its own: what is pending must be looked
    // at after another relay has committed, not before.
    let lock = match conn.engine() {
        Engine::Postgres => " FOR UPDATE",
        Engine::Sqlite => "",
    };
    let sql = format!("SELECT last_position FROM relay WHERE relay_id = 1{lock}");
    let row = conn.one(sql, vec![]).await?;
    let last: i64 = row.map_or(Ok(0), |row| Row::new("relay", &row).get("last_position"))?;
    let sql = format!(
        "UPDATE events SET position = $1 + pending.n FROM (
                   SELECT shop_id, seq, row_number() OVER (ORDER BY seq) AS n
                   FROM (SELECT shop_id, seq FROM {} ORDER BY seq LIMIT $2) AS head
               ) AS pending
               WHERE events.shop_id = pending.shop_id AND events.seq = pending.seq",
        pending(conn)
    );
    let given = conn.run(sql, vec![int(last), int(limit)]).await?;
    if given > 0 {
        let next = last.saturating_add_unsigned(given);
        conn.run("UPDATE relay SET last_position = $1 WHERE relay_id = 1", vec![int(next)]).await?;
    }
    Ok(given)
}

/// The last position that was given out; 0 before the first.
///
/// # Errors
/// When the database fails.
pub async fn last_position(conn: &Conn) -> Result<i64> {
    let row = conn.one("SELECT last_position FROM relay WHERE relay_id = 1", vec![]).await?;
    row.map_or(Ok(0), |row| Row::new("relay", &row).get("last_position"))
}

/// How many events wait for a position.
///
/// # Errors
/// When the database fails.
pub async fn pending_count(conn: &Conn) -> Result<i64> {
    let row = conn.one(format!("SELECT count(*) AS pending FROM {}", pending(conn)), vec![]).await?;
    row.map_or(Ok(0), |row| Row::new("events", &row).get("pending"))
}

/// When the event that waits longest for a position was written.
///
/// # Errors
/// When the database fails.
pub async fn oldest_pending_at(conn: &Conn) -> Result<Option<Time>> {
    let sql = format!("SELECT recorded_at FROM {} ORDER BY seq LIMIT 1", pending(conn));
    let row = conn.one(sql, vec![]).await?;
    row.map(|row| Row::new("events", &row).time("recorded_at")).transpose()
}

/// The rows that wait. SQLite is told which index to use: by itself it takes the
/// order of the table for just as good, and reads everything that ever happened.
fn pending(conn: &Conn) -> &'static str {
    match conn.engine() {
        Engine::Postgres => "events WHERE position IS NULL",
        Engine::Sqlite => "events INDEXED BY events_pending WHERE position IS NULL",
    }
}
