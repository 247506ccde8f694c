//! From a negative review to a revised one.

use amends_proto::v1;

use super::{figure, heading, note, p};
use crate::Report;
use crate::chart::cell;
use crate::chart::time::{Point, Words, rate_over_time};
use crate::html::{Html, el};
use crate::number::{count, decimal, span};
use crate::table::{Cell, Share, Table, number, shares};

pub(super) fn body(report: &Report) -> Html {
    let row = report.reversal.rows.first().cloned().unwrap_or_default();
    let funnel = row.funnel.unwrap_or_default();
    if funnel.negative == 0 {
        return p("No negative review was first seen in these days.");
    }
    way(&funnel)
        .and(over_time(report))
        .and(rates(&row))
        .and(stars(row.net_stars_recovered.as_ref()))
        .and(ends(&funnel))
}

fn way(funnel: &v1::ReviewFunnel) -> Html {
    let steps = [
        ("Negative", funnel.negative),
        ("Could still be edited a day later", funnel.eligible),
        ("Buyer contacted by a person", funnel.contacted),
        ("Case solved", funnel.solved),
        ("Buyer asked for a revision", funnel.asked),
        ("Revised: rose above the threshold", funnel.reversed.saturating_add(funnel.re_reversed)),
        ("…of these still above it", funnel.reversed),
        ("…and of those after our help", funnel.recovered),
    ];
    table("The way from a negative review to a revised one", "step", &steps, funnel.negative).html()
}

fn ends(funnel: &v1::ReviewFunnel) -> Html {
    let ends = [
        ("Revised, and still above the threshold", funnel.reversed),
        ("Revised once, and fell back", funnel.re_reversed),
        ("More stars, still negative", funnel.improved),
        ("Another text only", funnel.text_only),
        ("An addition only", funnel.follow_up_added),
        ("Fewer stars", funnel.worsened),
        ("Taken down by the buyer", funnel.removed_by_buyer),
        ("Taken down by the channel", funnel.removed_by_platform),
        ("Gone, nobody said why", funnel.vanished),
        ("Unchanged", funnel.unchanged),
    ];
    let caption = "Where every negative review stands now";
    heading("What became of all of them")
        .and(table(caption, "now", &ends, funnel.negative).html())
        .and(note("A review that was taken down never counts as a revised one."))
}

fn table(caption: &str, first: &str, rows: &[(&str, i64)], all: i64) -> Table {
    let mut table = Table::new(caption, &[first, "#reviews", "#of negative", ""]);
    for (name, part) in rows {
        let share = Share { value: quotient(*part, all), ..nothing() };
        table.row(*name, [number(*part), Cell::Number(share.value()), Cell::Picture(cell::bar(*part, all))]);
    }
    table
}

fn nothing() -> Share {
    v1::RemedyRate::default().into()
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown with one decimal")]
fn quotient(part: i64, all: i64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

fn over_time(report: &Report) -> Html {
    let rows = &report.reversal_over_time.rows;
    let cohorts = rows.iter().filter_map(|row| Some((row.cohort.as_ref()?, row.reversal_rate_all.as_ref()?)));
    let points: Vec<Point<'_>> = cohorts.map(|(days, rate)| Point { days, rate }).collect();
    let caption = "Share of negative reviews that were revised, by the day they were first seen";
    let words = Words { id: "reviews-chart", title: caption };
    let picture = rate_over_time(&words, &report.days, &points);
    let numbers = points.iter().map(|point| (span(Some(point.days)), (*point.rate).into())).collect();
    figure(caption, picture, shares(caption, "first seen", numbers).behind("The numbers as a table"))
}

fn rates(row: &v1::ReviewReversalRow) -> Html {
    let rates = [
        ("Revised, of all negative", row.reversal_rate_all),
        ("Revised, of those that could still be edited", row.reversal_rate_eligible),
        ("Revised, of those whose buyer was contacted", row.reversal_rate_contacted),
        ("Revised, of those whose case was solved", row.reversal_rate_solved),
        ("Revised, of those whose buyer was asked", row.reversal_rate_asked),
        ("Revised before anybody acted (natural), of all negative", row.natural_rate),
        ("Fell back since, of all that ever rose", row.backslide_rate),
    ];
    let rows = rates.into_iter().map(|(name, rate)| (name.to_owned(), rate.unwrap_or_default().into()));
    heading("Revised, of whom").and(shares("Shares of reviews", "share", rows.collect()).html())
}

fn stars(mean: Option<&v1::Mean>) -> Html {
    let Some((mean, value)) = mean.and_then(|mean| Some((mean, mean.value?))) else { return Html::new() };
    let sign = if mean.sum > 0 { "+" } else { "" };
    let told = format!(
        "Stars won back: {sign}{} over {} negative reviews, that is {sign}{} each; what got worse is taken off.",
        count(mean.sum),
        count(mean.count),
        decimal(value, 2)
    );
    el("p", &[], told)
}
