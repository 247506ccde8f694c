//! What may go out to a buyer on each channel, what not, and why: by the ids of the rules.

use amends_app::Role;
use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::make::{LEAKS, ROW_HOLDS, delivery, message, order, review};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::draft_reply_request::Content;
use v1::{Reason, ReplyState};

mod words;

flow!(
    own_store_asks_once_and_writes_by_day,
    etsy_replies_in_public_last_and_by_two_people,
    ebay_asks_by_its_own_request_and_so_often,
    amazon_asks_nobody,
    lazada_and_shopee_ask_where_the_owner_signed_for_it,
    what_was_refused_is_named_in_full
);

/// An agent at work on the case of a bad review, two days after its order was delivered.
async fn desk_in(h: &Harness, shop: &str, n: u32) -> (Desk, String) {
    let (id, review_id) = (format!("o{n}"), format!("r{n}"));
    h.say_in(shop, h.now(), order(&id)).await;
    h.say_in(shop, h.now(), delivery(&id)).await;
    let heard = h.say_in(shop, h.now(), review(&review_id, &id, 1, LEAKS)).await;
    (Desk::claim(h.client(), &heard.case).await, format!("{shop}/reviews/{review_id}"))
}

async fn draft(desk: &mut Desk, text: &str, public_reply: bool) -> v1::Reply {
    let request = v1::DraftReplyRequest {
        case: desk.case.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        content: Some(Content::Text(text.to_owned())),
        public_reply,
        ..Default::default()
    };
    let drafted = desk.client.call(request).await.unwrap();
    desk.case = drafted.case.unwrap();
    drafted.reply.unwrap()
}

fn queueing(desk: &Desk, reply: &v1::Reply, override_edit_lock: bool) -> v1::QueueReplyRequest {
    v1::QueueReplyRequest {
        name: reply.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        override_edit_lock,
        ..Default::default()
    }
}

async fn queue(
    desk: &mut Desk,
    reply: &v1::Reply,
    override_edit_lock: bool,
) -> Result<v1::Reply, amends_client::Error> {
    let answer = desk.client.call(queueing(desk, reply, override_edit_lock)).await?;
    desk.case = answer.case.unwrap();
    Ok(answer.reply.unwrap())
}

/// The rules that refuse to queue a reply, by id.
async fn refused_reply(desk: &mut Desk, reply: &v1::Reply) -> Vec<String> {
    let checked = check(&desk.client, reply, false).await;
    let result = queue(desk, reply, false).await;
    let failure = refused(result, Code::FailedPrecondition, Reason::GuardrailRefused);
    let rules: Vec<String> = failure.preconditions.iter().map(|one| one.rule.clone()).collect();
    assert_eq!(rules, ids(&checked), "a check says what comes of it");
    rules
}

async fn check(client: &Client, reply: &v1::Reply, override_edit_lock: bool) -> v1::Decision {
    let request = v1::CheckReplyRequest { name: reply.name.clone(), override_edit_lock };
    client.call(request).await.unwrap().decision.unwrap()
}

async fn check_ask(h: &Harness, review: &str, revision_request: bool) -> v1::Decision {
    let request = v1::CheckAskRequest { name: review.to_owned(), revision_request, ..Default::default() };
    h.client().call(request).await.unwrap().decision.unwrap()
}

fn ids(decision: &v1::Decision) -> Vec<String> {
    decision.refusals.iter().map(|refusal| refusal.rule.clone()).collect()
}

async fn ask_of(desk: &Desk, review: &str, revision_request: bool) -> Result<(), Vec<String>> {
    let request = v1::AskRequest {
        name: review.to_owned(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        revision_request,
        ..Default::default()
    };
    match desk.client.call(request).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let failure = refused::<()>(Err(error), Code::FailedPrecondition, Reason::GuardrailRefused);
            Err(failure.preconditions.iter().map(|one| one.rule.clone()).collect())
        }
    }
}

async fn own_store_asks_once_and_writes_by_day(h: &Harness) {
    let shop = h.open_shop("own", "own_store").await;
    let (mut desk, review) = desk_in(h, &shop, 1).await;
    let first = draft(&mut desk, "A new bottle leaves today.", false).await;
    assert_eq!(queue(&mut desk, &first, false).await.unwrap().state(), ReplyState::Queued);
    let second = draft(&mut desk, "It left.", false).await;
    assert_eq!(refused_reply(&mut desk, &second).await, ["G16"]);
    let told = check_ask(h, &review, false).await;
    assert_eq!(ids(&told), ["G16"]);
    assert_eq!(told.not_before_time.unwrap().seconds - told.decide_time.unwrap().seconds, 3 * 86_400);
    // Who writes is answered, however often.
    h.say_in(&shop, h.now(), message("m1", "o1", "Where is it?")).await;
    desk.look().await;
    queue(&mut desk, &second, false).await.unwrap();
    // At night nobody is asked.
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_hours(3 * 24 + 14)).await;
    desk.look().await;
    assert_eq!(ask_of(&desk, &review, false).await, Err(vec!["G17".to_owned()]));
    h.advance(Span::from_hours(10)).await;
    desk.look().await;
    assert_eq!(ask_of(&desk, &review, false).await, Ok(()));
    assert_eq!(ask_of(&desk, &review, false).await, Err(vec!["G10".to_owned(), "G16".to_owned()]));
}

async fn etsy_replies_in_public_last_and_by_two_people(h: &Harness) {
    let shop = h.open_shop("etsy", "etsy").await;
    let (mut desk, _) = desk_in(h, &shop, 1).await;
    let reply = draft(&mut desk, "We are sorry; a new one left today.", true).await;
    assert_eq!(refused_reply(&mut desk, &reply).await, ["G12"]);
    assert!(check(&desk.client, &reply, true).await.allowed);
    let waits = queue(&mut desk, &reply, true).await.unwrap();
    assert_eq!(waits.state(), ReplyState::AwaitingApproval, "never by one person alone");
    let approve = v1::ApproveReplyRequest {
        name: reply.name.clone(),
        etag: desk.case.etag.clone(),
        ..Default::default()
    };
    let boss = h.client_as("boss", &[Role::Supervisor]).await;
    let approved = boss.call(approve).await.unwrap();
    assert_eq!(approved.reply.unwrap().state(), ReplyState::Queued);
    desk.case = approved.case.unwrap();
    let second = draft(&mut desk, "One more thing.", true).await;
    assert_eq!(refused_reply(&mut desk, &second).await, ["G12", "REPLY_COUNT"]);
}

async fn ebay_asks_by_its_own_request_and_so_often(h: &Harness) {
    let shop = h.open_shop("ebay", "ebay").await;
    for n in 1..=6 {
        let (desk, review) = desk_in(h, &shop, n).await;
        assert_eq!(ids(&check_ask(h, &review, false).await).first().map(String::as_str), Some("G01"));
        let told = check_ask(h, &review, true).await;
        assert_eq!(told.asks_left, Some(i32::try_from(6 - n).unwrap()));
        let asked = ask_of(&desk, &review, true).await;
        let expected = if n <= 5 { Ok(()) } else { Err(vec!["ASK_QUOTA".to_owned()]) };
        assert_eq!(asked, expected, "the year's ask number {n}");
    }
}

async fn amazon_asks_nobody(h: &Harness) {
    let shop = h.open_shop("amazon", "amazon").await;
    let (mut desk, review) = desk_in(h, &shop, 1).await;
    assert_eq!(ask_of(&desk, &review, false).await.unwrap_err()[0], "G01");
    assert_eq!(ask_of(&desk, &review, true).await.unwrap_err()[0], "G01");
    let reply = draft(&mut desk, "A new bottle leaves today.", false).await;
    assert!(check(&desk.client, &reply, false).await.allowed, "a private word is no ask");
    h.advance(Span::from_days(30)).await;
    let late = check(h.client(), &reply, false).await;
    assert_eq!((ids(&late), late.not_before_time), (vec!["CONTACT_WINDOW".to_owned()], None));
}

async fn lazada_and_shopee_ask_where_the_owner_signed_for_it(h: &Harness) {
    for channel in ["lazada", "shopee"] {
        let shop = h.open_shop(channel, channel).await;
        let (desk, review) = desk_in(h, &shop, 1).await;
        assert_eq!(ask_of(&desk, &review, false).await, Err(vec!["G01".to_owned()]), "{channel}");
        let own = v1::ChannelPolicy {
            ask_permission: Some(v1::AskPermission::Yes.into()),
            source: Some("agreed with the channel's account manager".to_owned()),
            reason: Some("buyers ask us to tell them".to_owned()),
            ..Default::default()
        };
        let get = v1::GetPolicyRequest { name: format!("{shop}/policy") };
        let before = h.client().call(get).await.unwrap().policy.unwrap();
        let policy = v1::Policy { channel_overrides: Some(own), ..before };
        let paths =
            ["channel_overrides.ask_permission", "channel_overrides.source", "channel_overrides.reason"];
        let update_mask =
            Some(prost_types::FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() });
        let request = v1::UpdatePolicyRequest { policy: Some(policy), update_mask, ..Default::default() };
        h.client().call(request).await.unwrap();
        h.advance(ROW_HOLDS).await;
        let boss = h.client_as(&format!("boss-of-{channel}"), &[Role::Supervisor]).await;
        let mut desk = Desk { client: boss, ..desk };
        desk.look().await;
        desk.lease.fence = 0;
        assert_eq!(ask_of(&desk, &review, false).await, Ok(()), "{channel}");
        // The one public reply has a length.
        let (mut desk, _) = desk_in(h, &shop, 2).await;
        let long = draft(&mut desk, &"a".repeat(501), true).await;
        assert_eq!(refused_reply(&mut desk, &long).await, ["REPLY_LENGTH"], "{channel}");
        let fits = draft(&mut desk, &"a".repeat(500), true).await;
        queue(&mut desk, &fits, false).await.unwrap();
    }
}

async fn what_was_refused_is_named_in_full(h: &Harness) {
    let shop = h.open_shop("own", "own_store").await;
    h.advance(Span::from_hours(12)).await;
    let (mut desk, _) = desk_in(h, &shop, 1).await;
    let reply = draft(&mut desk, "A new bottle leaves today.", false).await;
    let result = queue(&mut desk, &reply, false).await;
    let failure = refused(result, Code::FailedPrecondition, Reason::GuardrailRefused);
    assert_eq!(failure.metadata["rule"], "G17");
    assert_eq!(failure.metadata["action"], "reply");
    assert!(failure.metadata["decision"].starts_with(&format!("{shop}/decisions/")));
    assert_eq!(failure.metadata["not_before"], "2026-03-03T07:00:00Z", "08:00 in Berlin");
    let rule = failure.preconditions.first().unwrap();
    assert!(rule.description.contains("zones=Europe/Berlin"), "{}", rule.description);
    let timeline = h.timeline(&desk.case.name).await;
    let told = timeline.iter().filter(|entry| format!("{entry:?}").contains("ActionRefused"));
    assert_eq!(told.count(), 1);
}
