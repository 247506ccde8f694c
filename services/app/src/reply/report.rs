//! What the connector says became of a reply.

use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::reply::{Reply, ReplyState, ReplyVerb};
use amends_domain::{MessageId, ReplyId, ShopId, Span, Time};
use amends_store::reply;

use super::step::{check_message, open_reply, seen, sent, shown_at};
use super::{REPORTERS, ReplyView};
use crate::buyer::is_erased;
use crate::error::{AppError, Result, Violation, Why};
use crate::runner::Command;
use crate::work::Work;

/// The longest reason, in characters.
const WHY_CHARS_MAX: usize = 500;

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The channel has the reply.
    Sent {
        /// What the channel calls it.
        message: MessageId,
        /// When the channel got it; none means now.
        at: Option<Time>,
    },
    /// The channel does not have it.
    Failed {
        /// Why.
        why: String,
    },
    /// The connector does not know.
    Unknown {
        /// What the channel may call it, to recognise it by.
        message: Option<MessageId>,
        /// Why.
        why: String,
    },
}

/// Reports the end of an attempt, or what was read back about one whose end was unknown.
///
/// The same report twice is answered twice and changes nothing the second time.
#[derive(Debug, Clone)]
pub struct ReportDelivery {
    /// The tenant.
    pub shop: ShopId,
    /// The reply.
    pub reply: ReplyId,
    /// Which attempt.
    pub attempt: u32,
    /// What became of it.
    pub delivery: Delivery,
}

impl Command for ReportDelivery {
    type Output = ReplyView;
    const NAME: &'static str = "ReportDelivery";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<ReplyView> {
        work.call.principal.require(REPORTERS)?;
        self.check(work)?;
        let (reply, mut opened) = open_reply(work, &self.shop, self.reply).await?;
        let erased = is_erased(&work.tx, &opened.case).await?;
        let verb = self.verb(work, &reply, erased);
        let (before, known) = (reply.version, reply.knows(&verb));
        let mut reply = if known { reply } else { reply.apply(verb, work.now)? };
        check_message(work, &reply, reply.message.as_ref()).await?;
        if let Some(at) = shown_at(work, &reply).await? {
            // The channel showed it already, under the name that the connector tells only now.
            reply = Reply { version: before, ..reply }.apply(ReplyVerb::Observe { at }, work.now)?;
        } else if known {
            return Ok(seen(reply, &opened.case));
        }
        work.tx.send([reply::update(&[(reply.clone(), before)])]).await?;
        let attempt = reply.attempts;
        let event = match &reply.state {
            ReplyState::Sent { at } => {
                sent(work, &reply, &mut opened, *at).await?;
                return Ok(seen(reply, &opened.case));
            }
            ReplyState::Failed { why, .. } => {
                Event::ReplyFailed { reply: reply.id, attempt, why: why.clone() }
            }
            ReplyState::Unknown { why, .. } => {
                Event::ReplyUnknown { reply: reply.id, attempt, why: why.clone() }
            }
            _ => return Err(AppError::Internal(format!("a report led to {}", reply.state.stage()))),
        };
        work.not_due(&self.shop, DeadlineKind::ReplyDelivery, reply.id);
        work.happened(&self.shop, Some(reply.case), event);
        Ok(seen(reply, &opened.case))
    }
}

impl ReportDelivery {
    /// Everything that is wrong with the report by itself, all at once.
    fn check(&self, work: &Work) -> Result<()> {
        let mut wrong = Vec::new();
        let mut say = |field: &str, problem: &str, why: Why| {
            wrong.push(Violation { field: field.to_owned(), problem: problem.to_owned(), why });
        };
        match &self.delivery {
            Delivery::Sent { at: Some(at), .. } if *at > latest(work) => {
                say("send_time", "must not lie in the future", Why::Future);
            }
            Delivery::Failed { why } if why.trim().is_empty() => {
                say("failure", "must say why it failed", Why::Malformed);
            }
            Delivery::Failed { why } | Delivery::Unknown { why, .. }
                if why.chars().count() > WHY_CHARS_MAX =>
            {
                say("failure", "must have at most 500 characters", Why::Malformed);
            }
            _ => {}
        }
        if self.attempt == 0 {
            say("attempt", "must be the number of the attempt", Why::Malformed);
        }
        if wrong.is_empty() { Ok(()) } else { Err(AppError::Invalid(wrong)) }
    }

    /// Of a buyer who was erased no words are kept, not even a connector's.
    fn verb(&self, work: &Work, reply: &Reply, erased: bool) -> ReplyVerb {
        let attempt = self.attempt;
        match self.delivery.clone() {
            Delivery::Sent { message, at } => {
                // Never before it was written, and never later than now.
                let at = at.unwrap_or(work.now).min(work.now).max(reply.drafted_at);
                ReplyVerb::Deliver { attempt, message, at }
            }
            Delivery::Failed { why } => {
                ReplyVerb::Fail { attempt, why: if erased { String::new() } else { why } }
            }
            Delivery::Unknown { message, why } => {
                ReplyVerb::LoseTrack { attempt, message, why: if erased { String::new() } else { why } }
            }
        }
    }
}

fn latest(work: &Work) -> Time {
    let skew = work.app.settings().clock_skew.as_micros();
    work.now + Span::from_micros(i64::try_from(skew).unwrap_or(i64::MAX))
}
