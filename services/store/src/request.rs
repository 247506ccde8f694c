//! Answers given before: the same request id gets the same answer.

use amends_domain::{ShopId, Time};

use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, text, time};

/// What was asked, as a digest, and the answer as it was encoded.
pub type Answered = (Vec<u8>, Vec<u8>);

/// Where the requests of no shop are kept: no shop has an empty name.
const NO_SHOP: &str = "";

/// The answer to a principal's earlier request, if it is still kept.
///
/// # Errors
/// When the database fails.
pub async fn find(
    conn: &Conn,
    shop: Option<&ShopId>,
    principal: &str,
    request_id: &str,
) -> Result<Option<Answered>> {
    let sql = "SELECT digest, answer FROM requests WHERE shop_id = $1 AND principal = $2 AND request_id = $3";
    let shop = shop.map_or(NO_SHOP, ShopId::as_str);
    let Some(row) = conn.one(sql, vec![text(shop), text(principal), text(request_id)]).await? else {
        return Ok(None);
    };
    let row = Row::new("requests", &row);
    Ok(Some((row.get("digest")?, row.get("answer")?)))
}

/// Keeps an answer.
///
/// # Errors
/// `Contended` when the request was answered by another at the same time.
pub async fn put(
    conn: &Conn,
    shop: Option<&ShopId>,
    principal: &str,
    request_id: &str,
    (digest, answer): (&[u8], &[u8]),
    at: Time,
) -> Result<()> {
    let sql = "INSERT INTO requests (shop_id, principal, request_id, digest, answer, at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let shop = shop.map_or(NO_SHOP, ShopId::as_str);
    let values = vec![
        text(shop),
        text(principal),
        text(request_id),
        digest.to_vec().into(),
        answer.to_vec().into(),
        time(at),
    ];
    conn.run(sql, values).await.map(drop)
}

/// Forgets answers given before a time, oldest first; says how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(conn: &Conn, before: Time, limit: u32) -> Result<u64> {
    let sql = "DELETE FROM requests WHERE (shop_id, principal, request_id) IN (
                   SELECT shop_id, principal, request_id FROM requests WHERE at < $1 ORDER BY at LIMIT $2)";
    conn.run(sql, vec![time(before), int(limit)]).await
}
