//! Four eyes: another person agrees to a reply, and it goes to the connectors.

use amends_domain::case::Verb;
use amends_domain::event::Event;
use amends_domain::reply::ReplyVerb;
use amends_domain::{ReplyId, ShopId};
use amends_store::reply;

use super::ReplyOfCase;
use super::step::{check_words, done, open_reply, queued, standing};
use crate::call::Role;
use crate::case::{NOTE_CHARS_MAX, check_text, tell};
use crate::error::Result;
use crate::remedy::Right;
use crate::runner::Command;
use crate::work::Work;

/// Approves a reply that waits for it. The hold it was written under must still be the latest.
#[derive(Debug, Clone)]
pub struct ApproveReply {
    /// The tenant.
    pub shop: ShopId,
    /// The reply.
    pub reply: ReplyId,
    /// The version of its case that the supervisor saw.
    pub version: i64,
    /// Why; may be empty.
    pub note: String,
}

impl Command for ApproveReply {
    type Output = ReplyOfCase;
    const NAME: &'static str = "ApproveReply";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<ReplyOfCase> {
        work.call.principal.require(&[Role::Supervisor])?;
        check_text("note", &self.note, NOTE_CHARS_MAX, false)?;
        let (reply, mut opened) = open_reply(work, &self.shop, self.reply).await?;
        opened.check(work, &Right::Seen(self.version), |hold| Verb::Act { hold })?;
        let by = work.call.principal.name.clone();
        let before = reply.version;
        let case = standing(&opened.before);
        let reply = reply.apply(ReplyVerb::Approve { by: by.clone(), case }, work.now)?;
        check_words(work, &reply).await?;
        work.tx.send([reply::update(&[(reply.clone(), before)])]).await?;
        tell(work, &opened.case, Event::ReplyApproved { reply: reply.id, by }, &self.note).await?;
        queued(work, &reply, &opened.case).await?;
        done(work, reply, opened).await
    }
}
