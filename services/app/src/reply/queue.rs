//! Hands a reply to the connectors, or to another person first.

use amends_domain::case::Verb;
use amends_domain::event::Event;
use amends_domain::reply::{Reply, ReplyVerb, ReplyVerbKind, Standing};
use amends_domain::{ReplyId, ShopId};
use amends_store::reply;

use super::step::{begin_work, check_words, done, hold, open_reply, queued, standing};
use super::{ReplyOfCase, WRITERS};
use crate::error::Result;
use crate::guard::{Passing, reply_may_go};
use crate::remedy::Right;
use crate::runner::Command;
use crate::work::Work;

/// Queues a draft, or a reply that failed. The hold must be the one it was written under, unless
/// the agent adopts it.
#[derive(Debug, Clone)]
pub struct QueueReply {
    /// The tenant.
    pub shop: ShopId,
    /// The reply.
    pub reply: ReplyId,
    /// The version of its case that the agent saw.
    pub version: i64,
    /// The fence of the agent's lease.
    pub fence: i64,
    /// Whether to make it one's own first, if it was written under an earlier hold.
    pub adopt: bool,
    /// Whether it is accepted that a public reply ends the buyer's chance to edit; another person
    /// has to agree to that.
    pub override_lock: bool,
}

impl Command for QueueReply {
    type Output = ReplyOfCase;
    const NAME: &'static str = "QueueReply";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<ReplyOfCase> {
        let principal = work.call.principal.clone();
        principal.require(WRITERS)?;
        let right = Right::of(&principal, Some(self.version), self.fence, &[], &[])?;
        let (mut reply, mut opened) = open_reply(work, &self.shop, self.reply).await?;
        hold(work, &mut opened, &right, |hold| Verb::Act { hold })?;
        let before = reply.version;
        let case = standing(&opened.before);
        if self.adopt && reply.check(case).is_err() {
            reply = adopt(work, reply, case)?;
        }
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        // What another person agreed to once may be tried again as it is.
        if self.override_lock && !reply.override_lock {
            (reply.override_lock, reply.approved_by) = (true, None);
        }
        let asks = (info.policy.reply_approval || reply.override_lock) && reply.approved_by.is_none();
        let verb = if asks { ReplyVerb::Submit { case } } else { ReplyVerb::Queue { case } };
        let kind = verb.kind();
        let reply = reply.apply(verb, work.now)?;
        check_words(work, &reply).await?;
        work.tx.send([reply::update(&[(reply.clone(), before)])]).await?;
        begin_work(work, &mut opened).await?;
        if kind == ReplyVerbKind::Submit {
            reply_may_go(work, &reply, &opened.case, Passing::Submitted).await?;
            let event = Event::ReplyApprovalAsked { reply: reply.id };
            work.happened(&self.shop, Some(reply.case), event);
        } else {
            queued(work, &reply, &opened.case).await?;
        }
        done(work, reply, opened).await
    }
}

/// Makes a reply that was written under an earlier hold the caller's own.
fn adopt(work: &mut Work, reply: Reply, case: Standing) -> Result<Reply> {
    let (agent, from) = (work.call.principal.name.clone(), reply.author.clone());
    let reply = reply.apply(ReplyVerb::Adopt { by: agent.clone(), case }, work.now)?;
    let event = Event::ReplyAdopted { reply: reply.id, agent, from, fence: reply.fence };
    work.happened(&reply.shop, Some(reply.case), event);
    Ok(reply)
}
