//! What shops decided for themselves, version by version.

mod body;

use amends_domain::policy::ShopPolicy;
use amends_domain::{ShopId, Time};

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, int_opt, str, time};

const POLICIES: Table = Table {
    name: "policies",
    columns: &[
        ("shop_id", Kind::Text),
        ("version", Kind::Int),
        ("effective_from", Kind::Int),
        ("body", Kind::Text),
        ("changed_by", Kind::Text),
        ("changed_at", Kind::Int),
    ],
    key: &["shop_id", "version"],
};

/// One version of a shop's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// The version, from 1.
    pub version: i64,
    /// What was decided.
    pub policy: ShopPolicy,
    /// Who decided it.
    pub changed_by: String,
    /// When it was decided.
    pub changed_at: Time,
}

/// Adds a version.
///
/// # Errors
/// `Contended` when that version is there already.
pub async fn insert(conn: &Conn, shop: &ShopId, row: &PolicyRow) -> Result<()> {
    let values = vec![
        str(shop.as_str()),
        int(row.version),
        time(row.policy.effective_from),
        str(&body::write(&row.policy)),
        str(&row.changed_by),
        time(row.changed_at),
    ];
    Write::insert(&POLICIES, vec![values], Existing::Refuse).run(conn).await.map(drop)
}

/// The newest version, whether it is in force yet or not.
///
/// # Errors
/// When the database refuses.
pub async fn latest(conn: &Conn, shop: &ShopId) -> Result<Option<PolicyRow>> {
    Ok(list(conn, shop, None, 1).await?.pop())
}

/// The newest version that was in force at a time.
///
/// # Errors
/// When the database refuses.
pub async fn in_force(conn: &Conn, shop: &ShopId, at: Time) -> Result<Option<PolicyRow>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND effective_from <= $2 ORDER BY version DESC LIMIT 1",
        bulk::select(&POLICIES)
    );
    let row = conn.one(sql, vec![str(shop.as_str()), time(at)]).await?;
    row.as_ref().map(read).transpose()
}

/// The newest version of each shop that has one.
///
/// # Errors
/// When the database refuses.
pub async fn all_latest(conn: &Conn, shops: &[ShopId]) -> Result<Vec<(ShopId, PolicyRow)>> {
    if shops.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<[&str; 1]> = shops.iter().map(|id| [id.as_str()]).collect();
    let (within, values) = bulk::keys(conn.engine(), &["shop_id"], 1, &ids);
    let sql = format!(
        "{} WHERE {within} AND version = \
         (SELECT MAX(newer.version) FROM policies AS newer WHERE newer.shop_id = policies.shop_id)",
        bulk::select(&POLICIES)
    );
    let rows = conn.all(sql, values).await?;
    rows.iter().map(|row| Ok((Row::new("policies", row).parse("shop_id")?, read(row)?))).collect()
}

/// Versions, the newest first, from before one on.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    before_version: Option<i64>,
    limit: u32,
) -> Result<Vec<PolicyRow>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3",
        bulk::select(&POLICIES)
    );
    let before = int_opt(before_version.or(Some(i64::MAX)));
    conn.all(sql, vec![str(shop.as_str()), before, int(limit)]).await?.iter().map(read).collect()
}

fn read(row: &Fetched) -> Result<PolicyRow> {
    let row = Row::new("policies", row);
    let text: String = row.get("body")?;
    let mut policy = body::read(&text).map_err(|why| row.corrupt("body", why))?;
    policy.effective_from = row.time("effective_from")?;
    Ok(PolicyRow {
        version: row.get("version")?,
        policy,
        changed_by: row.get("changed_by")?,
        changed_at: row.time("changed_at")?,
    })
}
