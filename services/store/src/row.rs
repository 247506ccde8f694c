//! Reading a row: every value that does not fit is named by table and column.

use std::fmt::Display;
use std::str::FromStr;

use amends_domain::{Currency, Money, Time};
use sea_orm::sea_query::ValueType;
use sea_orm::sqlx::Row as _;
use sea_orm::sqlx::postgres::types::PgRecordDecoder;
use sea_orm::{DbErr, QueryResult, TryGetable, Value};

use crate::bulk::{Column, Kind};
use crate::error::{Result, StoreError};

/// What the database gave for one row.
#[derive(Debug)]
pub enum Fetched {
    /// A row of an answer that has one form.
    Row(QueryResult),
    /// A record in an answer whose rows have several.
    Record(Record),
}

/// The cells of a row that came as one value, and the columns they are of.
#[derive(Debug)]
pub struct Record {
    columns: &'static [Column],
    cells: Vec<Value>,
}

impl Fetched {
    /// The value of a column.
    ///
    /// # Errors
    /// When there is none of that type.
    pub fn get<T: TryGetable + ValueType>(&self, column: &str) -> Result<T> {
        self.cell(column).map_err(|why| corrupt("a row", column, why))
    }

    fn cell<T: TryGetable + ValueType>(&self, column: &str) -> std::result::Result<T, DbErr> {
        let record = match self {
            Self::Row(row) => return row.try_get("", column),
            Self::Record(record) => record,
        };
        let mut named = record.columns.iter().zip(&record.cells).filter(|((name, _), _)| *name == column);
        let (_, cell) = named.next().ok_or_else(|| DbErr::Type("there is no such column".to_owned()))?;
        <T as ValueType>::try_from(cell.clone()).map_err(|e| DbErr::Type(e.to_string()))
    }
}

impl Record {
    /// Reads a record of PostgreSQL.
    pub(crate) fn read(row: &Fetched, column: &str, columns: &'static [Column]) -> Result<Self> {
        let Fetched::Row(row) = row else { return Err(corrupt("a record", column, "a record itself")) };
        let row = row.try_as_pg_row().ok_or_else(|| corrupt("a record", column, "of another engine"))?;
        let value = row.try_get_raw(column).map_err(|e| corrupt("a record", column, e))?;
        let mut decoder = PgRecordDecoder::new(value).map_err(|e| corrupt("a record", column, e))?;
        let cells = columns.iter().map(|(name, kind)| {
            let cell = match kind {
                Kind::Text => decoder.try_decode().map(Value::String),
                Kind::Int => decoder.try_decode().map(Value::BigInt),
                Kind::Bool => decoder.try_decode().map(Value::Bool),
                Kind::Bytes => decoder.try_decode().map(Value::Bytes),
            };
            cell.map_err(|e| corrupt("a record", name, e))
        });
        Ok(Self { columns, cells: cells.collect::<Result<_>>()? })
    }
}

fn corrupt(table: &'static str, column: &str, why: impl Display) -> StoreError {
    StoreError::Corrupt { table, column: column.to_owned(), why: why.to_string() }
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    table: &'static str,
    row: &'a Fetched,
}

impl<'a> Row<'a> {
    /// A row that is said to be of `table` when something is wrong with it.
    #[must_use]
    pub fn new(table: &'static str, row: &'a Fetched) -> Self {
        Self { table, row }
    }

    /// What is wrong with a column.
    #[must_use]
    pub fn corrupt(&self, column: &str, why: impl Display) -> StoreError {
        corrupt(self.table, column, why)
    }

    /// The value of a column.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn get<T: TryGetable + ValueType>(&self, column: &str) -> Result<T> {
        self.row.cell(column).map_err(|e| self.corrupt(column, e))
    }

    /// A word, number or id that is kept as text.
    ///
    /// # Errors
    /// When it does not parse.
    pub fn parse<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T> {
        let text: String = self.get(column)?;
        text.parse().map_err(|e| self.corrupt(column, e))
    }

    /// The same, where there may be none.
    ///
    /// # Errors
    /// When it is there and does not parse.
    pub fn parse_opt<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>> {
        let text: Option<String> = self.get(column)?;
        text.map(|t| t.parse().map_err(|e| self.corrupt(column, e))).transpose()
    }

    /// Several words, separated by commas.
    ///
    /// # Errors
    /// When one does not parse.
    pub fn words<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Vec<T>> {
        let text: String = self.get(column)?;
        text.split(',')
            .filter(|w| !w.is_empty())
            .map(|w| w.parse().map_err(|e| self.corrupt(column, e)))
            .collect()
    }

    /// A point in time.
    ///
    /// # Errors
    /// When there is none.
    pub fn time(&self, column: &str) -> Result<Time> {
        self.get(column).map(Time::from_micros)
    }

    /// A point in time, where there may be none.
    ///
    /// # Errors
    /// When the column is of another type.
    pub fn time_opt(&self, column: &str) -> Result<Option<Time>> {
        Ok(self.get::<Option<i64>>(column)?.map(Time::from_micros))
    }

    /// A number kept as a 64-bit integer.
    ///
    /// # Errors
    /// When it is missing or out of range.
    pub fn number<T: TryFrom<i64, Error: Display>>(&self, column: &str) -> Result<T> {
        let number: i64 = self.get(column)?;
        T::try_from(number).map_err(|e| self.corrupt(column, e))
    }

    /// The same, where there may be none.
    ///
    /// # Errors
    /// When it is out of range.
    pub fn number_opt<T: TryFrom<i64, Error: Display>>(&self, column: &str) -> Result<Option<T>> {
        let number: Option<i64> = self.get(column)?;
        number.map(|n| T::try_from(n).map_err(|e| self.corrupt(column, e))).transpose()
    }

    /// An amount in one column with its currency in another; none if the amount is.
    ///
    /// # Errors
    /// When the currency is unknown.
    pub fn money_opt(&self, amount: &str, currency: &str) -> Result<Option<Money>> {
        let Some(minor_units) = self.get::<Option<i64>>(amount)? else { return Ok(None) };
        let currency: Currency = self.parse(currency)?;
        Ok(Some(Money::new(minor_units, currency)))
    }
}
