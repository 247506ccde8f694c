//! Every state of the handling machine × every verb.

use amends_domain::case::handling::{ARROWS, arrow};
use amends_domain::case::{Case, Handling, Hold, Outcome, Refused, State, Verb, VerbKind};
use amends_domain::{CaseId, Time};

use crate::make::{agent, at, hold, lease, queued, working};

/// A time at which every timer of [`standing`] is due and the lease still lives.
const SECS: i64 = 100;

/// A case in the state, by the verbs that lead there.
pub(crate) fn standing(state: State) -> Case {
    let case = working();
    let by = hold(&case);
    let give = |verb: Verb| case.clone().apply(verb, at(30)).unwrap();
    match state {
        State::Queued => queued(),
        State::Claimed => queued().apply(Verb::Claim { lease: lease("ann", at(310)) }, at(10)).unwrap(),
        State::Working => case,
        State::WaitingBuyer => give(Verb::WaitBuyer { hold: by, give_up_at: at(60) }),
        State::WaitingThirdParty => give(Verb::WaitThirdParty { hold: by, until: at(60) }),
        State::Snoozed => give(Verb::Snooze { hold: by, until: at(60) }),
        State::Solved => give(solve(by, false)),
        State::Closed => give(solve(by, false)).apply(Verb::AutoClose, at(60)).unwrap(),
        State::Merged => give(merge(None)),
        State::Cancelled => give(Verb::Cancel { version: case.version, remedy_in_flight: false }),
    }
}

fn solve(hold: Hold, remedy_in_flight: bool) -> Verb {
    Verb::Solve { hold, outcome: Outcome::TalkedThrough, close_at: at(60), remedy_in_flight }
}

fn merge(version: Option<i64>) -> Verb {
    Verb::Merge { into: CaseId::from_bits(2), same_buyer: true, version }
}

/// The verb with facts that every guard accepts.
fn good(kind: VerbKind, case: &Case, now: Time) -> Verb {
    let later = Time::from_micros(now.micros() + 600_000_000);
    let (hold, version) = (hold(case), case.version);
    match kind {
        VerbKind::Claim => Verb::Claim { lease: lease("bob", later) },
        VerbKind::Renew => Verb::Renew { hold, expires_at: later },
        VerbKind::Release => Verb::Release { hold },
        VerbKind::LeaseExpired => Verb::LeaseExpired,
        VerbKind::AgentGone => Verb::AgentGone { abandoned: false },
        VerbKind::HandBack => Verb::HandBack { lease: lease("ann", later) },
        VerbKind::Assign => Verb::Assign { lease: lease("bob", later), version },
        VerbKind::Act => Verb::Act { hold },
        VerbKind::Note => Verb::Note { hold },
        VerbKind::WaitBuyer => Verb::WaitBuyer { hold, give_up_at: later },
        VerbKind::WaitThirdParty => Verb::WaitThirdParty { hold, until: later },
        VerbKind::Snooze => Verb::Snooze { hold, until: later },
        VerbKind::Wake => Verb::Wake,
        VerbKind::BuyerMessage => Verb::BuyerMessage { at: now },
        VerbKind::BuyerSilent => Verb::BuyerSilent { close_at: later },
        VerbKind::Solve => solve(hold, false),
        VerbKind::AutoClose => Verb::AutoClose,
        VerbKind::Reopen => Verb::Reopen { version },
        VerbKind::Escalate => Verb::Escalate { version: Some(version) },
        VerbKind::Merge => merge(Some(version)),
        VerbKind::Cancel => Verb::Cancel { version, remedy_in_flight: false },
    }
}

#[test]
fn every_verb_follows_its_arrow_or_is_refused() {
    for &state in State::ALL {
        for &kind in VerbKind::ALL {
            let mut case = standing(state);
            assert_eq!(case.handling.state(), state);
            case.preferred_agent = Some(agent("ann"));
            // Only an ended lease can expire.
            let now = if kind == VerbKind::LeaseExpired { at(310) } else { at(SECS) };
            let result = case.clone().apply(good(kind, &case, now), now);
            match (arrow(state, kind), result) {
                (Some(to), Ok(after)) => {
                    assert_eq!(after.handling.state(), to, "{state} {kind}");
                    assert_eq!(after.version, case.version + 1, "{state} {kind}");
                }
                (None, Err(Refused::NoArrow { from, verb })) => assert_eq!((from, verb), (state, kind)),
                (None, Err(Refused::Merged { into })) => {
                    assert_eq!((state, into), (State::Merged, CaseId::from_bits(2)));
                }
                (expected, got) => panic!("{state} on {kind}: expected {expected:?}, got {got:?}"),
            }
        }
    }
}

#[test]
fn each_pair_has_at_most_one_arrow() {
    for (i, (from, verb, _)) in ARROWS.iter().enumerate() {
        assert!(!ARROWS.iter().skip(i + 1).any(|(f, v, _)| (f, v) == (from, verb)), "{from} {verb}");
    }
}

#[test]
fn every_state_and_every_verb_is_used() {
    for &state in State::ALL {
        assert!(
            state == State::Queued || ARROWS.iter().any(|(_, _, to)| *to == state),
            "{state} is unreachable"
        );
    }
    for &kind in VerbKind::ALL {
        assert!(ARROWS.iter().any(|(_, verb, _)| *verb == kind), "{kind} leads nowhere");
    }
}

#[test]
fn nothing_leaves_the_final_states() {
    for &state in State::ALL {
        let is_final = !ARROWS.iter().any(|(from, _, _)| *from == state);
        assert_eq!(is_final, !state.is_open(), "{state}");
    }
}

#[test]
fn any_open_case_can_be_escalated_and_merged() {
    for &state in State::ALL {
        assert_eq!(arrow(state, VerbKind::Escalate), state.is_open().then_some(state), "{state}");
        assert_eq!(arrow(state, VerbKind::Merge), state.is_open().then_some(State::Merged), "{state}");
    }
}

#[test]
fn every_agents_write_needs_the_living_hold() {
    for &(state, kind, _) in ARROWS {
        let case = standing(state);
        let now = at(SECS);
        let Some(good_hold) = good(kind, &case, now).hold().cloned() else { continue };
        let with = |change: &dyn Fn(&mut Hold)| {
            let mut bad = good_hold.clone();
            change(&mut bad);
            case.clone().apply(rehold(good(kind, &case, now), bad), now)
        };
        let (current, version) = (case.fence, case.version);
        assert_eq!(
            with(&|h| h.fence -= 1),
            Err(Refused::FenceStale { seen: current - 1, current, version }),
            "{state} {kind}"
        );
        assert_eq!(
            with(&|h| h.fence += 1),
            Err(Refused::FenceStale { seen: current + 1, current, version }),
            "{state} {kind}"
        );
        assert_eq!(with(&|h| h.agent = crate::make::agent("bob")), Err(Refused::NotHolder), "{state} {kind}");
        let stale = with(&|h| h.version -= 1);
        let heartbeat = matches!(kind, VerbKind::Renew | VerbKind::Release);
        assert_eq!(stale.is_ok(), heartbeat, "{state} {kind}: {stale:?}");
    }
}

#[test]
fn no_agents_write_after_the_last_microsecond_of_the_lease() {
    let end = at(310);
    let last = Time::from_micros(end.micros() - 1);
    for &(state, kind, _) in ARROWS {
        let case = standing(state);
        if case.handling.lease().is_none() || good(kind, &case, last).hold().is_none() {
            continue;
        }
        assert!(case.clone().apply(good(kind, &case, last), last).is_ok(), "{state} {kind}");
        assert_eq!(
            case.clone().apply(good(kind, &case, end), end),
            Err(Refused::LeaseExpired),
            "{state} {kind}"
        );
    }
}

#[test]
fn a_supervisors_write_needs_the_version_it_saw() {
    for &(state, kind, _) in ARROWS {
        let case = standing(state);
        let (seen, current) = (case.version - 1, case.version);
        let verb = match kind {
            VerbKind::Assign => Verb::Assign { lease: lease("bob", at(900)), version: seen },
            VerbKind::Reopen => Verb::Reopen { version: seen },
            VerbKind::Escalate => Verb::Escalate { version: Some(seen) },
            VerbKind::Merge => merge(Some(seen)),
            VerbKind::Cancel => Verb::Cancel { version: seen, remedy_in_flight: false },
            _ => continue,
        };
        assert_eq!(
            case.apply(verb, at(SECS)),
            Err(Refused::VersionStale { seen, current }),
            "{state} {kind}"
        );
    }
}

#[test]
fn the_status_is_a_function_of_the_machines() {
    use amends_domain::case::Status;
    let check =
        |state, offered, promised, status| assert_eq!(standing(state).status(offered, promised), status);
    check(State::Queued, false, false, Status::Open);
    check(State::Claimed, false, false, Status::InProgress);
    check(State::Snoozed, false, false, Status::Waiting);
    check(State::WaitingBuyer, true, false, Status::Offered);
    check(State::Queued, true, true, Status::Fulfilling);
    check(State::Solved, true, true, Status::Solved);
    for state in [State::Closed, State::Merged, State::Cancelled] {
        check(state, true, true, Status::Closed);
    }
}

/// The same verb under another hold.
fn rehold(verb: Verb, hold: Hold) -> Verb {
    match verb {
        Verb::Renew { expires_at, .. } => Verb::Renew { hold, expires_at },
        Verb::Release { .. } => Verb::Release { hold },
        Verb::Act { .. } => Verb::Act { hold },
        Verb::Note { .. } => Verb::Note { hold },
        Verb::WaitBuyer { give_up_at, .. } => Verb::WaitBuyer { hold, give_up_at },
        Verb::WaitThirdParty { until, .. } => Verb::WaitThirdParty { hold, until },
        Verb::Snooze { until, .. } => Verb::Snooze { hold, until },
        Verb::Solve { outcome, close_at, remedy_in_flight, .. } => {
            Verb::Solve { hold, outcome, close_at, remedy_in_flight }
        }
        other => other,
    }
}

#[test]
fn the_guards_refuse_with_their_own_reason() {
    let check = |state, verb: &dyn Fn(&Case) -> Verb, now: Time, why: Refused| {
        let case = standing(state);
        let verb = verb(&case);
        assert_eq!(case.apply(verb.clone(), now), Err(why), "{verb:?}");
    };
    let now = at(50);
    check(State::Working, &|c| solve(hold(c), true), now, Refused::RemedyInFlight);
    check(
        State::Queued,
        &|c| Verb::Cancel { version: c.version, remedy_in_flight: true },
        now,
        Refused::RemedyInFlight,
    );
    check(State::Working, &|c| Verb::Snooze { hold: hold(c), until: now }, now, Refused::InThePast);
    check(State::Working, &|c| Verb::WaitBuyer { hold: hold(c), give_up_at: now }, now, Refused::InThePast);
    check(State::Working, &|c| Verb::WaitThirdParty { hold: hold(c), until: now }, now, Refused::InThePast);
    check(State::Queued, &|_| Verb::Claim { lease: lease("bob", now) }, now, Refused::InThePast);
    check(
        State::Queued,
        &|c| Verb::Assign { lease: lease("bob", now), version: c.version },
        now,
        Refused::InThePast,
    );
    let other_buyer =
        |c: &Case| Verb::Merge { into: CaseId::from_bits(2), same_buyer: false, version: Some(c.version) };
    check(State::Queued, &other_buyer, now, Refused::NotMergeable);
    check(
        State::Queued,
        &|c| Verb::Merge { into: c.id, same_buyer: true, version: None },
        now,
        Refused::NotMergeable,
    );
    let early = Time::from_micros(at(60).micros() - 1);
    check(State::WaitingBuyer, &|_| Verb::BuyerSilent { close_at: at(999) }, early, Refused::NotDue);
    check(State::Solved, &|_| Verb::AutoClose, early, Refused::NotDue);
    let early = Time::from_micros(at(310).micros() - 1);
    check(State::Claimed, &|_| Verb::LeaseExpired, early, Refused::NotDue);
}

#[test]
fn timers_are_due_to_the_microsecond() {
    let on = |state, verb: Verb, now| standing(state).apply(verb, now).unwrap().handling;
    let silent = on(State::WaitingBuyer, Verb::BuyerSilent { close_at: at(999) }, at(60));
    assert_eq!(silent, Handling::Solved { outcome: Outcome::NoAnswer, at: at(60), close_at: at(999) });
    let closed = on(State::Solved, Verb::AutoClose, at(60));
    assert_eq!(closed, Handling::Closed { outcome: Outcome::TalkedThrough, at: at(60) });
    assert_eq!(on(State::Claimed, Verb::LeaseExpired, at(310)), Handling::Queued);
}
