use amends_app::AppError;
use amends_app::policy::{PolicyChange, UpdatePolicy};
use amends_domain::Span;
use amends_domain::policy::{AskPermission, ChannelPolicy, in_force};

use crate::house::{call, everywhere};
use crate::make::{START, after, ann, case, case_id, days, minutes, root, shop, sue};

fn change(version: i64, change: PolicyChange) -> UpdatePolicy {
    UpdatePolicy { shop: shop(), version, change }
}

fn lease(minutes: i64) -> PolicyChange {
    PolicyChange { lease: Some(Span::from_minutes(minutes)), ..PolicyChange::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_changes_what_is_named_and_holds_at_once() {
    everywhere(async |house| {
        let first = house.app.policy(&ann(), &shop()).await.unwrap();
        assert_eq!((first.version, first.policy.lease), (0, Span::from_minutes(5)));
        house.insert(&case(1)).await;
        let claim = amends_app::case::ClaimCase { shop: shop(), case: case_id(1) };
        house.clock.advance_to(after(minutes(1)));
        house.app.change_shop(call(&root()), change(0, lease(30)), |_| Vec::new()).await.unwrap();
        let claimed = house.perform(&ann(), claim).await.unwrap();
        assert_eq!(claimed.held.lease.expires_at, after(minutes(31)));
        let now = house.app.policy(&ann(), &shop()).await.unwrap();
        assert_eq!((now.version, now.changed_by.as_str()), (1, "root"));
        assert_eq!(now.policy.offer_life, first.policy.offer_life, "what is not named stays");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_changed_by_admins_who_saw_the_latest_and_within_bounds() {
    everywhere(async |house| {
        let refused = house.perform(&sue(), change(0, lease(30))).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        house.perform(&root(), change(0, lease(30))).await.unwrap();
        let stale = house.perform(&root(), change(0, lease(10))).await;
        assert!(matches!(stale, Err(AppError::EtagStale { seen: 0, current: 1 })));
        let wrong = PolicyChange { approval_limit: Some(-1), ..lease(61) };
        let Err(AppError::Invalid(violations)) = house.perform(&root(), change(1, wrong)).await else {
            panic!("it must be refused")
        };
        let fields: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["shop_rules.lease_life", "shop_rules.approval_limit"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_rule_holds_from_now_on_and_never_before() {
    everywhere(async |house| {
        house.clock.advance_to(after(days(1)));
        let known = in_force(&[], "own_store", "", START);
        let row = ChannelPolicy { ask: AskPermission::No, negative_threshold: 2, ..known };
        let channel = PolicyChange { channel: Some(row), ..PolicyChange::default() };
        let changed = house.perform(&root(), change(0, channel)).await.unwrap();
        assert_eq!((changed.effective.negative_threshold, changed.effective.ask), (2, AskPermission::No));
        assert_eq!(changed.catalogue.unwrap().negative_threshold, 3);
        let before = in_force(&changed.policy.channel, "own_store", "", START);
        assert_eq!(before.negative_threshold, 3, "what was counted stays counted");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_listed_newest_first_page_by_page() {
    everywhere(async |house| {
        for version in 0..3 {
            house.perform(&root(), change(version, lease(10 + version))).await.unwrap();
        }
        let first = house.app.policy_versions(&ann(), &shop(), None, 2).await.unwrap();
        assert_eq!(first.iter().map(|p| p.version).collect::<Vec<_>>(), [3, 2]);
        let rest = house.app.policy_versions(&ann(), &shop(), Some(2), 2).await.unwrap();
        assert_eq!(rest.iter().map(|p| p.version).collect::<Vec<_>>(), [1]);
    })
    .await;
}
