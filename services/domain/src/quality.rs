//! Quality sampling: some solved cases of each agent are drawn, and another person judges the work.
//!
//! Which cases are drawn is nobody's choice (`draw`); by what they are judged is a form (`form`). A judgement can
//! be disputed once by whom it is about, and a third person decides.

use crate::code::codes;
use crate::{AgentId, CaseId, Day, EventId, SampleId, ShopId, Span, Time};

mod draw;
mod figures;
mod form;

pub use draw::{Drawn, draw, week_of};
pub use figures::{Counts, QualityFigures};
pub use form::{
    CRITERIA_MAX, Criterion, DISPUTE_DAYS_MAX, Form, FormProblem, FormVersion, Given, MINIMUM_MAX,
};

codes! {
    /// Where a sample stands.
    pub enum SampleState {
        /// Waits for a reviewer.
        Open = "OPEN",
        /// Was reviewed.
        Reviewed = "REVIEWED",
        /// Whom it is about disputes the review.
        Disputed = "DISPUTED",
        /// The dispute was decided.
        Resolved = "RESOLVED",
    }
}

/// What was given, and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// For each criterion of the form.
    pub given: Vec<Given>,
    /// In hundredths of a point, 0–10,000.
    pub score: i64,
}

/// A judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Who.
    pub by: AgentId,
    /// When.
    pub at: Time,
    /// What was given.
    pub scored: Scored,
    /// The entry of the timeline, under which its note is kept.
    pub event: EventId,
}

/// A dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dispute {
    /// When.
    pub at: Time,
    /// The entry of the timeline, under which its note is kept.
    pub event: EventId,
}

/// How a dispute was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub by: AgentId,
    /// When.
    pub at: Time,
    /// What was given instead; none if the review was upheld.
    pub changed: Option<Scored>,
    /// The entry of the timeline, under which its note is kept.
    pub event: EventId,
}

/// What became of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody reviewed it yet.
    Open,
    /// Somebody did.
    Reviewed(Review),
    /// It is disputed.
    Disputed(Review, Dispute),
    /// It was disputed.
    Resolved(Review, Dispute, Decision),
}

/// A case that was drawn, with the work of one agent on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub id: SampleId,
    /// The case.
    pub case: CaseId,
    /// Whose work.
    pub agent: AgentId,
    /// The Monday of the week in which they solved it.
    pub week: Day,
    /// The version of the form it was drawn and is judged by.
    pub form: i64,
    /// When it was drawn.
    pub drawn_at: Time,
    /// What became of it.
    pub standing: Standing,
    /// Rises with every step.
    pub version: i64,
}

/// Why a sample refuses a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QualityRefused {
    /// No step of that kind leads on from where it stands.
    #[error("a sample that is {from} cannot be {verb}")]
    NoArrow {
        /// Where it stands.
        from: SampleState,
        /// What was wanted.
        verb: &'static str,
    },
    /// They worked the case.
    #[error("{who} worked the case, so somebody else has to judge it")]
    Worked {
        /// Who.
        who: AgentId,
    },
    /// They wrote the review that is disputed.
    #[error("{who} wrote the review, so somebody else has to decide about it")]
    Reviewer {
        /// Who.
        who: AgentId,
    },
    /// The work is another's.
    #[error("only {agent}, whose work was judged, may dispute the review")]
    NotTheirs {
        /// Whose it is.
        agent: AgentId,
    },
    /// The time for it is over.
    #[error("the review could be disputed until {}", .until.micros())]
    TooLate {
        /// When it ended.
        until: Time,
    },
}

impl Sample {
    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> SampleState {
        match self.standing {
            Standing::Open => SampleState::Open,
            Standing::Reviewed(_) => SampleState::Reviewed,
            Standing::Disputed(..) => SampleState::Disputed,
            Standing::Resolved(..) => SampleState::Resolved,
        }
    }

    /// The review, if there is one.
    #[must_use]
    pub const fn review(&self) -> Option<&Review> {
        match &self.standing {
            Standing::Open => None,
            Standing::Reviewed(review) | Standing::Disputed(review, _) | Standing::Resolved(review, _, _) => {
                Some(review)
            }
        }
    }

    /// The score that counts: none while there is no review, or while it is disputed.
    #[must_use]
    pub fn counts(&self) -> Option<i64> {
        match &self.standing {
            Standing::Open | Standing::Disputed(..) => None,
            Standing::Reviewed(review) => Some(review.scored.score),
            Standing::Resolved(review, _, decision) => {
                Some(decision.changed.as_ref().unwrap_or(&review.scored).score)
            }
        }
    }

    /// Judges it; `worked` says whether the reviewer had a part in the case.
    ///
    /// # Errors
    /// When the work is their own, or it was judged before.
    pub fn reviewed(mut self, review: Review, worked: bool) -> Result<Self, QualityRefused> {
        self.must_not_have_worked(&review.by, worked)?;
        match self.standing {
            Standing::Open => self.standing = Standing::Reviewed(review),
            _ => return Err(self.no_arrow("reviewed")),
        }
        Ok(self.stepped())
    }

    /// Disputes the review.
    ///
    /// # Errors
    /// When it is not theirs, there is none, it was disputed before, or the time is over.
    pub fn disputed(mut self, by: &AgentId, dispute: Dispute, within: Span) -> Result<Self, QualityRefused> {
        if *by != self.agent {
            return Err(QualityRefused::NotTheirs { agent: self.agent });
        }
        let Standing::Reviewed(review) = &self.standing else { return Err(self.no_arrow("disputed")) };
        let until = review.at + within;
        if dispute.at >= until {
            return Err(QualityRefused::TooLate { until });
        }
        self.standing = Standing::Disputed(review.clone(), dispute);
        Ok(self.stepped())
    }

    /// Decides about the dispute; `worked` says whether who decides had a part in the case.
    ///
    /// # Errors
    /// When the work or the review is their own, or nothing is disputed.
    pub fn resolved(mut self, decision: Decision, worked: bool) -> Result<Self, QualityRefused> {
        self.must_not_have_worked(&decision.by, worked)?;
        let Standing::Disputed(review, dispute) = &self.standing else {
            return Err(self.no_arrow("resolved"));
        };
        if review.by == decision.by {
            return Err(QualityRefused::Reviewer { who: decision.by });
        }
        self.standing = Standing::Resolved(review.clone(), *dispute, decision);
        Ok(self.stepped())
    }

    fn must_not_have_worked(&self, who: &AgentId, worked: bool) -> Result<(), QualityRefused> {
        if worked || *who == self.agent { Err(QualityRefused::Worked { who: who.clone() }) } else { Ok(()) }
    }

    const fn no_arrow(&self, verb: &'static str) -> QualityRefused {
        QualityRefused::NoArrow { from: self.state(), verb }
    }

    const fn stepped(mut self) -> Self {
        self.version += 1;
        self
    }
}
