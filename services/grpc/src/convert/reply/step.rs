//! What happened to a reply, as its timeline shows it.

use amends_domain::event::Event;
use amends_domain::reply::{HoldEnd, ReplyStage};
use amends_domain::{ReplyId, ShopId};
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::number;
use crate::convert::Word as _;
use crate::name;

/// What happened to a reply; none for every other event.
#[must_use]
pub fn entry(shop: &ShopId, event: &Event, text: &str) -> Option<Entry> {
    let step = |reply: &ReplyId, after: ReplyStage, attempt: u32, detail: &str| pb::ReplyStep {
        reply: name::of(shop, reply),
        after: after.number(),
        attempt: number(attempt),
        message_id: String::new(),
        decision: String::new(),
        detail: if detail.is_empty() { text.to_owned() } else { detail.to_owned() },
    };
    Some(match event {
        Event::ReplyDrafted { reply, .. } => Entry::ReplyDrafted(step(reply, ReplyStage::Draft, 0, "")),
        Event::ReplyApprovalAsked { reply } => {
            Entry::ReplyApprovalRequested(step(reply, ReplyStage::AwaitingApproval, 0, ""))
        }
        Event::ReplyApproved { reply, by } => {
            Entry::ReplyApproved(step(reply, ReplyStage::Queued, 0, &format!("approved by {by}")))
        }
        Event::ReplyQueued { reply, attempts, decision, .. } => Entry::ReplyQueued(pb::ReplyStep {
            decision: name::of_decision(shop, decision.as_ref()),
            ..step(reply, ReplyStage::Queued, *attempts, "")
        }),
        Event::ReplySending { reply, attempt, decision, .. } => Entry::ReplySending(pb::ReplyStep {
            decision: name::of_decision(shop, decision.as_ref()),
            ..step(reply, ReplyStage::Sending, *attempt, "")
        }),
        Event::ReplySent { reply, attempt, message, .. } => Entry::ReplySent(pb::ReplyStep {
            message_id: message.to_string(),
            ..step(reply, ReplyStage::Sent, *attempt, "")
        }),
        Event::ReplyFailed { reply, attempt, why } => {
            Entry::ReplyFailed(step(reply, ReplyStage::Failed, *attempt, why))
        }
        Event::ReplyUnknown { reply, attempt, why } => {
            Entry::ReplyUnknown(step(reply, ReplyStage::Unknown, *attempt, why))
        }
        Event::ReplyWithdrawn { reply, why } => {
            let why = why.map_or("", |why| ended(why));
            Entry::ReplyWithdrawn(step(reply, ReplyStage::Withdrawn, 0, why))
        }
        Event::ReplyRecalled { reply, why, .. } => {
            Entry::ReplyRecalled(step(reply, ReplyStage::Draft, 0, ended(*why)))
        }
        Event::ReplyAdopted { reply, agent, from, .. } => {
            let detail = if agent == from { String::new() } else { format!("written by {from}") };
            Entry::ReplyAdopted(step(reply, ReplyStage::Draft, 0, &detail))
        }
        _ => return None,
    })
}

/// How the hold on a case ended, in words.
const fn ended(why: HoldEnd) -> &'static str {
    match why {
        HoldEnd::LeaseExpired => "the lease ended",
        HoldEnd::Requeued => "the case went back to the queue",
        HoldEnd::Reassigned => "the case was given to another agent",
        HoldEnd::Merged => "the case was merged",
        HoldEnd::Closed => "the case was closed",
        HoldEnd::Cancelled => "the case was cancelled",
    }
}
