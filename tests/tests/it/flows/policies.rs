//! Policies: dated rows, versions that never change, and what a shop may set.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, order, review, terms, time};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use prost_types::{Duration, FieldMask};
use tonic::Code;
use v1::{AskPermission, Reason, RemedyKind};

flow!(
    a_policy_begins_with_the_catalogues_row,
    a_change_makes_a_new_version_that_holds_from_then_on,
    an_older_version_cannot_be_changed,
    every_rule_out_of_bounds_is_named_at_once,
    an_unknown_channel_may_do_nothing,
    a_shop_that_vouches_for_it_may_ask
);

async fn policy(h: &Harness, shop: &str) -> v1::Policy {
    let request = v1::GetPolicyRequest { name: format!("{shop}/policy") };
    h.client().call(request).await.unwrap().policy.unwrap()
}

fn change(policy: v1::Policy, paths: &[&str]) -> v1::UpdatePolicyRequest {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let update_mask = Some(FieldMask { paths });
    v1::UpdatePolicyRequest { policy: Some(policy), update_mask, ..Default::default() }
}

fn hours(hours: i64) -> Option<Duration> {
    Some(Duration { seconds: hours * 3_600, nanos: 0 })
}

fn with_rules(policy: &v1::Policy, rules: v1::ShopRules) -> v1::Policy {
    v1::Policy { shop_rules: Some(rules), ..policy.clone() }
}

async fn a_policy_begins_with_the_catalogues_row(h: &Harness) {
    let shop = h.open_shop("letters", "etsy").await;
    let policy = policy(h, &shop).await;
    let row = policy.catalogue.unwrap();
    assert_eq!((row.ask_permission(), row.edit_window_days()), (AskPermission::Yes, 100));
    assert!(!row.source().is_empty() && !row.knowledge_date().is_empty() && row.certainty.is_some());
    assert_eq!(policy.channel_effective.unwrap().ask_permission(), AskPermission::Yes);
    assert_eq!(policy.shop_rules.unwrap().offer_life, hours(72));
}

async fn a_change_makes_a_new_version_that_holds_from_then_on(h: &Harness) {
    let before = policy(h, MAIN).await;
    h.advance(Span::from_hours(1)).await;
    let rules = v1::ShopRules { offer_life: hours(24), ..Default::default() };
    let request = change(with_rules(&before, rules), &["shop_rules.offer_life"]);
    let after = h.client().call(request).await.unwrap().policy.unwrap();
    assert_ne!(after.version, before.version);
    assert_eq!((time(after.effective_time), after.author.as_str()), (h.now(), "root"));
    assert_eq!(after.shop_rules.as_ref().unwrap().offer_life, hours(24));
    assert_eq!(policy(h, MAIN).await, after);
    h.say(order("o1")).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    assert_eq!(time(offer.expire_time), h.now() + Span::from_hours(24));
    let list = v1::ListPolicyVersionsRequest { parent: MAIN.to_owned(), ..Default::default() };
    let versions = h.client().call(list).await.unwrap().versions;
    assert_eq!(versions[0].version, after.version, "the newest first");
}

async fn an_older_version_cannot_be_changed(h: &Harness) {
    let before = policy(h, MAIN).await;
    let rules = v1::ShopRules { offer_life: hours(24), ..Default::default() };
    let request = change(with_rules(&before, rules), &["shop_rules.offer_life"]);
    let after = h.client().call(request.clone()).await.unwrap().policy.unwrap();
    let failure = refused(h.client().call(request).await, Code::Aborted, Reason::EtagMismatch);
    assert_eq!(failure.metadata["current_etag"], after.etag);
}

async fn every_rule_out_of_bounds_is_named_at_once(h: &Harness) {
    let rules = v1::ShopRules { offer_life: hours(0), lease_life: hours(2), ..Default::default() };
    let wrong = with_rules(&policy(h, MAIN).await, rules);
    let request = change(wrong.clone(), &["shop_rules.offer_life", "shop_rules.lease_life"]);
    let failure = refused(h.client().call(request).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(failure.violations.len(), 2, "{failure}");
    let failure = refused(
        h.client().call(change(wrong, &["shop_rules.nonsense"])).await,
        Code::InvalidArgument,
        Reason::InvalidField,
    );
    assert!(refusal::fields(&failure)[0].starts_with("update_mask"), "{failure}");
}

async fn an_unknown_channel_may_do_nothing(h: &Harness) {
    let shop = h.open_shop("corner", "corner_shop").await;
    let policy = policy(h, &shop).await;
    assert!(policy.catalogue.is_none());
    assert_eq!(policy.channel_effective.unwrap().ask_permission(), AskPermission::No);
}

async fn a_shop_that_vouches_for_it_may_ask(h: &Harness) {
    let shop = h.open_shop("garden", "shopee").await;
    let before = policy(h, &shop).await;
    assert_eq!(before.channel_effective.as_ref().unwrap().ask_permission(), AskPermission::No);
    h.advance(Span::from_hours(1)).await;
    let own = v1::ChannelPolicy {
        ask_permission: Some(AskPermission::Yes.into()),
        source: Some("agreed with the channel's account manager".to_owned()),
        reason: Some("the owner opted in".to_owned()),
        ..Default::default()
    };
    let wanted = v1::Policy { channel_overrides: Some(own), ..before };
    let fields = ["ask_permission", "source", "reason"].map(|field| format!("channel_overrides.{field}"));
    let request = change(wanted, &fields.each_ref().map(String::as_str));
    let after = h.client().call(request).await.unwrap().policy.unwrap();
    let effective = after.channel_effective.unwrap();
    assert_eq!(effective.ask_permission(), AskPermission::Yes);
    assert_eq!(effective.edit_window_days(), 30, "what was not named stays the catalogue's");
    assert_eq!(after.catalogue.unwrap().ask_permission(), AskPermission::No, "the catalogue itself stays");
}
