//! Sums as text: what costs most about a row of an answer is each value that is handed over, so that very many
//! rows go as one.
//!
//! A row is its values and then its sums in the order of the table, values apart by one control character, rows
//! by another; no value holds either.

use super::tables::measures;
use amends_domain::tally::Family;

use crate::engine::Engine;
use crate::error::{Result, StoreError};

const ROW_ENDS: char = '\u{1e}';
const VALUE_ENDS: char = '\u{1f}';

/// One row as an expression: these columns, then all measures of the family, each written by `of`.
pub(super) fn row(engine: Engine, family: Family, values: &[&str], of: &dyn Fn(&str) -> String) -> String {
    let sums: Vec<String> = measures(family).map(|(_, column)| of(column)).collect();
    let (code, sums) = match engine {
        Engine::Sqlite => {
            ("char", format!("format('{}', {})", vec!["%d"; sums.len()].join(" "), sums.join(", ")))
        }
        Engine::Postgres => ("chr", format!("concat_ws(' ', {})", sums.join(", "))),
    };
    let end = format!(" || {code}({}) || ", u32::from(VALUE_ENDS));
    let values: Vec<String> = values.iter().map(|value| format!("{value}{end}")).collect();
    format!("{}{sums}", values.concat())
}

/// A number for which sums stand in what order: texts of another are not read.
pub(super) fn layout(family: Family) -> i64 {
    let of = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let names = measures(family).flat_map(|(_, column)| column.bytes().chain([b',']));
    names.fold(0xcbf2_9ce4_8422_2325, of).cast_signed()
}

/// All rows as one text, by what is given where the engine does not keep the order of its key; none if there are
/// none.
pub(super) fn all(engine: Engine, row: &str, order: &str) -> String {
    match engine {
        Engine::Sqlite => format!("group_concat({row}, char({}))", u32::from(ROW_ENDS)),
        Engine::Postgres => format!("string_agg({row}, chr({}){order})", u32::from(ROW_ENDS)),
    }
}

/// The rows of a text.
pub(super) fn rows(text: &str) -> impl Iterator<Item = &str> {
    text.split(ROW_ENDS).filter(|row| !row.is_empty())
}

/// The first so many values of a row, and its sums.
pub(super) fn values<const N: usize>(row: &str) -> Result<([&str; N], &str)> {
    let mut rest = row;
    let mut values = [""; N];
    for value in &mut values {
        (*value, rest) = rest.split_once(VALUE_ENDS).ok_or_else(|| corrupt("has too few values"))?;
    }
    Ok((values, rest))
}

/// Adds the sums of a row to those that are there.
pub(super) fn add(text: &str, sums: &mut [i64]) -> Result<()> {
    let mut numbers = text.split(' ');
    for sum in sums {
        let number = numbers.next().ok_or_else(|| corrupt("has fewer sums than its table"))?;
        // Most are.
        if number == "0" {
            continue;
        }
        let number: i64 = number.parse().map_err(|_| corrupt("holds what is no number"))?;
        *sum = sum.checked_add(number).ok_or_else(|| corrupt("has sums beyond all numbers"))?;
    }
    match numbers.next() {
        None => Ok(()),
        Some(_) => Err(corrupt("has more sums than its table")),
    }
}

fn corrupt(why: &str) -> StoreError {
    StoreError::Corrupt { table: "packed_rollups", column: "body".to_owned(), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_row_is_its_values_and_sums() {
        let text = "lamp\u{1f}DAMAGED\u{1f}1 -20 0\u{1e}\u{1f}\u{1f}0 0 7";
        let mut read = Vec::new();
        for row in rows(text) {
            let ([a, b], text) = values(row).unwrap();
            let mut sums = [100, 0, 0];
            add(text, &mut sums).unwrap();
            read.push((a, b, sums));
        }
        assert_eq!(read, [("lamp", "DAMAGED", [101, -20, 0]), ("", "", [100, 0, 7])]);
        assert_eq!(rows("").count(), 0);
    }

    #[test]
    fn what_is_no_row_is_said() {
        assert!(values::<2>("lamp\u{1f}1").is_err());
        assert!(add("1 x", &mut [0, 0]).is_err());
        assert!(add("1", &mut [0, 0]).is_err());
        assert!(add("", &mut [0]).is_err());
        assert!(add("1 2 3", &mut [0, 0]).is_err());
    }

    #[test]
    fn the_largest_sums_are_read() {
        let mut sums = [0, 0];
        add("9223372036854775807 -9223372036854775808", &mut sums).unwrap();
        assert_eq!(sums, [i64::MAX, i64::MIN]);
    }
}
