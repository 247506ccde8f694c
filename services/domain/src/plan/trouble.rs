//! What helping the buyer depends on. No fact here says whether there is a review.

use crate::case::{CaseKind, State};
use crate::guardrail::{Buyer, Eyes, Kind, OfferFacts, Outgoing, Text, Words};
use crate::policy::ChannelPolicy;
use crate::remedy::{Remedy, RemedyStage};
use crate::{ReplyId, Time};

/// A private reply that is written and not on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    /// Which.
    pub reply: ReplyId,
    /// Whether another person is asked to approve it.
    pub asked: bool,
}

/// When the promises of a case fall due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// An answer to the buyer.
    pub response: Option<Time>,
    /// An agreement with the buyer.
    pub agreement: Option<Time>,
    /// The solution.
    pub resolution: Option<Time>,
}

/// What helping the buyer depends on.
#[derive(Debug, Clone)]
pub struct Trouble<'a> {
    /// Now.
    pub now: Time,
    /// The channel's policy in force.
    pub policy: &'a ChannelPolicy,
    /// What opened the case.
    pub kind: CaseKind,
    /// Where the case stands.
    pub state: State,
    /// When it was opened.
    pub opened_at: Time,
    /// Whether the buyer made a threat.
    pub extortion: bool,
    /// Whoever would read it; whether it answers them is found out from `words`. Among their contacts is no
    /// ask: none holds an offer back (G08).
    pub buyer: Buyer<'a>,
    /// When the buyer was asked about reviews: that counts for other words, not for an offer.
    pub asks: &'a [Time],
    /// What the buyer wrote and still waits for.
    pub words: Words,
    /// When a person of the shop last wrote to the buyer alone, or spoke with them.
    pub last_from_us: Option<Time>,
    /// A private reply that is written and not on its way.
    pub draft: Option<Draft>,
    /// Whether the order or conversation to write to is known.
    pub reachable: bool,
    /// The remedies of the case.
    pub remedies: &'a [Remedy],
    /// Whether the offer that waits for another person gives what the shop's policy does not grant.
    pub waits_beyond_policy: bool,
    /// When the channel decides by itself.
    pub hard_deadline: Option<Time>,
    /// When promises fall due.
    pub due: Due,
}

impl Trouble<'_> {
    /// Whether nothing is done about the case any more.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self.state, State::Solved | State::Closed | State::Merged | State::Cancelled)
    }

    pub(super) fn has(&self, test: fn(RemedyStage) -> bool) -> bool {
        self.remedies.iter().map(|remedy| remedy.state.stage()).any(test)
    }

    /// Whether a private reply or an offer at that time answers the buyer, as the rules see it.
    pub(super) fn answers(&self, at: Time) -> bool {
        self.words.are_answered(at)
    }

    /// A private reply as it would go out then.
    pub(super) fn reply<'b>(&'b self, contacts: &'b [Time], eyes: Eyes, at: Time) -> Outgoing<'b> {
        let answers = self.answers(at);
        self.outgoing(Kind::PrivateReply, Buyer { contacts, answers, ..self.buyer }, eyes, at)
    }

    /// An offer within the shop's policy as it would go out then; its text always names the return.
    pub(super) fn offer<'b>(
        &'b self,
        contacts: &'b [Time],
        countered: bool,
        eyes: Eyes,
        at: Time,
    ) -> Outgoing<'b> {
        let beyond_policy = eyes == Eyes::Four && self.waits_beyond_policy;
        let facts = OfferFacts {
            return_shown: true,
            alternative: true,
            countered,
            beyond_policy,
            needs_approval: false,
        };
        let answers = self.answers(at);
        self.outgoing(Kind::Offer(facts), Buyer { contacts, answers, ..self.buyer }, eyes, at)
    }

    pub(super) fn outgoing<'b>(
        &'b self,
        kind: Kind<'b>,
        buyer: Buyer<'b>,
        eyes: Eyes,
        now: Time,
    ) -> Outgoing<'b> {
        let (policy, extortion) = (self.policy, self.extortion);
        Outgoing { kind, policy, text: Text::default(), buyer, extortion, eyes, now }
    }
}
