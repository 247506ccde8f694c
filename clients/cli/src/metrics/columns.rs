//! Answers as sheets: a column for every field, named as the contract names it.

use amends_proto::v1;

use super::sheet::{Line, Sheet, Value};
use crate::codes::{Code, name};
use crate::when::timestamp;

macro_rules! put {
    ($line:ident, $($path:literal => $from:expr, $($field:ident)*;)+) => {$(
        $($line.put(concat!($path, stringify!($field)), $from.$field);)*
    )+};
}

pub(super) fn reversal(answer: &v1::GetReviewReversalResponse, by: &[v1::Dimension]) -> Sheet {
    let line = |row: &v1::ReviewReversalRow| {
        let mut line = Line::default();
        cohort(&mut line, row.cohort.as_ref(), &row.key, by);
        let funnel = row.funnel.unwrap_or_default();
        put! { line,
            "funnel." => funnel, negative eligible contacted solved asked reversed recovered improved text_only
                worsened follow_up_added removed_by_buyer removed_by_platform vanished re_reversed unchanged;
        }
        rate(&mut line, "reversal_rate_all", row.reversal_rate_all);
        rate(&mut line, "reversal_rate_eligible", row.reversal_rate_eligible);
        rate(&mut line, "reversal_rate_contacted", row.reversal_rate_contacted);
        rate(&mut line, "reversal_rate_solved", row.reversal_rate_solved);
        rate(&mut line, "reversal_rate_asked", row.reversal_rate_asked);
        rate(&mut line, "natural_rate", row.natural_rate);
        rate(&mut line, "backslide_rate", row.backslide_rate);
        let mean = row.net_stars_recovered.unwrap_or_default();
        put! { line, "net_stars_recovered." => mean, sum count value mature; }
        estimate(&mut line, "uplift", row.uplift);
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::ReviewReversalRow::default()), answer.rows.iter().map(line))
}

pub(super) fn returns(answer: &v1::GetReturnsResponse, by: &[v1::Dimension]) -> Sheet {
    let line = |row: &v1::ReturnsRow| {
        let mut line = Line::default();
        cohort(&mut line, row.cohort.as_ref(), &row.key, by);
        rate(&mut line, "return_rate_units", row.return_rate_units);
        rate(&mut line, "return_rate_orders", row.return_rate_orders);
        rate(&mut line, "requested_rate", row.requested_rate);
        rate(&mut line, "intent_rate", row.intent_rate);
        rate(&mut line, "rescue_rate", row.rescue_rate);
        let intent_only = row.avoided_intent_only.unwrap_or_default();
        let withdrawn = row.avoided_withdrawn.unwrap_or_default();
        let avoided = row.avoided.unwrap_or_default();
        put! { line,
            "avoided_intent_only." => intent_only, provisional confirmed failed;
            "avoided_withdrawn." => withdrawn, provisional confirmed failed;
            "avoided." => avoided, provisional confirmed failed;
        }
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::ReturnsRow::default()), answer.rows.iter().map(line))
}

pub(super) fn kinds(answer: &v1::GetRemedyPerformanceResponse) -> Sheet {
    let line = |row: &v1::RemedyKindPerformance| {
        let mut line = Line::default();
        line.put("kind", named::<v1::RemedyKind>(row.kind));
        put! { line, "" => row, suggested_first offered; }
        remedy_rate(&mut line, "acceptance", row.acceptance);
        put! { line, "" => row, declined expired fulfilled failed cost_total cost_mean; }
        remedy_rate(&mut line, "low_scores", row.low_scores);
        line.put("stopped.low", row.stopped.map(|stop| stop.low));
        line.put("stopped.scored", row.stopped.map(|stop| stop.scored));
        line.put("stopped.others_low", row.stopped.map(|stop| stop.others_low));
        line.put("stopped.others_scored", row.stopped.map(|stop| stop.others_scored));
        ends(&mut line, answer);
        line
    };
    Sheet::new(line(&v1::RemedyKindPerformance::default()), answer.kinds.iter().map(line))
}

pub(super) fn comparison(answer: &v1::GetRemedyPerformanceResponse) -> Sheet {
    let mut line = Line::default();
    let naive = answer.naive.unwrap_or_default();
    for (path, group) in [("naive.helped", naive.helped), ("naive.not_helped", naive.not_helped)] {
        let group = group.unwrap_or_default();
        remedy_rate(&mut line, &format!("{path}.counted"), group.counted);
        estimate(&mut line, &format!("{path}.cost"), group.cost);
    }
    estimate(&mut line, "naive.difference", naive.difference);
    let causal = answer.causal.unwrap_or_default();
    put! { line, "causal." => causal, holdout_cases treated_cases left_out_cases; }
    estimate(&mut line, "causal.rate_difference", causal.rate_difference);
    estimate(&mut line, "causal.avoided_causal", causal.avoided_causal);
    estimate(&mut line, "causal.saving_per_case", causal.saving_per_case);
    estimate(&mut line, "causal.net_saving", causal.net_saving);
    put! { line, "" => answer, mature_cases immature_cases; }
    ends(&mut line, answer);
    Sheet::new(line.clone(), [line])
}

pub(super) fn always(answer: &v1::GetRemedyPerformanceResponse) -> Sheet {
    let line = |row: &v1::AlwaysFirst| {
        let mut line = Line::default();
        line.put("kind", named::<v1::RemedyKind>(row.kind));
        put! { line, "" => row, allowed_cases first_cases effective_cases; }
        estimate(&mut line, "inverse_propensity", row.inverse_propensity);
        estimate(&mut line, "self_normalised", row.self_normalised);
        estimate(&mut line, "logged", row.logged);
        ends(&mut line, answer);
        line
    };
    Sheet::new(line(&v1::AlwaysFirst::default()), answer.always.iter().map(line))
}

pub(super) fn fairness(answer: &v1::GetRemedyFairnessResponse) -> Sheet {
    let line = |row: &v1::FairnessRow| {
        let mut line = Line::default();
        put! { line, "" => row, star remedies granted_share; }
        estimate(&mut line, "excess", row.excess);
        put! { line, "" => answer, q degrees_of_freedom p_value; }
        line.put("verdict", named::<v1::FairnessVerdict>(answer.verdict));
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::FairnessRow::default()), answer.rows.iter().map(line))
}

pub(super) fn cohort(
    line: &mut Line,
    days: Option<&v1::DateRange>,
    key: &[v1::DimensionValue],
    by: &[v1::Dimension],
) {
    line.put("cohort.start_date", days.map(|days| days.start_date.clone()));
    line.put("cohort.end_date", days.map(|days| days.end_date.clone()));
    for dimension in by {
        let name = dimension.as_str_name().trim_start_matches("DIMENSION_").to_ascii_lowercase();
        let value = key.iter().find(|part| part.dimension() == *dimension);
        line.put(format!("key.{name}"), value.map(|part| part.value.clone()));
    }
}

pub(super) fn rate(line: &mut Line, path: &str, rate: Option<v1::Rate>) {
    line.put(format!("{path}.numerator"), rate.map(|rate| rate.numerator));
    line.put(format!("{path}.denominator"), rate.map(|rate| rate.denominator));
    line.put(format!("{path}.value"), rate.and_then(|rate| rate.value));
    line.put(format!("{path}.lower"), rate.and_then(|rate| rate.lower));
    line.put(format!("{path}.upper"), rate.and_then(|rate| rate.upper));
    line.put(format!("{path}.mature"), rate.map(|rate| rate.mature));
}

pub(super) fn remedy_rate(line: &mut Line, path: &str, rate: Option<v1::RemedyRate>) {
    line.put(format!("{path}.numerator"), rate.map(|rate| rate.numerator));
    line.put(format!("{path}.denominator"), rate.map(|rate| rate.denominator));
    line.put(format!("{path}.value"), rate.and_then(|rate| rate.value));
    line.put(format!("{path}.lower"), rate.and_then(|rate| rate.lower));
    line.put(format!("{path}.upper"), rate.and_then(|rate| rate.upper));
}

pub(super) fn estimate(line: &mut Line, path: &str, estimate: Option<v1::Estimate>) {
    line.put(format!("{path}.value"), estimate.map(|estimate| estimate.value));
    line.put(format!("{path}.lower"), estimate.map(|estimate| estimate.lower));
    line.put(format!("{path}.upper"), estimate.map(|estimate| estimate.upper));
}

fn ends(line: &mut Line, answer: &v1::GetRemedyPerformanceResponse) {
    line.put("currency", answer.currency.clone());
    line.put("as_of_time", time(answer.as_of_time));
}

/// The name of the contract, or the number that a newer server sent.
pub(super) fn named<C: Code>(value: i32) -> Value {
    name::<C>(value).map_or(Value::Whole(value.into()), |name| Value::Text(name.to_owned()))
}

pub(super) fn time(time: Option<prost_types::Timestamp>) -> Option<String> {
    time.as_ref().and_then(timestamp).map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_column_is_named_as_its_field() {
        let csv =
            reversal(&v1::GetReviewReversalResponse::default(), &[v1::Dimension::RemedyKind]).csv().unwrap();
        let headings: Vec<_> = csv.trim_end().split(',').collect();
        for name in ["cohort.start_date", "key.remedy_kind", "funnel.re_reversed", "reversal_rate_all.lower"]
        {
            assert!(headings.contains(&name), "{name}: {csv}");
        }
        assert_eq!(csv.lines().count(), 1, "no row, and still headings");
    }

    #[test]
    fn a_value_of_anybody_is_no_formula() {
        let key =
            vec![v1::DimensionValue { dimension: v1::Dimension::Sku.into(), value: "=HYPERLINK()".into() }];
        let answer = v1::GetReturnsResponse {
            rows: vec![v1::ReturnsRow { key, ..Default::default() }],
            as_of_time: None,
        };
        let csv = returns(&answer, &[v1::Dimension::Sku]).csv().unwrap();
        assert!(csv.contains(",'=HYPERLINK(),"), "{csv}");
    }

    #[test]
    fn every_sheet_has_as_many_values_as_headings() {
        let answer = v1::GetRemedyPerformanceResponse {
            kinds: vec![v1::RemedyKindPerformance {
                stopped: Some(v1::RemedyStop::default()),
                ..Default::default()
            }],
            always: vec![v1::AlwaysFirst { logged: Some(v1::Estimate::default()), ..Default::default() }],
            ..Default::default()
        };
        let stars = v1::GetRemedyFairnessResponse {
            rows: vec![v1::FairnessRow { star: Some(2), ..Default::default() }],
            ..Default::default()
        };
        // The writer refuses rows of another length.
        for sheet in [kinds(&answer), comparison(&answer), always(&answer), fairness(&stars)] {
            assert_eq!(sheet.csv().unwrap().lines().count(), 2);
        }
    }
}
