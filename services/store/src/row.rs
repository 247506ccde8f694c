//! Reading a row: every value that does not fit is named by table and column.

use std::fmt::Display;
use std::str::FromStr;

use amends_domain::{Currency, Money, Time};
use sea_orm::{QueryResult, TryGetable};

use crate::error::{Result, StoreError};

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    table: &'static str,
    row: &'a QueryResult,
}

impl<'a> Row<'a> {
    /// A row that is said to be of `table` when something is wrong with it.
    #[must_use]
    pub fn new(table: &'static str, row: &'a QueryResult) -> Self {
        Self { table, row }
    }

    /// What is wrong with a column.
    #[must_use]
    pub fn corrupt(&self, column: &str, why: impl Display) -> StoreError {
        StoreError::Corrupt { table: self.table, column: column.to_owned(), why: why.to_string() }
    }

    /// The value of a column.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn get<T: TryGetable>(&self, column: &str) -> Result<T> {
        self.row.try_get("", column).map_err(|e| self.corrupt(column, e))
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
