//! Remedies: what the seller gives, and the machine an offer goes through.
//!
//! Nothing in this file knows that reviews exist, and nothing may: a remedy
//! never depends on a review.

use crate::code::codes;
use crate::detection::Reason;
use crate::learning::trial::Stake;
use crate::{AgentId, CaseId, LineId, Money, OrderId, RemedyId, ReturnId, ShopId, Span, Time};

mod notice;
mod stage;
mod terms;
mod verb;

pub use notice::{Notice, NoticeKind};
pub use terms::{Disposal, MARGIN, Terms, offer_end};
pub use verb::{RemedyVerb, RemedyVerbKind};

codes! {
    /// What the seller can give.
    pub enum RemedyKind {
        /// The same article again.
        Replacement = "REPLACEMENT",
        /// The part that was missing.
        MissingPart = "MISSING_PART",
        /// Another size, colour or article.
        Exchange = "EXCHANGE",
        /// Part of the money back; the buyer keeps the article.
        PartialRefund = "PARTIAL_REFUND",
        /// All the money back; the buyer keeps the article.
        RefundWithoutReturn = "REFUND_WITHOUT_RETURN",
        /// The parcel once more, faster.
        Reship = "RESHIP",
        /// Repair.
        Repair = "REPAIR",
        /// Help to make it work.
        Instructions = "INSTRUCTIONS",
        /// A coupon for a later order.
        Coupon = "COUPON",
        /// The difference to a lower price.
        PriceMatch = "PRICE_MATCH",
        /// The return itself, made easy.
        ReturnLabel = "RETURN_LABEL",
    }
}

/// What a remedy takes from a unit: goods, money, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Takes {
    /// An article is sent.
    Goods,
    /// Money of the unit is given back.
    Money,
    /// Neither: the lock has nothing to guard.
    Nothing,
}

impl RemedyKind {
    /// What it takes from a unit.
    #[must_use]
    pub const fn takes(self) -> Takes {
        match self {
            Self::Replacement | Self::Exchange | Self::Reship | Self::Repair | Self::MissingPart => {
                Takes::Goods
            }
            Self::PartialRefund | Self::RefundWithoutReturn | Self::PriceMatch => Takes::Money,
            Self::Instructions | Self::Coupon | Self::ReturnLabel => Takes::Nothing,
        }
    }

    /// Whether fulfilling it helps the buyer keep what was bought.
    #[must_use]
    pub const fn is_alternative(self) -> bool {
        !matches!(self, Self::ReturnLabel)
    }
}

codes! {
    /// Where a remedy stands, without the facts of the state.
    pub enum RemedyStage {
        /// Drafted.
        Proposed = "PROPOSED",
        /// Waits for another person's approval.
        AwaitingApproval = "AWAITING_APPROVAL",
        /// Lies with the buyer.
        Offered = "OFFERED",
        /// The buyer said yes.
        Accepted = "ACCEPTED",
        /// Being carried out.
        Executing = "EXECUTING",
        /// Done.
        Fulfilled = "FULFILLED",
        /// The buyer said no.
        Declined = "DECLINED",
        /// The buyer did not answer in time.
        Expired = "EXPIRED",
        /// Taken back before the buyer said yes.
        Withdrawn = "WITHDRAWN",
        /// Could not be carried out.
        Failed = "FAILED",
    }
}

/// Where a remedy stands, with the facts of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemedyState {
    /// Drafted.
    Proposed,
    /// Waits for another person's approval.
    AwaitingApproval {
        /// Until when; nobody who agrees later is heard.
        expires_at: Time,
        /// How long the offer stands once it is approved.
        life: Span,
    },
    /// Lies with the buyer.
    Offered {
        /// Since when.
        at: Time,
        /// Until when.
        expires_at: Time,
    },
    /// The buyer said yes.
    Accepted {
        /// When.
        at: Time,
        /// When it should be fulfilled.
        due_at: Time,
    },
    /// Being carried out.
    Executing {
        /// Since when.
        at: Time,
        /// When it should be fulfilled.
        due_at: Time,
    },
    /// Done.
    Fulfilled {
        /// When.
        at: Time,
        /// The carrier's or payment's number; may be empty.
        tracking: String,
    },
    /// The buyer said no.
    Declined {
        /// When.
        at: Time,
        /// What the buyer wants instead, if they named an amount.
        wish: Option<Money>,
    },
    /// The buyer did not answer in time.
    Expired {
        /// When.
        at: Time,
    },
    /// Taken back before the buyer said yes.
    Withdrawn {
        /// When.
        at: Time,
    },
    /// Could not be carried out.
    Failed {
        /// When.
        at: Time,
        /// When it should have been fulfilled.
        due_at: Time,
        /// What went wrong, in the words of whoever carries it out.
        why: String,
    },
}

/// A remedy of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// Who it is.
    pub id: RemedyId,
    /// The tenant.
    pub shop: ShopId,
    /// The case it belongs to.
    pub case: CaseId,
    /// The order line it is for; none while no order is known.
    pub line: Option<(OrderId, LineId)>,
    /// For how many units.
    pub units: u32,
    /// What is given.
    pub kind: RemedyKind,
    /// The particulars.
    pub terms: Terms,
    /// What trouble it answers.
    pub reason: Reason,
    /// What it is expected to cost the seller.
    pub cost: Option<Money>,
    /// What it was put against; none for what an earlier version proposed.
    pub stake: Option<Stake>,
    /// Who proposed it.
    pub proposed_by: AgentId,
    /// When.
    pub proposed_at: Time,
    /// The earlier remedy of the same unit, when that one did not hold.
    pub after: Option<RemedyId>,
    /// When it was put to the buyer, whatever came of it.
    pub offered_at: Option<Time>,
    /// When the buyer said yes, whatever came of it.
    pub accepted_at: Option<Time>,
    /// The return by which the channel refunds although this was promised: it must not leave.
    pub stopped_by: Option<ReturnId>,
    /// What was told because of that and other returns.
    pub told: Vec<Notice>,
    /// Where it stands.
    pub state: RemedyState,
    /// Rises with every change; the etag.
    pub version: i64,
}

/// Why a step of a remedy was refused; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemedyRefused {
    /// No arrow leads from this state.
    #[error("a remedy that is {from} cannot {verb}")]
    NoArrow {
        /// Where the remedy stands.
        from: RemedyStage,
        /// What was tried.
        verb: RemedyVerbKind,
    },
    /// Four eyes: who proposed cannot approve.
    #[error("the person who proposed a remedy cannot approve it")]
    SamePerson,
    /// The offer has ended.
    #[error("the offer ended and can no longer be answered")]
    OfferEnded,
    /// The offer would end before it began.
    #[error("the offer must end in the future")]
    EndsInThePast,
    /// The timer came too early.
    #[error("not due yet")]
    NotDue,
}

/// Every arrow there is: (from, verb, to). What stands nowhere is illegal.
pub const ARROWS: &[(RemedyStage, RemedyVerbKind, RemedyStage)] = {
    use RemedyStage::{
        Accepted, AwaitingApproval, Declined, Executing, Expired, Failed, Fulfilled, Offered, Proposed,
        Withdrawn,
    };
    &[
        (Proposed, RemedyVerbKind::Submit, AwaitingApproval),
        (Proposed, RemedyVerbKind::Offer, Offered),
        (Proposed, RemedyVerbKind::Withdraw, Withdrawn),
        (AwaitingApproval, RemedyVerbKind::Approve, Offered),
        (AwaitingApproval, RemedyVerbKind::Withdraw, Withdrawn),
        (Offered, RemedyVerbKind::Accept, Accepted),
        (Offered, RemedyVerbKind::Decline, Declined),
        (Offered, RemedyVerbKind::Expire, Expired),
        (Offered, RemedyVerbKind::Withdraw, Withdrawn),
        (Accepted, RemedyVerbKind::Execute, Executing),
        (Accepted, RemedyVerbKind::Fulfil, Fulfilled),
        (Accepted, RemedyVerbKind::Fail, Failed),
        (Executing, RemedyVerbKind::Fulfil, Fulfilled),
        (Executing, RemedyVerbKind::Fail, Failed),
        (Failed, RemedyVerbKind::Execute, Executing),
    ]
};

/// Where a verb leads from a stage, if anywhere.
#[must_use]
pub fn arrow(from: RemedyStage, verb: RemedyVerbKind) -> Option<RemedyStage> {
    ARROWS.iter().find(|(f, v, _)| *f == from && *v == verb).map(|(_, _, to)| *to)
}

impl RemedyState {
    /// The state without its facts.
    #[must_use]
    pub const fn stage(&self) -> RemedyStage {
        match self {
            Self::Proposed => RemedyStage::Proposed,
            Self::AwaitingApproval { .. } => RemedyStage::AwaitingApproval,
            Self::Offered { .. } => RemedyStage::Offered,
            Self::Accepted { .. } => RemedyStage::Accepted,
            Self::Executing { .. } => RemedyStage::Executing,
            Self::Fulfilled { .. } => RemedyStage::Fulfilled,
            Self::Declined { .. } => RemedyStage::Declined,
            Self::Expired { .. } => RemedyStage::Expired,
            Self::Withdrawn { .. } => RemedyStage::Withdrawn,
            Self::Failed { .. } => RemedyStage::Failed,
        }
    }
}

impl Remedy {
    /// Takes one step, or says why not and changes nothing.
    ///
    /// # Errors
    /// When no arrow leads from here or the verb's own guard refuses.
    pub fn apply(mut self, verb: RemedyVerb, now: Time) -> Result<Self, RemedyRefused> {
        let (from, kind) = (self.state.stage(), verb.kind());
        if arrow(from, kind).is_none() {
            return Err(RemedyRefused::NoArrow { from, verb: kind });
        }
        self.state = self.next(verb, now)?;
        match kind {
            RemedyVerbKind::Offer | RemedyVerbKind::Approve => self.offered_at = Some(now),
            RemedyVerbKind::Accept => self.accepted_at = Some(now),
            _ => {}
        }
        self.version += 1;
        Ok(self)
    }

    fn next(&self, verb: RemedyVerb, now: Time) -> Result<RemedyState, RemedyRefused> {
        Ok(match verb {
            RemedyVerb::Submit { expires_at, .. } if expires_at <= now => {
                return Err(RemedyRefused::EndsInThePast);
            }
            RemedyVerb::Submit { expires_at, life } => RemedyState::AwaitingApproval { expires_at, life },
            RemedyVerb::Offer { expires_at } => offered(now, expires_at)?,
            RemedyVerb::Approve { by, .. } if by == self.proposed_by => {
                return Err(RemedyRefused::SamePerson);
            }
            RemedyVerb::Approve { .. } if self.offer_ended(now) => return Err(RemedyRefused::OfferEnded),
            RemedyVerb::Approve { expires_at, .. } => offered(now, expires_at)?,
            RemedyVerb::Accept { .. } | RemedyVerb::Decline { .. } if self.offer_ended(now) => {
                return Err(RemedyRefused::OfferEnded);
            }
            RemedyVerb::Accept { due_at } => RemedyState::Accepted { at: now, due_at },
            RemedyVerb::Decline { wish } => RemedyState::Declined { at: now, wish },
            RemedyVerb::Expire if !self.offer_ended(now) => return Err(RemedyRefused::NotDue),
            RemedyVerb::Expire => RemedyState::Expired { at: now },
            RemedyVerb::Withdraw => RemedyState::Withdrawn { at: now },
            RemedyVerb::Execute => RemedyState::Executing { at: now, due_at: self.due_at().unwrap_or(now) },
            RemedyVerb::Fulfil { tracking } => RemedyState::Fulfilled { at: now, tracking },
            RemedyVerb::Fail { why } => {
                RemedyState::Failed { at: now, due_at: self.due_at().unwrap_or(now), why }
            }
        })
    }

    fn offer_ended(&self, now: Time) -> bool {
        self.ends_at().is_some_and(|end| end <= now)
    }

    /// When an offer ends, or the wait for another person's approval.
    #[must_use]
    pub const fn ends_at(&self) -> Option<Time> {
        match self.state {
            RemedyState::Offered { expires_at, .. } | RemedyState::AwaitingApproval { expires_at, .. } => {
                Some(expires_at)
            }
            _ => None,
        }
    }

    /// When it should be fulfilled, once it is promised.
    #[must_use]
    pub const fn due_at(&self) -> Option<Time> {
        match self.state {
            RemedyState::Accepted { due_at, .. }
            | RemedyState::Executing { due_at, .. }
            | RemedyState::Failed { due_at, .. } => Some(due_at),
            _ => None,
        }
    }
}

fn offered(now: Time, expires_at: Time) -> Result<RemedyState, RemedyRefused> {
    if expires_at <= now {
        return Err(RemedyRefused::EndsInThePast);
    }
    Ok(RemedyState::Offered { at: now, expires_at })
}
