//! `amends staffing`

use amends_proto::v1;
use jiff::{SignedDuration, civil::Date};

use super::forecast::how;
use crate::{
    codes::{code, word},
    connection::Session,
    output::table::{table, text},
    when::{parse_day, parse_duration, proto_duration},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends staffing
  amends staffing --start 2026-11-09 --days 7
  amends staffing --level 0.9 --within 30s --handling 12m --at-once 2
  amends staffing --due-days 7 --agent-hours 6 --json

Two answers: people hour by hour where buyers wait (Erlang C), and people day by day where
answers may wait until they are due. What is not given is measured or assumed; the list
of inputs says which.";

/// Which days, and what is wanted.
#[derive(clap::Args)]
pub struct Args {
    /// First day, up to 60 days ahead [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    start: Option<Date>,
    /// How many days, 1–14
    #[arg(long, default_value_t = 1)]
    days: i32,
    /// Only cases opened for this; may be repeated
    #[arg(long = "kind", value_name = "KIND", value_parser = code::<v1::CaseKind>())]
    kinds: Vec<v1::CaseKind>,
    /// A day of which the log knows too little; may be repeated
    #[arg(long = "gap", value_name = "DAY", value_parser = parse_day)]
    gaps: Vec<Date>,
    /// Share to answer in time [default: 0.8]
    #[arg(long, value_name = "SHARE")]
    level: Option<f64>,
    /// In which time [default: 60s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    within: Option<SignedDuration>,
    /// Mean handling time of a case [default: as measured]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    handling: Option<SignedDuration>,
    /// Conversations an agent holds at once [default: 1]
    #[arg(long, value_name = "COUNT")]
    at_once: Option<i32>,
    /// Highest share of their time that people are busy [default: 0.85]
    #[arg(long, value_name = "SHARE")]
    occupancy: Option<f64>,
    /// Share of paid time not spent at work [default: 0.3]
    #[arg(long, value_name = "SHARE")]
    shrinkage: Option<f64>,
    /// Within how many days a case that comes is due [default: 3]
    #[arg(long, value_name = "DAYS")]
    due_days: Option<i32>,
    /// Hours an agent works on a day [default: 8]
    #[arg(long, value_name = "HOURS")]
    agent_hours: Option<f64>,
}

impl Args {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let request = v1::PlanStaffingRequest {
            parent: session.shop().await?,
            start_date: self.start.map(|day| day.to_string()).unwrap_or_default(),
            days: Some(self.days),
            kinds: self.kinds.iter().map(|kind| (*kind).into()).collect(),
            gap_dates: self.gaps.iter().map(ToString::to_string).collect(),
            service_level: self.level,
            answer_within: self.within.map(proto_duration),
            handling_time: self.handling.map(proto_duration),
            at_once: self.at_once,
            occupancy_max: self.occupancy,
            shrinkage: self.shrinkage,
            due_days: self.due_days,
            agent_hours: self.agent_hours,
        };
        let answer = session.client.call(request).await?;
        session.output.one(&answer, || shown(&answer))
    }
}

fn shown(answer: &v1::PlanStaffingResponse) -> String {
    let mut parts: Vec<String> = answer.days.iter().map(day).collect();
    parts.extend(answer.due_work.as_ref().map(due));
    parts.push(how(answer.method.as_ref()));
    parts.push(inputs(&answer.inputs));
    parts.join("\n\n")
}

fn day(day: &v1::StaffingDay) -> String {
    let mut hours =
        table(&["hour", "cases", "at work", "rostered", "in time", "mean wait", "busy", "at the 80 % end"]);
    let open = day.hours.iter().filter(|hour| hour.open);
    for hour in open.clone() {
        let wait = hour.mean_wait.as_ref();
        let wait = wait.map_or(0.0, |wait| wait.seconds as f64 + f64::from(wait.nanos) / 1e9);
        hours.add_row([
            format!("{}:00", hour.hour),
            format!("{:.1}", hour.expected),
            hour.agents.to_string(),
            hour.rostered.to_string(),
            format!("{:.0} %", hour.service_level * 100.0),
            format!("{wait:.0} s"),
            format!("{:.0} %", hour.occupancy * 100.0),
            hour.agents_upper_80.to_string(),
        ]);
    }
    let head = format!("{}, where buyers wait: {:.1} cases expected", day.date, day.expected);
    if open.clone().count() == 0 {
        return format!("{head}; the shop is closed.");
    }
    let closed: f64 = day.hours.iter().filter(|hour| !hour.open).map(|hour| hour.expected).sum();
    let closed = match closed >= 0.05 {
        true => format!("\n{closed:.1} of them come while the shop is closed."),
        false => String::new(),
    };
    format!("{head}.\n{}{closed}", text(&hours))
}

fn due(work: &v1::DueWork) -> String {
    let head = "Where answers may wait until they are due";
    if !work.impossible.is_empty() {
        return format!("{head}: no number, because {}.", work.impossible);
    }
    let mut days = table(&["day", "cases", "hours of one", "hours worked", "hours left"]);
    for day in &work.days {
        days.add_row([
            day.date.clone(),
            format!("{:.1}", day.expected),
            format!("{:.1}", day.agent_hours),
            format!("{:.1}", day.worked_hours),
            format!("{:.1}", day.left_hours),
        ]);
    }
    let mut told = format!(
        "{head}: {} at work ({:.2} exactly), {} on the roster; {} open cases are there",
        work.agents, work.exact_agents, work.rostered, work.backlog_cases
    );
    if work.undated_cases > 0 {
        told.push_str(&format!(", {} of them without a date", work.undated_cases));
    }
    told.push('.');
    if !work.decisive_start_date.is_empty() {
        let (first, last) = (&work.decisive_start_date, &work.decisive_last_date);
        told.push_str(&format!(" What decides is {first} to {last}."));
    }
    if work.late_cases >= 0.05 {
        told.push_str(&format!(
            " {:.1} cases are too late already, or due while nobody works.",
            work.late_cases
        ));
    }
    format!("{told}\n{}", text(&days))
}

fn inputs(inputs: &[v1::StaffingInput]) -> String {
    let mut shown = table(&["input", "value", "from"]);
    for input in inputs {
        let value = input.value.map_or("-".to_owned(), |value| {
            let value = format!("{value:.2}");
            format!("{} {}", value.trim_end_matches('0').trim_end_matches('.'), input.unit)
        });
        let origin = word::<v1::InputOrigin>(input.origin);
        let origin = match input.sample_size {
            0 => origin,
            cases => format!("{origin} over {cases} cases"),
        };
        shown.add_row([&input.name.replace('_', " "), &value, &origin]);
    }
    text(&shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(open: bool, agents: i32) -> v1::StaffingHour {
        v1::StaffingHour { open, agents, expected: 2.0, service_level: 0.9, ..Default::default() }
    }

    #[test]
    fn closed_hours_are_told_in_one_line() {
        let plan = v1::StaffingDay { hours: vec![hour(true, 7), hour(false, 3)], ..Default::default() };
        let shown = day(&plan);
        assert!(shown.contains("90 %") && shown.contains('7'), "{shown}");
        assert!(shown.ends_with("2.0 of them come while the shop is closed."), "{shown}");
        let closed = v1::StaffingDay { hours: vec![hour(false, 3)], ..Default::default() };
        assert!(day(&closed).ends_with("the shop is closed."));
    }

    #[test]
    fn an_input_says_where_it_comes_from() {
        let input = |value, origin: v1::InputOrigin, sample_size| v1::StaffingInput {
            name: "handling_time".to_owned(),
            value: Some(value),
            unit: "seconds".to_owned(),
            origin: origin.into(),
            sample_size,
        };
        let shown =
            inputs(&[input(420.0, v1::InputOrigin::Measured, 12), input(0.85, v1::InputOrigin::Assumed, 0)]);
        assert!(shown.contains("420 seconds") && shown.contains("measured over 12 cases"), "{shown}");
        assert!(shown.contains("0.85 seconds") && shown.contains("assumed"), "{shown}");
    }

    #[test]
    fn work_that_nobody_can_do_has_no_number() {
        let work = v1::DueWork { impossible: "the shop is closed".to_owned(), ..Default::default() };
        assert!(due(&work).ends_with("no number, because the shop is closed."));
    }
}
