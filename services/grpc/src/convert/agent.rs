//! Agents: presence, skills, capacity.

use amends_app::agent::{AgentChange, AgentView, SetPresence, UpdateAgent};
use amends_app::policy::CAPACITY_MAX;
use amends_app::stored::EventRow;
use amends_domain::agent::{PRESENCE_MAX, PRESENCE_MIN, PRESENCE_USUAL, Presence};
use amends_domain::event::Event;
use amends_domain::shop::Channel;
use amends_domain::{AgentId, Time};
use amends_proto::v1 as pb;

use super::{Word as _, time};
use crate::fields::Fields;
use crate::name;

/// The most languages or channels of one agent.
const SKILLS_MAX: usize = 50;

/// The wire form of an agent.
#[must_use]
pub fn render(view: &AgentView) -> pb::Agent {
    let AgentView { agent, told, held, capacity } = view;
    let number = |cases: i64| i32::try_from(cases).unwrap_or(i32::MAX);
    pb::Agent {
        name: name::of(&agent.shop, &agent.id),
        presence: told.map(|told| told.presence.number()),
        presence_time: told.map(|told| time::render(told.since)),
        presence_expire_time: told.and_then(|told| told.until).map(time::render),
        skills: Some(pb::AgentSkills {
            languages: agent.skills.languages.clone(),
            channels: agent.skills.channels.iter().map(|channel| channel.as_str().to_owned()).collect(),
            kinds: agent.skills.kinds.iter().map(|kind| kind.number()).collect(),
        }),
        capacity: number(agent.capacity.map_or(0, i64::from)),
        capacity_effective: number(*capacity),
        held_cases: number(*held),
        etag: agent.version.to_string(),
    }
}

/// The agent of an event of a shift: name and presence right after it.
#[must_use]
pub fn of_event(row: &EventRow) -> Option<pb::Agent> {
    let (agent, presence, until) = shift(&row.event)?;
    Some(pb::Agent {
        name: name::of(&row.shop, agent),
        presence: Some(presence.number()),
        presence_time: Some(time::render(row.occurred_at)),
        presence_expire_time: until.map(time::render),
        ..pb::Agent::default()
    })
}

/// Whose shift an event is about, if it is about one.
#[must_use]
pub fn shift(event: &Event) -> Option<(&AgentId, Presence, Option<Time>)> {
    Some(match event {
        Event::AgentAvailable { agent, until } => (agent, Presence::Available, Some(*until)),
        Event::AgentAway { agent, until } => (agent, Presence::Away, Some(*until)),
        Event::AgentOffline { agent, .. } => (agent, Presence::Offline, None),
        _ => return None,
    })
}

/// What stands for whoever calls, in the place of an agent's name.
const CALLER: &str = "-";

/// The agent who is meant.
#[must_use]
pub fn or_caller(named: AgentId, caller: &AgentId) -> AgentId {
    if named.as_str() == CALLER { caller.clone() } else { named }
}

/// The domain form of a presence that is told.
pub fn parse_presence(f: &mut Fields, message: &pb::SetPresenceRequest) -> Option<SetPresence> {
    let named = f.named::<AgentId>("name", &message.name);
    let presence = f.word::<Presence>("presence", message.presence);
    let ttl =
        f.span_or_none("ttl", message.ttl, PRESENCE_MIN..=PRESENCE_MAX, "must be 30 seconds to 12 hours");
    if presence == Some(Presence::Offline) && message.ttl.is_some() {
        return f.refuse("ttl", "must be unset for OFFLINE, which lasts until another word");
    }
    let (shop, agent) = named?;
    Some(SetPresence { shop, agent, presence: presence?, lasts: ttl?.unwrap_or(PRESENCE_USUAL) })
}

/// The domain form of a change: the fields that the mask names, and no others.
pub fn parse_update(f: &mut Fields, request: pb::UpdateAgentRequest) -> Option<UpdateAgent> {
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() || paths.len() > 10 {
        f.refuse::<()>("update_mask", "must name 1–10 fields");
    }
    let wire = f.required("agent", request.agent)?;
    let skills = wire.skills.unwrap_or_default();
    let mut change = AgentChange::default();
    for (index, path) in paths.iter().enumerate() {
        let whole = path == "skills";
        let mut known = whole;
        if whole || path == "skills.languages" {
            change.languages = inside(f, |f| languages(f, &skills.languages));
            known = true;
        }
        if whole || path == "skills.channels" {
            change.channels = inside(f, |f| channels(f, &skills.channels));
            known = true;
        }
        if whole || path == "skills.kinds" {
            change.kinds = inside(f, |f| f.words("kinds", skills.kinds.clone()));
            known = true;
        }
        if path == "capacity" {
            change.capacity = f.inside("agent", |f| capacity(f, wire.capacity));
            known = true;
        }
        if !known {
            let wrong = "names no field that can be changed";
            f.inside("update_mask", |f| f.entry("paths", index, |f| f.refuse::<()>("", wrong)));
        }
    }
    let (named, version) =
        f.inside("agent", |f| (f.named::<AgentId>("name", &wire.name), f.etag("etag", &wire.etag)));
    let (shop, agent) = named?;
    Some(UpdateAgent { shop, agent, version: version?, change })
}

fn inside<T>(f: &mut Fields, read: impl FnOnce(&mut Fields) -> T) -> T {
    f.inside("agent", |f| f.inside("skills", read))
}

fn languages(f: &mut Fields, tags: &[String]) -> Option<Vec<String>> {
    if tags.len() > SKILLS_MAX {
        return f.refuse("languages", "must have at most 50 entries");
    }
    f.each("languages", tags.to_vec(), |f, tag| {
        let tag = f.language("", tag)?;
        if tag.is_empty() { f.refuse("", "must not be empty") } else { Some(tag) }
    })
}

fn channels(f: &mut Fields, names: &[String]) -> Option<Vec<Channel>> {
    if names.len() > SKILLS_MAX {
        return f.refuse("channels", "must have at most 50 entries");
    }
    f.each("channels", names.to_vec(), |f, name| match Channel::new(&name) {
        Ok(channel) => Some(channel),
        Err(error) => f.refuse("", error.to_string()),
    })
}

/// The outer option says whether it was readable.
fn capacity(f: &mut Fields, cases: i32) -> Option<Option<u32>> {
    match u32::try_from(cases) {
        Ok(0) => Some(None),
        Ok(cases) if cases <= CAPACITY_MAX => Some(Some(cases)),
        _ => f.refuse("capacity", "must be 0–1,000"),
    }
}
