//! Where the time of a case went.

use amends_proto::v1;
use clap::Args;
use comfy_table::Cell;

use crate::{
    codes::word,
    connection::Session,
    output::{
        Output,
        table::{table, text},
    },
    when::timestamp,
};

/// Whose clocks to explain.
#[derive(Args)]
#[command(after_help = "Examples:\n  amends case sla case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f\n  \
    amends case sla case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --under 3 --segments\n  \
    amends case sla case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --json")]
pub struct Sla {
    /// The case
    case: String,
    /// Judge as well as if this version of the policy had always held
    #[arg(long, value_name = "VERSION")]
    under: Option<u32>,
    /// Show where each minute went
    #[arg(long)]
    segments: bool,
}

impl Sla {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let policy_version = self.under.map(|version| version.to_string()).unwrap_or_default();
        let answer = session.client.call(v1::ExplainSlaRequest { name, policy_version }).await?;
        let output = session.output;
        output.one(&answer, || {
            let mut parts = vec![overview(&output, &answer, self.under)];
            if self.segments {
                parts.extend(answer.clocks.iter().filter_map(|one| account(one.account.as_ref()?)));
            }
            parts.join("\n\n")
        })
    }
}

/// What a colleague who takes the case over must know of its clocks.
pub(super) fn clocks(output: &Output, view: &v1::CaseView) -> Vec<String> {
    // What is over and was kept is nothing to act on; `case sla` tells of all.
    let told = |clock: &&v1::SlaClock| match clock.verdict() {
        v1::SlaVerdict::Running => clock.promise.is_some(),
        verdict => verdict == v1::SlaVerdict::Breached,
    };
    let line = |clock: &v1::SlaClock| {
        let metric = word::<v1::SlaMetric>(clock.metric);
        let verdict = word::<v1::SlaVerdict>(clock.verdict);
        match clock.due_time.as_ref() {
            Some(due) => format!("{metric}: {verdict}, due {}", output.time(Some(due))),
            None => format!("{metric}: paused"),
        }
    };
    view.clocks.iter().filter(told).map(line).collect()
}

fn overview(output: &Output, answer: &v1::ExplainSlaResponse, under: Option<u32>) -> String {
    if answer.clocks.is_empty() {
        return "The timeline of this case does not tell when it was opened: it has no clocks.".to_owned();
    }
    let other = under.map(|version| format!("under version {version}"));
    let mut headings =
        vec!["clock", "started", "promised", "counted", "outside hours", "paused", "verdict", "due"];
    headings.extend(other.as_deref());
    let mut rows = table(&headings);
    for one in &answer.clocks {
        let Some(account) = &one.account else { continue };
        let Some(clock) = &account.clock else { continue };
        let mut row = vec![
            Cell::new(title(clock)),
            Cell::new(output.time(clock.start_time.as_ref())),
            Cell::new(promised(clock)),
            Cell::new(span(account.running.as_ref())),
            Cell::new(span(account.outside_hours.as_ref())),
            Cell::new(span(account.paused.as_ref())),
            Cell::new(word::<v1::SlaVerdict>(clock.verdict)),
            output.deadline(clock.due_time.as_ref()),
        ];
        if under.is_some() {
            row.push(Cell::new(beside(one)));
        }
        rows.add_row(row);
    }
    let mut shown = text(&rows);
    shown.push_str(&format!("\n\nPolicy version {}, hours in {}", answer.policy_version, answer.time_zone));
    shown
}

fn title(clock: &v1::SlaClock) -> String {
    let metric = word::<v1::SlaMetric>(clock.metric);
    match clock.instance {
        1 => metric,
        again => format!("{metric} #{again}"),
    }
}

fn promised(clock: &v1::SlaClock) -> String {
    let Some(promise) = &clock.promise else { return "-".to_owned() };
    let hours = word::<v1::SlaHours>(promise.hours);
    format!("{} {hours}", span(promise.promised_time.as_ref()))
}

/// The verdict under the other policy, and what it promises.
fn beside(one: &v1::SlaComparison) -> String {
    let clock = one.under_version.as_ref().and_then(|account| account.clock.as_ref());
    let Some(clock) = clock else { return "-".to_owned() };
    let verdict = word::<v1::SlaVerdict>(clock.verdict);
    let mark = if one.differs { " (differs)" } else { "" };
    format!("{verdict} in {}{mark}", promised(clock))
}

/// Where each minute of a clock went.
fn account(account: &v1::SlaAccount) -> Option<String> {
    let mut rows = table(&["from", "to", "how long", "what"]);
    for part in &account.segments {
        let (from, to) = (timestamp(part.start_time.as_ref()?)?, timestamp(part.end_time.as_ref()?)?);
        rows.add_row([
            from.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            to.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
            seconds(to.duration_since(from).as_secs()),
            word::<v1::SlaSegmentKind>(part.kind),
        ]);
    }
    Some(format!("{}\n{}", title(account.clock.as_ref()?), text(&rows)))
}

fn span(duration: Option<&prost_types::Duration>) -> String {
    duration.map_or("-".to_owned(), |duration| seconds(duration.seconds))
}

/// A length of time in its two largest units.
pub(crate) fn seconds(seconds: i64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut rest = seconds;
    let mut said = Vec::new();
    for (unit, name) in units {
        let number = rest / unit;
        rest %= unit;
        if number > 0 {
            said.push(format!("{number}{name}"));
        }
    }
    said.truncate(2);
    if said.is_empty() { "0s".to_owned() } else { said.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_told_in_two_units() {
        let told = [(0, "0s"), (59, "59s"), (3_600, "1h"), (5_400, "1h 30m"), (90_061, "1d 1h")];
        for (length, text) in told {
            assert_eq!(seconds(length), text);
        }
    }
}
