//! Taking the case that should be worked next, for one agent or for many at once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use amends_domain::case::{Case, CaseKind, Verb};
use amends_domain::event::Event;
use amends_domain::subject::Anchor;
use amends_domain::{AgentId, CaseId, ShopId};
use amends_store::case;

use super::super::desk::set_deadlines;
use super::super::summary::summaries;
use super::super::{DESK, SUPERVISION, tell};
use super::{Claimed, HeldLease, anchor_of, new_lease};
use crate::call::Call;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// How far the queue is looked through for a case that an agent's wishes fit.
const WIDE_LOOK: u32 = 512;

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

    fn wants(&self, case: &Case) -> bool {
        let ClaimNextCase { kinds, languages, .. } = &self.command;
        let primary = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
        let unknown = case.language.is_empty() || case.language == "und";
        let spoken = || languages.iter().any(|known| primary(known) == primary(&case.language));
        (kinds.is_empty() || kinds.contains(&case.kind)) && (languages.is_empty() || unknown || spoken())
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
    let mut by_level: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (at, turn) in turns.iter().enumerate() {
        let level = turn.level_max();
        answers.push(level.map(|level| by_level.entry(level).or_default().push(at)).map(|()| None));
    }
    let mut desk = Desk::open(work, shop, turns).await?;
    for (level, places) in by_level {
        desk.serve(work, level, turns, &places, &mut answers).await?;
    }
    let places: Vec<usize> = desk.taken.iter().map(|(place, _)| *place).collect();
    for (place, claimed) in places.into_iter().zip(hand_over(work, turns, desk.taken).await?) {
        if let Some(answer) = answers.get_mut(place) {
            *answer = Ok(Some(claimed));
        }
    }
    Ok(answers)
}

/// The queue of a shop while agents take from it.
struct Desk {
    shop: ShopId,
    agents: Vec<AgentId>,
    held: HashMap<AgentId, i64>,
    /// Which turn got which case.
    taken: Vec<(usize, Case)>,
    gone: HashSet<CaseId>,
}

impl Desk {
    /// Locks how many cases each of the agents holds, all in one go and in one order for everyone.
    async fn open(work: &Work, shop: ShopId, turns: &[&Turn]) -> Result<Self> {
        let agents: BTreeSet<&AgentId> = turns.iter().map(|turn| turn.agent()).collect();
        let agents: Vec<AgentId> = agents.into_iter().cloned().collect();
        let anchors: Vec<Anchor> = agents.iter().map(anchor_of).collect::<Result<_>>()?;
        work.lock(anchors.iter().map(|anchor| (&shop, anchor))).await?;
        let held = case::held_counts(&work.tx, &shop, &agents).await?;
        Ok(Self { shop, agents, held, taken: Vec::new(), gone: HashSet::new() })
    }

    async fn serve(
        &mut self,
        work: &Work,
        level: u8,
        turns: &[&Turn],
        places: &[usize],
        answers: &mut [Result<Option<Claimed>>],
    ) -> Result<()> {
        let wanted = u32::try_from(places.len() + self.taken.len()).unwrap_or(WIDE_LOOK);
        let mut waiting = self.look(work, level, wanted).await?;
        let mut is_wide = false;
        let max = work.app.settings().agent_capacity;
        for place in places {
            let Some(turn) = turns.get(*place) else { continue };
            let held = self.held.get(turn.agent()).copied().unwrap_or(0);
            if held >= max {
                if let Some(answer) = answers.get_mut(*place) {
                    *answer = Err(AppError::AtCapacity { held, max });
                }
                continue;
            }
            let mut found = pick(&mut waiting, turn);
            if found.is_none() && !is_wide {
                // What the first of the queue are not, others behind them may be.
                waiting = self.look(work, level, WIDE_LOOK.max(wanted)).await?;
                is_wide = true;
                found = pick(&mut waiting, turn);
            }
            if let Some(case) = found {
                *self.held.entry(turn.agent().clone()).or_default() += 1;
                self.gone.insert(case.id);
                self.taken.push((*place, case));
            }
        }
        Ok(())
    }

    async fn look(&self, work: &Work, level: u8, limit: u32) -> Result<Vec<Case>> {
        let found = case::next_claimable(&work.tx, &self.shop, &self.agents, level, limit).await?;
        let mut found: Vec<Case> = found.into_iter().filter(|case| !self.gone.contains(&case.id)).collect();
        // What one of the agents had before comes first only for that agent.
        found.sort_by_cached_key(Case::place_in_queue);
        Ok(found)
    }
}

/// Takes out of what waits what an agent should take: what the agent had before, else the first that fits.
fn pick(waiting: &mut Vec<Case>, turn: &Turn) -> Option<Case> {
    let mine = |case: &Case| case.preferred_agent.as_ref() == Some(turn.agent()) && turn.wants(case);
    let others = |case: &Case| turn.wants(case);
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
