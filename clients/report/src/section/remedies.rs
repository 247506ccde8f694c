//! What was offered, and what came of it.

use amends_proto::v1;

use super::{note, p};
use crate::Report;
use crate::html::{Html, el};
use crate::number::kind;
use crate::table::{Cell, Share, Table, number};

pub(super) fn body(report: &Report) -> Html {
    let kinds = &report.remedies.kinds;
    if kinds.is_empty() {
        return p("Nothing was suggested or offered in these days.");
    }
    answers(kinds).and(outcomes(report))
}

fn name(row: &v1::RemedyKindPerformance) -> Html {
    let name = Html::text(&kind(row.kind));
    match row.stopped {
        Some(_) => name.and(" ").and(el("span", &[("class", "may-change")], "stopped")),
        None => name,
    }
}

fn answers(kinds: &[v1::RemedyKindPerformance]) -> Html {
    let caption = "Offers that were accepted, of those answered or expired, by kind";
    let headings = ["remedy", "#offered", "#accepted", "#share", "#95 % interval", "~"];
    let mut table = Table::new(caption, &headings);
    for row in kinds {
        let share: Share = row.acceptance.unwrap_or_default().into();
        table.row(name(row), std::iter::once(number(row.offered)).chain(share.cells()));
    }
    table.html()
}

fn outcomes(report: &Report) -> Html {
    let caption = "What became of them, by kind";
    let headings = [
        "remedy",
        "#suggested first",
        "#declined",
        "#expired",
        "#carried out",
        "#failed",
        "#mean cost",
        "#low scores",
    ];
    let mut table = Table::new(caption, &headings);
    let mut stopped = false;
    for row in &report.remedies.kinds {
        stopped |= row.stopped.is_some();
        let low: Share = row.low_scores.unwrap_or_default().into();
        let cost = row.cost_mean.map_or_else(|| "–".to_owned(), |mean| report.currency.amount(mean));
        let low = if low.denominator == 0 { "–".to_owned() } else { low.parts() };
        let cells = [row.suggested_first, row.declined, row.expired, row.fulfilled, row.failed].map(number);
        table.row(name(row), cells.into_iter().chain([Cell::Number(cost), Cell::Number(low)]));
    }
    let told = "Low scores: answers of 1 or 2 when buyers were asked about the help. Reviews play no part.";
    let stopped = stopped.then(|| note("Stopped: judged worse than the others, and not tried out any more."));
    table.html().and(note(told)).and(stopped.unwrap_or_default())
}
