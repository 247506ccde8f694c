//! How long buyers waited, and how cases ended.

use amends_proto::v1;

use super::{note, p};
use crate::Report;
use crate::html::Html;
use crate::number::{length, things};
use crate::table::{Cell, Share, Table, number};

pub(super) fn body(report: &Report) -> Html {
    let Some(row) = report.handling.rows.first().filter(|row| any(row)) else {
        return p("No case was opened in these days.");
    };
    let cases = row.cases.unwrap_or_default();
    waits(row).html().and(rates(row).html()).and(note(format!(
        "Of {} opened in these days. A robot's reply and an internal note are no reply. Half of the waits were \
         no longer than the median, nine of ten no longer than the second time; what is still waited for is \
         in neither.",
        things(cases.opened, "case", "cases")
    )))
}

fn any(row: &v1::HandlingRow) -> bool {
    let next = row.next_response.unwrap_or_default();
    row.cases.unwrap_or_default().opened + next.count + next.waiting + next.without > 0
}

fn waits(row: &v1::HandlingRow) -> Table {
    let headings =
        ["wait", "#how often", "#median", "#nine of ten", "#median in hours of work", "#still waiting"];
    let mut table = Table::new("How long buyers waited", &headings);
    let all = [
        ("First response", row.first_response),
        ("Next response", row.next_response),
        ("Agreement", row.agreement),
        ("Solution", row.resolution),
    ];
    for (name, wait) in all {
        let wait = wait.unwrap_or_default();
        let (calendar, business) = (wait.calendar.unwrap_or_default(), wait.business.unwrap_or_default());
        let time = |one: Option<v1::TimeQuantile>| {
            let seconds = one.and_then(|one| one.value).map(|value| value.seconds);
            Cell::Number(seconds.map_or_else(|| "–".to_owned(), length))
        };
        let cells = [
            number(wait.count),
            time(calendar.median),
            time(calendar.p90),
            time(business.median),
            number(wait.waiting),
        ];
        table.row(name, cells);
    }
    table
}

fn rates(row: &v1::HandlingRow) -> Table {
    let headings = ["of the solved", "#cases", "#share", "#95 % interval"];
    let mut table = Table::new("How cases ended", &headings);
    for (name, rate) in [("Solved in one turn", row.one_touch_rate), ("Opened again", row.reopen_rate)] {
        let share: Share = rate.unwrap_or_default().into();
        let parts = format!("{} of\u{a0}{}", share.numerator, share.denominator);
        let cells = [parts, share.value(), share.interval()].map(Cell::Number);
        table.row(name, cells);
    }
    table
}
