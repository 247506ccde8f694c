//! Questions as values: asked one by one, or several in one round trip.

use std::borrow::Cow;

use sea_orm::Value;

use super::{Column, Table, names, source};
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::{Fetched, Record};

/// How an answer is read.
type Read<T> = fn(&Fetched) -> Result<T>;

/// A question for the rows of one table that a set of keys leads to.
#[derive(Debug, Clone)]
#[must_use = "nothing is read before it is asked"]
pub struct Query<T> {
    question: Keyed,
    read: Read<T>,
}

#[derive(Debug, Clone)]
struct Keyed {
    table: &'static str,
    columns: &'static [Column],
    /// What follows the table; [`KEYS`] stands for the set of keys.
    clause: String,
    key: &'static [&'static str],
    keys: Vec<Vec<String>>,
}

const KEYS: &str = "{keys}";

impl<T> Query<T> {
    /// The rows whose columns `key` are one of these keys.
    pub(crate) fn by(
        table: &Table,
        key: &'static [&'static str],
        keys: Vec<Vec<String>>,
        read: Read<T>,
    ) -> Self {
        let clause = format!("WHERE ({}) IN {KEYS}", key.join(", "));
        Self { question: Keyed { table: table.name, columns: table.columns, clause, key, keys }, read }
    }

    /// Those rows only that fulfil a condition as well.
    pub(crate) fn and(mut self, condition: &str) -> Self {
        self.question.clause.push_str(" AND ");
        self.question.clause.push_str(condition);
        self
    }

    /// The rows of another table that these rows lead to by columns both have.
    pub(crate) fn leading_to<U>(self, table: &Table, by: &[&str], read: Read<U>) -> Query<U> {
        let by = by.join(", ");
        let Keyed { table: from, clause, key, keys, .. } = self.question;
        let clause = format!("WHERE ({by}) IN (SELECT {by} FROM {from} {clause})");
        Query { question: Keyed { table: table.name, columns: table.columns, clause, key, keys }, read }
    }

    /// Asks this one.
    ///
    /// # Errors
    /// When the database fails or holds what it must not.
    pub async fn all(self, conn: &Conn) -> Result<Vec<T>> {
        if self.question.keys.is_empty() {
            return Ok(Vec::new());
        }
        let (from, values) = self.question.from(conn.engine(), 1);
        let rows = conn.all(format!("SELECT {} {from}", names(self.question.columns)), values).await?;
        rows.iter().map(self.read).collect()
    }
}

impl Keyed {
    fn from(&self, engine: Engine, first: usize) -> (String, Vec<Value>) {
        let (source, values) = source(engine, self.key, first, &self.keys);
        let clause = self.clause.replace(KEYS, &format!("(SELECT * FROM {source})"));
        (format!("FROM {} {clause}", self.table), values)
    }
}

/// A question that no set of keys of one table asks: sums and joins.
#[derive(Debug, Clone)]
#[must_use = "nothing is read before it is asked"]
pub struct Select<T> {
    written: Written,
    read: Read<T>,
}

/// A `SELECT` that names these columns, in which `{1}`, `{2}` … stand for the values.
#[derive(Debug, Clone)]
struct Written {
    columns: &'static [Column],
    sql: Cow<'static, str>,
    values: Vec<Value>,
}

impl<T> Select<T> {
    /// As it is written; the values are those of `{1}`, `{2}` …
    pub(crate) fn written(
        columns: &'static [Column],
        sql: impl Into<Cow<'static, str>>,
        values: Vec<Value>,
        read: Read<T>,
    ) -> Self {
        Self { written: Written { columns, sql: sql.into(), values }, read }
    }

    /// Asks this one.
    ///
    /// # Errors
    /// When the database fails or holds what it must not.
    pub async fn all(self, conn: &Conn) -> Result<Vec<T>> {
        let rows = conn.all(self.written.numbered(1), self.written.values).await?;
        rows.iter().map(self.read).collect()
    }
}

impl Written {
    fn numbered(&self, first: usize) -> String {
        let numbers = (1..=self.values.len()).zip(first..);
        numbers
            .fold(self.sql.to_string(), |sql, (own, n)| sql.replace(&format!("{{{own}}}"), &format!("${n}")))
    }
}

/// One of a trip.
#[derive(Debug)]
enum Question {
    Keyed(Keyed),
    Written(Written),
}

impl Question {
    fn columns(&self) -> &'static [Column] {
        match self {
            Self::Keyed(keyed) => keyed.columns,
            Self::Written(written) => written.columns,
        }
    }

    /// From where its rows come, with the values; nowhere when no key is asked for.
    fn from(&self, engine: Engine, first: usize) -> Option<(String, Vec<Value>)> {
        match self {
            Self::Keyed(keyed) if keyed.keys.is_empty() => None,
            Self::Keyed(keyed) => Some(keyed.from(engine, first)),
            Self::Written(written) => {
                Some((format!("FROM ({}) AS q", written.numbered(first)), written.values.clone()))
            }
        }
    }
}

/// Questions that do not wait for each other's answers.
#[derive(Debug, Default)]
pub struct Trip(Vec<Question>);

/// Where an answer of a trip is found.
#[derive(Debug)]
pub struct Place<T> {
    index: usize,
    read: Read<T>,
}

/// What came back from a trip.
#[derive(Debug)]
pub struct Answers(Vec<Vec<Fetched>>);

impl Trip {
    /// Adds a question.
    pub fn ask<T>(&mut self, query: Query<T>) -> Place<T> {
        self.0.push(Question::Keyed(query.question));
        Place { index: self.0.len() - 1, read: query.read }
    }

    /// Adds one that is written out.
    pub fn select<T>(&mut self, select: Select<T>) -> Place<T> {
        self.0.push(Question::Written(select.written));
        Place { index: self.0.len() - 1, read: select.read }
    }

    /// Asks them all at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn go(self, conn: &Conn) -> Result<Answers> {
        let mut answers: Vec<Vec<Fetched>> = self.0.iter().map(|_| Vec::new()).collect();
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for (i, question) in self.0.iter().enumerate() {
            let Some((from, more)) = question.from(conn.engine(), values.len() + 1) else { continue };
            values.extend(more);
            let names = names(question.columns());
            // Statements after each other, each with rows of its own form; or one
            // whose rows hold a record of any form.
            parts.push(match conn.engine() {
                Engine::Sqlite => format!("SELECT {i} AS part, {names} {from}"),
                Engine::Postgres => format!("SELECT {i}::bigint AS part, ROW({names}) AS answer {from}"),
            });
        }
        if parts.is_empty() {
            return Ok(Answers(answers));
        }
        let joint = match conn.engine() {
            Engine::Sqlite => "; ",
            Engine::Postgres => " UNION ALL ",
        };
        for row in conn.all(parts.join(joint), values).await? {
            let part: i64 = row.get("part")?;
            let place = usize::try_from(part).unwrap_or(usize::MAX);
            let (Some(question), Some(answer)) = (self.0.get(place), answers.get_mut(place)) else {
                continue;
            };
            answer.push(match conn.engine() {
                Engine::Sqlite => row,
                Engine::Postgres => Fetched::Record(Record::read(&row, "answer", question.columns())?),
            });
        }
        Ok(Answers(answers))
    }
}

impl Answers {
    /// The answer to one question.
    ///
    /// # Errors
    /// When the database holds what it must not.
    pub fn take<T>(&mut self, place: Place<T>) -> Result<Vec<T>> {
        let rows = self.0.get_mut(place.index).map(std::mem::take).unwrap_or_default();
        rows.iter().map(place.read).collect()
    }
}
