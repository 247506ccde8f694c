//! Taking the case that should be worked next, for one agent or for many at once.

use std::collections::BTreeMap;

use amends_domain::agent::{Agent, Reach};
use amends_domain::case::{Case, CaseKind, Verb};
use amends_domain::event::Event;
use amends_domain::shop::Channel;
use amends_domain::{AgentId, ShopId};
use amends_store::case;

use super::super::desk::set_deadlines;
use super::super::summary::summaries;
use super::super::{DESK, SUPERVISION, tell};
use super::queue::{Queue, Seat};
use super::{Claimed, HeldLease, new_lease};
use crate::call::Call;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

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

/// An agent's turn at the queue.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub(super) call: Call,
    pub(super) command: ClaimNextCase,
}

impl Command for ClaimNextCase {
    type Output = Option<Claimed>;

    const NAME: &'static str = "ClaimNextCase";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Option<Claimed>> {
        let turn = Turn { call: work.call.clone(), command: self };
        claim_many(work, &[&turn]).await?.pop().unwrap_or(Ok(None))
    }
}

impl Turn {
    pub(super) fn agent(&self) -> &AgentId {
        &self.call.principal.name
    }

    /// The escalation level up to which the agent may take cases.
    pub(super) fn level_max(&self) -> Result<u8> {
        self.call.principal.require(DESK)?;
        match (self.command.level_max, self.call.principal.has(SUPERVISION)) {
            (level, true) => Ok(level.unwrap_or(u8::MAX)),
            (None | Some(0), false) => Ok(0),
            (Some(_), false) => Err(AppError::RoleMissing { any: SUPERVISION }),
        }
    }

    /// The cases that the agent may take and wants to.
    pub(super) fn reach(&self, agent: &Agent, channel: &Channel) -> Reach {
        agent.skills.reach(channel).and(Reach::of(&self.command.kinds, &self.command.languages))
    }
}

/// Gives each of these agents of one shop the case that is next for them, in their order.
///
/// The rows themselves are locked and not their anchors: a case that another agent
/// is taking is passed over, never waited for.
pub(super) async fn claim_many(work: &mut Work, turns: &[&Turn]) -> Result<Vec<Result<Option<Claimed>>>> {
    let Some(first) = turns.first() else { return Ok(Vec::new()) };
    let shop = first.command.shop.clone();
    let mut answers: Vec<Result<Option<Claimed>>> = Vec::with_capacity(turns.len());
    let mut by_level: BTreeMap<u8, Vec<Seat>> = BTreeMap::new();
    let mut queue = Queue::open(work, shop, turns).await?;
    for (place, turn) in turns.iter().enumerate() {
        let seat = queue.seat(work, place, turn);
        answers.push(seat.map(|(level, seat)| by_level.entry(level).or_default().push(seat)).map(|()| None));
    }
    for (level, seats) in by_level {
        queue.serve(work, level, seats, &mut answers).await?;
    }
    let places: Vec<usize> = queue.taken.iter().map(|(place, _)| *place).collect();
    for (place, claimed) in places.into_iter().zip(hand_over(work, turns, queue.taken).await?) {
        if let Some(answer) = answers.get_mut(place) {
            *answer = Ok(Some(claimed));
        }
    }
    Ok(answers)
}

/// Gives cases to the agents of these turns; all of it is written at once.
async fn hand_over(work: &mut Work, turns: &[&Turn], taken: Vec<(usize, Case)>) -> Result<Vec<Claimed>> {
    let (mut changed, mut helds) = (Vec::new(), Vec::new());
    for (place, before) in taken {
        let Some(turn) = turns.get(place) else { continue };
        work.call = turn.call.clone();
        let lease = new_lease(work, &before.shop, turn.agent().clone()).await?;
        let after = before.clone().apply(Verb::Claim { lease: lease.clone() }, work.now)?;
        set_deadlines(work, Some(&before), &after).await?;
        let (agent, fence) = (turn.agent().clone(), after.fence);
        tell(work, &after, Event::CaseClaimed { agent, fence }, "").await?;
        changed.push((after, before.version));
        helds.push(HeldLease { lease, fence });
    }
    work.tx.send(case::update(&changed)).await?;
    let after = changed.into_iter().map(|(case, _)| case).collect();
    let summaries = summaries(&work.tx, after).await?;
    Ok(summaries.into_iter().zip(helds).map(|(summary, held)| Claimed { summary, held }).collect())
}
