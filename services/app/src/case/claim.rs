//! Taking a case: the next one, or a certain one.

use amends_domain::case::{Case, Lease, Verb};
use amends_domain::event::Event;
use amends_domain::subject::Anchor;
use amends_domain::{AgentId, CaseId, LeaseId, ShopId};
use amends_store::case;

use super::summary::{CaseSummary, summary};
use super::{DESK, SUPERVISION, keep, open, tell};
use crate::agent::check_claim;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

mod next;
mod queue;
mod turns;

pub use next::ClaimNextCase;
pub use turns::{TurnStart, Turns};

/// A lease with its fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLease {
    /// The lease.
    pub lease: Lease,
    /// The number of the hold: a write under an older one is refused.
    pub fence: i64,
}

/// A case that an agent got.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The case after it.
    pub summary: CaseSummary,
    /// The agent's hold on it.
    pub held: HeldLease,
}

/// Claims one case; what the caller holds already is renewed.
#[derive(Debug, Clone)]
pub struct ClaimCase {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
}

impl Command for ClaimCase {
    type Output = Claimed;

    const NAME: &'static str = "ClaimCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Claimed> {
        let principal = work.call.principal.clone();
        principal.require(DESK)?;
        let seen = case::get(&work.tx, &self.shop, &self.case).await?;
        lock_agent(work, &self.shop, &principal.name, seen.as_ref()).await?;
        let before = open(work, &self.shop, self.case).await?;
        check_level(&principal, &before)?;
        match before.handling.lease() {
            Some(lease) if lease.agent == principal.name && lease.expires_at > work.now => {
                renew(work, before).await
            }
            held => {
                let ended = held.is_some_and(|lease| lease.expires_at <= work.now);
                check_claim(work, &self.shop, &principal.name, &before).await?;
                let free = if ended { expire(work, &before).await? } else { before.clone() };
                // Abandoned too often, it is a supervisor's from now on.
                check_level(&principal, &free)?;
                hand_over(work, &before, free).await
            }
        }
    }
}

fn check_level(principal: &Principal, case: &Case) -> Result<()> {
    let may = case.level == 0 || principal.has(SUPERVISION);
    if may { Ok(()) } else { Err(AppError::RoleMissing { any: SUPERVISION }) }
}

/// Locks how many cases an agent holds, together with a case that the agent is to get.
pub(crate) async fn lock_agent(
    work: &Work,
    shop: &ShopId,
    agent: &AgentId,
    case: Option<&Case>,
) -> Result<()> {
    let anchors: Vec<Anchor> = case.map(|case| case.subject.anchor()).into_iter().collect();
    work.lock_agent_and(shop, agent, &anchors).await
}

/// A new lease of the shop's length for an agent.
pub(super) async fn new_lease(work: &Work, shop: &ShopId, agent: AgentId) -> Result<Lease> {
    let info = work.app.shops().get(&work.tx, shop, work.now).await?;
    let expires_at = work.now + info.policy.lease;
    Ok(Lease { id: LeaseId::from_bits(work.id()), agent, expires_at })
}

/// Lets a lease end that ran out, whether or not its timer came yet.
pub(crate) async fn expire(work: &mut Work, before: &Case) -> Result<Case> {
    let Some(lease) = before.handling.lease().cloned() else { return Ok(before.clone()) };
    let after = before.clone().apply(Verb::LeaseExpired, work.now)?;
    let ended_at = Some(lease.expires_at);
    let abandon_count = after.abandon_count;
    let event = Event::LeaseExpired { agent: lease.agent, abandon_count, cause: None, ended_at };
    tell(work, &after, event, "").await?;
    if after.level > before.level {
        let event = Event::CaseEscalated { level: after.level, reason: "ABANDONED".to_owned() };
        tell(work, &after, event, "").await?;
    }
    Ok(after)
}

/// Gives a case to the caller; `before` is what stands in the database.
async fn hand_over(work: &mut Work, before: &Case, case: Case) -> Result<Claimed> {
    let agent = work.call.principal.name.clone();
    let lease = new_lease(work, &case.shop, agent.clone()).await?;
    let after = case.apply(Verb::Claim { lease: lease.clone() }, work.now)?;
    keep(work, before, &after).await?;
    let fence = after.fence;
    tell(work, &after, Event::CaseClaimed { agent, fence }, "").await?;
    Ok(Claimed { summary: summary(&work.tx, after).await?, held: HeldLease { lease, fence } })
}

/// Claiming again what one holds is a heartbeat.
async fn renew(work: &mut Work, before: Case) -> Result<Claimed> {
    let held = super::lease::extend(work, &before).await?;
    let case = case::get(&work.tx, &before.shop, &before.id).await?;
    let case = case.ok_or_else(|| AppError::not_found("case", before.id))?;
    Ok(Claimed { summary: summary(&work.tx, case).await?, held })
}
