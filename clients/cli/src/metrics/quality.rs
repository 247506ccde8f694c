//! Figures of how work was judged.

use amends_proto::v1;

use super::columns::{cohort, rate as rate_columns, time};
use super::figures::{Cut, Row, days, part, rate, start};
use super::sheet::{Line, Sheet};
use super::wide;
use crate::output::Output;

pub(crate) fn shown(
    output: &Output,
    answer: &v1::GetQualityScoresResponse,
    asked: v1::DateRange,
    bucket: Option<v1::TimeBucket>,
) -> String {
    let cut = Cut::new(output, asked, bucket);
    let rows = answer.rows.iter().map(|row| Row {
        days: days(row.days.as_ref()),
        start: start(row.days.as_ref()),
        dimensions: vec!["agent".to_owned()],
        key: vec![if row.agent.is_empty() { "(all)".to_owned() } else { row.agent.clone() }],
        values: vec![
            ("mean score", mean(row)),
            ("scores", row.score_count.to_string()),
            ("sampled", rate(row.sampled.as_ref())),
            ("reviewed", rate(row.reviewed.as_ref())),
            ("disputed", rate(row.disputed.as_ref())),
            ("upheld", rate(row.upheld.as_ref())),
            ("undecided", row.undecided.to_string()),
        ],
        rates: vec![("reviewed", part(row.reviewed))],
    });
    wide::shown(rows.collect(), &cut)
}

/// `83.3 (70.1–96.5)`.
fn mean(row: &v1::QualityScores) -> String {
    match (row.mean_score, row.mean_score_lower, row.mean_score_upper) {
        (Some(mean), Some(lower), Some(upper)) => format!("{mean:.1} ({lower:.1}–{upper:.1})"),
        (Some(mean), ..) => format!("{mean:.1}"),
        _ => "-".to_owned(),
    }
}

pub(crate) fn sheet(answer: &v1::GetQualityScoresResponse) -> Sheet {
    let line = |row: &v1::QualityScores| {
        let mut line = Line::default();
        cohort(&mut line, row.days.as_ref(), &[], &[]);
        line.put("agent", row.agent.clone());
        line.put("score_count", row.score_count);
        line.put("mean_score.value", row.mean_score);
        line.put("mean_score.lower", row.mean_score_lower);
        line.put("mean_score.upper", row.mean_score_upper);
        rate_columns(&mut line, "sampled", row.sampled);
        rate_columns(&mut line, "reviewed", row.reviewed);
        rate_columns(&mut line, "disputed", row.disputed);
        line.put("undecided", row.undecided);
        rate_columns(&mut line, "upheld", row.upheld);
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::QualityScores::default()), answer.rows.iter().map(line))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_mean_is_told_with_its_interval_if_it_has_one() {
        let one = v1::QualityScores {
            mean_score: Some(83.333),
            mean_score_lower: Some(70.1),
            mean_score_upper: Some(96.5),
            ..Default::default()
        };
        assert_eq!(mean(&one), "83.3 (70.1–96.5)");
        assert_eq!(mean(&v1::QualityScores { mean_score_lower: None, ..one.clone() }), "83.3");
        let answer = v1::GetQualityScoresResponse { rows: vec![one], as_of_time: None };
        assert_eq!(sheet(&answer).csv().unwrap().lines().count(), 2);
    }
}
