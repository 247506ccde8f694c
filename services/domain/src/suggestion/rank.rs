//! The order in which alternatives are shown.

use super::Alternative;
use super::answers::owes_the_article;
use super::eligible::Given;
use super::price::odds;
use crate::learning::choice::{self, Arm, Limits};
use crate::learning::{holdout, stop};
use crate::remedy::{RemedyKind, Takes};

/// Orders the alternatives; says how likely the first one was to come first.
pub(super) fn order(mut all: Vec<Alternative>, given: &Given<'_>) -> (Vec<Alternative>, f64) {
    let place = |kind: RemedyKind| given.fixed.iter().position(|fixed| *fixed == kind);
    all.sort_by_key(|a| (place(a.kind), a.kind));
    if given.input.draw.holdout {
        return (certain(all), 1.0);
    }
    let stopped = |kind: RemedyKind| {
        let evidence = given.input.evidence;
        evidence.iter().find(|e| e.kind == kind).is_some_and(|own| stop::stopped(own, evidence).is_some())
    };
    // Cheapest in expectation first; what buyers were less content with, and the return, last. The
    // sort is stable: the fixed order breaks ties.
    all.sort_by_key(|a| (!a.kind.is_alternative(), stopped(a.kind), a.expected_cost.minor_units));
    let owed = given.input.policy.owed_first && owes_the_article(given.input.reason);
    let owed =
        owed.then(|| all.iter().filter(|a| a.kind.takes() == Takes::Goods).min_by_key(|a| place(a.kind)));
    if let Some(kind) = owed.flatten().map(|a| a.kind) {
        first(&mut all, kind);
        return (certain(all), 1.0);
    }
    let tried = all.iter().filter(|a| a.kind.is_alternative() && !stopped(a.kind));
    let kinds: Vec<RemedyKind> = tried.map(|a| a.kind).collect();
    match draw(&mut all, &kinds, given) {
        Some((kind, propensity)) => {
            first(&mut all, kind);
            (all, propensity)
        }
        None => (certain(all), 1.0),
    }
}

/// Draws which of these comes first, once for each case.
fn draw(all: &mut [Alternative], kinds: &[RemedyKind], given: &Given<'_>) -> Option<(RemedyKind, f64)> {
    // What was drawn once stays, unless it is not tried out any more.
    if let Some((kind, propensity)) = given.input.draw.first
        && kinds.contains(&kind)
        && let Some(again) = all.iter_mut().find(|a| a.kind == kind)
    {
        again.propensity = propensity;
        return Some((kind, propensity));
    }
    let arm = |a: &Alternative| {
        let odds = odds(a.kind, &a.terms, given);
        Arm { posterior: odds.posterior, accepted: odds.accepted, declined: odds.declined }
    };
    let arms: Vec<Arm> = all.iter().filter(|a| kinds.contains(&a.kind)).map(arm).collect();
    let learning = &given.input.policy.learning;
    let share = |points: i64| points as f64 / 10_000.0;
    let limits = Limits { explore: share(learning.explore), floor: share(learning.floor) };
    let shares = choice::shares(&arms, limits);
    for (a, share) in all.iter_mut().filter(|a| kinds.contains(&a.kind)).zip(&shares) {
        a.propensity = *share;
    }
    let drawn = choice::pick(&shares, holdout::place(given.input.draw.seed));
    kinds.get(drawn).copied().zip(shares.get(drawn).copied())
}

/// Moves a kind to the front; the others keep their order.
fn first(all: &mut [Alternative], kind: RemedyKind) {
    if let Some(place) = all.iter().position(|a| a.kind == kind)
        && let Some(front) = all.get_mut(..=place)
    {
        front.rotate_right(1);
    }
}

/// Nothing was drawn: the first one comes first for sure.
fn certain(mut all: Vec<Alternative>) -> Vec<Alternative> {
    if let Some(first) = all.first_mut() {
        first.propensity = 1.0;
    }
    all
}
