//! The catalogue of channels: which row holds, why, and who signed off another.

use amends_app::Role;
use amends_client::{Error, v1};
use amends_domain::{Span, Time};
use amends_tests::harness::{MAIN, last};
use amends_tests::make::{ROW_HOLDS, stamp, time};
use amends_tests::{Harness, flow, refusal, refused};
use prost_types::FieldMask;
use tonic::Code;
use v1::{AskPermission, ChannelOrigin, OwnerOptIn, Reason};

flow!(
    every_row_is_listed_with_its_source_and_the_one_in_force_says_why,
    a_region_and_a_time_choose_the_row,
    an_unknown_channel_gets_the_row_that_allows_nothing,
    a_row_of_the_shops_own_tells_who_signed_it_off_when_and_why,
    a_row_that_allows_more_is_refused_without_a_reason,
    an_ask_that_the_channel_forbids_needs_a_newer_source,
    limits_are_set_and_given_back_field_by_field,
    channels_are_for_people_and_not_for_connectors
);

async fn listed(h: &Harness, request: v1::ListChannelsRequest) -> Vec<v1::ChannelRow> {
    h.client().call(request).await.unwrap().rows
}

fn of(parent: &str, channel: &str, region: Option<&str>) -> v1::ListChannelsRequest {
    v1::ListChannelsRequest {
        parent: parent.to_owned(),
        channel: channel.to_owned(),
        region: region.map(str::to_owned),
        at_time: None,
    }
}

/// The one row in force of a channel, and why.
fn holds(rows: &[v1::ChannelRow], channel: &str) -> (ChannelOrigin, v1::ChannelPolicy) {
    let of_it = rows.iter().filter(|row| row.policy.as_ref().unwrap().channel() == channel);
    let mut in_force = of_it.filter(|row| row.in_force_as.is_some());
    let row = in_force.next().unwrap();
    assert!(in_force.next().is_none(), "two rows of {channel} are in force");
    (row.in_force_as(), row.policy.clone().unwrap())
}

async fn every_row_is_listed_with_its_source_and_the_one_in_force_says_why(h: &Harness) {
    let rows = listed(h, of("", "", None)).await;
    for row in &rows {
        let policy = row.policy.as_ref().unwrap();
        assert!(!policy.source().is_empty() && !policy.knowledge_date().is_empty(), "{policy:?}");
        assert!(policy.certainty.is_some() && !row.own && policy.signed_off_by.is_none());
    }
    let (why, ebay) = holds(&rows, "ebay");
    assert_eq!((why, ebay.ask_permission()), (ChannelOrigin::ChannelRow, AskPermission::RequestOnly));
    let quota =
        v1::AskQuota { per_year: 5, per_thousand_reviews: 5, answer_days: 10, ignored_asks_count: true };
    assert_eq!(ebay.ask_quota, Some(quota));
    let (_, lazada) = holds(&rows, "lazada");
    assert_eq!((lazada.replies_max(), lazada.reply_characters_max()), (1, 500));
    assert_eq!((lazada.ask_needs_opt_in(), lazada.owner_opt_in()), (true, OwnerOptIn::PrivateChat));
    let (_, amazon) = holds(&rows, "amazon");
    assert_eq!((amazon.contact_window_days(), amazon.ask_needs_opt_in()), (30, false));
    let keys: Vec<_> =
        rows.iter().map(|row| row.policy.as_ref().unwrap()).map(|p| (p.channel(), p.region())).collect();
    assert!(keys.is_sorted(), "{keys:?}");
}

async fn a_region_and_a_time_choose_the_row(h: &Harness) {
    let days = async |region| holds(&listed(h, of("", "shopee", Some(region))).await, "shopee");
    let (why, indonesia) = days("ID").await;
    assert_eq!((why, indonesia.edit_window_days()), (ChannelOrigin::RegionRow, 120));
    let (why, thailand) = days("TH").await;
    assert_eq!((why, thailand.edit_window_days()), (ChannelOrigin::ChannelRow, 30));
    let at = |secs| v1::ListChannelsRequest {
        at_time: Some(stamp(Time::from_secs(secs))),
        ..of("", "amazon", Some("US"))
    };
    let (before, after) = (listed(h, at(1_717_199_999)).await, listed(h, at(1_717_200_000)).await);
    assert_eq!(holds(&before, "amazon").0, ChannelOrigin::ChannelRow);
    let (why, row) = holds(&after, "amazon");
    assert_eq!((why, row.effective_date()), (ChannelOrigin::RegionRow, "2024-06-01"));
    let wrong = refused(
        h.client().call(of("", "Not A Channel", Some("Germany"))).await,
        Code::InvalidArgument,
        Reason::InvalidField,
    );
    assert_eq!(refusal::fields(&wrong), ["channel", "region"]);
}

async fn an_unknown_channel_gets_the_row_that_allows_nothing(h: &Harness) {
    let rows = listed(h, of("", "bazaar", None)).await;
    let (why, row) = holds(&rows, "bazaar");
    assert_eq!((rows.len(), why), (1, ChannelOrigin::DefaultDeny));
    assert_eq!((row.ask_permission(), row.edit_window_days), (AskPermission::No, None));
    let shop = h.open_shop("corner", "bazaar").await;
    let all = listed(h, of(&shop, "", None)).await;
    assert_eq!(holds(&all, "bazaar").0, ChannelOrigin::DefaultDeny, "the shop's own channel is always shown");
}

async fn update(
    h: &Harness,
    shop: &str,
    own: v1::ChannelPolicy,
    fields: &[&str],
) -> Result<v1::Policy, Error> {
    let name = format!("{shop}/policy");
    let current = h.client().call(v1::GetPolicyRequest { name }).await.unwrap().policy.unwrap();
    let policy = v1::Policy { channel_overrides: Some(own), ..current };
    let paths = fields.iter().map(|field| format!("channel_overrides.{field}")).collect();
    let update_mask = Some(FieldMask { paths });
    let request = v1::UpdatePolicyRequest { policy: Some(policy), update_mask, ..Default::default() };
    h.client().call(request).await.map(|answer| answer.policy.unwrap())
}

fn ask(permission: AskPermission) -> v1::ChannelPolicy {
    v1::ChannelPolicy { ask_permission: Some(permission.into()), ..Default::default() }
}

fn because(own: v1::ChannelPolicy) -> v1::ChannelPolicy {
    v1::ChannelPolicy { reason: Some("the owner opted in on the phone".to_owned()), ..own }
}

async fn a_row_of_the_shops_own_tells_who_signed_it_off_when_and_why(h: &Harness) {
    let shop = h.open_shop("garden", "shopee").await;
    h.advance(Span::from_hours(1)).await;
    let own = because(ask(AskPermission::Yes));
    let policy = update(h, &shop, own, &["ask_permission", "reason"]).await.unwrap();
    let signed = h.now();
    let overrides = policy.channel_overrides.unwrap();
    assert_eq!((overrides.signed_off_by(), time(overrides.sign_off_time)), ("root", signed));
    assert_eq!(overrides.reason(), "the owner opted in on the phone");
    let (why, _) = holds(&listed(h, of(&shop, "shopee", None)).await, "shopee");
    assert_eq!(why, ChannelOrigin::ChannelRow, "it holds a little later");
    h.advance(ROW_HOLDS).await;
    let rows = listed(h, of(&shop, "shopee", None)).await;
    let (why, row) = holds(&rows, "shopee");
    assert_eq!((why, row.ask_permission()), (ChannelOrigin::OwnRow, AskPermission::Yes));
    assert_eq!((row.signed_off_by(), row.reason()), (overrides.signed_off_by(), overrides.reason()));
    let (why, _) = holds(&listed(h, of("", "shopee", None)).await, "shopee");
    assert_eq!(why, ChannelOrigin::ChannelRow, "it is the shop's row and nobody else's");
    // A later change that allows no more keeps the reason, under the name of who made it.
    h.advance(Span::from_hours(1)).await;
    let stricter = v1::ChannelPolicy { negative_threshold: Some(2), ..Default::default() };
    let later = update(h, &shop, stricter, &["negative_threshold"]).await.unwrap().channel_effective.unwrap();
    assert_eq!((later.ask_permission(), later.negative_threshold()), (AskPermission::Yes, 2));
    assert_eq!((later.reason(), time(later.sign_off_time)), (overrides.reason(), h.now()));
    let rows = listed(h, of(&shop, "shopee", None)).await;
    assert_eq!(rows.iter().filter(|row| row.own).count(), 2, "the earlier row is still told");
}

async fn a_row_that_allows_more_is_refused_without_a_reason(h: &Harness) {
    let shop = h.open_shop("garden", "shopee").await;
    let bare = update(h, &shop, ask(AskPermission::Yes), &["ask_permission"]).await;
    let refusal = refused(bare, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&refusal), ["channel_overrides.reason"]);
    assert!(refusal.violations[0].description.contains("ask_permission"), "{refusal}");
    let longer =
        v1::ChannelPolicy { edit_window_days: Some(31), reason: Some("  ".to_owned()), ..Default::default() };
    let blank = update(h, &shop, longer, &["edit_window_days", "reason"]).await;
    assert!(
        refused(blank, Code::InvalidArgument, Reason::InvalidField).violations[0]
            .description
            .contains("edit_window_days")
    );
    let endless = v1::ChannelPolicy { reason: Some("x".repeat(1_001)), ..ask(AskPermission::Yes) };
    let endless = update(h, &shop, endless, &["ask_permission", "reason"]).await;
    assert_eq!(
        refusal::fields(&refused(endless, Code::InvalidArgument, Reason::InvalidField)),
        ["policy.channel_overrides.reason"]
    );
    let (why, row) = holds(&listed(h, of(&shop, "shopee", None)).await, "shopee");
    assert_eq!(
        (why, row.ask_permission()),
        (ChannelOrigin::ChannelRow, AskPermission::No),
        "nothing is half done"
    );
    let stricter = v1::ChannelPolicy { edit_window_days: Some(14), ..Default::default() };
    let stricter = update(h, &shop, stricter, &["edit_window_days"]).await.unwrap();
    assert_eq!(
        stricter.channel_effective.unwrap().signed_off_by(),
        "root",
        "who allows less need not say why"
    );
}

async fn an_ask_that_the_channel_forbids_needs_a_newer_source(h: &Harness) {
    let shop = h.open_shop("jungle", "amazon").await;
    let own = || v1::ChannelPolicy { edit_window_days: Some(0), ..because(ask(AskPermission::Yes)) };
    let fields = ["ask_permission", "edit_window_days", "reason"];
    let refusal =
        refused(update(h, &shop, own(), &fields).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&refusal), ["channel_overrides.source"]);
    // A source that was named before, for something else, is none for this.
    let sourced = v1::ChannelPolicy { source: Some("seller code of conduct of 2027".to_owned()), ..own() };
    let early = update(h, &shop, sourced.clone(), &["source"]).await.unwrap().channel_effective.unwrap();
    assert_eq!(early.source(), sourced.source());
    h.advance(Span::from_hours(1)).await;
    let bare = refused(update(h, &shop, own(), &fields).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&bare), ["channel_overrides.source"]);
    let fields = ["ask_permission", "edit_window_days", "reason", "source"];
    let blank = v1::ChannelPolicy { source: Some(" ".to_owned()), ..own() };
    let blank = refused(update(h, &shop, blank, &fields).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&blank), ["channel_overrides.source"]);
    let policy = update(h, &shop, sourced, &fields).await.unwrap();
    assert_eq!(policy.channel_effective.unwrap().ask_permission(), AskPermission::Yes);
    h.advance(Span::from_hours(1)).await;
    let other = v1::ChannelPolicy { replies_max: Some(1), ..Default::default() };
    let later = update(h, &shop, other, &["replies_max"]).await.unwrap().channel_effective.unwrap();
    assert_eq!(later.ask_permission(), AskPermission::Yes, "what was signed off goes on");
}

async fn limits_are_set_and_given_back_field_by_field(h: &Harness) {
    let shop = h.open_shop("auction", "ebay").await;
    let tighter = v1::ChannelPolicy {
        ask_quota: Some(v1::AskQuota {
            per_year: 2,
            per_thousand_reviews: 1,
            answer_days: 10,
            ignored_asks_count: true,
        }),
        reply_characters_max: Some(80),
        contact_window_days: Some(60),
        ..Default::default()
    };
    let fields = ["ask_quota", "reply_characters_max", "contact_window_days"];
    let row = update(h, &shop, tighter.clone(), &fields).await.unwrap().channel_effective.unwrap();
    assert_eq!((row.ask_quota, row.reply_characters_max()), (tighter.ask_quota, 80));
    assert_eq!((row.contact_window_days(), row.replies_max()), (60, 1));
    h.advance(Span::from_hours(1)).await;
    let back =
        update(h, &shop, v1::ChannelPolicy::default(), &fields).await.unwrap().channel_effective.unwrap();
    assert_eq!((back.ask_quota.unwrap().per_year, back.reply_characters_max()), (5, 0));
    let wrong = v1::ChannelPolicy {
        replies_max: Some(-1),
        contact_window_days: Some(4_000),
        ask_quota: Some(v1::AskQuota { per_year: -1, ..Default::default() }),
        ..Default::default()
    };
    let wrong = update(h, &shop, wrong, &["replies_max", "contact_window_days", "ask_quota"]).await;
    let refusal = refused(wrong, Code::InvalidArgument, Reason::InvalidField);
    let all = ["replies_max", "contact_window_days", "ask_quota.per_year"];
    assert_eq!(refusal::fields(&refusal), all.map(|field| format!("policy.channel_overrides.{field}")));
}

async fn channels_are_for_people_and_not_for_connectors(h: &Harness) {
    let agent = h.client_as("mia", &[Role::Agent]).await;
    assert!(!agent.call(of(MAIN, "", None)).await.unwrap().rows.is_empty());
    let connector = h.client_as("feed", &[Role::Ingest]).await;
    let _ = refused(connector.call(of(MAIN, "", None)).await, Code::PermissionDenied, Reason::RoleMissing);
    let other = h.open_shop("other", "etsy").await;
    let stranger = h.client_in("sam", &[Role::Agent], &[last(&other)]).await;
    let _ = refused(stranger.call(of(MAIN, "", None)).await, Code::NotFound, Reason::ShopNotFound);
    let _ = refused(h.client().call(of("shops/none", "", None)).await, Code::NotFound, Reason::ShopNotFound);
}
