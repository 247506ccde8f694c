//! The statement that a question for sums becomes.

use std::collections::BTreeMap;

use amends_domain::Day;
use amends_domain::rollup::{Facet, Grain, Split};
use amends_domain::tally::Family;
use sea_orm::Value;

use super::super::name;
use super::super::tables::measures;
use super::{Asked, PART, Part};
use crate::bulk::{self, Column, Kind};
use crate::engine::Engine;
use crate::value::{int, str};

const SHOP: [Column; 2] = [("shop_id", Kind::Text), ("base", Kind::Int)];

/// How many values of single days and months are looked up one by one.
const POINTS_MAX: usize = 2_000;

/// Where a stored row counts: in which column of it the value of each facet stands (0 for left open), and
/// with which sign.
pub(crate) type Role = (Split, i64, i64, i64);

/// The statement that is written for a question.
pub(super) struct Written<'a> {
    asked: &'a Asked<'a>,
    engine: Engine,
    columns: Vec<&'static str>,
    roles: Vec<Role>,
    values: Vec<Value>,
}

impl<'a> Written<'a> {
    pub(super) fn new(engine: Engine, asked: &'a Asked<'a>) -> Self {
        let facets: Vec<Facet> = asked.facets.iter().map(|(facet, _, _)| *facet).collect();
        let mut roles = roles(&facets);
        // Whoever asks for some known values needs neither the rows of others nor what they leave.
        roles.retain(|(_, a, b, _)| {
            [a, b].iter().zip(0..).all(|(at, n)| **at != 0 || narrow(asked, n).is_none())
        });
        let columns = measures(asked.family).map(|(_, name)| name).collect();
        Self { asked, engine, columns, roles, values: vec![int(asked.limit)] }
    }

    fn each(&self, of: &dyn Fn(&str) -> String) -> String {
        self.columns.iter().map(|c| of(c)).collect::<Vec<_>>().join(", ")
    }

    /// All columns as one text: what costs most about a row of an answer is each value that is handed over.
    fn packed(&self, of: &dyn Fn(&str) -> String) -> String {
        let values = self.each(of);
        match self.engine {
            Engine::Sqlite => format!("format('{}', {values})", vec!["%d"; self.columns.len()].join(" ")),
            Engine::Postgres => format!("concat_ws(' ', {values})"),
        }
    }

    fn relation(&mut self, columns: &[Column], rows: Vec<Vec<Value>>) -> String {
        let (sql, more) = bulk::relation(self.engine, columns, self.values.len() + 1, rows);
        self.values.extend(more);
        sql
    }

    /// `column IN (…)` for some values.
    fn among(&mut self, column: &str, wanted: &[String]) -> String {
        let wanted: Vec<[&str; 1]> = wanted.iter().map(|value| [value.as_str()]).collect();
        let (source, more) = bulk::source(self.engine, &["value"], self.values.len() + 1, &wanted);
        self.values.extend(more);
        format!("{column} IN (SELECT * FROM {source})")
    }

    /// The rows of a split that count, summed over shards and, within a piece, over shops and time.
    fn stored(&mut self, split: Split, shop: &str) -> String {
        let mine: Vec<Role> = self.roles.iter().copied().filter(|role| role.0 == split).collect();
        let mut conditions = Vec::new();
        let mut by_point = false;
        let asked = self.asked;
        for n in 0..asked.facets.len() {
            let Some(wanted) = narrow(asked, n) else { continue };
            // The roles that are left have the facet, all in one column.
            let column = mine.iter().map(|(_, a, b, _)| if n == 0 { *a } else { *b }).max();
            let Some(column @ ("t.a" | "t.b")) = column.and_then(column_of) else { continue };
            by_point |= column == "t.a" && self.points(wanted.len());
            conditions.push(format!(" AND {}", self.among(column, wanted)));
        }
        // With the period given as one value, the index leads to the wanted values; with a span of them,
        // to all values of the span.
        let (from, period) = match by_point {
            true => ("points", "t.period = p.first"),
            false => ("parts", "t.period >= p.first AND t.period < p.until"),
        };
        let (piece, shops, mine) = match self.asked.shops.len() {
            1 => ("p.piece", "", format!("t.shop_id = {shop}")),
            _ => ("p.piece + o.base", "shops o CROSS JOIN ", "t.shop_id = o.shop_id".to_owned()),
        };
        format!(
            "SELECT {piece} AS piece, {number} AS split, t.a, t.b, {sums} FROM {shops}{from} p CROSS JOIN {table} t \
             WHERE {mine} AND t.split = {number} AND t.grain = p.grain AND {period}{conditions} GROUP BY 1, 3, 4",
            number = split.number(),
            sums = self.each(&|c| format!("SUM(t.{c}) AS {c}")),
            table = name(self.asked.family),
            conditions = conditions.concat(),
        )
    }

    /// Whether periods are looked up one by one, each for so many values.
    fn points(&self, values: usize) -> bool {
        let count: usize = self.asked.parts.iter().map(|part| part.periods().count()).sum();
        count.saturating_mul(values) <= POINTS_MAX
    }

    fn parts(&mut self) -> String {
        let row = |piece, grain: Grain, first: Day, until: Day| {
            vec![int(piece), int(grain.number()), int(first.number()), int(until.number())]
        };
        let parts = self.asked.parts;
        let spans = parts.iter().map(|p| row(p.piece, p.grain, p.from, p.until)).collect();
        let point = |p: &Part| p.periods().map(|day| row(p.piece, p.grain, day, day)).collect::<Vec<_>>();
        let narrow = (0..self.asked.facets.len()).any(|n| narrow(self.asked, n).is_some());
        let points =
            if narrow && self.points(1) { parts.iter().flat_map(point).collect() } else { Vec::new() };
        let spans = self.relation(&PART, spans);
        let points = self.relation(&PART, points);
        format!("parts AS (SELECT * FROM {spans} AS p), points AS (SELECT * FROM {points} AS p)")
    }

    /// The shop, and the shops where there are several.
    fn shops(&mut self) -> (String, String) {
        if let [(shop, _)] = self.asked.shops {
            self.values.push(str(shop.as_str()));
            return (format!("${}", self.values.len()), String::new());
        }
        let rows = self.asked.shops.iter().map(|(shop, base)| vec![str(shop.as_str()), int(*base)]).collect();
        let shops = self.relation(&SHOP, rows);
        (String::new(), format!("shops AS (SELECT * FROM {shops} AS s), "))
    }

    pub(super) fn sql(mut self) -> (String, Vec<Value>) {
        let parts = self.parts();
        let (shop, shops) = self.shops();
        let mut splits: Vec<Split> = self.roles.iter().map(|(split, ..)| *split).collect();
        splits.dedup();
        let stored: Vec<String> = splits.into_iter().map(|split| self.stored(split, &shop)).collect();
        let complete = self.complete();
        let filters = self.filters();
        let is_split = |n: usize| self.asked.facets.get(n).is_some_and(|(_, is_split, _)| *is_split);
        let shown = |n: usize, column: &str| {
            if is_split(n) { column.to_owned() } else { format!("'' AS {column}") }
        };
        // Where every facet splits, each row stands for itself already.
        let (plain, grouped) = match self.asked.facets.iter().all(|(_, is_split, _)| *is_split) {
            true => (self.columns.join(", "), ""),
            false => (self.each(&|c| format!("SUM({c}) AS {c}")), " GROUP BY 1, 2, 3"),
        };
        // A sign before the limit, or SQLite would look at its value, and so plan the statement anew each time.
        // What is asked for twice is kept: neither engine would always do so by itself.
        let sql = format!(
            "WITH {parts}, {shops}stored AS MATERIALIZED ({stored}), complete AS ({complete}), \
             wanted AS MATERIALIZED (SELECT piece, {a}, {b}, {plain} FROM complete{filters}{grouped}), \
             kept AS MATERIALIZED (SELECT a, b FROM wanted GROUP BY a, b ORDER BY SUM({size}) DESC, a, b LIMIT +$1), \
             told AS MATERIALIZED (SELECT w.*, CASE WHEN k.a IS NULL THEN 1 ELSE 0 END AS rest \
               FROM wanted w LEFT JOIN kept k ON k.a = w.a AND k.b = w.b) \
             SELECT piece, CAST(0 AS BIGINT) AS rest, a, b, {each} AS sums FROM told WHERE rest = 0 \
             UNION ALL SELECT piece, CAST(1 AS BIGINT), '', '', {rest} FROM told WHERE rest = 1 GROUP BY piece \
             ORDER BY 1, 2, 3, 4",
            stored = stored.join(" UNION ALL "),
            a = shown(0, "a"),
            b = shown(1, "b"),
            size = size(self.asked.family),
            each = self.packed(&|c| c.to_owned()),
            rest = self.packed(&|c| format!("SUM({c})")),
        );
        (sql, self.values)
    }

    /// What is stored, with what is not known of one facet or both: for each of these shapes, that which
    /// leaves them open less that which knows them.
    fn complete(&self) -> String {
        let value = |place: i64| match place {
            1 => "a",
            2 => "b",
            _ => "''",
        };
        let signed = |sign: i64| match sign {
            1 => self.columns.join(", "),
            _ => self.each(&|c| format!("-{c} AS {c}")),
        };
        let read = |(split, a, b, sign): &Role| {
            let (a, b, number) = (value(*a), value(*b), split.number());
            format!("SELECT piece, {a} AS a, {b} AS b, {} FROM stored WHERE split = {number}", signed(*sign))
        };
        let mut shapes: BTreeMap<(bool, bool), Vec<String>> = BTreeMap::new();
        for role in &self.roles {
            shapes.entry((role.1 != 0, role.2 != 0)).or_default().push(read(role));
        }
        let shape = |rows: Vec<String>| match rows.len() {
            1 => rows.concat(),
            _ => format!(
                "SELECT piece, a, b, {} FROM ({}) AS s GROUP BY 1, 2, 3",
                self.each(&|c| format!("SUM({c}) AS {c}")),
                rows.join(" UNION ALL ")
            ),
        };
        shapes.into_values().map(shape).collect::<Vec<_>>().join(" UNION ALL ")
    }

    fn filters(&mut self) -> String {
        let asked = self.asked;
        let mut filters = Vec::new();
        for (column, (_, _, wanted)) in ["a", "b"].into_iter().zip(asked.facets) {
            filters.extend(wanted.as_ref().map(|wanted| self.among(column, wanted)));
        }
        if filters.is_empty() { String::new() } else { format!(" WHERE {}", filters.join(" AND ")) }
    }
}

impl Part {
    /// The first day of each row in it.
    fn periods(&self) -> impl Iterator<Item = Day> + use<> {
        let Self { grain, from, until, .. } = *self;
        std::iter::successors(Some(from), move |day| Some(grain.end(*day)))
            .take_while(move |day| *day < until)
    }
}

/// The wanted values of a facet, if what is not known is none of them.
fn narrow<'a>(asked: &'a Asked<'_>, facet: usize) -> Option<&'a [String]> {
    let wanted = asked.facets.get(facet)?.2.as_deref()?;
    wanted.iter().all(|value| !value.is_empty()).then_some(wanted)
}

/// The column of a row in which the value for a facet stands.
const fn column_of(number: i64) -> Option<&'static str> {
    match number {
        1 => Some("t.a"),
        2 => Some("t.b"),
        _ => None,
    }
}

/// How large the cohort is: its denominators.
const fn size(family: Family) -> &'static str {
    match family {
        Family::Review => "negative",
        Family::Line => "units_delivered + lines_wanted",
        Family::Handling => "cases_opened + next_given + next_waiting + next_without",
        Family::Time => "first_calendar + resolution_calendar",
        Family::Promise => {
            "first_met + first_missed + next_met + next_missed + update_met + update_missed \
             + agreed_met + agreed_missed + solution_met + solution_missed"
        }
        Family::Answer => "csat_1 + csat_2 + csat_3 + csat_4 + csat_5 + promoters + passives + detractors",
    }
}

/// In which sums of the answer each split that is stored counts.
pub(crate) fn roles(facets: &[Facet]) -> Vec<Role> {
    match facets {
        [] => vec![(Split::NONE, 0, 0, 1)],
        [a] => vec![(Split::NONE, 0, 0, 1), (Split::by(*a), 1, 0, 1), (Split::by(*a), 0, 0, -1)],
        [a, b, ..] => {
            let both = Split::by_both(*a, *b);
            // The values stand in the order of the list of facets, not of the question.
            let (of_a, of_b) = if both.facets().0 == Some(*a) { (1, 2) } else { (2, 1) };
            vec![
                (Split::NONE, 0, 0, 1),
                (Split::by(*a), 1, 0, 1),
                (Split::by(*a), 0, 0, -1),
                (Split::by(*b), 0, 1, 1),
                (Split::by(*b), 0, 0, -1),
                (both, of_a, of_b, 1),
                (both, of_a, 0, -1),
                (both, 0, of_b, -1),
                (both, 0, 0, 1),
            ]
        }
    }
}
