//! Stored answers of the suggestion engine: what was shown, and when; and what it
//! asks of the history of a buyer and a shop.

mod history;

use amends_domain::{CaseId, ShopId, SuggestionId, Time};

pub use history::{History, Past, Wanted, history};

use crate::Of;
use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, text, time};

/// Forgets what was suggested for hypothetical returns before a time, oldest first; says how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_hypothetical(conn: &Conn, before: Time, limit: u32) -> Result<u64> {
    let sql = "DELETE FROM suggestions WHERE (shop_id, suggestion_id) IN (
                   SELECT shop_id, suggestion_id FROM suggestions
                   WHERE case_id = '' AND at < $1 ORDER BY at LIMIT $2)";
    conn.run(sql, vec![time(before), int(limit)]).await
}

/// One stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestionRow {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub id: SuggestionId,
    /// The case it is for; none if it was asked for before there is one.
    pub case: Option<CaseId>,
    /// When it was given.
    pub at: Time,
    /// The answer as JSON.
    pub body: String,
}

const TABLE: Table = Table {
    name: "suggestions",
    columns: &[
        ("shop_id", Kind::Text),
        ("suggestion_id", Kind::Text),
        ("case_id", Kind::Text),
        ("at", Kind::Int),
        ("body", Kind::Text),
    ],
    key: &["shop_id", "suggestion_id"],
};

/// Stores an answer. `Contended` when one of this id is there already.
pub fn insert(row: &SuggestionRow) -> Write {
    // The column is older than suggestions without a case and takes no NULL.
    let case = row.case.map_or_else(String::new, |case| case.to_string());
    let values = vec![text(&row.shop), text(row.id), text(case), time(row.at), text(&row.body)];
    Write::insert(&TABLE, vec![values], Existing::Refuse)
}

/// Answers of these ids, as far as they are there.
pub fn by_ids(suggestions: &[Of<SuggestionId>]) -> Query<SuggestionRow> {
    Query::by(&TABLE, TABLE.key, value::of(suggestions), read)
}

/// Reads an answer.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, id: &SuggestionId) -> Result<Option<SuggestionRow>> {
    Ok(by_ids(&[(shop.clone(), *id)]).all(conn).await?.pop())
}

fn read(row: &Fetched) -> Result<SuggestionRow> {
    let row = Row::new(TABLE.name, row);
    let for_case: String = row.get("case_id")?;
    let case = if for_case.is_empty() { None } else { Some(row.parse("case_id")?) };
    let (shop, id) = (row.parse("shop_id")?, row.parse("suggestion_id")?);
    Ok(SuggestionRow { shop, id, case, at: row.time("at")?, body: row.get("body")? })
}

/// The latest suggestion of each case, the newest first, at most so many.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn latest_of_cases(conn: &Conn, shop: &ShopId, limit: u32) -> Result<Vec<SuggestionRow>> {
    // From the newest backwards, leaving out what has a newer one of its case: both are found in an index.
    let sql = "SELECT suggestion_id, case_id, at, body FROM suggestions AS one WHERE shop_id = $1 AND case_id <> '' \
        AND NOT EXISTS (SELECT 1 FROM suggestions AS newer WHERE newer.shop_id = one.shop_id \
            AND newer.case_id = one.case_id \
            AND (newer.at, newer.suggestion_id) > (one.at, one.suggestion_id)) \
        ORDER BY at DESC, suggestion_id DESC LIMIT $2";
    let rows = conn.all(sql, vec![text(shop), int(limit)]).await?;
    let read = |row| {
        let row = Row::new("suggestions", row);
        let (id, case) = (row.parse("suggestion_id")?, Some(row.parse("case_id")?));
        Ok(SuggestionRow { shop: shop.clone(), id, case, at: row.time("at")?, body: row.get("body")? })
    };
    rows.iter().map(read).collect()
}
