//! `amends event …`

use amends_client::{EventFilter, EventStream};
use amends_proto::v1;
use clap::{Args, Subcommand};

use crate::{
    args::Limit,
    connection::Session,
    output::{
        Output,
        entry::describe,
        table::{or_dash, table, text},
    },
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends event list --type amends.remedy.* --limit 20
  amends event follow --json
  amends event follow --after 1200 --type amends.case.opened.v1";

/// What can be done with events.
#[derive(Subcommand)]
pub enum Event {
    /// List events by position
    List(List),
    /// Print events as they happen, until interrupted
    Follow(Follow),
}

/// Which events to list.
#[derive(Args)]
pub struct List {
    /// Only events after this position
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: i64,
    /// Only this type, or all of a noun as amends.case.*; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only events of this case
    #[arg(long)]
    case: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

/// Which events to follow.
#[derive(Args)]
pub struct Follow {
    /// Start after this position, 0 for all that are kept [default: from now on]
    #[arg(long, value_name = "POSITION")]
    after: Option<i64>,
    /// Only this type, or all of a noun as amends.case.*; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
}

impl Event {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(args) => list(session, args).await,
            Self::Follow(args) => follow(session, args).await,
        }
    }
}

async fn list(session: &Session, args: List) -> anyhow::Result<()> {
    let parent = session.shop().await?;
    let case = match &args.case {
        Some(case) => session.name("cases", case).await?,
        None => String::new(),
    };
    let page = args
        .limit
        .pages(1_000, async |page_size, page_token| {
            let request = v1::ListEventsRequest {
                parent: parent.clone(),
                page_size,
                page_token,
                after_position: args.after,
                event_types: args.types.clone(),
                case: case.clone(),
            };
            let answer = session.client.call(request).await?;
            Ok((answer.events, answer.next_page_token))
        })
        .await?;
    let output = session.output;
    output.page("events", &page, |events| {
        let mut table = table(&["position", "when", "type", "subject", "detail"]);
        for event in events {
            table.add_row([
                &event.position.to_string(),
                &output.time(event.occur_time.as_ref()),
                &event.event_type,
                or_dash(&event.subject),
                &detail(&output, event),
            ]);
        }
        text(&table)
    })
}

async fn follow(session: &Session, args: Follow) -> anyhow::Result<()> {
    let filter =
        EventFilter { parent: session.shop().await?, after_position: args.after, event_types: args.types };
    let mut events = EventStream::new(&session.client, filter);
    let output = session.output;
    loop {
        let event = events.next().await?;
        if output.json {
            output.json_line(&event)?;
            continue;
        }
        // The moment itself: "now" would be said of every line.
        let when = event.occur_time.as_ref().and_then(crate::when::timestamp);
        let when = when.map_or("-".to_owned(), |time| time.strftime("%F %T").to_string());
        let (position, kind, subject) = (event.position, &event.event_type, &event.subject);
        let detail = detail(&output, &event);
        output.line(&format!("{position}  {when}  {kind}  {subject}  {detail}"))?;
    }
}

fn detail(output: &Output, event: &v1::Event) -> String {
    match (&event.entry, &event.resource) {
        (Some(entry), _) => describe(output, entry.entry.as_ref()).1,
        (None, Some(v1::event::Resource::AgentSnapshot(agent))) => {
            match agent.presence_expire_time.as_ref().and_then(crate::when::timestamp) {
                Some(until) => format!("until {}", until.strftime("%F %T")),
                None => String::new(),
            }
        }
        (None, Some(v1::event::Resource::RemedyPolicySnapshot(policy))) => {
            let from = policy.effective_time.as_ref().and_then(crate::when::timestamp);
            let from = from.map_or(String::new(), |time| format!(", in force {}", time.strftime("%F %T")));
            format!("version {}{from}", policy.version)
        }
        (None, _) => String::new(),
    }
}
