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
    /// What follows the table; [`AMONG`] stands between columns and the set of keys.
    clause: String,
    key: &'static [&'static str],
    keys: Vec<Vec<String>>,
}

const AMONG: &str = "{among keys}";

impl<T> Query<T> {
    /// The rows whose columns `key` are one of these keys.
    pub(crate) fn by(
        table: &Table,
        key: &'static [&'static str],
        keys: Vec<Vec<String>>,
        read: Read<T>,
    ) -> Self {
        let clause = format!("WHERE ({}) {AMONG}", key.join(", "));
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
        let (from, values) = self.question.from(conn.engine(), 1, false);
        let rows = conn.all(format!("SELECT {} {from}", names(self.question.columns)), values).await?;
        rows.iter().map(self.read).collect()
    }
}

impl Keyed {
    /// From where its rows come, with the values; `alone` looks a single key up by itself.
    fn from(&self, engine: Engine, first: usize, alone: bool) -> (String, Vec<Value>) {
        let (among, values) = match self.keys.as_slice() {
            [only] if alone => {
                let places: Vec<String> = (first..first + only.len()).map(|n| format!("${n}")).collect();
                let values = only.iter().map(|part| Value::String(Some(part.clone()))).collect();
                (format!("= ({})", places.join(", ")), values)
            }
            keys => {
                let (source, values) = source(engine, self.key, first, keys);
                (format!("IN (SELECT * FROM {source})"), values)
            }
        };
        (format!("FROM {} {}", self.table, self.clause.replace(AMONG, &among)), values)
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
    fn from(&self, engine: Engine, first: usize, alone: bool) -> Option<(String, Vec<Value>)> {
        match self {
            Self::Keyed(keyed) if keyed.keys.is_empty() => None,
            Self::Keyed(keyed) => Some(keyed.from(engine, first, alone)),
            Self::Written(written) => {
                Some((format!("FROM ({}) AS q", written.numbered(first)), written.values.clone()))
            }
        }
    }
}

/// Questions that do not wait for each other's answers.
#[derive(Debug, Default)]
pub struct Trip {
    questions: Vec<Question>,
    /// Whether a single key is looked up by itself.
    alone: bool,
}

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
    /// One for a single subject: where a question has one key, no set is made of it. Not for batches: each
    /// mix of one and many would be a statement of its own, and few of them stay prepared.
    #[must_use]
    pub fn of_one() -> Self {
        Self { questions: Vec::new(), alone: true }
    }

    /// Adds a question.
    pub fn ask<T>(&mut self, query: Query<T>) -> Place<T> {
        self.questions.push(Question::Keyed(query.question));
        Place { index: self.questions.len() - 1, read: query.read }
    }

    /// Adds one that is written out.
    pub fn select<T>(&mut self, select: Select<T>) -> Place<T> {
        self.questions.push(Question::Written(select.written));
        Place { index: self.questions.len() - 1, read: select.read }
    }

    /// Asks them all at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn go(self, conn: &Conn) -> Result<Answers> {
        let mut answers: Vec<Vec<Fetched>> = self.questions.iter().map(|_| Vec::new()).collect();
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for (i, question) in self.questions.iter().enumerate() {
            let Some((from, more)) = question.from(conn.engine(), values.len() + 1, self.alone) else {
                continue;
            };
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
            let (Some(question), Some(answer)) = (self.questions.get(place), answers.get_mut(place)) else {
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
