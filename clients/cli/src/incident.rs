//! `amends incident …`

use amends_proto::v1;
use anyhow::Context;
use clap::{Args, Subcommand};

use crate::{
    args::Limit,
    codes::{code, word},
    connection::Session,
    output::table::{id, or_dash, table, text},
};

mod chart;

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends incident open \"Lids of batch 7 leak\" --reason defective --sku BOTTLE-750 --about \"Send a new lid\"
  amends incident add inc_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e40
  amends case list --reason defective --json | jq -r '.cases[].name' |
    xargs amends incident add inc_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends incident list --state open
  amends incident chart --sku BOTTLE-750 --reason wrong_size --weeks 26
  amends case list --incident inc_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f
  amends incident remove inc_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e40
  amends incident resolve inc_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f \"New lids leave today\"

A case is in one open incident at most. When an incident is resolved its open cases
are told, and those that were put aside come back into the queue. Where complaints about an
article are far more than usual the service opens one by itself: RAISED BY says on what.";

/// What can be done with incidents.
#[derive(Subcommand)]
pub enum Incident {
    /// Open an incident (supervisors)
    Open(Open),
    /// List incidents, the newest first
    List(List),
    /// Show one
    Show(Show),
    /// Put cases into an incident (supervisors)
    Add(Cases),
    /// Take cases out of an incident (supervisors)
    Remove(Cases),
    /// Resolve an incident, and tell its cases (supervisors)
    Resolve(Resolve),
    /// Complaints about an article week by week, beside what is usual
    Chart(chart::Chart),
}

/// What is known of an incident.
#[derive(Args)]
pub struct Open {
    /// What it is called
    title: String,
    /// What is known of it, and what agents shall say
    #[arg(long, default_value = "")]
    about: String,
    /// What buyers complain about
    #[arg(long, value_parser = code::<v1::ComplaintReason>())]
    reason: Option<v1::ComplaintReason>,
    /// The product
    #[arg(long, default_value = "")]
    product: String,
    /// The variant of the product
    #[arg(long, default_value = "")]
    variant: String,
    /// The article
    #[arg(long, default_value = "")]
    sku: String,
    /// The carrier
    #[arg(long, default_value = "")]
    carrier: String,
}

/// Which incidents to list.
#[derive(Args)]
pub struct List {
    /// Only those in this state
    #[arg(long, value_parser = code::<v1::IncidentState>())]
    state: Option<v1::IncidentState>,
    #[command(flatten)]
    limit: Limit,
}

/// Which incident to show.
#[derive(Args)]
pub struct Show {
    /// The incident
    incident: String,
}

/// Which cases of which incident.
#[derive(Args)]
pub struct Cases {
    /// The incident
    incident: String,
    /// The cases, 1,000 at most
    #[arg(required = true)]
    cases: Vec<String>,
}

/// What resolved an incident.
#[derive(Args)]
pub struct Resolve {
    /// The incident
    incident: String,
    /// What resolved it, and what agents shall say now
    note: String,
    /// Version of the incident you saw [default: the current one]
    #[arg(long, value_name = "ETAG")]
    etag: Option<String>,
}

impl Incident {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Open(args) => args.run(session).await,
            Self::List(args) => args.run(session).await,
            Self::Show(args) => args.run(session).await,
            Self::Add(args) => add(args, session).await,
            Self::Remove(args) => remove(args, session).await,
            Self::Resolve(args) => args.run(session).await,
            Self::Chart(args) => args.run(session).await,
        }
    }
}

impl Open {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let incident = v1::Incident {
            title: self.title,
            description: self.about,
            reason: self.reason.map(i32::from),
            product: self.product,
            variant: self.variant,
            sku: self.sku,
            carrier: self.carrier,
            ..Default::default()
        };
        let parent = session.shop().await?;
        let request = v1::OpenIncidentRequest { parent, incident: Some(incident), ..Default::default() };
        let answer = session.client.call(request).await?;
        let incident = answer.incident.context("The server answered without the incident.")?;
        session.output.one(&incident, || told(&incident))
    }
}

impl List {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let (parent, state) = (session.shop().await?, self.state.map(i32::from));
        let page = self
            .limit
            .pages(200, async |page_size, page_token| {
                let request =
                    v1::ListIncidentsRequest { parent: parent.clone(), page_size, page_token, state };
                let answer = session.client.call(request).await?;
                Ok((answer.incidents, answer.next_page_token))
            })
            .await?;
        let output = session.output;
        output.page("incidents", &page, |incidents| {
            let mut table = table(&["incident", "state", "opened", "cases", "reason", "raised by", "title"]);
            for one in incidents {
                let reason = one.reason.map(word::<v1::ComplaintReason>).unwrap_or_default();
                table.add_row([
                    id(&one.name),
                    &word::<v1::IncidentState>(one.state),
                    &output.time(one.open_time.as_ref()),
                    &one.case_count.to_string(),
                    or_dash(&reason),
                    &raised_by(one),
                    &one.title,
                ]);
            }
            text(&table)
        })
    }
}

impl Show {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("incidents", &self.incident).await?;
        let incident = read(session, name).await?;
        session.output.one(&incident, || session.output.details(&incident))
    }
}

impl Resolve {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("incidents", &self.incident).await?;
        let etag = match self.etag {
            Some(etag) => etag,
            None => read(session, name.clone()).await?.etag,
        };
        let request = v1::ResolveIncidentRequest { name, etag, note: self.note, ..Default::default() };
        let answer = session.client.call(request).await?;
        session.output.one(&answer, || {
            let told = answer.incident.as_ref().map(told).unwrap_or_default();
            format!("{told}; {} cases came back into the queue", answer.woken_cases)
        })
    }
}

async fn read(session: &Session, name: String) -> anyhow::Result<v1::Incident> {
    let answer = session.client.call(v1::GetIncidentRequest { name }).await?;
    answer.incident.context("The server answered without the incident.")
}

impl Cases {
    async fn names(self, session: &Session) -> anyhow::Result<(String, Vec<String>)> {
        let mut cases = Vec::with_capacity(self.cases.len());
        for case in &self.cases {
            cases.push(session.name("cases", case).await?);
        }
        Ok((session.name("incidents", &self.incident).await?, cases))
    }
}

async fn add(args: Cases, session: &Session) -> anyhow::Result<()> {
    let (name, cases) = args.names(session).await?;
    let request = v1::AddIncidentCasesRequest { name, cases, ..Default::default() };
    let answer = session.client.call(request).await?;
    session.output.one(&answer, || results(answer.incident.as_ref(), &answer.results))
}

async fn remove(args: Cases, session: &Session) -> anyhow::Result<()> {
    let (name, cases) = args.names(session).await?;
    let request = v1::RemoveIncidentCasesRequest { name, cases, ..Default::default() };
    let answer = session.client.call(request).await?;
    session.output.one(&answer, || results(answer.incident.as_ref(), &answer.results))
}

fn results(incident: Option<&v1::Incident>, results: &[v1::IncidentCaseResult]) -> String {
    let line = |one: &v1::IncidentCaseResult| {
        let outcome = word::<v1::IncidentCaseOutcome>(one.outcome);
        let there = if one.incident.is_empty() { "" } else { id(&one.incident) };
        format!("{} {outcome} {there}", id(&one.case)).trim_end().to_owned()
    };
    let lines: Vec<String> = incident.map(told).into_iter().chain(results.iter().map(line)).collect();
    lines.join("\n")
}

/// The person, or what the service heard.
fn raised_by(incident: &v1::Incident) -> String {
    incident.signal.as_ref().map_or_else(
        || incident.opener.clone(),
        |heard| format!("{} of {:.1} usual", heard.complaint_count, heard.expected_count),
    )
}

fn told(incident: &v1::Incident) -> String {
    let (state, count) = (word::<v1::IncidentState>(incident.state), incident.case_count);
    format!("{} ({}) is {state}, {count} cases, etag {}", id(&incident.name), incident.title, incident.etag)
}
