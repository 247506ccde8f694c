//! Asking for sums: summed, completed, filtered, ranked and cut by the database, in one statement.
//!
//! Rows are stored only for what is known. What is not known of the first facet is the sum without a
//! split less all known ones; with two facets, by the rule of inclusion and exclusion, each stored row
//! is added where it stands and taken off or added where one or both values are left open.

use amends_domain::rollup::{Facet, Grain, Split};
use amends_domain::tally::Family;
use amends_domain::{Day, ShopId};
use sea_orm::Value;

use super::tables::measures;
use super::{Sums, name, sums};
use crate::bulk::{self, Column, Kind};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str};

/// Rows of one grain that belong to one piece of the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The number of the piece.
    pub piece: i64,
    /// Days or months.
    pub grain: Grain,
    /// The first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
}

/// A question for the sums of a family.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The shop.
    pub shop: &'a ShopId,
    /// Whose sums.
    pub family: Family,
    /// What they are summed over.
    pub parts: &'a [Part],
    /// At most two, each with whether rows are split by it, and which of its values count; none for all.
    pub facets: &'a [(Facet, bool, Option<Vec<String>>)],
    /// How many values, or pairs of values, are told apart; the rest is one row.
    pub limit: i64,
}

/// One row of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The piece of the span.
    pub piece: i64,
    /// Whether it is the rest that the limit left.
    pub is_rest: bool,
    /// The values of the facets that rows are split by, in the order of the question.
    pub values: Vec<String>,
    /// The sums.
    pub sums: Sums,
}

pub(super) const PART: [Column; 4] =
    [("piece", Kind::Int), ("grain", Kind::Int), ("first", Kind::Int), ("until", Kind::Int)];

/// Where a stored row counts: in which column of it the value of each facet stands (0 for left open), and
/// with which sign.
type Role = (Split, i64, i64, i64);

/// The sums, by piece, values and the rest last.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn ask(conn: &Conn, asked: &Asked<'_>) -> Result<Vec<Answer>> {
    let part = |part: &Part| {
        vec![int(part.piece), int(part.grain.number()), int(part.from.number()), int(part.until.number())]
    };
    let parts = asked.parts.iter().map(part).collect();
    let mut values = vec![str(asked.shop.as_str()), int(asked.limit)];
    let (parts, more) = bulk::relation(conn.engine(), &PART, 3, parts);
    values.extend(more);
    let sql = sql(conn, asked, &parts, &mut values);
    let of = |row: &Fetched| {
        let row = Row::new(name(asked.family), row);
        let split = ["a", "b"].into_iter().zip(asked.facets).filter(|(_, (_, is_split, _))| *is_split);
        Ok(Answer {
            piece: row.get("piece")?,
            is_rest: row.get::<i64>("rest")? == 1,
            values: split.map(|(column, _)| row.get(column)).collect::<Result<_>>()?,
            sums: sums(asked.family, &row)?,
        })
    };
    conn.all(sql, values).await?.iter().map(of).collect()
}

fn sql(conn: &Conn, asked: &Asked<'_>, parts: &str, values: &mut Vec<Value>) -> String {
    let columns: Vec<&str> = measures(asked.family).map(|(_, name)| name).collect();
    let each = |of: &dyn Fn(&str) -> String| columns.iter().map(|c| of(c)).collect::<Vec<_>>().join(", ");
    let facets: Vec<Facet> = asked.facets.iter().map(|(facet, _, _)| *facet).collect();
    let roles = roles(&facets);
    let mut splits: Vec<String> = roles.iter().map(|(split, ..)| split.number().to_string()).collect();
    splits.dedup();
    let rows: Vec<String> = roles
        .iter()
        .map(|(split, a, b, sign)| {
            format!("SELECT {} AS split, {a} AS for_a, {b} AS for_b, {sign} AS sign", split.number())
        })
        .collect();
    let filters = filters(conn, asked, values);
    let is_split = |n: usize| asked.facets.get(n).is_some_and(|(_, is_split, _)| *is_split);
    let shown = |n: usize, column: &str| {
        if is_split(n) { format!("{column} AS {column}") } else { format!("'' AS {column}") }
    };
    let value = |of: &str| format!("CASE r.{of} WHEN 1 THEN s.a WHEN 2 THEN s.b ELSE '' END");
    format!(
        "WITH parts AS (SELECT * FROM {parts} AS p), \
         roles AS ({roles}), \
         stored AS (SELECT p.piece, t.split, t.a, t.b, {stored} FROM parts p CROSS JOIN {table} t \
           WHERE t.shop_id = $1 AND t.split IN ({splits}) AND t.grain = p.grain \
           AND t.period >= p.first AND t.period < p.until GROUP BY 1, 2, 3, 4), \
         complete AS (SELECT s.piece, {a} AS a, {b} AS b, {signed} FROM stored s \
           JOIN roles r ON r.split = s.split GROUP BY 1, 2, 3), \
         wanted AS (SELECT piece, {shown_a}, {shown_b}, {plain} FROM complete{filters} GROUP BY 1, 2, 3), \
         ranked AS (SELECT a, b, ROW_NUMBER() OVER (ORDER BY SUM({size}) DESC, a, b) AS place \
           FROM wanted GROUP BY a, b), \
         told AS (SELECT w.*, CASE WHEN k.place > $2 THEN 1 ELSE 0 END AS rest \
           FROM wanted w JOIN ranked k ON k.a = w.a AND k.b = w.b) \
         SELECT piece, CAST(rest AS BIGINT) AS rest, CASE rest WHEN 0 THEN a ELSE '' END AS a, \
           CASE rest WHEN 0 THEN b ELSE '' END AS b, {last} FROM told GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        roles = rows.join(" UNION ALL "),
        stored = each(&|c| format!("SUM(t.{c}) AS {c}")),
        table = name(asked.family),
        splits = splits.join(", "),
        a = value("for_a"),
        b = value("for_b"),
        signed = each(&|c| format!("SUM(r.sign * s.{c}) AS {c}")),
        shown_a = shown(0, "a"),
        shown_b = shown(1, "b"),
        plain = each(&|c| format!("SUM({c}) AS {c}")),
        size = size(asked.family),
        last = each(&|c| format!("CAST(SUM({c}) AS BIGINT) AS {c}")),
    )
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

/// In which sums of the answer each split that is stored counts.
fn roles(facets: &[Facet]) -> Vec<Role> {
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
