//! Answers given before: the same request id gets the same answer.

use amends_domain::{CaseId, ShopId, Time};

use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, text, text_opt, time};

/// What was asked, as a digest, and the answer as it was encoded.
pub type Answered = (Vec<u8>, Vec<u8>);

const TABLE: Table = Table {
    name: "requests",
    columns: &[
        ("shop_id", Kind::Text),
        ("principal", Kind::Text),
        ("request_id", Kind::Text),
        ("digest", Kind::Bytes),
        ("answer", Kind::Bytes),
        ("at", Kind::Int),
        ("case_id", Kind::Text),
    ],
    key: &["shop_id", "principal", "request_id"],
};

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

/// The answers to earlier requests of a shop, by principal and request id, that are still kept.
pub fn answered(shop: &ShopId, requests: &[(String, String)]) -> Query<((String, String), Answered)> {
    let key = |(principal, id): &(String, String)| vec![shop.to_string(), principal.clone(), id.clone()];
    Query::by(&TABLE, TABLE.key, requests.iter().map(key).collect(), read)
}

fn read(row: &Fetched) -> Result<((String, String), Answered)> {
    let row = Row::new(TABLE.name, row);
    Ok(((row.get("principal")?, row.get("request_id")?), (row.get("digest")?, row.get("answer")?)))
}

/// Keeps answers of a shop, or of none: principal, request id, digest and answer of each, and the case they
/// are about, if any.
/// `Contended` when one of them was answered by another at the same time.
pub fn keep<'a>(
    shop: Option<&ShopId>,
    answers: impl Iterator<Item = (&'a str, &'a str, &'a [u8], &'a [u8], Option<CaseId>)>,
    at: Time,
) -> Write {
    let shop = shop.map_or(NO_SHOP, ShopId::as_str);
    let rows = answers.map(|(principal, id, digest, answer, case)| {
        let (digest, answer) = (digest.to_vec().into(), answer.to_vec().into());
        vec![text(shop), text(principal), text(id), digest, answer, time(at), text_opt(case)]
    });
    Write::insert(&TABLE, rows.collect(), Existing::Refuse)
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
