//! The statements that a question becomes.

use amends_domain::Day;
use amends_domain::rollup::{Grain, Split};
use sea_orm::Value;

use super::super::tables::measures;
use super::super::{name, pack, printed};
use super::span::{ANY_SPLIT, Found, Source, Span, periods};
use super::{Asked, PART, Part, Role};
use crate::bulk::{self, Column, Kind};
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, str};

const SPAN: [Column; 6] = [
    ("shop", Kind::Text),
    ("piece", Kind::Int),
    ("split", Kind::Int),
    ("grain", Kind::Int),
    ("first", Kind::Int),
    ("until", Kind::Int),
];

const SHOP: [Column; 3] = [("shop", Kind::Text), ("number", Kind::Int), ("base", Kind::Int)];

/// How many values of single periods are looked up one by one.
const POINTS_MAX: usize = 2_000;

/// How many rows of packs, and others, are read at a time.
const PACKED_MAX: i64 = 20_000_000;
const ROWS_MAX: i64 = 2_000_000;

/// Whether packs are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packs {
    Read,
    Leave,
}

/// The rows of a pack, and what they count for.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) piece: i64,
    pub(super) split: i64,
    pub(super) body: String,
}

/// Where everything stands; none if it is too much.
pub(super) async fn source<'a>(conn: &Conn, asked: &Asked<'a>, packs: Packs) -> Result<Option<Source<'a>>> {
    let splits = splits(asked);
    let found = match packs {
        Packs::Read => found(conn, asked, &splits).await?,
        Packs::Leave => Vec::new(),
    };
    let entries: i64 = found.iter().map(|one| one.entries).sum();
    Ok((entries <= PACKED_MAX).then(|| Source::of(asked, &splits, &found)))
}

fn splits(asked: &Asked<'_>) -> Vec<Split> {
    let mut splits: Vec<Split> = asked.roles().iter().map(|(split, ..)| *split).collect();
    splits.dedup();
    splits
}

fn shops<'s>(shops: impl Iterator<Item = (&'s str, i64)>) -> Vec<Vec<Value>> {
    (0_i64..).zip(shops).map(|(n, (shop, base))| vec![str(shop), int(n), int(base)]).collect()
}

fn parts(asked: &Asked<'_>) -> Vec<Vec<Value>> {
    let of = |part: &Part| {
        let (first, until) = (int(part.from.number()), int(part.until.number()));
        vec![int(part.piece), int(part.grain.number()), first, until]
    };
    asked.parts.iter().map(of).collect()
}

/// The packs there are.
async fn found(conn: &Conn, asked: &Asked<'_>, splits: &[Split]) -> Result<Vec<Found>> {
    let mut values = vec![str(asked.family.as_str()), int(printed::layout(asked.family))];
    let all = asked.shops.iter().map(|(shop, base)| (shop.as_str(), *base));
    let (shops, more) = bulk::relation(conn.engine(), &SHOP, values.len() + 1, shops(all));
    values.extend(more);
    let (parts, more) = bulk::relation(conn.engine(), &PART, values.len() + 1, parts(asked));
    values.extend(more);
    let splits: Vec<String> = splits.iter().map(|split| split.number().to_string()).collect();
    let sql = format!(
        "SELECT o.number, s.piece + o.base AS piece, p.split, p.grain, p.period, p.entries \
         FROM {shops} AS o CROSS JOIN {parts} AS s CROSS JOIN packed_rollups p \
         WHERE p.shop_id = o.shop AND p.family = $1 AND p.layout = $2 AND p.split IN ({}) AND p.grain = s.grain \
         AND p.period >= s.first AND p.period < s.until",
        splits.join(", ")
    );
    let rows = conn.all(sql, values).await?;
    let of = |row| {
        let row = Row::new("packed_rollups", row);
        let grain = Grain::of_number(row.get("grain")?).ok_or_else(|| row.corrupt("grain", "is none"))?;
        Ok(Found {
            shop: row.number("number")?,
            piece: row.get("piece")?,
            split: row.get("split")?,
            grain,
            period: row.number("period").map(Day::from_number)?,
            entries: row.get("entries")?,
        })
    };
    rows.iter().map(of).collect()
}

/// Some packs.
pub(super) async fn packs(conn: &Conn, asked: &Asked<'_>, some: &[(Span<'_>, i64)]) -> Result<Vec<Packed>> {
    let spans = some.iter().map(|(span, _)| span.row()).collect();
    let (spans, more) = bulk::relation(conn.engine(), &SPAN, 2, spans);
    let sql = format!(
        "SELECT s.piece, p.split, p.body FROM {spans} AS s CROSS JOIN packed_rollups p \
         WHERE p.shop_id = s.shop AND p.family = $1 AND p.split = s.split AND p.grain = s.grain AND p.period = s.first"
    );
    let values = std::iter::once(str(asked.family.as_str())).chain(more).collect();
    let rows = conn.all(sql, values).await?;
    let of = |row| {
        let row = Row::new("packed_rollups", row);
        Ok(Packed { piece: row.get("piece")?, split: row.get("split")?, body: row.get("body")? })
    };
    rows.iter().map(of).collect()
}

/// The rows besides as one text; none if they are too many.
pub(super) async fn rows(conn: &Conn, asked: &Asked<'_>, source: &Source<'_>) -> Result<Option<String>> {
    let (sql, values) = Written::new(conn.engine(), asked, source).sql();
    let Some(row) = conn.one(sql, values).await? else { return Ok(Some(String::new())) };
    let row = Row::new(name(asked.family), &row);
    let body: Option<String> = row.get("body")?;
    Ok((row.get::<i64>("entries")? <= ROWS_MAX).then(|| body.unwrap_or_default()))
}

/// The statement that reads rows.
struct Written<'a> {
    asked: &'a Asked<'a>,
    source: &'a Source<'a>,
    engine: Engine,
    roles: Vec<Role>,
    /// The shop, where there is one alone: the planner then knows how many rows a shop has.
    shop: String,
    values: Vec<Value>,
}

impl<'a> Written<'a> {
    fn new(engine: Engine, asked: &'a Asked<'a>, source: &'a Source<'a>) -> Self {
        let (shop, values) = match asked.shops {
            [(shop, _)] => ("$1".to_owned(), vec![str(shop.as_str())]),
            _ => ("s.shop".to_owned(), Vec::new()),
        };
        Self { asked, source, engine, roles: asked.roles(), shop, values }
    }

    fn sql(mut self) -> (String, Vec<Value>) {
        let mut with = vec![format!("spans AS ({})", self.spans())];
        let mut read: Vec<String> =
            splits(self.asked).into_iter().map(|split| self.of_split(split, &mut with)).collect();
        if !self.source.packed.is_empty() {
            let packs = self.source.packed.iter().map(|(span, _)| span.row()).collect();
            let packs = self.relation(&SPAN, packs);
            with.push(format!("packs AS (SELECT * FROM {packs} AS r)"));
            read.push(self.late());
        }
        let row =
            printed::row(self.engine, self.asked.family, &["piece", "split", "a", "b"], &|c| c.to_owned());
        let sql = format!(
            "WITH {with} SELECT {body} AS body, COUNT(*) AS entries FROM ({read} LIMIT {max}) AS r",
            with = with.join(", "),
            body = printed::all(self.engine, &row, ""),
            read = read.join(" UNION ALL "),
            max = ROWS_MAX + 1,
        );
        (sql, self.values)
    }

    fn relation(&mut self, columns: &[Column], rows: Vec<Vec<Value>>) -> String {
        let (sql, more) = bulk::relation(self.engine, columns, self.values.len() + 1, rows);
        self.values.extend(more);
        sql
    }

    /// What is read row by row.
    fn spans(&mut self) -> String {
        let shops = self.relation(&SHOP, shops(self.source.unpacked.iter().copied()));
        let parts = self.relation(&PART, parts(self.asked));
        let unpacked = format!(
            "SELECT o.shop, p.piece + o.base AS piece, {ANY_SPLIT} AS split, p.grain, p.first, p.until \
             FROM {shops} AS o CROSS JOIN {parts} AS p"
        );
        if self.source.between.is_empty() {
            return unpacked;
        }
        let between = self.relation(&SPAN, self.source.between.iter().map(Span::row).collect());
        format!("{unpacked} UNION ALL SELECT * FROM {between} AS b")
    }

    /// The rows of a split that count.
    fn of_split(&mut self, split: Split, with: &mut Vec<String>) -> String {
        let mine: Vec<Role> = self.roles.iter().copied().filter(|role| role.0 == split).collect();
        let mut conditions = Vec::new();
        let mut by_point = false;
        let asked = self.asked;
        for n in 0..asked.facets.len() {
            let Some(wanted) = asked.narrow(n) else { continue };
            // The roles that are left have the facet, all in one column.
            let column = mine.iter().map(|(_, a, b, _)| if n == 0 { *a } else { *b }).max();
            let Some(column) = column.and_then(column_of) else { continue };
            by_point |= column == "t.a" && self.may_point(wanted.len());
            let wanted: Vec<[&str; 1]> = wanted.iter().map(|value| [value.as_str()]).collect();
            let (source, more) = bulk::source(self.engine, &["value"], self.values.len() + 1, &wanted);
            self.values.extend(more);
            conditions.push(format!(" AND {column} IN (SELECT * FROM {source})"));
        }
        // With the period given as one value, the index leads to the wanted values; with a span of them,
        // to all values of the span.
        let (from, period) = match by_point {
            true => (self.points(with), "t.period = s.first"),
            false => ("spans", "t.period >= s.first AND t.period < s.until"),
        };
        let number = split.number();
        self.select(
            &format!("{from} s CROSS JOIN {} t", name(asked.family)),
            &format!(
                "s.split IN ({number}, {ANY_SPLIT}) AND t.split = {number} AND {period}{}",
                conditions.concat()
            ),
        )
    }

    /// The name of the periods, one by one, of shops without packs: no others are asked for single values.
    fn points(&mut self, with: &mut Vec<String>) -> &'static str {
        if with.iter().any(|one| one.starts_with("points ")) {
            return "points";
        }
        let mut points = Vec::new();
        for Part { piece, grain, from, until } in self.asked.parts {
            points.extend(
                periods(*grain, *from, *until)
                    .map(|day| vec![int(*piece), int(grain.number()), int(day.number()), int(day.number())]),
            );
        }
        let points = self.relation(&PART, points);
        let shops = self.relation(&SHOP, shops(self.source.unpacked.iter().copied()));
        with.push(format!(
            "points AS (SELECT o.shop, p.piece + o.base AS piece, {ANY_SPLIT} AS split, p.grain, p.first \
             FROM {shops} AS o CROSS JOIN {points} AS p)"
        ));
        "points"
    }

    /// What was heard of the packed periods since they were packed.
    fn late(&self) -> String {
        let (table, by_late) = (name(self.asked.family), pack::by_late(self.engine, self.asked.family));
        self.select(
            &format!("packs s CROSS JOIN {table} t{by_late}"),
            &format!("t.split = s.split AND t.period = s.first AND t.shard >= {}", pack::LATE),
        )
    }

    /// Rows; summed, where they are not few because most are packed.
    fn select(&self, from: &str, which: &str) -> String {
        let is_summed = self.asked.shops.len() > 1 || self.source.packed.is_empty();
        let columns: Vec<String> = measures(self.asked.family)
            .map(|(_, c)| if is_summed { format!("SUM(t.{c}) AS {c}") } else { format!("t.{c}") })
            .collect();
        format!(
            "SELECT s.piece, t.split, t.a, t.b, {columns} FROM {from} \
             WHERE t.shop_id = {shop} AND t.grain = s.grain AND {which}{group}",
            columns = columns.join(", "),
            shop = self.shop,
            group = if is_summed { " GROUP BY 1, 2, 3, 4" } else { "" },
        )
    }

    /// Whether periods are looked up one by one, each for so many values.
    fn may_point(&self, values: usize) -> bool {
        let parts = self.asked.parts.iter();
        let count: usize = parts.map(|part| periods(part.grain, part.from, part.until).count()).sum();
        self.source.packed.is_empty() && count.saturating_mul(values) <= POINTS_MAX
    }
}

/// The column of a row in which the value for a facet stands.
const fn column_of(number: i64) -> Option<&'static str> {
    match number {
        1 => Some("t.a"),
        2 => Some("t.b"),
        _ => None,
    }
}
