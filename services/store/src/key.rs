//! API keys. Only a hash of the secret is ever stored.

use amends_domain::{AgentId, KeyId, Time};

use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{text, time, time_opt};

const COLUMNS: &str = "key_id, prefix, hash, name, roles, shops, created_at, expires_at, revoked_at";

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Which.
    pub id: KeyId,
    /// The part of the key that may be shown, and by which it is found.
    pub prefix: String,
    /// The hash of the secret part.
    pub hash: Vec<u8>,
    /// The name of the principal.
    pub name: String,
    /// What the principal may do.
    pub roles: Vec<String>,
    /// In which shops; `*` for all.
    pub shops: Vec<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// Stores a new key.
///
/// # Errors
/// `Contended` when there is a key of this id or prefix.
pub async fn insert(conn: &Conn, key: &KeyRow) -> Result<()> {
    let sql = format!("INSERT INTO api_keys ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    let values = vec![
        text(key.id),
        text(&key.prefix),
        key.hash.clone().into(),
        text(&key.name),
        text(serde_json::json!(key.roles)),
        text(serde_json::json!(key.shops)),
        time(key.created_at),
        time_opt(key.expires_at),
        time_opt(key.revoked_at),
    ];
    conn.run(sql, values).await.map(drop)
}

/// The key of a prefix, whether it is still valid or not.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn by_prefix(conn: &Conn, prefix: &str) -> Result<Option<KeyRow>> {
    let row =
        conn.one(format!("SELECT {COLUMNS} FROM api_keys WHERE prefix = $1"), vec![text(prefix)]).await?;
    row.as_ref().map(read).transpose()
}

/// All keys there ever were, oldest first.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn list(conn: &Conn) -> Result<Vec<KeyRow>> {
    let rows =
        conn.all(format!("SELECT {COLUMNS} FROM api_keys ORDER BY created_at, key_id"), vec![]).await?;
    rows.iter().map(read).collect()
}

/// Ends a key and answers whose it was; none when there is none of this id that could be ended.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn revoke(conn: &Conn, id: &KeyId, now: Time) -> Result<Option<AgentId>> {
    let sql = "UPDATE api_keys SET revoked_at = $1 WHERE key_id = $2 AND revoked_at IS NULL RETURNING name";
    let row = conn.one(sql, vec![time(now), text(id)]).await?;
    row.map(|row| Row::new("api_keys", &row).parse("name")).transpose()
}

/// Whether somebody of this name has a key that is valid now.
///
/// # Errors
/// When the database fails.
pub async fn is_active(conn: &Conn, name: &AgentId, now: Time) -> Result<bool> {
    let sql = "SELECT 1 AS yes FROM api_keys WHERE name = $1
               AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2) LIMIT 1";
    Ok(conn.one(sql, vec![text(name), time(now)]).await?.is_some())
}

/// Whether any key is valid now.
///
/// # Errors
/// When the database fails.
pub async fn any_active(conn: &Conn, now: Time) -> Result<bool> {
    let sql = "SELECT 1 AS yes FROM api_keys
               WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1) LIMIT 1";
    Ok(conn.one(sql, vec![time(now)]).await?.is_some())
}

fn read(row: &Fetched) -> Result<KeyRow> {
    let row = Row::new("api_keys", row);
    let strings = |column: &str| -> Result<Vec<String>> {
        let json: String = row.get(column)?;
        serde_json::from_str(&json).map_err(|e| row.corrupt(column, e))
    };
    Ok(KeyRow {
        id: row.parse("key_id")?,
        prefix: row.get("prefix")?,
        hash: row.get("hash")?,
        name: row.get("name")?,
        roles: strings("roles")?,
        shops: strings("shops")?,
        created_at: row.time("created_at")?,
        expires_at: row.time_opt("expires_at")?,
        revoked_at: row.time_opt("revoked_at")?,
    })
}
