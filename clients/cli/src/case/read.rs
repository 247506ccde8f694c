//! Looking at cases.

use amends_proto::v1;
use anyhow::Context;
use clap::Args;

use super::picture::picture;
use crate::{
    args::{Limit, numbers},
    codes::code,
    connection::Session,
    output::{
        Output,
        entry::{actor, describe},
        table::{table, text},
    },
    when::{When, parse_when},
};

/// Which cases to list.
#[derive(Args)]
pub struct List {
    /// Only this status of the board; may be repeated
    #[arg(long = "status", value_parser = code::<v1::CaseStatus>())]
    statuses: Vec<v1::CaseStatus>,
    /// Only this state of handling; may be repeated
    #[arg(long = "state", value_parser = code::<v1::CaseState>())]
    states: Vec<v1::CaseState>,
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_parser = code::<v1::CaseKind>())]
    kinds: Vec<v1::CaseKind>,
    /// Only with this root cause; may be repeated
    #[arg(long = "reason", value_parser = code::<v1::ComplaintReason>())]
    reasons: Vec<v1::ComplaintReason>,
    /// Only of this priority; may be repeated
    #[arg(long = "priority", value_parser = code::<v1::CasePriority>())]
    priorities: Vec<v1::CasePriority>,
    /// Only of this agent; may be repeated
    #[arg(long = "agent")]
    agents: Vec<String>,
    /// Only this order
    #[arg(long)]
    order: Option<String>,
    /// Only this buyer, by pseudonym
    #[arg(long)]
    buyer: Option<String>,
    /// Only opened since: 7d, 2026-01-31, or a time
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    since: Option<When>,
    /// Only opened before: 7d, 2026-01-31, or a time
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    before: Option<When>,
    /// Only of this escalation level
    #[arg(long)]
    level: Option<i32>,
    /// Only in this incident
    #[arg(long)]
    incident: Option<String>,
    /// The order of the list
    #[arg(long, default_value = "queue", value_parser = code::<v1::CaseOrder>())]
    sort: v1::CaseOrder,
    #[command(flatten)]
    limit: Limit,
}

/// Which case to show.
#[derive(Args)]
pub struct Show {
    /// The case
    case: String,
}

/// Whose timeline to list.
#[derive(Args)]
pub struct Timeline {
    /// The case
    case: String,
    /// Only entries after this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
    #[command(flatten)]
    limit: Limit,
}

impl List {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.shop().await?;
        let mut filter = self.filter(session.output.now);
        if let Some(incident) = &self.incident {
            filter.incident = session.name("incidents", incident).await?;
        }
        let page = self
            .limit
            .pages(200, async |page_size, page_token| {
                let request = v1::ListCasesRequest {
                    parent: parent.clone(),
                    page_size,
                    page_token,
                    order: Some(self.sort.into()),
                    filter: Some(filter.clone()),
                };
                let answer = session.client.call(request).await?;
                Ok((answer.cases, answer.next_page_token))
            })
            .await?;
        let output = session.output;
        output.page("cases", &page, |cases| output.cases(cases, Output::screen().map(|(width, _)| width)))
    }

    fn filter(&self, now: jiff::Timestamp) -> v1::CaseFilter {
        v1::CaseFilter {
            states: numbers(&self.states),
            statuses: numbers(&self.statuses),
            kinds: numbers(&self.kinds),
            reasons: numbers(&self.reasons),
            agents: self.agents.clone(),
            priorities: numbers(&self.priorities),
            order_id: self.order.clone().unwrap_or_default(),
            buyer: self.buyer.clone().unwrap_or_default(),
            open_start_time: self.since.map(|when| when.back(now)),
            open_end_time: self.before.map(|when| when.back(now)),
            level: self.level,
            incident: String::new(),
        }
    }
}

impl Show {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let answer = session.client.call(v1::GetCaseRequest { name }).await?;
        let view = answer.view.context("The server answered without the case.")?;
        session.output.one(&view, || picture(&session.output, &view))
    }
}

impl Timeline {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.name("cases", &self.case).await?;
        let page = self
            .limit
            .pages(500, async |page_size, page_token| {
                let request = v1::ListTimelineRequest {
                    parent: parent.clone(),
                    page_size,
                    page_token,
                    after_sequence: self.after,
                };
                let answer = session.client.call(request).await?;
                Ok((answer.entries, answer.next_page_token))
            })
            .await?;
        let output = session.output;
        output.page("entries", &page, |entries| {
            let mut table = table(&["no", "when", "who", "what", "detail"]);
            for entry in entries {
                let (what, detail) = describe(&output, entry.entry.as_ref());
                table.add_row([
                    &entry.sequence.to_string(),
                    &output.time(entry.occur_time.as_ref()),
                    &actor(entry.actor.as_ref()),
                    what,
                    &detail,
                ]);
            }
            text(&table)
        })
    }
}
