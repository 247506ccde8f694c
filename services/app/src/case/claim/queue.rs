//! The queue of a shop while agents take from it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use amends_domain::agent::Reach;
use amends_domain::case::Case;
use amends_domain::{AgentId, CaseId, ShopId};
use amends_store::agent::{self, Standing};
use amends_store::{StoreError, case};

use super::Claimed;
use super::next::Turn;
use crate::agent::{capacity, check_room};
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;
use crate::work::Work;

/// How often other replicas may be faster before the whole batch is tried again.
const ROUNDS_MAX: usize = 16;

/// An agent whose turn it is, and who may take something.
pub(super) struct Seat {
    pub(super) place: usize,
    agent: AgentId,
    reach: Reach,
    max: i64,
}

pub(super) struct Queue {
    info: Arc<ShopInfo>,
    /// What each of the agents can take, and holds by now.
    standings: HashMap<AgentId, Standing>,
    /// Which turn got which case.
    pub(super) taken: Vec<(usize, Case)>,
    /// What is taken, here or by somebody else at this moment.
    gone: HashSet<CaseId>,
}

/// What a look at the queue found, and which reaches it was asked about.
struct Waiting {
    cases: Vec<Case>,
    asked: BTreeSet<Reach>,
}

impl Queue {
    /// Locks how many cases each of the agents holds, all in one go and in one order for everyone;
    /// what is known of them is asked at once.
    pub(super) async fn open(work: &Work, shop: ShopId, turns: &[&Turn]) -> Result<Self> {
        let agents: BTreeSet<&AgentId> = turns.iter().map(|turn| turn.agent()).collect();
        let agents: Vec<AgentId> = agents.into_iter().cloned().collect();
        work.lock_agents(&shop, &agents).await?;
        let standings = agent::standings(&work.tx, &shop, &agents).await?;
        let info = work.app.shops().get(&work.tx, &shop, work.now).await?;
        Ok(Self { info, standings, taken: Vec::new(), gone: HashSet::new() })
    }

    /// Lets an agent take a seat who may take cases of some level and has room for one.
    pub(super) fn seat(&self, work: &Work, place: usize, turn: &Turn) -> Result<(u8, Seat)> {
        let level = turn.level_max()?;
        let agent = turn.agent().clone();
        let Standing { agent: known, held } = self.standing(&agent)?;
        known.may_claim(work.now)?;
        let max = capacity(&work.app, &self.info, known);
        check_room(*held, max)?;
        let reach = turn.reach(known, &self.info.shop.channel);
        Ok((level, Seat { place, agent, reach, max }))
    }

    fn standing(&self, agent: &AgentId) -> Result<&Standing> {
        let known = self.standings.get(agent);
        known.ok_or_else(|| AppError::Internal(format!("{agent} was not asked about")))
    }

    /// Lets each of these seats take what is next for it, in their order.
    ///
    /// Only what was picked is locked. What another replica took meanwhile is left to it, and
    /// those who picked it look again.
    pub(super) async fn serve(
        &mut self,
        work: &Work,
        level: u8,
        mut seats: Vec<Seat>,
        answers: &mut [Result<Option<Claimed>>],
    ) -> Result<()> {
        for _ in 0..ROUNDS_MAX {
            let picked = self.pick_all(work, level, &mut seats, answers).await?;
            if picked.is_empty() {
                return Ok(());
            }
            let shop = &self.info.shop.id;
            let ids: Vec<_> = picked.iter().map(|(_, case)| (shop.clone(), case.id)).collect();
            let locked = case::lock_queued(&work.tx, &ids).await?;
            let mut locked: HashMap<CaseId, Case> = locked.into_iter().map(|case| (case.id, case)).collect();
            let mut again = Vec::new();
            for (seat, case) in picked {
                self.gone.insert(case.id);
                match locked.remove(&case.id).filter(|now| seat.reach.fits(now) && now.level <= level) {
                    Some(now) => self.taken.push((seat.place, now)),
                    None => {
                        self.standings.entry(seat.agent.clone()).and_modify(|standing| standing.held -= 1);
                        again.push(seat);
                    }
                }
            }
            if again.is_empty() {
                return Ok(());
            }
            seats = again;
        }
        Err(StoreError::Contended("others were faster again and again".to_owned()).into())
    }

    /// What each seat picks; who finds nothing, or has no room any more, leaves.
    async fn pick_all(
        &mut self,
        work: &Work,
        level: u8,
        seats: &mut Vec<Seat>,
        answers: &mut [Result<Option<Claimed>>],
    ) -> Result<Vec<(Seat, Case)>> {
        let Some(first) = seats.first() else { return Ok(Vec::new()) };
        // Each takes one case at most, so as many as there are seats are enough for any of them.
        let wanted = u32::try_from(seats.len() + self.gone.len()).unwrap_or(u32::MAX);
        let alike = seats.iter().all(|seat| seat.reach == first.reach);
        let common = if alike { first.reach.clone() } else { Reach::default() };
        let agents: BTreeSet<AgentId> = seats.iter().map(|seat| seat.agent.clone()).collect();
        let look = Look { level, wanted, agents: agents.into_iter().collect() };
        let cases = self.look(work, &look, &common).await?;
        let mut waiting = Waiting { cases, asked: BTreeSet::from([common, Reach::default()]) };
        let mut picked = Vec::new();
        for seat in seats.drain(..) {
            if let Err(full) = check_room(self.standing(&seat.agent)?.held, seat.max) {
                if let Some(answer) = answers.get_mut(seat.place) {
                    *answer = Err(full);
                }
                continue;
            }
            let mut found = pick(&mut waiting.cases, &seat);
            if found.is_none() && waiting.asked.insert(seat.reach.clone()) {
                // What the first of the queue are not, others far behind them may be.
                let more = self.look(work, &look, &seat.reach).await?;
                waiting.add(more, &picked);
                found = pick(&mut waiting.cases, &seat);
            }
            if let Some(case) = found {
                self.standings.entry(seat.agent.clone()).and_modify(|standing| standing.held += 1);
                picked.push((seat, case));
            }
        }
        Ok(picked)
    }

    async fn look(&self, work: &Work, look: &Look, reach: &Reach) -> Result<Vec<Case>> {
        let shop = &self.info.shop.id;
        let found = case::claimable(&work.tx, shop, &look.agents, look.level, reach, look.wanted).await?;
        Ok(found.into_iter().filter(|case| !self.gone.contains(&case.id)).collect())
    }
}

struct Look {
    level: u8,
    wanted: u32,
    agents: Vec<AgentId>,
}

impl Waiting {
    /// Takes in what another look found, except what is known or picked already.
    fn add(&mut self, more: Vec<Case>, picked: &[(Seat, Case)]) {
        let known: HashSet<CaseId> =
            self.cases.iter().chain(picked.iter().map(|(_, case)| case)).map(|case| case.id).collect();
        self.cases.extend(more.into_iter().filter(|case| !known.contains(&case.id)));
        self.cases.sort_by_cached_key(Case::place_in_queue);
    }
}

/// Takes out of what waits what an agent should take: what the agent had before, else the first that fits.
fn pick(waiting: &mut Vec<Case>, seat: &Seat) -> Option<Case> {
    let mine = |case: &Case| case.preferred_agent.as_ref() == Some(&seat.agent) && seat.reach.fits(case);
    let others = |case: &Case| seat.reach.fits(case);
    let at = waiting.iter().position(mine).or_else(|| waiting.iter().position(others))?;
    Some(waiting.remove(at))
}
