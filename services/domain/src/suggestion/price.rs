//! The expected cost of an alternative, with every number that entered:
//! `P(accept)·cost + (1 − P(accept))·P(return)·loss(return)`.

use super::eligible::Given;
use super::terms::{self, Returned};
use super::{Alternative, accept_prior};
use crate::Money;
use crate::counting::{self, CountingEffect};
use crate::detection::Reason;
use crate::learning::acceptance::posterior;
use crate::learning::{Evidence, Posterior};
use crate::remedy::{RemedyKind, Takes, Terms};
use crate::remedy_policy::EvidenceNeed;

/// What a choice between alternatives needs to know of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Odds {
    pub(super) posterior: Posterior,
    pub(super) accepted: f64,
    pub(super) declined: f64,
}

/// Prices an alternative.
pub(super) fn alternative(kind: RemedyKind, terms: Terms, given: &Given<'_>) -> Alternative {
    let (input, total) = (given.input, given.total());
    let policy = input.policy;
    let effect = effect(kind, given);
    let direct = terms::cost(kind, input.reason, total, input.units, &terms, policy).minor_units;
    let odds = odds(kind, &terms, given);
    let accept = odds.posterior.mean();
    let expected = accept * odds.accepted + (1.0 - accept) * odds.declined;
    let worth = terms::worth(kind, total, input.units, &terms, policy);
    let takes = kind.takes() != Takes::Nothing;
    let costs = &policy.costs;
    let returned = Returned::of(input.reason);
    let known = evidence(kind, given);
    let count = |number: u32| f64::from(number);
    let lambda = lambda(given) as f64;
    let explanation = vec![
        ("p_accept", accept),
        ("p_accept_prior", prior(kind, given)),
        ("p_return", policy.return_probability(input.reason)),
        ("answered_everywhere", count(known.everywhere.answered)),
        ("accepted_everywhere", count(known.everywhere.accepted)),
        ("answered_reason", count(known.reason.answered)),
        ("accepted_reason", count(known.reason.accepted)),
        ("answered_band", count(known.band.answered)),
        ("accepted_band", count(known.band.accepted)),
        ("learning_weight", count(policy.learning.weight)),
        ("direct_cost", direct as f64),
        ("cost", odds.accepted),
        ("refund", total.minor_units as f64),
        ("return_freight", returned.freight(total, input.units, policy) as f64),
        ("unsellable", returned.lost(total, input.units, policy) as f64),
        ("article_cost", returned.article(total, input.units, policy) as f64),
        ("counted_return_cost", costs.counted_return as f64),
        ("shadow_price", lambda - costs.counted_return as f64),
        ("counted_if_accepted", counted(effect)),
        ("counted_if_returned", counted(self::effect(RemedyKind::ReturnLabel, given))),
        ("loss_of_return", loss(given)),
    ];
    Alternative {
        kind,
        cost: Money::new(odds.accepted.round() as i64, total.currency),
        expected_cost: Money::new(expected.round() as i64, total.currency),
        accept_probability: accept,
        needs_approval: worth > policy.approval_limit
            || takes && (given.applied.approval || given.asked.approval),
        evidence: needs(kind, given),
        effect,
        propensity: 0.0,
        explanation,
        terms,
    }
}

/// What is known about how buyers answer a kind.
fn evidence(kind: RemedyKind, given: &Given<'_>) -> Evidence {
    given.input.evidence.iter().find(|e| e.kind == kind).copied().unwrap_or(Evidence::none(kind))
}

fn prior(kind: RemedyKind, given: &Given<'_>) -> f64 {
    let place = given.fixed.iter().position(|fixed| *fixed == kind).unwrap_or(0);
    accept_prior(kind, place)
}

/// How likely it is accepted, and what either answer costs.
pub(super) fn odds(kind: RemedyKind, terms: &Terms, given: &Given<'_>) -> Odds {
    let (input, total) = (given.input, given.total());
    let direct = terms::cost(kind, input.reason, total, input.units, terms, input.policy).minor_units;
    let weight = input.policy.learning.weight;
    Odds {
        posterior: posterior(prior(kind, given), weight, &evidence(kind, given)),
        accepted: direct as f64 + lambda(given) as f64 * counted(effect(kind, given)),
        declined: input.policy.return_probability(input.reason) * loss(given),
    }
}

fn effect(kind: RemedyKind, given: &Given<'_>) -> CountingEffect {
    let channel = &given.input.channel;
    counting::effect(channel.rule, given.input.reason.is_sellers_fault(), &channel.so_far, kind)
}

/// Priced as counted what is; what the channel does not say is taken to be.
const fn counted(effect: CountingEffect) -> f64 {
    match effect {
        CountingEffect::Counts | CountingEffect::Unsure => 1.0,
        CountingEffect::StillAvoids | CountingEffect::CountsAlready => 0.0,
    }
}

/// What one more counted return costs: λ.
fn lambda(given: &Given<'_>) -> i64 {
    let shadow = given.shadow.map_or(0, |shadow| shadow.price);
    given.input.policy.costs.counted_return.saturating_add(shadow)
}

/// What a return costs, as far as the channel counts it.
fn loss(given: &Given<'_>) -> f64 {
    let counts = counted(effect(RemedyKind::ReturnLabel, given));
    let (total, units) = (given.total(), given.input.units);
    Returned::of(given.input.reason).loss(total, units, given.input.policy) as f64
        + lambda(given) as f64 * counts
}

/// What the buyer shows first: the damage, what rules ask for, and more of who claims often.
fn needs(kind: RemedyKind, given: &Given<'_>) -> Vec<EvidenceNeed> {
    if kind.takes() == Takes::Nothing || given.no_negotiation {
        return Vec::new();
    }
    let damage = matches!(given.input.reason, Reason::Damaged | Reason::WrongItem);
    let photo = (damage || given.asked.evidence).then_some(EvidenceNeed::Photo);
    let mut needs: Vec<EvidenceNeed> =
        photo.into_iter().chain(given.applied.evidence.iter().copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
