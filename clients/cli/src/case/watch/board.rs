//! A board: in place on a screen, line by line elsewhere.

use std::collections::BTreeMap;

use amends_client::WatchStream;
use amends_proto::v1;
use v1::BoardPlace;
use v1::watch_cases_response::Notice;

use crate::{
    codes::{word, words},
    connection::Session,
    output::{
        Output,
        board::Row,
        table::{id, or_dash, subject},
    },
};

/// Where the cursor goes home; what stands after it in a line, and below, is wiped.
const HOME: &str = "\u{1b}[H";
const WIPE_LINE: &str = "\u{1b}[K";
const WIPE_BELOW: &str = "\u{1b}[J";

/// Lines that are no cases: the first, the headings, and room for the cursor.
const LINES_AROUND: u16 = 4;

/// What is on a board by now.
#[derive(Debug, Default)]
struct Board {
    cases: BTreeMap<String, v1::BoardCase>,
    truncated: bool,
}

pub(super) async fn follow(session: &Session, request: v1::WatchCasesRequest) -> anyhow::Result<()> {
    let shop = request.parent.clone();
    let mut stream = WatchStream::new(&session.client, request);
    let mut board = Board::default();
    loop {
        let notice = stream.next().await?;
        let output = session.output.at_this_moment();
        if output.json {
            output.json_line(&notice)?;
            continue;
        }
        let Some(notice) = notice.notice else { continue };
        // A sign of life also moves what is told of times.
        let whole = matches!(notice, Notice::Ready(_) | Notice::Heartbeat(_));
        let line = board.take(&output, notice);
        match Output::screen() {
            Some(size) if whole => output.raw(&board.draw(&output, &shop, size))?,
            Some(_) => {}
            None => line.map_or(Ok(()), |line| output.line(&line))?,
        }
    }
}

impl Board {
    /// Takes a notice in; answers the line that says it where there is no screen.
    fn take(&mut self, output: &Output, notice: Notice) -> Option<String> {
        match notice {
            Notice::BoardCase(item) => {
                let case = item.case.clone()?;
                let before = self.cases.insert(case.name.clone(), item.clone());
                Some(format!("{} {}", if before.is_some() { "~" } else { "+" }, line(output, &item, &case)))
            }
            Notice::Departure(gone) => {
                self.cases.remove(&gone.case);
                Some(format!("- {}", id(&gone.case)))
            }
            Notice::Ready(ready) => {
                self.truncated = ready.truncated;
                None
            }
            Notice::Heartbeat(_) | Notice::GoingAway(_) => None,
        }
    }

    /// The cases, what is the agent's own first, then by slack.
    fn rows(&self) -> Vec<Row<'_>> {
        let mut items: Vec<_> = self.cases.values().collect();
        items.sort_by_key(|item| (rank(item.place()), &item.order_key));
        items.into_iter().filter_map(row).collect()
    }

    /// The whole screen.
    fn draw(&self, output: &Output, shop: &str, (width, height): (u16, u16)) -> String {
        let rows = self.rows();
        let room = usize::from(height.saturating_sub(LINES_AROUND)).max(1);
        let mut lines = vec![self.headline(shop)];
        if rows.is_empty() {
            lines.push("Nothing here, and nothing waits.".to_owned());
        } else {
            let shown = rows.get(..room).unwrap_or(&rows);
            lines.extend(output.case_rows(shown, Some(width)).lines().map(str::to_owned));
            let left = rows.len() - shown.len();
            if left > 0 || self.truncated {
                let more = if left > 0 { format!("… and {left} more") } else { "… and more".to_owned() };
                lines.push(more);
            }
        }
        format!("{HOME}{}{WIPE_LINE}\r\n{WIPE_BELOW}", lines.join(&format!("{WIPE_LINE}\r\n")))
    }

    fn headline(&self, shop: &str) -> String {
        let of = |place| self.cases.values().filter(|item| item.place() == place).count();
        let parts = [BoardPlace::Held, BoardPlace::Returned, BoardPlace::Parked, BoardPlace::Queue]
            .map(|place| format!("{} {}", of(place), word::<BoardPlace>(place.into())));
        format!("{}: {}", id(shop), parts.join(", "))
    }
}

fn row(item: &v1::BoardCase) -> Option<Row<'_>> {
    item.case.as_ref().map(|case| Row { case, place: Some(item.place()) })
}

/// What somebody waits for comes first, what is parked after it.
const fn rank(place: BoardPlace) -> u8 {
    match place {
        BoardPlace::Held => 0,
        BoardPlace::Returned => 1,
        BoardPlace::Parked => 2,
        BoardPlace::Queue => 3,
        BoardPlace::Unspecified => 4,
    }
}

fn line(output: &Output, item: &v1::BoardCase, case: &v1::Case) -> String {
    format!(
        "{} {} {} slack {} {} {} {}",
        case.uid,
        word::<BoardPlace>(item.place),
        word::<v1::CaseStatus>(case.status),
        output.slack(case).content(),
        words::<v1::ComplaintReason>(&case.reasons),
        subject(case.subject.as_ref()),
        or_dash(&case.agent),
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn output() -> Output {
        Output { json: false, colour: false, now: "2026-01-10T00:00:00Z".parse().unwrap() }
    }

    fn item(n: u32, place: BoardPlace) -> Notice {
        let uid = format!("case_018f00000000700080000000000{n:05}");
        let (name, status) = (format!("shops/main/cases/{uid}"), v1::CaseStatus::Queued.into());
        let case = Some(v1::Case { name, uid, status, ..v1::Case::default() });
        Notice::BoardCase(v1::BoardCase { case, place: place.into(), order_key: format!("{n:05}") })
    }

    fn board(count: u32) -> Board {
        let mut board = Board::default();
        for n in 0..count {
            let place = if n + 1 == count { BoardPlace::Held } else { BoardPlace::Queue };
            let said = board.take(&output(), item(n, place)).unwrap();
            assert!(said.starts_with("+ case_"), "{said}");
        }
        board
    }

    #[test]
    fn a_screen_holds_what_it_has_room_for_and_says_that_there_is_more() {
        let drawn = board(30).draw(&output(), "shops/main", (80, 24));
        let text = drawn.replace(WIPE_LINE, "").replace(HOME, "").replace(WIPE_BELOW, "");
        let lines: Vec<_> = text.lines().collect();
        assert!(lines.len() <= 23, "{text}");
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{text}");
        assert_eq!(lines.first().copied(), Some("main: 1 held, 0 returned, 0 parked, 29 queue"));
        assert!(lines.get(2).unwrap().contains("00029 "), "the own case comes first: {text}");
        assert!(lines.last().unwrap().contains("and 10 more"), "{text}");
    }

    #[test]
    fn what_leaves_is_gone_and_what_changes_is_said_so() {
        let mut board = board(2);
        assert!(board.take(&output(), item(0, BoardPlace::Parked)).unwrap().starts_with("~ case_"));
        let case = board.cases.keys().next().unwrap().clone();
        let said = board.take(&output(), Notice::Departure(v1::BoardDeparture { case }));
        assert!(said.unwrap().starts_with("- case_"));
        assert_eq!(board.cases.len(), 1);
        let empty = Board::default().draw(&output(), "shops/main", (80, 24));
        assert!(empty.contains("nothing waits"), "{empty}");
    }
}
