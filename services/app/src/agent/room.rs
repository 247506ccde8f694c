//! Whether an agent gets a case: they are there, it is within their skills, and there is room.

use amends_domain::agent::Agent;
use amends_domain::case::Case;
use amends_domain::{AgentId, ShopId};
use amends_store::Conn;
use amends_store::agent::{self, Standing};

use crate::app::App;
use crate::case::NotNow;
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;
use crate::work::Work;

/// The most cases that an agent may hold: their own limit, else the shop's, else the service's.
pub(crate) fn capacity(app: &App, info: &ShopInfo, agent: &Agent) -> i64 {
    let own = agent.capacity.or(info.policy.agent_capacity);
    own.map_or(app.settings().agent_capacity, i64::from)
}

/// Refuses an agent who holds as many cases as they may.
pub(crate) fn check_room(held: i64, max: i64) -> Result<()> {
    if held >= max { Err(AppError::AtCapacity { held, max }) } else { Ok(()) }
}

/// Refuses a claim of a certain case; the caller has the lock of what the agent holds.
pub(crate) async fn check_claim(work: &Work, shop: &ShopId, name: &AgentId, case: &Case) -> Result<()> {
    let Standing { agent, held } = standing(work, shop, name).await?;
    let info = work.app.shops().get(&work.tx, shop, work.now).await?;
    agent.may_claim(work.now)?;
    agent.must_fit(case, &info.shop.channel)?;
    // What the agent had until a moment ago is counted as held until its timer comes.
    let already = case.handling.lease().is_some_and(|lease| lease.agent == *name);
    check_room(held - i64::from(already), capacity(&work.app, &info, &agent))
}

/// Why a reader could not claim a case now, as far as they themselves are concerned.
pub(crate) async fn why_not(app: &App, conn: &Conn, reader: &AgentId, case: &Case) -> Result<Option<NotNow>> {
    let mut found = agent::standings(conn, &case.shop, std::slice::from_ref(reader)).await?;
    let Some(Standing { agent, held }) = found.remove(reader) else { return Ok(None) };
    let info = app.shops().get(conn, &case.shop, app.now()).await?;
    let may = agent.may_claim(app.now()).and_then(|()| agent.must_fit(case, &info.shop.channel));
    let max = capacity(app, &info, &agent);
    let full = || (held >= max).then_some(NotNow::AtCapacity { held, max });
    Ok(may.err().map(NotNow::Agent).or_else(full))
}

/// Refuses to give an agent a case that a supervisor chose for them; `already` of those they hold do
/// not count. Skills do not bind a supervisor, who may know better.
pub(crate) async fn check_gift(work: &Work, shop: &ShopId, name: &AgentId, already: i64) -> Result<()> {
    let Standing { agent, held } = standing(work, shop, name).await?;
    let info = work.app.shops().get(&work.tx, shop, work.now).await?;
    agent.may_be_given(work.now)?;
    check_room(held - already, capacity(&work.app, &info, &agent))
}

async fn standing(work: &Work, shop: &ShopId, name: &AgentId) -> Result<Standing> {
    let mut found = agent::standings(&work.tx, shop, std::slice::from_ref(name)).await?;
    let unknown = || Standing { agent: Agent::unknown(shop.clone(), name.clone()), held: 0 };
    Ok(found.remove(name).unwrap_or_else(unknown))
}
