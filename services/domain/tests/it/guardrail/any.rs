//! What holds whatever the facts are.

use std::collections::BTreeSet;

use amends_domain::guardrail::{Finding, Rule};
use amends_domain::policy::AskQuota;
use amends_domain::{Span, Time};
use proptest::prelude::*;

use super::{EVERY, World, noon};
use crate::make::policy;

const ZONES: [&str; 5] = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", ""];

fn world() -> impl Strategy<Value = World> {
    let when = -40_i64 * 86_400..40 * 86_400;
    let facts = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), 0_u32..8, 0_u32..3_000);
    let contacts = proptest::collection::vec(when.clone(), 0..6);
    (0..EVERY.len(), 0..ZONES.len(), 0..4_usize, when, contacts, facts).prop_map(
        |(which, zone, channel, now, contacts, (answers, opted_out, extortion, lock, used, reviews))| {
            let mut world = World::new(EVERY[which]);
            world.policy = policy(["own_store", "etsy", "ebay", "amazon"][channel]);
            let quota = AskQuota { per_year: 5, per_thousand: 5, answer_within: None, ignored_count: true };
            world.policy.ask_quota = Some(quota);
            (world.zone, world.now) = (ZONES[zone], noon() + Span::from_secs(now));
            world.contacts = contacts.into_iter().map(|at| noon() + Span::from_secs(at)).collect();
            (world.answers, world.opted_out, world.extortion) = (answers, opted_out, extortion);
            (world.override_lock, world.used, world.reviews) = (lock, used, reviews);
            world
        },
    )
}

fn refused(world: &World) -> BTreeSet<Rule> {
    world.rules().into_iter().collect()
}

proptest! {
    #[test]
    fn one_more_contact_never_permits_anything(world in world(), ago in 0_i64..60 * 86_400) {
        let mut more = world.clone();
        more.contacts.push(world.now - Span::from_secs(ago));
        prop_assert!(refused(&world).is_subset(&refused(&more)));
    }

    #[test]
    fn one_more_ask_never_permits_anything_and_one_more_review_never_forbids(world in world()) {
        let mut more = world.clone();
        more.used += 1;
        prop_assert!(refused(&world).is_subset(&refused(&more)));
        let mut more = world.clone();
        more.reviews += 1;
        prop_assert!(refused(&more).is_subset(&refused(&world)));
    }

    #[test]
    fn one_more_finding_never_permits_anything(world in world(), rule in 0..Rule::ALL.len()) {
        let mut more = world.clone();
        more.findings.push(Finding { rule: Rule::ALL[rule], start: 0, end: 1, words: String::new() });
        prop_assert!(refused(&world).is_subset(&refused(&more)));
    }

    #[test]
    fn a_threat_an_opt_out_and_an_erasure_never_permit_anything(world in world()) {
        let changes: [fn(&mut World); 3] = [|w| w.extortion = true, |w| w.opted_out = true, |w| w.erased = true];
        for change in changes {
            let mut more = world.clone();
            change(&mut more);
            prop_assert!(refused(&world).is_subset(&refused(&more)));
        }
    }

    #[test]
    fn the_order_in_which_contacts_are_told_does_not_matter(world in world()) {
        let mut other = world.clone();
        other.contacts.reverse();
        prop_assert_eq!(world.refusals(), other.refusals());
    }

    #[test]
    fn what_may_go_out_later_may_go_out_then_and_not_a_moment_earlier(world in world()) {
        match world.not_before() {
            Some(at) if at == world.now => prop_assert!(world.rules().is_empty()),
            Some(at) => {
                prop_assert!(at > world.now);
                let then = |now: Time| World { now, ..world.clone() }.rules();
                prop_assert!(then(at).is_empty());
                prop_assert!(!then(Time::from_micros(at.micros() - 1)).is_empty());
            }
            None => prop_assert!(!world.rules().is_empty()),
        }
    }
}
