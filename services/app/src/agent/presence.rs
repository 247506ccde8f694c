//! Saying that one is there, that one is away, that one leaves; and what time makes of it.

use amends_domain::agent::{Agent, Leaving, PRESENCE_MAX, PRESENCE_MIN, Presence, Told};
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::{AgentId, ShopId, Span, Time};
use amends_store::agent;

use super::give_back::{Alone, alone, give_back};
use super::{AgentView, DESK, SUPERVISION};
use crate::error::{AppError, Result};
use crate::key::agent_exists;
use crate::runner::Command;
use crate::work::Work;

/// Tells the presence of an agent in a shop; the same again is the heartbeat.
#[derive(Debug, Clone)]
pub struct SetPresence {
    /// The tenant.
    pub shop: ShopId,
    /// Whose: the caller's own. A supervisor may say of others that they are offline.
    pub agent: AgentId,
    /// What they are.
    pub presence: Presence,
    /// How long it lasts unless it is said again; means nothing for who is offline.
    pub lasts: Span,
}

/// Ends a presence whose time is over; answers whether it was.
#[derive(Debug, Clone)]
pub struct PresenceOver {
    /// The tenant.
    pub shop: ShopId,
    /// Whose.
    pub agent: AgentId,
}

impl Command for SetPresence {
    type Output = AgentView;
    const NAME: &'static str = "SetPresence";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<AgentView> {
        self.check(work).await?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let leaves = self.presence == Presence::Offline;
        let Alone { mut agent, held } = alone(work, &self.shop, &self.agent, leaves).await?;
        if agent.told.is_some_and(|told| told.has_lapsed(work.now)) {
            // Its timer has not come yet; it takes nothing from what is said now.
            let ended = lapse(work, &mut agent);
            give_back(work, held, ended).await?;
        } else if leaves {
            give_back(work, held, None).await?;
        }
        let before = agent.presence(work.now).map(|told| told.presence);
        agent.tell(self.presence, self.lasts, work.now);
        if before != Some(self.presence) {
            self.announce(work, &agent);
        }
        remember(work, &agent);
        work.tx.send([agent::put(std::slice::from_ref(&agent))]).await?;
        super::list::view_in(work, &info, agent).await
    }
}

impl SetPresence {
    async fn check(&self, work: &Work) -> Result<()> {
        let principal = &work.call.principal;
        principal.require(DESK)?;
        if principal.name != self.agent {
            principal.require(SUPERVISION)?;
            if self.presence != Presence::Offline {
                return Err(AppError::field("presence", "must be OFFLINE for somebody else"));
            }
            // Who has no key any more may still be said to be there.
            let key = [(self.shop.clone(), self.agent.clone())];
            let is_known = !agent::by_ids(&key).all(&work.tx).await?.is_empty();
            if !is_known && !agent_exists(work, &self.shop, &self.agent).await? {
                return Err(AppError::not_found("agent", &self.agent));
            }
        }
        if (PRESENCE_MIN..=PRESENCE_MAX).contains(&self.lasts) {
            Ok(())
        } else {
            Err(AppError::field("ttl", "must be 30 seconds to 12 hours"))
        }
    }

    fn announce(&self, work: &mut Work, one: &Agent) {
        let agent = self.agent.clone();
        let until = one.told.and_then(|told| told.until).unwrap_or(work.now);
        let event = match self.presence {
            Presence::Available => Event::AgentAvailable { agent, until },
            Presence::Away => Event::AgentAway { agent, until },
            Presence::Offline => {
                let own = work.call.principal.name == self.agent;
                let cause = if own { Leaving::SignedOff } else { Leaving::SignedOffByOther };
                Event::AgentOffline { agent, cause, ended_at: None }
            }
        };
        work.happened(&self.shop, None, event);
    }
}

impl Command for PresenceOver {
    type Output = bool;
    const NAME: &'static str = "PresenceOver";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<bool> {
        let Alone { mut agent, held } = alone(work, &self.shop, &self.agent, true).await?;
        let over = agent.told.is_some_and(|told| told.has_lapsed(work.now));
        if over {
            let ended = lapse(work, &mut agent);
            give_back(work, held, ended).await?;
            work.tx.send([agent::put(std::slice::from_ref(&agent))]).await?;
        }
        // One that was moved is set again to where it belongs.
        remember(work, &agent);
        Ok(over)
    }
}

/// Makes an agent offline since their presence ended, and tells it; answers when that was.
fn lapse(work: &mut Work, agent: &mut Agent) -> Option<Time> {
    agent.told = agent.presence(work.now);
    let ended_at = agent.told.map(|told| told.since);
    let event = Event::AgentOffline { agent: agent.id.clone(), cause: Leaving::Expired, ended_at };
    work.happened(&agent.shop.clone(), None, event);
    ended_at
}

/// Sets or clears the deadline at which a presence ends.
fn remember(work: &mut Work, agent: &Agent) {
    let (shop, kind) = (&agent.shop, DeadlineKind::PresenceExpiry);
    match agent.told {
        Some(Told { until: Some(until), .. }) => work.due(shop, kind, &agent.id, until),
        _ => work.not_due(shop, kind, &agent.id),
    }
}
