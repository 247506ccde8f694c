//! What was not sent when a hold ended: a draft again, with the reason, for whoever is next.

use amends_app::case::{
    AssignCase, CancelCase, ClaimCase, ReleaseCase, ReopenCase, SnoozeCase, WaitCase, WaitFor,
};
use amends_app::reply::QueueReply;
use amends_app::{AppError, Role};
use amends_domain::case::{Handling, Outcome};
use amends_domain::event::Event;
use amends_domain::reply::{HoldEnd, Reply, ReplyRefused, ReplyStage};
use amends_domain::{CaseId, Span};

use crate::house::everywhere;
use crate::make::minutes;
use crate::replying::{bob, failed, sent_as};
use crate::stage::{Stage, ann, back_end, boss, call, id};

/// Why replies of a case were taken back, as its timeline tells it.
async fn reasons(stage: &Stage<'_>, case: CaseId) -> Vec<HoldEnd> {
    let conn = stage.app.store().reader();
    let events = amends_store::event::of_case(&conn, &stage.shop, &case, 0, 1_000).await.unwrap();
    let why = |event: &Event| match event {
        Event::ReplyRecalled { why, .. } => Some(*why),
        Event::ReplyWithdrawn { why, .. } => *why,
        _ => None,
    };
    events.iter().filter_map(|stored| why(&stored.row.event)).collect()
}

async fn let_go(stage: &Stage<'_>, case: CaseId) {
    let target = stage.target(case).await;
    let lease = stage.case(case).await.handling.lease().map(|lease| lease.id);
    stage.app.perform(ann(), ReleaseCase { target, lease, note: String::new() }).await.unwrap();
}

async fn adopt(stage: &Stage<'_>, who: amends_app::Call, reply: &Reply) -> Result<Reply, AppError> {
    let queue = QueueReply { adopt: true, ..stage.queue_of(reply).await };
    stage.app.perform(who, queue).await.map(|done| done.reply)
}

/// Ann's case on an order, with a queued reply.
async fn queued(stage: &Stage<'_>, order: &str) -> (CaseId, Reply) {
    let case = stage.broken(order, 1).await;
    stage.claim(case).await;
    (case, stage.queued(case).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn however_a_hold_ends_what_no_connector_has_is_a_draft_again_and_the_timeline_says_why() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (case, reply) = queued(&stage, "o1").await;
        let_go(&stage, case).await;
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Draft);
        assert_eq!(reasons(&stage, case).await, [HoldEnd::Requeued]);

        let (case, reply) = queued(&stage, "o2").await;
        stage.pass(minutes(6)).await;
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Draft);
        assert_eq!(reasons(&stage, case).await, [HoldEnd::LeaseExpired]);

        // The same when somebody takes the case before the timer came.
        let (case, reply) = queued(&stage, "o3").await;
        house.clock.advance_to(stage.now() + Span::from_minutes(6));
        house.app.perform(bob(), ClaimCase { shop: stage.shop.clone(), case }).await.unwrap();
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Draft);
        assert_eq!(reasons(&stage, case).await, [HoldEnd::LeaseExpired]);

        for agent in [Some(id("boss")), None] {
            let expected = if agent.is_some() { HoldEnd::Reassigned } else { HoldEnd::Requeued };
            let (case, reply) = queued(&stage, if agent.is_some() { "o4" } else { "o5" }).await;
            let (shop, version) = (stage.shop.clone(), stage.case(case).await.version);
            let assign = AssignCase { shop, case, version, agent, note: String::new() };
            house.app.perform(boss(), assign).await.unwrap();
            assert_eq!(stage.stage_of(&reply).await, ReplyStage::Draft);
            assert_eq!(reasons(&stage, case).await, [expected]);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_over_withdraws_what_was_not_sent() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (case, waiting) = queued(&stage, "o1").await;
        let draft = stage.draft(case).await;
        let target = stage.target(case).await;
        let cancel = CancelCase { target, note: "no case".to_owned() };
        house.app.perform(call("ann", &[Role::Supervisor]), cancel).await.unwrap();
        for reply in [&waiting, &draft] {
            assert_eq!(stage.stage_of(reply).await, ReplyStage::Withdrawn);
        }
        assert_eq!(reasons(&stage, case).await, [HoldEnd::Cancelled; 2]);

        let (case, reply) = queued(&stage, "o2").await;
        stage.solve(case, Outcome::TalkedThrough).await;
        stage.pass(Span::from_days(3)).await;
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Queued, "a solved case keeps its word");
        stage.pass(Span::from_days(2)).await;
        assert!(matches!(stage.case(case).await.handling, Handling::Closed { .. }));
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Withdrawn);
        assert_eq!(reasons(&stage, case).await, [HoldEnd::Closed]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_goes_out_while_its_case_waits_or_is_solved_until_the_case_comes_back() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let park = async |case, how: u8| {
            let (target, note) = (stage.target(case).await, String::new());
            match how {
                0 => {
                    let wait = WaitCase { target, wait_for: WaitFor::Buyer, until: None, note };
                    house.app.perform(ann(), wait).await.map(drop)
                }
                1 => {
                    let until = stage.now() + Span::from_hours(5);
                    house.app.perform(ann(), SnoozeCase { target, until, note }).await.map(drop)
                }
                _ => {
                    stage.solve(case, Outcome::TalkedThrough).await;
                    Ok(())
                }
            }
        };
        for (how, order) in [(0, "o1"), (1, "o2"), (2, "o3")] {
            let (case, sent) = queued(&stage, order).await;
            stage.buyer_wrote(order).await;
            let late = stage.queued(case).await;
            park(case, how).await.unwrap();
            assert_eq!(stage.begin(back_end(), &sent).await.unwrap().state.stage(), ReplyStage::Sending);
            match how {
                0 => drop(stage.wish_of(order, stage.now()).await),
                1 => stage.pass(Span::from_hours(6)).await,
                _ => {
                    let version = stage.case(case).await.version;
                    let reopen = ReopenCase { shop: stage.shop.clone(), case, version, note: String::new() };
                    house.app.perform(ann(), reopen).await.unwrap();
                }
            }
            assert_eq!(stage.case(case).await.handling, Handling::Queued);
            assert_eq!(stage.stage_of(&late).await, ReplyStage::Draft, "{order}");
            assert_eq!(reasons(&stage, case).await, [HoldEnd::Requeued]);
            // What a connector had is the connector's to tell about.
            let taken = stage.stage_of(&sent).await;
            assert!(matches!(taken, ReplyStage::Sending | ReplyStage::Unknown), "{taken}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_agent_makes_a_draft_their_own_and_only_says_so_aloud() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.ask_approval().await;
        let (case, reply) = queued(&stage, "o1").await;
        stage.approve(boss(), &reply).await.unwrap();
        let_go(&stage, case).await;
        let nobody = adopt(&stage, bob(), &reply).await.unwrap_err();
        assert!(matches!(nobody, AppError::Case(_)), "nobody holds the case: {nobody:?}");
        house.app.perform(bob(), ClaimCase { shop: stage.shop.clone(), case }).await.unwrap();
        let silent = stage.queue(bob(), &reply).await.unwrap_err();
        assert!(matches!(silent, AppError::Reply(ReplyRefused::FenceStale { seen: 1, current: 2, .. })));
        let adopted = adopt(&stage, bob(), &reply).await.unwrap();
        assert_eq!((adopted.fence, &adopted.author), (2, &id("bob")));
        assert_eq!(adopted.state.stage(), ReplyStage::AwaitingApproval, "agreed to under another hold");
        let told = stage.told(case).await;
        assert_eq!(told[told.len() - 3..], ["reply.recalled", "reply.adopted", "reply.approval_asked"]);
        stage.approve(boss(), &adopted).await.unwrap();
        let sending = stage.begin(back_end(), &adopted).await.unwrap();
        let back = stage.report_delivery(&sending, failed()).await.unwrap();
        // One's own needs no adoption, and asking for it changes nothing.
        let again = adopt(&stage, bob(), &back).await.unwrap();
        assert_eq!((again.state.stage(), again.approved_by), (ReplyStage::Queued, Some(id("boss"))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_the_channel_shows_after_all_was_sent() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (case, reply) = queued(&stage, "o1").await;
        let begin = stage.begin_of(&reply, Some("m1"));
        let sending = house.app.perform(back_end(), begin).await.unwrap().reply;
        let back = stage.report_delivery(&sending, failed()).await.unwrap();
        stage.queue(ann(), &back).await.unwrap();
        let_go(&stage, case).await;
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Draft);
        stage.echo("o1", "m1").await;
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Sent, "it is never sent a second time");
        // An echo in the same breath as what ends the hold is no contradiction either.
        let (_, reply) = queued(&stage, "o2").await;
        let sending = stage.begin(back_end(), &reply).await.unwrap();
        stage.report_delivery(&sending, sent_as("m2")).await.unwrap();
        stage.pass(minutes(6)).await;
        assert_eq!(stage.stage_of(&reply).await, ReplyStage::Sent);
    })
    .await;
}
