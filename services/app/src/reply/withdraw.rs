//! Takes a reply back before a connector has it.

use amends_domain::case::Verb;
use amends_domain::event::Event;
use amends_domain::reply::ReplyVerb;
use amends_domain::{ReplyId, ShopId};
use amends_store::reply;

use super::step::{done, hold, open_reply};
use super::{ReplyOfCase, WRITERS};
use crate::call::Role;
use crate::case::{NOTE_CHARS_MAX, check_text, tell};
use crate::error::Result;
use crate::remedy::Right;
use crate::runner::Command;
use crate::work::Work;

/// Takes a reply back, whoever wrote it: the agent who has the case now clears away what is stale.
#[derive(Debug, Clone)]
pub struct WithdrawReply {
    /// The tenant.
    pub shop: ShopId,
    /// The reply.
    pub reply: ReplyId,
    /// The version of its case that was seen.
    pub version: i64,
    /// The fence of the agent's lease; a supervisor without one sends 0.
    pub fence: i64,
    /// Why; may be empty.
    pub note: String,
}

impl Command for WithdrawReply {
    type Output = ReplyOfCase;
    const NAME: &'static str = "WithdrawReply";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<ReplyOfCase> {
        let principal = work.call.principal.clone();
        principal.require(WRITERS)?;
        check_text("note", &self.note, NOTE_CHARS_MAX, false)?;
        let right = Right::of(&principal, Some(self.version), self.fence, &[Role::Supervisor], &[])?;
        let (reply, mut opened) = open_reply(work, &self.shop, self.reply).await?;
        hold(work, &mut opened, &right, |hold| Verb::Note { hold })?;
        let before = reply.version;
        let reply = reply.apply(ReplyVerb::Withdraw, work.now)?;
        work.tx.send([reply::update(&[(reply.clone(), before)])]).await?;
        tell(work, &opened.case, Event::ReplyWithdrawn { reply: reply.id, why: None }, &self.note).await?;
        done(work, reply, opened).await
    }
}
