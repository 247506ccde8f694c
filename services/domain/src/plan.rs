//! The next permitted steps of a case, in the order that keeps the buyer's change of mind possible:
//! private words, a remedy, its fulfilment, the ask, and the public reply last where it locks the edit.
//!
//! Nothing is decided here that the guardrails decide: a step is NOW only where [`crate::guardrail::check`]
//! lets its message pass, and LATER from the first moment at which it will, if the steps before it
//! happen as planned. What helps the buyer is planned from [`Trouble`] alone, which knows of no
//! review; what is about a review comes after it and changes nothing in it (G08).

mod ask;
mod clock;
mod help;
mod public;
mod trouble;

use crate::code::codes;
use crate::guardrail::{Refusal, revisable_until};
use crate::{RemedyId, ReplyId, ReviewId, Time};

pub use ask::Reviewed;
pub use public::PublicDraft;
pub use trouble::{Draft, Due, Trouble};

codes! {
    /// A step of a plan.
    pub enum StepKind {
        /// Write to the buyer alone.
        Write = "WRITE",
        /// Suggest and offer a remedy.
        Offer = "OFFER",
        /// Wait for the buyer's answer to the offer, and record it.
        AwaitAnswer = "AWAIT_ANSWER",
        /// Another person agrees to an offer or a private reply.
        Approve = "APPROVE",
        /// Carry out what was accepted.
        Fulfil = "FULFIL",
        /// Tell the buyer once that the review can be updated.
        Ask = "ASK",
        /// Reply below the review.
        PublicReply = "PUBLIC_REPLY",
        /// Mark the case solved.
        Solve = "SOLVE",
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It was done.
    Done {
        /// When, where that is known.
        at: Option<Time>,
    },
    /// It can be done now, and is next.
    Now,
    /// It comes later.
    Later {
        /// The first moment at which it may be done, if what it waits for happens as early as it can.
        not_before: Time,
        /// The step it waits for; none if it waits for the time alone.
        after: Option<StepKind>,
    },
    /// A rule forbids it, and time does not help.
    Blocked,
    /// There is nothing to do.
    NotNeeded,
}

impl StepState {
    /// From when on it can be done, if it still has to be.
    #[must_use]
    pub const fn opens_at(&self, now: Time) -> Option<Time> {
        match self {
            Self::Now => Some(now),
            Self::Later { not_before, .. } => Some(*not_before),
            Self::Done { .. } | Self::Blocked | Self::NotNeeded => None,
        }
    }
}

/// What a step is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// This remedy.
    Remedy(RemedyId),
    /// This reply, which is written already.
    Reply(ReplyId),
    /// This review.
    Review(ReviewId),
}

codes! {
    /// In which way a step is done, where it is not the usual one.
    pub enum Way {
        /// As usual.
        Usual = "USUAL",
        /// As the channel's own revision request.
        RevisionRequest = "REVISION_REQUEST",
        /// The solved case is opened again first.
        Reopened = "REOPENED",
    }
}

codes! {
    /// What could be done in place of a step that is later or blocked.
    pub enum Instead {
        /// Ending the buyer's chance to edit on purpose; another person has to agree.
        OverrideLock = "OVERRIDE_LOCK",
        /// The return itself: it is no alternative, so no limit of offers binds it.
        ReturnLabel = "RETURN_LABEL",
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// Where it stands.
    pub state: StepState,
    /// The last useful moment: a promise, a deadline, or the end of a window; none where there is none.
    pub latest: Option<Time>,
    /// What refuses it as things stand; empty where nothing does.
    pub refusals: Vec<Refusal>,
    /// What it is done to, where that is there already.
    pub about: Option<About>,
    /// In which way.
    pub way: Way,
    /// What could be done in its place.
    pub instead: Option<Instead>,
    /// Why it stands there, in English.
    pub reason: &'static str,
}

impl Step {
    const fn new(kind: StepKind, state: StepState, reason: &'static str) -> Self {
        Self {
            kind,
            state,
            latest: None,
            refusals: Vec::new(),
            about: None,
            way: Way::Usual,
            instead: None,
            reason,
        }
    }

    const fn not_needed(kind: StepKind, reason: &'static str) -> Self {
        Self::new(kind, StepState::NotNeeded, reason)
    }

    fn about(mut self, about: Option<About>) -> Self {
        self.about = about;
        self
    }

    const fn until(mut self, latest: Option<Time>) -> Self {
        self.latest = latest;
        self
    }

    /// Whether it still has to be done, and can be.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, StepState::Now | StepState::Later { .. })
    }
}

codes! {
    /// Whether a review can still be won back.
    pub enum Outlook {
        /// There is no bad review.
        NoReview = "NO_REVIEW",
        /// The buyer can be asked, now or later.
        Open = "OPEN",
        /// The buyer was asked, and can still edit it.
        Asked = "ASKED",
        /// It is not bad any more, or gone.
        Settled = "SETTLED",
        /// The buyer cannot be asked in time, or not at all: the trouble is solved all the same.
        NotRecoverable = "NOT_RECOVERABLE",
    }
}

/// Everything that a plan depends on.
#[derive(Debug, Clone)]
pub struct Situation<'a> {
    /// What helps the buyer depends on this alone.
    pub trouble: Trouble<'a>,
    /// The review that the plan is for; none without a bad one.
    pub review: Option<Reviewed<'a>>,
}

/// The steps of a case, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// All of them, whether or not there is anything to do.
    pub steps: Vec<Step>,
    /// Whether the review can be won back.
    pub outlook: Outlook,
    /// Until when the buyer can edit the review; none if not now, or at any time.
    pub editable_until: Option<Time>,
    /// By when the remedy must be fulfilled for the ask to be possible: a hint beside the plan, so that
    /// the steps that help the buyer are the same with and without a review. None where the ask waits
    /// for no fulfilment, or its window does not end.
    pub fulfil_for_ask: Option<Time>,
}

impl Plan {
    /// One of its steps.
    #[must_use]
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| step.kind == kind)
    }
}

/// Plans the next steps. Whoever acts is taken to hold the case.
#[must_use]
pub fn plan(situation: &Situation<'_>) -> Plan {
    let (trouble, review) = (&situation.trouble, situation.review.as_ref());
    let helped = help::plan(trouble);
    let ask = ask::step(trouble, review, &helped);
    let public = public::step(trouble, review, &ask);
    let solve = help::solve(trouble, &helped, &public);
    let editable = review.map(|it| revisable_until(trouble.policy, it.history, it.delivered_at, trouble.now));
    let outlook = match (&editable, &ask.state) {
        (None, _) => Outlook::NoReview,
        (Some(Err(_)), _) if review.is_some_and(|it| it.is_settled(trouble.policy)) => Outlook::Settled,
        (Some(Ok(_)), StepState::Done { .. }) => Outlook::Asked,
        (Some(Ok(_)), StepState::Now | StepState::Later { .. }) => Outlook::Open,
        (Some(_), _) => Outlook::NotRecoverable,
    };
    let fulfil_for_ask = ask::fulfil_by(&ask, &helped);
    let mut steps = helped.steps;
    steps.extend([ask, public, solve]);
    Plan {
        steps,
        outlook,
        editable_until: editable.and_then(Result::ok).filter(|end| *end < Time::MAX),
        fulfil_for_ask,
    }
}
