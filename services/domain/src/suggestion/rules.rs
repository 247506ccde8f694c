//! The shop's own rules, as far as they fit.

use super::Input;
use crate::Money;
use crate::remedy::RemedyKind;
use crate::remedy_policy::{EvidenceNeed, When};

/// What all rules that fit say together.
#[derive(Debug, Default)]
pub(super) struct Applied<'a> {
    /// Which they are.
    pub(super) names: Vec<&'a str>,
    /// What is excluded, and by which rule.
    exclude: Vec<(&'a [RemedyKind], &'a str)>,
    /// What alone is left, and by which rule.
    only: Vec<(&'a [RemedyKind], &'a str)>,
    /// What comes first; a later rule goes before an earlier one.
    pub(super) prefer: Vec<RemedyKind>,
    /// What the buyer shows.
    pub(super) evidence: Vec<EvidenceNeed>,
    /// What a partial refund begins at.
    pub(super) partial_refund: Option<i64>,
    /// The most that is given, in ten-thousandths.
    pub(super) ceiling: Option<i64>,
    /// Whether another person approves in any case.
    pub(super) approval: bool,
}

impl<'a> Applied<'a> {
    /// All rules of the policy that fit.
    pub(super) fn of(input: &Input<'a>, paid: Option<Money>) -> Self {
        let mut applied = Self::default();
        for rule in input.policy.rules.iter().filter(|rule| fits(&rule.when, input, paid)) {
            let (name, then) = (rule.name.as_str(), &rule.then);
            applied.names.push(name);
            applied.exclude.push((&then.exclude, name));
            if !then.only.is_empty() {
                applied.only.push((&then.only, name));
            }
            applied.prefer.splice(0..0, then.prefer.iter().copied());
            applied.evidence.extend(&then.evidence);
            applied.partial_refund = then.partial_refund.or(applied.partial_refund);
            applied.ceiling = then.ceiling.or(applied.ceiling);
            applied.approval |= then.approval;
        }
        applied
    }

    /// The rule that excludes a kind, if one does.
    pub(super) fn against(&self, kind: RemedyKind) -> Option<&'a str> {
        let excluded = self.exclude.iter().find(|(kinds, _)| kinds.contains(&kind));
        let left_out = self.only.iter().find(|(kinds, _)| !kinds.contains(&kind));
        excluded.or(left_out).map(|(_, name)| *name)
    }
}

/// Whether everything a rule asks for is so. What is not known fits no condition.
fn fits(when: &When, input: &Input<'_>, paid: Option<Money>) -> bool {
    let paid = paid.map(|paid| paid.minor_units);
    let category = input.line.map(|line| line.category.as_str());
    let sku = input.line.and_then(|line| line.sku.as_ref());
    let delivered_for = input.line.and_then(|line| line.delivered_at).map(|at| input.now.since(at));
    (when.reasons.is_empty() || when.reasons.contains(&input.reason))
        && (when.flags.is_empty() || when.flags.iter().any(|flag| input.flags.contains(flag)))
        && (when.categories.is_empty() || category.is_some_and(|c| when.categories.iter().any(|w| w == c)))
        && (when.skus.is_empty() || sku.is_some_and(|sku| when.skus.contains(sku)))
        && when.paid_from.is_none_or(|least| paid.is_some_and(|paid| paid >= least))
        && when.paid_below.is_none_or(|limit| paid.is_some_and(|paid| paid < limit))
        && when.delivered_for.is_none_or(|least| delivered_for.is_some_and(|span| span >= least))
        && when.requested.is_none_or(|wanted| wanted == input.channel.so_far.requested_at.is_some())
        && when.orders_from.is_none_or(|least| input.buyer.orders >= least)
}
