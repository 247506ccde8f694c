//! What a case remembers from step to step, and a random walk over all verbs.

use amends_domain::case::{Case, Hold, Opening, Outcome, Refused, State, Verb, VerbKind};
use amends_domain::detection::{Flag, Reason};
use amends_domain::{AgentId, CaseId, Span, Time};
use proptest::prelude::*;

use crate::case_table::standing;
use crate::make::{agent, at, claimed, hold, lease, opening, queued, working};

fn step(case: Case, verb: Verb, now: Time) -> Case {
    case.apply(verb, now).unwrap()
}

#[test]
fn the_third_lapse_escalates() {
    let mut case = queued();
    for (lapse, level) in [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2)] {
        let now = at(lapse * 1_000);
        case = step(case, Verb::Claim { lease: lease("ann", now + Span::from_minutes(5)) }, now);
        case = step(case, Verb::LeaseExpired, now + Span::from_minutes(5));
        assert_eq!((case.abandon_count, case.level), (u32::try_from(lapse).unwrap(), level));
        assert_eq!(case.preferred_agent, None, "who let it lapse is not preferred");
    }
}

#[test]
fn a_case_that_is_given_back_keeps_its_place_but_not_its_agent() {
    let case = claimed();
    let by = hold(&case);
    let case = step(case, Verb::Release { hold: by }, at(50));
    assert_eq!((case.queued_at, case.preferred_agent, case.abandon_count), (at(0), None, 0));
}

#[test]
fn a_parked_case_comes_back_at_its_place_to_its_former_owner() {
    let message = Verb::BuyerMessage { at: at(70) };
    for (state, verb) in [
        (State::Snoozed, Verb::Wake),
        (State::WaitingThirdParty, Verb::Wake),
        (State::Snoozed, message.clone()),
        (State::WaitingBuyer, message.clone()),
        (State::WaitingThirdParty, message.clone()),
        (State::Solved, message),
    ] {
        let case = step(standing(state), verb, at(70));
        assert_eq!((case.queued_at, case.preferred_agent), (at(0), Some(agent("ann"))), "{state}");
    }
}

#[test]
fn a_reopened_case_queues_anew_and_is_counted() {
    let case = standing(State::Solved);
    let version = case.version;
    let case = step(case, Verb::Reopen { version }, at(70));
    assert_eq!((case.reopen_count, case.queued_at, case.preferred_agent), (1, at(70), Some(agent("ann"))));
}

#[test]
fn the_first_human_action_is_remembered_and_starts_the_work() {
    let case = working();
    assert_eq!(case.first_human_action_at, Some(at(20)));
    let by = hold(&case);
    assert_eq!(step(case, Verb::Act { hold: by }, at(40)).first_human_action_at, Some(at(20)));
}

#[test]
fn the_buyer_waits_from_the_first_unanswered_message() {
    let message = |secs| Verb::BuyerMessage { at: at(secs) };
    let case = step(step(working(), message(40), at(40)), message(50), at(50));
    assert_eq!(case.waiting_since, Some(at(40)));
    // Whichever of two messages is heard of first.
    assert_eq!(step(case.clone(), message(35), at(60)).waiting_since, Some(at(35)));
    let by = hold(&case);
    let parked = step(case, Verb::WaitBuyer { hold: by, give_up_at: at(200) }, at(70));
    assert_eq!(parked.waiting_since, None, "it is the buyer's turn");
    assert_eq!(step(parked.clone(), message(90), at(90)).waiting_since, Some(at(90)));
    assert_eq!(step(parked, Verb::BuyerSilent { close_at: at(900) }, at(200)).waiting_since, None);
}

#[test]
fn a_late_heartbeat_never_shortens_the_lease() {
    let case = claimed();
    let by = hold(&case);
    let renew = |expires_at| Verb::Renew { hold: by.clone(), expires_at };
    let longer = step(case, renew(at(600)), at(100));
    assert_eq!(longer.handling.lease().unwrap().expires_at, at(600));
    let same = step(longer, renew(at(400)), at(110));
    assert_eq!(same.handling.lease().unwrap().expires_at, at(600));
}

#[test]
fn an_assignment_ends_the_hold_of_the_agent_before() {
    let case = working();
    let old = hold(&case);
    let version = case.version;
    let case = step(case, Verb::Assign { lease: lease("bob", at(900)), version }, at(40));
    let (current, version) = (case.fence, case.version);
    let refused = case.apply(Verb::Note { hold: old.clone() }, at(41));
    assert_eq!(refused, Err(Refused::FenceStale { seen: old.fence, current, version }));
}

#[test]
fn a_danger_is_escalated_whichever_signal_tells_it() {
    let opened = |reasons: &[Reason], flags: &[Flag]| {
        Case::open(Opening { reasons: reasons.to_vec(), flags: flags.to_vec(), ..opening() }, at(0))
    };
    assert_eq!(opened(&[Reason::Damaged], &[Flag::Safety]).level, 1);
    assert_eq!(opened(&[Reason::Counterfeit], &[]).level, 1);
    assert_eq!(opened(&[Reason::Damaged], &[Flag::Legal]).level, 0);
    let mut later = opened(&[Reason::Damaged], &[]);
    assert!(later.learn(&[], &[Flag::Safety], None));
    assert_eq!((later.level, later.priority), (1, 100));
    assert!(!later.learn(&[Reason::Damaged], &[Flag::Safety], None), "nothing new");
}

#[test]
fn a_real_reason_takes_the_place_of_other() {
    let mut case = Case::open(Opening { reasons: vec![Reason::Other], ..opening() }, at(0));
    assert!(case.learn(&[Reason::Price], &[], None), "as many reasons as before, but another one");
    assert_eq!(case.reasons, [Reason::Price]);
    assert!(!case.learn(&[Reason::Other], &[], None));
    assert!(case.learn(&[Reason::Late, Reason::Price], &[], None));
    assert_eq!(case.reasons, [Reason::Price, Reason::Late]);
}

#[test]
fn the_nearest_deadline_wins_in_any_order() {
    for order in [[at(50), at(40)], [at(40), at(50)]] {
        let mut case = queued();
        for deadline in order {
            case.learn(&[], &[], Some(deadline));
        }
        case.learn(&[], &[], None);
        assert_eq!(case.hard_deadline, Some(at(40)));
    }
}

#[test]
fn a_case_that_is_over_learns_nothing() {
    for &state in State::ALL {
        let mut case = standing(state);
        let before = case.clone();
        let learned = case.learn(&[Reason::Counterfeit], &[Flag::Safety], Some(at(1)));
        assert_eq!((learned, case != before), (state.is_open(), state.is_open()), "{state}");
    }
}

#[test]
fn what_went_wrong_matters_before_the_stars() {
    use amends_domain::case::priority;
    assert_eq!(priority(&[Reason::Other], &[Flag::Safety], None), 100);
    assert!(priority(&[Reason::NotReceived], &[], Some(5)) > priority(&[Reason::Damaged], &[], Some(1)));
    assert!(priority(&[Reason::Damaged], &[], Some(5)) > priority(&[Reason::Quality], &[], Some(1)));
    assert!(priority(&[Reason::Quality], &[], Some(1)) > priority(&[Reason::Quality], &[], Some(3)));
    for &reason in Reason::ALL {
        assert!(priority(&[reason], &[Flag::Legal], Some(0)) < 100, "{reason}");
    }
}

/// A verb as a random caller would put it: the facts may be stale, foreign or early.
fn verb(kind: VerbKind, case: &Case, now: Time, who: AgentId, slip: i64, ahead: i64, flag: bool) -> Verb {
    let hold = Hold { agent: who.clone(), fence: case.fence - slip, version: case.version };
    let then = now + Span::from_secs(ahead);
    let version = case.version - slip;
    match kind {
        VerbKind::Claim => Verb::Claim { lease: lease(who.as_str(), then) },
        VerbKind::Renew => Verb::Renew { hold, expires_at: then },
        VerbKind::Release => Verb::Release { hold },
        VerbKind::LeaseExpired => Verb::LeaseExpired,
        VerbKind::AgentGone => Verb::AgentGone { abandoned: flag },
        VerbKind::HandBack => Verb::HandBack { lease: lease(who.as_str(), then) },
        VerbKind::Assign => Verb::Assign { lease: lease(who.as_str(), then), version },
        VerbKind::Act => Verb::Act { hold },
        VerbKind::Note => Verb::Note { hold },
        VerbKind::WaitBuyer => Verb::WaitBuyer { hold, give_up_at: then },
        VerbKind::WaitThirdParty => Verb::WaitThirdParty { hold, until: then },
        VerbKind::Snooze => Verb::Snooze { hold, until: then },
        VerbKind::Wake => Verb::Wake,
        VerbKind::BuyerMessage => Verb::BuyerMessage { at: now },
        VerbKind::BuyerSilent => Verb::BuyerSilent { close_at: then },
        VerbKind::Solve => {
            Verb::Solve { hold, outcome: Outcome::Other, close_at: then, remedy_in_flight: flag }
        }
        VerbKind::AutoClose => Verb::AutoClose,
        VerbKind::Reopen => Verb::Reopen { version },
        VerbKind::Escalate => Verb::Escalate { version: flag.then_some(version) },
        VerbKind::Merge => Verb::Merge { into: CaseId::from_bits(2), same_buyer: flag, version: None },
        VerbKind::Cancel => Verb::Cancel { version, remedy_in_flight: flag },
    }
}

/// What must hold of any single step that was taken.
fn check_step(before: &Case, verb: &Verb, after: &Case, now: Time) -> Result<(), TestCaseError> {
    prop_assert!(before.is_open(), "closed, merged and cancelled cases accept nothing");
    prop_assert_eq!(after.version, before.version + 1);
    let handed_over = matches!(verb.kind(), VerbKind::Claim | VerbKind::Assign | VerbKind::HandBack);
    prop_assert_eq!(
        after.fence,
        before.fence + i64::from(handed_over),
        "a fence rises with every hold, only then"
    );
    if let Some(hold) = verb.hold() {
        prop_assert_eq!(hold.fence, before.fence);
        prop_assert_eq!(Some(&hold.agent), before.handling.owner());
        prop_assert!(before.handling.lease().is_none_or(|lease| now < lease.expires_at));
    }
    prop_assert!(verb.seen_version().is_none_or(|seen| seen == before.version));
    prop_assert!(after.queued_at == before.queued_at || verb.kind() == VerbKind::Reopen);
    prop_assert!(
        before.first_human_action_at.is_none() || after.first_human_action_at == before.first_human_action_at
    );
    prop_assert!(after.level >= before.level && after.reopen_count >= before.reopen_count);
    let lapses = u32::from(matches!(verb, Verb::LeaseExpired | Verb::AgentGone { abandoned: true }));
    prop_assert_eq!(after.abandon_count, before.abandon_count + lapses);
    let handing = after.handling.lease().map(|lease| lease.expires_at);
    prop_assert!(!handed_over || handing.is_some_and(|end| end > now), "nobody gets a lease that has ended");
    // What makes a case the case it is never changes by handling it.
    let identity =
        |c: &Case| (c.id, c.shop.clone(), c.subject.clone(), c.kind, c.opened_at, c.buyer, c.follow_up_of);
    prop_assert_eq!(identity(after), identity(before));
    Ok(())
}

proptest! {
    #[test]
    fn no_walk_breaks_the_rules(
        steps in prop::collection::vec(
            (prop::sample::select(VerbKind::ALL), 0_usize..8, 0_i64..3, -5_i64..400, any::<bool>(), 0_i64..200),
            1..120,
        )
    ) {
        let mut case = queued();
        let mut now = at(0);
        for (kind, who, slip, ahead, flag, wait) in steps {
            now = now + Span::from_secs(wait);
            // A walk that ends early tests little: the last steps of a case are rare.
            let is_last = matches!(kind, VerbKind::Merge | VerbKind::Cancel | VerbKind::AutoClose);
            if is_last && who > 0 {
                continue;
            }
            // Mostly the true holder, sometimes another; mostly the right fence, sometimes an old one.
            let who = match who { 0 => agent("ann"), 1 => agent("bob"), _ => hold(&case).agent };
            let verb = verb(kind, &case, now, who, slip.saturating_sub(1), ahead, flag);
            let before = case.clone();
            match case.clone().apply(verb.clone(), now) {
                Ok(after) => {
                    check_step(&before, &verb, &after, now)?;
                    case = after;
                }
                Err(Refused::Merged { into }) => prop_assert_eq!(into, CaseId::from_bits(2)),
                Err(_) => {}
            }
        }
    }
}
