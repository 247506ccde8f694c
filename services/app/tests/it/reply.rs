//! Replies: from a draft to the buyer, and everything that may come between.

use amends_app::case::{ClaimCase, MergeCase};
use amends_app::reply::{Delivery, DraftReply};
use amends_app::{AppError, Role};
use amends_domain::case::{Refused, State};
use amends_domain::reply::{ReplyRefused, ReplyStage, ReplyState, ReplyVerbKind};
use amends_domain::{Span, Time};
use amends_store::review;

use crate::house::{House, everywhere};
use crate::make::minutes;
use crate::replying::{bob, failed, sent_as, unknown};
use crate::stage::{Stage, analyst, ann, back_end, boss, call, id};

fn refused_by_fence(error: AppError, seen: i64, case: &amends_domain::case::Case) {
    let expected = ReplyRefused::FenceStale { seen, current: case.fence, version: case.version };
    assert!(matches!(&error, AppError::Reply(why) if *why == expected), "{error:?}, not {expected:?}");
}

fn no_arrow(error: &AppError, stage: ReplyStage, kind: ReplyVerbKind) -> bool {
    matches!(error, AppError::Reply(ReplyRefused::NoArrow { from, verb }) if (*from, *verb) == (stage, kind))
}

async fn on(house: &House) -> Stage<'_> {
    Stage::on(house, "own_store").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_counts_as_contact_when_the_channel_has_it_and_not_before() {
    everywhere(async |house| {
        let stage = on(house).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let reply = stage.queued(case).await;
        let before = stage.case(case).await;
        assert_eq!(before.handling.state(), State::Working, "queueing is work");
        assert_eq!(before.first_human_action_at, None, "but the buyer has heard nothing yet");
        stage.pass(minutes(1)).await;
        let sending = stage.begin(back_end(), &reply).await.unwrap();
        assert_eq!(stage.case(case).await.version, before.version, "a connector makes no etag stale");
        stage.pass(minutes(1)).await;
        let sent = stage.report_delivery(&sending, sent_as("m1")).await.unwrap();
        let now = stage.now();
        assert_eq!((sent.state, sent.message), (ReplyState::Sent { at: now }, Some(id("m1"))));
        assert_eq!(stage.case(case).await.first_human_action_at, Some(now));
        let key = [(stage.shop.clone(), case)];
        let rows = review::by_cases(&key).all(&house.app.store().reader()).await.unwrap();
        let stamps = (rows[0].handling.first_human_action_at, rows[0].handling.contacted_at);
        assert_eq!(stamps, (Some(now), Some(now)));
        let steps = ["reply.drafted", "reply.queued", "reply.sending", "reply.sent"];
        assert_eq!(stage.told(case).await, steps);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_under_a_lost_lease_is_refused_however_far_it_came() {
    everywhere(async |house| {
        let stage = on(house).await;
        for (order, target) in
            [("o1", ReplyStage::Draft), ("o2", ReplyStage::Queued), ("o3", ReplyStage::AwaitingApproval)]
        {
            if target == ReplyStage::AwaitingApproval {
                stage.ask_approval().await;
            }
            let case = stage.broken(order, 1).await;
            let fence = stage.claim(case).await.fence;
            let mut reply = stage.draft(case).await;
            let anns = stage.queue_of(&reply).await;
            if target != ReplyStage::Draft {
                reply = stage.queue(ann(), &reply).await.unwrap();
            }
            assert_eq!(reply.state.stage(), target);
            let case = stage.lose_to_bob(case).await;
            // Ann's own hold is an older one.
            let late = house.app.perform(ann(), anns).await.unwrap_err();
            assert!(
                matches!(late, AppError::Case(Refused::FenceStale { current, .. }) if current == case.fence)
            );
            // And under the new one her words are nobody's, and a draft again.
            refused_by_fence(stage.queue(bob(), &reply).await.unwrap_err(), fence, &case);
            let error = stage.begin(back_end(), &reply).await.unwrap_err();
            assert!(no_arrow(&error, ReplyStage::Draft, ReplyVerbKind::Begin), "{error:?}");
            let error = stage.approve(boss(), &reply).await.unwrap_err();
            assert!(no_arrow(&error, ReplyStage::Draft, ReplyVerbKind::Approve), "{error:?}");
            assert_eq!(stage.stage_of(&reply).await, ReplyStage::Draft);
            assert!(stage.reply(reply.id).await.is_stale);
            let withdraw = stage.withdraw_of(&reply).await;
            house.app.perform(bob(), withdraw).await.unwrap();
            assert_eq!(stage.stage_of(&reply).await, ReplyStage::Withdrawn);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_went_back_to_the_queue_takes_no_reply() {
    everywhere(async |house| {
        let stage = on(house).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let draft = stage.draft(case).await;
        stage.pass(minutes(6)).await;
        let error = stage.queue(ann(), &draft).await.unwrap_err();
        assert!(matches!(error, AppError::Case(Refused::NotHolder)), "{error:?}");
        let again = stage.draft_on(&stage.case(case).await);
        let error = house.app.perform(ann(), again).await.unwrap_err();
        assert!(matches!(error, AppError::Case(Refused::NotHolder)), "{error:?}");
        // Claimed again by the same person it is another hold: what was known may have changed.
        let claim = ClaimCase { shop: stage.shop.clone(), case };
        house.app.perform(ann(), claim).await.unwrap();
        let error = stage.queue(ann(), &draft).await.unwrap_err();
        refused_by_fence(error, draft.fence, &stage.case(case).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_did_not_see_what_the_buyer_wrote_meanwhile_is_told() {
    everywhere(async |house| {
        let stage = on(house).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let draft = stage.draft(case).await;
        let queue = stage.queue_of(&draft).await;
        stage.wish_of("o1", stage.now()).await;
        let error = house.app.perform(ann(), queue).await.unwrap_err();
        let current = stage.case(case).await.version;
        assert!(matches!(error, AppError::Case(Refused::VersionStale { current: c, .. }) if c == current));
        assert_eq!(stage.stage_of(&draft).await, ReplyStage::Draft);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_may_want_another_person_to_read_replies_first() {
    everywhere(async |house| {
        let stage = on(house).await;
        stage.ask_approval().await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let reply = stage.queued(case).await;
        assert_eq!(reply.state.stage(), ReplyStage::AwaitingApproval);
        let error = stage.begin(back_end(), &reply).await.unwrap_err();
        assert!(no_arrow(&error, ReplyStage::AwaitingApproval, ReplyVerbKind::Begin));
        let own = stage.approve(call("ann", &[Role::Supervisor]), &reply).await.unwrap_err();
        assert!(matches!(own, AppError::Reply(ReplyRefused::SamePerson)));
        assert!(matches!(stage.approve(bob(), &reply).await, Err(AppError::RoleMissing { .. })));
        let queued = stage.approve(boss(), &reply).await.unwrap();
        assert_eq!((queued.state.stage(), queued.approved_by), (ReplyStage::Queued, Some(id("boss"))));
        // What was agreed to once needs no second word when the channel refused it.
        let sending = stage.begin(back_end(), &reply).await.unwrap();
        let back = stage.report_delivery(&sending, failed()).await.unwrap();
        assert_eq!(stage.queue(ann(), &back).await.unwrap().state.stage(), ReplyStage::Queued);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_failed_is_tried_again_and_an_old_report_does_not_touch_the_new_attempt() {
    everywhere(async |house| {
        let stage = on(house).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let first = stage.sending(case).await;
        assert_eq!(first.attempts, 1);
        let back = stage.report_delivery(&first, failed()).await.unwrap();
        assert_eq!(back.state, ReplyState::Failed { at: stage.now(), why: "blocked".to_owned() });
        assert_eq!(stage.case(case).await.first_human_action_at, None);
        let queued = stage.queue(ann(), &back).await.unwrap();
        let second = stage.begin(back_end(), &queued).await.unwrap();
        assert_eq!(second.attempts, 2);
        for delivery in [sent_as("m1"), failed(), unknown(None)] {
            let error = stage.report_delivery(&first, delivery).await.unwrap_err();
            let old = ReplyRefused::OldAttempt { seen: 1, current: 2 };
            assert!(matches!(error, AppError::Reply(why) if why == old));
        }
        stage.report_delivery(&second, sent_as("m2")).await.unwrap();
        assert_eq!(stage.stage_of(&second).await, ReplyStage::Sent);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_of_a_case_that_was_merged_moves_and_is_not_sent() {
    everywhere(async |house| {
        let stage = on(house).await;
        let (a, b) = (stage.broken("o1", 1).await, stage.broken("o2", 1).await);
        // Both belong to one buyer, as far as the desk knows.
        let (one, other) = (stage.claim(a).await, stage.case(b).await);
        let queued = stage.queued(a).await;
        let tx = house.app.store().begin().await.unwrap();
        let same =
            amends_domain::case::Case { buyer: one.buyer, version: other.version + 1, ..other.clone() };
        tx.send(amends_store::case::update(&[(same, other.version)])).await.unwrap();
        tx.commit().await.unwrap();
        let (target, into) = (stage.target(a).await, stage.case(b).await);
        let note = String::new();
        let merge = MergeCase { target, into: b, into_version: into.version, note };
        house.app.perform(ann(), merge).await.unwrap();
        let moved = stage.reply(queued.id).await;
        assert_eq!((moved.reply.case, moved.is_stale), (b, true));
        assert_eq!(moved.reply.state, ReplyState::Draft);
        assert_eq!(stage.told(b).await, ["reply.recalled"], "the case that stays tells it");
        let error = stage.begin(back_end(), &queued).await.unwrap_err();
        assert!(no_arrow(&error, ReplyStage::Draft, ReplyVerbKind::Begin), "{error:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_are_for_the_desk_and_the_connector_and_can_be_forgotten() {
    everywhere(async |house| {
        let stage = on(house).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let reply = stage.queued(case).await;
        let words = async |who| house.app.reply(&who, &stage.shop, reply.id).await.unwrap().text;
        assert_eq!(words(analyst()).await, None);
        for who in [ann(), back_end(), boss()] {
            assert_eq!(words(who.principal).await.as_deref(), Some("We send a new one today."));
        }
        let tx = house.app.store().begin().await.unwrap();
        tx.script("DELETE FROM texts WHERE owner = 'REPLY'").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(words(back_end().principal).await, None);
        let error = stage.begin(back_end(), &reply).await.unwrap_err();
        assert!(matches!(error, AppError::Precondition(_)), "what is forgotten is not sent: {error:?}");
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Queued);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_for_those_whose_step_it_is() {
    everywhere(async |house| {
        let stage = on(house).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let draft = stage.draft_on(&stage.case(case).await);
        let denied = |error: AppError| assert!(matches!(error, AppError::RoleMissing { .. }), "{error:?}");
        denied(house.app.perform(back_end(), draft.clone()).await.unwrap_err());
        let empty = DraftReply { content: amends_app::reply::Content::Text(" ".to_owned()), ..draft };
        let error = house.app.perform(ann(), empty).await.unwrap_err();
        assert!(matches!(&error, AppError::Invalid(wrong) if wrong[0].field == "text"), "{error:?}");
        let queued = stage.queued(case).await;
        denied(stage.begin(ann(), &queued).await.unwrap_err());
        let sending = stage.begin(back_end(), &queued).await.unwrap();
        let report = stage.report_of(&sending, sent_as("m1"));
        denied(house.app.perform(ann(), report.clone()).await.unwrap_err());
        let withdraw = stage.withdraw_of(&sending).await;
        let late = house.app.perform(ann(), withdraw).await.unwrap_err();
        assert!(no_arrow(&late, ReplyStage::Sending, ReplyVerbKind::Withdraw));
        let tomorrow: Time = stage.now() + Span::from_days(1);
        let mut early = report.clone();
        early.delivery = Delivery::Sent { message: id("m1"), at: Some(tomorrow) };
        let error = house.app.perform(back_end(), early).await.unwrap_err();
        assert!(matches!(&error, AppError::Invalid(wrong) if wrong[0].field == "send_time"), "{error:?}");
        // A supervisor who looked in the channel may say so.
        house.app.perform(boss(), report).await.unwrap();
    })
    .await;
}
