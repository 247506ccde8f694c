//! What a suggestion was made from: enough to make it again.

use amends_domain::Currency;
use amends_domain::Time;
use amends_domain::detection::{Flag, Reason};
use amends_domain::learning::Evidence;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::remedy_policy::RemedyPolicy;
use amends_domain::suggestion::{
    Buyer, Channel, Draw, Ineligible, Input, LineTerms, Permit, Suggestion, most, permit, suggest,
};

use super::body;
use crate::error::{AppError, Result};

/// Everything but the policy, which has versions of its own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Inputs {
    pub(crate) now: Time,
    pub(crate) reason: Reason,
    pub(crate) flags: Vec<Flag>,
    pub(crate) line: Option<LineTerms>,
    pub(crate) units: u32,
    pub(crate) currency: Currency,
    pub(crate) channel: Channel,
    pub(crate) stock: Vec<(RemedyKind, i64)>,
    pub(crate) buyer: Buyer,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) draw: Draw,
}

impl Inputs {
    /// From the body of a stored suggestion.
    ///
    /// # Errors
    /// When it is not one that this version can read.
    pub(crate) fn read(stored: &str) -> Result<Self> {
        body::read(stored)
            .map_err(|why| AppError::Internal(format!("a stored suggestion cannot be read: {why}")))
    }

    /// As the body of a suggestion stores them.
    pub(crate) fn record(&self) -> serde_json::Value {
        body::inputs(self)
    }

    /// What was paid for the units, in minor units; nothing while no order is known.
    pub(crate) fn paid(&self) -> i64 {
        let each = self.line.as_ref().map_or(0, |line| line.unit_price.minor_units);
        each.saturating_mul(i64::from(self.units))
    }

    /// What would follow had the case been drawn into the other order for the first time.
    pub(crate) fn otherwise(&self, policy: &RemedyPolicy) -> Suggestion {
        let draw = Draw { holdout: !self.draw.holdout, first: None, ..self.draw };
        Self { draw, ..self.clone() }.suggest(policy)
    }

    /// What follows from them under a policy.
    pub(crate) fn suggest(&self, policy: &RemedyPolicy) -> Suggestion {
        suggest(&self.under(policy))
    }

    /// What an offer needs under a policy.
    ///
    /// # Errors
    /// With the rule that nobody can set aside.
    pub(crate) fn permit(
        &self,
        kind: RemedyKind,
        terms: &Terms,
        policy: &RemedyPolicy,
    ) -> std::result::Result<Permit, Ineligible> {
        permit(kind, terms, &self.under(policy))
    }

    /// The most that the shop gives by way of a kind under a policy, in minor units, where it is known what was paid.
    pub(crate) fn most(&self, kind: RemedyKind, policy: &RemedyPolicy) -> Option<i64> {
        most(kind, &self.under(policy))
    }

    fn under<'a>(&'a self, policy: &'a RemedyPolicy) -> Input<'a> {
        Input {
            now: self.now,
            reason: self.reason,
            flags: &self.flags,
            line: self.line.as_ref(),
            units: self.units,
            currency: self.currency,
            policy,
            channel: self.channel,
            stock: &self.stock,
            buyer: self.buyer,
            evidence: &self.evidence,
            draw: self.draw,
        }
    }
}
