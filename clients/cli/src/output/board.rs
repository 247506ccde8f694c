//! Lists of cases, one line each, in the columns that fit.

use amends_proto::v1;
use comfy_table::{Cell, Color, ColumnConstraint};

use super::Output;
use super::table::{bare, or_dash, subject, text};
use crate::codes::{word, words};
use crate::when::timestamp;

/// From this width on a list says what a case is about.
const WIDE: u16 = 104;
/// From this width on it says everything.
const WIDER: u16 = 140;

/// A column: its heading, the width from which it is shown, and its cell.
type Column = (&'static str, u16, fn(&Output, &Row<'_>) -> Cell);

/// A case of a list, and why it is on it.
pub(crate) struct Row<'a> {
    pub(crate) case: &'a v1::Case,
    pub(crate) place: Option<v1::BoardPlace>,
}

const COLUMNS: [Column; 9] = [
    ("case", 0, |_, row| Cell::new(&row.case.uid)),
    ("slack", 0, |output, row| output.slack(row.case)),
    ("place", 0, |_, row| {
        Cell::new(row.place.map_or("-".to_owned(), |place| word::<v1::BoardPlace>(place.into())))
    }),
    ("status", 0, |output, row| output.status(row.case)),
    ("reasons", 0, |_, row| Cell::new(words::<v1::ComplaintReason>(&row.case.reasons))),
    ("agent", 0, |_, row| Cell::new(or_dash(&row.case.agent))),
    ("subject", WIDE, |_, row| Cell::new(subject(row.case.subject.as_ref()))),
    ("kind", WIDER, |_, row| Cell::new(word::<v1::CaseKind>(row.case.kind))),
    ("opened", WIDER, |output, row| Cell::new(output.time(row.case.open_time.as_ref()))),
];

impl Output {
    /// A list of cases, in so many columns of the screen; none for all there are.
    pub(crate) fn cases(&self, cases: &[v1::Case], width: Option<u16>) -> String {
        let rows: Vec<_> = cases.iter().map(|case| Row { case, place: None }).collect();
        self.case_rows(&rows, width)
    }

    /// The same for the cases of a board.
    pub(crate) fn case_rows(&self, rows: &[Row<'_>], width: Option<u16>) -> String {
        let has_place = rows.iter().any(|row| row.place.is_some());
        let shown: Vec<_> = COLUMNS
            .iter()
            .filter(|(name, from, _)| width.is_none_or(|w| w >= *from) && (has_place || *name != "place"))
            .collect();
        let mut table = bare();
        if let Some(width) = width {
            table.set_width(width).set_truncation_indicator("…");
        }
        table.set_header(shown.iter().map(|(name, ..)| name.to_uppercase()));
        for row in rows {
            let mut line =
                comfy_table::Row::from(shown.iter().map(|(.., cell)| cell(self, row)).collect::<Vec<_>>());
            if width.is_some() {
                // A case that took two lines could no longer be cut out or counted.
                line.max_height(1);
            }
            table.add_row(line);
        }
        for (index, (name, ..)) in shown.iter().enumerate() {
            if let Some(column) = table.column_mut(index) {
                column.set_padding((0, 1));
                // What a person copies, or looks for first, is never cut.
                if ["case", "slack", "place"].contains(name) {
                    column.set_constraint(ColumnConstraint::ContentWidth);
                }
            }
        }
        text(&table)
    }

    /// How much time is left to the nearest deadline that cannot be moved.
    pub(crate) fn slack(&self, case: &v1::Case) -> Cell {
        let Some(seconds) = self.slack_seconds(case) else { return Cell::new("-") };
        let cell = Cell::new(told(seconds));
        match urgency(seconds) {
            Some(colour) if self.colour => cell.fg(colour),
            _ => cell,
        }
    }

    fn slack_seconds(&self, case: &v1::Case) -> Option<i64> {
        let deadline = case.hard_deadline.as_ref().and_then(timestamp)?;
        Some(deadline.duration_since(self.now).as_secs())
    }

    // What is urgent says so beside its status, where the eye already is.
    fn status(&self, case: &v1::Case) -> Cell {
        let status = word::<v1::CaseStatus>(case.status);
        if case.priority() != v1::CasePriority::Urgent {
            return Cell::new(status);
        }
        let cell = Cell::new(format!("{status}, urgent"));
        if self.colour { cell.fg(Color::Red) } else { cell }
    }
}

fn urgency(seconds: i64) -> Option<Color> {
    match seconds {
        ..=0 => Some(Color::Red),
        1..3_600 => Some(Color::Yellow),
        _ => None,
    }
}

/// In one unit, in as few letters as it takes.
fn told(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let amount = match seconds.unsigned_abs() {
        left @ 0..7_200 => format!("{}m", left / 60),
        left @ 7_200..172_800 => format!("{}h", left / 3_600),
        left => format!("{}d", left / 86_400),
    };
    format!("{sign}{amount}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn output(colour: bool) -> Output {
        Output { json: false, colour, now: "2026-01-10T00:00:00Z".parse().unwrap() }
    }

    fn case(minutes_left: i64) -> v1::Case {
        let seconds = output(false).now.as_second() + minutes_left * 60;
        v1::Case {
            uid: "case_018f0000000070008000000000000001".into(),
            status: v1::CaseStatus::AwaitingApproval.into(),
            priority: v1::CasePriority::Urgent.into(),
            kind: v1::CaseKind::Return.into(),
            agent: "a-colleague-with-a-long-name".into(),
            reasons: vec![v1::ComplaintReason::WrongItem.into(), v1::ComplaintReason::WrongSize.into()],
            subject: Some(v1::CaseSubject {
                order_id: "o1".into(),
                line_id: "1".into(),
                ..Default::default()
            }),
            hard_deadline: Some(prost_types::Timestamp { seconds, nanos: 0 }),
            ..Default::default()
        }
    }

    #[test]
    fn a_list_for_a_program_has_every_column_in_full() {
        let board = output(false).cases(&[case(180), case(3_000)], None);
        let [head, first, second] = board.lines().collect::<Vec<_>>()[..] else { unreachable!("{board}") };
        assert!(head.starts_with("CASE"), "{board}");
        let parts =
            ["case_018f0000000070008000000000000001", "awaiting-approval, urgent", "order o1, line 1"];
        for part in parts.iter().chain(&[" 3h ", "wrong-item, wrong-size", "a-colleague-with-a-long-name"]) {
            assert!(first.contains(part), "{part}: {board}");
        }
        assert!(second.contains(" 2d "), "{board}");
        assert!(!head.contains("PLACE"), "a list is no board: {board}");
    }

    #[test]
    fn every_width_from_eighty_on_has_one_line_a_case_and_the_id_in_full() {
        let cases = [case(-5), case(30), v1::Case { agent: String::new(), ..case(600) }];
        let rows: Vec<_> =
            cases.iter().map(|case| Row { case, place: Some(v1::BoardPlace::Returned) }).collect();
        for width in [80, 81, 103, 104, 120, 139, 140, 250] {
            let board = output(false).case_rows(&rows, Some(width));
            assert_eq!(board.lines().count(), 4, "{width}: {board}");
            for line in board.lines().skip(1) {
                assert!(line.contains("case_018f0000000070008000000000000001"), "{width}: {board}");
                assert!(line.contains("returned"), "{width}: {board}");
                assert!(line.chars().count() <= usize::from(width), "{width}: {board}");
            }
            assert_eq!(board.contains("SUBJECT"), width >= WIDE, "{width}");
            assert_eq!(board.contains("OPENED"), width >= WIDER, "{width}");
        }
    }

    #[test]
    fn slack_is_red_when_it_is_over_and_yellow_in_its_last_hour() {
        let cases =
            [(-300, "-5m", Some(Color::Red)), (0, "0m", Some(Color::Red)), (60, "1m", Some(Color::Yellow))];
        let later =
            [(3_599, "59m", Some(Color::Yellow)), (3_600, "60m", None), (-90_000, "-25h", Some(Color::Red))];
        for (seconds, text, colour) in cases.into_iter().chain(later) {
            assert_eq!((told(seconds).as_str(), urgency(seconds)), (text, colour));
        }
    }

    #[test]
    fn without_colours_nothing_but_text_is_printed() {
        let cell = output(true).slack(&case(-5));
        assert_ne!(cell, output(false).slack(&case(-5)));
        assert_eq!(cell.content(), "-5m");
        assert!(!output(false).cases(&[case(-5)], Some(80)).contains('\u{1b}'));
    }
}
