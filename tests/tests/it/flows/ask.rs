//! The ask: allowed where a policy row allows it, refused with its rule everywhere else.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::make::{LEAKS, delivery, order, review};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{AskState, Reason};

flow!(
    an_ask_is_allowed_where_the_channel_allows_it,
    an_ask_is_refused_where_no_row_allows_it,
    a_refused_ask_stands_on_the_timeline,
    an_ask_is_sent_once_however_many_try
);

/// A shop of that channel where a case about a bad review was talked through three days ago.
async fn talked_through(h: &Harness, channel: &str) -> (Desk, String) {
    let shop = h.open_shop(&format!("on-{channel}"), channel).await;
    h.say_in(&shop, h.now(), order("o1")).await;
    h.say_in(&shop, h.now(), delivery("o1")).await;
    let heard = h.say_in(&shop, h.now(), review("r1", "o1", 1, LEAKS)).await;
    let mut desk = Desk::work_on(h.client(), &heard.case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_days(3)).await;
    desk.look().await;
    (desk, format!("{shop}/reviews/r1"))
}

async fn an_ask_is_allowed_where_the_channel_allows_it(h: &Harness) {
    for channel in ["etsy", "own_store", "shopify"] {
        let (desk, review) = talked_through(h, channel).await;
        let answer = desk.ask(&review).await.unwrap();
        let decision = answer.decision.unwrap();
        assert!(decision.allowed, "{channel}");
        let text = decision.message_preview.to_lowercase();
        for word in ["star", "refund", "voucher", "coupon", "delete", "remove", "positive"] {
            assert!(!text.contains(word), "{channel}: {text}");
        }
    }
}

async fn an_ask_is_refused_where_no_row_allows_it(h: &Harness) {
    for channel in ["amazon", "taobao", "lazada", "shopee", "tiktok_shop", "ebay", "corner_shop"] {
        let (desk, review) = talked_through(h, channel).await;
        let failure = refused(desk.ask(&review).await, Code::FailedPrecondition, Reason::GuardrailRefused);
        assert_eq!(failure.metadata["rule"], "G01", "{channel}");
        let rule = failure.preconditions.iter().find(|one| one.rule == "G01").unwrap();
        assert!(rule.description.contains(channel), "it says what it saw: {}", rule.description);
        let check = v1::CheckPolicyRequest {
            parent: review.split("/reviews").next().unwrap().to_owned(),
            action: Some(v1::check_policy_request::Action::Ask(v1::CheckAskAction {
                review: review.clone(),
                template: String::new(),
            })),
        };
        let explored = h.client().call(check).await.unwrap().decision.unwrap();
        assert!(!explored.allowed && explored.name.is_empty(), "{channel}");
        assert!(explored.refusals.iter().any(|refusal| refusal.rule == "G01" && !refusal.facts.is_empty()));
        let read = v1::GetReviewRequest { name: review };
        let read = h.client().call(read).await.unwrap().review.unwrap();
        let state = (read.ask_state(), read.blocked_rule.as_str());
        match channel {
            // It takes the ask as its own revision request, and so it would pass.
            "ebay" => assert_eq!(state, (AskState::AskEligible, "")),
            _ => assert_eq!(state, (AskState::AskBlocked, "G01"), "{channel}"),
        }
    }
}

async fn a_refused_ask_stands_on_the_timeline(h: &Harness) {
    let (desk, review) = talked_through(h, "amazon").await;
    let _ = refused(desk.ask(&review).await, Code::FailedPrecondition, Reason::GuardrailRefused);
    let entries = h.timeline(&desk.case.name).await;
    let refusal = entries.iter().find_map(|entry| match &entry.entry {
        Some(v1::timeline_entry::Entry::ActionRefused(refused)) => Some(refused),
        _ => None,
    });
    let refusal = refusal.unwrap();
    assert_eq!((refusal.action.as_str(), refusal.refusals[0].rule.as_str()), ("ask", "G01"));
    assert!(refusal.decision.contains("/decisions/dec_"));
}

async fn an_ask_is_sent_once_however_many_try(h: &Harness) {
    let (desk, review) = talked_through(h, "etsy").await;
    let asks = futures::future::join_all((0..16).map(|_| desk.ask(&review))).await;
    assert_eq!(asks.iter().filter(|ask| ask.is_ok()).count(), 1);
}
