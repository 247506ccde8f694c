//! What agents did with their time: `amends metrics agents`.

use amends_proto::v1;
use clap::Args;

use super::columns::{cohort, rate as rate_columns, time};
use super::days::Days;
use super::figures::{Cut, Row, days, part, rate, start};
use super::form::Form;
use super::sheet::{Line, Sheet};
use super::wide;
use crate::case::seconds;
use crate::codes::code;
use crate::connection::Session;

/// Whose time.
#[derive(Args)]
pub struct Agents {
    #[command(flatten)]
    days: Days,
    /// All shops you may read, the time of each agent in them taken together
    #[arg(long)]
    all_shops: bool,
    /// How time is cut
    #[arg(long, value_parser = code::<v1::TimeBucket>())]
    bucket: Option<v1::TimeBucket>,
    /// Whose days, for example Europe/Berlin; without, those of the shop
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Only this agent; may be repeated
    #[arg(long = "agent", value_name = "AGENT")]
    agents: Vec<String>,
    #[command(flatten)]
    form: Form,
}

impl Agents {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let asked = self.days.range(session).await?;
        let request = v1::GetAgentPerformanceRequest {
            parent: if self.all_shops { "shops/-".to_owned() } else { session.shop().await? },
            days: Some(asked.clone()),
            bucket: self.bucket.map(Into::into),
            time_zone: self.time_zone.unwrap_or_default(),
            agents: self.agents,
        };
        let answer = session.client.call(request).await?;
        let cut = Cut::new(&output, asked, self.bucket);
        self.form.tell(&output, &answer, || sheet(&answer), || shown(&answer, &cut))
    }
}

fn shown(answer: &v1::GetAgentPerformanceResponse, cut: &Cut) -> String {
    let rows = answer.rows.iter().map(|row| Row {
        days: days(row.days.as_ref()),
        start: start(row.days.as_ref()),
        dimensions: vec!["agent".to_owned()],
        key: vec![if row.agent.is_empty() { "(all)".to_owned() } else { row.agent.clone() }],
        values: vec![
            ("present", lasted(row.present)),
            ("occupancy", ratio(row.occupancy, 100.0, " %")),
            ("contacts/h", ratio(row.contacts_per_hour, 1.0, "")),
            ("solved/h", ratio(row.solved_per_hour, 1.0, "")),
            ("contacts", row.contacts.to_string()),
            ("solved", row.solved.to_string()),
            ("time per case", lasted(row.time_per_case)),
            ("satisfied", rate(row.csat.as_ref())),
            ("mean score", mean(row)),
            ("cases held", row.cases_held.to_string()),
            ("first replies", row.first_replies.to_string()),
            ("abandoned", row.abandoned.to_string()),
            ("working", lasted(row.working)),
            ("idle", lasted(row.idle)),
            ("away", lasted(row.away)),
            ("holding", lasted(row.holding)),
        ],
        rates: vec![("satisfied", part(row.csat))],
    });
    wide::shown(rows.collect(), cut)
}

/// `83.3 (70.1–96.5) of 12`.
fn mean(row: &v1::AgentPerformance) -> String {
    match (row.mean_score, row.mean_score_lower, row.mean_score_upper) {
        (Some(mean), Some(lower), Some(upper)) => {
            format!("{mean:.1} ({lower:.1}–{upper:.1}) of {}", row.score_count)
        }
        (Some(mean), ..) => format!("{mean:.1} of {}", row.score_count),
        _ => "-".to_owned(),
    }
}

fn lasted(duration: Option<prost_types::Duration>) -> String {
    duration.map_or("-".to_owned(), |duration| seconds(duration.seconds))
}

/// `61.3 % (52.0–70.6)`.
fn ratio(ratio: Option<v1::AgentRatio>, times: f64, unit: &str) -> String {
    let ratio = ratio.unwrap_or_default();
    let Some(value) = ratio.value.map(|value| value * times) else { return "-".to_owned() };
    match (ratio.lower, ratio.upper) {
        (Some(lower), Some(upper)) => {
            format!("{value:.1}{unit} ({:.1}–{:.1})", lower * times, upper * times)
        }
        _ => format!("{value:.1}{unit}"),
    }
}

fn sheet(answer: &v1::GetAgentPerformanceResponse) -> Sheet {
    let line = |row: &v1::AgentPerformance| {
        let mut line = Line::default();
        cohort(&mut line, row.days.as_ref(), &[], &[]);
        line.put("agent", row.agent.clone());
        let times = [
            ("present", row.present),
            ("away", row.away),
            ("working", row.working),
            ("idle", row.idle),
            ("holding", row.holding),
            ("time_per_case", row.time_per_case),
        ];
        times.into_iter().for_each(|(name, lasted)| line.put(name, lasted.map(in_seconds)));
        let ratios = [
            ("occupancy", row.occupancy),
            ("contacts_per_hour", row.contacts_per_hour),
            ("solved_per_hour", row.solved_per_hour),
        ];
        for (path, ratio) in ratios {
            line.put(format!("{path}.value"), ratio.and_then(|one| one.value));
            line.put(format!("{path}.lower"), ratio.and_then(|one| one.lower));
            line.put(format!("{path}.upper"), ratio.and_then(|one| one.upper));
        }
        line.put("contacts", row.contacts);
        line.put("solved", row.solved);
        line.put("first_replies", row.first_replies);
        line.put("cases_held", row.cases_held);
        line.put("abandoned", row.abandoned);
        rate_columns(&mut line, "csat", row.csat);
        line.put("score_count", row.score_count);
        line.put("mean_score.value", row.mean_score);
        line.put("mean_score.lower", row.mean_score_lower);
        line.put("mean_score.upper", row.mean_score_upper);
        line.put("as_of_time", time(answer.as_of_time));
        line
    };
    Sheet::new(line(&v1::AgentPerformance::default()), answer.rows.iter().map(line))
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a year are exact")]
fn in_seconds(duration: prost_types::Duration) -> f64 {
    duration.seconds as f64 + f64::from(duration.nanos) / 1e9
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_ratio_is_told_with_its_interval_if_it_has_one() {
        let one = v1::AgentRatio { value: Some(0.613), lower: Some(0.52), upper: Some(0.706) };
        assert_eq!(ratio(Some(one), 100.0, " %"), "61.3 % (52.0–70.6)");
        assert_eq!(ratio(Some(v1::AgentRatio { lower: None, ..one }), 1.0, ""), "0.6");
        assert_eq!(ratio(None, 1.0, ""), "-");
    }

    #[test]
    fn the_sheet_has_a_line_for_each_agent_and_one_for_all() {
        let row = v1::AgentPerformance { agent: "mia".to_owned(), contacts: 3, ..Default::default() };
        let answer =
            v1::GetAgentPerformanceResponse { rows: vec![Default::default(), row], as_of_time: None };
        let text = sheet(&answer).csv().unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.lines().last().unwrap().contains(",mia,"), "{text}");
    }
}
