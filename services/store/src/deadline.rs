//! What falls due, and when.

use std::collections::BTreeMap;

use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::{ShopId, Time};

use crate::bulk::{self, Column, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, text, time};

const TABLE: Table = Table {
    name: "deadlines",
    columns: &[("shop_id", Kind::Text), ("kind", Kind::Text), ("subject", Kind::Text), ("due_at", Kind::Int)],
    key: &["shop_id", "kind", "subject"],
};

/// Sets, moves and clears deadlines; of several changes to one, the last counts.
pub fn apply(changes: &[DeadlineChange]) -> [Write; 2] {
    // Sorted, so that two transactions lock the rows they share in one order.
    let mut last: BTreeMap<(&ShopId, DeadlineKind, &str), Option<Time>> = BTreeMap::new();
    for change in changes {
        match change {
            DeadlineChange::Set(d) => last.insert((&d.shop, d.kind, &d.subject), Some(d.due_at)),
            DeadlineChange::Clear { shop, kind, subject } => last.insert((shop, *kind, subject), None),
        };
    }
    let (mut set, mut clear) = (Vec::new(), Vec::new());
    for ((shop, kind, subject), due_at) in last {
        match due_at {
            Some(due_at) => set.push(vec![text(shop), text(kind), text(subject), time(due_at)]),
            None => clear.push(vec![text(shop), text(kind), text(subject)]),
        }
    }
    let which = "DELETE FROM deadlines WHERE (shop_id, kind, subject) IN (SELECT * FROM";
    let columns: Vec<Column> = TABLE.key.iter().map(|name| (*name, Kind::Text)).collect();
    [Write::change(TABLE.name, &columns, clear, which, ")"), Write::insert(&TABLE, set, Existing::Replace)]
}

/// What is due by now, longest overdue first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn due(conn: &Conn, now: Time, limit: u32) -> Result<Vec<Deadline>> {
    look(conn, "", now, limit).await
}

/// Those of them that are of this kind, or those that are not.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn due_of(
    conn: &Conn,
    kind: DeadlineKind,
    is_it: bool,
    now: Time,
    limit: u32,
) -> Result<Vec<Deadline>> {
    let equal = if is_it { "=" } else { "<>" };
    look(conn, &format!("AND kind {equal} '{kind}'"), now, limit).await
}

async fn look(conn: &Conn, which: &str, now: Time, limit: u32) -> Result<Vec<Deadline>> {
    let order = "due_at, shop_id, kind, subject";
    let sql = format!("{} WHERE due_at <= $1 {which} ORDER BY {order} LIMIT $2", bulk::select(&TABLE));
    let rows = conn.all(sql, vec![time(now), int(limit)]).await?;
    let rows = rows.iter().map(|row| Row::new("deadlines", row));
    rows.map(|row| {
        let (shop, kind, subject) = (row.parse("shop_id")?, row.parse("kind")?, row.get("subject")?);
        Ok(Deadline { shop, kind, subject, due_at: row.time("due_at")? })
    })
    .collect()
}

/// When something falls due, if it does.
///
/// # Errors
/// When the database fails.
pub async fn get(conn: &Conn, shop: &ShopId, kind: DeadlineKind, subject: &str) -> Result<Option<Time>> {
    let sql = "SELECT due_at FROM deadlines WHERE shop_id = $1 AND kind = $2 AND subject = $3";
    let row = conn.one(sql, vec![text(shop), text(kind), text(subject)]).await?;
    row.map(|row| Row::new("deadlines", &row).time("due_at")).transpose()
}

/// How many deadlines are set.
///
/// # Errors
/// When the database fails.
pub async fn count(conn: &Conn) -> Result<i64> {
    let row = conn.one("SELECT count(*) AS set_now FROM deadlines", vec![]).await?;
    row.map_or(Ok(0), |row| Row::new("deadlines", &row).get("set_now"))
}
