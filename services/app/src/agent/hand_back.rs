//! A buyer wrote about a case that waits or is solved: if the agent who had it is there,
//! it is theirs again at once.

use std::collections::HashMap;

use amends_domain::agent::Agent;
use amends_domain::case::{Case, Handling, Lease, State, Verb};
use amends_domain::{AgentId, LeaseId, ShopId, Time};
use amends_store::{Of, agent, case};

use super::{capacity, check_room};
use crate::context::Ids;
use crate::error::Result;
use crate::shops::ShopInfo;
use crate::work::Work;

/// The agents who had cases before and are there, with how many more they may hold.
///
/// None of them leaves before this transaction has ended.
#[derive(Debug, Default)]
pub(crate) struct Present(HashMap<Of<AgentId>, (Agent, i64)>);

impl Present {
    /// Looks which of the former owners of these cases are there.
    pub(crate) async fn look<'a>(work: &Work, cases: impl IntoIterator<Item = &'a Case>) -> Result<Self> {
        let mut owners: Vec<Of<AgentId>> = cases
            .into_iter()
            .filter_map(|case| Some((case.shop.clone(), former_owner(case)?.clone())))
            .collect();
        owners.sort_unstable();
        owners.dedup();
        let mut shops: HashMap<ShopId, Vec<Agent>> = HashMap::new();
        for one in agent::stay(&work.tx, &owners).await? {
            if one.is_available(work.now) {
                shops.entry(one.shop.clone()).or_default().push(one);
            }
        }
        let mut present = HashMap::new();
        for (shop, agents) in shops {
            let info = work.app.shops().get(&work.tx, &shop, work.now).await?;
            let names: Vec<AgentId> = agents.iter().map(|one| one.id.clone()).collect();
            let held = case::held_counts(&work.tx, &shop, &names).await?;
            for one in agents {
                let room = capacity(&work.app, &info, &one) - held.get(&one.id).copied().unwrap_or(0);
                present.insert((shop.clone(), one.id.clone()), (one, room));
            }
        }
        Ok(Self(present))
    }

    /// A lease for the agent whom a queued case is kept for, if they can take it now.
    ///
    /// A case above the level of agents is a supervisor's, whoever had it before.
    pub(crate) fn lease(&mut self, case: &Case, info: &ShopInfo, ids: &Ids, now: Time) -> Option<Lease> {
        let owner = case.preferred_agent.clone().filter(|_| case.level == 0)?;
        let (agent, room) = self.0.get_mut(&(case.shop.clone(), owner.clone()))?;
        if check_room(0, *room).is_err() || agent.must_fit(case, &info.shop.channel).is_err() {
            return None;
        }
        *room -= 1;
        let expires_at = now + info.policy.lease;
        Some(Lease { id: LeaseId::from_bits(ids.next(now)), agent: owner, expires_at })
    }
}

/// Whom a case would go back to, if its buyer wrote now.
fn former_owner(case: &Case) -> Option<&AgentId> {
    match &case.handling {
        Handling::WaitingBuyer { owner, .. }
        | Handling::WaitingThirdParty { owner, .. }
        | Handling::Snoozed { owner, .. } => Some(owner),
        Handling::Solved { .. } => case.preferred_agent.as_ref(),
        _ => None,
    }
}

/// Hands one case back that a buyer's word took from where it `was` into the queue; answers the
/// hold, if the agent who had it is there.
pub(crate) async fn hand_back(work: &Work, was: &Case, case: &mut Case) -> Result<Option<(AgentId, i64)>> {
    if case.handling.state() != State::Queued {
        return Ok(None);
    }
    let mut present = Present::look(work, [was]).await?;
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    let Some(lease) = present.lease(case, &info, work.app.ids(), work.now) else { return Ok(None) };
    let agent = lease.agent.clone();
    *case = case.clone().apply(Verb::HandBack { lease }, work.now)?;
    Ok(Some((agent, case.fence)))
}
