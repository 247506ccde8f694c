//! Taking the case that should be worked next, for one agent or for many at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use amends_domain::agent::{Agent, Reach};
use amends_domain::case::{Case, CaseKind, Verb};
use amends_domain::event::Event;
use amends_domain::shop::Channel;
use amends_domain::subject::Anchor;
use amends_domain::{AgentId, CaseId, ShopId, Time};
use amends_store::agent::{self, Standing};
use amends_store::case;

use super::super::desk::set_deadlines;
use super::super::summary::summaries;
use super::super::{DESK, SUPERVISION, tell};
use super::{Claimed, HeldLease, anchor_of, new_lease};
use crate::agent::{capacity, check_room};
use crate::call::Call;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::shops::ShopInfo;
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
    fn agent(&self) -> &AgentId {
        &self.call.principal.name
    }

    /// The escalation level up to which the agent may take cases.
    fn level_max(&self) -> Result<u8> {
        self.call.principal.require(DESK)?;
        match (self.command.level_max, self.call.principal.has(SUPERVISION)) {
            (level, true) => Ok(level.unwrap_or(u8::MAX)),
            (None | Some(0), false) => Ok(0),
            (Some(_), false) => Err(AppError::RoleMissing { any: SUPERVISION }),
        }
    }

    /// The cases that the agent may take and wants to.
    fn reach(&self, agent: &Agent, channel: &Channel) -> Reach {
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
    let mut desk = Desk::open(work, shop, turns).await?;
    for (place, turn) in turns.iter().enumerate() {
        let seat = desk.seat(place, turn, work.now);
        answers.push(seat.map(|(level, seat)| by_level.entry(level).or_default().push(seat)).map(|()| None));
    }
    for (level, seats) in by_level {
        desk.serve(work, level, &seats, &mut answers).await?;
    }
    let places: Vec<usize> = desk.taken.iter().map(|(place, _)| *place).collect();
    for (place, claimed) in places.into_iter().zip(hand_over(work, turns, desk.taken).await?) {
        if let Some(answer) = answers.get_mut(place) {
            *answer = Ok(Some(claimed));
        }
    }
    Ok(answers)
}

/// An agent whose turn it is, and who may take something.
struct Seat {
    place: usize,
    agent: AgentId,
    reach: Reach,
    max: i64,
}

/// The queue of a shop while agents take from it.
struct Desk {
    info: Arc<ShopInfo>,
    agents: Vec<AgentId>,
    /// What each of the agents can take, and holds by now.
    standings: HashMap<AgentId, Standing>,
    max: HashMap<AgentId, i64>,
    /// Which turn got which case.
    taken: Vec<(usize, Case)>,
    gone: HashSet<CaseId>,
}

impl Desk {
    /// Locks how many cases each of the agents holds, all in one go and in one order for everyone;
    /// what is known of them is asked at once.
    async fn open(work: &Work, shop: ShopId, turns: &[&Turn]) -> Result<Self> {
        let agents: BTreeSet<&AgentId> = turns.iter().map(|turn| turn.agent()).collect();
        let agents: Vec<AgentId> = agents.into_iter().cloned().collect();
        let anchors: Vec<Anchor> = agents.iter().map(anchor_of).collect::<Result<_>>()?;
        work.lock(anchors.iter().map(|anchor| (&shop, anchor))).await?;
        let standings = agent::standings(&work.tx, &shop, &agents).await?;
        let info = work.app.shops().get(&work.tx, &shop, work.now).await?;
        let max = |one: &Standing| capacity(&work.app, &info, &one.agent);
        let max = standings.iter().map(|(name, one)| (name.clone(), max(one))).collect();
        Ok(Self { info, agents, standings, max, taken: Vec::new(), gone: HashSet::new() })
    }

    /// Lets an agent take a seat who may take cases of some level.
    fn seat(&self, place: usize, turn: &Turn, now: Time) -> Result<(u8, Seat)> {
        let level = turn.level_max()?;
        let agent = turn.agent().clone();
        let known = self.standings.get(&agent).map(|standing| &standing.agent);
        let known = known.ok_or_else(|| AppError::Internal(format!("{agent} was not asked about")))?;
        known.may_claim(now)?;
        let reach = turn.reach(known, &self.info.shop.channel);
        let max = self.max.get(&agent).copied().unwrap_or(0);
        Ok((level, Seat { place, agent, reach, max }))
    }

    /// Each seat takes one case at most, so as many as there are seats are enough for any of them:
    /// a look that gave fewer has seen all there is.
    async fn serve(
        &mut self,
        work: &Work,
        level: u8,
        seats: &[Seat],
        answers: &mut [Result<Option<Claimed>>],
    ) -> Result<()> {
        let Some(first) = seats.first() else { return Ok(()) };
        let wanted = u32::try_from(seats.len() + self.taken.len()).unwrap_or(u32::MAX);
        let alike = seats.iter().all(|seat| seat.reach == first.reach);
        let common = if alike { first.reach.clone() } else { Reach::default() };
        let mut waiting = self.look(work, level, &common, wanted).await?;
        let mut asked = BTreeSet::from([common, Reach::default()]);
        for seat in seats {
            let held = self.standings.get(&seat.agent).map_or(0, |standing| standing.held);
            if let Err(full) = check_room(held, seat.max) {
                if let Some(answer) = answers.get_mut(seat.place) {
                    *answer = Err(full);
                }
                continue;
            }
            let mut found = pick(&mut waiting, seat);
            if found.is_none() && asked.insert(seat.reach.clone()) {
                // What the first of the queue are not, others far behind them may be.
                let seen: HashSet<CaseId> = waiting.iter().map(|case| case.id).collect();
                let more = self.look(work, level, &seat.reach, wanted).await?;
                waiting.extend(more.into_iter().filter(|case| !seen.contains(&case.id)));
                waiting.sort_by_cached_key(Case::place_in_queue);
                found = pick(&mut waiting, seat);
            }
            if let Some(case) = found {
                self.standings.entry(seat.agent.clone()).and_modify(|standing| standing.held += 1);
                self.gone.insert(case.id);
                self.taken.push((seat.place, case));
            }
        }
        Ok(())
    }

    async fn look(&self, work: &Work, level: u8, reach: &Reach, limit: u32) -> Result<Vec<Case>> {
        let shop = &self.info.shop.id;
        let found = case::next_within(&work.tx, shop, &self.agents, level, reach, limit).await?;
        let mut found: Vec<Case> = found.into_iter().filter(|case| !self.gone.contains(&case.id)).collect();
        // What one of the agents had before comes first only for that agent.
        found.sort_by_cached_key(Case::place_in_queue);
        Ok(found)
    }
}

/// Takes out of what waits what an agent should take: what the agent had before, else the first that fits.
fn pick(waiting: &mut Vec<Case>, seat: &Seat) -> Option<Case> {
    let mine = |case: &Case| case.preferred_agent.as_ref() == Some(&seat.agent) && seat.reach.fits(case);
    let others = |case: &Case| seat.reach.fits(case);
    let at = waiting.iter().position(mine).or_else(|| waiting.iter().position(others))?;
    Some(waiting.remove(at))
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
