//! Batches of signals, made on a thread of their own so that reading a file never
//! keeps the connection waiting.

use std::io;

use amends_proto::v1::Signal;
use tokio::sync::mpsc;

use super::{
    build::{self, ORDER_LINES_MAX, Reading},
    group::{Group, Groups},
    lines::Mark,
};

/// The most signals in a batch.
const SIGNALS_MAX: usize = 500;
/// The most bytes of rows in a batch: well below what a message may have.
const BYTES_MAX: usize = 2 * 1024 * 1024;
/// Batches that are ready before they are wanted.
const READY_MAX: usize = 2;

/// A row that is still part of what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The number of its first line.
    pub(crate) line: u64,
    /// As it stands in the file.
    pub(crate) raw: String,
}

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The row.
    pub(crate) row: Origin,
    /// Why.
    pub(crate) reason: String,
}

/// A part of a file, ready to be sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    /// What is sent.
    pub(crate) signals: Vec<Signal>,
    /// The rows of each signal.
    pub(crate) origins: Vec<Vec<Origin>>,
    /// What is not sent.
    pub(crate) refused: Vec<Refused>,
    /// How many signals were dated by default.
    pub(crate) undated: u64,
    /// The place behind it.
    pub(crate) end: Mark,
    bytes: usize,
}

/// Reads a whole file in batches, on a thread of its own.
pub(crate) fn read(mut groups: Groups, reading: Reading) -> mpsc::Receiver<io::Result<Batch>> {
    let (ready, batches) = mpsc::channel(READY_MAX);
    tokio::task::spawn_blocking(move || {
        loop {
            let batch = next(&mut groups, &reading).transpose();
            let Some(batch) = batch else { return };
            let failed = batch.is_err();
            // Nobody wants more once the receiver is gone.
            if ready.blocking_send(batch).is_err() || failed {
                return;
            }
        }
    });
    batches
}

/// The next batch, if there is one.
pub(crate) fn next(groups: &mut Groups, reading: &Reading) -> io::Result<Option<Batch>> {
    let mut batch = Batch::default();
    while batch.has_room() {
        let Some(group) = groups.next(&reading.mapping)? else { break };
        batch.add(reading, group);
    }
    Ok((!batch.is_empty()).then_some(batch))
}

impl Batch {
    fn has_room(&self) -> bool {
        self.signals.len() < SIGNALS_MAX && self.refused.len() < SIGNALS_MAX && self.bytes < BYTES_MAX
    }

    fn is_empty(&self) -> bool {
        self.signals.is_empty() && self.refused.is_empty()
    }

    fn add(&mut self, reading: &Reading, group: Group) {
        let built = if group.too_long {
            let reason = format!("the order has more than {ORDER_LINES_MAX} rows");
            Err((0..group.rows.len()).map(|place| (place, reason.clone())).collect())
        } else {
            build::build(reading, &group)
        };
        self.end = group.end;
        let rows = group.rows.into_iter().map(|row| Origin { line: row.line, raw: row.raw });
        let rows: Vec<_> = rows.inspect(|row| self.bytes += row.raw.len()).collect();
        match built {
            Ok(built) => {
                self.undated += u64::from(!built.dated);
                self.signals.push(built.signal);
                self.origins.push(rows);
            }
            Err(refusals) => self.refuse(rows, &refusals),
        }
    }

    // An order is taken whole or not at all, so one bad row takes the others with it.
    fn refuse(&mut self, rows: Vec<Origin>, refusals: &[build::Refusal]) {
        let culprit = refusals.first().and_then(|(place, _)| rows.get(*place)).map_or(0, |row| row.line);
        for (place, row) in rows.into_iter().enumerate() {
            let own = refusals.iter().find(|(bad, _)| *bad == place).map(|(_, reason)| reason.clone());
            let reason = own
                .unwrap_or_else(|| format!("another row of the order was refused (found in line {culprit})"));
            self.refused.push(Refused { row, reason });
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

    use super::*;
    use crate::import::{
        field::Kind,
        mapping::Mapping,
        rows::{Format, Rows},
    };
    use jiff::{Timestamp, tz::TimeZone};

    fn batches(text: String, kind: Kind) -> Vec<Batch> {
        let rows = Rows::open(Box::new(io::Cursor::new(text.into_bytes())), Format::Csv, true).unwrap();
        let mapping = Mapping::new(Some(kind), rows.layout.columns.clone(), &[]).unwrap();
        let reading =
            Reading { mapping, zone: TimeZone::UTC, date: Timestamp::UNIX_EPOCH, truncate_text: false };
        let mut groups = Groups::new(rows, &Mark::default());
        std::iter::from_fn(|| next(&mut groups, &reading).unwrap()).collect()
    }

    #[test]
    fn a_file_comes_in_batches_that_end_where_the_next_begins() {
        let rows: String = (0..1_200).map(|n| format!("{n},5\n")).collect();
        let found = batches(format!("id,rating\n{rows}"), Kind::Review);
        assert_eq!(found.iter().map(|batch| batch.signals.len()).collect::<Vec<_>>(), [500, 500, 200]);
        assert_eq!(found.iter().map(|batch| batch.end.line).collect::<Vec<_>>(), [501, 1_001, 1_201]);
        assert_eq!(found[0].undated, 500);
    }

    #[test]
    fn bad_rows_stand_beside_the_good_ones_with_their_lines() {
        let found = batches("id,rating\n1,5\n2,9\n,4\n3,\n".to_owned(), Kind::Review);
        let refused: Vec<_> =
            found[0].refused.iter().map(|refused| (refused.row.line, refused.reason.as_str())).collect();
        assert_eq!(found[0].signals.len(), 1);
        let expected = [
            (3, "rating: must be 1 to 5 whole stars (found 9)"),
            (4, "review_id: is empty"),
            (5, "rating: is empty"),
        ];
        assert_eq!(refused, expected);
    }

    #[test]
    fn a_bad_row_takes_its_order_with_it_and_no_other() {
        let text = "order_id,buyer,sku,price,currency\n1,b,s,5,EUR\n1,b,t,x,EUR\n2,b,s,5,EUR\n";
        let found = batches(text.to_owned(), Kind::Order);
        assert_eq!(found[0].signals.len(), 1);
        let lines: Vec<_> = found[0].refused.iter().map(|refused| refused.row.line).collect();
        assert_eq!(lines, [2, 3]);
        assert!(found[0].refused[0].reason.contains("line 3"));
        assert!(found[0].refused[1].reason.starts_with("unit_price"));
    }
}
