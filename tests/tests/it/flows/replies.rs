//! Replies over the wire: written by an agent, taken by a connector, seen by the buyer once.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, answer, message, order, review, time};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use prost_types::FieldMask;
use tonic::Code;
use v1::draft_reply_request::Content;
use v1::{DeliveryOutcome, Reason, ReplyState};

flow!(
    a_connector_takes_a_reply_from_the_stream_and_the_conversation_shows_it_once,
    a_reply_of_an_agent_who_lost_the_case_is_refused_with_what_is_current,
    a_reply_that_waits_for_another_person_is_approved_or_taken_back,
    a_second_connector_is_refused_and_so_is_a_report_of_an_old_attempt,
    a_delivery_nobody_reports_about_is_unknown_until_the_channel_shows_it,
    a_report_and_a_draft_are_checked_in_every_field,
    who_may_do_what_with_a_reply
);

const WORDS: &str = "The new bottle leaves today.";

async fn desk(h: &Harness) -> Desk {
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    Desk::claim(&mia, &case).await
}

async fn connector(h: &Harness, name: &str) -> Client {
    h.client_as(name, &[Role::Ingest]).await
}

fn drafting(desk: &Desk) -> v1::DraftReplyRequest {
    v1::DraftReplyRequest {
        case: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        content: Some(Content::Text(WORDS.to_owned())),
        ..Default::default()
    }
}

async fn draft(desk: &mut Desk) -> v1::Reply {
    let drafted = desk.client.call(drafting(desk)).await.unwrap();
    desk.case = drafted.case.unwrap();
    drafted.reply.unwrap()
}

fn queueing(desk: &Desk, reply: &v1::Reply) -> v1::QueueReplyRequest {
    v1::QueueReplyRequest {
        name: reply.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        ..Default::default()
    }
}

async fn queued(desk: &mut Desk) -> v1::Reply {
    let reply = draft(desk).await;
    let queued = desk.client.call(queueing(desk, &reply)).await.unwrap();
    desk.case = queued.case.unwrap();
    queued.reply.unwrap()
}

fn begin(reply: &v1::Reply) -> v1::BeginDeliveryRequest {
    v1::BeginDeliveryRequest { name: reply.name.clone(), ..Default::default() }
}

fn report(reply: &v1::Reply, outcome: DeliveryOutcome, message: &str) -> v1::ReportDeliveryRequest {
    let failed = outcome == DeliveryOutcome::Failed;
    v1::ReportDeliveryRequest {
        name: reply.name.clone(),
        attempt: reply.attempt,
        outcome: outcome.into(),
        message_id: message.to_owned(),
        failure: if failed { "the channel is closed".to_owned() } else { String::new() },
        ..Default::default()
    }
}

async fn get(client: &Client, name: &str) -> v1::Reply {
    client.call(v1::GetReplyRequest { name: name.to_owned() }).await.unwrap().reply.unwrap()
}

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

/// What the screen of a case shows as said to the buyer: id, reply, words.
async fn said(h: &Harness, case: &str) -> Vec<(String, String, String)> {
    let messages = h.view(case).await.messages.into_iter();
    let ours = messages.filter(|m| m.direction() == v1::MessageDirection::ToBuyer);
    ours.map(|m| (m.message_id, m.reply, m.text)).collect()
}

async fn a_connector_takes_a_reply_from_the_stream_and_the_conversation_shows_it_once(h: &Harness) {
    let mut desk = desk(h).await;
    h.say(message("m0", "o1", "When will you answer me?")).await;
    desk.look().await;
    let reply = queued(&mut desk).await;
    assert_eq!((reply.state(), reply.text.as_str()), (ReplyState::Queued, ""), "answers hold no texts");
    h.settle().await;
    let shopify = connector(h, "connector").await;
    let event_types = vec!["amends.reply.queued.v1".to_owned()];
    let list = v1::ListEventsRequest { parent: MAIN.to_owned(), event_types, ..Default::default() };
    let events = shopify.call(list).await.unwrap().events;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    let Some(v1::event::Resource::ReplySnapshot(told)) = &event.resource else { panic!("{event:?}") };
    assert_eq!((event.subject.as_str(), told.name.as_str()), (reply.name.as_str(), reply.name.as_str()));
    assert_eq!((told.order_id.as_str(), told.conversation_id.as_str()), ("o1", "talk-of-o1"));
    assert!(told.text.is_empty() && told.text_withheld && told.agent == "mia" && told.fence == 1);
    let read = get(&shopify, &told.name).await;
    assert_eq!((read.text.as_str(), read.text_withheld, read.stale), (WORDS, false, false));
    let sending = shopify.call(begin(told)).await.unwrap().reply.unwrap();
    assert_eq!((sending.state(), sending.attempt), (ReplyState::Sending, 1));
    assert_eq!(time(sending.report_due_time), h.now() + Span::from_minutes(10));
    assert_eq!(said(h, &desk.case.name).await, [], "not yet");
    let sent = shopify.call(report(&sending, DeliveryOutcome::Sent, "m1")).await.unwrap().reply.unwrap();
    assert_eq!((sent.state(), sent.message_id.as_str()), (ReplyState::Sent, "m1"));
    let once = [("m1".to_owned(), reply.name.clone(), WORDS.to_owned())];
    assert_eq!(said(h, &desk.case.name).await, once);
    let case = h.case(&desk.case.name).await;
    assert_eq!(time(case.first_response_time), h.now());
    assert!(case.waiting_since_time.is_none(), "the buyer was answered");
    let before = h.timeline(&case.name).await.len();
    let echo = v1::MessageSignal { text: WORDS.to_owned(), ..answer("m1", "o1", v1::MessageAuthor::Human) };
    assert_eq!(h.say(echo).await.case, case.name);
    assert_eq!(said(h, &desk.case.name).await, once, "the channel's echo is the same message");
    let entries = h.timeline(&case.name).await;
    assert_eq!(entries.len(), before);
    let steps: Vec<_> = entries.into_iter().filter_map(|entry| step(&entry)).collect();
    let expected = [ReplyState::Draft, ReplyState::Queued, ReplyState::Sending, ReplyState::Sent];
    let actors = ["mia", "mia", "connector", "connector"].map(str::to_owned);
    assert_eq!(steps, expected.into_iter().zip(actors).collect::<Vec<_>>());
}

/// Where a step of a reply led, and who took it; it says what caused it.
fn step(entry: &v1::TimelineEntry) -> Option<(ReplyState, String)> {
    use v1::timeline_entry::Entry;
    let step = match entry.entry.as_ref()? {
        Entry::ReplyDrafted(step)
        | Entry::ReplyQueued(step)
        | Entry::ReplySending(step)
        | Entry::ReplySent(step)
        | Entry::ReplyUnknown(step) => step,
        _ => return None,
    };
    assert!(entry.cause.starts_with("ReplyService.") || entry.cause.contains("timer"), "{}", entry.cause);
    Some((step.after(), entry.actor.as_ref()?.id.clone()))
}

async fn a_reply_of_an_agent_who_lost_the_case_is_refused_with_what_is_current(h: &Harness) {
    let mut desk = desk(h).await;
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

async fn a_second_connector_is_refused_and_so_is_a_report_of_an_old_attempt(h: &Harness) {
    let mut desk = desk(h).await;
    let reply = queued(&mut desk).await;
    let (one, two) = (connector(h, "one").await, connector(h, "two").await);
    let claim = v1::BeginDeliveryRequest { request_id: "claim-1".to_owned(), ..begin(&reply) };
    let first = one.call(claim.clone()).await.unwrap();
    assert_eq!(one.call(claim).await.unwrap(), first, "the same claim again is the same claim");
    let taken = refused(two.call(begin(&reply)).await, Code::FailedPrecondition, Reason::IllegalTransition);
    assert_eq!((taken.metadata["state"].as_str(), taken.metadata["verb"].as_str()), ("SENDING", "BEGIN"));
    let first = first.reply.unwrap();
    let back = one.call(report(&first, DeliveryOutcome::Failed, "")).await.unwrap().reply.unwrap();
    assert_eq!((back.state(), back.failure.as_str()), (ReplyState::Failed, "the channel is closed"));
    let again = desk.client.call(queueing(&desk, &reply)).await.unwrap().reply.unwrap();
    assert_eq!(again.state(), ReplyState::Queued);
    let second = two.call(begin(&again)).await.unwrap().reply.unwrap();
    assert_eq!(second.attempt, 2);
    let old = one.call(report(&first, DeliveryOutcome::Sent, "m1")).await;
    let failure = refused(old, Code::FailedPrecondition, Reason::DeliveryAttemptStale);
    assert_eq!(failure.metadata["current_attempt"], "2");
    let sent = two.call(report(&second, DeliveryOutcome::Sent, "m2")).await.unwrap();
    let repeated = two.call(report(&second, DeliveryOutcome::Sent, "m2")).await.unwrap();
    assert_eq!(sent.reply.unwrap().state_time, repeated.reply.unwrap().state_time);
    let other = two.call(report(&second, DeliveryOutcome::Failed, "")).await;
    let _ = refused(other, Code::FailedPrecondition, Reason::IllegalTransition);
}

async fn a_delivery_nobody_reports_about_is_unknown_until_the_channel_shows_it(h: &Harness) {
    let mut desk = desk(h).await;
    let reply = queued(&mut desk).await;
    let shopify = connector(h, "connector").await;
    let named = v1::BeginDeliveryRequest { message_id: "m1".to_owned(), ..begin(&reply) };
    shopify.call(named).await.unwrap();
    h.advance(Span::from_minutes(10)).await;
    let lost = get(&shopify, &reply.name).await;
    assert_eq!(lost.state(), ReplyState::Unknown);
    let list = v1::ListRepliesRequest {
        parent: MAIN.to_owned(),
        case: desk.case.name.clone(),
        states: vec![ReplyState::Unknown.into()],
        ..Default::default()
    };
    assert_eq!(shopify.call(list).await.unwrap().replies, std::slice::from_ref(&lost));
    let blind = shopify.call(begin(&lost)).await;
    let _ = refused(blind, Code::FailedPrecondition, Reason::IllegalTransition);
    let mut desk = Desk::claim(&desk.client, &desk.case.name).await;
    let resend = desk.client.call(queueing(&desk, &lost)).await;
    assert!(resend.is_err(), "it is never sent again: {resend:?}");
    h.say(answer("m1", "o1", v1::MessageAuthor::Human)).await;
    let sent = get(&shopify, &reply.name).await;
    assert_eq!((sent.state(), sent.message_id.as_str()), (ReplyState::Sent, "m1"));
    assert_eq!(said(h, &desk.case.name).await.len(), 1);
    desk.look().await;
    assert_eq!(time(desk.case.first_response_time), h.now());
    let late = shopify.call(report(&sent, DeliveryOutcome::Sent, "m1")).await.unwrap().reply.unwrap();
    assert_eq!(late.state(), ReplyState::Sent, "a connector that comes back says nothing new");
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
