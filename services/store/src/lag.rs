//! How negative reviews are followed until they are reversed: members by entry and ending, in shards that
//! writers do not share.

use std::collections::BTreeMap;

use amends_domain::lag::{BEYOND, Ending, Lag, LagCell, Origin};
use amends_domain::rollup::{Facet, Place, Split};
use amends_domain::{Day, ShopId};
use sea_orm::Value;

use crate::bulk::{self, Column, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::rollup::{Role, roles};
use crate::row::{Fetched, Row};
use crate::value::{int, str};

const TABLE: Table = Table {
    name: "reversal_lags",
    columns: &[
        ("shop_id", Kind::Text),
        ("split", Kind::Int),
        ("period", Kind::Int),
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("origin", Kind::Int),
        ("ending", Kind::Int),
        ("days", Kind::Int),
        ("shard", Kind::Int),
        ("members", Kind::Int),
    ],
    key: &["shop_id", "split", "period", "a", "b", "origin", "ending", "days", "shard"],
};

/// The name of the table.
pub const NAME: &str = TABLE.name;

/// Adds to the rows of a shard.
pub fn add(shard: i64, members: &BTreeMap<(ShopId, LagCell), i64>) -> Write {
    let changed = members.iter().filter(|(_, members)| **members != 0);
    let rows = changed.map(|((shop, cell), members)| row(shop, cell, shard, *members));
    Write::insert(&TABLE, rows.collect(), Existing::Add)
}

/// Writes recomputed rows where there are none.
pub fn put(shop: &ShopId, members: &[(&LagCell, i64)]) -> Write {
    let rows = members.iter().map(|(cell, members)| row(shop, cell, 0, *members));
    Write::insert(&TABLE, rows.collect(), Existing::Refuse)
}

fn row(shop: &ShopId, cell: &LagCell, shard: i64, members: i64) -> Vec<Value> {
    let mut row = vec![str(shop.as_str())];
    row.extend(key(cell));
    row.extend([int(shard), int(members)]);
    row
}

fn key(cell: &LagCell) -> [Value; 7] {
    let (Place { split, a, b }, lag) = (&cell.place, cell.lag);
    [
        int(split.number()),
        int(lag.cohort.number()),
        str(a),
        str(b),
        int(lag.origin.number()),
        int(lag.ending.number()),
        int(lag.days),
    ]
}

/// What the rows hold, all shards together, in the order of the database, from after one on; rows that hold
/// nothing are among them.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn page(
    conn: &Conn,
    shop: &ShopId,
    after: Option<&LagCell>,
    limit: u32,
) -> Result<Vec<(LagCell, i64)>> {
    const KEY: &str = "split, period, a, b, origin, ending, days";
    let sql = format!(
        "SELECT {KEY}, CAST(SUM(members) AS BIGINT) AS members FROM {NAME} WHERE shop_id = $1 \
         AND ({KEY}) > ($2, $3, $4, $5, $6, $7, $8) GROUP BY {KEY} ORDER BY {KEY} LIMIT $9"
    );
    let first = || [int(-1), int(0), str(""), str(""), int(0), int(0), int(0)];
    let mut values = vec![str(shop.as_str())];
    values.extend(after.map_or_else(first, key));
    values.push(int(limit));
    conn.all(sql, values).await?.iter().map(read).collect()
}

fn read(row: &Fetched) -> Result<(LagCell, i64)> {
    let row = Row::new(NAME, row);
    let none = |column| row.corrupt(column, "is none");
    let place = Place {
        split: row.get("split").map(Split::of_number)?.ok_or_else(|| none("split"))?,
        a: row.get("a")?,
        b: row.get("b")?,
    };
    let lag = Lag {
        cohort: row.number("period").map(Day::from_number)?,
        origin: row.get("origin").map(Origin::of_number)?.ok_or_else(|| none("origin"))?,
        ending: row.get("ending").map(Ending::of_number)?.ok_or_else(|| none("ending"))?,
        days: row.number("days")?,
    };
    Ok((LagCell { place, lag }, row.get("members")?))
}

/// Forgets everything that is counted for a shop.
///
/// # Errors
/// When the database refuses.
pub async fn clear(conn: &Conn, shop: &ShopId) -> Result<()> {
    conn.run(format!("DELETE FROM {NAME} WHERE shop_id = $1"), vec![str(shop.as_str())]).await?;
    Ok(())
}

/// A question.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The shop.
    pub shop: &'a ShopId,
    /// Pieces of the span: the first day of each, and the first after it.
    pub pieces: &'a [(Day, Day)],
    /// At most two, each with whether rows are split by it, and which of its values count; none for all.
    pub facets: &'a [(Facet, bool, Option<Vec<String>>)],
    /// How many values, or pairs of values, are told apart; the rest is one.
    pub limit: i64,
    /// The day up to which who still stands was followed.
    pub today: Day,
}

/// Members of one piece and of the same values that were followed alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The number of the piece.
    pub piece: i64,
    /// Whether they are among the rest that the limit left.
    pub is_rest: bool,
    /// The values of the facets that rows are split by, in the order of the question.
    pub values: Vec<String>,
    /// From when on.
    pub origin: Origin,
    /// What became of them.
    pub ending: Ending,
    /// For how many days they were followed, at most `BEYOND`.
    pub days: i32,
    /// How many they are.
    pub members: i64,
}

const PIECE: [Column; 3] = [("piece", Kind::Int), ("first", Kind::Int), ("until", Kind::Int)];

/// Who was followed for how long, by piece and values, the rest last: summed, completed, filtered, ranked and
/// cut by the database as the other roll-ups are.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn ask(conn: &Conn, asked: &Asked<'_>) -> Result<Vec<Followed>> {
    let pieces = (0_i64..).zip(asked.pieces);
    let pieces = pieces.map(|(n, (from, until))| vec![int(n), int(from.number()), int(until.number())]);
    let mut values = vec![str(asked.shop.as_str()), int(asked.limit), int(asked.today.number())];
    let (pieces, more) = bulk::relation(conn.engine(), &PIECE, values.len() + 1, pieces.collect());
    values.extend(more);
    let sql = sql(conn, asked, &pieces, &mut values);
    let of = |row: &Fetched| {
        let row = Row::new(NAME, row);
        let split = ["a", "b"].into_iter().zip(asked.facets).filter(|(_, (_, is_split, _))| *is_split);
        let none = |column| row.corrupt(column, "is none");
        Ok(Followed {
            piece: row.get("piece")?,
            is_rest: row.get::<i64>("rest")? == 1,
            values: split.map(|(column, _)| row.get(column)).collect::<Result<_>>()?,
            origin: row.get("origin").map(Origin::of_number)?.ok_or_else(|| none("origin"))?,
            ending: row.get("ending").map(Ending::of_number)?.ok_or_else(|| none("ending"))?,
            days: row.number("days")?,
            members: row.get("members")?,
        })
    };
    conn.all(sql, values).await?.iter().map(of).collect()
}

fn sql(conn: &Conn, asked: &Asked<'_>, pieces: &str, values: &mut Vec<Value>) -> String {
    let facets: Vec<Facet> = asked.facets.iter().map(|(facet, _, _)| *facet).collect();
    let roles = roles(&facets);
    let mut splits: Vec<String> = roles.iter().map(|(split, ..)| split.number().to_string()).collect();
    splits.dedup();
    let role = |(split, a, b, sign): &Role| {
        format!("SELECT {} AS split, {a} AS for_a, {b} AS for_b, {sign} AS sign", split.number())
    };
    let roles: Vec<String> = roles.iter().map(role).collect();
    let filters = filters(conn, asked, values);
    let shown = |n: usize, column: &str| match asked.facets.get(n) {
        Some((_, true, _)) => format!("{column} AS {column}"),
        _ => format!("'' AS {column}"),
    };
    let value = |of: &str| format!("CASE r.{of} WHEN 1 THEN s.a WHEN 2 THEN s.b ELSE '' END");
    format!(
        "WITH pieces AS (SELECT * FROM {pieces} AS p), \
         roles AS ({roles}), \
         stored AS (SELECT p.piece, t.split, t.a, t.b, t.origin, t.ending, \
           CASE WHEN t.ending <> 0 THEN t.days WHEN $3 - t.period - t.days < 0 THEN 0 \
           WHEN $3 - t.period - t.days > {BEYOND} THEN {BEYOND} ELSE $3 - t.period - t.days END AS days, \
           SUM(t.members) AS n FROM pieces p CROSS JOIN {NAME} t WHERE t.shop_id = $1 \
           AND t.split IN ({splits}) AND t.period >= p.first AND t.period < p.until \
           GROUP BY 1, 2, 3, 4, 5, 6, 7), \
         complete AS (SELECT s.piece, {a} AS a, {b} AS b, s.origin, s.ending, s.days, \
           SUM(r.sign * s.n) AS n FROM stored s JOIN roles r ON r.split = s.split GROUP BY 1, 2, 3, 4, 5, 6), \
         wanted AS (SELECT piece, {shown_a}, {shown_b}, origin, ending, days, SUM(n) AS n \
           FROM complete{filters} GROUP BY 1, 2, 3, 4, 5, 6), \
         ranked AS (SELECT a, b, ROW_NUMBER() OVER \
           (ORDER BY SUM(CASE origin WHEN 0 THEN n ELSE 0 END) DESC, a, b) AS place FROM wanted GROUP BY a, b), \
         told AS (SELECT w.*, CASE WHEN k.place > $2 THEN 1 ELSE 0 END AS rest \
           FROM wanted w JOIN ranked k ON k.a = w.a AND k.b = w.b) \
         SELECT piece, CAST(rest AS BIGINT) AS rest, CASE rest WHEN 0 THEN a ELSE '' END AS a, \
           CASE rest WHEN 0 THEN b ELSE '' END AS b, origin, ending, CAST(days AS BIGINT) AS days, \
           CAST(SUM(n) AS BIGINT) AS members FROM told GROUP BY 1, 2, 3, 4, 5, 6, 7 \
           HAVING SUM(n) <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7",
        roles = roles.join(" UNION ALL "),
        splits = splits.join(", "),
        a = value("for_a"),
        b = value("for_b"),
        shown_a = shown(0, "a"),
        shown_b = shown(1, "b"),
    )
}

fn filters(conn: &Conn, asked: &Asked<'_>, values: &mut Vec<Value>) -> String {
    let mut filters = Vec::new();
    for (column, (_, _, wanted)) in ["a", "b"].into_iter().zip(asked.facets) {
        let Some(wanted) = wanted else { continue };
        let wanted: Vec<[&str; 1]> = wanted.iter().map(|value| [value.as_str()]).collect();
        let (sql, more) = bulk::keys(conn.engine(), &[column], values.len() + 1, &wanted);
        values.extend(more);
        filters.push(sql);
    }
    if filters.is_empty() { String::new() } else { format!(" WHERE {}", filters.join(" AND ")) }
}
