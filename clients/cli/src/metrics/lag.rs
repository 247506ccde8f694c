//! How long negative reviews take until they are reversed.

use amends_proto::v1;

use super::columns::{cohort, time};
use super::figures::{self, Cut, Row};
use super::sheet::{Line, Sheet};
use super::wide;

/// The days at which a curve is told.
const DAYS: [i32; 5] = [1, 7, 14, 30, 90];

pub(super) fn sheet(answer: &v1::GetTimeToReversalResponse, by: &[v1::Dimension]) -> Sheet {
    let line = |row: &v1::TimeToReversalRow| {
        let mut line = Line::default();
        cohort(&mut line, row.cohort.as_ref(), &row.key, by);
        curve(&mut line, "from_observation", row.from_observation.as_ref());
        curve(&mut line, "from_solution", row.from_solution.as_ref());
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::TimeToReversalRow::default()), answer.rows.iter().map(line))
}

fn curve(line: &mut Line, path: &str, curve: Option<&v1::ReversalCurve>) {
    line.put(format!("{path}.entered"), curve.map(|curve| curve.entered));
    line.put(format!("{path}.reversed"), curve.map(|curve| curve.reversed));
    line.put(format!("{path}.gone"), curve.map(|curve| curve.gone));
    line.put(format!("{path}.standing"), curve.map(|curve| curve.standing));
    line.put(format!("{path}.median_day"), curve.and_then(|curve| curve.median_day).map(i64::from));
    for day in DAYS {
        let point = curve.and_then(|curve| curve.points.iter().find(|point| point.day == day));
        let path = format!("{path}.day_{day}");
        line.put(format!("{path}.at_risk"), point.map(|point| point.at_risk));
        line.put(format!("{path}.reversed"), point.map(|point| point.reversed));
        line.put(format!("{path}.censored"), point.map(|point| point.censored));
        line.put(format!("{path}.value"), point.and_then(|point| point.value));
        line.put(format!("{path}.lower"), point.and_then(|point| point.lower));
        line.put(format!("{path}.upper"), point.and_then(|point| point.upper));
        line.put(format!("{path}.mature"), point.map(|point| point.mature));
    }
}

pub(super) fn shown(answer: &v1::GetTimeToReversalResponse, cut: &Cut) -> String {
    let rows = answer.rows.iter().map(|row| {
        let (seen, solved) = (row.from_observation.as_ref(), row.from_solution.as_ref());
        Row {
            days: figures::days(row.cohort.as_ref()),
            start: figures::start(row.cohort.as_ref()),
            dimensions: figures::dimensions(&row.key),
            key: figures::key(&row.key),
            values: vec![
                ("reviews", who(seen)),
                ("day 7", point(seen, 7)),
                ("day 30", point(seen, 30)),
                ("day 90", point(seen, 90)),
                ("half by", median(seen)),
                ("solved", who(solved)),
                ("7 after", point(solved, 7)),
                ("30 after", point(solved, 30)),
                ("90 after", point(solved, 90)),
                ("day 1", point(seen, 1)),
                ("day 14", point(seen, 14)),
                ("1 after", point(solved, 1)),
                ("14 after", point(solved, 14)),
                ("half after", median(solved)),
            ],
            rates: Vec::new(),
        }
    });
    wide::shown(rows.collect(), cut)
}

/// `40: 15 reversed, 3 gone`.
fn who(curve: Option<&v1::ReversalCurve>) -> String {
    curve.map_or("-".to_owned(), |curve| match curve.gone {
        0 => format!("{}: {} reversed", curve.entered, curve.reversed),
        gone => format!("{}: {} reversed, {gone} gone", curve.entered, curve.reversed),
    })
}

/// `22.7 % (12.5–39.2) of 28`, with a star while it may still change.
fn point(curve: Option<&v1::ReversalCurve>, day: i32) -> String {
    let point = curve.and_then(|curve| curve.points.iter().find(|point| point.day == day));
    let Some((point, (value, (lower, upper)))) =
        point.and_then(|point| Some((point, (point.value?, (point.lower?, point.upper?)))))
    else {
        return "-".to_owned();
    };
    let [value, lower, upper] = [value, lower, upper].map(|share| share * 100.0);
    let star = if point.mature { "" } else { "*" };
    format!("{value:.1} % ({lower:.1}–{upper:.1}) of {}{star}", point.at_risk)
}

fn median(curve: Option<&v1::ReversalCurve>) -> String {
    curve.and_then(|curve| curve.median_day).map_or("-".to_owned(), |day| format!("day {day}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use crate::output::Output;

    fn answer() -> v1::GetTimeToReversalResponse {
        let points = DAYS.iter().map(|day| v1::ReversalPoint {
            day: *day,
            at_risk: 28,
            reversed: 9,
            censored: 3,
            value: (*day < 90).then_some(0.2273),
            lower: (*day < 90).then_some(0.1253),
            upper: (*day < 90).then_some(0.3915),
            mature: *day < 30,
        });
        let curve = v1::ReversalCurve {
            entered: 40,
            reversed: 15,
            gone: 3,
            standing: 22,
            points: points.collect(),
            median_day: None,
        };
        let row = v1::TimeToReversalRow { from_observation: Some(curve), ..Default::default() };
        v1::GetTimeToReversalResponse { rows: vec![row], as_of_time: None }
    }

    #[test]
    fn a_curve_is_told_with_who_is_left_and_whether_it_may_change() {
        let days = v1::DateRange { start_date: "2026-01-01".into(), end_date: "2026-02-01".into() };
        let told = shown(&answer(), &Cut::new(&Output::new(false), days, None));
        assert!(told.contains("40: 15 reversed, 3 gone"), "{told}");
        assert!(told.contains("22.7 % (12.5–39.1) of 28*"), "{told}");
        assert!(told.contains("day 7") && told.contains("22.7 % (12.5–39.1) of 28\n"), "{told}");
    }

    #[test]
    fn curves_of_several_months_stand_side_by_side_without_a_line_over_time() {
        let days = v1::DateRange { start_date: "2026-01-01".into(), end_date: "2026-03-01".into() };
        let cut = Cut::new(&Output::new(false), days, Some(v1::TimeBucket::Month));
        let mut answer = answer();
        answer.rows.push(answer.rows.first().cloned().unwrap());
        let told = shown(&answer, &cut);
        assert!(told.contains("HALF BY") && !told.contains("Over time"), "{told}");
    }

    #[test]
    fn a_sheet_has_a_column_for_every_day() {
        let csv = sheet(&answer(), &[]).csv().unwrap();
        assert!(csv.contains("from_solution.day_90.upper") && csv.contains("from_observation.day_7.at_risk"));
        assert_eq!(csv.lines().count(), 2);
    }
}
