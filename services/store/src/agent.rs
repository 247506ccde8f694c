//! Agents of a shop: what they can take, and whether they are there.

use std::collections::HashMap;

use amends_domain::agent::{Agent, Skills, Told};
use amends_domain::shop::Channel;
use amends_domain::{AgentId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::engine::Engine;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, text, text_opt, time, time_opt};

const AGENTS: Table = Table {
    name: "agents",
    columns: &[
        ("shop_id", Kind::Text),
        ("agent_id", Kind::Text),
        ("languages", Kind::Text),
        ("channels", Kind::Text),
        ("kinds", Kind::Text),
        ("capacity", Kind::Int),
        ("presence", Kind::Text),
        ("since", Kind::Int),
        ("expires_at", Kind::Int),
        ("version", Kind::Int),
    ],
    key: &["shop_id", "agent_id"],
};

/// An agent, and how many cases they hold at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The agent.
    pub agent: Agent,
    /// The cases.
    pub held: i64,
}

/// Stores agents, whether they were spoken of before or not. Whoever changes one needs
/// the lock of how many cases the agent holds.
pub fn put(agents: &[Agent]) -> Write {
    Write::insert(&AGENTS, agents.iter().map(write).collect(), Existing::Replace)
}

/// Agents that were spoken of, in no particular order.
pub fn by_ids(agents: &[Of<AgentId>]) -> Query<Agent> {
    Query::by(&AGENTS, AGENTS.key, value::of(agents), read)
}

/// The same, and nobody says that one of them left before this transaction has ended.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn stay(conn: &Conn, agents: &[Of<AgentId>]) -> Result<Vec<Agent>> {
    match conn.engine() {
        // One writer: while it is this one, nobody says anything.
        Engine::Sqlite => by_ids(agents).all(conn).await,
        Engine::Postgres => locked(conn, agents, "FOR SHARE").await,
    }
}

/// One agent, of whom nobody else says or relies on anything before this transaction has ended.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn alone(conn: &Conn, shop: &ShopId, agent: &AgentId) -> Result<Agent> {
    let key = [(shop.clone(), agent.clone())];
    let mut found = match conn.engine() {
        Engine::Sqlite => by_ids(&key).all(conn).await?,
        Engine::Postgres => locked(conn, &key, "FOR UPDATE").await?,
    };
    Ok(found.pop().unwrap_or_else(|| Agent::unknown(shop.clone(), agent.clone())))
}

async fn locked(conn: &Conn, agents: &[Of<AgentId>], how: &str) -> Result<Vec<Agent>> {
    let (which, values) = bulk::keys(conn.engine(), AGENTS.key, 1, &value::of(agents));
    let rows = conn.all(format!("{} WHERE {which} {how}", bulk::select(&AGENTS)), values).await?;
    rows.iter().map(read).collect()
}

/// Lets every presence of this name run out now, in all shops; answers in which.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn end_presences(conn: &Conn, name: &AgentId, now: Time) -> Result<Vec<ShopId>> {
    let sql = "UPDATE agents SET expires_at = $1, version = version + 1
               WHERE agent_id = $2 AND expires_at > $1 RETURNING shop_id";
    let rows = conn.all(sql, vec![time(now), text(name)]).await?;
    rows.iter().map(|row| Row::new("agents", row).parse("shop_id")).collect()
}

/// Every agent of a shop of whom anything was ever said, by their names.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn names(conn: &Conn, shop: &ShopId) -> Result<Vec<AgentId>> {
    let sql = "SELECT agent_id FROM agents WHERE shop_id = $1 ORDER BY agent_id";
    let rows = conn.all(sql, vec![text(shop)]).await?;
    rows.iter().map(|row| Row::new("agents", row).parse("agent_id")).collect()
}

/// What is known of each of these agents, and how many cases each holds, in one question.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn standings(conn: &Conn, shop: &ShopId, agents: &[AgentId]) -> Result<HashMap<AgentId, Standing>> {
    if agents.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<[&str; 1]> = agents.iter().map(|agent| [agent.as_str()]).collect();
    let (source, keys) = bulk::source(conn.engine(), &["name"], 2, &keys);
    let columns: Vec<String> = AGENTS
        .columns
        .iter()
        .filter(|(name, _)| *name != "agent_id")
        .map(|(c, _)| format!("a.{c}"))
        .collect();
    let sql = format!(
        "SELECT t.name AS agent_id, {}, (SELECT count(*) FROM cases AS c
             WHERE c.shop_id = $1 AND c.owner = t.name AND c.state IN ('CLAIMED', 'WORKING')) AS held
         FROM {source} LEFT JOIN agents AS a ON a.shop_id = $1 AND a.agent_id = t.name",
        columns.join(", ")
    );
    let rows = conn.all(sql, [vec![text(shop)], keys].concat()).await?;
    let standing = |fetched: &Fetched| {
        let row = Row::new("agents", fetched);
        let id: AgentId = row.parse("agent_id")?;
        let agent = match row.get::<Option<i64>>("version")? {
            Some(_) => read(fetched)?,
            None => Agent::unknown(shop.clone(), id.clone()),
        };
        Ok((id, Standing { agent, held: row.get("held")? }))
    };
    rows.iter().map(standing).collect()
}

fn write(agent: &Agent) -> Vec<Value> {
    let Skills { languages, channels, kinds } = &agent.skills;
    let channels: Vec<&str> = channels.iter().map(Channel::as_str).collect();
    let told = agent.told;
    vec![
        str(agent.shop.as_str()),
        str(agent.id.as_str()),
        value::words(languages),
        value::words(&channels),
        value::words(kinds),
        int_opt(agent.capacity),
        text_opt(told.map(|told| told.presence)),
        time_opt(told.map(|told| told.since)),
        time_opt(told.and_then(|told| told.until)),
        int(agent.version),
    ]
}

fn read(fetched: &Fetched) -> Result<Agent> {
    let row = Row::new("agents", fetched);
    let channels: Vec<String> = row.words("channels")?;
    let channels = channels.iter().map(|name| Channel::new(name).map_err(|e| row.corrupt("channels", e)));
    let told = match row.parse_opt("presence")? {
        None => None,
        Some(presence) => {
            Some(Told { presence, since: row.time("since")?, until: row.time_opt("expires_at")? })
        }
    };
    Ok(Agent {
        shop: row.parse("shop_id")?,
        id: row.parse("agent_id")?,
        skills: Skills {
            languages: row.words("languages")?,
            channels: channels.collect::<Result<_>>()?,
            kinds: row.words("kinds")?,
        },
        capacity: row.number_opt("capacity")?,
        told,
        version: row.get("version")?,
    })
}
