//! Figures of response and handling: waiting times, promises, and what buyers said.

use amends_proto::v1;

use super::columns::{cohort, rate as rate_columns, time};
use super::figures::{Cut, Row, days, dimensions, key, part, rate, start};
use super::sheet::{Line, Sheet};
use super::wide;
use crate::case::seconds;
use crate::codes::{name, word};

/// What is waited for, in the order in which it is told.
type Wait = (&'static str, fn(&v1::HandlingRow) -> Option<&v1::WaitingTime>);

const WAITS: [Wait; 4] = [
    ("first_response", |row| row.first_response.as_ref()),
    ("next_response", |row| row.next_response.as_ref()),
    ("agreement", |row| row.agreement.as_ref()),
    ("resolution", |row| row.resolution.as_ref()),
];

pub(super) fn handling(answer: &v1::GetHandlingResponse, cut: &Cut) -> String {
    let rows = answer.rows.iter().map(|row| {
        let cases = row.cases.unwrap_or_default();
        let mut values = vec![
            ("opened", cases.opened.to_string()),
            ("first response", waited(row.first_response.as_ref())),
            ("resolution", waited(row.resolution.as_ref())),
            ("reopened", rate(row.reopen_rate.as_ref())),
            ("one touch", rate(row.one_touch_rate.as_ref())),
            ("next response", waited(row.next_response.as_ref())),
            ("agreement", waited(row.agreement.as_ref())),
        ];
        values.extend([
            ("first response in hours of work", worked(row.first_response.as_ref())),
            ("next response in hours of work", worked(row.next_response.as_ref())),
            ("agreement in hours of work", worked(row.agreement.as_ref())),
            ("resolution in hours of work", worked(row.resolution.as_ref())),
            ("open", cases.open.to_string()),
            ("solved", cases.solved.to_string()),
            ("closed", cases.closed.to_string()),
            ("merged", cases.merged.to_string()),
            ("cancelled", cases.cancelled.to_string()),
        ]);
        Row {
            days: days(row.cohort.as_ref()),
            start: start(row.cohort.as_ref()),
            dimensions: dimensions(&row.key),
            key: key(&row.key),
            values,
            rates: vec![("one touch", part(row.one_touch_rate)), ("reopened", part(row.reopen_rate))],
        }
    });
    with_note(
        wide::shown(rows.collect(), cut),
        "Times are median / 90 % within, of how many; `+2` are still waited for.",
    )
}

/// `2h 5m / 1d 3h of 41 +2`, with a star while it may still change.
fn waited(wait: Option<&v1::WaitingTime>) -> String {
    let Some(wait) = wait else { return "-".to_owned() };
    let waiting = if wait.waiting > 0 { format!(" +{}", wait.waiting) } else { String::new() };
    if wait.count == 0 {
        return format!("-{waiting}");
    }
    let star = if wait.mature { "" } else { "*" };
    format!("{} of {}{waiting}{star}", spread(wait.calendar.as_ref()), wait.count)
}

fn worked(wait: Option<&v1::WaitingTime>) -> String {
    wait.filter(|wait| wait.count > 0).map_or("-".to_owned(), |wait| spread(wait.business.as_ref()))
}

fn spread(spread: Option<&v1::TimeSpread>) -> String {
    let of = |quantile: Option<&v1::TimeQuantile>| {
        quantile.and_then(|one| one.value).map_or("-".to_owned(), |value| seconds(value.seconds))
    };
    format!(
        "{} / {}",
        of(spread.and_then(|one| one.median.as_ref())),
        of(spread.and_then(|one| one.p90.as_ref()))
    )
}

fn with_note(shown: String, note: &str) -> String {
    if shown.contains(" of ") { format!("{shown}\n\n{note}") } else { shown }
}

pub(super) fn sla(answer: &v1::GetSlaAttainmentResponse, cut: &Cut) -> String {
    let rows = answer.rows.iter().flat_map(|row| row.clocks.iter().map(move |clock| (row, clock)));
    let rows = rows.map(|(row, clock)| {
        let mut values = key(&row.key);
        values.insert(0, word::<v1::SlaMetric>(clock.metric));
        let mut names = dimensions(&row.key);
        names.insert(0, "clock".to_owned());
        Row {
            days: days(row.cohort.as_ref()),
            start: start(row.cohort.as_ref()),
            dimensions: names,
            key: values,
            values: vec![
                ("kept", rate(clock.attainment.as_ref())),
                ("missed", clock.missed.to_string()),
                ("running", clock.running.to_string()),
                ("withdrawn", clock.withdrawn.to_string()),
                ("paused", clock.paused.map_or("-".to_owned(), |paused| seconds(paused.seconds))),
            ],
            rates: vec![("kept", part(clock.attainment))],
        }
    });
    let rows: Vec<Row> = rows.collect();
    if rows.is_empty() { "No promise began in this cohort.".to_owned() } else { wide::shown(rows, cut) }
}

pub(super) fn satisfaction(answer: &v1::GetSatisfactionResponse, cut: &Cut) -> String {
    let rows = answer.rows.iter().map(|row| {
        let said = row.nps.unwrap_or_default();
        let scores: Vec<String> = row.csat_scores.iter().map(ToString::to_string).collect();
        Row {
            days: days(row.cohort.as_ref()),
            start: start(row.cohort.as_ref()),
            dimensions: dimensions(&row.key),
            key: key(&row.key),
            values: vec![
                ("satisfied", rate(row.csat.as_ref())),
                ("nps", nps(&said)),
                ("judged", rate(row.response_rate.as_ref())),
                ("scores 1 to 5", scores.join(" ")),
                ("promoters", said.promoters.to_string()),
                ("passives", said.passives.to_string()),
                ("detractors", said.detractors.to_string()),
            ],
            rates: vec![("satisfied", part(row.csat)), ("judged", part(row.response_rate))],
        }
    });
    wide::shown(rows.collect(), cut)
}

/// `+0.30 (-0.20–+0.68) of 10`, with a star while it may still change.
fn nps(nps: &v1::NpsScore) -> String {
    let answers = nps.promoters + nps.passives + nps.detractors;
    let (Some(value), Some(lower), Some(upper)) = (nps.value, nps.lower, nps.upper) else {
        return "-".to_owned();
    };
    let star = if nps.mature { "" } else { "*" };
    format!("{value:+.2} ({lower:+.2} to {upper:+.2}) of {answers}{star}")
}

pub(super) fn handling_sheet(answer: &v1::GetHandlingResponse, by: &[v1::Dimension]) -> Sheet {
    let line = |row: &v1::HandlingRow| {
        let mut line = Line::default();
        cohort(&mut line, row.cohort.as_ref(), &row.key, by);
        let cases = row.cases.unwrap_or_default();
        line.put("cases.opened", cases.opened);
        line.put("cases.open", cases.open);
        line.put("cases.solved", cases.solved);
        line.put("cases.closed", cases.closed);
        line.put("cases.merged", cases.merged);
        line.put("cases.cancelled", cases.cancelled);
        for (path, wait) in WAITS {
            waiting(&mut line, path, wait(row));
        }
        rate_columns(&mut line, "reopen_rate", row.reopen_rate);
        rate_columns(&mut line, "one_touch_rate", row.one_touch_rate);
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::HandlingRow::default()), answer.rows.iter().map(line))
}

fn waiting(line: &mut Line, path: &str, wait: Option<&v1::WaitingTime>) {
    line.put(format!("{path}.count"), wait.map(|wait| wait.count));
    line.put(format!("{path}.waiting"), wait.map(|wait| wait.waiting));
    line.put(format!("{path}.without"), wait.map(|wait| wait.without));
    let clocks = [
        ("calendar", wait.and_then(|wait| wait.calendar)),
        ("business", wait.and_then(|wait| wait.business)),
    ];
    for (clock, spread) in clocks {
        let quantiles =
            [("median", spread.and_then(|one| one.median)), ("p90", spread.and_then(|one| one.p90))];
        for (name, quantile) in quantiles {
            let path = format!("{path}.{clock}.{name}");
            line.put(format!("{path}.value"), quantile.and_then(|one| one.value).map(in_seconds));
            line.put(format!("{path}.lower"), quantile.and_then(|one| one.lower).map(in_seconds));
            line.put(format!("{path}.upper"), quantile.and_then(|one| one.upper).map(in_seconds));
        }
    }
    line.put(format!("{path}.mature"), wait.map(|wait| wait.mature));
}

/// In seconds; lengths of time come in whole milliseconds.
#[expect(clippy::cast_precision_loss, reason = "seconds of a year are exact")]
fn in_seconds(duration: prost_types::Duration) -> f64 {
    duration.seconds as f64 + f64::from(duration.nanos) / 1e9
}

pub(super) fn sla_sheet(answer: &v1::GetSlaAttainmentResponse, by: &[v1::Dimension]) -> Sheet {
    let line = |row: &v1::SlaAttainmentRow, clock: &v1::ClockAttainment| {
        let mut line = Line::default();
        cohort(&mut line, row.cohort.as_ref(), &row.key, by);
        line.put("metric", name::<v1::SlaMetric>(clock.metric).map(str::to_owned));
        rate_columns(&mut line, "attainment", clock.attainment);
        line.put("met", clock.met);
        line.put("missed", clock.missed);
        line.put("running", clock.running);
        line.put("withdrawn", clock.withdrawn);
        line.put("paused", clock.paused.map(in_seconds));
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    let empty = line(&v1::SlaAttainmentRow::default(), &v1::ClockAttainment::default());
    let lines = answer.rows.iter().flat_map(|row| row.clocks.iter().map(move |clock| line(row, clock)));
    Sheet::new(empty, lines)
}

pub(super) fn satisfaction_sheet(answer: &v1::GetSatisfactionResponse, by: &[v1::Dimension]) -> Sheet {
    let line = |row: &v1::SatisfactionRow| {
        let mut line = Line::default();
        cohort(&mut line, row.cohort.as_ref(), &row.key, by);
        rate_columns(&mut line, "csat", row.csat);
        for score in 1..=5_usize {
            line.put(format!("csat_scores.{score}"), row.csat_scores.get(score - 1).copied());
        }
        let said = row.nps.unwrap_or_default();
        line.put("nps.promoters", said.promoters);
        line.put("nps.passives", said.passives);
        line.put("nps.detractors", said.detractors);
        line.put("nps.value", said.value);
        line.put("nps.lower", said.lower);
        line.put("nps.upper", said.upper);
        line.put("nps.mature", said.mature);
        rate_columns(&mut line, "response_rate", row.response_rate);
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::SatisfactionRow::default()), answer.rows.iter().map(line))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn quantile(seconds: i64) -> Option<v1::TimeQuantile> {
        let value = Some(prost_types::Duration { seconds, nanos: 500_000_000 });
        Some(v1::TimeQuantile { value, lower: None, upper: None })
    }

    #[test]
    fn a_wait_is_told_with_what_is_still_waited_for() {
        let calendar = Some(v1::TimeSpread { median: quantile(7_500), p90: quantile(97_200) });
        let wait = v1::WaitingTime { count: 41, waiting: 2, calendar, ..Default::default() };
        assert_eq!(waited(Some(&wait)), "2h 5m / 1d 3h of 41 +2*");
        assert_eq!(waited(Some(&v1::WaitingTime { waiting: 3, ..Default::default() })), "- +3");
        assert_eq!(waited(None), "-");
    }

    #[test]
    fn every_sheet_has_as_many_values_as_headings() {
        let calendar = Some(v1::TimeSpread { median: quantile(7), p90: None });
        let wait = Some(v1::WaitingTime { calendar, ..Default::default() });
        let handled = v1::GetHandlingResponse {
            rows: vec![v1::HandlingRow { first_response: wait, ..Default::default() }],
            as_of_time: None,
        };
        let clocks = vec![v1::ClockAttainment { metric: 1, ..Default::default() }];
        let kept = v1::GetSlaAttainmentResponse {
            rows: vec![v1::SlaAttainmentRow { clocks, ..Default::default() }],
            as_of_time: None,
        };
        let said = v1::GetSatisfactionResponse {
            rows: vec![v1::SatisfactionRow { csat_scores: vec![1, 2, 3, 4, 5], ..Default::default() }],
            as_of_time: None,
        };
        // The writer refuses rows of another length.
        let sheets = [handling_sheet(&handled, &[]), sla_sheet(&kept, &[]), satisfaction_sheet(&said, &[])];
        let texts = sheets.map(|sheet| sheet.csv().unwrap());
        assert!(texts.iter().all(|text| text.lines().count() == 2), "{texts:?}");
        assert!(texts.first().unwrap().contains(",7.5,"), "{texts:?}");
        let told = texts.get(1).unwrap();
        let line = told.lines().nth(1).unwrap();
        assert!(line.split(',').any(|cell| cell == "SLA_METRIC_FIRST_RESPONSE"), "{told}");
    }

    #[test]
    fn a_score_is_told_with_its_interval() {
        let said = v1::NpsScore {
            promoters: 5,
            passives: 3,
            detractors: 2,
            value: Some(0.3),
            lower: Some(-0.2),
            upper: Some(0.68),
            mature: true,
        };
        assert_eq!(nps(&said), "+0.30 (-0.20 to +0.68) of 10");
        assert_eq!(nps(&v1::NpsScore::default()), "-");
    }
}
