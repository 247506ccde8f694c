//! The proof that no remedy of a case depended on a review: what went out, in order, each link with the
//! stored decision that let it pass, and what must be true of the whole chain.
//!
//! Nothing here decides anything. It looks at what was written when it was decided, and says where
//! that does not show what it should. A review is looked at nowhere: when one was seen stands
//! beside the chain, for whoever reads it.

use crate::code::codes;
use crate::event::Event;
use crate::guardrail::Rule;
use crate::remedy::RemedyKind;
use crate::{CaseId, DecisionId, ReviewId, SuggestionId, Time};

mod beside;
mod canonical;
mod chain;
mod checks;
mod inputs;

pub use beside::Beside;
pub use canonical::{FORM, beginning};
pub use chain::WORDS;
pub use inputs::{Allowed, OFFER_INPUTS, TERMS_INPUTS, unlisted};

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Its number in the log; rises.
    pub seq: i64,
    /// On whose timeline.
    pub case: CaseId,
    /// When it was written.
    pub at: Time,
    /// What happened.
    pub event: Event,
}

/// A stored decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Which.
    pub id: DecisionId,
    /// What was to be done: `offer`, `reply`, `delivery`, `ask`.
    pub action: String,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The review it is about.
    pub review: Option<String>,
    /// Whether no rule refused.
    pub allowed: bool,
    /// When it was made.
    pub at: Time,
    /// The policy it was made under.
    pub policy_version: i64,
    /// The rules that refused.
    pub rules: Vec<String>,
    /// What the rules saw, by name.
    pub inputs: Vec<(String, String)>,
    /// What the terms of an offer were worked out from, by name.
    pub terms: Vec<(String, String)>,
}

/// A stored suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Which.
    pub id: SuggestionId,
    /// The names of all it was made from.
    pub inputs: Vec<String>,
}

/// What is known of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The case.
    pub case: CaseId,
    /// What happened to it, and to those that became part of it, by [`WORDS`].
    pub events: Vec<Happened>,
    /// The decisions that these events name, as far as they are stored.
    pub decisions: Vec<Record>,
    /// The suggestions that these events name, as far as they are stored.
    pub suggestions: Vec<Suggested>,
}

codes! {
    /// A link of the chain.
    pub enum Step {
        /// An offer was put before another person.
        ApprovalAsked = "APPROVAL_ASKED",
        /// Another person agreed to an offer.
        Approved = "APPROVED",
        /// A remedy was put to the buyer.
        Offered = "OFFERED",
        /// The buyer said yes.
        Accepted = "ACCEPTED",
        /// The buyer said no.
        Declined = "DECLINED",
        /// The buyer did not answer in time.
        Expired = "EXPIRED",
        /// An offer was taken back.
        Withdrawn = "WITHDRAWN",
        /// A remedy was done.
        Fulfilled = "FULFILLED",
        /// A remedy could not be carried out.
        Failed = "FAILED",
        /// A reply was handed to the connectors.
        ReplyQueued = "REPLY_QUEUED",
        /// A connector took a reply.
        ReplySending = "REPLY_SENDING",
        /// The channel has a reply.
        ReplySent = "REPLY_SENT",
        /// The buyer was told that a review can be updated.
        Asked = "ASKED",
        /// A rule refused something.
        Refused = "REFUSED",
        /// Another case became part of this one, with its own links before.
        Absorbed = "ABSORBED",
    }
}

/// What let a step pass, or refused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Nothing: the step lets nothing out.
    Nothing,
    /// The entry names no decision: an earlier version wrote it.
    Unnamed,
    /// The entry names a decision that is not stored.
    Lost(DecisionId),
    /// The stored decision.
    By(Box<Record>),
}

/// The suggestion that an offer was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// None.
    Nothing,
    /// The entry names one that is not stored.
    Lost(SuggestionId),
    /// The stored suggestion.
    By(Box<Suggested>),
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its number, from 1.
    pub number: u32,
    /// The number of its entry in the log.
    pub seq: i64,
    /// What happened.
    pub step: Step,
    /// When it was written.
    pub at: Time,
    /// On whose timeline.
    pub case: CaseId,
    /// The printed id of what it is about: a remedy, a reply, a review, a case; what was refused.
    pub about: String,
    /// What is given, where it is about a remedy.
    pub kind: Option<RemedyKind>,
    /// When a remedy was done, as whoever reported it says.
    pub fulfilled_at: Option<Time>,
    /// The first rule that refused.
    pub rule: Option<Rule>,
    /// What let it pass.
    pub decided: Decided,
    /// What an offer was taken from.
    pub followed: Followed,
}

codes! {
    /// What must be true of the chain.
    pub enum Promise {
        /// Every offer names a stored decision about it that lets it pass.
        OffersDecided = "OFFERS_DECIDED",
        /// Nothing that an offer or its terms were decided by is about a review.
        NoReviewInputs = "NO_REVIEW_INPUTS",
        /// The decision was made in the transaction of the offer.
        DecidedWithOffer = "DECIDED_WITH_OFFER",
        /// Every accepted remedy was done, and a day had passed, before an ask.
        FulfilledBeforeAsk = "FULFILLED_BEFORE_ASK",
        /// No review was asked about twice.
        OneAskPerReview = "ONE_ASK_PER_REVIEW",
        /// Every reply and ask that went out names a stored decision that lets it pass.
        OutgoingDecided = "OUTGOING_DECIDED",
        /// Every refusal names a stored decision that refuses.
        RefusalsKept = "REFUSALS_KEPT",
    }
}

codes! {
    /// How it stands with a promise.
    pub enum Verdict {
        /// It is true.
        Holds = "HOLDS",
        /// It is not, or what is stored does not show it.
        Broken = "BROKEN",
        /// Nothing of the kind happened.
        NotApplicable = "NOT_APPLICABLE",
    }
}

/// Where the chain does not show what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The number of the link.
    pub link: u32,
    /// What is wrong, in plain words.
    pub why: String,
}

/// A promise, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub promise: Promise,
    /// How many links it was looked for at.
    pub looked_at: u32,
    /// Where it is not kept.
    pub faults: Vec<Fault>,
}

impl Check {
    /// How it stands.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match (self.faults.is_empty(), self.looked_at) {
            (false, _) => Verdict::Broken,
            (true, 0) => Verdict::NotApplicable,
            (true, _) => Verdict::Holds,
        }
    }
}

/// The chain of a case and what was found about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The links, in order.
    pub links: Vec<Link>,
    /// Every promise, in the order of [`Promise::ALL`].
    pub checks: Vec<Check>,
    /// When reviews were seen, for reading only.
    pub beside: Vec<Beside>,
}

impl Attestation {
    /// Whether no promise is broken.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.verdict() != Verdict::Broken)
    }
}

/// Looks at everything.
#[must_use]
pub fn attest(evidence: &Evidence) -> Attestation {
    let events = chain::in_order(evidence.case, &evidence.events);
    let links = chain::links(evidence, &events);
    let checks = checks::all(&links);
    Attestation { links, checks, beside: beside::of(&events) }
}

/// The review that an ask is about; none for other links.
#[must_use]
pub fn asked_about(link: &Link) -> Option<ReviewId> {
    if link.step == Step::Asked { link.about.parse().ok() } else { None }
}
