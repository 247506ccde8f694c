//! Why a use case did not do what was asked.
//!
//! Each variant is something a caller can act on in a different way; the
//! transport turns each into a status in one table.

use std::fmt::Display;
use std::time::Duration;

use amends_domain::agent::AgentRefused;
use amends_domain::case::Refused;
use amends_domain::counter::BoundsRefused;
use amends_domain::ledger::LedgerRefused;
use amends_domain::quality::QualityRefused;
use amends_domain::remedy::RemedyRefused;
use amends_domain::reply::ReplyRefused;
use amends_domain::stock::OutOfStock;
use amends_store::StoreError;

use crate::call::Role;
use crate::guard::Decision;

/// The result of a use case.
pub type Result<T> = std::result::Result<T, AppError>;

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its path from the top of the request, such as `signals[3].review.rating`.
    pub field: String,
    /// What is wrong and what would be right.
    pub problem: String,
    /// Why, as a word of the error reasons.
    pub why: Why,
}

/// Why a field or signal is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Missing, malformed or out of bounds.
    Malformed,
    /// Not the shop's currency.
    Currency,
    /// Later than the clock allows.
    Future,
    /// More units than were purchased.
    Quantity,
    /// The id was used for another content.
    Conflict,
    /// It names something that does not exist.
    Unknown,
    /// The case was never solved, so there is nothing to judge.
    Unsolved,
    /// The solution was judged before.
    Answered,
    /// It could not be stored; nothing of it was.
    NotStored,
}

/// Why a use case did not do what was asked; nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Fields are wrong; all of them are named.
    #[error("{} field(s) are invalid", .0.len())]
    Invalid(Vec<Violation>),
    /// The request id was used for another content.
    #[error("the request id was used before for another content")]
    RequestIdReused,
    /// There is no such thing, or it is another's.
    #[error("there is no {what} {name}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// What it was called.
        name: String,
    },
    /// There is one already.
    #[error("there already is a {what} {name}")]
    AlreadyExists {
        /// What kind of thing.
        what: &'static str,
        /// What it was called.
        name: String,
    },
    /// The caller proved nothing.
    #[error("{0}")]
    Unauthenticated(&'static str),
    /// The caller may not do this.
    #[error("the principal has none of the roles this needs")]
    RoleMissing {
        /// The roles of which one is needed.
        any: &'static [Role],
    },
    /// The case refuses the step.
    #[error(transparent)]
    Case(#[from] Refused),
    /// The resource changed since it was read.
    #[error("version {seen} is not the current {current}")]
    EtagStale {
        /// The version that was shown.
        seen: i64,
        /// The version there is.
        current: i64,
    },
    /// The remedy refuses the step.
    #[error(transparent)]
    Remedy(#[from] RemedyRefused),
    /// The reply refuses the step.
    #[error(transparent)]
    Reply(#[from] ReplyRefused),
    /// The sample refuses the step.
    #[error(transparent)]
    Quality(#[from] QualityRefused),
    /// The ledger refuses the grant.
    #[error(transparent)]
    Ledger(#[from] LedgerRefused),
    /// The channel would not take the offer.
    #[error(transparent)]
    Bounds(#[from] BoundsRefused),
    /// There is too little of what would be sent.
    #[error(transparent)]
    OutOfStock(#[from] OutOfStock),
    /// Guardrails refuse; the decision is written down.
    #[error("{} is refused by a guardrail", .0.action)]
    Guarded(Box<Decision>),
    /// Something must be so first, and is not.
    #[error("{0}")]
    Precondition(&'static str),
    /// The agent is not there, or the case lies outside their skills.
    #[error(transparent)]
    Agent(#[from] AgentRefused),
    /// The agent holds as many cases as they may.
    #[error("the agent already holds {held} cases of at most {max}")]
    AtCapacity {
        /// Cases held.
        held: i64,
        /// The most an agent may hold.
        max: i64,
    },
    /// There are too many open watches.
    #[error("there are {max} watches open already, which is the most for {whom}")]
    TooManyWatches {
        /// The most there may be.
        max: usize,
        /// For whom: the principal, or the service.
        whom: &'static str,
    },
    /// There is too much to do.
    #[error("the service is overloaded")]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// The service is shutting down.
    #[error("the service is shutting down")]
    ShuttingDown,
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of the service itself.
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// There is no such thing.
    #[must_use]
    pub fn not_found(what: &'static str, name: impl Display) -> Self {
        Self::NotFound { what, name: name.to_string() }
    }

    /// One field is wrong.
    #[must_use]
    pub fn field(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation { field: field.into(), problem: problem.into(), why: Why::Malformed }])
    }

    /// Whether trying the whole transaction again can help.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        matches!(self, Self::Store(StoreError::Contended(_)))
    }
}
