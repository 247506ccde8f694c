//! The rules of a reply that everyone reads below a review.

use super::ask::revisable_until;
use super::outgoing::{Eyes, Outgoing, Refusal};
use super::rule::Rule;
use crate::Time;
use crate::review::ReviewHistory;

/// What the decision about a public reply depends on besides buyer and text.
#[derive(Debug, Clone, Copy)]
pub struct PublicReply<'a> {
    /// The story of the review it answers.
    pub review: &'a ReviewHistory,
    /// When the order line was delivered, if known.
    pub delivered_at: Option<Time>,
    /// Other public replies to this review that the channel has or is to have.
    pub replies: u32,
    /// Other public replies to this review that may have arrived, and nobody knows.
    pub unsettled: u32,
    /// Whether it is accepted that the reply ends the buyer's chance to edit.
    pub override_lock: bool,
}

pub(super) fn check(out: &Outgoing<'_>, reply: &PublicReply<'_>, refusals: &mut Vec<Refusal>) {
    if out.policy.reply_locks_edit
        && let Ok(end) = revisable_until(out.policy, reply.review, reply.delivered_at, out.now)
    {
        locked(out, reply, end, refusals);
    }
    if reply.unsettled > 0 {
        refusals.push(Refusal::new(Rule::G13, vec![("unsettled", reply.unsettled.to_string())]));
    }
    if let Some(most) = out.policy.reply_count.filter(|most| reply.replies >= u32::from(*most)) {
        let facts = vec![("replies", reply.replies.to_string()), ("most", most.to_string())];
        refusals.push(Refusal::new(Rule::ReplyCount, facts));
    }
    if let Some(most) = out.policy.reply_length.filter(|most| out.text.characters > *most) {
        let facts = vec![("characters", out.text.characters.to_string()), ("most", most.to_string())];
        refusals.push(Refusal::new(Rule::ReplyLength, facts));
    }
}

/// The reply would take the buyer's chance to edit: only on purpose, and never by one person alone.
fn locked(out: &Outgoing<'_>, reply: &PublicReply<'_>, end: Time, refusals: &mut Vec<Refusal>) {
    if !reply.override_lock {
        let until = if end == Time::MAX { None } else { Some(end) };
        let facts = until.map(|end| ("edit_window_ends_at", end.micros().to_string()));
        refusals.push(Refusal::until(Rule::G12, facts.into_iter().collect(), until));
    } else if out.eyes == Eyes::Two {
        refusals.push(Refusal::new(Rule::G21, vec![("override", Rule::G12.to_string())]));
    }
}
