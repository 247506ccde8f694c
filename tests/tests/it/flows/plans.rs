//! The plan of a case, followed step by step: whatever it says is to be done now is not refused.

use amends_app::Role;
use amends_client::v1;
use amends_domain::{Span, Time};
use amends_tests::desk::report;
use amends_tests::make::{LEAKS, delivery, message, order, review, terms, time};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::draft_reply_request::Content;
use v1::{PlanOutlook, PlanStepKind, PlanStepState, PlanWay, Reason};

flow!(
    a_plan_is_followed_on_own_store_to_its_end,
    a_plan_is_followed_on_etsy_where_the_public_reply_comes_last,
    a_plan_is_followed_on_ebay_by_the_revision_request,
    a_plan_is_followed_on_amazon_where_nobody_is_asked,
    what_another_case_said_moves_the_plan,
    a_plan_is_for_the_newest_bad_review_and_for_the_desk,
    a_merged_case_has_no_step_left_and_says_where_to_go
);

async fn plan(h: &Harness, case: &str) -> v1::CasePlan {
    h.client().call(v1::PlanCaseRequest { name: case.to_owned() }).await.unwrap().plan.unwrap()
}

fn step(plan: &v1::CasePlan, kind: PlanStepKind) -> &v1::PlanStep {
    plan.steps.iter().find(|step| step.kind() == kind).unwrap()
}

/// An agent at work on the case of a bad review, just after its order was delivered.
async fn desk_in(h: &Harness, shop: &str, n: u32) -> (Desk, String) {
    let (id, review_id) = (format!("o{n}"), format!("r{n}"));
    h.say_in(shop, h.now(), order(&id)).await;
    h.say_in(shop, h.now(), delivery(&id)).await;
    let heard = h.say_in(shop, h.now(), review(&review_id, &id, 1, LEAKS)).await;
    (Desk::claim(h.client(), &heard.case).await, format!("{shop}/reviews/{review_id}"))
}

/// Writes a reply and has a connector take it to the channel.
async fn reply(desk: &mut Desk, text: &str, public_reply: bool) {
    let request = v1::DraftReplyRequest {
        case: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        content: Some(Content::Text(text.to_owned())),
        public_reply,
        ..Default::default()
    };
    let drafted = desk.client.call(request).await.unwrap();
    let name = drafted.reply.unwrap().name;
    let request = v1::QueueReplyRequest {
        name: name.clone(),
        etag: drafted.case.unwrap().etag,
        fence: desk.lease.fence,
        ..Default::default()
    };
    desk.client.call(request).await.unwrap();
    let begun = v1::BeginDeliveryRequest { name: name.clone(), ..Default::default() };
    let begun = desk.client.call(begun).await.unwrap().reply.unwrap();
    let sent = v1::ReportDeliveryRequest {
        message_id: format!("sent-{}", begun.name.rsplit('/').next().unwrap()),
        name,
        attempt: begun.attempt,
        outcome: v1::DeliveryOutcome::Sent.into(),
        ..Default::default()
    };
    desk.client.call(sent).await.unwrap();
    desk.look().await;
}

/// Does what a step says.
async fn do_it(desk: &mut Desk, step: &v1::PlanStep) {
    if step.way() == PlanWay::Reopened {
        let request = v1::ReopenCaseRequest {
            name: desk.case.name.clone(),
            etag: desk.case.etag.clone(),
            ..Default::default()
        };
        desk.client.call(request).await.unwrap();
        *desk = Desk::claim(&desk.client, &desk.case.name).await;
    }
    match step.kind() {
        PlanStepKind::Write => reply(desk, "We are sorry. A new bottle can leave today.", false).await,
        PlanStepKind::Offer => {
            desk.offer(v1::RemedyKind::Replacement, terms()).await.unwrap();
        }
        PlanStepKind::AwaitAnswer => {
            let remedy = v1::Remedy { name: step.target.clone(), ..Default::default() };
            desk.answer(&remedy, v1::BuyerAnswer::Accepted).await.unwrap();
        }
        PlanStepKind::Fulfil => {
            report(&desk.client, &step.target, v1::FulfilmentState::Fulfilled).await.unwrap();
        }
        PlanStepKind::Ask => {
            let request = v1::AskRequest {
                name: step.target.clone(),
                etag: desk.case.etag.clone(),
                fence: desk.lease.fence,
                revision_request: step.way() == PlanWay::RevisionRequest,
                ..Default::default()
            };
            desk.client.call(request).await.unwrap();
        }
        PlanStepKind::PublicReply => reply(desk, "We are sorry; a new bottle is there.", true).await,
        PlanStepKind::Solve => {
            desk.solve(v1::CaseOutcome::RemedyFulfilled).await.unwrap();
        }
        other => panic!("nobody is asked to approve: {other:?}"),
    }
    desk.look().await;
}

/// Follows the plan until nothing is left to do or wait for; what was done, and after how many hours.
async fn follow(h: &Harness, desk: &mut Desk, began: Time, until: Span) -> Vec<String> {
    let mut done = Vec::new();
    for _ in 0..30 {
        let plan = plan(h, &desk.case.name).await;
        let now = plan.steps.iter().find(|step| step.state() == PlanStepState::Now);
        if let Some(step) = now {
            do_it(desk, step).await;
            let after = h.now().since(began).micros() / 3_600_000_000;
            done.push(format!("{} {after}", step.kind().as_str_name().trim_start_matches("PLAN_STEP_KIND_")));
            continue;
        }
        let later = plan.steps.iter().filter(|step| step.state() == PlanStepState::Later);
        let next = later.map(|step| time(step.not_before_time)).min();
        match next.filter(|next| *next <= began + until) {
            Some(next) => h.advance(next.since(h.now())).await,
            None => return done,
        }
        desk.look().await;
    }
    panic!("there is no end to it: {done:?}")
}

async fn a_plan_is_followed_on_own_store_to_its_end(h: &Harness) {
    let shop = h.open_shop("own", "own_store").await;
    let (mut desk, review) = desk_in(h, &shop, 1).await;
    let first = plan(h, &desk.case.name).await;
    assert_eq!((first.outlook(), &first.review), (PlanOutlook::Open, &review));
    assert_eq!(
        (first.contact_hours.as_str(), first.contact_time_zones.as_str()),
        ("08:00-21:00", "Europe/Berlin")
    );
    assert_eq!(first.etag, desk.case.etag);
    let ask = step(&first, PlanStepKind::Ask);
    assert_eq!((ask.state(), ask.after()), (PlanStepState::Later, PlanStepKind::Fulfil));
    let done = follow(h, &mut desk, h.now(), Span::from_days(200)).await;
    let expected = ["OFFER 0", "AWAIT_ANSWER 0", "FULFIL 0", "PUBLIC_REPLY 0", "SOLVE 0", "ASK 72"];
    assert_eq!(done, expected);
    let last = plan(h, &desk.case.name).await;
    assert_eq!(last.outlook(), PlanOutlook::Asked);
    assert!(last.steps.iter().all(|step| step.not_before_time.is_none()));
}

async fn a_plan_is_followed_on_etsy_where_the_public_reply_comes_last(h: &Harness) {
    let shop = h.open_shop("etsy", "etsy").await;
    let (mut desk, _) = desk_in(h, &shop, 1).await;
    let began = h.now();
    let first = plan(h, &desk.case.name).await;
    let public = step(&first, PlanStepKind::PublicReply);
    assert_eq!((public.state(), public.after()), (PlanStepState::Later, PlanStepKind::Ask));
    assert_eq!(public.refusals[0].rule, "G12");
    assert_eq!(public.alternative(), v1::PlanAlternative::OverrideEditLock);
    assert_eq!(public.not_before_time, first.edit_window_end_time);
    let latest = step(&first, PlanStepKind::Ask).latest_time.unwrap();
    assert!(latest.seconds < first.edit_window_end_time.unwrap().seconds);
    assert_eq!(first.fulfil_for_ask_time.unwrap().seconds, latest.seconds - 86_400);
    let done = follow(h, &mut desk, began, Span::from_days(4)).await;
    assert_eq!(done, ["OFFER 0", "AWAIT_ANSWER 0", "FULFIL 0", "SOLVE 0", "ASK 72"]);
    // The buyer makes it better: nothing is left to lock, and the reply is next.
    h.say_in(&shop, h.now(), review("r1", "o1", 5, "The new bottle is tight.")).await;
    let better = plan(h, &desk.case.name).await;
    assert_eq!(better.outlook(), PlanOutlook::Settled);
    assert_eq!(step(&better, PlanStepKind::PublicReply).way(), PlanWay::Reopened);
    desk.look().await;
    let done = follow(h, &mut desk, began, Span::from_days(200)).await;
    assert_eq!(done, ["PUBLIC_REPLY 72", "SOLVE 72"]);
}

async fn a_plan_is_followed_on_ebay_by_the_revision_request(h: &Harness) {
    let shop = h.open_shop("ebay", "ebay").await;
    let (mut desk, _) = desk_in(h, &shop, 1).await;
    let done = follow(h, &mut desk, h.now(), Span::from_days(200)).await;
    assert_eq!(done.last().unwrap(), "ASK 72");
    assert_eq!(plan(h, &desk.case.name).await.outlook(), PlanOutlook::Asked);
}

async fn a_plan_is_followed_on_amazon_where_nobody_is_asked(h: &Harness) {
    let shop = h.open_shop("amazon", "amazon").await;
    let (mut desk, _) = desk_in(h, &shop, 1).await;
    let done = follow(h, &mut desk, h.now(), Span::from_days(200)).await;
    assert_eq!(done, ["OFFER 0", "AWAIT_ANSWER 0", "FULFIL 0", "PUBLIC_REPLY 0", "SOLVE 0"]);
    let last = plan(h, &desk.case.name).await;
    assert_eq!(last.outlook(), PlanOutlook::NotRecoverable);
    let ask = step(&last, PlanStepKind::Ask);
    assert_eq!((ask.state(), ask.refusals[0].rule.as_str()), (PlanStepState::Blocked, "G01"));
    assert!(!ask.refusals[0].facts.is_empty() && ask.reason.contains("solve the problem"));
}

async fn what_another_case_said_moves_the_plan(h: &Harness) {
    let shop = h.open_shop("own", "own_store").await;
    let (mut desk, _) = desk_in(h, &shop, 1).await;
    reply(&mut desk, "A new bottle leaves today.", false).await;
    let other = v1::OrderSignal { buyer_id: "buyer-of-o1".to_owned(), ..order("o2") };
    h.say_in(&shop, h.now(), other).await;
    h.say_in(&shop, h.now(), delivery("o2")).await;
    let second = v1::ReviewSignal { buyer_id: "buyer-of-o1".to_owned(), ..review("r2", "o2", 1, LEAKS) };
    let case = h.say_in(&shop, h.now(), second).await.case;
    let told = plan(h, &case).await;
    // Nothing was said to the shop: the offer is the first word, as soon as there may be one.
    assert_eq!(step(&told, PlanStepKind::Write).state(), PlanStepState::NotNeeded);
    let offer = step(&told, PlanStepKind::Offer);
    assert_eq!((offer.state(), offer.refusals[0].rule.as_str()), (PlanStepState::Later, "G16"));
    assert_eq!(time(offer.not_before_time), h.now() + Span::from_days(3));
    // Who writes is answered at once.
    let words =
        v1::MessageSignal { buyer_id: "buyer-of-o1".to_owned(), ..message("m2", "o2", "It leaks as well.") };
    h.say_in(&shop, h.now(), words).await;
    let told = plan(h, &case).await;
    assert_eq!(step(&told, PlanStepKind::Write).state(), PlanStepState::Now);
    // What was said on the telephone was said.
    let mut desk = Desk::claim(h.client(), &case).await;
    desk.contact("We talked.").await.unwrap();
    let told = plan(h, &case).await;
    assert_eq!(step(&told, PlanStepKind::Write).state(), PlanStepState::Done);
}

async fn a_plan_is_for_the_newest_bad_review_and_for_the_desk(h: &Harness) {
    let shop = h.open_shop("own", "own_store").await;
    let (desk, first) = desk_in(h, &shop, 1).await;
    h.advance(Span::from_hours(1)).await;
    h.say_in(&shop, h.now(), review("r9", "o1", 2, LEAKS)).await;
    let told = plan(h, &desk.case.name).await;
    assert_eq!((told.bad_reviews, told.review.as_str()), (2, format!("{shop}/reviews/r9").as_str()));
    assert_ne!(told.review, first);
    let request = v1::PlanCaseRequest { name: desk.case.name.clone() };
    let analyst = h.client_as("ada", &[Role::Analyst]).await;
    let _ = refused(analyst.call(request.clone()).await, Code::PermissionDenied, Reason::RoleMissing);
    let agent = h.client_as("mia", &[Role::Agent]).await;
    assert_eq!(agent.call(request).await.unwrap().plan.unwrap().review, told.review);
    let nobody = format!("{shop}/cases/case_00000000000000000000000000000001");
    let missing = agent.call(v1::PlanCaseRequest { name: nobody }).await;
    let _ = refused(missing, Code::NotFound, Reason::CaseNotFound);
}

async fn a_merged_case_has_no_step_left_and_says_where_to_go(h: &Harness) {
    let shop = h.open_shop("own", "own_store").await;
    let (desk, _) = desk_in(h, &shop, 1).await;
    let other = v1::OrderSignal { buyer_id: "buyer-of-o1".to_owned(), ..order("o2") };
    h.say_in(&shop, h.now(), other).await;
    let words = v1::MessageSignal {
        buyer_id: "buyer-of-o1".to_owned(),
        ..message("m2", "o2", "I want to return it.")
    };
    let into = h.say_in(&shop, h.now(), words).await.case;
    let request = v1::MergeCaseRequest {
        name: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        into: into.clone(),
        into_etag: h.case(&into).await.etag,
        ..Default::default()
    };
    h.client().call(request).await.unwrap();
    let told = plan(h, &desk.case.name).await;
    assert_eq!(told.merged_into, into);
    assert!(told.steps.iter().all(|step| step.not_before_time.is_none()));
    assert_eq!(plan(h, &into).await.review, format!("{shop}/reviews/r1"), "work goes on there");
}
