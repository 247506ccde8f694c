//! The timeline and the outbox: one append-only table.

use std::collections::HashMap;

use amends_domain::event::{Actor, Event};
use amends_domain::{CaseId, EventId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, text, text_opt, time};

mod relay;
mod touch;

pub use relay::{assign_positions, last_position, oldest_pending_at, pending_count};
pub use touch::{Touch, touched_after};

const TABLE: Table = Table {
    name: "events",
    columns: &[
        ("shop_id", Kind::Text),
        ("event_id", Kind::Text),
        ("case_id", Kind::Text),
        ("word", Kind::Text),
        ("facts", Kind::Text),
        ("actor_kind", Kind::Text),
        ("actor_name", Kind::Text),
        ("cause", Kind::Text),
        ("trace", Kind::Text),
        ("occurred_at", Kind::Int),
        ("recorded_at", Kind::Int),
    ],
    key: &["shop_id", "event_id"],
};

/// The same with what the database added.
const STORED: Table = Table {
    columns: &[
        ("seq", Kind::Int),
        ("position", Kind::Int),
        ("shop_id", Kind::Text),
        ("event_id", Kind::Text),
        ("case_id", Kind::Text),
        ("word", Kind::Text),
        ("facts", Kind::Text),
        ("actor_kind", Kind::Text),
        ("actor_name", Kind::Text),
        ("cause", Kind::Text),
        ("trace", Kind::Text),
        ("occurred_at", Kind::Int),
        ("recorded_at", Kind::Int),
    ],
    ..TABLE
};

/// An event to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The tenant.
    pub shop: ShopId,
    /// Which; stable over every delivery.
    pub id: EventId,
    /// The case on whose timeline it stands.
    pub case: Option<CaseId>,
    /// What happened.
    pub event: Event,
    /// Who made it happen.
    pub actor: Actor,
    /// The request or signal that caused it.
    pub cause: String,
    /// The trace it happened in.
    pub trace: Option<String>,
    /// When it happened.
    pub occurred_at: Time,
    /// When it was written.
    pub recorded_at: Time,
}

/// An event as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number on the timeline; rises within a case.
    pub seq: i64,
    /// Its place in the event stream, once the relay gave it one.
    pub position: Option<i64>,
    /// The event.
    pub row: EventRow,
}

/// Appends events in the order given.
pub fn append(events: &[EventRow]) -> Write {
    let rows = events.iter().map(write).collect();
    Write::insert(&TABLE, rows, Existing::Refuse)
}

/// A page of a case's timeline, oldest first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn of_case(
    conn: &Conn,
    shop: &ShopId,
    case: &CaseId,
    after_seq: i64,
    limit: u32,
) -> Result<Vec<StoredEvent>> {
    let sql = select("WHERE shop_id = $1 AND case_id = $2 AND seq > $3 ORDER BY seq LIMIT $4");
    let rows = conn.all(sql, vec![text(shop), text(case), int(after_seq), int(limit)]).await?;
    rows.iter().map(read).collect()
}

/// What happened to these cases by certain words, for each case in the order it was written.
pub fn by_cases(cases: &[Of<CaseId>], words: &[&[&str]]) -> Query<StoredEvent> {
    let words: Vec<String> = words.iter().copied().flatten().map(|word| format!("'{word}'")).collect();
    Query::by(&STORED, &["shop_id", "case_id"], value::of(cases), read)
        .and(&format!("word IN ({}) ORDER BY seq", words.join(", ")))
}

/// The first so many of these, over all of the cases, in the order of the log.
pub fn first_by_cases(cases: &[Of<CaseId>], words: &[&str], limit: u32) -> Query<StoredEvent> {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    Query::by(&STORED, &["shop_id", "case_id"], value::of(cases), read)
        .and(&format!("case_id IS NOT NULL AND word IN ({}) ORDER BY seq LIMIT {limit}", words.join(", ")))
}

/// A page of what happened in a shop on no case's timeline by certain words, in the order it was written.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn of_no_case(
    conn: &Conn,
    shop: &ShopId,
    words: &[&str],
    after_seq: i64,
    limit: u32,
) -> Result<Vec<StoredEvent>> {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let which = format!(
        "WHERE shop_id = $1 AND case_id IS NULL AND seq > $2 AND word IN ({}) ORDER BY seq LIMIT $3",
        words.join(", ")
    );
    let rows = conn.all(select(&which), vec![text(shop), int(after_seq), int(limit)]).await?;
    rows.iter().map(read).collect()
}

/// How many events a case has.
///
/// # Errors
/// When the database fails.
pub async fn count_of_case(conn: &Conn, shop: &ShopId, case: &CaseId) -> Result<i64> {
    let sql = "SELECT count(*) AS happened FROM events WHERE shop_id = $1 AND case_id = $2";
    let row = conn.one(sql, vec![text(shop), text(case)]).await?;
    row.map_or(Ok(0), |row| Row::new("events", &row).get("happened"))
}

/// A page of the event stream of some shops, or of all.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn after(
    conn: &Conn,
    shops: Option<&[ShopId]>,
    position: i64,
    limit: u32,
) -> Result<Vec<StoredEvent>> {
    let rows = match shops {
        None => {
            let sql = select("WHERE position > $1 ORDER BY position LIMIT $2");
            conn.all(sql, vec![int(position), int(limit)]).await?
        }
        Some([]) => Vec::new(),
        Some(shops) => of_shops(conn, shops, position, limit).await?,
    };
    rows.iter().map(read).collect()
}

fn select(which: &str) -> String {
    format!("SELECT seq, position, {} FROM events {which}", bulk::names(TABLE.columns))
}

/// Takes the next events of each shop from the index and merges these heads:
/// a quiet shop does not read past what happened in busy ones.
async fn of_shops(conn: &Conn, shops: &[ShopId], position: i64, limit: u32) -> Result<Vec<Fetched>> {
    let keys: Vec<Vec<String>> = shops.iter().map(|shop| vec![shop.to_string()]).collect();
    let (_, mut values) = bulk::keys(conn.engine(), &["shop_id"], 1, &keys);
    values.extend([int(position), int(limit)]);
    let next = "WHERE shop_id = shops.s AND position > $2 ORDER BY position LIMIT $3";
    let columns = bulk::names(TABLE.columns);
    let heads = match conn.engine() {
        Engine::Postgres => format!(
            "(SELECT DISTINCT s FROM unnest($1::text[]) AS s) AS shops CROSS JOIN LATERAL ({}) AS e",
            select(next)
        ),
        Engine::Sqlite => format!(
            "(SELECT DISTINCT value ->> 0 AS s FROM json_each($1)) AS shops
             CROSS JOIN events AS e ON e.seq IN (SELECT seq FROM events {next})"
        ),
    };
    conn.all(format!("SELECT seq, position, {columns} FROM {heads} ORDER BY position LIMIT $3"), values).await
}

fn write(row: &EventRow) -> Vec<Value> {
    let facts: HashMap<&str, String> = row.event.facts().into_iter().collect();
    vec![
        text(&row.shop),
        text(row.id),
        text_opt(row.case),
        text(row.event.word()),
        text(serde_json::json!(facts)),
        text(row.actor.kind),
        text(&row.actor.name),
        text(&row.cause),
        text_opt(row.trace.as_ref()),
        time(row.occurred_at),
        time(row.recorded_at),
    ]
}

fn read(row: &Fetched) -> Result<StoredEvent> {
    let row = Row::new("events", row);
    let (word, facts): (String, String) = (row.get("word")?, row.get("facts")?);
    let facts: HashMap<String, String> = serde_json::from_str(&facts).map_err(|e| row.corrupt("facts", e))?;
    let event = Event::read(&word, |name| facts.get(name).map(String::as_str));
    Ok(StoredEvent {
        seq: row.get("seq")?,
        position: row.get("position")?,
        row: EventRow {
            shop: row.parse("shop_id")?,
            id: row.parse("event_id")?,
            case: row.parse_opt("case_id")?,
            event: event.map_err(|e| row.corrupt("word", e))?,
            actor: Actor { kind: row.parse("actor_kind")?, name: row.get("actor_name")? },
            cause: row.get("cause")?,
            trace: row.get("trace")?,
            occurred_at: row.time("occurred_at")?,
            recorded_at: row.time("recorded_at")?,
        },
    })
}
