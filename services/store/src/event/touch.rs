//! Which cases something happened to, without what it was.

use amends_domain::{CaseId, ShopId};

use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::int;

/// Something happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// Its place in the event stream.
    pub position: i64,
    /// The tenant.
    pub shop: ShopId,
    /// The case; none where it was about no case.
    pub case: Option<CaseId>,
}

/// What happened after a position, in all shops, by position.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn touched_after(conn: &Conn, position: i64, limit: u32) -> Result<Vec<Touch>> {
    let sql = "SELECT position, shop_id, case_id FROM events WHERE position > $1 ORDER BY position LIMIT $2";
    let rows = conn.all(sql, vec![int(position), int(limit)]).await?;
    let rows = rows.iter().map(|row| Row::new("events", row));
    rows.map(|row| {
        Ok(Touch {
            position: row.get("position")?,
            shop: row.parse("shop_id")?,
            case: row.parse_opt("case_id")?,
        })
    })
    .collect()
}
