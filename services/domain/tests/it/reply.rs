//! The reply machine: every stage × every verb, its guards, and random walks.

use std::collections::BTreeSet;

use amends_domain::reply::{
    ARROWS, Destination, Reply, ReplyRefused, ReplyStage, ReplyState, ReplyVerb, ReplyVerbKind, Standing,
    arrow,
};
use amends_domain::{CaseId, MessageId, ReplyId, Time};
use proptest::prelude::*;

use crate::make::{agent, at, shop};

/// The case as it stands under the hold that the drafts here are written under.
const CASE: Standing = Standing { fence: 3, version: 7 };

fn message(id: &str) -> MessageId {
    MessageId::new(id).unwrap()
}

fn draft() -> Reply {
    Reply {
        id: ReplyId::from_bits(1),
        shop: shop(),
        case: CaseId::from_bits(1),
        fence: CASE.fence,
        author: agent("ann"),
        drafted_at: at(0),
        destination: Destination::default(),
        language: "de".to_owned(),
        template: None,
        attempts: 0,
        approved_by: None,
        message: None,
        override_lock: false,
        state: ReplyState::Draft,
        version: 1,
    }
}

/// The verb with facts that every guard accepts.
fn good(kind: ReplyVerbKind, reply: &Reply, case: Standing) -> ReplyVerb {
    let attempt = reply.attempts;
    match kind {
        ReplyVerbKind::Submit => ReplyVerb::Submit { case },
        ReplyVerbKind::Queue => ReplyVerb::Queue { case },
        ReplyVerbKind::Approve => ReplyVerb::Approve { by: agent("bob"), case },
        ReplyVerbKind::Withdraw => ReplyVerb::Withdraw,
        ReplyVerbKind::Recall => ReplyVerb::Recall,
        ReplyVerbKind::Adopt => ReplyVerb::Adopt { by: reply.author.clone(), case },
        ReplyVerbKind::Begin => ReplyVerb::Begin { case, until: at(100), message: Some(message("m")) },
        ReplyVerbKind::Deliver => ReplyVerb::Deliver { attempt, message: message("m"), at: at(9) },
        ReplyVerbKind::Fail => ReplyVerb::Fail { attempt, why: "blocked".to_owned() },
        ReplyVerbKind::LoseTrack => ReplyVerb::LoseTrack { attempt, message: None, why: String::new() },
        ReplyVerbKind::TimeOut => ReplyVerb::TimeOut,
        ReplyVerbKind::Observe => ReplyVerb::Observe { at: at(9) },
    }
}

/// A reply in the stage, by the verbs that lead there.
fn standing(stage: ReplyStage) -> Reply {
    use ReplyVerbKind::{Begin, Deliver, Fail, LoseTrack, Queue, Submit, Withdraw};
    let path: &[ReplyVerbKind] = match stage {
        ReplyStage::Draft => &[],
        ReplyStage::AwaitingApproval => &[Submit],
        ReplyStage::Queued => &[Queue],
        ReplyStage::Sending => &[Queue, Begin],
        ReplyStage::Sent => &[Queue, Begin, Deliver],
        ReplyStage::Failed => &[Queue, Begin, Fail],
        ReplyStage::Unknown => &[Queue, Begin, LoseTrack],
        ReplyStage::Withdrawn => &[Withdraw],
    };
    path.iter().fold(draft(), |reply, kind| {
        let verb = good(*kind, &reply, CASE);
        reply.apply(verb, at(1)).unwrap()
    })
}

#[test]
fn every_verb_follows_its_arrow_or_is_refused() {
    for &stage in ReplyStage::ALL {
        for &kind in ReplyVerbKind::ALL {
            let reply = standing(stage);
            assert_eq!(reply.state.stage(), stage);
            let now = if kind == ReplyVerbKind::TimeOut { at(100) } else { at(10) };
            match (arrow(stage, kind), reply.clone().apply(good(kind, &reply, CASE), now)) {
                (Some(to), Ok(after)) => {
                    let expected = (to, reply.version + 1);
                    assert_eq!((after.state.stage(), after.version), expected, "{stage} {kind}");
                    assert_eq!((after.fence, &after.author), (reply.fence, &reply.author));
                }
                (None, Err(why)) => assert_eq!(why, ReplyRefused::NoArrow { from: stage, verb: kind }),
                (expected, got) => panic!("{stage} on {kind}: expected {expected:?}, got {got:?}"),
            }
        }
    }
}

#[test]
fn every_stage_is_reached_and_the_last_ones_are_left_by_nothing() {
    let last = [ReplyStage::Sent, ReplyStage::Withdrawn];
    for &stage in ReplyStage::ALL {
        assert!(stage == ReplyStage::Draft || ARROWS.iter().any(|(_, _, to)| *to == stage), "{stage}");
        assert_eq!(ARROWS.iter().any(|(from, _, _)| *from == stage), !last.contains(&stage), "{stage}");
    }
    for (i, (from, verb, _)) in ARROWS.iter().enumerate() {
        assert!(!ARROWS.iter().skip(i + 1).any(|(f, v, _)| (f, v) == (from, verb)), "{from} {verb} twice");
    }
}

#[test]
fn what_nobody_knows_the_end_of_is_never_sent_again() {
    // From UNKNOWN a reply is found out about, and by a read-back only: no way leads straight to a connector.
    let next: BTreeSet<_> = ARROWS
        .iter()
        .filter(|(from, _, _)| *from == ReplyStage::Unknown)
        .map(|(_, v, to)| (*v, *to))
        .collect();
    let expected = [
        (ReplyVerbKind::Deliver, ReplyStage::Sent),
        (ReplyVerbKind::Fail, ReplyStage::Failed),
        (ReplyVerbKind::LoseTrack, ReplyStage::Unknown),
        (ReplyVerbKind::Observe, ReplyStage::Sent),
    ];
    assert_eq!(next, expected.into());
}

#[test]
fn a_reply_is_taken_back_only_before_a_connector_has_it() {
    let from: Vec<_> =
        ARROWS.iter().filter(|(_, _, to)| *to == ReplyStage::Withdrawn).map(|(from, _, _)| *from).collect();
    assert_eq!(from, [ReplyStage::Draft, ReplyStage::AwaitingApproval, ReplyStage::Queued]);
}

#[test]
fn who_wrote_cannot_approve() {
    let waiting = standing(ReplyStage::AwaitingApproval);
    let approve = |by: &str| ReplyVerb::Approve { by: agent(by), case: CASE };
    assert_eq!(waiting.clone().apply(approve("ann"), at(2)), Err(ReplyRefused::SamePerson));
    let queued = waiting.clone().apply(approve("bob"), at(2)).unwrap();
    assert_eq!((queued.state, queued.approved_by), (ReplyState::Queued { at: at(2) }, Some(agent("bob"))));
    // Waiting for approval, it comes to the connectors by no other way.
    assert!(waiting.apply(ReplyVerb::Queue { case: CASE }, at(2)).is_err());
}

#[test]
fn the_end_of_an_attempt_is_unknown_to_the_microsecond() {
    let sending = standing(ReplyStage::Sending);
    let last = Time::from_micros(at(100).micros() - 1);
    assert_eq!(sending.clone().apply(ReplyVerb::TimeOut, last), Err(ReplyRefused::NotDue));
    let unknown = sending.apply(ReplyVerb::TimeOut, at(100)).unwrap();
    assert_eq!(unknown.state, ReplyState::Unknown { at: at(100), why: String::new() });
    assert_eq!(unknown.message, Some(message("m")), "what an echo is recognised by is kept");
}

#[test]
fn the_report_of_an_earlier_attempt_says_nothing_about_the_one_under_way() {
    let failed = standing(ReplyStage::Failed);
    let again = failed.apply(ReplyVerb::Queue { case: CASE }, at(2)).unwrap();
    let again = again.apply(ReplyVerb::Begin { case: CASE, until: at(99), message: None }, at(3)).unwrap();
    assert_eq!((again.attempts, &again.message), (2, &None));
    for verb in [
        ReplyVerb::Deliver { attempt: 1, message: message("m"), at: at(2) },
        ReplyVerb::Fail { attempt: 1, why: String::new() },
        ReplyVerb::LoseTrack { attempt: 1, message: None, why: String::new() },
    ] {
        let refused = Err(ReplyRefused::OldAttempt { seen: 1, current: 2 });
        assert_eq!(again.clone().apply(verb, at(4)), refused);
    }
}

#[test]
fn the_same_report_twice_is_known_and_another_is_not() {
    let deliver = |id: &str| ReplyVerb::Deliver { attempt: 1, message: message(id), at: at(2) };
    let sent = standing(ReplyStage::Sent);
    assert!(sent.knows(&deliver("m")) && !sent.knows(&deliver("other")));
    assert!(!sent.knows(&ReplyVerb::Fail { attempt: 1, why: String::new() }));
    let failed = standing(ReplyStage::Failed);
    assert!(failed.knows(&ReplyVerb::Fail { attempt: 1, why: "in other words".to_owned() }));
    assert!(
        !failed.knows(&ReplyVerb::Fail { attempt: 2, why: String::new() }) && !failed.knows(&deliver("m"))
    );
    let unknown = standing(ReplyStage::Unknown);
    let lost = |message| ReplyVerb::LoseTrack { attempt: 1, message, why: String::new() };
    assert!(unknown.knows(&lost(None)) && unknown.knows(&lost(Some(message("m")))));
    assert!(!unknown.knows(&lost(Some(message("n")))), "another name to look for is news");
}

fn nearer(kind: ReplyVerbKind) -> bool {
    use ReplyVerbKind::{Approve, Begin, Queue, Submit};
    matches!(kind, Submit | Queue | Approve | Begin)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    /// Whatever happens to a reply and to the hold on its case, in whatever order: once another
    /// hold was given out, nothing brings what was written under the old one nearer to the buyer.
    #[test]
    fn an_older_fence_never_queues(
        story in prop::collection::vec((prop::sample::select(ReplyVerbKind::ALL), 0_i64..3, any::<bool>()), 1..30)
    ) {
        let (mut reply, mut case) = (draft(), CASE);
        for (n, (kind, passes, merged)) in story.into_iter().enumerate() {
            if passes == 0 {
                case = Standing { fence: case.fence + 1, version: case.version + 1 };
            }
            if merged && n == 20 {
                reply.fence = 0;
            }
            let stale = reply.fence != case.fence;
            let before = reply.clone();
            let verb = good(kind, &reply, case);
            match reply.clone().apply(verb, at(100)) {
                Ok(after) => {
                    prop_assert!(!(stale && nearer(kind)), "{kind} under fence {} of {}", before.fence, case.fence);
                    reply = after;
                }
                Err(ReplyRefused::FenceStale { seen, current, version }) => {
                    prop_assert!(stale && nearer(kind));
                    prop_assert_eq!((seen, current, version), (before.fence, case.fence, case.version));
                }
                Err(_) => prop_assert!(arrow(before.state.stage(), kind).is_none()),
            }
        }
    }
}

#[test]
fn what_was_written_on_a_case_that_was_merged_was_written_under_no_hold() {
    let moved = Reply { fence: 0, ..draft() };
    for fence in [0, 1, 3] {
        let case = Standing { fence, version: 1 };
        let refused = ReplyRefused::FenceStale { seen: 0, current: fence, version: 1 };
        assert_eq!(moved.clone().apply(ReplyVerb::Queue { case }, at(1)), Err(refused));
    }
    assert!(moved.apply(ReplyVerb::Withdraw, at(1)).is_ok(), "it can still be cleared away");
}
