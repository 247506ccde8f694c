//! Asking for lengths of time: the buckets of histograms, by pieces of the span and the values of a facet.

use amends_domain::rollup::{Facet, Split};
use amends_domain::statistics::histogram::Bucket;
use amends_domain::tally::Family;
use amends_domain::{ShopId, rollup};
use sea_orm::Value;

use super::ask::{PART, Part};
use super::tables::measures;
use super::{Sums, name, sums};
use crate::bulk;
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str};

/// How many lengths of time of one piece fell into one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimesRow {
    /// The piece of the span.
    pub piece: i64,
    /// The value of the facet; none for all members, whether or not it is known of them.
    pub value: Option<String>,
    /// The bucket.
    pub bucket: Bucket,
    /// How many.
    pub sums: Sums,
}

/// Whose lengths of time are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// Those of all members.
    pub all: bool,
    /// Those with each value of a facet, or with some of its values alone.
    pub of: Option<(Facet, Option<&'a [String]>)>,
    /// How many rows are read at most.
    pub limit: i64,
}

/// The lengths of time of all members, and of those with the values of a facet.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn times(conn: &Conn, shop: &ShopId, parts: &[Part], whose: &Whose<'_>) -> Result<Vec<TimesRow>> {
    let part = |part: &Part| {
        vec![int(part.piece), int(part.grain.number()), int(part.from.number()), int(part.until.number())]
    };
    let mut values = vec![str(shop.as_str())];
    let (source, more) = bulk::relation(conn.engine(), &PART, 2, parts.iter().map(part).collect());
    values.extend(more);
    let which = which(conn.engine(), whose, &mut values);
    values.push(int(whose.limit));
    let columns: Vec<String> = measures(Family::Time)
        .map(|(_, column)| format!("CAST(SUM(t.{column}) AS BIGINT) AS {column}"))
        .collect();
    let table = name(Family::Time);
    let sql = format!(
        "SELECT p.piece, t.split, t.a, t.b, {columns} FROM {source} AS p CROSS JOIN {table} t \
         WHERE t.shop_id = $1 AND ({which}) AND t.grain = p.grain \
         AND t.period >= p.first AND t.period < p.until GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4 LIMIT ${limit}",
        columns = columns.join(", "),
        limit = values.len(),
    );
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Which rows of the table that are.
fn which(engine: Engine, whose: &Whose<'_>, values: &mut Vec<Value>) -> String {
    let mut which = Vec::new();
    if whose.all {
        which.push(format!("t.split = {}", Split::by(Facet::Length).number()));
    }
    if let Some((facet, wanted)) = whose.of {
        let mut split = format!("t.split = {}", Split::by_both(facet, Facet::Length).number());
        if let Some(wanted) = wanted {
            let wanted: Vec<[&str; 1]> = wanted.iter().map(|value| [value.as_str()]).collect();
            let (source, more) = bulk::source(engine, &["value"], values.len() + 1, &wanted);
            values.extend(more);
            split = format!("{split} AND t.a IN (SELECT * FROM {source})");
        }
        which.push(split);
    }
    if which.is_empty() { "1 = 0".to_owned() } else { which.join(" OR ") }
}

fn read(row: &Fetched) -> Result<TimesRow> {
    let row = Row::new(name(Family::Time), row);
    let is_all = row.get::<i64>("split")? == rollup::Split::by(Facet::Length).number();
    let (a, b): (String, String) = (row.get("a")?, row.get("b")?);
    let (value, length) = if is_all { (None, a) } else { (Some(a), b) };
    let bucket = length.parse().ok().and_then(Bucket::numbered);
    Ok(TimesRow {
        piece: row.get("piece")?,
        value,
        bucket: bucket.ok_or_else(|| row.corrupt("b", "is no bucket"))?,
        sums: sums(Family::Time, &row)?,
    })
}
