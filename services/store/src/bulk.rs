//! Whole batches in one statement, on both engines.
//!
//! PostgreSQL takes each column as one array. SQLite has no arrays, so rows go
//! as lists of values in a few fixed sizes (a statement of a known size stays
//! prepared), and keys go as JSON.

use std::collections::HashSet;

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;
use serde::Serialize;

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
/// below its limit of 32,766 values. With powers of two any number of rows takes
/// few statements, each of a size that is prepared already.
const SIZES: [usize; 9] = [256, 128, 64, 32, 16, 8, 4, 2, 1];

/// Writes rows; says how many changed.
///
/// # Errors
/// When the database refuses.
pub async fn write(conn: &Conn, table: &Table, rows: Vec<Vec<Value>>, existing: Existing) -> Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    debug_assert!(keys_differ(table, &rows), "rows of {} hold a key twice", table.name);
    let mut rows = rows;
    rows.iter_mut().flatten().for_each(clean);
    match conn.engine() {
        Engine::Postgres => {
            let sql = format!(
                "INSERT INTO {} ({}) SELECT {} FROM unnest({}) AS t ({}) {}",
                table.name,
                names(table),
                unmarked(table),
                arrays(table),
                names(table),
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

/// Overwrites rows that still have the version they were read at, given with
/// each row; says how many did.
///
/// The table has a column `version`. Rows are taken in the order given.
///
/// # Errors
/// When the database refuses.
pub async fn update(conn: &Conn, table: &Table, rows: Vec<(Vec<Value>, i64)>) -> Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let (mut rows, versions): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    debug_assert!(keys_differ(table, &rows), "rows of {} hold a key twice", table.name);
    rows.iter_mut().flatten().for_each(clean);
    let columns = table.columns.iter().map(|(name, _)| *name).filter(|name| !table.key.contains(name));
    let set: Vec<String> = columns.map(|name| format!("{name} = n.{name}")).collect();
    let same: Vec<String> = table.key.iter().map(|key| format!("old.{key} = n.{key}")).collect();
    let update = |source: String| {
        let (name, set, same) = (table.name, set.join(", "), same.join(" AND "));
        format!("UPDATE {name} AS old SET {set} FROM {source} WHERE {same} AND old.version = n.old_version")
    };
    let names = names(table);
    if conn.engine() == Engine::Postgres {
        let (unmarked, arrays, last) = (unmarked(table), arrays(table), table.columns.len() + 1);
        let source = format!(
            "(SELECT {unmarked}, old_version FROM unnest({arrays}, ${last}::bigint[]) AS t ({names}, old_version))
             AS n ({names}, old_version)"
        );
        let mut values = transpose(table, rows);
        let versions = versions.into_iter().map(Value::from).collect();
        values.push(Value::Array(ArrayType::BigInt, Some(Box::new(versions))));
        return conn.run(update(source), values).await;
    }
    let mut changed = 0;
    let mut rows = rows.into_iter().zip(versions);
    while rows.len() > 0 {
        let size = SIZES.into_iter().find(|s| *s <= rows.len()).unwrap_or(1);
        let mut values = Vec::with_capacity(size * (table.columns.len() + 1));
        for (row, version) in rows.by_ref().take(size) {
            values.extend(row);
            values.push(version.into());
        }
        let tuples = tuples(table.columns.len() + 1, size);
        let sql =
            format!("WITH t ({names}, old_version) AS (VALUES {tuples}) {}", update("t AS n".to_owned()));
        changed += conn.run(sql, values).await?;
    }
    Ok(changed)
}

/// A set of keys to look rows up by: `(a, b) IN (…)` as SQL, and its values.
///
/// `first` is the number of the first placeholder. Each key has as many parts
/// as there are columns.
#[must_use]
pub fn keys<K, S>(engine: Engine, columns: &[&str], first: usize, keys: &[K]) -> (String, Vec<Value>)
where
    K: AsRef<[S]> + Serialize,
    S: AsRef<str>,
{
    let (source, values) = source(engine, columns, first, keys);
    (format!("({}) IN (SELECT * FROM {source})", columns.join(", ")), values)
}

/// The same keys as a table `t` of the given columns, for `UPDATE … FROM` and joins.
#[must_use]
pub fn source<K, S>(engine: Engine, columns: &[&str], first: usize, keys: &[K]) -> (String, Vec<Value>)
where
    K: AsRef<[S]> + Serialize,
    S: AsRef<str>,
{
    match engine {
        Engine::Postgres => {
            let arrays: Vec<String> = (0..columns.len()).map(|i| format!("${}::text[]", first + i)).collect();
            let values = (0..columns.len()).map(|i| {
                let part = |k: &K| k.as_ref().get(i).map_or_else(String::new, |s| s.as_ref().to_owned());
                let column = keys.iter().map(|k| Value::String(Some(part(k)))).collect();
                Value::Array(ArrayType::String, Some(Box::new(column)))
            });
            (format!("unnest({}) AS t ({})", arrays.join(", "), columns.join(", ")), values.collect())
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

/// `SELECT` all columns by name: a column that a newer version adds must not
/// change what a prepared statement returns.
#[must_use]
pub fn select(table: &Table) -> String {
    format!("SELECT {} FROM {}", names(table), table.name)
}

/// All columns by name, as [`select`] lists them.
pub(crate) fn names(table: &Table) -> String {
    table.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn arrays(table: &Table) -> String {
    let cast = |kind: Kind| match kind {
        Kind::Text => "text[]",
        Kind::Int => "bigint[]",
        Kind::Bool => "int[]",
        Kind::Bytes => "bytea[]",
    };
    let arrays =
        table.columns.iter().enumerate().map(|(i, (_, kind))| format!("${}::{}", i + 1, cast(*kind)));
    arrays.collect::<Vec<_>>().join(", ")
}

/// The columns with what stands for "none" turned back into NULL.
fn unmarked(table: &Table) -> String {
    let columns = table.columns.iter().map(|(name, kind)| match kind {
        Kind::Text => format!("nullif({name}, U&'\\FFFF')"),
        Kind::Int => format!("nullif({name}, {NO_INT})"),
        Kind::Bool => format!("nullif({name}, {NO_BOOL})::boolean"),
        Kind::Bytes => (*name).to_owned(),
    });
    columns.collect::<Vec<_>>().join(", ")
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

/// Whether no two rows hold the same key: PostgreSQL would refuse the statement.
fn keys_differ(table: &Table, rows: &[Vec<Value>]) -> bool {
    let is_key = |i: usize| table.columns.get(i).is_some_and(|(name, _)| table.key.contains(name));
    let key = |row: &Vec<Value>| -> String {
        row.iter().enumerate().filter(|(i, _)| is_key(*i)).map(|(_, v)| format!("{v:?}/")).collect()
    };
    let seen: HashSet<String> = rows.iter().map(key).collect();
    seen.len() == rows.len()
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
        Existing::Add => {
            format!("ON CONFLICT ({key}) DO UPDATE SET value = {}.value + excluded.value", table.name)
        }
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

/// Arrays of sea-query hold no NULL (binding one panics), so a value that no
/// column holds stands for it on the way: a noncharacter, the least number.
const NO_TEXT: &str = "\u{FFFF}";
const NO_INT: i64 = i64::MIN;
const NO_BOOL: i32 = -1;

fn transpose(table: &Table, rows: Vec<Vec<Value>>) -> Vec<Value> {
    let mut columns: Vec<Vec<Value>> = table.columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(marked(value));
        }
    }
    let kinds = table.columns.iter().map(|(_, kind)| match kind {
        Kind::Text => ArrayType::String,
        Kind::Int => ArrayType::BigInt,
        Kind::Bool => ArrayType::Int,
        Kind::Bytes => ArrayType::Bytes,
    });
    kinds.zip(columns).map(|(kind, column)| Value::Array(kind, Some(Box::new(column)))).collect()
}

fn marked(value: Value) -> Value {
    match value {
        Value::String(None) => Value::String(Some(NO_TEXT.to_owned())),
        Value::BigInt(None) => Value::BigInt(Some(NO_INT)),
        Value::Bool(said) => Value::Int(Some(said.map_or(NO_BOOL, i32::from))),
        other => other,
    }
}
