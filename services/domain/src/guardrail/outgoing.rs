//! What would go out, and the one question whether it may.

use super::ask::{self, AskFacts};
use super::contact::{self, Buyer};
use super::offer::{self, OfferFacts};
use super::public::{self, PublicReply};
use super::rule::Rule;
use super::text::{self, Text};
use crate::Time;
use crate::policy::ChannelPolicy;

/// How often a later moment is tried before nothing is said about when.
const LATER_MAX: u32 = 8;

/// A refusal: the rule, and the facts that made it refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule.
    pub rule: Rule,
    /// The facts, by name.
    pub facts: Vec<(&'static str, String)>,
    /// From when on this rule would let it pass, if nothing else changes; none where waiting does
    /// not help.
    pub until: Option<Time>,
}

impl Refusal {
    /// A refusal that time does not lift.
    #[must_use]
    pub const fn new(rule: Rule, facts: Vec<(&'static str, String)>) -> Self {
        Self { rule, facts, until: None }
    }

    /// One that ends.
    #[must_use]
    pub const fn until(rule: Rule, facts: Vec<(&'static str, String)>, until: Option<Time>) -> Self {
        Self { rule, facts, until }
    }
}

/// How many people stand behind what goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eyes {
    /// Whoever wrote it.
    Two,
    /// Another person is asked before anything goes out.
    Asked,
    /// Another person agreed.
    Four,
}

/// What goes out.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    /// Words of a person to the buyer alone.
    PrivateReply,
    /// Words that everyone reads below a review.
    PublicReply(PublicReply<'a>),
    /// A remedy.
    Offer(OfferFacts),
    /// The neutral words that a review can be updated.
    Ask(AskFacts<'a>),
    /// A word to a buyer who did not answer.
    Reminder {
        /// Whether it reminds of an ask.
        of_ask: bool,
    },
}

/// Everything the decision about an outgoing message depends on.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// The channel's policy in force.
    pub policy: &'a ChannelPolicy,
    /// What its text was found to say.
    pub text: Text<'a>,
    /// To whom.
    pub buyer: Buyer<'a>,
    /// Whether the buyer threatened with a review.
    pub extortion: bool,
    /// How many people stand behind it.
    pub eyes: Eyes,
    /// Now.
    pub now: Time,
}

/// Every rule that refuses, by id; none of them is a yes.
#[must_use]
pub fn check(out: &Outgoing<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    text::check(out, &mut refusals);
    contact::check(out, &mut refusals);
    match &out.kind {
        Kind::PrivateReply => {}
        Kind::PublicReply(reply) => public::check(out, reply, &mut refusals),
        Kind::Offer(offer) => offer::check(out, offer, &mut refusals),
        Kind::Ask(facts) => ask::check(out, facts, &mut refusals),
        Kind::Reminder { of_ask } => {
            if *of_ask {
                refusals.push(Refusal::new(Rule::G10, vec![("why", "an ask is never repeated".to_owned())]));
            }
        }
    }
    if out.extortion && matches!(out.kind, Kind::Ask(_) | Kind::Reminder { of_ask: true }) {
        refusals.push(Refusal::new(Rule::G19, Vec::new()));
    }
    refusals.sort_by_key(|refusal| refusal.rule);
    refusals
}

/// From when on it may go out, if nothing but time changes: now, later, or none for never.
///
/// What one rule allows later another may forbid then (a cap that ends at night, a window that
/// has closed by that time), so each later moment is asked anew.
#[must_use]
pub fn not_before(out: &Outgoing<'_>) -> Option<Time> {
    let mut out = *out;
    for _ in 0..LATER_MAX {
        let mut later = out.now;
        for refusal in check(&out) {
            later = later.max(refusal.until?);
        }
        if later == out.now {
            return Some(later);
        }
        out.now = later;
    }
    None
}
