//! Sums about what avoided returns were worth.

use std::collections::HashMap;

use amends_domain::{LineId, OrderId, ShopId, Span, Time};

use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, str, time};

/// What was given back in money on lines that were helped from a time on, by order and line, in minor units.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn refunded(conn: &Conn, shop: &ShopId, from: Time) -> Result<HashMap<(OrderId, LineId), i64>> {
    let sql = "SELECT r.order_id, r.line_id, CAST(SUM(r.amount) AS BIGINT) AS amount \
        FROM order_lines o JOIN remedies r ON r.shop_id = o.shop_id AND r.order_id = o.order_id \
        AND r.line_id = o.line_id WHERE o.shop_id = $1 AND o.helped_at >= $2 AND r.stage = 'FULFILLED' \
        AND r.kind IN ('PARTIAL_REFUND', 'REFUND_WITHOUT_RETURN', 'PRICE_MATCH') AND r.amount IS NOT NULL \
        AND r.currency = o.currency GROUP BY r.order_id, r.line_id";
    let rows = conn.all(sql.to_owned(), vec![str(shop.as_str()), time(from)]).await?;
    let read = |row| {
        let row = Row::new("remedies", row);
        Ok(((row.parse("order_id")?, row.parse("line_id")?), row.get("amount")?))
    };
    rows.iter().map(read).collect()
}

/// Cases with a fulfilled alternative, and what it saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saved {
    /// Cases whose window has closed.
    pub cases: i64,
    /// What their returns would have lost, less what came all the same.
    pub avoided_loss: i64,
    /// What their remedies cost.
    pub remedy_cost: i64,
    /// Cases whose window is open.
    pub immature: i64,
}

/// What was saved by the cases whose first suggestion was on the days.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn saved(conn: &Conn, shop: &ShopId, (from, until): (Time, Time), now: Time) -> Result<Saved> {
    let sum = |of: &str, name: &str| {
        format!("CAST(COALESCE(SUM(CASE WHEN matures_at <= $4 THEN {of} ELSE 0 END), 0) AS BIGINT) AS {name}")
    };
    let sql = format!(
        "SELECT {}, {}, {}, CAST(COALESCE(SUM(CASE WHEN matures_at > $4 THEN 1 ELSE 0 END), 0) AS BIGINT) \
         AS immature FROM trials WHERE shop_id = $1 AND at >= $2 AND at < $3 AND day >= $5 AND day <= $6 AND helped",
        sum("1", "cases"),
        sum("loss - loss * returned_units / units", "avoided_loss"),
        sum("cost", "remedy_cost"),
    );
    // By the instant, and by the days in UTC that the index has.
    let days = [from, until].map(|at| int(at.day().number()));
    let mut values = vec![str(shop.as_str()), time(from), time(until), time(now)];
    values.extend(days);
    let rows = conn.all(sql, values).await?;
    let Some(row) = rows.first() else { return Ok(Saved::default()) };
    let row = Row::new("trials", row);
    Ok(Saved {
        cases: row.get("cases")?,
        avoided_loss: row.get("avoided_loss")?,
        remedy_cost: row.get("remedy_cost")?,
        immature: row.get("immature")?,
    })
}

/// Buyers, and who of them came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Again {
    /// Of those who had the time to, who ordered again.
    pub came: i64,
    /// Who had the time to.
    pub buyers: i64,
    /// Whose time is not over.
    pub waiting: i64,
}

/// How buyers of a cohort came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeats {
    /// With a case that was solved.
    pub solved: Again,
    /// With cases that ended otherwise.
    pub failed: Again,
    /// Without any case.
    pub without: Again,
    /// Whether the last are a sample.
    pub sampled: bool,
}

/// The cohort of [`repeats`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cohort {
    /// Its first instant.
    pub from: Time,
    /// The first instant after it.
    pub until: Time,
    /// How long buyers have.
    pub within: Span,
    /// Until when is known who came back.
    pub now: Time,
    /// Order lines among which buyers without a case are looked for.
    pub sample: i64,
}

/// Who of `begun` (`buyer_key`, `what`, `at`) ordered again, by what they are.
const CAME: &str = "again AS (SELECT what, at, CASE WHEN EXISTS (SELECT 1 FROM order_lines o \
    WHERE o.shop_id = $1 AND o.buyer_key = begun.buyer_key AND o.placed_at > begun.at \
    AND o.placed_at <= begun.at + $4 AND o.state <> 'CANCELLED') THEN 1 ELSE 0 END AS came FROM begun) \
    SELECT CAST(what AS BIGINT) AS what, \
    CAST(SUM(CASE WHEN at + $4 <= $5 THEN came ELSE 0 END) AS BIGINT) AS came, \
    CAST(SUM(CASE WHEN at + $4 <= $5 THEN 1 ELSE 0 END) AS BIGINT) AS buyers, \
    CAST(SUM(CASE WHEN at + $4 <= $5 THEN 0 ELSE 1 END) AS BIGINT) AS waiting FROM again GROUP BY what";

/// Whether buyers ordered again: those with a case that was opened in the cohort, from its last
/// solution on, and
/// those who never had one, from their first order in the cohort on.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn repeats(conn: &Conn, shop: &ShopId, cohort: &Cohort) -> Result<Repeats> {
    let with = format!(
        "WITH ended AS (SELECT buyer_key, MAX(CASE WHEN outcome IN ('REMEDY_FULFILLED', 'TALKED_THROUGH') \
         THEN solved_at END) AS helped_at, MAX(CASE WHEN outcome NOT IN ('REMEDY_FULFILLED', 'TALKED_THROUGH', \
         'NOT_A_CASE') THEN solved_at END) AS failed_at FROM cases WHERE shop_id = $1 AND opened_at >= $2 \
         AND opened_at < $3 AND buyer_key IS NOT NULL AND state IN ('SOLVED', 'CLOSED') GROUP BY buyer_key), \
         begun AS (SELECT buyer_key, CASE WHEN helped_at IS NULL THEN 2 ELSE 1 END AS what, \
         COALESCE(helped_at, failed_at) AS at FROM ended WHERE COALESCE(helped_at, failed_at) IS NOT NULL), {CAME}"
    );
    // Pseudonyms are a keyed hash: the first of them are a random sample.
    let without = format!(
        "WITH looked AS (SELECT buyer_key FROM order_lines WHERE shop_id = $1 AND buyer_key IS NOT NULL \
         ORDER BY buyer_key LIMIT $6), sample AS (SELECT DISTINCT buyer_key FROM looked), \
         placed AS (SELECT s.buyer_key, (SELECT MIN(o.placed_at) FROM order_lines o WHERE o.shop_id = $1 \
         AND o.buyer_key = s.buyer_key AND o.placed_at >= $2 AND o.placed_at < $3 AND o.state <> 'CANCELLED') \
         AS at FROM sample s WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.shop_id = $1 \
         AND c.buyer_key = s.buyer_key)), \
         begun AS (SELECT buyer_key, 3 AS what, at FROM placed WHERE at IS NOT NULL), {CAME}"
    );
    let values = vec![
        str(shop.as_str()),
        time(cohort.from),
        time(cohort.until),
        int(cohort.within.micros()),
        time(cohort.now),
    ];
    let more = values.iter().cloned().chain([int(cohort.sample)]).collect();
    let mut repeats = Repeats::default();
    let mut rows = conn.all(with, values).await?;
    rows.extend(conn.all(without, more).await?);
    for row in &rows {
        let row = Row::new("order_lines", row);
        let again =
            Again { came: row.get("came")?, buyers: row.get("buyers")?, waiting: row.get("waiting")? };
        match row.get::<i64>("what")? {
            1 => repeats.solved = again,
            2 => repeats.failed = again,
            _ => repeats.without = again,
        }
    }
    let beyond = "SELECT buyer_key FROM order_lines WHERE shop_id = $1 AND buyer_key IS NOT NULL \
        ORDER BY buyer_key LIMIT 1 OFFSET $2";
    let beyond = conn.all(beyond.to_owned(), vec![str(shop.as_str()), int(cohort.sample)]).await?;
    repeats.sampled = !beyond.is_empty();
    Ok(repeats)
}
