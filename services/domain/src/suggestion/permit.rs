//! Whether an agent may offer what the agent thought of.
//!
//! What was suggested is one thing, what a person chooses another: an agent may
//! offer what answers no reason we heard. What the shop's policy excludes goes
//! before another person first (four eyes for any override); what the ledger,
//! the channel, the stock or a danger excludes cannot be offered at all.

use super::eligible::{self, Given};
use super::{Excluded, Ineligible, Input, terms};
use crate::detection::Flag;
use crate::remedy::{RemedyKind, Takes, Terms};

/// What an offer needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Permit {
    /// Whether another person has to approve it.
    pub approval: bool,
    /// The rules of the shop that it goes against.
    pub overridden: Vec<Ineligible>,
}

impl Excluded {
    /// Whether another person can set it aside: it is the shop's own rule.
    #[must_use]
    pub const fn is_overridable(self) -> bool {
        matches!(self, Self::PolicyRule | Self::FinalSale | Self::OutsideWindow | Self::AboveCeiling)
    }
}

/// What an offer of these terms needs, or why it cannot be made. The ledger is asked when the
/// units are taken, and only then.
///
/// # Errors
/// With the first rule that nobody can set aside.
pub fn permit(kind: RemedyKind, terms: &Terms, input: &Input<'_>) -> Result<Permit, Ineligible> {
    let given = Given::of(input);
    let checks = [eligible::fits, eligible::shop_allows, eligible::in_time, eligible::in_stock];
    let mut overridden = Vec::new();
    for check in checks.iter().map(|check| check(kind, &given)).chain([within(kind, terms, &given)]) {
        let Err((why, facts)) = check else { continue };
        let not = Ineligible { kind, why, facts };
        match why {
            // Under a threat nothing is offered that the policy does not grant by itself.
            Excluded::DoesNotFitReason if input.flags.contains(&Flag::Extortion) => overridden.push(not),
            Excluded::DoesNotFitReason => {}
            // Who would rather send it back may.
            Excluded::NoNegotiation if !kind.is_alternative() => {}
            _ if why.is_overridable() => overridden.push(not),
            _ => return Err(not),
        }
    }
    let worth = terms::worth(kind, given.total(), input.units, terms, input.policy);
    let takes = kind.takes() != Takes::Nothing;
    let watched = takes && !given.no_negotiation && (given.applied.approval || given.asked.approval);
    let approval = worth > input.policy.approval_limit || watched || !overridden.is_empty();
    Ok(Permit { approval, overridden })
}

/// The most that the shop gives by way of a kind, by all of its rules, in minor units; none while it is not
/// known what was paid.
#[must_use]
pub fn most(kind: RemedyKind, input: &Input<'_>) -> Option<i64> {
    let given = Given::of(input);
    given.paid.map(|_| most_given(kind, &given))
}

fn most_given(kind: RemedyKind, given: &Given<'_>) -> i64 {
    let total = given.total();
    let most = match kind {
        RemedyKind::PartialRefund if !given.no_negotiation => {
            total.basis_points(given.input.policy.partial_refund.most).minor_units
        }
        _ => eligible::most_of(kind, total),
    };
    given.ceiling(kind.takes() == Takes::Money).min(most)
}

/// Whether the amount or worth is within what the shop gives and the channel takes.
fn within(kind: RemedyKind, terms: &Terms, given: &Given<'_>) -> Result<(), eligible::No> {
    let (policy, total) = (given.input.policy, given.total());
    if given.paid.is_none() || !kind.is_alternative() {
        return Ok(());
    }
    if let Err(refused) = given.input.channel.bounds.check(kind, terms.amount) {
        return Err((Excluded::OutsideChannelBounds, vec![("channel", refused.to_string())]));
    }
    let worth = terms::worth(kind, total, given.input.units, terms, policy);
    let ceiling = most_given(kind, given);
    if worth > ceiling {
        return Err((
            Excluded::AboveCeiling,
            vec![("worth", worth.to_string()), ("ceiling", ceiling.to_string())],
        ));
    }
    Ok(())
}
