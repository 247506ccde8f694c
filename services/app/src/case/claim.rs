//! Taking a case: the next one, or a certain one.

use amends_domain::case::{Case, CaseKind, Lease, Verb};
use amends_domain::event::Event;
use amends_domain::subject::Anchor;
use amends_domain::{AgentId, CaseId, ConversationId, LeaseId, ShopId};
use amends_store::case;

use super::summary::{CaseSummary, summary};
use super::{DESK, SUPERVISION, keep, open, tell};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// How many cases are looked through for one that matches, narrow look first.
const LOOKS: [u32; 2] = [32, 512];

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

/// Claims the case that should be worked next; answers none when nothing waits.
#[derive(Debug, Clone)]
pub struct ClaimNextCase {
    /// The tenant.
    pub shop: ShopId,
    /// Only these kinds; empty for all.
    pub kinds: Vec<CaseKind>,
    /// Only these languages (BCP 47); empty for all. An unknown language matches.
    pub languages: Vec<String>,
    /// Only this escalation level or lower; none takes 0 for agents and every level for supervisors.
    pub level_max: Option<u8>,
}

/// Claims one case; what the caller holds already is renewed.
#[derive(Debug, Clone)]
pub struct ClaimCase {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
}

impl Command for ClaimNextCase {
    type Output = Option<Claimed>;

    const NAME: &'static str = "ClaimNextCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Option<Claimed>> {
        let principal = work.call.principal.clone();
        principal.require(DESK)?;
        let level_max = match (self.level_max, principal.has(SUPERVISION)) {
            (level, true) => level.unwrap_or(u8::MAX),
            (None | Some(0), false) => 0,
            (Some(_), false) => return Err(AppError::RoleMissing { any: SUPERVISION }),
        };
        lock_agent(work, &self.shop, &principal.name, None).await?;
        check_capacity(work, &self.shop, &principal.name, 0).await?;
        let Some(case) = self.find(work, level_max).await? else { return Ok(None) };
        hand_over(work, &case, case.clone()).await.map(Some)
    }
}

impl ClaimNextCase {
    /// The row itself is locked and not its anchor: a case that another agent
    /// is taking is passed over, never waited for.
    async fn find(&self, work: &Work, level_max: u8) -> Result<Option<Case>> {
        let shops = std::slice::from_ref(&self.shop);
        let me = &work.call.principal.name;
        let unfiltered = self.kinds.is_empty() && self.languages.is_empty();
        let looks: &[u32] = if unfiltered { &[1] } else { &LOOKS };
        for limit in looks {
            let found = case::next_claimable(&work.tx, shops, me, level_max, work.now, *limit).await?;
            if let Some(case) = found.into_iter().find(|case| self.matches(case)) {
                return Ok(Some(case));
            }
        }
        Ok(None)
    }

    fn matches(&self, case: &Case) -> bool {
        let primary = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let unknown = case.language.is_empty() || case.language == "und";
        let spoken = || self.languages.iter().any(|known| primary(known) == primary(&case.language));
        (self.kinds.is_empty() || self.kinds.contains(&case.kind))
            && (self.languages.is_empty() || unknown || spoken())
    }
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
        if before.level > 0 && !principal.has(SUPERVISION) {
            return Err(AppError::RoleMissing { any: SUPERVISION });
        }
        match before.handling.lease() {
            Some(lease) if lease.agent == principal.name && lease.expires_at > work.now => {
                renew(work, before).await
            }
            held => {
                let ended = held.is_some_and(|lease| lease.expires_at <= work.now);
                check_capacity(work, &self.shop, &principal.name, 0).await?;
                let free = if ended { expire(work, &before).await? } else { before.clone() };
                hand_over(work, &before, free).await
            }
        }
    }
}

/// Locks how many cases an agent holds, together with a case that the agent is to get.
///
/// Both in one go and in one order for everyone, so that two claims never wait
/// for each other.
pub(super) async fn lock_agent(
    work: &Work,
    shop: &ShopId,
    agent: &AgentId,
    case: Option<&Case>,
) -> Result<()> {
    // Agents have no anchor of their own. A conversation of the same name
    // shares the lock at worst, which costs a wait and nothing else.
    let name = ConversationId::new(agent.as_str()).map_err(|e| AppError::Internal(e.to_string()))?;
    let mut anchors = vec![Anchor::Conversation(name)];
    anchors.extend(case.map(|case| case.subject.anchor()));
    work.lock(anchors.iter().map(|anchor| (shop, anchor))).await
}

/// Refuses when the agent holds as many as allowed; `already` of them do not count.
pub(super) async fn check_capacity(work: &Work, shop: &ShopId, agent: &AgentId, already: i64) -> Result<()> {
    let held = case::held_count(&work.tx, shop, agent).await?;
    let max = work.app.settings().agent_capacity;
    if held - already >= max { Err(AppError::AtCapacity { held, max }) } else { Ok(()) }
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
    let event = Event::LeaseExpired { agent: lease.agent, abandon_count: after.abandon_count };
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
