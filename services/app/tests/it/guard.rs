//! The guard at work: what is refused is written down, what passes is counted, and both hold whoever else writes.

use amends_app::guard::Decision;
use amends_app::ingest::Receipt;
use amends_app::remedy::BuyerAnswer;
use amends_app::reply::{DraftReply, QueueReply};
use amends_app::review::{Ask, AskOutcome};
use amends_app::{AppError, Principal, ShopScope};
use amends_domain::guardrail::Rule;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::signal::{ReviewSignal, SignalBody};
use amends_domain::{CaseId, Span};
use amends_store::{decision, event};

use crate::house::everywhere;
use crate::replying::failed;
use crate::stage::{Stage, ann, back_end, boss, buyer, id, money};

fn review(name: &str, of: &str) -> SignalBody {
    SignalBody::Review(ReviewSignal {
        review: id(name),
        order: None,
        line: None,
        sku: None,
        buyer: Some(buyer(of)),
        rating: Some(1),
        text: "It arrived broken, the glass is cracked.".to_owned(),
        language: String::new(),
        visible: true,
        removed_by: None,
        platform_modified_at: None,
        edit_state: None,
        follow_up: false,
    })
}

/// Reviews of as many cases, and the ask of each.
async fn asks(stage: &Stage<'_>, of: impl Fn(usize) -> String, count: usize, by_request: bool) -> Vec<Ask> {
    let mut asks = Vec::new();
    for i in 0..count {
        let name = format!("r{i}");
        let Receipt::Accepted { case: Some(case), .. } = stage.push(review(&name, &of(i))).await else {
            panic!("a bad review opens a case")
        };
        let version = stage.case(case).await.version;
        let (shop, template) = (stage.shop.clone(), String::new());
        asks.push(Ask { shop, review: id(&name), version, fence: 0, template, by_request });
    }
    asks
}

/// The first rule that refused each; none for those that passed.
async fn all_at_once(stage: &Stage<'_>, asks: Vec<Ask>) -> Vec<Option<Rule>> {
    let tasks: Vec<_> = asks
        .into_iter()
        .map(|ask| {
            let app = stage.app.clone();
            tokio::spawn(async move {
                loop {
                    match app.perform(boss(), ask.clone()).await {
                        Ok(AskOutcome::Sent { .. }) => break None,
                        Ok(AskOutcome::Refused(decision)) => break Some(decision.refusals[0].rule),
                        // As every client does.
                        Err(error) if error.is_contention() => tokio::task::yield_now().await,
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

fn tally(outcomes: &[Option<Rule>], rule: Rule) -> (usize, usize) {
    let count = |wanted: Option<Rule>| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    (count(None), count(Some(rule)))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_asks_at_once_on_the_last_unit_of_a_quota_one_passes() {
    everywhere(async |house| {
        let stage = Stage::on(house, "ebay").await;
        let mut asks = asks(&stage, |i| format!("b{i}"), 68, true).await;
        let rest = asks.split_off(4);
        for ask in asks {
            assert!(matches!(stage.app.perform(boss(), ask).await.unwrap(), AskOutcome::Sent { .. }));
        }
        let left = |review: String| {
            let principal = boss().principal;
            let (app, shop) = (stage.app.clone(), stage.shop.clone());
            async move { app.check_ask(&principal, &shop, &id(review), "", true).await.unwrap() }
        };
        assert_eq!(left("r4".to_owned()).await.asks_left, Some(1));
        let outcomes = all_at_once(&stage, rest).await;
        assert_eq!(tally(&outcomes, Rule::AskQuota), (1, 63), "{outcomes:?}");
        let sent = outcomes.iter().position(Option::is_none).unwrap();
        let refused = left(format!("r{}", if sent == 0 { 5 } else { 4 })).await;
        assert_eq!((refused.asks_left, refused.refusals[0].rule), (Some(0), Rule::AskQuota));
        assert!(refused.not_before.is_none(), "the edit window closes before the year ends");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_messages_at_once_to_one_buyer_one_passes() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let asks = asks(&stage, |_| "one".to_owned(), 64, false).await;
        let outcomes = all_at_once(&stage, asks).await;
        assert_eq!(tally(&outcomes, Rule::G16), (1, 63), "{outcomes:?}");
    })
    .await;
}

fn guarded<T: std::fmt::Debug>(result: Result<T, AppError>) -> Decision {
    match result {
        Err(AppError::Guarded(decision)) => *decision,
        other => panic!("no refusal: {other:?}"),
    }
}

fn rules(decision: &Decision) -> Vec<Rule> {
    decision.refusals.iter().map(|refusal| refusal.rule).collect()
}

async fn refusals(stage: &Stage<'_>, case: CaseId) -> usize {
    stage.words(case).await.iter().filter(|word| **word == "guardrail.refused").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_changes_nothing_and_is_written_down() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.pass(Span::from_hours(12)).await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let draft = stage.draft(case).await;
        let before = stage.case(case).await;
        let refused = guarded(stage.queue(ann(), &draft).await);
        assert_eq!(rules(&refused), [Rule::G17], "it is late at night");
        assert_eq!(stage.case(case).await, before);
        assert_eq!(stage.stage_of(&draft).await, ReplyStage::Draft);
        let conn = stage.app.store().reader();
        let kept = decision::get(&conn, &stage.shop, &refused.id.unwrap()).await.unwrap().unwrap();
        assert!(!kept.allowed && kept.action == "reply" && kept.body.contains("\"rule\":\"G17\""));
        let events = event::of_case(&conn, &stage.shop, &case, 0, 500).await.unwrap();
        let told = events.iter().filter(|e| e.row.event.word() == "guardrail.refused").count();
        assert_eq!(told, 1);
        let opens = refused.not_before.unwrap();
        let checked = stage.app.check_reply(&ann().principal, &stage.shop, draft.id, false).await.unwrap();
        assert_eq!((rules(&checked), checked.not_before, checked.id), (vec![Rule::G17], Some(opens), None));
        assert_eq!(refusals(&stage, case).await, 1, "a check is not told");
        stage.pass(opens.since(stage.now())).await;
        stage.claim(case).await;
        let queue = QueueReply { adopt: true, ..stage.queue_of(&draft).await };
        let queued = stage.app.perform(ann(), queue).await.unwrap().reply;
        assert_eq!(queued.state.stage(), ReplyStage::Queued);
    })
    .await;
}

/// Ann's draft on a case of the order, by day.
async fn by_day(stage: &Stage<'_>, order: &str) -> (CaseId, Reply) {
    let case = stage.broken(order, 1).await;
    stage.claim(case).await;
    (case, stage.draft(case).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_is_written_to_once_in_three_days_and_what_did_not_go_out_does_not_count() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (case, first) = by_day(&stage, "o1").await;
        stage.queue(ann(), &first).await.unwrap();
        let second = stage.draft(case).await;
        let refused = guarded(stage.queue(ann(), &second).await);
        assert_eq!(rules(&refused), [Rule::G16]);
        let sending = stage.begin(back_end(), &first).await.unwrap();
        stage.report_delivery(&sending, failed()).await.unwrap();

        stage.queue(ann(), &second).await.unwrap();
        assert_eq!(rules(&guarded(stage.queue(ann(), &first).await)), [Rule::G16]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_is_answered_at_any_hour_and_as_often_as_they_write() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.pass(Span::from_hours(12)).await;
        let case = stage.broken("o1", 1).await;
        stage.wish_of("o1", stage.now()).await;
        stage.claim(case).await;
        for _ in 0..2 {
            let draft = stage.draft(case).await;
            stage.queue(ann(), &draft).await.unwrap();
        }
        assert_eq!(refusals(&stage, case).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_waited_into_the_night_does_not_go_out_then() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.pass(Span::from_minutes(478)).await;
        let (case, draft) = by_day(&stage, "o1").await;
        stage.queue(ann(), &draft).await.unwrap();
        house.clock.advance_to(stage.now() + Span::from_minutes(3));
        let refused = guarded(stage.begin(back_end(), &draft).await);
        assert_eq!((rules(&refused), refused.action), (vec![Rule::G17], "delivery"));
        assert_eq!(stage.stage_of(&draft).await, ReplyStage::Queued);
        assert_eq!(refusals(&stage, case).await, 1);
    })
    .await;
}

async fn public(stage: &Stage<'_>, case: CaseId) -> Reply {
    let draft = DraftReply { public: true, ..stage.draft_on(&stage.case(case).await) };
    stage.app.perform(ann(), draft).await.unwrap().reply
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_reply_that_locks_the_edit_needs_an_override_that_another_person_agrees_to() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        let (case, _) = by_day(&stage, "o1").await;
        let draft = public(&stage, case).await;
        assert_eq!(rules(&guarded(stage.queue(ann(), &draft).await)), [Rule::G12]);
        let queue = QueueReply { override_lock: true, ..stage.queue_of(&draft).await };
        let waits = stage.app.perform(ann(), queue).await.unwrap().reply;
        assert_eq!((waits.state.stage(), waits.override_lock), (ReplyStage::AwaitingApproval, true));
        let queued = stage.approve(boss(), &waits).await.unwrap();
        assert_eq!(queued.state.stage(), ReplyStage::Queued);
        let second = public(&stage, case).await;
        let queue = QueueReply { override_lock: true, ..stage.queue_of(&second).await };
        let refused = guarded(stage.app.perform(ann(), queue).await);
        assert_eq!(rules(&refused), [Rule::ReplyCount], "the channel takes one");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_offer_has_a_decision_and_the_second_counter_offer_is_refused_by_rule() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        for amount in [1_000, 2_000] {
            let offer = stage.offered(case, RemedyKind::PartialRefund, money(amount)).await.unwrap();
            stage.answer(offer.id, BuyerAnswer::Declined).await.unwrap();
        }
        let third = stage.offered(case, RemedyKind::Replacement, Terms::default()).await;
        let refused = guarded(third);
        assert_eq!((rules(&refused), refused.action), (vec![Rule::G20], "offer"));
        assert_eq!(refusals(&stage, case).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_is_answered_to_nobody_of_another_shop() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        stage.claim(case).await;
        let draft = stage.draft(case).await;
        let shops = ShopScope::Only(Vec::new());
        let stranger = Principal { shops, ..ann().principal };
        let checked = stage.app.check_reply(&stranger, &stage.shop, draft.id, false).await;
        assert!(matches!(checked, Err(AppError::NotFound { .. })));
    })
    .await;
}
