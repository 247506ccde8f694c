//! Guardrails: pure rules that can refuse an action, each with its id.

use crate::code::codes;
use crate::policy::{AskPermission, ChannelPolicy};
use crate::review::{EditState, ReviewHistory};
use crate::{Span, Time};

codes! {
    /// The id of a guardrail.
    pub enum Rule {
        /// Asking is forbidden by the channel's policy, or no row allows it.
        G01 = "G01",
        /// An accepted remedy is not fulfilled yet, or too recently.
        G03 = "G03",
        /// This review was already asked about.
        G10 = "G10",
        /// Nothing can be revised: the edit window has closed, the one edit was
        /// used, or the review is gone or no longer negative.
        G11 = "G11",
        /// The buyer wants no more messages.
        G18 = "G18",
        /// The buyer threatened with a review: no ask.
        G19 = "G19",
        /// The buyer's data were erased.
        G23 = "G23",
    }
}

/// A refusal: the rule, and the facts that made it refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule.
    pub rule: Rule,
    /// The facts, by name.
    pub facts: Vec<(&'static str, String)>,
}

/// Everything the decision about an ask depends on.
#[derive(Debug, Clone, Copy)]
pub struct AskInput<'a> {
    /// The channel's policy in force.
    pub policy: &'a ChannelPolicy,
    /// The review's story.
    pub review: &'a ReviewHistory,
    /// When the order line was delivered, if known.
    pub delivered_at: Option<Time>,
    /// Accepted remedies of the case that are not fulfilled.
    pub remedies_promised: u32,
    /// When the last remedy of the case was fulfilled.
    pub last_fulfilled_at: Option<Time>,
    /// When the buyer was asked about this review.
    pub asked_at: Option<Time>,
    /// The buyer wants no more messages.
    pub opted_out: bool,
    /// The buyer's data were erased.
    pub erased: bool,
    /// The buyer threatened with a review.
    pub extortion: bool,
    /// Now.
    pub now: Time,
}

/// How long after the last fulfilment nobody is asked anything.
pub const ASK_REST: Span = Span::from_hours(24);

/// Whether the buyer may be told that the review can be updated: no refusal is a yes.
#[must_use]
pub fn check_ask(input: &AskInput<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut refuse = |rule, facts| refusals.push(Refusal { rule, facts });
    if input.policy.ask != AskPermission::Yes {
        refuse(
            Rule::G01,
            vec![
                ("channel", input.policy.channel.clone()),
                ("ask", input.policy.ask.to_string()),
                ("source", input.policy.source.clone()),
            ],
        );
    }
    if input.remedies_promised > 0 {
        refuse(Rule::G03, vec![("remedies_promised", input.remedies_promised.to_string())]);
    } else if let Some(at) = input.last_fulfilled_at.filter(|at| input.now < *at + ASK_REST) {
        refuse(Rule::G03, vec![("fulfilled_at", at.micros().to_string()), ("rest_hours", "24".to_owned())]);
    }
    if let Some(at) = input.asked_at {
        refuse(Rule::G10, vec![("asked_at", at.micros().to_string())]);
    }
    if let Some(why) = not_editable(input) {
        refuse(Rule::G11, vec![("why", why.to_owned())]);
    }
    if input.opted_out {
        refuse(Rule::G18, Vec::new());
    }
    if input.extortion {
        refuse(Rule::G19, Vec::new());
    }
    if input.erased {
        refuse(Rule::G23, Vec::new());
    }
    refusals
}

/// Whether an agent's words may go to the buyer of a case: no refusal is a yes.
#[must_use]
pub fn check_reply(buyer_erased: bool) -> Vec<Refusal> {
    if buyer_erased { vec![Refusal { rule: Rule::G23, facts: Vec::new() }] } else { Vec::new() }
}

fn still_negative(input: &AskInput<'_>) -> bool {
    input.review.rating.is_some_and(|rating| rating <= input.policy.negative_threshold)
}

/// Edits that were seen, or the one the channel tells of without our having seen it.
fn edits_used(review: &ReviewHistory) -> usize {
    let seen = review.diffs.iter().filter(|diff| diff.is_edit()).count();
    seen.max(usize::from(review.edit_state == Some(EditState::EditedOnce)))
}

fn not_editable(input: &AskInput<'_>) -> Option<&'static str> {
    if !input.review.visible {
        return Some("the review is gone");
    }
    if !still_negative(input) {
        return Some("the review is not negative");
    }
    match input.review.edit_state {
        Some(EditState::Expired) => return Some("the channel says that the edit window has closed"),
        Some(EditState::EditedOnce | EditState::Editable) | None => {}
    }
    if input.policy.edits_allowed.is_some_and(|allowed| edits_used(input.review) >= usize::from(allowed)) {
        return Some("every allowed edit was used");
    }
    let first_observed_at = input.review.first_observed_at.unwrap_or(input.now);
    match input.policy.edit_window.ends_at(first_observed_at, input.delivered_at) {
        None => Some("reviews of this channel cannot be edited"),
        Some(end) if end <= input.now => Some("the edit window has closed"),
        Some(_) => None,
    }
}
