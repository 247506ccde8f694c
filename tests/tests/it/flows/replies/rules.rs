//! Who may write, approve, take back and send, and what they have to say.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::time;
use amends_tests::{Desk, Harness, flow, refusal, refused};
use prost_types::FieldMask;
use tonic::Code;
use v1::draft_reply_request::Content;
use v1::{DeliveryOutcome, Reason, ReplyState};

use super::{WORDS, begin, connector, desk, draft, drafting, get, queued, queueing, report};

flow!(
    a_reply_of_an_agent_who_lost_the_case_is_refused_with_what_is_current,
    a_reply_that_waits_for_another_person_is_approved_or_taken_back,
    a_report_and_a_draft_are_checked_in_every_field,
    who_may_do_what_with_a_reply
);

async fn ask_approval(h: &Harness) {
    let name = format!("{MAIN}/policy");
    let policy = h.client().call(v1::GetPolicyRequest { name }).await.unwrap().policy.unwrap();
    assert_eq!(policy.shop_rules.as_ref().unwrap().reply_approval, Some(false), "off unless it is wanted");
    let rules = v1::ShopRules {
        reply_approval: Some(true),
        reply_delivery_life: Some(prost_types::Duration { seconds: 120, nanos: 0 }),
        ..Default::default()
    };
    let paths = ["shop_rules.reply_approval", "shop_rules.reply_delivery_life"].map(str::to_owned).to_vec();
    let request = v1::UpdatePolicyRequest {
        policy: Some(v1::Policy { shop_rules: Some(rules), ..policy }),
        update_mask: Some(FieldMask { paths }),
        ..Default::default()
    };
    h.client().call(request).await.unwrap();
}

async fn a_reply_of_an_agent_who_lost_the_case_is_refused_with_what_is_current(h: &Harness) {
    let mut desk = desk(h).await;
    // Who writes is answered as often as it takes.
    h.say(amends_tests::make::message("q1", "o1", "Where is it?")).await;
    desk.look().await;
    let (reply, waiting) = (draft(&mut desk).await, queued(&mut desk).await);
    h.advance(Span::from_minutes(6)).await;
    let lost = desk.client.call(queueing(&desk, &reply)).await;
    let _ = refused(lost, Code::Aborted, Reason::LeaseLost);
    let tom = h.client_as("tom", &[Role::Agent]).await;
    let mut toms = Desk::claim(&tom, &desk.case.name).await;
    let late = desk.client.call(queueing(&desk, &reply)).await;
    let failure = refused(late, Code::Aborted, Reason::FenceStale);
    assert_eq!(failure.metadata["current_fence"], "2");
    let others = tom.call(queueing(&toms, &reply)).await;
    let failure = refused(others, Code::Aborted, Reason::FenceStale);
    assert_eq!(failure.metadata["current_fence"], "2");
    assert_eq!(failure.metadata["current_etag"], toms.case.etag);
    let shopify = connector(h, "connector").await;
    let failure =
        refused(shopify.call(begin(&waiting)).await, Code::FailedPrecondition, Reason::IllegalTransition);
    assert_eq!(failure.metadata["state"], "DRAFT", "nothing stays queued under a lost lease");
    let draft = get(&tom, &waiting.name).await;
    assert!(draft.stale && draft.state() == ReplyState::Draft);
    let adopt = v1::QueueReplyRequest { adopt: true, ..queueing(&toms, &reply) };
    let adopted = tom.call(adopt).await.unwrap();
    toms.case = adopted.case.unwrap();
    let adopted = adopted.reply.unwrap();
    assert_eq!((adopted.state(), adopted.agent.as_str(), adopted.fence), (ReplyState::Queued, "tom", 2));
    assert!(!adopted.stale);
    let told = h.timeline(&toms.case.name).await;
    let told: Vec<_> = told.iter().filter_map(|entry| entry.entry.as_ref()).collect();
    use v1::timeline_entry::Entry;
    let step = |step: &v1::ReplyStep| (step.after(), step.detail.clone());
    let recalled = told.iter().filter_map(|entry| match entry {
        Entry::ReplyRecalled(told) => Some(step(told)),
        _ => None,
    });
    let ended = (ReplyState::Draft, "the lease ended".to_owned());
    assert_eq!(recalled.collect::<Vec<_>>(), [ended]);
    let took = told.iter().find_map(|entry| match entry {
        Entry::ReplyAdopted(told) => Some(step(told)),
        _ => None,
    });
    assert_eq!(took, Some((ReplyState::Draft, "written by mia".to_owned())));
    let withdraw = v1::WithdrawReplyRequest {
        name: waiting.name.clone(),
        etag: toms.case.etag.clone(),
        fence: toms.lease.fence,
        note: "I write anew".to_owned(),
        ..Default::default()
    };
    let gone = tom.call(withdraw).await.unwrap();
    assert_eq!(gone.reply.unwrap().state(), ReplyState::Withdrawn);
    toms.case = gone.case.unwrap();
    assert_eq!(queued(&mut toms).await.state(), ReplyState::Queued);
}

async fn a_reply_that_waits_for_another_person_is_approved_or_taken_back(h: &Harness) {
    ask_approval(h).await;
    let mut desk = desk(h).await;
    // Who writes is answered as often as it takes.
    h.say(amends_tests::make::message("q1", "o1", "Where is it?")).await;
    desk.look().await;
    let reply = queued(&mut desk).await;
    assert_eq!(reply.state(), ReplyState::AwaitingApproval);
    let shopify = connector(h, "connector").await;
    let _ = refused(shopify.call(begin(&reply)).await, Code::FailedPrecondition, Reason::IllegalTransition);
    let approve = |reply: &v1::Reply| v1::ApproveReplyRequest {
        name: reply.name.clone(),
        etag: reply.etag.clone(),
        note: "fine".to_owned(),
        ..Default::default()
    };
    let _ = refused(desk.client.call(approve(&reply)).await, Code::PermissionDenied, Reason::RoleMissing);
    let both = h.client_as("mia", &[Role::Agent, Role::Supervisor]).await;
    let own = both.call(approve(&reply)).await;
    let _ = refused(own, Code::FailedPrecondition, Reason::ApprovalBySamePerson);
    let sam = h.client_as("sam", &[Role::Supervisor]).await;
    let approved = sam.call(approve(&reply)).await.unwrap().reply.unwrap();
    assert_eq!((approved.state(), approved.approver.as_str()), (ReplyState::Queued, "sam"));
    let again =
        refused(sam.call(approve(&approved)).await, Code::FailedPrecondition, Reason::IllegalTransition);
    assert_eq!((again.metadata["state"].as_str(), again.metadata["verb"].as_str()), ("QUEUED", "APPROVE"));
    let stale = refused(sam.call(approve(&reply)).await, Code::Aborted, Reason::EtagMismatch);
    assert!(stale.metadata.contains_key("current_etag"));
    desk.look().await;
    let other = queued(&mut desk).await;
    let withdraw = v1::WithdrawReplyRequest {
        name: other.name.clone(),
        etag: other.etag.clone(),
        fence: 0,
        note: "too harsh".to_owned(),
        ..Default::default()
    };
    let unheld = desk.client.call(withdraw.clone()).await;
    let _ = refused(unheld, Code::InvalidArgument, Reason::InvalidField);
    let gone = sam.call(withdraw).await.unwrap().reply.unwrap();
    assert_eq!(gone.state(), ReplyState::Withdrawn);
    let sending = shopify.call(begin(&approved)).await.unwrap().reply.unwrap();
    assert_eq!(time(sending.report_due_time), h.now() + Span::from_minutes(2), "as the policy says");
}

async fn a_report_and_a_draft_are_checked_in_every_field(h: &Harness) {
    let mut desk = desk(h).await;
    let wrong = v1::DraftReplyRequest {
        case: "x".to_owned(),
        language: "no language".to_owned(),
        content: Some(Content::Text("  ".to_owned())),
        ..Default::default()
    };
    let failure = refused(desk.client.call(wrong).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["case", "etag", "fence", "text", "language"]);
    let none = v1::DraftReplyRequest { content: None, ..drafting(&desk) };
    let failure = refused(desk.client.call(none).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["content"]);
    let long = Content::Text("ø".repeat(10_001));
    let long = v1::DraftReplyRequest { content: Some(long), ..drafting(&desk) };
    let failure = refused(desk.client.call(long).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["text"]);
    let reply = queued(&mut desk).await;
    let shopify = connector(h, "connector").await;
    let sending = shopify.call(begin(&reply)).await.unwrap().reply.unwrap();
    for (request, field) in [
        (report(&sending, DeliveryOutcome::Sent, ""), "message_id"),
        (report(&sending, DeliveryOutcome::Unspecified, "m"), "outcome"),
        (v1::ReportDeliveryRequest { attempt: 0, ..report(&sending, DeliveryOutcome::Sent, "m") }, "attempt"),
        (
            v1::ReportDeliveryRequest {
                failure: String::new(),
                ..report(&sending, DeliveryOutcome::Failed, "")
            },
            "failure",
        ),
    ] {
        let failure = refused(shopify.call(request).await, Code::InvalidArgument, Reason::InvalidField);
        assert_eq!(refusal::fields(&failure), [field]);
    }
    let tomorrow = amends_tests::make::stamp(h.now() + Span::from_days(1));
    let early = report(&sending, DeliveryOutcome::Sent, "m1");
    let early = v1::ReportDeliveryRequest { send_time: Some(tomorrow), ..early };
    let _ = refused(shopify.call(early).await, Code::InvalidArgument, Reason::TimeInFuture);
    assert_eq!(get(&shopify, &reply.name).await.state(), ReplyState::Sending, "nothing was half done");
}

async fn who_may_do_what_with_a_reply(h: &Harness) {
    let mut desk = desk(h).await;
    let reply = queued(&mut desk).await;
    let shopify = connector(h, "connector").await;
    let denied = |code, reason| assert_eq!((code, reason), (Code::PermissionDenied, Reason::RoleMissing));
    let failure = shopify.call(drafting(&desk)).await.unwrap_err().failure().unwrap().clone();
    denied(failure.code, failure.reason.unwrap());
    let failure = desk.client.call(begin(&reply)).await.unwrap_err().failure().unwrap().clone();
    denied(failure.code, failure.reason.unwrap());
    let nan = h.client_as("nan", &[Role::Analyst]).await;
    let seen = get(&nan, &reply.name).await;
    assert!(seen.text.is_empty() && seen.text_withheld);
    assert_eq!(get(&desk.client, &reply.name).await.text, WORDS);
    let other = h.open_shop("other", "own_store").await;
    let stranger = h.client_in("stranger", &[Role::Ingest], &[&other]).await;
    let name = reply.name.clone();
    let hidden = stranger.call(v1::GetReplyRequest { name }).await;
    let _ = refused(hidden, Code::NotFound, Reason::ShopNotFound);
    let name = format!("{MAIN}/replies/rep_{:032x}", 7);
    let missing = shopify.call(v1::GetReplyRequest { name }).await;
    let _ = refused(missing, Code::NotFound, Reason::ReplyNotFound);
    let list = v1::ListRepliesRequest { parent: MAIN.to_owned(), page_size: 1, ..Default::default() };
    let page = shopify.call(list.clone()).await.unwrap();
    assert_eq!(page.replies.len(), 1);
    let rest = v1::ListRepliesRequest { page_token: page.next_page_token, ..list };
    assert!(shopify.call(rest).await.unwrap().replies.is_empty());
}
