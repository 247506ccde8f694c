//! One step of an erasure: some of what stands of a buyer, in one transaction.

use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::reply::{Reply, ReplyVerb};
use amends_domain::{BuyerKey, CaseId, ShopId};
use amends_store::buyer::erasure::{self, ErasureRow};
use amends_store::buyer::sweep;
use amends_store::reply;

use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// Orders, reviews and conversations that are gone through in one transaction.
const ANCHORS: u32 = 100;

/// Texts of a kind that are taken away in one transaction.
const TEXTS: u32 = 1_000;

/// Takes the next step; answers whether another is to be taken.
#[derive(Debug, Clone)]
pub(crate) struct EraseStep {
    pub(crate) shop: ShopId,
    pub(crate) buyer: BuyerKey,
}

impl Command for EraseStep {
    type Output = bool;
    const NAME: &'static str = "EraseStep";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<bool> {
        let (shop, buyer) = (&self.shop, &self.buyer);
        let Some(before) = erasure::get(&work.tx, shop, buyer).await? else { return Ok(false) };
        let Some(reached) = before.reached.clone() else {
            work.not_due(shop, DeadlineKind::Erasure, buyer);
            return Ok(false);
        };
        let anchors = sweep::anchors(&work.tx, shop, buyer, &reached, ANCHORS).await?;
        let mut after = ErasureRow { version: before.version + 1, ..before.clone() };
        let goes_on = if let Some(last) = anchors.last().map(ToString::to_string) {
            // Whoever writes about any of them has committed, or will see that the buyer is erased.
            work.lock(anchors.iter().map(|anchor| (shop, anchor))).await?;
            let found = sweep::belongings(&work.tx, shop, buyer, &anchors).await?;
            after.erased.withdrawn += withdraw(work, shop, &found.cases).await?;
            let swept = sweep::erase(&work.tx, shop, buyer, &found, TEXTS).await?;
            after.erased.add(&swept.erased);
            if !swept.more {
                after.reached = Some(last);
            }
            true
        } else {
            let swept = sweep::erase_own(&work.tx, shop, buyer, TEXTS).await?;
            after.erased.add(&swept.erased);
            swept.more
        };
        if goes_on {
            work.due(shop, DeadlineKind::Erasure, buyer, work.now);
        } else {
            after.reached = None;
            after.done_at = after.done_at.or(Some(work.now));
            work.not_due(shop, DeadlineKind::Erasure, buyer);
        }
        work.tx.send([erasure::update(&after, before.version)]).await?;
        Ok(goes_on)
    }
}

/// Takes back what no connector has: its words are about to go.
async fn withdraw(work: &mut Work, shop: &ShopId, cases: &[CaseId]) -> Result<u64> {
    let keys: Vec<_> = cases.iter().map(|case| (shop.clone(), *case)).collect();
    let mut changed: Vec<(Reply, i64)> = Vec::new();
    for reply in reply::unsent(&keys).all(&work.tx).await? {
        let before = reply.version;
        let reply = reply.apply(ReplyVerb::Withdraw, work.now)?;
        work.happened(shop, Some(reply.case), Event::ReplyWithdrawn { reply: reply.id, why: None });
        changed.push((reply, before));
    }
    work.tx.send([reply::update(&changed)]).await?;
    Ok(u64::try_from(changed.len()).unwrap_or(u64::MAX))
}
