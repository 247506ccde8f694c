//! The next permitted steps of a case.

use amends_proto::v1;
use clap::Args;
use comfy_table::Cell;

use crate::{
    codes::word,
    connection::Session,
    output::{
        Output,
        table::{id, table, text},
    },
};

/// No line is longer, however wide the terminal.
const WIDTH: u16 = 80;

/// Which case to plan.
#[derive(Args)]
#[command(after_help = "Examples:\n  amends case plan case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f\n  \
    amends case plan case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --json")]
pub struct Plan {
    /// The case
    case: String,
}

impl Plan {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let answer = session.client.call(v1::PlanCaseRequest { name }).await?;
        let output = session.output;
        output.some(answer.plan.as_ref(), |plan| shown(&output, plan))
    }
}

fn shown(output: &Output, plan: &v1::CasePlan) -> String {
    let mut rows = table(&["step", "state", "from", "until", "why"]);
    rows.set_width(WIDTH);
    for step in &plan.steps {
        let from = if step.state() == v1::PlanStepState::Now { "now".to_owned() } else { from(output, step) };
        rows.add_row([
            Cell::new(word::<v1::PlanStepKind>(step.kind)),
            Cell::new(word::<v1::PlanStepState>(step.state)),
            Cell::new(from),
            output.deadline(step.latest_time.as_ref().filter(|_| is_open(step))),
            Cell::new(why(step)),
        ]);
    }
    let mut parts = vec![text(&rows)];
    parts.push(notes(output, plan));
    parts.join("\n\n")
}

fn is_open(step: &v1::PlanStep) -> bool {
    matches!(step.state(), v1::PlanStepState::Now | v1::PlanStepState::Later)
}

fn from(output: &Output, step: &v1::PlanStep) -> String {
    output.time(step.not_before_time.as_ref().or(step.done_time.as_ref()))
}

/// The reason, what it waits for, the rules, and what else could be done.
fn why(step: &v1::PlanStep) -> String {
    let mut said = step.reason.clone();
    let rules: Vec<&str> = step.refusals.iter().map(|refusal| refusal.rule.as_str()).collect();
    if !rules.is_empty() {
        said.push_str(&format!(" ({})", rules.join(", ")));
    }
    if let Some(after) = step.after {
        said.push_str(&format!("; after {}", word::<v1::PlanStepKind>(after)));
    }
    if step.way() != v1::PlanWay::Usual && is_open(step) {
        said.push_str(&format!("; {}", word::<v1::PlanWay>(step.way)));
    }
    if let Some(alternative) = step.alternative {
        said.push_str(&format!("; or {}", word::<v1::PlanAlternative>(alternative)));
    }
    said
}

/// What is said beneath the table.
fn notes(output: &Output, plan: &v1::CasePlan) -> String {
    let review = match (plan.review.is_empty(), plan.bad_reviews) {
        (true, _) => "Review: none".to_owned(),
        (false, 1) => format!("Review {}: {}", id(&plan.review), word::<v1::PlanOutlook>(plan.outlook)),
        (false, all) => format!(
            "Review {} (the newest of {all}): {}",
            id(&plan.review),
            word::<v1::PlanOutlook>(plan.outlook)
        ),
    };
    let end = plan.edit_window_end_time.as_ref();
    let window = end.map(|end| format!("It can be edited until {}.", output.time(Some(end))));
    let fulfil = plan.fulfil_for_ask_time.as_ref();
    let fulfil = fulfil.map(|by| format!("For an ask, fulfil by {}.", output.time(Some(by))));
    let hours = format!("The buyer may be written to {} in {}.", plan.contact_hours, plan.contact_time_zones);
    let hours = Some(hours).filter(|_| !plan.contact_time_zones.is_empty());
    let merged = Some(&plan.merged_into).filter(|into| !into.is_empty());
    let merged = merged.map(|into| format!("It was merged: work goes on in {}.", id(into)));
    let said: Vec<String> = [Some(review), window, fulfil, hours, merged].into_iter().flatten().collect();
    let lines: Vec<String> = said.iter().map(|line| wrapped(line)).collect();
    lines.join("\n")
}

/// A text in lines of no more than eighty columns.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for given in text.lines() {
        let mut line = String::new();
        for part in given.split(' ') {
            let long = line.chars().count() + 1 + part.chars().count() > usize::from(WIDTH);
            if long && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(part);
        }
        lines.push(line);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn a_plan_fits_eighty_columns() {
        let output = Output { json: false, colour: false, now: "2026-01-10T00:00:00Z".parse().unwrap() };
        let stamp = |seconds| prost_types::Timestamp { seconds, nanos: 0 };
        let refusal = |rule: &str| v1::Refusal { rule: rule.to_owned(), ..Default::default() };
        let step = v1::PlanStep {
            kind: v1::PlanStepKind::PublicReply.into(),
            state: v1::PlanStepState::Later.into(),
            not_before_time: Some(stamp(1_768_400_000)),
            latest_time: Some(stamp(1_798_400_000)),
            after: Some(v1::PlanStepKind::AwaitAnswer.into()),
            refusals: ["G03", "G16", "G17", "CONTACT_WINDOW"].map(refusal).to_vec(),
            way: v1::PlanWay::Reopened.into(),
            alternative: Some(v1::PlanAlternative::OverrideEditLock.into()),
            reason: "a reply ends the buyer's chance to edit: last, or when the window has closed".to_owned(),
            ..Default::default()
        };
        let plan = v1::CasePlan {
            steps: vec![step],
            review: "shops/s/reviews/r-1".to_owned(),
            bad_reviews: 2,
            outlook: v1::PlanOutlook::NotRecoverable.into(),
            contact_hours: "08:00-21:00".to_owned(),
            contact_time_zones: "Pacific/Honolulu, America/Anchorage, America/New_York".to_owned(),
            ..Default::default()
        };
        let told = shown(&output, &plan);
        assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
        assert!(told.contains("public-reply") && told.contains("not-recoverable"), "{told}");
    }
}
