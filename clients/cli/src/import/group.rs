//! Rows that belong together: the lines of one order, which follow each other.

use std::io;

use super::{
    build::ORDER_LINES_MAX,
    field::{Field, Kind},
    lines::Mark,
    mapping::Mapping,
    rows::{Row, Rows},
};

/// The rows of one signal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// The rows, at least one.
    pub(crate) rows: Vec<Row>,
    /// The place behind them.
    pub(crate) end: Mark,
    /// Whether there are more of them than an order has lines.
    pub(crate) too_long: bool,
}

/// Reads groups one by one.
pub(crate) struct Groups {
    rows: Rows,
    next: Option<Row>,
    refused_order: Option<String>,
}

impl Groups {
    /// Groups the rows behind `mark`.
    pub(crate) fn new(rows: Rows, mark: &Mark) -> Self {
        Self { rows, next: None, refused_order: mark.refused_order.clone() }
    }

    /// The next group, if there is one.
    pub(crate) fn next(&mut self, mapping: &Mapping) -> io::Result<Option<Group>> {
        let Some(first) = self.take()? else { return Ok(None) };
        let order = order_of(mapping, &first).map(str::to_owned);
        let mut group = Group { end: first.end.clone(), rows: vec![first], too_long: false };
        while let Some(row) = self.take()? {
            let same = order.is_some() && order_of(mapping, &row) == order.as_deref();
            if !same || group.rows.len() >= ORDER_LINES_MAX {
                // More of this order will come: neither part of it may be stored alone.
                if same {
                    self.refused_order.clone_from(&order);
                }
                self.next = Some(row);
                break;
            }
            group.end.clone_from(&row.end);
            group.rows.push(row);
        }
        group.too_long = order.is_some() && self.refused_order == order;
        if !group.too_long {
            self.refused_order = None;
        }
        group.end.refused_order.clone_from(&self.refused_order);
        Ok(Some(group))
    }

    fn take(&mut self) -> io::Result<Option<Row>> {
        match self.next.take() {
            Some(row) => Ok(Some(row)),
            None => self.rows.next(),
        }
    }
}

fn order_of<'a>(mapping: &'a Mapping, row: &'a Row) -> Option<&'a str> {
    let first = row.parts.as_ref().ok()?.first()?;
    let order = mapping.value(first, Field::OrderId);
    (mapping.kind == Kind::Order && !order.is_empty()).then_some(order)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

    use super::*;
    use crate::import::rows::Format;

    fn groups(text: &str, kind: Kind) -> Vec<Group> {
        let input = Box::new(io::Cursor::new(text.to_owned().into_bytes()));
        let rows = Rows::open(input, Format::Csv, true).unwrap();
        let mapping = Mapping::new(Some(kind), rows.layout.columns.clone(), &[]).unwrap();
        let mut groups = Groups::new(rows, &Mark::default());
        std::iter::from_fn(|| groups.next(&mapping).unwrap()).collect()
    }

    fn sizes(groups: &[Group]) -> Vec<usize> {
        groups.iter().map(|group| group.rows.len()).collect()
    }

    const HEADER: &str = "order_id,buyer,sku,price,rating\n";

    #[test]
    fn rows_of_one_order_that_follow_each_other_are_one_group() {
        let text = format!("{HEADER}1,b,s,1,5\n1,b,t,1,5\n2,b,s,1,5\n,b,s,1,5\n,b,s,1,5\n");
        let found = groups(&text, Kind::Order);
        assert_eq!(sizes(&found), [2, 1, 1, 1]);
        assert_eq!(found[0].end.line, 3);
        assert_eq!(sizes(&groups(&text, Kind::Review)), [1, 1, 1, 1, 1]);
    }

    #[test]
    fn an_order_with_too_many_rows_is_refused_in_all_its_parts() {
        let text = format!("{HEADER}{}2,b,s,1,5\n", "1,b,s,1,5\n".repeat(ORDER_LINES_MAX + 3));
        let found = groups(&text, Kind::Order);
        let flags: Vec<_> = found.iter().map(|group| (group.rows.len(), group.too_long)).collect();
        assert_eq!(flags, [(ORDER_LINES_MAX, true), (3, true), (1, false)]);
        assert_eq!(found[0].end.refused_order.as_deref(), Some("1"));
        assert_eq!(found[2].end.refused_order, None);
    }

    #[test]
    fn an_order_with_as_many_rows_as_allowed_is_whole() {
        let text = format!("{HEADER}{}2,b,s,1,5\n", "1,b,s,1,5\n".repeat(ORDER_LINES_MAX));
        assert!(groups(&text, Kind::Order).iter().all(|group| !group.too_long));
    }
}
