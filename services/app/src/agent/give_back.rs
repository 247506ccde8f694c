//! An agent is gone: what they held goes back to its place in the queue, all in one transaction.

use amends_domain::agent::Agent;
use amends_domain::case::{Case, Verb};
use amends_domain::event::Event;
use amends_domain::subject::Anchor;
use amends_domain::{AgentId, ShopId, Time};
use amends_store::{StoreError, agent, case};

use crate::case::{expire, keep_all, tell};
use crate::error::Result;
use crate::work::Work;

/// Why a case went back, in the words of the timeline.
const AGENT_GONE: &str = "AGENT_GONE";

/// An agent of whom only this transaction says anything.
pub(super) struct Alone {
    pub(super) agent: Agent,
    /// What they hold, if it is to be given back; only this transaction writes about these.
    pub(super) held: Vec<Case>,
}

/// Locks an agent, and what they hold if they leave or if their time is over.
///
/// The cases are looked up before they are locked, because all locks must be
/// taken at once and in order; what changed meanwhile is found out afterwards.
pub(super) async fn alone(work: &Work, shop: &ShopId, name: &AgentId, leaves: bool) -> Result<Alone> {
    let key = [(shop.clone(), name.clone())];
    let seen = agent::by_ids(&key).all(&work.tx).await?;
    let leaves = leaves || seen.iter().any(|agent| lapsed(work, agent));
    let held = if leaves { case::held_by(&work.tx, shop, name).await? } else { Vec::new() };
    let anchors: Vec<Anchor> = held.iter().map(|case| case.subject.anchor()).collect();
    work.lock_agent_and(shop, name, &anchors).await?;
    let agent = agent::alone(&work.tx, shop, name).await?;
    let moved = || StoreError::Contended(format!("{name} got another case, or another presence"));
    if !leaves {
        return if lapsed(work, &agent) {
            Err(moved().into())
        } else {
            Ok(Alone { agent, held: Vec::new() })
        };
    }
    let held = case::held_by(&work.tx, shop, name).await?;
    let is_locked = |case: &Case| anchors.contains(&case.subject.anchor());
    if held.iter().all(is_locked) { Ok(Alone { agent, held }) } else { Err(moved().into()) }
}

fn lapsed(work: &Work, agent: &Agent) -> bool {
    agent.told.is_some_and(|told| told.has_lapsed(work.now))
}

/// Gives cases back whose holder is gone; `abandoned` since when, if they did not sign off.
///
/// What is parked stays parked: nobody else could do anything about it, and once
/// it comes back its owner is looked for anew.
pub(super) async fn give_back(work: &mut Work, held: Vec<Case>, abandoned: Option<Time>) -> Result<()> {
    let mut steps = Vec::with_capacity(held.len());
    for before in held {
        let Some(lease) = before.handling.lease().cloned() else { continue };
        let after = if lease.expires_at <= work.now {
            // It had ended before the agent did.
            expire(work, &before).await?
        } else {
            let after = before.clone().apply(Verb::AgentGone { abandoned: abandoned.is_some() }, work.now)?;
            let (agent, cause) = (lease.agent, Some(AGENT_GONE.to_owned()));
            let event = match abandoned {
                Some(_) => {
                    let abandon_count = after.abandon_count;
                    Event::LeaseExpired { agent, abandon_count, cause, ended_at: abandoned }
                }
                None => Event::CaseReleased { agent, cause },
            };
            tell(work, &after, event, "").await?;
            if after.level > before.level {
                let event = Event::CaseEscalated { level: after.level, reason: "ABANDONED".to_owned() };
                tell(work, &after, event, "").await?;
            }
            after
        };
        steps.push((before, after));
    }
    keep_all(work, &steps).await
}
