//! Tables and the cells in them.

use amends_proto::v1;
use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table};
use jiff::Timestamp;

use crate::{
    output::Output,
    when::{relative, timestamp},
};

/// An empty table with those headings. Its first column holds what a person
/// copies, and is never wrapped.
pub(crate) fn table(headings: &[&str]) -> Table {
    let mut table = bare();
    table.set_header(headings.iter().map(|heading| Cell::new(heading.to_uppercase())));
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

/// A table of names and values, without headings.
pub(crate) fn pairs(rows: impl IntoIterator<Item = (String, Cell)>) -> Table {
    let mut table = bare();
    for (name, value) in rows {
        table.add_row([Cell::new(name), value]);
    }
    if let Some(first) = table.column_mut(0) {
        first.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}

pub(crate) fn bare() -> Table {
    let mut table = Table::new();
    // Without lines, so that columns can be cut out with the usual tools.
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table
}

/// The text of a table without the blanks that fill its lines.
pub(crate) fn text(table: &Table) -> String {
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// A text, or `-` where there is none.
pub(crate) fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// The last part of a resource name, or `-`.
pub(crate) fn id(name: &str) -> &str {
    or_dash(name.rsplit('/').next().unwrap_or(name))
}

/// Stars of a review: `2★`, and `2★ → 5★` if they changed.
pub(crate) fn stars(first: Option<i32>, current: Option<i32>) -> String {
    let one = |stars: Option<i32>| stars.map_or("-".to_owned(), |stars| format!("{stars}★"));
    if first == current { one(first) } else { format!("{} → {}", one(first), one(current)) }
}

impl Output {
    /// How far away a time is, or `-`.
    pub(crate) fn time(&self, time: Option<&prost_types::Timestamp>) -> String {
        time.and_then(timestamp).map_or("-".to_owned(), |time| relative(time, self.now))
    }

    /// A deadline, the more urgent the louder.
    pub(crate) fn deadline(&self, time: Option<&prost_types::Timestamp>) -> Cell {
        let cell = Cell::new(self.time(time));
        match time.and_then(timestamp).and_then(|time| self.urgency(time)) {
            Some(colour) if self.colour => cell.fg(colour),
            _ => cell,
        }
    }

    fn urgency(&self, time: Timestamp) -> Option<Color> {
        match time.duration_since(self.now).as_hours() {
            ..4 => Some(Color::Red),
            4..24 => Some(Color::Yellow),
            _ => None,
        }
    }
}

/// What a case is about, in the fewest words.
pub(crate) fn subject(subject: Option<&v1::CaseSubject>) -> String {
    let Some(subject) = subject else {
        return "-".to_owned();
    };
    let parts = [
        ("order", &subject.order_id),
        ("line", &subject.line_id),
        ("review", &subject.review_id),
        ("conversation", &subject.conversation_id),
    ];
    let known: Vec<_> =
        parts.iter().filter(|(_, id)| !id.is_empty()).map(|(name, id)| format!("{name} {id}")).collect();
    or_dash(&known.join(", ")).to_owned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn output() -> Output {
        Output { json: false, colour: false, now: "2026-01-10T00:00:00Z".parse().unwrap() }
    }

    #[test]
    fn a_table_fits_its_width_and_never_breaks_what_is_copied() {
        let mut table = table(&["case", "note"]);
        table.add_row(["case_018f0000000070008000000000000001", &"word ".repeat(40)]);
        table.set_width(80);
        let shown = text(&table);
        assert!(shown.contains("case_018f0000000070008000000000000001"));
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    }

    #[test]
    fn only_near_deadlines_are_coloured() {
        let output = output();
        let after = |hours| output.now + jiff::SignedDuration::from_hours(hours);
        assert_eq!(output.urgency(after(-5)), Some(Color::Red));
        assert_eq!(output.urgency(after(3)), Some(Color::Red));
        assert_eq!(output.urgency(after(12)), Some(Color::Yellow));
        assert_eq!(output.urgency(after(48)), None);
    }

    #[test]
    fn stars_show_what_became_of_them() {
        assert_eq!(stars(Some(2), Some(5)), "2★ → 5★");
        assert_eq!(stars(Some(2), Some(2)), "2★");
        assert_eq!(stars(None, None), "-");
    }
}
