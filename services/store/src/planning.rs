//! Reads for what lies ahead: conversations, volume and work, each in one statement.

use amends_domain::Span;
use amends_domain::zone::Offset;
use sea_orm::Value;

use crate::value::int;

pub mod conversation;
pub mod volume;
pub mod work;

/// Values of a statement, each with its placeholder.
#[derive(Debug, Default)]
struct Values(Vec<Value>);

impl Values {
    fn bind(&mut self, value: Value) -> String {
        self.0.push(value);
        // The number is all a placeholder is; its type follows from what it stands beside.
        format!("${}", self.0.len())
    }

    /// The wall clock of an instant in a column, in microseconds, by the offsets that hold over it.
    fn wall(&mut self, column: &str, offsets: &[Offset]) -> String {
        let Some((first, later)) = offsets.split_first() else { return column.to_owned() };
        let mut ahead = self.micros(first.ahead);
        for offset in later {
            let from = self.bind(int(offset.from.micros()));
            let then = self.micros(offset.ahead);
            ahead = format!("CASE WHEN {column} >= {from} THEN {then} ELSE {ahead} END");
        }
        format!("({column} + {ahead})")
    }

    fn micros(&mut self, span: Span) -> String {
        let place = self.bind(int(span.micros()));
        format!("CAST({place} AS BIGINT)")
    }
}
