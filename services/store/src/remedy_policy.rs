//! What shops offer instead of a return: documents as they were written, version by version.

use amends_domain::{ShopId, Time};

use crate::bulk::{Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, int_opt, str, time};

const TABLE: Table = Table {
    name: "remedy_policies",
    columns: &[
        ("shop_id", Kind::Text),
        ("version", Kind::Int),
        ("effective_from", Kind::Int),
        ("document", Kind::Text),
        ("changed_by", Kind::Text),
        ("changed_at", Kind::Int),
    ],
    key: &["shop_id", "version"],
};

/// A version without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The number, from 1.
    pub version: i64,
    /// From when it holds.
    pub effective_from: Time,
    /// Who made it.
    pub changed_by: String,
    /// When it was made.
    pub changed_at: Time,
}

/// Which versions a shop has, seen from a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The version in force; 0 for none.
    pub in_force: i64,
    /// The newest version, in force or not; 0 for none.
    pub newest: i64,
    /// From when the newest holds; none if there is none.
    pub newest_from: Option<Time>,
    /// When another version takes over; none if none does.
    pub next_at: Option<Time>,
}

/// Adds a version.
///
/// # Errors
/// `Contended` when that version is there already.
pub async fn insert(conn: &Conn, shop: &ShopId, version: &Version, document: &str) -> Result<()> {
    let values = vec![
        str(shop.as_str()),
        int(version.version),
        time(version.effective_from),
        str(document),
        str(&version.changed_by),
        time(version.changed_at),
    ];
    Write::insert(&TABLE, vec![values], Existing::Refuse).run(conn).await.map(drop)
}

/// Which versions there are at a time. The newest of those that have begun is in force.
///
/// # Errors
/// When the database refuses.
pub async fn schedule(conn: &Conn, shop: &ShopId, at: Time) -> Result<Schedule> {
    let sql = "SELECT \
        COALESCE((SELECT MAX(version) FROM remedy_policies WHERE shop_id = $1 AND effective_from <= $2), 0) AS in_force, \
        COALESCE((SELECT MAX(version) FROM remedy_policies WHERE shop_id = $1), 0) AS newest, \
        (SELECT MAX(effective_from) FROM remedy_policies WHERE shop_id = $1) AS newest_from, \
        (SELECT MIN(effective_from) FROM remedy_policies WHERE shop_id = $1 AND effective_from > $2) AS next_at";
    let row = conn.one(sql, vec![str(shop.as_str()), time(at)]).await?;
    let Some(row) = row else {
        return Ok(Schedule { in_force: 0, newest: 0, newest_from: None, next_at: None });
    };
    let row = Row::new(TABLE.name, &row);
    Ok(Schedule {
        in_force: row.get("in_force")?,
        newest: row.get("newest")?,
        newest_from: row.time_opt("newest_from")?,
        next_at: row.time_opt("next_at")?,
    })
}

/// A version with its document.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, version: i64) -> Result<Option<(Version, String)>> {
    let sql = "SELECT version, effective_from, changed_by, changed_at, document FROM remedy_policies \
        WHERE shop_id = $1 AND version = $2";
    let row = conn.one(sql, vec![str(shop.as_str()), int(version)]).await?;
    row.as_ref().map(|row| Ok((read(row)?, Row::new(TABLE.name, row).get("document")?))).transpose()
}

/// Versions without their documents, the newest first, from before one on.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &Conn, shop: &ShopId, before: Option<i64>, limit: u32) -> Result<Vec<Version>> {
    let sql = "SELECT version, effective_from, changed_by, changed_at FROM remedy_policies \
        WHERE shop_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3";
    let values = vec![str(shop.as_str()), int_opt(before.or(Some(i64::MAX))), int(limit)];
    conn.all(sql, values).await?.iter().map(read).collect()
}

fn read(row: &Fetched) -> Result<Version> {
    let row = Row::new(TABLE.name, row);
    Ok(Version {
        version: row.get("version")?,
        effective_from: row.time("effective_from")?,
        changed_by: row.get("changed_by")?,
        changed_at: row.time("changed_at")?,
    })
}
