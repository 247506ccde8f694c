//! `amends agent …`

use amends_proto::v1;
use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::SignedDuration;

use crate::{
    args::{Limit, numbers},
    codes::{code, word, words},
    connection::Session,
    output::{
        Output,
        table::{id, or_dash, table, text},
    },
    when::{parse_duration, proto_duration},
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends agent available --for 8h
  amends agent away
  amends agent offline
  amends agent list --presence available --presence away
  amends agent show mia
  amends agent set mia --language de --language fr --kind return --capacity 12
  amends agent set mia --any-language --any-kind --capacity 0 # what the shop allows
  amends agent offline --agent tom # a supervisor, for somebody who left

A presence ends by itself; saying the same again is the heartbeat. Going offline gives
back what you hold. Whoever never says a presence in a shop is bound by none there.";

/// Stands for whoever calls.
const ONESELF: &str = "-";

/// What can be done with agents.
#[derive(Subcommand)]
pub enum Agent {
    /// List the agents of a shop: who is there, what they hold, what they can take
    List(List),
    /// Show one agent
    Show(Show),
    /// Set what an agent can take, and how much (supervisors)
    Set(Set),
    /// Take cases from now on
    Available(Stay),
    /// Keep what you hold and take nothing new
    Away(Stay),
    /// Leave: what you hold goes back to its place in the queue
    Offline(Leave),
}

/// Which agents to list.
#[derive(Args)]
pub struct List {
    /// Only this presence; may be repeated
    #[arg(long = "presence", value_parser = code::<v1::AgentPresence>())]
    presences: Vec<v1::AgentPresence>,
    #[command(flatten)]
    limit: Limit,
}

/// Which agent to show.
#[derive(Args)]
pub struct Show {
    /// The agent [default: yourself]
    agent: Option<String>,
}

/// What an agent can take.
#[derive(Args)]
#[group(required = true, multiple = true, id = "change", args = [
    "languages", "any_language", "channels", "any_channel", "kinds", "any_kind", "capacity",
])]
pub struct Set {
    /// The agent
    agent: String,
    /// A language such as de or pt-BR; may be repeated
    #[arg(long = "language", conflicts_with = "any_language")]
    languages: Vec<String>,
    /// Every language
    #[arg(long)]
    any_language: bool,
    /// A channel such as shopee; may be repeated
    #[arg(long = "channel", conflicts_with = "any_channel")]
    channels: Vec<String>,
    /// Every channel
    #[arg(long)]
    any_channel: bool,
    /// A kind of case; may be repeated
    #[arg(long = "kind", value_parser = code::<v1::CaseKind>(), conflicts_with = "any_kind")]
    kinds: Vec<v1::CaseKind>,
    /// Every kind
    #[arg(long)]
    any_kind: bool,
    /// The most cases at a time; 0 for as many as the shop allows
    #[arg(long, value_parser = clap::value_parser!(i32).range(0..=1_000))]
    capacity: Option<i32>,
    /// Version you saw [default: the current one]
    #[arg(long)]
    etag: Option<String>,
}

/// For how long.
#[derive(Args)]
pub struct Stay {
    /// How long it lasts unless it is said again, 30s to 12h [default: 5m]
    #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
    lasts: Option<SignedDuration>,
}

/// Who leaves.
#[derive(Args)]
pub struct Leave {
    /// Somebody else, for supervisors [default: yourself]
    #[arg(long)]
    agent: Option<String>,
}

impl Agent {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let agent = match self {
            Self::List(args) => return list(session, args).await,
            Self::Show(args) => Some(read(session, args.agent.as_deref().unwrap_or(ONESELF)).await?),
            Self::Set(args) => args.run(session).await?,
            Self::Available(args) => tell(session, ONESELF, v1::AgentPresence::Available, args.lasts).await?,
            Self::Away(args) => tell(session, ONESELF, v1::AgentPresence::Away, args.lasts).await?,
            Self::Offline(args) => {
                let whom = args.agent.as_deref().unwrap_or(ONESELF);
                tell(session, whom, v1::AgentPresence::Offline, None).await?
            }
        };
        let output = session.output;
        output.some(agent.as_ref(), |agent| rows(&output, std::slice::from_ref(agent)))
    }
}

async fn read(session: &Session, agent: &str) -> anyhow::Result<v1::Agent> {
    let name = session.name("agents", agent).await?;
    let answer = session.client.call(v1::GetAgentRequest { name }).await?;
    answer.agent.context("The server answered without the agent.")
}

async fn tell(
    session: &Session,
    agent: &str,
    presence: v1::AgentPresence,
    lasts: Option<SignedDuration>,
) -> anyhow::Result<Option<v1::Agent>> {
    let request = v1::SetPresenceRequest {
        name: session.name("agents", agent).await?,
        presence: presence.into(),
        ttl: lasts.map(proto_duration),
        ..Default::default()
    };
    Ok(session.client.call(request).await?.agent)
}

async fn list(session: &Session, args: List) -> anyhow::Result<()> {
    let parent = session.shop().await?;
    let page = args
        .limit
        .pages(200, async |page_size, page_token| {
            let request = v1::ListAgentsRequest {
                parent: parent.clone(),
                page_size,
                page_token,
                presences: numbers(&args.presences),
            };
            let answer = session.client.call(request).await?;
            Ok((answer.agents, answer.next_page_token))
        })
        .await?;
    let output = session.output;
    output.page("agents", &page, |agents| rows(&output, agents))
}

fn rows(output: &Output, agents: &[v1::Agent]) -> String {
    let mut table = table(&["agent", "presence", "until", "holds", "languages", "channels", "kinds"]);
    for agent in agents {
        let skills = agent.skills.clone().unwrap_or_default();
        table.add_row([
            id(&agent.name),
            &agent.presence.map_or("never told".to_owned(), word::<v1::AgentPresence>),
            &output.time(agent.presence_expire_time.as_ref()),
            &format!("{} of {}", agent.held_cases, agent.capacity_effective),
            or_dash(&skills.languages.join(", ")),
            or_dash(&skills.channels.join(", ")),
            &words::<v1::CaseKind>(&skills.kinds),
        ]);
    }
    text(&table)
}

impl Set {
    async fn run(self, session: &Session) -> anyhow::Result<Option<v1::Agent>> {
        let name = session.name("agents", &self.agent).await?;
        let etag = match &self.etag {
            Some(etag) => etag.clone(),
            None => read(session, &self.agent).await?.etag,
        };
        let paths = self.paths();
        let skills = v1::AgentSkills {
            languages: self.languages,
            channels: self.channels,
            kinds: numbers(&self.kinds),
        };
        let capacity = self.capacity.unwrap_or_default();
        let agent = v1::Agent { name, etag, skills: Some(skills), capacity, ..Default::default() };
        let request = v1::UpdateAgentRequest {
            agent: Some(agent),
            update_mask: Some(prost_types::FieldMask { paths }),
            ..Default::default()
        };
        Ok(session.client.call(request).await?.agent)
    }

    fn paths(&self) -> Vec<String> {
        let changes = [
            ("skills.languages", self.any_language || !self.languages.is_empty()),
            ("skills.channels", self.any_channel || !self.channels.is_empty()),
            ("skills.kinds", self.any_kind || !self.kinds.is_empty()),
            ("capacity", self.capacity.is_some()),
        ];
        changes.iter().filter(|(_, given)| *given).map(|(path, _)| (*path).to_owned()).collect()
    }
}
