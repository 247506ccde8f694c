//! A connector takes a queued reply to the channel.

use amends_domain::case::Refused;
use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::reply::ReplyVerb;
use amends_domain::{MessageId, ReplyId, ShopId};
use amends_store::reply;

use super::step::{check_message, check_words, open_reply, seen, standing};
use super::{CONNECTORS, ReplyView};
use crate::error::Result;
use crate::guard::{Passing, reply_may_go};
use crate::runner::Command;
use crate::work::Work;

/// Begins an attempt: nobody else may begin one until its end is known.
#[derive(Debug, Clone)]
pub struct BeginDelivery {
    /// The tenant.
    pub shop: ShopId,
    /// The reply.
    pub reply: ReplyId,
    /// What the channel will call the message, where the connector chooses that; an echo of it then
    /// resolves an attempt whose end is unknown.
    pub message: Option<MessageId>,
}

impl Command for BeginDelivery {
    type Output = ReplyView;
    const NAME: &'static str = "BeginDelivery";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<ReplyView> {
        work.call.principal.require(CONNECTORS)?;
        let (reply, opened) = open_reply(work, &self.shop, self.reply).await?;
        check_message(work, &reply, self.message.as_ref()).await?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let until = work.now + info.policy.reply_delivery;
        // Its timer may come late; the agent's own writes are refused from this moment on.
        if opened.case.handling.lease().is_some_and(|lease| lease.expires_at <= work.now) {
            return Err(Refused::LeaseExpired.into());
        }
        let (before, case) = (reply.version, standing(&opened.case));
        let reply = reply.apply(ReplyVerb::Begin { case, until, message: self.message }, work.now)?;
        check_words(work, &reply).await?;
        // Hours may have passed since it was queued, and the buyer may have had enough meanwhile.
        let decision = Some(reply_may_go(work, &reply, &opened.case, Passing::Delivered).await?);
        work.tx.send([reply::update(&[(reply.clone(), before)])]).await?;
        work.due(&self.shop, DeadlineKind::ReplyDelivery, reply.id, until);
        let event = Event::ReplySending { reply: reply.id, attempt: reply.attempts, until, decision };
        work.happened(&self.shop, Some(reply.case), event);
        Ok(seen(reply, &opened.case))
    }
}
