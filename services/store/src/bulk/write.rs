//! Writes as values: made first, then sent one by one or all together.

use std::collections::HashSet;

use sea_orm::Value;

use super::{Column, Kind, Table, clean, names, relation, single};
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::{Result, StoreError};
use crate::row::Row;

/// What to do with a row whose key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Fail the statement.
    Refuse,
    /// Leave the old row.
    Keep,
    /// Overwrite the old row.
    Replace,
    /// Add each column that is not of the key to the old row's.
    Add,
}

/// A set of changes to one table, not made yet.
#[derive(Debug, Clone)]
#[must_use = "nothing is written before it is sent"]
pub struct Write {
    table: &'static str,
    /// The columns of the relation `t` that the statement reads.
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    /// The statement up to that relation, and after it.
    sql: (String, String),
    must: Must,
}

/// What must come of a write, or another writer was in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Must {
    /// Anything.
    Nothing,
    /// Each row changes one.
    Change,
    /// Each row finds one, which changes nothing and is kept from changing until the end.
    Find,
}

impl Write {
    /// Adds rows.
    pub fn insert(table: &Table, rows: Vec<Vec<Value>>, existing: Existing) -> Self {
        debug_assert!(keys_differ(table, &rows), "rows of {} hold a key twice", table.name);
        let names = names(table.columns);
        let before = format!("INSERT INTO {} ({names}) SELECT {names} FROM", table.name);
        // Without the condition SQLite takes ON for the beginning of a join.
        let after = format!("WHERE true {}", on_conflict(table, existing));
        Self::change(table.name, table.columns, rows, before, after)
    }

    /// Overwrites rows that still have the version they were read at, given with each row.
    /// `Contended` when one does not. The table has a column `version`.
    pub fn update(table: &Table, rows: Vec<(Vec<Value>, i64)>) -> Self {
        let with_version = |(mut row, version): (Vec<Value>, i64)| {
            row.push(version.into());
            row
        };
        let rows: Vec<Vec<Value>> = rows.into_iter().map(with_version).collect();
        debug_assert!(keys_differ(table, &rows), "rows of {} hold a key twice", table.name);
        let others = table.columns.iter().map(|(name, _)| *name).filter(|name| !table.key.contains(name));
        let set: Vec<String> = others.map(|name| format!("{name} = t.{name}")).collect();
        let same: Vec<String> = table.key.iter().map(|key| format!("old.{key} = t.{key}")).collect();
        let before = format!("UPDATE {} AS old SET {} FROM", table.name, set.join(", "));
        let after = format!("WHERE {} AND old.version = t.old_version", same.join(" AND "));
        let columns: Vec<Column> =
            table.columns.iter().copied().chain([("old_version", Kind::Int)]).collect();
        Self { must: Must::Change, ..Self::change(table.name, &columns, rows, before, after) }
    }

    /// Changes nothing, and keeps rows that still have the version they were read at from changing until
    /// the transaction ends; their keys are given with the version last. `Contended` when one does not.
    /// SQLite has one writer: there they cannot have changed.
    pub fn unchanged(table: &Table, rows: Vec<Vec<Value>>) -> Self {
        let same: Vec<String> = table.key.iter().map(|key| format!("old.{key} = t.{key}")).collect();
        let before = format!("SELECT 1 FROM {} AS old JOIN", table.name);
        let after = format!("ON {} AND old.version = t.old_version FOR SHARE OF old", same.join(" AND "));
        let columns: Vec<Column> =
            table.key.iter().map(|key| (*key, Kind::Text)).chain([("old_version", Kind::Int)]).collect();
        Self { must: Must::Find, ..Self::change(table.name, &columns, rows, before, after) }
    }

    /// Any other statement about one table and the relation `t` of such rows,
    /// which stands between the two halves of its SQL.
    pub fn change(
        table: &'static str,
        columns: &[Column],
        mut rows: Vec<Vec<Value>>,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Self {
        rows.iter_mut().flatten().for_each(clean);
        let sql = (before.into(), after.into());
        Self { table, columns: columns.to_vec(), rows, sql, must: Must::Nothing }
    }

    /// Sends this one; says how many rows changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn run(self, conn: &Conn) -> Result<u64> {
        if self.rows.is_empty() || self.is_idle(conn.engine()) {
            return Ok(0);
        }
        let check = self.check();
        let (sql, values) = self.statement(conn.engine(), 1, false);
        let changed = conn.run(sql, values).await?;
        check.map_or(Ok(()), |check| check.read(i64::try_from(changed).unwrap_or(i64::MAX)))?;
        Ok(changed)
    }

    /// As SQL with its values; `alone` gives a single row as it is.
    fn statement(mut self, engine: Engine, first: usize, alone: bool) -> (String, Vec<Value>) {
        let only = if alone { self.rows.pop() } else { None };
        let (relation, values) = match only {
            Some(only) => single(&self.columns, first, only),
            None => relation(engine, &self.columns, first, self.rows),
        };
        (format!("{} {relation} AS t {}", self.sql.0, self.sql.1), values)
    }

    /// Whether one writer alone need not make it.
    fn is_idle(&self, engine: Engine) -> bool {
        self.must == Must::Find && engine == Engine::Sqlite
    }

    fn check(&self) -> Option<Check> {
        (self.must != Must::Nothing).then_some(Check { table: self.table, rows: self.rows.len() })
    }
}

impl Conn {
    /// Sends writes together, in as few round trips as the engine allows. Those
    /// to one table take effect in the order given.
    ///
    /// # Errors
    /// When the database refuses one of them. What was written by then goes
    /// with the transaction, which must not be committed.
    pub async fn send(&self, writes: impl IntoIterator<Item = Write>) -> Result<()> {
        let engine = self.engine();
        let writes = writes.into_iter().filter(|write| !write.rows.is_empty() && !write.is_idle(engine));
        match engine {
            Engine::Sqlite => self.together(writes.collect()).await,
            Engine::Postgres => {
                for stage in stages(writes) {
                    self.together(stage).await?;
                }
                Ok(())
            }
        }
    }

    async fn together(&self, mut writes: Vec<Write>) -> Result<()> {
        if writes.len() <= 1 {
            return match writes.pop() {
                Some(only) => only.run(self).await.map(drop),
                None => Ok(()),
            };
        }
        let checks: Vec<Check> = writes.iter().filter_map(Write::check).collect();
        let (sql, values) = match self.engine() {
            Engine::Sqlite => script(writes),
            Engine::Postgres => one_statement(writes),
        };
        let counted = self.all(sql, values).await?;
        for (row, check) in counted.iter().zip(checks) {
            check.read(Row::new(check.table, row).get("changed")?)?;
        }
        Ok(())
    }
}

/// How many rows a write must change.
#[derive(Debug, Clone, Copy)]
struct Check {
    table: &'static str,
    rows: usize,
}

impl Check {
    fn read(self, changed: i64) -> Result<()> {
        let Self { table, rows } = self;
        if usize::try_from(changed) == Ok(rows) {
            return Ok(());
        }
        Err(StoreError::Contended(format!("{changed} of {rows} {table} were at the expected version")))
    }
}

/// PostgreSQL runs the parts of one statement on one picture of the database, so
/// that no part sees what another did: what comes second to a table goes in a
/// statement after.
fn stages(writes: impl Iterator<Item = Write>) -> Vec<Vec<Write>> {
    let mut stages: Vec<Vec<Write>> = Vec::new();
    for write in writes {
        let after = stages.iter().rposition(|stage| stage.iter().any(|w| w.table == write.table));
        let stage = after.map_or(0, |after| after + 1);
        match stages.get_mut(stage) {
            Some(stage) => stage.push(write),
            None => stages.push(vec![write]),
        }
    }
    stages
}

/// Writes as parts of one statement that returns what was counted.
fn one_statement(writes: Vec<Write>) -> (String, Vec<Value>) {
    let (mut parts, mut counts, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (i, write) in writes.into_iter().enumerate() {
        let returning = if write.must == Must::Change { " RETURNING 1" } else { "" };
        if write.must != Must::Nothing {
            counts.push(format!("SELECT count(*) AS changed FROM w{i}"));
        }
        let (sql, more) = write.statement(Engine::Postgres, values.len() + 1, false);
        values.extend(more);
        parts.push(format!("w{i} AS ({sql}{returning})"));
    }
    if counts.is_empty() {
        counts.push("SELECT 0 AS changed WHERE false".to_owned());
    }
    (format!("WITH {} {}", parts.join(", "), counts.join(" UNION ALL ")), values)
}

/// Writes as statements that run one after the other and return what was counted.
fn script(writes: Vec<Write>) -> (String, Vec<Value>) {
    let (mut statements, mut values) = (Vec::new(), Vec::new());
    // A row for each table, as from a desk and not from a batch: no list is made of each and taken apart.
    let alone = writes.iter().all(|write| write.rows.len() == 1);
    for write in writes {
        let is_strict = write.must != Must::Nothing;
        let (sql, more) = write.statement(Engine::Sqlite, values.len() + 1, alone);
        values.extend(more);
        statements.push(sql);
        if is_strict {
            statements.push("SELECT changes() AS changed".to_owned());
        }
    }
    (statements.join("; "), values)
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

fn on_conflict(table: &Table, existing: Existing) -> String {
    let key = table.key.join(", ");
    let set = |each: &dyn Fn(&str) -> String| {
        let others = table.columns.iter().filter(|(name, _)| !table.key.contains(name));
        others.map(|(name, _)| each(name)).collect::<Vec<_>>().join(", ")
    };
    match existing {
        Existing::Refuse => String::new(),
        Existing::Keep => format!("ON CONFLICT ({key}) DO NOTHING"),
        Existing::Add => {
            let old = table.name;
            let set = set(&|name| format!("{name} = {old}.{name} + excluded.{name}"));
            format!("ON CONFLICT ({key}) DO UPDATE SET {set}")
        }
        Existing::Replace => {
            let set = set(&|name| format!("{name} = excluded.{name}"));
            format!("ON CONFLICT ({key}) DO UPDATE SET {set}")
        }
    }
}
