//! Holding a case, giving it back, and giving it to someone.

use amends_domain::case::{Case, Hold, Refused, Verb};
use amends_domain::event::Event;
use amends_domain::{AgentId, CaseId, LeaseId, ShopId};
use amends_store::case;

use super::claim::{HeldLease, expire, lock_agent, new_lease};
use super::desk::{check_text, set_deadlines};
use super::summary::{CaseSummary, summary};
use super::{DESK, NOTE_CHARS_MAX, SUPERVISION, Target, keep, open, tell};
use crate::agent::check_gift;
use crate::error::{AppError, Result};
use crate::key::agent_exists;
use crate::runner::Command;
use crate::work::Work;

/// The heartbeat of an agent's screen.
#[derive(Debug, Clone)]
pub struct RenewLease {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
    /// The lease.
    pub lease: LeaseId,
    /// Its fence.
    pub fence: i64,
}

/// Gives a case back to its original place in the queue.
#[derive(Debug, Clone)]
pub struct ReleaseCase {
    /// Which case, under which hold.
    pub target: Target,
    /// The lease; none for a case that waits and so has none.
    pub lease: Option<LeaseId>,
    /// A note for colleagues; may be empty.
    pub note: String,
}

/// Gives a case to an agent, whoever holds it.
#[derive(Debug, Clone)]
pub struct AssignCase {
    /// The tenant.
    pub shop: ShopId,
    /// Which case.
    pub case: CaseId,
    /// The version the supervisor saw.
    pub version: i64,
    /// To whom; none puts it back into the queue.
    pub agent: Option<AgentId>,
    /// A note for colleagues; may be empty.
    pub note: String,
}

/// A case that was given to someone.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// The case after it.
    pub summary: CaseSummary,
    /// The agent's hold on it; none when it went back into the queue.
    pub held: Option<HeldLease>,
}

impl Command for RenewLease {
    type Output = HeldLease;

    const NAME: &'static str = "RenewLease";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<HeldLease> {
        work.call.principal.require(DESK)?;
        let before = open(work, &self.shop, self.case).await?;
        let agent = work.call.principal.name.clone();
        before.check(&Hold { agent, fence: self.fence, version: before.version }, work.now)?;
        check_lease(&before, Some(self.lease))?;
        extend(work, &before).await
    }
}

/// Moves the end of the caller's lease.
///
/// A heartbeat says nothing about the content of the case, so the version
/// stays: otherwise every heartbeat would make the agent's own next write stale.
pub(super) async fn extend(work: &mut Work, before: &Case) -> Result<HeldLease> {
    let info = work.app.shops().get(&work.tx, &before.shop, work.now).await?;
    let agent = work.call.principal.name.clone();
    let hold = Hold { agent, fence: before.fence, version: before.version };
    let expires_at = work.now + info.policy.lease;
    let mut after = before.clone().apply(Verb::Renew { hold, expires_at }, work.now)?;
    after.version = before.version;
    work.tx.send(case::update(&[(after.clone(), before.version)])).await?;
    set_deadlines(work, Some(before), &after).await?;
    let lease = after.handling.lease().cloned().ok_or(Refused::NotHolder)?;
    Ok(HeldLease { lease, fence: after.fence })
}

/// Refuses a lease that is not the living one.
fn check_lease(case: &Case, shown: Option<LeaseId>) -> Result<()> {
    match case.handling.lease() {
        Some(lease) if shown != Some(lease.id) => Err(Refused::NotHolder.into()),
        _ => Ok(()),
    }
}

impl Command for ReleaseCase {
    type Output = CaseSummary;

    const NAME: &'static str = "ReleaseCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.target.shop)
    }

    async fn run(self, work: &mut Work) -> Result<CaseSummary> {
        work.call.principal.require(DESK)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, false)?;
        let before = open(work, &self.target.shop, self.target.case).await?;
        let agent = work.call.principal.name.clone();
        let after = before.clone().apply(Verb::Release { hold: self.target.hold(&agent) }, work.now)?;
        check_lease(&before, self.lease)?;
        check_version(&before, self.target.version)?;
        keep(work, &before, &after).await?;
        tell(work, &after, Event::CaseReleased { agent, cause: None }, &self.note).await?;
        summary(&work.tx, after).await
    }
}

fn check_version(case: &Case, seen: i64) -> Result<()> {
    let current = case.version;
    if seen == current { Ok(()) } else { Err(Refused::VersionStale { seen, current }.into()) }
}

impl Command for AssignCase {
    type Output = Assigned;

    const NAME: &'static str = "AssignCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Assigned> {
        work.call.principal.require(SUPERVISION)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, false)?;
        match self.agent.clone() {
            Some(agent) => self.give(work, agent).await,
            None => self.take_back(work).await,
        }
    }
}

impl AssignCase {
    async fn give(&self, work: &mut Work, agent: AgentId) -> Result<Assigned> {
        if agent != work.call.principal.name && !agent_exists(work, &self.shop, &agent).await? {
            return Err(AppError::not_found("agent", agent));
        }
        let seen = case::get(&work.tx, &self.shop, &self.case).await?;
        lock_agent(work, &self.shop, &agent, seen.as_ref()).await?;
        let before = open(work, &self.shop, self.case).await?;
        let already = before.handling.lease().is_some_and(|lease| lease.agent == agent);
        check_gift(work, &self.shop, &agent, i64::from(already)).await?;
        check_version(&before, self.version)?;
        let ended = before.handling.lease().is_some_and(|lease| lease.expires_at <= work.now);
        // Whether its timer came or not: who let it lapse has abandoned it.
        let free = if ended { expire(work, &before).await? } else { before.clone() };
        let lease = new_lease(work, &self.shop, agent.clone()).await?;
        let verb = Verb::Assign { lease: lease.clone(), version: free.version };
        let after = free.apply(verb, work.now)?;
        keep(work, &before, &after).await?;
        let fence = after.fence;
        tell(work, &after, Event::CaseAssigned { agent, fence }, &self.note).await?;
        let held = Some(HeldLease { lease, fence });
        Ok(Assigned { summary: summary(&work.tx, after).await?, held })
    }

    async fn take_back(&self, work: &mut Work) -> Result<Assigned> {
        let before = open(work, &self.shop, self.case).await?;
        check_version(&before, self.version)?;
        let ended = before.handling.lease().is_some_and(|lease| lease.expires_at <= work.now);
        let after = if ended {
            expire(work, &before).await?
        } else {
            // The supervisor lets go in the holder's name.
            let owner = before.handling.owner().unwrap_or(&work.call.principal.name).clone();
            let hold = Hold { agent: owner.clone(), fence: before.fence, version: before.version };
            let after = before.clone().apply(Verb::Release { hold }, work.now)?;
            tell(work, &after, Event::CaseReleased { agent: owner, cause: None }, &self.note).await?;
            after
        };
        keep(work, &before, &after).await?;
        Ok(Assigned { summary: summary(&work.tx, after).await?, held: None })
    }
}
