//! Whole sets of rows and keys in one statement, on both engines, and whole
//! sets of statements in one round trip.
//!
//! PostgreSQL takes each column as one array. SQLite has no arrays: rows and
//! keys go as JSON. Either way a statement's text does not depend on how many
//! there are, so that it stays prepared. Arrays are unnested in the list of what
//! is selected, row by row; as a source of rows each would be copied first.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use serde::ser::{Serialize, Serializer};

use crate::engine::Engine;

mod query;
mod write;

pub use query::{Answers, Place, Query, Select, Trip};
pub use write::{Existing, Write};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, words and printed ids.
    Text,
    /// Numbers and times.
    Int,
    /// Yes or no.
    Bool,
    /// Hashes and encoded answers.
    Bytes,
}

/// A column: its name and what it holds.
pub type Column = (&'static str, Kind);

/// A table as far as reading and writing it needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order rows are given.
    pub columns: &'static [Column],
    /// The columns of its key.
    pub key: &'static [&'static str],
}

/// A set of keys to look rows up by: `(a, b) IN (…)` as SQL, and its values.
///
/// `first` is the number of the first placeholder. Each key has as many parts
/// as there are columns.
#[must_use]
pub fn keys<K, S>(engine: Engine, columns: &[&str], first: usize, keys: &[K]) -> (String, Vec<Value>)
where
    K: AsRef<[S]> + serde::Serialize,
    S: AsRef<str>,
{
    let (source, values) = source(engine, columns, first, keys);
    (format!("({}) IN (SELECT * FROM {source})", columns.join(", ")), values)
}

/// The same keys as a table `t` of the given columns, for `UPDATE … FROM` and joins.
#[must_use]
pub fn source<K, S>(engine: Engine, columns: &[&str], first: usize, keys: &[K]) -> (String, Vec<Value>)
where
    K: AsRef<[S]> + serde::Serialize,
    S: AsRef<str>,
{
    match engine {
        Engine::Postgres => {
            let columns_of = columns.iter().zip(first..);
            let arrays: Vec<String> =
                columns_of.map(|(column, n)| format!("unnest(${n}::text[]) AS {column}")).collect();
            let values = (0..columns.len()).map(|i| {
                let part = |k: &K| k.as_ref().get(i).map_or_else(String::new, |s| s.as_ref().to_owned());
                let column = keys.iter().map(|k| Value::String(Some(part(k)))).collect();
                Value::Array(ArrayType::String, Some(Box::new(column)))
            });
            (format!("(SELECT {}) AS t", arrays.join(", ")), values.collect())
        }
        Engine::Sqlite => {
            let part = |(i, column)| format!("value ->> {i} AS {column}");
            let parts: Vec<String> = columns.iter().enumerate().map(part).collect();
            let json = serde_json::to_string(keys).unwrap_or_default();
            (
                format!("(SELECT {} FROM json_each(${first})) AS t", parts.join(", ")),
                vec![Value::String(Some(json))],
            )
        }
    }
}

/// Rows of any columns as a relation, to name where SQL may name a table; with its values.
pub(crate) fn relation(
    engine: Engine,
    columns: &[Column],
    first: usize,
    rows: Vec<Vec<Value>>,
) -> (String, Vec<Value>) {
    let each = |one: fn((usize, &Column)) -> String| {
        columns.iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
    };
    match engine {
        Engine::Postgres => {
            let arrays = columns.iter().zip(first..);
            let arrays: Vec<String> = arrays
                .map(|((name, kind), n)| format!("unnest(${n}::{}) AS {name}", array_of(*kind)))
                .collect();
            let unmarked = each(|(_, column)| unmarked(*column));
            let sql = format!("(SELECT {unmarked} FROM (SELECT {}) AS u)", arrays.join(", "));
            (sql, transpose(columns, rows))
        }
        Engine::Sqlite => {
            let cells = each(|(i, (name, kind))| match kind {
                Kind::Bytes => format!("unhex(cells ->> {i}) AS {name}"),
                Kind::Text | Kind::Int | Kind::Bool => format!("cells ->> {i} AS {name}"),
            });
            // Materialized, or the engine would print each row anew for each of its columns.
            let sql = format!(
                "(WITH r (cells) AS MATERIALIZED (SELECT value FROM json_each(${first})) SELECT {cells} FROM r)"
            );
            let json = serde_json::to_string(&Rows(&rows)).unwrap_or_default();
            (sql, vec![Value::String(Some(json))])
        }
    }
}

/// One row as such a relation, on SQLite.
fn single(columns: &[Column], first: usize, row: Vec<Value>) -> (String, Vec<Value>) {
    let cells: Vec<String> =
        columns.iter().zip(first..).map(|((name, _), n)| format!("${n} AS {name}")).collect();
    (format!("(SELECT {})", cells.join(", ")), row)
}

/// `SELECT` all columns by name: a column that a newer version adds must not
/// change what a prepared statement returns.
#[must_use]
pub fn select(table: &Table) -> String {
    format!("SELECT {} FROM {}", names(table.columns), table.name)
}

/// All columns by name, as [`select`] lists them.
pub(crate) fn names(columns: &[Column]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

const fn array_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text[]",
        Kind::Int => "bigint[]",
        Kind::Bool => "int[]",
        Kind::Bytes => "bytea[]",
    }
}

/// Arrays of sea-query hold no NULL (binding one panics), so a value that no
/// column holds stands for it on the way: a noncharacter, the least number.
const NO_TEXT: &str = "\u{FFFF}";
const NO_INT: i64 = i64::MIN;
const NO_BOOL: i32 = -1;

/// A column with what stands for "none" turned back into NULL.
fn unmarked((name, kind): Column) -> String {
    match kind {
        Kind::Text => format!("nullif({name}, U&'\\FFFF') AS {name}"),
        Kind::Int => format!("nullif({name}, {NO_INT}) AS {name}"),
        Kind::Bool => format!("nullif({name}, {NO_BOOL})::boolean AS {name}"),
        Kind::Bytes => name.to_owned(),
    }
}

fn transpose(columns: &[Column], rows: Vec<Vec<Value>>) -> Vec<Value> {
    let mut arrays: Vec<Vec<Value>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (array, value) in arrays.iter_mut().zip(row) {
            array.push(marked(value));
        }
    }
    let kinds = columns.iter().map(|(_, kind)| match kind {
        Kind::Text => ArrayType::String,
        Kind::Int => ArrayType::BigInt,
        Kind::Bool => ArrayType::Int,
        Kind::Bytes => ArrayType::Bytes,
    });
    kinds.zip(arrays).map(|(kind, array)| Value::Array(kind, Some(Box::new(array)))).collect()
}

fn marked(value: Value) -> Value {
    match value {
        Value::String(None) => Value::String(Some(NO_TEXT.to_owned())),
        Value::BigInt(None) => Value::BigInt(Some(NO_INT)),
        Value::Bool(said) => Value::Int(Some(said.map_or(NO_BOOL, i32::from))),
        other => other,
    }
}

/// Makes text storable: PostgreSQL has no NUL in text, and [`NO_TEXT`] is taken.
/// Both become what stands for an unreadable character, on both engines, so
/// that one odd message never fails the batch it came in.
fn clean(value: &mut Value) {
    if let Value::String(Some(text)) = value
        && (text.contains('\0') || text == NO_TEXT)
    {
        *text = text.replace(['\0', '\u{FFFF}'], "\u{FFFD}");
    }
}

/// Rows as JSON: a list of lists.
struct Rows<'a>(&'a [Vec<Value>]);

struct Cells<'a>(&'a [Value]);

struct Cell<'a>(&'a Value);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|row| Cells(row)))
    }
}

impl Serialize for Cells<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(Cell))
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(Some(text)) => to.serialize_str(text),
            Value::BigInt(Some(number)) => to.serialize_i64(*number),
            Value::Bool(Some(yes)) => to.serialize_bool(*yes),
            Value::Bytes(Some(bytes)) => to.collect_str(&Hex(bytes)),
            _ => to.serialize_none(),
        }
    }
}

struct Hex<'a>(&'a [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
