//! Stored decisions of the guardrails: what was asked, and why it was allowed or refused.

use amends_domain::{CaseId, DecisionId, ReviewId, ShopId, Time};

use sea_orm::Value;

use crate::Of;
use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, text, text_opt, time};

/// One stored decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub id: DecisionId,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The review it is about.
    pub review: Option<ReviewId>,
    /// What was to be done.
    pub action: String,
    /// Whether it was allowed.
    pub allowed: bool,
    /// When it was decided.
    pub at: Time,
    /// Rules and facts as JSON.
    pub body: String,
}

const TABLE: Table = Table {
    name: "decisions",
    columns: &[
        ("shop_id", Kind::Text),
        ("decision_id", Kind::Text),
        ("case_id", Kind::Text),
        ("review_id", Kind::Text),
        ("action", Kind::Text),
        ("allowed", Kind::Bool),
        ("at", Kind::Int),
        ("body", Kind::Text),
    ],
    key: &["shop_id", "decision_id"],
};

fn values(row: &DecisionRow) -> Vec<Value> {
    vec![
        text(&row.shop),
        text(row.id),
        text_opt(row.case),
        text_opt(row.review.as_ref()),
        text(&row.action),
        row.allowed.into(),
        time(row.at),
        text(&row.body),
    ]
}

/// Stores decisions, beside other writes.
/// `Contended` when one of these ids is there already.
pub fn keep(rows: &[DecisionRow]) -> Write {
    Write::insert(&TABLE, rows.iter().map(values).collect(), Existing::Refuse)
}

/// Stores a decision.
///
/// # Errors
/// `Contended` when one of this id is there already.
pub async fn insert(conn: &Conn, row: &DecisionRow) -> Result<()> {
    let sql = "INSERT INTO decisions (shop_id, decision_id, case_id, review_id, action, allowed, at, body)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    conn.run(sql, values(row)).await.map(drop)
}

/// Decisions of these ids, as far as they are there.
pub fn by_ids(decisions: &[Of<DecisionId>]) -> Query<DecisionRow> {
    Query::by(&TABLE, TABLE.key, value::of(decisions), read)
}

/// Reads a decision.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn get(conn: &Conn, shop: &ShopId, id: &DecisionId) -> Result<Option<DecisionRow>> {
    Ok(by_ids(&[(shop.clone(), *id)]).all(conn).await?.pop())
}

fn read(row: &Fetched) -> Result<DecisionRow> {
    let row = Row::new(TABLE.name, row);
    Ok(DecisionRow {
        shop: row.parse("shop_id")?,
        id: row.parse("decision_id")?,
        case: row.parse_opt("case_id")?,
        review: row.parse_opt("review_id")?,
        action: row.get("action")?,
        allowed: row.get("allowed")?,
        at: row.time("at")?,
        body: row.get("body")?,
    })
}
