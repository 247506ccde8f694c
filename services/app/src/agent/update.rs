//! What an agent can take, and how much: a supervisor's decision.

use amends_domain::agent::Skills;
use amends_domain::case::CaseKind;
use amends_domain::shop::Channel;
use amends_domain::{AgentId, ShopId};
use amends_store::agent;

use super::{AgentView, SUPERVISION};
use crate::case::lock_agent;
use crate::error::{AppError, Result};
use crate::key::agent_exists;
use crate::runner::Command;
use crate::work::Work;

/// Changes the skills or the capacity of an agent. Cases they hold stay theirs.
#[derive(Debug, Clone)]
pub struct UpdateAgent {
    /// The tenant.
    pub shop: ShopId,
    /// Whose.
    pub agent: AgentId,
    /// The version the caller saw.
    pub version: i64,
    /// What changes.
    pub change: AgentChange,
}

/// New values; none leaves the old one.
#[derive(Debug, Clone, Default)]
pub struct AgentChange {
    /// Languages, BCP 47; empty for all.
    pub languages: Option<Vec<String>>,
    /// Channels; empty for all.
    pub channels: Option<Vec<Channel>>,
    /// Kinds of cases; empty for all.
    pub kinds: Option<Vec<CaseKind>>,
    /// The most cases at a time; the inner none for as many as the shop allows.
    pub capacity: Option<Option<u32>>,
}

impl Command for UpdateAgent {
    type Output = AgentView;
    const NAME: &'static str = "UpdateAgent";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<AgentView> {
        work.call.principal.require(SUPERVISION)?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        if !agent_exists(work, &self.shop, &self.agent).await? {
            return Err(AppError::not_found("agent", self.agent));
        }
        lock_agent(work, &self.shop, &self.agent, None).await?;
        let mut one = agent::alone(&work.tx, &self.shop, &self.agent).await?;
        if one.version != self.version {
            return Err(AppError::EtagStale { seen: self.version, current: one.version });
        }
        self.change.apply(&mut one.skills);
        one.capacity = self.change.capacity.unwrap_or(one.capacity);
        one.version += 1;
        work.tx.send([agent::put(std::slice::from_ref(&one))]).await?;
        super::list::view_in(work, &info, one).await
    }
}

impl AgentChange {
    fn apply(&self, skills: &mut Skills) {
        if let Some(languages) = &self.languages {
            skills.languages = once(languages);
        }
        if let Some(channels) = &self.channels {
            skills.channels = once(channels);
        }
        if let Some(kinds) = &self.kinds {
            skills.kinds = once(kinds);
        }
    }
}

/// Each value once, where it stood first.
fn once<T: Clone + PartialEq>(values: &[T]) -> Vec<T> {
    let mut kept: Vec<T> = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(value) {
            kept.push(value.clone());
        }
    }
    kept
}
