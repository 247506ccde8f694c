//! Figures with what is needed to judge them.

use amends_proto::v1;
use jiff::civil::Date;

use super::days::cuts;
use super::spark::{Part, Signs};
use super::{remedies, wide};
use crate::codes::word;
use crate::output::{Output, table::or_dash};

/// One row of figures: what it is about, and its named values.
pub(super) struct Row {
    /// The days, in short.
    pub(super) days: String,
    /// Its first day.
    pub(super) start: Option<Date>,
    /// What the values are of that it is about.
    pub(super) dimensions: Vec<String>,
    /// These values.
    pub(super) key: Vec<String>,
    /// Its values, the most telling first.
    pub(super) values: Vec<(&'static str, String)>,
    /// The rates that are worth a line over time, the most telling first.
    pub(super) rates: Vec<(&'static str, Part)>,
}

/// How time was cut, and how much room there is to show it.
pub(super) struct Cut {
    /// First days of the parts.
    pub(super) starts: Vec<Date>,
    /// The days asked about, and what one part is.
    pub(super) days: v1::DateRange,
    pub(super) bucket: v1::TimeBucket,
    /// Columns of the screen; none where output is no screen.
    pub(super) room: Option<usize>,
    pub(super) signs: Signs,
}

/// Columns of the screen; none where output is no screen.
pub(super) fn room() -> Option<usize> {
    Output::screen().map(|(columns, _)| columns.into())
}

impl Cut {
    pub(super) fn new(output: &Output, days: v1::DateRange, bucket: Option<v1::TimeBucket>) -> Self {
        let bucket = bucket.unwrap_or(v1::TimeBucket::Total);
        Self {
            starts: cuts(&days, bucket),
            days,
            bucket,
            room: room(),
            signs: if output.colour { Signs::Blocks } else { Signs::Digits },
        }
    }
}

pub(super) fn reversal(answer: &v1::GetReviewReversalResponse, cut: &Cut) -> String {
    let rows = answer.rows.iter().map(|row| {
        let funnel = row.funnel.unwrap_or_default();
        let stars = row.net_stars_recovered.as_ref();
        Row {
            days: days(row.cohort.as_ref()),
            start: start(row.cohort.as_ref()),
            dimensions: dimensions(&row.key),
            key: key(&row.key),
            values: vec![
                ("reversal rate", rate(row.reversal_rate_all.as_ref())),
                ("of contacted", rate(row.reversal_rate_contacted.as_ref())),
                ("of solved", rate(row.reversal_rate_solved.as_ref())),
                ("natural", rate(row.natural_rate.as_ref())),
                ("uplift", remedies::interval(row.uplift.as_ref(), 100.0, 1)),
                ("of asked", rate(row.reversal_rate_asked.as_ref())),
                ("of editable", rate(row.reversal_rate_eligible.as_ref())),
                ("fell back", rate(row.backslide_rate.as_ref())),
                ("stars recovered", stars.map_or("-".to_owned(), mean)),
                ("negative", funnel.negative.to_string()),
                ("eligible", funnel.eligible.to_string()),
                ("contacted", funnel.contacted.to_string()),
                ("solved", funnel.solved.to_string()),
                ("asked", funnel.asked.to_string()),
                ("reversed", funnel.reversed.to_string()),
                ("recovered", funnel.recovered.to_string()),
            ],
            rates: vec![
                ("reversal rate", part(row.reversal_rate_all)),
                ("of contacted", part(row.reversal_rate_contacted)),
                ("natural", part(row.natural_rate)),
            ],
        }
    });
    wide::shown(rows.collect(), cut)
}

pub(super) fn returns(answer: &v1::GetReturnsResponse, cut: &Cut) -> String {
    let rows = answer.rows.iter().map(|row| Row {
        days: days(row.cohort.as_ref()),
        start: start(row.cohort.as_ref()),
        dimensions: dimensions(&row.key),
        key: key(&row.key),
        values: vec![
            ("return rate", rate(row.return_rate_units.as_ref())),
            ("requested", rate(row.requested_rate.as_ref())),
            ("rescued", rate(row.rescue_rate.as_ref())),
            ("of orders", rate(row.return_rate_orders.as_ref())),
            ("intent", rate(row.intent_rate.as_ref())),
            ("avoided", avoided(row.avoided.as_ref())),
            ("avoided before a request", avoided(row.avoided_intent_only.as_ref())),
            ("avoided by withdrawal", avoided(row.avoided_withdrawn.as_ref())),
        ],
        rates: vec![
            ("return rate", part(row.return_rate_units)),
            ("requested", part(row.requested_rate)),
            ("rescued", part(row.rescue_rate)),
        ],
    });
    wide::shown(rows.collect(), cut)
}

/// The days with their last one: `2026-01-05 – 01-11`.
pub(super) fn days(cohort: Option<&v1::DateRange>) -> String {
    let Some(cohort) = cohort else { return "-".to_owned() };
    let (Ok(first), Ok(end)) = (cohort.start_date.parse::<Date>(), cohort.end_date.parse::<Date>()) else {
        return format!("{} to before {}", cohort.start_date, cohort.end_date);
    };
    let last = end.yesterday().unwrap_or(end);
    if first == last {
        first.to_string()
    } else if first.year() == last.year() {
        format!("{first} – {}", last.strftime("%m-%d"))
    } else {
        format!("{first} – {last}")
    }
}

pub(super) fn start(cohort: Option<&v1::DateRange>) -> Option<Date> {
    cohort?.start_date.parse().ok()
}

pub(super) fn dimensions(key: &[v1::DimensionValue]) -> Vec<String> {
    key.iter().map(|part| word::<v1::Dimension>(part.dimension)).collect()
}

pub(super) fn key(key: &[v1::DimensionValue]) -> Vec<String> {
    key.iter().map(|part| or_dash(&part.value).to_owned()).collect()
}

pub(super) fn part(rate: Option<v1::Rate>) -> Part {
    let rate = rate.unwrap_or_default();
    Part {
        numerator: rate.numerator,
        denominator: rate.denominator,
        open: !rate.mature && rate.denominator > 0,
    }
}

/// `1/4 = 25.0 % (4.6–69.9)`, with a star while it may still change.
pub(super) fn rate(rate: Option<&v1::Rate>) -> String {
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

    fn cut() -> Cut {
        let days = v1::DateRange { start_date: "2026-01-01".into(), end_date: "2026-02-01".into() };
        Cut::new(&Output::new(false), days, None)
    }

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
        let shown = reversal(&answer, &cut());
        assert!(shown.contains("1/4 = 25.0 % (4.6–69.9)*"), "{shown}");
        assert!(shown.ends_with("this figure may still change"));
    }

    #[test]
    fn days_are_told_with_their_last_one() {
        let told = |from: &str, to: &str| {
            days(Some(&v1::DateRange { start_date: from.into(), end_date: to.into() }))
        };
        assert_eq!(told("2026-01-05", "2026-01-12"), "2026-01-05 – 01-11");
        assert_eq!(told("2026-01-05", "2026-01-06"), "2026-01-05");
        assert_eq!(told("2025-12-29", "2026-01-05"), "2025-12-29 – 2026-01-04");
    }

    #[test]
    fn a_cohort_without_members_says_so() {
        let answer = v1::GetReturnsResponse::default();
        assert_eq!(returns(&answer, &cut()), "No member in this cohort.");
    }
}
