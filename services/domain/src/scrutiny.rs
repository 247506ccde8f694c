//! Buyers who claim often: more is asked of them, openly and never at once.
//!
//! Counted are claims that were met, not complaints made. Nobody without
//! an earlier claim is touched, and nobody is refused: what a buyer with many
//! claims can be given is seen by one more person, on evidence, up to a ceiling,
//! and the agent is told why.

use crate::detection::Reason;
use crate::remedy::{RemedyKind, Takes};
use crate::remedy_policy::Scrutiny;

/// What one buyer was given within the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Claims {
    /// All of the money with the article kept.
    pub keep_item: u32,
    /// Something sent again because it was missing or never came.
    pub missing: u32,
    /// Part of the money with the article kept.
    pub partial_refund: u32,
}

/// What is asked on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    /// The buyer shows what is wrong first.
    pub evidence: bool,
    /// Another person approves.
    pub approval: bool,
    /// The most that is given, in ten-thousandths of what was paid.
    pub ceiling: Option<i64>,
}

impl Claims {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u32 {
        self.keep_item.saturating_add(self.missing).saturating_add(self.partial_refund)
    }

    /// Adds a remedy that was accepted, if it is of a kind that is counted.
    pub const fn add(&mut self, kind: RemedyKind, reason: Reason, times: u32) {
        let never_came = matches!(reason, Reason::MissingPart | Reason::NotReceived);
        let counter = match (kind, kind.takes()) {
            (RemedyKind::RefundWithoutReturn, _) => &mut self.keep_item,
            (RemedyKind::PartialRefund, _) => &mut self.partial_refund,
            (RemedyKind::MissingPart | RemedyKind::Reship, _) => &mut self.missing,
            (_, Takes::Goods) if never_came => &mut self.missing,
            _ => return,
        };
        *counter = counter.saturating_add(times);
    }
}

/// What is asked of a buyer with these claims.
#[must_use]
pub fn asked(policy: &Scrutiny, claims: &Claims) -> Asked {
    let total = claims.total();
    // Whatever the policy says, a first claim is met like any other.
    let from = |least: u32| total >= least.max(1);
    let approval = from(policy.approval_from);
    Asked {
        evidence: from(policy.evidence_from) || approval,
        approval,
        ceiling: approval.then_some(policy.ceiling),
    }
}
