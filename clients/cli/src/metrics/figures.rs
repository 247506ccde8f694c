//! Figures with what is needed to judge them.

use amends_proto::v1;
use comfy_table::Cell;

use crate::output::table::{or_dash, pairs, table, text};

/// One row of figures: what it is about, and its named values.
struct Row {
    label: String,
    values: Vec<(&'static str, String)>,
}

pub(crate) fn reversal(answer: &v1::GetReviewReversalResponse) -> String {
    shown(answer.rows.iter().map(|row| {
        let funnel = row.funnel.unwrap_or_default();
        let stars = row.net_stars_recovered.as_ref();
        Row {
            label: label(row.cohort.as_ref(), &row.key),
            values: vec![
                ("negative", funnel.negative.to_string()),
                ("contacted", funnel.contacted.to_string()),
                ("solved", funnel.solved.to_string()),
                ("asked", funnel.asked.to_string()),
                ("reversed", funnel.reversed.to_string()),
                ("reversal rate", rate(row.reversal_rate_all.as_ref())),
                ("of contacted", rate(row.reversal_rate_contacted.as_ref())),
                ("of solved", rate(row.reversal_rate_solved.as_ref())),
                ("of asked", rate(row.reversal_rate_asked.as_ref())),
                ("natural", rate(row.natural_rate.as_ref())),
                ("fell back", rate(row.backslide_rate.as_ref())),
                ("stars recovered", stars.map_or("-".to_owned(), mean)),
            ],
        }
    }))
}

pub(crate) fn returns(answer: &v1::GetReturnsResponse) -> String {
    shown(answer.rows.iter().map(|row| Row {
        label: label(row.cohort.as_ref(), &row.key),
        values: vec![
            ("return rate", rate(row.return_rate_units.as_ref())),
            ("of orders", rate(row.return_rate_orders.as_ref())),
            ("requested", rate(row.requested_rate.as_ref())),
            ("intent", rate(row.intent_rate.as_ref())),
            ("rescued", rate(row.rescue_rate.as_ref())),
            ("avoided before a request", avoided(row.avoided_intent_only.as_ref())),
            ("avoided by withdrawal", avoided(row.avoided_withdrawn.as_ref())),
            ("avoided", avoided(row.avoided.as_ref())),
        ],
    }))
}

// A single row is easier read downwards, several are easier compared side by side.
fn shown(rows: impl Iterator<Item = Row>) -> String {
    let rows: Vec<_> = rows.collect();
    let mut shown = match rows.as_slice() {
        [] => return "No member in this cohort.".to_owned(),
        [row] => {
            let cohort = ("cohort".to_owned(), Cell::new(&row.label));
            let values = row.values.iter();
            let values = values.map(|(name, value)| ((*name).to_owned(), Cell::new(value)));
            text(&pairs(std::iter::once(cohort).chain(values)))
        }
        [first, ..] => {
            let names = first.values.iter().map(|(name, _)| *name);
            let headings: Vec<_> = std::iter::once("cohort").chain(names).collect();
            let mut table = table(&headings);
            for row in &rows {
                let values = row.values.iter().map(|(_, value)| value);
                table.add_row(std::iter::once(&row.label).chain(values));
            }
            text(&table)
        }
    };
    if shown.contains('*') {
        shown.push_str("\n\n* some windows are still open: this figure may still change");
    }
    shown
}

fn label(cohort: Option<&v1::DateRange>, key: &[v1::DimensionValue]) -> String {
    let mut parts = Vec::new();
    if let Some(cohort) = cohort {
        parts.push(format!("{} to before {}", cohort.start_date, cohort.end_date));
    }
    parts.extend(key.iter().map(|part| or_dash(&part.value).to_owned()));
    parts.join(", ")
}

/// `1/4 = 25.0 % (4.6–69.9)`, with a star while it may still change.
fn rate(rate: Option<&v1::Rate>) -> String {
    let Some(rate) = rate else {
        return "-".to_owned();
    };
    let mut shown = format!("{}/{}", rate.numerator, rate.denominator);
    if let Some(value) = rate.value {
        shown.push_str(&format!(" = {:.1} %", value * 100.0));
    }
    if let (Some(lower), Some(upper)) = (rate.lower, rate.upper) {
        shown.push_str(&format!(" ({:.1}–{:.1})", lower * 100.0, upper * 100.0));
    }
    if !rate.mature && rate.denominator > 0 {
        shown.push('*');
    }
    shown
}

fn mean(mean: &v1::Mean) -> String {
    let star = if mean.mature || mean.count == 0 { "" } else { "*" };
    match mean.value {
        Some(value) => format!("{:+} over {} = {value:+.2}{star}", mean.sum, mean.count),
        None => "-".to_owned(),
    }
}

fn avoided(counts: Option<&v1::AvoidedCounts>) -> String {
    counts.map_or("-".to_owned(), |counts| {
        format!(
            "{} confirmed, {} provisional, {} failed",
            counts.confirmed, counts.provisional, counts.failed
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarter(mature: bool) -> v1::Rate {
        v1::Rate {
            numerator: 1,
            denominator: 4,
            value: Some(0.25),
            lower: Some(0.0456),
            upper: Some(0.6994),
            mature,
        }
    }

    #[test]
    fn a_rate_states_what_it_is_made_of() {
        assert_eq!(rate(Some(&quarter(true))), "1/4 = 25.0 % (4.6–69.9)");
        assert_eq!(rate(Some(&v1::Rate::default())), "0/0");
    }

    #[test]
    fn a_rate_that_may_still_change_says_so() {
        let row = v1::ReviewReversalRow { reversal_rate_all: Some(quarter(false)), ..Default::default() };
        let answer = v1::GetReviewReversalResponse { rows: vec![row], as_of_time: None };
        let shown = reversal(&answer);
        assert!(shown.contains("1/4 = 25.0 % (4.6–69.9)*"), "{shown}");
        assert!(shown.ends_with("this figure may still change"));
    }

    #[test]
    fn a_cohort_without_members_says_so() {
        let answer = v1::GetReturnsResponse::default();
        assert_eq!(returns(&answer), "No member in this cohort.");
    }
}
