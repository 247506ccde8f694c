//! Figures about remedies: kind by kind, what the learned order caused, and whether stars mattered.

use amends_proto::v1;

use super::figures::{self, Row};
use super::wide::beside;
use crate::amount::units;
use crate::codes::word;
use crate::output::table::{pairs, table, text};

pub(crate) fn performance(answer: &v1::GetRemedyPerformanceResponse, room: Option<usize>) -> String {
    let mut parts = kinds(answer, room);
    if answer.mature_cases + answer.immature_cases > 0 {
        parts.push(causes(answer));
        parts.extend(always(answer, room));
    }
    let open = answer.immature_cases;
    if open > 0 {
        parts
            .push(format!("{open} case(s) have an open window: `--include-immature` compares them as well."));
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        "Nothing was suggested or offered on these days.".to_owned()
    } else {
        parts.join("\n\n")
    }
}

fn kinds(answer: &v1::GetRemedyPerformanceResponse, room: Option<usize>) -> Vec<String> {
    if answer.kinds.is_empty() {
        return Vec::new();
    }
    let (unit, digits) = units(&answer.currency);
    let row = |row: &v1::RemedyKindPerformance| {
        let stopped = if row.stopped.is_some() { " (stopped)" } else { "" };
        let name = format!("{}{stopped}", word::<v1::RemedyKind>(row.kind));
        let values = vec![
            ("accepted", rate(row.acceptance.as_ref())),
            ("offered", row.offered.to_string()),
            ("fulfilled", row.fulfilled.to_string()),
            ("mean cost", row.cost_mean.map_or_else(dash, |mean| format!("{:.digits$}", mean * unit))),
            ("low scores", rate(row.low_scores.as_ref())),
            ("first", row.suggested_first.to_string()),
            ("declined", row.declined.to_string()),
            ("expired", row.expired.to_string()),
            ("failed", row.failed.to_string()),
        ];
        named(name, values)
    };
    let rows: Vec<Row> = answer.kinds.iter().map(row).collect();
    beside("kind", &rows, room)
}

pub(super) fn named(name: String, values: Vec<(&'static str, String)>) -> Row {
    Row { days: name, start: None, dimensions: Vec::new(), key: Vec::new(), values, rates: Vec::new() }
}

fn causes(answer: &v1::GetRemedyPerformanceResponse) -> String {
    let (naive, causal) = (answer.naive.unwrap_or_default(), answer.causal.unwrap_or_default());
    let counted = |group: Option<v1::CaseGroup>| rate(group.and_then(|group| group.counted).as_ref());
    let sizes = format!(
        "{} learned, {} fixed, {} left out",
        causal.treated_cases, causal.holdout_cases, causal.left_out_cases
    );
    let (unit, digits) = units(&answer.currency);
    let money = |one: Option<&v1::Estimate>| interval(one, unit, digits);
    text(&pairs(
        [
            ("counted, helped (naive)", counted(naive.helped)),
            ("counted, not helped (naive)", counted(naive.not_helped)),
            ("cost of not helping (naive)", money(naive.difference.as_ref())),
            ("cases compared", sizes),
            ("counted rate, fixed less learned", interval(causal.rate_difference.as_ref(), 100.0, 1)),
            ("returns avoided (causal)", interval(causal.avoided_causal.as_ref(), 1.0, 1)),
            ("saved per case (causal)", money(causal.saving_per_case.as_ref())),
            ("saved in all (causal)", money(causal.net_saving.as_ref())),
        ]
        .map(|(name, value)| (name.to_owned(), comfy_table::Cell::new(value))),
    ))
}

fn always(answer: &v1::GetRemedyPerformanceResponse, room: Option<usize>) -> Vec<String> {
    if answer.always.is_empty() {
        return Vec::new();
    }
    let (unit, digits) = units(&answer.currency);
    let row = |row: &v1::AlwaysFirst| {
        let values = vec![
            ("mean cost", interval(row.self_normalised.as_ref(), unit, digits)),
            ("as it was", interval(row.logged.as_ref(), unit, digits)),
            ("allowed", row.allowed_cases.to_string()),
            ("came first", row.first_cases.to_string()),
            ("worth", format!("{:.0}", row.effective_cases)),
        ];
        named(word::<v1::RemedyKind>(row.kind), values)
    };
    let rows: Vec<Row> = answer.always.iter().map(row).collect();
    beside("always first", &rows, room)
}

pub(crate) fn fairness(answer: &v1::GetRemedyFairnessResponse) -> String {
    let mut table = table(&["stars", "remedies", "share of paid", "above its like"]);
    for row in &answer.rows {
        table.add_row([
            row.star.map_or_else(|| "none".to_owned(), |star| star.to_string()),
            row.remedies.to_string(),
            row.granted_share.map_or_else(dash, |share| format!("{:.1} %", share * 100.0)),
            interval(row.excess.as_ref(), 100.0, 1),
        ]);
    }
    let said = match answer.verdict() {
        v1::FairnessVerdict::Flat => "flat: stars make no difference beyond chance",
        v1::FairnessVerdict::NotFlat => "NOT FLAT: stars make a difference",
        _ => "too few remedies to tell",
    };
    let (q, df, p) = (answer.q, answer.degrees_of_freedom, answer.p_value);
    format!("{}\n\n{said} (Q = {q:.2}, {df} degrees of freedom, p = {p:.3})", text(&table))
}

fn dash() -> String {
    "-".to_owned()
}

/// As the other figures tell a rate: `1/4 = 25.0 % (4.6–69.9)`.
pub(super) fn rate(rate: Option<&v1::RemedyRate>) -> String {
    rate.map_or_else(dash, |rate| {
        let v1::RemedyRate { numerator, denominator, value, lower, upper } = *rate;
        figures::rate(Some(&v1::Rate { numerator, denominator, value, lower, upper, mature: true }))
    })
}

pub(super) fn interval(estimate: Option<&v1::Estimate>, times: f64, digits: usize) -> String {
    let Some(v1::Estimate { value, lower, upper }) = estimate else { return dash() };
    let [value, lower, upper] = [value, lower, upper].map(|one| format!("{:.digits$}", one * times));
    format!("{value} ({lower} to {upper})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_in_a_sentence() {
        let told = performance(&v1::GetRemedyPerformanceResponse::default(), None);
        assert_eq!(told, "Nothing was suggested or offered on these days.");
    }

    #[test]
    fn a_verdict_is_a_word_with_its_numbers() {
        let answer = v1::GetRemedyFairnessResponse {
            rows: vec![v1::FairnessRow { star: None, remedies: 12, granted_share: Some(0.25), excess: None }],
            q: 1.5,
            degrees_of_freedom: 1,
            p_value: 0.221,
            verdict: v1::FairnessVerdict::Flat.into(),
            as_of_time: None,
        };
        let told = fairness(&answer);
        assert!(told.contains("flat: stars make no difference") && told.contains("25.0 %"), "{told}");
    }
}
