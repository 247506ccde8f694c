//! Survey answers; the free words stand in `texts`.

use std::collections::HashSet;

use amends_domain::remedy::RemedyKind;
use amends_domain::signal::SurveyKind;
use amends_domain::{CaseId, OrderId, ShopId, SurveyId, Time};

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, str_opt, text_opt, time};

const SURVEYS: Table = Table {
    name: "surveys",
    columns: &[
        ("shop_id", Kind::Text),
        ("survey_id", Kind::Text),
        ("case_id", Kind::Text),
        ("order_id", Kind::Text),
        ("kind", Kind::Text),
        ("score", Kind::Int),
        ("occurred_at", Kind::Int),
        ("solution", Kind::Int),
        ("remedy_kind", Kind::Text),
    ],
    key: &["shop_id", "survey_id"],
};

/// A survey answer without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyRow {
    /// The tenant.
    pub shop: ShopId,
    /// The answer.
    pub survey: SurveyId,
    /// The case it is about, if any.
    pub case: Option<CaseId>,
    /// The order it is about, if any.
    pub order: Option<OrderId>,
    /// What was asked.
    pub kind: SurveyKind,
    /// 1–5 for CSAT, 0–10 for NPS.
    pub score: u8,
    /// When it was answered.
    pub occurred_at: Time,
    /// The solution of the case it is about; none for what an earlier version took in.
    pub solution: Option<u32>,
    /// What the buyer had accepted last when they judged it, if anything.
    pub remedy: Option<RemedyKind>,
}

/// Adds answers; one that is there already stays as it is.
pub fn insert(surveys: &[SurveyRow]) -> Write {
    let mut seen = HashSet::new();
    let first = surveys.iter().filter(|s| seen.insert((&s.shop, &s.survey)));
    let rows = first.map(|s| {
        vec![
            str(s.shop.as_str()),
            str(s.survey.as_str()),
            text_opt(s.case),
            str_opt(s.order.as_ref().map(OrderId::as_str)),
            str(s.kind.as_str()),
            int(s.score),
            time(s.occurred_at),
            int_opt(s.solution),
            str_opt(s.remedy.map(RemedyKind::as_str)),
        ]
    });
    Write::insert(&SURVEYS, rows.collect(), Existing::Keep)
}

/// All answers about these cases.
pub fn of_cases(cases: &[Of<CaseId>]) -> Query<SurveyRow> {
    Query::by(&SURVEYS, &["shop_id", "case_id"], value::of(cases), read)
}

/// Answers by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_ids(conn: &Conn, surveys: &[Of<SurveyId>]) -> Result<Vec<SurveyRow>> {
    if surveys.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<[&str; 2]> = surveys.iter().map(|(shop, id)| [shop.as_str(), id.as_str()]).collect();
    let (filter, values) = bulk::keys(conn.engine(), SURVEYS.key, 1, &keys);
    let sql = format!("{} WHERE {filter}", bulk::select(&SURVEYS));
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Answers about no case, in order of their ids, from after one on.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn without_case(
    conn: &Conn,
    shop: &ShopId,
    after: Option<&SurveyId>,
    limit: u32,
) -> Result<Vec<SurveyRow>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND survey_id > $2 AND case_id IS NULL ORDER BY survey_id LIMIT $3",
        bulk::select(&SURVEYS)
    );
    let after = str(after.map_or("", SurveyId::as_str));
    conn.all(sql, vec![str(shop.as_str()), after, int(limit)]).await?.iter().map(read).collect()
}

fn read(row: &Fetched) -> Result<SurveyRow> {
    let row = Row::new("surveys", row);
    Ok(SurveyRow {
        shop: row.parse("shop_id")?,
        survey: row.parse("survey_id")?,
        case: row.parse_opt("case_id")?,
        order: row.parse_opt("order_id")?,
        kind: row.parse("kind")?,
        score: row.number("score")?,
        occurred_at: row.time("occurred_at")?,
        solution: row.number_opt("solution")?,
        remedy: row.parse_opt("remedy_kind")?,
    })
}
