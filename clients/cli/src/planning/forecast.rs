//! `amends forecast`

use amends_proto::v1;
use jiff::civil::Date;

use crate::{
    codes::{code, word},
    connection::Session,
    output::table::{table, text},
    when::parse_day,
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends forecast
  amends forecast --days 90 --kind return
  amends forecast --gap 2026-02-03 --gap 2026-02-04 --history --json

The first day is today, of which the whole is expected. A gap is a day of which the log
knows too little; a day without a case is a zero.";

/// How far, and of which cases.
#[derive(clap::Args)]
pub struct Args {
    /// How many days from today on, 1–90
    #[arg(long, value_name = "DAYS", default_value_t = 28)]
    days: i32,
    /// Only cases opened for this; may be repeated
    #[arg(long = "kind", value_name = "KIND", value_parser = code::<v1::CaseKind>())]
    kinds: Vec<v1::CaseKind>,
    /// A day of which the log knows too little; may be repeated
    #[arg(long = "gap", value_name = "DAY", value_parser = parse_day)]
    gaps: Vec<Date>,
    /// Show the days it is made from as well
    #[arg(long)]
    history: bool,
}

impl Args {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let request = v1::ForecastVolumeRequest {
            parent: session.shop().await?,
            horizon_days: Some(self.days),
            kinds: self.kinds.iter().map(|kind| (*kind).into()).collect(),
            gap_dates: self.gaps.iter().map(ToString::to_string).collect(),
            include_history: self.history,
        };
        let answer = session.client.call(request).await?;
        session.output.one(&answer, || shown(&answer))
    }
}

fn shown(answer: &v1::ForecastVolumeResponse) -> String {
    let mut parts = Vec::new();
    if !answer.history.is_empty() {
        let mut history = table(&["day", "opened"]);
        for day in &answer.history {
            history.add_row([&day.date, &day.opened.to_string()]);
        }
        parts.push(text(&history));
    }
    if !answer.days.is_empty() {
        let mut days = table(&["day", "expected", "80 %", "95 %", "last years' peak"]);
        for day in &answer.days {
            days.add_row([
                day.date.clone(),
                format!("{:.1}", day.expected),
                format!("{}–{}", day.lower_80, day.upper_80),
                format!("{}–{}", day.lower_95, day.upper_95),
                day.peak_factor.map_or("-".to_owned(), |factor| format!("× {factor:.2}")),
            ]);
        }
        parts.push(text(&days));
    }
    parts.push(how(answer.method.as_ref()));
    if answer.opened_today > 0 {
        parts.push(format!("{} cases were opened today so far.", answer.opened_today));
    }
    parts.join("\n\n")
}

/// How a forecast was made, in a sentence.
pub(crate) fn how(method: Option<&v1::VolumeMethod>) -> String {
    let Some(method) = method else { return String::new() };
    let (first, known) = (&method.first_date, method.known_days);
    match method.kind() {
        v1::VolumeMethodKind::NothingKnown => {
            "Nothing can be expected yet: no day before today is known.".to_owned()
        }
        v1::VolumeMethodKind::PlainMean => {
            format!("A guess: the plain mean of {known} known days since {first}; from 14 on it gets better.")
        }
        v1::VolumeMethodKind::Weekly => {
            format!("From {known} known days since {first}: level, weekdays and last years' peaks.")
        }
        v1::VolumeMethodKind::Unspecified => word::<v1::VolumeMethodKind>(method.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forecast_of_nothing_says_so() {
        let method =
            v1::VolumeMethod { kind: v1::VolumeMethodKind::NothingKnown.into(), ..Default::default() };
        let answer = v1::ForecastVolumeResponse { method: Some(method), ..Default::default() };
        assert_eq!(shown(&answer), "Nothing can be expected yet: no day before today is known.");
    }

    #[test]
    fn a_day_has_its_intervals() {
        let day = v1::VolumeDay {
            date: "2026-03-10".to_owned(),
            expected: 4.25,
            lower_80: 2,
            upper_80: 7,
            lower_95: 1,
            upper_95: 9,
            peak_factor: Some(2.5),
        };
        let answer = v1::ForecastVolumeResponse { days: vec![day], ..Default::default() };
        let shown = shown(&answer);
        assert!(shown.contains("4.2") && shown.contains("2–7") && shown.contains("× 2.50"), "{shown}");
    }
}
