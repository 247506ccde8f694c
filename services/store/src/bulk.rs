//! Whole batches in one statement, on both engines.
//!
//! PostgreSQL takes each column as one array. SQLite has no arrays, so rows go
//! as lists of values in a few fixed sizes (a statement of a known size stays
//! prepared), and keys go as JSON.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;

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

/// A table as far as writing it needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order rows are given.
    pub columns: &'static [(&'static str, Kind)],
    /// The columns of its key.
    pub key: &'static [&'static str],
}

/// What to do with a row whose key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Fail the statement.
    Refuse,
    /// Leave the old row.
    Keep,
    /// Overwrite the old row.
    Replace,
    /// Add the column `value` to the old row's.
    Add,
}

/// Rows per statement on SQLite, largest first; 256 rows of 33 columns stay
/// below its limit of 32,766 values.
const SIZES: [usize; 4] = [256, 32, 4, 1];

/// Writes rows; says how many changed.
///
/// # Errors
/// When the database refuses.
pub async fn write(conn: &Conn, table: &Table, rows: Vec<Vec<Value>>, existing: Existing) -> Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    match conn.engine() {
        Engine::Postgres => {
            let sql = format!(
                "INSERT INTO {} ({}) SELECT * FROM unnest({}) {}",
                table.name,
                names(table),
                arrays(table),
                on_conflict(table, existing)
            );
            conn.run(sql, transpose(table, rows)).await
        }
        Engine::Sqlite => {
            let mut changed = 0;
            let mut rows = rows.into_iter().peekable();
            while rows.peek().is_some() {
                let size = SIZES.into_iter().find(|s| *s <= rows.len()).unwrap_or(1);
                let values: Vec<Value> = rows.by_ref().take(size).flatten().collect();
                let sql = format!(
                    "INSERT INTO {} ({}) VALUES {} {}",
                    table.name,
                    names(table),
                    tuples(table.columns.len(), size),
                    on_conflict(table, existing)
                );
                changed += conn.run(sql, values).await?;
            }
            Ok(changed)
        }
    }
}

/// A set of keys to look rows up by: `(a, b) IN (…)` as SQL, and its values.
///
/// `first` is the number of the first placeholder. Each key has as many parts
/// as there are columns.
#[must_use]
pub fn keys(engine: Engine, columns: &[&str], first: usize, keys: &[Vec<String>]) -> (String, Vec<Value>) {
    let list = columns.join(", ");
    match engine {
        Engine::Postgres => {
            let arrays: Vec<String> = (0..columns.len()).map(|i| format!("${}::text[]", first + i)).collect();
            let values = (0..columns.len())
                .map(|i| {
                    let column = keys.iter().map(|k| Value::String(k.get(i).cloned())).collect();
                    Value::Array(ArrayType::String, Some(Box::new(column)))
                })
                .collect();
            (format!("({list}) IN (SELECT * FROM unnest({}))", arrays.join(", ")), values)
        }
        Engine::Sqlite => {
            let parts: Vec<String> = (0..columns.len()).map(|i| format!("value ->> {i}")).collect();
            let json = serde_json::to_string(keys).unwrap_or_default();
            (
                format!("({list}) IN (SELECT {} FROM json_each(${first}))", parts.join(", ")),
                vec![Value::String(Some(json))],
            )
        }
    }
}

fn names(table: &Table) -> String {
    table.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn arrays(table: &Table) -> String {
    let cast = |kind: Kind| match kind {
        Kind::Text => "text[]",
        Kind::Int => "bigint[]",
        Kind::Bool => "boolean[]",
        Kind::Bytes => "bytea[]",
    };
    let arrays = table.columns.iter().enumerate().map(|(i, (_, kind))| format!("${}::{}", i + 1, cast(*kind)));
    arrays.collect::<Vec<_>>().join(", ")
}

fn tuples(columns: usize, rows: usize) -> String {
    let mut sql = String::with_capacity(rows * (columns * 2 + 3));
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            sql.push_str(if column == 0 { "?" } else { ",?" });
        }
        sql.push(')');
    }
    sql
}

fn on_conflict(table: &Table, existing: Existing) -> String {
    let key = table.key.join(", ");
    match existing {
        Existing::Refuse => String::new(),
        Existing::Keep => format!("ON CONFLICT ({key}) DO NOTHING"),
        Existing::Add => format!("ON CONFLICT ({key}) DO UPDATE SET value = {}.value + excluded.value", table.name),
        Existing::Replace => {
            let set: Vec<String> = table
                .columns
                .iter()
                .filter(|(name, _)| !table.key.contains(name))
                .map(|(name, _)| format!("{name} = excluded.{name}"))
                .collect();
            format!("ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "))
        }
    }
}

fn transpose(table: &Table, rows: Vec<Vec<Value>>) -> Vec<Value> {
    let mut columns: Vec<Vec<Value>> = table.columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let kinds = table.columns.iter().map(|(_, kind)| match kind {
        Kind::Text => ArrayType::String,
        Kind::Int => ArrayType::BigInt,
        Kind::Bool => ArrayType::Bool,
        Kind::Bytes => ArrayType::Bytes,
    });
    kinds.zip(columns).map(|(kind, column)| Value::Array(kind, Some(Box::new(column)))).collect()
}
