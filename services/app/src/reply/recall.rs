//! The hold that replies were written under ends: what no connector has yet goes no further.

use std::collections::HashMap;

use amends_domain::ReplyId;
use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::reply::{HoldEnd, Reply, ReplyVerb, arrow};
use amends_domain::{CaseId, ShopId};
use amends_store::reply;

use crate::error::Result;
use crate::work::Work;

/// Takes the replies of cases back whose hold these steps ended: they are drafts again, which the
/// next agent sees and may adopt, or withdrawn where no agent comes any more.
///
/// Only a step that ends a hold asks the database; `taken` are replies that left it by themselves.
pub(crate) async fn recall(
    work: &mut Work,
    steps: impl IntoIterator<Item = (&Case, &Case)>,
    taken: &[ReplyId],
) -> Result<()> {
    for (shop, case, event) in ended_by(work, steps, taken).await? {
        work.happened(&shop, Some(case), event);
    }
    Ok(())
}

/// The same; what happened is answered, for whoever tells it in another name.
pub(crate) async fn ended_by(
    work: &Work,
    steps: impl IntoIterator<Item = (&Case, &Case)>,
    taken: &[ReplyId],
) -> Result<Vec<(ShopId, CaseId, Event)>> {
    let ended = steps.into_iter().filter_map(|(before, after)| {
        HoldEnd::of(before, after).map(|why| ((after.shop.clone(), after.id), (heir(after), why)))
    });
    let ended: HashMap<(ShopId, CaseId), (CaseId, HoldEnd)> = ended.collect();
    let mut told = Vec::new();
    if ended.is_empty() {
        return Ok(told);
    }
    let keys: Vec<_> = ended.keys().cloned().collect();
    let mut changed: Vec<(Reply, i64)> = Vec::new();
    for reply in reply::unsent(&keys).all(&work.tx).await? {
        let of_case = ended.get(&(reply.shop.clone(), reply.case));
        let Some((told_on, why)) = of_case.filter(|_| !taken.contains(&reply.id)) else { continue };
        let verb = if why.is_final() { ReplyVerb::Withdraw } else { ReplyVerb::Recall };
        if arrow(reply.state.stage(), verb.kind()).is_none() {
            continue;
        }
        let (before, shop) = (reply.version, reply.shop.clone());
        let after = reply.apply(verb, work.now)?;
        let event = if why.is_final() {
            Event::ReplyWithdrawn { reply: after.id, why: Some(*why) }
        } else {
            Event::ReplyRecalled { reply: after.id, why: *why, fence: after.fence }
        };
        told.push((shop, *told_on, event));
        changed.push((after, before));
    }
    work.tx.send([reply::update(&changed)]).await?;
    Ok(told)
}

/// The case whose replies they are from now on.
fn heir(case: &Case) -> CaseId {
    match case.handling {
        amends_domain::case::Handling::Merged { into, .. } => into,
        _ => case.id,
    }
}
