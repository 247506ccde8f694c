//! What must hold whatever happened. Each check is named after what it promises, looks only at
//! what was [`Seen`], and says what is wrong: so it can itself be tested on a life that was doctored.

use std::collections::BTreeSet;
use std::sync::Arc;

use amends_app::key::local_principal;
use amends_app::sla::LEAD;
use amends_domain::agent::Presence;
use amends_store::agent;

use super::channel::Channel;
use super::house::{House, call, shop};
use super::seen::Seen;

mod clocks;
mod doctored;
mod figures;
mod holds;
mod lags;
mod ledger;
mod log;
mod merged;
mod outgoing;

/// Nothing, or what is wrong.
pub(super) type Verdict = Result<(), String>;

/// A promise about a life as it stands.
type Check = fn(&Seen) -> Verdict;

/// A promise about how a life goes on.
type Step = fn(&Seen, &Seen) -> Verdict;

const ALWAYS: &[(&str, Check)] = &[
    ("one open case per subject", holds::one_open_case_per_subject),
    ("fences rise and no case is held twice", holds::fences_rise_and_no_case_is_held_twice),
    ("agents write only under their own hold", holds::agents_write_only_under_their_own_hold),
    ("numbers rise on every timeline", log::numbers_rise_on_every_timeline),
    ("nothing goes out without a passing decision", outgoing::nothing_goes_out_without_a_passing_decision),
    ("nothing is queued under a hold that ended", outgoing::nothing_is_queued_under_a_hold_that_ended),
    ("a reply reaches the buyer at most once", outgoing::a_reply_reaches_the_buyer_at_most_once),
    ("what the buyer has counts as sent", outgoing::what_the_buyer_has_is_never_taken_for_unsent),
    ("a review is asked about at most once", outgoing::a_review_is_asked_about_at_most_once),
    ("a breach is told once", clocks::a_warning_and_a_breach_are_told_once_per_instance),
    (
        "(16) no more is granted than was paid, and nothing twice",
        ledger::no_more_is_granted_than_was_paid_and_nothing_twice,
    ),
    (
        "(16) what may leave is within what refunds leave",
        ledger::what_may_leave_is_within_what_is_left_of_refunds,
    ),
    ("holds follow their remedies", ledger::holds_follow_their_remedies),
    ("all the time of a clock is accounted for", clocks::elapsed_outside_and_paused_are_the_wall),
];

const GOING_ON: &[(&str, Step)] = &[
    ("timelines only grow", log::timelines_only_grow),
    ("clocks never run backwards", clocks::clocks_never_run_backwards),
    ("a merged case stays as it was", merged::a_merged_case_stays_as_it_was),
];

/// Checks all of them, also against what was seen before; answers what was seen now.
pub(super) async fn check(house: &House, channel: &Channel, before: Option<&Seen>, seed: u64) -> Seen {
    // Other hours reach the deadlines of open cases when they begin to hold.
    house.advance(LEAD).await;
    let seen = Seen::of(house, channel).await;
    for (promise, check) in ALWAYS {
        let verdict = check(&seen);
        assert!(verdict.is_ok(), "seed {seed}: {promise}: {}\n{}", verdict.unwrap_err(), repeat(seed));
    }
    for (promise, check) in GOING_ON {
        let verdict = before.map_or(Ok(()), |before| check(before, &seen));
        assert!(verdict.is_ok(), "seed {seed}: {promise}: {}\n{}", verdict.unwrap_err(), repeat(seed));
    }
    merged::a_merged_case_accepts_no_writes(house, &seen, seed).await;
    nobody_who_is_gone_holds_anything(house, &seen, seed).await;
    every_case_is_proven(house, &seen, seed).await;
    figures_are_what_the_log_makes_them(house, seed).await;
    figures::splits_are_the_members_counted_one_by_one(house, seed).await;
    lags::curves_are_the_reviews_followed_one_by_one(house, seed).await;
    seen
}

/// The command that lives this life again.
pub(super) fn repeat(seed: u64) -> String {
    format!("again: AMENDS_TEST_SEED={seed} cargo test -p amends-tests --test it whatever_happens")
}

/// Whoever is stored as offline has given everything back; a presence that ran out is acted on by its timer.
async fn nobody_who_is_gone_holds_anything(house: &House, seen: &Seen, seed: u64) {
    let holders: BTreeSet<_> =
        seen.cases.iter().filter_map(|case| Some(case.handling.lease()?.agent.clone())).collect();
    let holders: Vec<_> = holders.into_iter().map(|agent| (shop(), agent)).collect();
    for agent in agent::by_ids(&holders).all(&house.look.reader()).await.unwrap() {
        let gone = agent.told.is_some_and(|told| told.presence == Presence::Offline);
        assert!(!gone, "seed {seed}: {} is gone and holds a case\n{}", agent.id, repeat(seed));
    }
}

/// Whatever was merged into what: the chain of decisions shows that no remedy depended on a review.
async fn every_case_is_proven(house: &House, seen: &Seen, seed: u64) {
    let boss = local_principal().unwrap();
    for case in &seen.cases {
        let found = house.app.attest_case(&boss, &shop(), case.id).await.unwrap();
        let checks = &found.attestation.checks;
        assert!(found.attestation.holds(), "seed {seed}: {} {checks:#?}\n{}", case.id, repeat(seed));
    }
}

async fn figures_are_what_the_log_makes_them(house: &House, seed: u64) {
    let operator = call(&local_principal().unwrap());
    let found = house.app.recompute(operator, &shop(), false, Arc::new(|_, _| {})).await.unwrap();
    let told = format!("{:#?}\n{}", found.differences, repeat(seed));
    assert_eq!(found.difference_count, 0, "seed {seed}: {told}");
}
