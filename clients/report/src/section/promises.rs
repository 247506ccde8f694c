//! Promises to buyers, kept and broken.

use amends_proto::v1;

use super::{note, p};
use crate::chart::cell;
use crate::html::{Html, el};
use crate::number::{count, things, word};
use crate::table::{Cell, Share, Table, number};
use crate::{Promise, Promises, Report};

pub(super) fn body(report: &Report) -> Html {
    let promises = &report.promises;
    let caption = "Promises of the cases opened in these days";
    let headings = ["promise", "#kept", "#broken", "#running", "#kept of those over", ""];
    let mut table = Table::new(caption, &headings);
    for row in &promises.rows {
        let over = row.met.saturating_add(row.breached);
        let cells = [
            number(row.met),
            number(row.breached),
            number(row.running),
            Cell::Number(share(row.met, over).value()),
            Cell::Picture(cell::bar(row.met, over)),
        ];
        table.row(name(row), cells);
    }
    if table.is_empty() {
        let cases = things(promises.cases, "case", "cases");
        return p(match promises.cases {
            0 => "No case was looked at.".to_owned(),
            _ => format!("{cases} looked at, and no promise to a buyer in them."),
        });
    }
    let told = if promises.more {
        format!("Of the newest {} cases; older ones were not looked at.", count(promises.cases))
    } else {
        format!("Of all {} opened in these days (UTC).", things(promises.cases, "case", "cases"))
    };
    table.html().and(note(told))
}

fn name(row: &Promise) -> Html {
    el("span", &[], word(row.metric.as_str_name(), "SLA_METRIC_"))
}

/// How many were kept, and how many are over.
pub(super) fn kept(promises: &Promises) -> (i64, i64) {
    promises.rows.iter().fold((0, 0), |(met, over): (i64, i64), row| {
        (met.saturating_add(row.met), over.saturating_add(row.met).saturating_add(row.breached))
    })
}

/// A share of promises. They are all there were, no sample of others: no interval.
#[expect(clippy::cast_precision_loss, reason = "a share is shown with one decimal")]
pub(super) fn share(met: i64, over: i64) -> Share {
    let value = (over > 0).then(|| met as f64 / over as f64);
    Share { numerator: met, denominator: over, value, ..v1::RemedyRate::default().into() }
}
