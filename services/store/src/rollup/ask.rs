//! Asking for sums: summed, completed, filtered, ranked and cut by the database, in one statement.
//!
//! Rows are stored only for what is known. What is not known of the first facet is the sum without a
//! split less all known ones; with two facets, by the rule of inclusion and exclusion, each stored row
//! is added where it stands and taken off or added where one or both values are left open.

use amends_domain::rollup::{Facet, Grain};
use amends_domain::tally::Family;
use amends_domain::{Day, ShopId};

use super::tables::measures;
use super::{Sums, name};
use crate::bulk::{Column, Kind};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};

mod written;

use written::Written;
pub(crate) use written::{Role, roles};

/// Rows of one grain that belong to one piece of the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The number of the piece.
    pub piece: i64,
    /// Days, weeks or months.
    pub grain: Grain,
    /// The first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
}

/// A question for the sums of a family.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The shops, each with what is added to the numbers of its pieces: those of one number are one sum.
    pub shops: &'a [(ShopId, i64)],
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

/// The sums, by piece, values and the rest last.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn ask(conn: &Conn, asked: &Asked<'_>) -> Result<Vec<Answer>> {
    let (sql, values) = Written::new(conn.engine(), asked).sql();
    let of = |row: &Fetched| {
        let row = Row::new(name(asked.family), row);
        let split = ["a", "b"].into_iter().zip(asked.facets).filter(|(_, (_, is_split, _))| *is_split);
        Ok(Answer {
            piece: row.get("piece")?,
            is_rest: row.get::<i64>("rest")? == 1,
            values: split.map(|(column, _)| row.get(column)).collect::<Result<_>>()?,
            sums: unpacked(asked.family, &row)?,
        })
    };
    conn.all(sql, values).await?.iter().map(of).collect()
}

/// The sums of a row that holds them as one text.
fn unpacked(family: Family, row: &Row<'_>) -> Result<Sums> {
    let text: String = row.get("sums")?;
    let mut values = text.split(' ');
    let mut sums = Sums::new();
    for (measure, _) in measures(family) {
        let value = values.next().and_then(|value| value.parse().ok());
        let value: i64 = value.ok_or_else(|| row.corrupt("sums", "holds no number for each measure"))?;
        if value != 0 {
            sums.insert(measure, value);
        }
    }
    Ok(sums)
}
