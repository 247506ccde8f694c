//! Questions as values: asked one by one, or several in one round trip.

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
    question: Question,
    read: Read<T>,
}

#[derive(Debug, Clone)]
struct Question {
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
        Self { question: Question { table: table.name, columns: table.columns, clause, key, keys }, read }
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
        let Question { table: from, clause, key, keys, .. } = self.question;
        let clause = format!("WHERE ({by}) IN (SELECT {by} FROM {from} {clause})");
        Query { question: Question { table: table.name, columns: table.columns, clause, key, keys }, read }
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

impl Question {
    fn from(&self, engine: Engine, first: usize) -> (String, Vec<Value>) {
        let (source, values) = source(engine, self.key, first, &self.keys);
        let clause = self.clause.replace(KEYS, &format!("(SELECT * FROM {source})"));
        (format!("FROM {} {clause}", self.table), values)
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
        self.0.push(query.question);
        Place { index: self.0.len() - 1, read: query.read }
    }

    /// Asks them all at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn go(self, conn: &Conn) -> Result<Answers> {
        let mut answers: Vec<Vec<Fetched>> = self.0.iter().map(|_| Vec::new()).collect();
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for (i, question) in self.0.iter().enumerate().filter(|(_, question)| !question.keys.is_empty()) {
            let (from, more) = question.from(conn.engine(), values.len() + 1);
            values.extend(more);
            let names = names(question.columns);
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
                Engine::Postgres => Fetched::Record(Record::read(&row, "answer", question.columns)?),
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
