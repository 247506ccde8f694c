//! What time does to a reply: an attempt that nobody reports about has no known end.

use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::reply::{ReplyState, ReplyVerb};
use amends_domain::{ReplyId, ShopId};
use amends_store::reply;

use super::step::{open_reply, sent, shown_at};
use crate::error::Result;
use crate::runner::Command;
use crate::work::Work;

/// Gives an attempt up that was not reported about in time; answers whether it did.
#[derive(Debug, Clone)]
pub struct DeliveryOverdue {
    /// The tenant.
    pub shop: ShopId,
    /// The reply.
    pub reply: ReplyId,
}

impl Command for DeliveryOverdue {
    type Output = bool;
    const NAME: &'static str = "DeliveryOverdue";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<bool> {
        let (reply, mut opened) = open_reply(work, &self.shop, self.reply).await?;
        work.not_due(&self.shop, DeadlineKind::ReplyDelivery, self.reply);
        match reply.state {
            ReplyState::Sending { until, .. } if until > work.now => {
                work.due(&self.shop, DeadlineKind::ReplyDelivery, self.reply, until);
                return Ok(false);
            }
            ReplyState::Sending { .. } => {}
            _ => return Ok(false),
        }
        let before = reply.version;
        if let Some(at) = shown_at(work, &reply).await? {
            let reply = reply.apply(ReplyVerb::Observe { at }, work.now)?;
            work.tx.send([reply::update(&[(reply.clone(), before)])]).await?;
            sent(work, &reply, &mut opened, at).await?;
            return Ok(true);
        }
        let reply = reply.apply(ReplyVerb::TimeOut, work.now)?;
        work.tx.send([reply::update(&[(reply.clone(), before)])]).await?;
        let event = Event::ReplyUnknown { reply: reply.id, attempt: reply.attempts, why: String::new() };
        work.happened(&self.shop, Some(reply.case), event);
        Ok(true)
    }
}
