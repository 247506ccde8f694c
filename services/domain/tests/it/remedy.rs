//! The remedy machine: every stage × every verb, its guards, and random walks.

use amends_domain::remedy::{
    ARROWS, Remedy, RemedyKind, RemedyRefused, RemedyStage, RemedyState, RemedyVerb, RemedyVerbKind, Takes,
    arrow,
};
use amends_domain::{Span, Time};
use proptest::prelude::*;

use crate::make::{agent, at, proposed};

fn offer(expires: i64) -> RemedyVerb {
    RemedyVerb::Offer { expires_at: at(expires) }
}

fn submit(expires: i64) -> RemedyVerb {
    RemedyVerb::Submit { expires_at: at(expires), life: Span::from_days(3) }
}

/// A remedy in the stage, by the verbs that lead there.
fn standing(stage: RemedyStage) -> Remedy {
    let step = |from: RemedyStage, verb: RemedyVerb, secs: i64| standing(from).apply(verb, at(secs)).unwrap();
    match stage {
        RemedyStage::Proposed => proposed(),
        RemedyStage::AwaitingApproval => step(RemedyStage::Proposed, submit(100), 1),
        RemedyStage::Offered => step(RemedyStage::Proposed, offer(100), 2),
        RemedyStage::Accepted => step(RemedyStage::Offered, RemedyVerb::Accept { due_at: at(500) }, 3),
        RemedyStage::Executing => step(RemedyStage::Accepted, RemedyVerb::Execute, 4),
        RemedyStage::Fulfilled => {
            step(RemedyStage::Executing, RemedyVerb::Fulfil { tracking: "T1".to_owned() }, 5)
        }
        RemedyStage::Declined => step(RemedyStage::Offered, RemedyVerb::Decline { wish: None }, 3),
        RemedyStage::Expired => step(RemedyStage::Offered, RemedyVerb::Expire, 100),
        RemedyStage::Withdrawn => step(RemedyStage::Offered, RemedyVerb::Withdraw, 3),
        RemedyStage::Failed => step(RemedyStage::Executing, RemedyVerb::Fail { why: "lost".to_owned() }, 5),
    }
}

/// The verb with facts that every guard accepts.
fn good(kind: RemedyVerbKind, now: Time) -> RemedyVerb {
    let later = now + Span::from_days(3);
    match kind {
        RemedyVerbKind::Submit => RemedyVerb::Submit { expires_at: later, life: Span::from_days(3) },
        RemedyVerbKind::Offer => RemedyVerb::Offer { expires_at: later },
        RemedyVerbKind::Approve => RemedyVerb::Approve { by: agent("bob"), expires_at: later },
        RemedyVerbKind::Accept => RemedyVerb::Accept { due_at: later },
        RemedyVerbKind::Decline => RemedyVerb::Decline { wish: None },
        RemedyVerbKind::Expire => RemedyVerb::Expire,
        RemedyVerbKind::Withdraw => RemedyVerb::Withdraw,
        RemedyVerbKind::Execute => RemedyVerb::Execute,
        RemedyVerbKind::Fulfil => RemedyVerb::Fulfil { tracking: String::new() },
        RemedyVerbKind::Fail => RemedyVerb::Fail { why: String::new() },
    }
}

#[test]
fn every_verb_follows_its_arrow_or_is_refused() {
    for &stage in RemedyStage::ALL {
        for &kind in RemedyVerbKind::ALL {
            let remedy = standing(stage);
            assert_eq!(remedy.state.stage(), stage);
            let now = if kind == RemedyVerbKind::Expire { at(100) } else { at(10) };
            match (arrow(stage, kind), remedy.clone().apply(good(kind, now), now)) {
                (Some(to), Ok(after)) => {
                    assert_eq!(
                        (after.state.stage(), after.version),
                        (to, remedy.version + 1),
                        "{stage} {kind}"
                    );
                    assert_eq!(
                        Remedy {
                            state: remedy.state.clone(),
                            version: remedy.version,
                            offered_at: remedy.offered_at,
                            accepted_at: remedy.accepted_at,
                            ..after
                        },
                        remedy
                    );
                }
                (None, Err(why)) => assert_eq!(why, RemedyRefused::NoArrow { from: stage, verb: kind }),
                (expected, got) => panic!("{stage} on {kind}: expected {expected:?}, got {got:?}"),
            }
        }
    }
}

#[test]
fn a_promise_can_only_be_kept_or_fail() {
    for &(from, _, to) in ARROWS {
        if from.is_promised() {
            assert!(to.is_promised() || to == RemedyStage::Fulfilled, "{from} → {to}");
        }
    }
    for &(from, _, to) in ARROWS {
        assert!(to != RemedyStage::Withdrawn || from.in_flight() && !from.is_promised(), "{from} → {to}");
    }
}

#[test]
fn every_stage_is_reached_and_the_last_ones_are_left_by_nothing() {
    for &stage in RemedyStage::ALL {
        assert!(stage == RemedyStage::Proposed || ARROWS.iter().any(|(_, _, to)| *to == stage), "{stage}");
        let left = ARROWS.iter().any(|(from, _, _)| *from == stage);
        assert_eq!(left, stage.in_flight() || stage == RemedyStage::Failed, "{stage}");
    }
    for (i, (from, verb, _)) in ARROWS.iter().enumerate() {
        assert!(!ARROWS.iter().skip(i + 1).any(|(f, v, _)| (f, v) == (from, verb)), "{from} {verb} twice");
    }
}

#[test]
fn who_proposed_cannot_approve() {
    let waiting = standing(RemedyStage::AwaitingApproval);
    let approve = |by: &str| RemedyVerb::Approve { by: agent(by), expires_at: at(100) };
    assert_eq!(waiting.clone().apply(approve("ann"), at(2)), Err(RemedyRefused::SamePerson));
    let offered = waiting.clone().apply(approve("bob"), at(2)).unwrap();
    assert_eq!(offered.state, RemedyState::Offered { at: at(2), expires_at: at(100) });
    // Waiting for approval, it cannot be put to the buyer by any other way.
    assert!(waiting.apply(offer(100), at(2)).is_err());
}

#[test]
fn it_is_kept_when_it_was_put_to_the_buyer_and_when_they_said_yes() {
    let times = |stage| (standing(stage).offered_at, standing(stage).accepted_at);
    assert_eq!(times(RemedyStage::AwaitingApproval), (None, None));
    assert_eq!(times(RemedyStage::Offered), (Some(at(2)), None));
    assert_eq!(times(RemedyStage::Withdrawn), (Some(at(2)), None));
    assert_eq!(times(RemedyStage::Fulfilled), (Some(at(2)), Some(at(3))));
}

#[test]
fn nobody_approves_after_the_time_for_it() {
    let waiting = standing(RemedyStage::AwaitingApproval);
    assert_eq!(waiting.ends_at(), Some(at(100)));
    let approve = RemedyVerb::Approve { by: agent("bob"), expires_at: at(400) };
    let last = Time::from_micros(at(100).micros() - 1);
    assert!(waiting.clone().apply(approve.clone(), last).is_ok());
    assert_eq!(waiting.clone().apply(approve, at(100)), Err(RemedyRefused::OfferEnded));
    assert!(waiting.apply(RemedyVerb::Withdraw, at(100)).is_ok());
    assert_eq!(proposed().apply(submit(50), at(50)), Err(RemedyRefused::EndsInThePast));
}

#[test]
fn an_offer_ends_to_the_microsecond() {
    let offered = standing(RemedyStage::Offered);
    let last = Time::from_micros(at(100).micros() - 1);
    let accept = RemedyVerb::Accept { due_at: at(500) };
    assert!(offered.clone().apply(accept.clone(), last).is_ok());
    assert!(offered.clone().apply(RemedyVerb::Decline { wish: None }, last).is_ok());
    assert_eq!(offered.clone().apply(RemedyVerb::Expire, last), Err(RemedyRefused::NotDue));
    assert_eq!(offered.clone().apply(accept, at(100)), Err(RemedyRefused::OfferEnded));
    assert_eq!(
        offered.clone().apply(RemedyVerb::Decline { wish: None }, at(100)),
        Err(RemedyRefused::OfferEnded)
    );
    assert!(offered.apply(RemedyVerb::Expire, at(100)).is_ok());
}

#[test]
fn an_offer_must_end_after_it_began() {
    let now = at(50);
    assert_eq!(proposed().apply(offer(50), now), Err(RemedyRefused::EndsInThePast));
    assert!(
        proposed().apply(RemedyVerb::Offer { expires_at: Time::from_micros(now.micros() + 1) }, now).is_ok()
    );
    let approve = RemedyVerb::Approve { by: agent("bob"), expires_at: at(49) };
    assert_eq!(
        standing(RemedyStage::AwaitingApproval).apply(approve, now),
        Err(RemedyRefused::EndsInThePast)
    );
}

#[test]
fn the_due_date_survives_a_failure_and_a_second_try() {
    for stage in [RemedyStage::Accepted, RemedyStage::Executing, RemedyStage::Failed] {
        assert_eq!(standing(stage).due_at(), Some(at(500)), "{stage}");
    }
    let again = standing(RemedyStage::Failed).apply(RemedyVerb::Execute, at(50)).unwrap();
    assert_eq!(again.state, RemedyState::Executing { at: at(50), due_at: at(500) });
    assert_eq!(standing(RemedyStage::Offered).due_at(), None);
}

#[test]
fn only_a_return_label_helps_no_one_to_keep() {
    for &kind in RemedyKind::ALL {
        assert_eq!(kind.is_alternative(), kind != RemedyKind::ReturnLabel, "{kind}");
    }
    let taking = |takes| RemedyKind::ALL.iter().filter(|kind| kind.takes() == takes).count();
    assert_eq!((taking(Takes::Goods), taking(Takes::Money), taking(Takes::Nothing)), (5, 3, 3));
}

proptest! {
    #[test]
    fn no_walk_breaks_the_rules(
        steps in prop::collection::vec((prop::sample::select(RemedyVerbKind::ALL), any::<bool>(), 0_i64..40, -5_i64..90), 1..80)
    ) {
        let mut remedy = proposed();
        let mut now = at(0);
        let mut approved_by_another = false;
        let mut submitted = false;
        for (kind, by_proposer, wait, ahead) in steps {
            now = now + Span::from_secs(wait);
            let then = now + Span::from_secs(ahead);
            let verb = match kind {
                RemedyVerbKind::Offer => RemedyVerb::Offer { expires_at: then },
                RemedyVerbKind::Approve => {
                    RemedyVerb::Approve { by: agent(if by_proposer { "ann" } else { "bob" }), expires_at: then }
                }
                _ => good(kind, now),
            };
            let before = remedy.clone();
            let Ok(after) = remedy.clone().apply(verb, now) else { continue };
            submitted |= kind == RemedyVerbKind::Submit;
            approved_by_another |= kind == RemedyVerbKind::Approve && !by_proposer;
            prop_assert_eq!(arrow(before.state.stage(), kind), Some(after.state.stage()));
            prop_assert_eq!(after.version, before.version + 1);
            // Four eyes: what was submitted reaches the buyer only through another person.
            if after.state.stage() == RemedyStage::Offered {
                prop_assert!(!submitted || approved_by_another);
            }
            if let RemedyState::Offered { at, expires_at } = after.state {
                prop_assert!(at == now && expires_at > now);
            }
            if after.state.stage() == RemedyStage::Accepted {
                let in_time = matches!(before.state, RemedyState::Offered { expires_at, .. } if now < expires_at);
                prop_assert!(in_time, "accepted an offer that had ended");
            }
            prop_assert!(!before.state.stage().is_promised() || after.state.stage() != RemedyStage::Withdrawn);
            remedy = after;
        }
    }
}
