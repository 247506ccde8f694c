//! Replies over the wire: written by an agent, taken by a connector, seen by the buyer once.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, answer, message, order, review, time};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::draft_reply_request::Content;
use v1::{DeliveryOutcome, Reason, ReplyState};

mod rules;

flow!(
    a_connector_takes_a_reply_from_the_stream_and_the_conversation_shows_it_once,
    a_second_connector_is_refused_and_so_is_a_report_of_an_old_attempt,
    a_delivery_nobody_reports_about_is_unknown_until_the_channel_shows_it
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
