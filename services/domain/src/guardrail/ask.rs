//! The rules of the ask: once, in approved words, when every promise was kept and it still helps.

use super::outgoing::{Outgoing, Refusal};
use super::quota::{self, QuotaUse};
use super::rule::Rule;
use crate::policy::{AskPermission, ChannelPolicy};
use crate::review::{EditState, ReviewHistory};
use crate::{Span, Time};

/// How long after the last fulfilment nobody is asked anything.
pub const ASK_REST: Span = Span::from_hours(24);

/// What the decision about an ask depends on besides buyer and text.
#[derive(Debug, Clone, Copy)]
pub struct AskFacts<'a> {
    /// The review's story.
    pub review: &'a ReviewHistory,
    /// When the order line was delivered, if known.
    pub delivered_at: Option<Time>,
    /// Accepted remedies that are not fulfilled.
    pub remedies_promised: u32,
    /// When the last remedy was fulfilled.
    pub last_fulfilled_at: Option<Time>,
    /// When the buyer was asked about this review.
    pub asked_at: Option<Time>,
    /// Whether its words are approved ones.
    pub approved_words: bool,
    /// Whether it goes out as the channel's own revision request.
    pub by_request: bool,
    /// What was used of the channel's quota this year.
    pub quota: QuotaUse,
}

pub(super) fn check(out: &Outgoing<'_>, ask: &AskFacts<'_>, refusals: &mut Vec<Refusal>) {
    let allowed = match out.policy.ask {
        AskPermission::Yes => true,
        AskPermission::RequestOnly => ask.by_request,
        AskPermission::No => false,
    };
    if !allowed {
        let facts = vec![
            ("channel", out.policy.channel.clone()),
            ("ask", out.policy.ask.to_string()),
            ("source", out.policy.source.clone()),
        ];
        refusals.push(Refusal::new(Rule::G01, facts));
    }
    rested(ask, out.now, refusals);
    if !ask.approved_words && refusals.iter().all(|refusal| refusal.rule != Rule::G05) {
        let why = "the words are no approved template".to_owned();
        refusals.push(Refusal::new(Rule::G05, vec![("why", why)]));
    }
    if let Some(at) = ask.asked_at {
        refusals.push(Refusal::new(Rule::G10, vec![("asked_at", at.micros().to_string())]));
    }
    if let Err(why) = askable_until(out.policy, ask.review, ask.delivered_at, out.now) {
        refusals.push(Refusal::new(Rule::G11, vec![("why", why.to_owned())]));
    }
    quota::check(out, &ask.quota, refusals);
}

fn rested(ask: &AskFacts<'_>, now: Time, refusals: &mut Vec<Refusal>) {
    if ask.remedies_promised > 0 {
        let facts = vec![("remedies_promised", ask.remedies_promised.to_string())];
        refusals.push(Refusal::new(Rule::G03, facts));
    } else if let Some(at) = ask.last_fulfilled_at.filter(|at| now < *at + ASK_REST) {
        let facts = vec![("fulfilled_at", at.micros().to_string()), ("rest_hours", "24".to_owned())];
        refusals.push(Refusal::until(Rule::G03, facts, Some(at + ASK_REST)));
    }
}

/// Edits that were seen, or the one the channel tells of without our having seen it.
fn edits_used(review: &ReviewHistory) -> usize {
    let seen = review.diffs.iter().filter(|diff| diff.is_edit()).count();
    seen.max(usize::from(review.edit_state == Some(EditState::EditedOnce)))
}

/// Until when a buyer can be told that a bad review can be made better: as long as it surely can.
///
/// # Errors
/// With why nothing about it can be revised now, or why nobody knows.
pub fn askable_until(
    policy: &ChannelPolicy,
    review: &ReviewHistory,
    delivered_at: Option<Time>,
    now: Time,
) -> Result<Time, &'static str> {
    let end = revisable_until(policy, review, delivered_at, now)?;
    if policy.edit_window.lacks_delivery(delivered_at) {
        return Err("the edit window counts from the delivery, and when it was delivered is not known");
    }
    Ok(end)
}

/// Until when the buyer can make a bad review better, or perhaps can: where the window counts from a
/// delivery that nobody knows of, until it would end had the delivery been on the day of the review.
///
/// # Errors
/// With why nothing about it can be revised now.
pub fn revisable_until(
    policy: &ChannelPolicy,
    review: &ReviewHistory,
    delivered_at: Option<Time>,
    now: Time,
) -> Result<Time, &'static str> {
    if !review.visible {
        return Err("the review is gone");
    }
    if review.rating.is_none_or(|rating| rating > policy.negative_threshold) {
        return Err("the review is not negative");
    }
    if review.edit_state == Some(EditState::Expired) {
        return Err("the channel says that the edit window has closed");
    }
    if policy.edits_allowed.is_some_and(|allowed| edits_used(review) >= usize::from(allowed)) {
        return Err("every allowed edit was used");
    }
    let written_at = review.written_at.unwrap_or(now);
    match policy.edit_window.ends_at(written_at, delivered_at) {
        None => Err("reviews of this channel cannot be edited"),
        Some(end) if end <= now => Err("the edit window has closed"),
        Some(end) => Ok(end),
    }
}
