//! Complaints about articles by weeks, and the units that stand behind them.
//!
//! The article of a case is that of its order line, or of its review where no order is known; its reason is the
//! first. A case that was merged is the other's, and one that was cancelled never was a complaint.

use amends_domain::detection::Reason;
use amends_domain::rollup::{Facet, Grain, Split};
use amends_domain::{CaseId, Day, IncidentId, ShopId, Sku, Time};
use sea_orm::Value;

use crate::bulk::{self, Kind};
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, str, text, time};

/// A week of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// When it begins.
    pub from: Time,
    /// The first instant after it.
    pub until: Time,
    /// The first day of the deliveries behind it.
    pub delivered_from: Day,
    /// The first day after them.
    pub delivered_until: Day,
}

/// What is counted of an article in a week, by the place of the week in the list that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted<K> {
    /// Which week.
    pub week: usize,
    /// Of what.
    pub of: K,
    /// How many.
    pub count: u64,
}

/// About what complaints are looked for, from when on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The incident that they belong to.
    pub incident: IncidentId,
    /// The article.
    pub sku: Sku,
    /// The reason.
    pub reason: Reason,
    /// From when on cases were opened.
    pub from: Time,
}

/// The complaints in these weeks of every article and reason with so many in the last week at least; or of one
/// alone, whatever it has.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn complaints(
    conn: &Conn,
    shop: &ShopId,
    weeks: &[Week],
    least: u32,
    only: Option<(&Sku, Reason)>,
) -> Result<Vec<Counted<(Sku, Reason)>>> {
    let (heard, mut values) = heard(conn.engine(), shop, weeks);
    let which = if let Some((sku, reason)) = only {
        values.extend([str(sku.as_str()), text(reason)]);
        format!("sku = ${} AND reason = ${}", values.len() - 1, values.len())
    } else {
        values.extend([Value::BigInt(i64::try_from(weeks.len()).ok().map(|n| n - 1)), int(least)]);
        let (week, least) = (values.len() - 1, values.len());
        format!("(sku, reason) IN (SELECT sku, reason FROM heard WHERE week = ${week} AND n >= ${least})")
    };
    let sql = format!(
        "{heard} SELECT week, sku, reason, n FROM heard WHERE sku IS NOT NULL AND {which}
         ORDER BY sku, reason, week"
    );
    let rows = conn.all(sql, values).await?;
    let rows = rows.iter().map(|row| Row::new("cases", row));
    rows.map(|row| {
        let of = (row.parse("sku")?, row.parse("reason")?);
        Ok(Counted { week: row.number("week")?, of, count: row.number("n")? })
    })
    .collect()
}

/// The units of these articles that stand behind each week.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn delivered(
    conn: &Conn,
    shop: &ShopId,
    weeks: &[Week],
    skus: &[&Sku],
) -> Result<Vec<Counted<Sku>>> {
    let day = |day: Day| int(day.number());
    let rows = weeks.iter().zip(0_i64..);
    let rows = rows.map(|(one, n)| vec![int(n), day(one.delivered_from), day(one.delivered_until)]);
    let columns = [("week", Kind::Int), ("from_day", Kind::Int), ("until_day", Kind::Int)];
    let mut values = vec![text(shop)];
    let (source, of) = bulk::relation(conn.engine(), &columns, 2, rows.collect());
    values.extend(of);
    let keys: Vec<[&str; 1]> = skus.iter().map(|sku| [sku.as_str()]).collect();
    let (ours, of) = bulk::keys(conn.engine(), &["a"], values.len() + 1, &keys);
    values.extend(of);
    let by_day = by_day();
    let sql = format!(
        "SELECT w.week AS week, a AS sku, CAST(SUM(units_delivered) AS BIGINT) AS n
         FROM {source} AS w JOIN line_rollups ON {by_day} AND period >= w.from_day AND period < w.until_day
         WHERE {ours} GROUP BY w.week, a HAVING SUM(units_delivered) > 0"
    );
    let rows = conn.all(sql, values).await?;
    let rows = rows.iter().map(|row| Row::new("line_rollups", row));
    rows.map(|row| Ok(Counted { week: row.number("week")?, of: row.parse("sku")?, count: row.number("n")? }))
        .collect()
}

/// How many pairs of an article and a reason have so many complaints in these weeks together.
///
/// # Errors
/// When the database fails.
pub async fn pairs(conn: &Conn, shop: &ShopId, weeks: &[Week], least: u32) -> Result<u64> {
    let (heard, mut values) = heard(conn.engine(), shop, weeks);
    values.push(int(least));
    let least = values.len();
    let sql = format!(
        "{heard} SELECT COUNT(*) AS n FROM (SELECT sku, reason FROM heard WHERE sku IS NOT NULL
             GROUP BY sku, reason HAVING SUM(n) >= ${least}) AS often"
    );
    let row = conn.one(sql, values).await?;
    row.map_or(Ok(0), |row| Row::new("cases", &row).number("n"))
}

/// Open cases that belong to these incidents and are in none, up to so many of each, the oldest first.
///
/// Whoever was taken out of an incident does not come back into it.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn joining(
    conn: &Conn,
    shop: &ShopId,
    sought: &[Sought],
    limit: u32,
) -> Result<Vec<(IncidentId, CaseId)>> {
    let rows = sought
        .iter()
        .map(|one| vec![text(one.incident), str(one.sku.as_str()), text(one.reason), time(one.from)]);
    let columns = [
        ("incident_id", Kind::Text),
        ("of_sku", Kind::Text),
        ("of_reason", Kind::Text),
        ("from_at", Kind::Int),
    ];
    let mut values = vec![text(shop)];
    let (source, of) = bulk::relation(conn.engine(), &columns, 2, rows.collect());
    values.extend(of);
    values.push(int(limit));
    let (about, first, limit) = (ABOUT, first_reason(conn.engine()), values.len());
    let sql = format!(
        "SELECT incident_id, case_id FROM (
             SELECT i.incident_id AS incident_id, c.case_id AS case_id, ROW_NUMBER() OVER
                 (PARTITION BY i.incident_id ORDER BY c.opened_at, c.case_id) AS place
             FROM {source} AS i JOIN cases AS c ON c.opened_at >= i.from_at AND c.is_open {about}
                 AND COALESCE(l.sku, r.sku) = i.of_sku AND {first} = i.of_reason
                 AND NOT EXISTS (SELECT 1 FROM incident_cases AS m
                     WHERE m.shop_id = c.shop_id AND m.case_id = c.case_id AND m.is_open)
                 AND NOT EXISTS (SELECT 1 FROM incident_left AS o WHERE o.shop_id = c.shop_id
                     AND o.incident_id = i.incident_id AND o.case_id = c.case_id)) AS found
         WHERE place <= ${limit} ORDER BY incident_id, place"
    );
    let rows = conn.all(sql, values).await?;
    let rows = rows.iter().map(|row| Row::new("cases", row));
    rows.map(|row| Ok((row.parse("incident_id")?, row.parse("case_id")?))).collect()
}

/// Complaints by week, article and reason, as the relation `heard`.
fn heard(engine: Engine, shop: &ShopId, weeks: &[Week]) -> (String, Vec<Value>) {
    let rows = weeks.iter().zip(0_i64..).map(|(one, n)| vec![int(n), time(one.from), time(one.until)]);
    let columns = [("week", Kind::Int), ("from_at", Kind::Int), ("until_at", Kind::Int)];
    let (source, of) = bulk::relation(engine, &columns, 2, rows.collect());
    let first = first_reason(engine);
    let sql = format!(
        "WITH heard AS (SELECT w.week AS week, COALESCE(l.sku, r.sku) AS sku, {first} AS reason, COUNT(*) AS n
             FROM {source} AS w JOIN cases AS c ON c.opened_at >= w.from_at AND c.opened_at < w.until_at {ABOUT}
             GROUP BY 1, 2, 3)"
    );
    (sql, [vec![text(shop)], of].concat())
}

/// The order line and the review that a case `c` of the shop `$1` is about.
const ABOUT: &str = "
    LEFT JOIN order_lines AS l ON l.shop_id = c.shop_id AND c.subject LIKE 'line:%'
        AND l.order_id = substr(c.anchor, 7) AND l.line_id = substr(c.subject, length(c.anchor) + 1)
    LEFT JOIN reviews AS r ON r.shop_id = c.shop_id AND c.subject LIKE 'review:%'
        AND r.review_id = substr(c.subject, 8)
    WHERE c.shop_id = $1 AND c.state NOT IN ('MERGED', 'CANCELLED') AND c.reasons <> ''";

const fn first_reason(engine: Engine) -> &'static str {
    match engine {
        Engine::Postgres => "split_part(c.reasons, ',', 1)",
        Engine::Sqlite => "substr(c.reasons, 1, instr(c.reasons || ',', ',') - 1)",
    }
}

/// The days of one shop's articles among the roll-ups of order lines.
fn by_day() -> String {
    let (split, grain) = (Split::by(Facet::Sku).number(), Grain::Day.number());
    format!("shop_id = $1 AND split = {split} AND grain = {grain}")
}
