//! What came back, and what stayed.

use amends_proto::v1;

use super::{figure, heading, note, p};
use crate::Report;
use crate::chart::time::{Point, Words, rate_over_time};
use crate::html::{Html, el};
use crate::number::{count, decimal, span, things};
use crate::table::{Cell, Share, Table, number, shares};

pub(super) fn body(report: &Report) -> Html {
    let row = report.returns.rows.first().cloned().unwrap_or_default();
    let delivered = row.return_rate_units.unwrap_or_default().denominator;
    let opened = row.rescue_rate.unwrap_or_default().denominator;
    if delivered == 0 && opened == 0 {
        return p("Nothing was delivered in these days, and no case about a return was opened.");
    }
    rates(&row).and(over_time(report)).and(avoided(&row)).and(causes(report))
}

fn rates(row: &v1::ReturnsRow) -> Html {
    let rates = [
        ("Units that count as returned, of those delivered", row.return_rate_units),
        ("Orders with such a unit, of those delivered", row.return_rate_orders),
        ("Units with a request, of those delivered", row.requested_rate),
        ("Units whose buyer wished to return, of those delivered", row.intent_rate),
        ("Return cases that ended without a counted return, of those opened", row.rescue_rate),
    ];
    let rows = rates.into_iter().map(|(name, rate)| (name.to_owned(), rate.unwrap_or_default().into()));
    shares("Returns within the window after delivery", "share", rows.collect()).html()
}

fn over_time(report: &Report) -> Html {
    let rows = &report.returns_over_time.rows;
    let cohorts = rows.iter().filter_map(|row| Some((row.cohort.as_ref()?, row.return_rate_units.as_ref()?)));
    let points: Vec<Point<'_>> = cohorts.map(|(days, rate)| Point { days, rate }).collect();
    let caption = "Share of delivered units that count as returned, by the day of delivery";
    let words = Words { id: "returns-chart", title: caption };
    let picture = rate_over_time(&words, &report.days, &points);
    let numbers = points.iter().map(|point| (span(Some(point.days)), (*point.rate).into())).collect();
    figure(caption, picture, shares(caption, "delivered", numbers).behind("The numbers as a table"))
}

fn avoided(row: &v1::ReturnsRow) -> Html {
    let kinds = [
        ("Solved before there was a request", row.avoided_intent_only),
        ("Request withdrawn for a remedy", row.avoided_withdrawn),
        ("Together", row.avoided),
    ];
    let caption = "Units whose return was avoided (naive count)";
    let mut table =
        Table::new(caption, &["how", "#avoided for good", "#may still come back", "#came back after all"]);
    for (name, counts) in kinds {
        let counts = counts.unwrap_or_default();
        table.row(name, [number(counts.confirmed), number(counts.provisional), number(counts.failed)]);
    }
    heading("Returns avoided").and(table.html())
}

/// Naive beside causal, always together.
fn causes(report: &Report) -> Html {
    let immature = report.remedies.immature_cases;
    let open = (immature > 0).then(|| {
        let cases = things(immature, "case", "cases");
        note(format!("{cases} whose window is still open are not compared yet."))
    });
    heading("Naive and causal")
        .and(el("div", &[("class", "pair")], naive(report).and(causal(report))))
        .and(open.unwrap_or_default())
        .and(note(
            "Who accepts help differs from who does not, so that the naive figures are no cause. The causal \
             ones compare cases that were assigned by chance to one of two orders of suggestions; where an \
             interval holds 0, no difference is shown.",
        ))
}

fn naive(report: &Report) -> Html {
    let naive = report.remedies.naive.unwrap_or_default();
    let caption = "Naive: cases that were helped, and those that were not";
    let mut table = Table::new(caption, &["figure", "#cases", "#value", "#95 % interval"]);
    for (name, group) in [("helped", naive.helped), ("not helped", naive.not_helped)] {
        let share: Share = group.and_then(|group| group.counted).unwrap_or_default().into();
        let cells = [share.parts(), share.value(), share.interval()].map(Cell::Number);
        table.row(format!("Counted as returned, {name}"), cells);
    }
    let (value, interval) = told(naive.difference, |amount| report.currency.amount(amount));
    table.row("What a case not helped cost more", ["–".to_owned(), value, interval].map(Cell::Number));
    table.html()
}

fn causal(report: &Report) -> Html {
    let causal = report.remedies.causal.unwrap_or_default();
    let caption = format!(
        "Causal: {} in the learned order, {} in the fixed one, {} left out for want of others to compare with",
        things(causal.treated_cases, "case", "cases"),
        count(causal.holdout_cases),
        count(causal.left_out_cases)
    );
    let money = |estimate: Option<v1::Estimate>| told(estimate, |amount| report.currency.amount(amount));
    let points = told(causal.rate_difference, |part| format!("{} points", decimal(part * 100.0, 1)));
    let rows = [
        ("Counted rate, fixed less learned", points),
        ("Returns avoided", told(causal.avoided_causal, |number| decimal(number, 1))),
        ("Saved a case", money(causal.saving_per_case)),
        ("Saved in all", money(causal.net_saving)),
    ];
    let mut table = Table::new(&caption, &["figure", "#value", "#95 % interval"]);
    for (name, (value, interval)) in rows {
        table.row(name, [Cell::Number(value), Cell::Number(interval)]);
    }
    table.html()
}

fn told(estimate: Option<v1::Estimate>, show: impl Fn(f64) -> String) -> (String, String) {
    match estimate {
        Some(v1::Estimate { value, lower, upper }) => {
            (show(value), format!("{} to {}", show(lower), show(upper)))
        }
        None => ("–".to_owned(), "too few cases".to_owned()),
    }
}
