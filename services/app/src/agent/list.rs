//! The agents of a shop: whoever has a key to work its cases, present or not.

use std::collections::{BTreeSet, HashMap};

use amends_domain::agent::{Agent, Presence, Reach};
use amends_domain::{AgentId, ShopId, Time};
use amends_store::agent::{self, Standing};
use amends_store::{Conn, case};

use super::{AgentView, DESK, capacity};
use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::key::desk_of;
use crate::shops::ShopInfo;
use crate::work::Work;

/// The most agents on one page.
pub const AGENTS_PAGE_MAX: u32 = 200;

/// Whoever has one of these sees every case of the shop, whatever their skills.
const SEES_ALL: &[Role] = &[Role::Supervisor, Role::Admin, Role::Analyst];

impl App {
    /// One agent of a shop.
    ///
    /// # Errors
    /// When there is no such agent, the shop is another's, the role is missing, or storage fails.
    pub async fn agent(&self, principal: &Principal, shop: &ShopId, id: &AgentId) -> Result<AgentView> {
        principal.enter(shop)?;
        principal.require(DESK)?;
        let (conn, now) = (self.store().reader(), self.now());
        let info = self.shops().get(&conn, shop, now).await?;
        if !names(&conn, principal, shop, now).await?.contains(id) {
            return Err(AppError::not_found("agent", id));
        }
        let mut standings = agent::standings(&conn, shop, std::slice::from_ref(id)).await?;
        Ok(self.view_of(&info, id, &mut standings, now))
    }

    /// The agents of a shop by their names, after one; of these presences, if any are named.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn agents(
        &self,
        principal: &Principal,
        shop: &ShopId,
        presences: &[Presence],
        after: Option<&AgentId>,
        limit: u32,
    ) -> Result<Vec<AgentView>> {
        principal.enter(shop)?;
        principal.require(DESK)?;
        let (conn, now) = (self.store().reader(), self.now());
        let info = self.shops().get(&conn, shop, now).await?;
        let names = names(&conn, principal, shop, now).await?;
        let later: Vec<AgentId> =
            names.into_iter().filter(|name| after.is_none_or(|after| name > after)).collect();
        let limit = usize::try_from(limit.clamp(1, AGENTS_PAGE_MAX)).unwrap_or(1);
        // Without a filter the page is known before anything is asked about its agents.
        let asked = if presences.is_empty() { later.get(..limit).unwrap_or(&later) } else { &later };
        let mut standings = agent::standings(&conn, shop, asked).await?;
        let views = asked.iter().map(|name| self.view_of(&info, name, &mut standings, now));
        let wanted = |view: &AgentView| {
            presences.is_empty() || view.told.is_some_and(|told| presences.contains(&told.presence))
        };
        Ok(views.filter(wanted).take(limit).collect())
    }

    fn view_of(
        &self,
        info: &ShopInfo,
        name: &AgentId,
        standings: &mut HashMap<AgentId, Standing>,
        now: Time,
    ) -> AgentView {
        let unknown = || Standing { agent: Agent::unknown(info.shop.id.clone(), name.clone()), held: 0 };
        let Standing { agent, held } = standings.remove(name).unwrap_or_else(unknown);
        AgentView { told: agent.presence(now), capacity: capacity(self, info, &agent), held, agent }
    }

    /// What a principal may see of the cases of a shop besides their own; none for all.
    pub(crate) async fn reach_of(
        &self,
        principal: &Principal,
        shop: &ShopId,
    ) -> Result<Option<(Reach, AgentId)>> {
        if principal.has(SEES_ALL) {
            return Ok(None);
        }
        let conn = self.store().reader();
        let found = agent::by_ids(&[(shop.clone(), principal.name.clone())]).all(&conn).await?;
        let Some(agent) = found.first() else { return Ok(None) };
        let info = self.shops().get(&conn, shop, self.now()).await?;
        let reach = agent.skills.reach(&info.shop.channel);
        Ok((!reach.is_everything()).then(|| (reach, principal.name.clone())))
    }
}

/// The names of the agents of a shop. Without keys nobody is known by name, but by what they did.
async fn names(conn: &Conn, principal: &Principal, shop: &ShopId, now: Time) -> Result<BTreeSet<AgentId>> {
    if let Some(names) = desk_of(conn, shop, now).await? {
        return Ok(names);
    }
    let mut names: BTreeSet<AgentId> = agent::names(conn, shop).await?.into_iter().collect();
    names.insert(principal.name.clone());
    Ok(names)
}

/// An agent as they are after a write.
pub(super) async fn view_in(work: &Work, info: &ShopInfo, agent: Agent) -> Result<AgentView> {
    let held = case::held_count(&work.tx, &agent.shop, &agent.id).await?;
    let capacity = capacity(&work.app, info, &agent);
    Ok(AgentView { told: agent.presence(work.now), capacity, held, agent })
}
