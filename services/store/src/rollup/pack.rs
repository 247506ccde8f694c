//! Packs: all rows of one sealed period and split as one text, where many articles are told apart.
//!
//! What is heard of a sealed period later goes to rows of late shards: a pack and the late rows of its period are
//! together what all its rows are. A pack is made anew when many are late, and the late ones become ordinary by that. Whoever makes packs holds off those who write about old days; whoever reads them and the
//! rows beside them in several statements compares the version before and after.

use amends_domain::rollup::{Facet, Grain, Split};
use amends_domain::tally::Family;
use amends_domain::{Day, ShopId};
use sea_orm::Value;

use super::tables::{KEY, measures};
use super::{name, printed};
use crate::bulk::{self, Column, Kind};
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::lock;
use crate::row::{Fetched, Row};
use crate::value::{int, str};

mod differing;

pub use differing::differing;

/// The first late shard: the number stands in the migration too, for the index of late rows.
pub(super) const LATE: i64 = 1 << 32;

/// How many rows are packed anew at once, and in how many packs at most: nobody writes about old days meanwhile.
const ROWS_AT_ONCE: i64 = 20_000;
const PACKS_AT_ONCE: i64 = 48;

const SPAN: [Column; 4] =
    [("split", Kind::Int), ("grain", Kind::Int), ("first", Kind::Int), ("until", Kind::Int)];

/// Periods of one split and grain that begin within a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    split: i64,
    grain: i64,
    first: i64,
    until: i64,
}

/// The splits of a family that can have very many rows; none of most families.
pub(super) fn splits(family: Family) -> Vec<Split> {
    if !matches!(family, Family::Review | Family::Line) {
        return Vec::new();
    }
    Split::all_of(family).into_iter().filter(|split| split.facets().0 == Some(Facet::Sku)).collect()
}

/// What makes SQLite look late rows up by their index, which it would take for no better than the key; no
/// others may be asked for with it.
pub(super) const fn by_late(engine: Engine, family: Family) -> &'static str {
    match (engine, family) {
        (Engine::Postgres, _) => "",
        (Engine::Sqlite, Family::Review) => " INDEXED BY review_rollups_late",
        (Engine::Sqlite, _) => " INDEXED BY line_rollups_late",
    }
}

/// How often packs of these shops were made.
///
/// # Errors
/// When the database refuses.
pub(super) async fn version(conn: &Conn, shops: &[&ShopId]) -> Result<i64> {
    let keys: Vec<[&str; 1]> = shops.iter().map(|shop| [shop.as_str()]).collect();
    let (among, values) = bulk::keys(conn.engine(), &["shop_id"], 1, &keys);
    let sql = format!("SELECT CAST(SUM(packed) AS BIGINT) AS packed FROM rollup_bases WHERE {among}");
    let row = conn.one(sql, values).await?;
    let of = |row: &Fetched| Row::new("rollup_bases", row).get::<Option<i64>>("packed");
    Ok(row.as_ref().map(of).transpose()?.flatten().unwrap_or(0))
}

/// Packs what ended between two days and has so many rows, of a shop that is being sealed up to the second.
pub(super) async fn seal(
    conn: &Conn,
    shop: &ShopId,
    (since, until): (Day, Day),
    entries_min: i64,
) -> Result<()> {
    for &family in Family::ALL {
        let of_grain = |grain: Grain| {
            // What ends on a day begins with its own period.
            let (first, last) = (grain.start(since), grain.start(until));
            splits(family).into_iter().map(move |split| Span::new(split, grain, first, last))
        };
        let spans: Vec<Span> = Grain::ALL.iter().copied().flat_map(of_grain).collect();
        pack(conn, shop, family, &spans, entries_min).await?;
    }
    Ok(())
}

/// Packs all that is sealed up to a day and has so many rows, of a shop that has no packs.
///
/// # Errors
/// When the database refuses.
pub async fn pack_all(conn: &Conn, shop: &ShopId, until: Day, entries_min: i64) -> Result<()> {
    match super::first_day(conn, shop).await? {
        Some(since) if since < until => seal(conn, shop, (since, until), entries_min).await,
        _ => Ok(()),
    }
}

/// Packs of a shop beside which too many rows are late.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outdated(Vec<(Family, Vec<Span>)>);

impl Outdated {
    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|(_, spans)| spans.len()).sum()
    }
}

/// Those with most late rows, as many as are packed at once. It is asked before anybody is held off.
///
/// # Errors
/// When the database refuses.
pub async fn outdated(conn: &Conn, shop: &ShopId, entries_min: i64) -> Result<Outdated> {
    let mut found = Outdated::default();
    for &family in Family::ALL {
        let spans = outdated_of(conn, shop, family, entries_min).await?;
        if !spans.is_empty() {
            found.0.push((family, spans));
        }
    }
    Ok(found)
}

/// Makes packs of a shop anew.
///
/// # Errors
/// When the database refuses.
pub async fn repack(conn: &Conn, shop: &ShopId, packs: &Outdated, entries_min: i64) -> Result<()> {
    lock::sealing(conn, shop).await?;
    for (family, spans) in &packs.0 {
        settle_late(conn, shop, *family, spans).await?;
        pack(conn, shop, *family, spans, entries_min).await?;
    }
    Ok(())
}

/// Shops that have packs.
///
/// # Errors
/// When the database refuses.
pub async fn packed_shops(conn: &Conn) -> Result<Vec<ShopId>> {
    let sql = "SELECT b.shop_id FROM rollup_bases b WHERE EXISTS \
               (SELECT 1 FROM packed_rollups p WHERE p.shop_id = b.shop_id) ORDER BY b.shop_id";
    let rows = conn.all(sql, Vec::new()).await?;
    rows.iter().map(|row| Row::new("rollup_bases", row).parse("shop_id")).collect()
}

impl Span {
    fn new(split: Split, grain: Grain, first: Day, until: Day) -> Self {
        let (first, until) = (i64::from(first.number()), i64::from(until.number()));
        Self { split: split.number(), grain: grain.number(), first, until }
    }

    fn row(&self) -> Vec<Value> {
        vec![int(self.split), int(self.grain), int(self.first), int(self.until)]
    }
}

fn numbers(family: Family) -> String {
    let numbers = splits(family).into_iter().map(|split| split.number().to_string());
    numbers.collect::<Vec<_>>().join(", ")
}

/// The rows of a source, one text for each period and split, where there are enough.
fn printed_rows(engine: Engine, family: Family, source: &str) -> String {
    let sums: Vec<String> = measures(family).map(|(_, c)| format!("SUM(t.{c}) AS {c}")).collect();
    format!(
        "SELECT split, grain, period, COUNT(*) AS entries, {body} AS body FROM \
         (SELECT t.split, t.grain, t.period, t.a, t.b, {sums} FROM {source} GROUP BY 1, 2, 3, 4, 5) AS s \
         GROUP BY split, grain, period",
        body = printed::all(
            engine,
            &printed::row(engine, family, &["a", "b"], &|c| c.to_owned()),
            " ORDER BY a, b"
        ),
        sums = sums.join(", "),
    )
}

/// Makes the packs of these spans from their rows, in the place of those there were.
async fn pack(conn: &Conn, shop: &ShopId, family: Family, spans: &[Span], entries_min: i64) -> Result<()> {
    let spans: Vec<Vec<Value>> = spans.iter().filter(|span| span.first < span.until).map(Span::row).collect();
    if spans.is_empty() {
        return Ok(());
    }
    let (engine, key) = (conn.engine(), [str(shop.as_str()), str(family.as_str())]);
    let (relation, more) = bulk::relation(engine, &SPAN, 3, spans.clone());
    let gone = format!(
        "DELETE FROM packed_rollups WHERE shop_id = $1 AND family = $2 AND (split, grain, period) IN \
         (SELECT p.split, p.grain, p.period FROM {relation} AS s CROSS JOIN packed_rollups p \
         WHERE p.shop_id = $1 AND p.family = $2 AND p.split = s.split AND p.grain = s.grain \
         AND p.period >= s.first AND p.period < s.until)"
    );
    let mut changed = conn.run(gone, key.clone().into_iter().chain(more).collect()).await?;
    let (relation, more) = bulk::relation(engine, &SPAN, 4, spans);
    let values = key.into_iter().chain([int(printed::layout(family))]).chain(more).collect();
    // Late rows stay late, and are read beside.
    let source = format!(
        "{relation} AS s CROSS JOIN {table} t WHERE t.shop_id = $1 AND t.split = s.split AND t.grain = s.grain \
         AND t.period >= s.first AND t.period < s.until AND t.shard < {LATE}",
        table = name(family),
    );
    let made = format!(
        "INSERT INTO packed_rollups (shop_id, family, layout, split, grain, period, entries, body) \
         SELECT $1, $2, $3, split, grain, period, entries, body FROM ({}) AS p WHERE entries >= {entries_min}",
        printed_rows(engine, family, &source),
    );
    changed += conn.run(made, values).await?;
    if changed > 0 {
        let sql = "UPDATE rollup_bases SET packed = packed + 1 WHERE shop_id = $1";
        conn.run(sql, vec![str(shop.as_str())]).await?;
    }
    Ok(())
}

/// The periods of packs beside which too many rows are late: at least an eighth of the rows from which a period is
/// packed, and a sixteenth of those that are. Those with most come first, as many as are packed at once.
async fn outdated_of(conn: &Conn, shop: &ShopId, family: Family, entries_min: i64) -> Result<Vec<Span>> {
    if splits(family).is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT p.split, p.grain, p.period, p.entries FROM (SELECT t.split, t.grain, t.period, COUNT(*) AS late \
         FROM {table} t{by_late} WHERE t.shop_id = $1 AND t.split IN ({splits}) AND t.shard >= {LATE} \
         GROUP BY 1, 2, 3 HAVING COUNT(*) >= $3) AS l \
         JOIN packed_rollups p ON p.split = l.split AND p.grain = l.grain AND p.period = l.period \
         WHERE p.shop_id = $1 AND p.family = $2 AND l.late * 16 >= p.entries \
         ORDER BY l.late DESC, 1, 2, 3 LIMIT {PACKS_AT_ONCE}",
        table = name(family),
        by_late = by_late(conn.engine(), family),
        splits = numbers(family),
    );
    let values = vec![str(shop.as_str()), str(family.as_str()), int((entries_min / 8).max(1))];
    let mut left = ROWS_AT_ONCE;
    let mut spans = Vec::new();
    for row in conn.all(sql, values).await? {
        let row = Row::new("packed_rollups", &row);
        let first = row.get("period")?;
        spans.push(Span { split: row.get("split")?, grain: row.get("grain")?, first, until: first + 1 });
        left -= row.get::<i64>("entries")?;
        if left <= 0 {
            break;
        }
    }
    Ok(spans)
}

/// Adds the late rows of these periods to ordinary ones.
async fn settle_late(conn: &Conn, shop: &ShopId, family: Family, spans: &[Span]) -> Result<()> {
    let engine = conn.engine();
    let (relation, more) = bulk::relation(engine, &SPAN, 2, spans.iter().map(Span::row).collect());
    let values: Vec<Value> = std::iter::once(str(shop.as_str())).chain(more).collect();
    let columns: Vec<&str> = measures(family).map(|(_, column)| column).collect();
    let each = |of: &dyn Fn(&str) -> String| columns.iter().map(|c| of(c)).collect::<Vec<_>>().join(", ");
    let (table, by_late) = (name(family), by_late(engine, family));
    let moved = format!(
        "INSERT INTO {table} (shop_id, split, grain, period, a, b, shard, {columns}) \
         SELECT t.shop_id, t.split, t.grain, t.period, t.a, t.b, 0, {sums} FROM {relation} AS s \
         CROSS JOIN {table} t{by_late} WHERE t.shop_id = $1 AND t.split = s.split AND t.grain = s.grain AND t.period = s.first \
         AND t.shard >= {LATE} GROUP BY 1, 2, 3, 4, 5, 6 \
         ON CONFLICT ({key}) DO UPDATE SET {added}",
        columns = columns.join(", "),
        sums = each(&|c| format!("SUM(t.{c})")),
        key = KEY.join(", "),
        added = each(&|c| format!("{c} = {table}.{c} + excluded.{c}")),
    );
    conn.run(moved, values.clone()).await?;
    let gone = format!(
        "DELETE FROM {table}{by_late} WHERE shop_id = $1 AND shard >= {LATE} AND (split, grain, period) IN \
         (SELECT s.split, s.grain, s.first FROM {relation} AS s)"
    );
    conn.run(gone, values).await?;
    Ok(())
}
