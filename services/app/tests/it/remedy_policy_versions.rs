//! Versions of a shop's remedy policy: when each holds, and who may make one.

use std::sync::Arc;

use amends_app::remedy_policy::ApplyRemedyPolicy;
use amends_app::shops::{ShopCache, ShopInfo};
use amends_app::{AppError, Result};
use amends_domain::Time;
use amends_domain::remedy_policy::RemedyPolicy;
use amends_store::remedy_policy;

use crate::house::{House, call, everywhere};
use crate::make::{after, ann, days, minutes, root, shop, sue};

fn apply(version: i64, coupon: &str, effective_from: Option<Time>) -> ApplyRemedyPolicy {
    let document = format!("[offers]\ncoupon = \"{coupon}\"\n");
    ApplyRemedyPolicy { shop: shop(), version, document, effective_from }
}

async fn switch_on(house: &House, command: ApplyRemedyPolicy) -> Result<()> {
    house.app.change_shop(call(&root()), command, |_| Vec::new()).await.map(drop)
}

/// What a process sees that has not looked before.
async fn info(house: &House) -> Result<Arc<ShopInfo>> {
    seen(house, &ShopCache::default()).await
}

/// What a process sees that keeps shops in memory.
async fn seen(house: &House, cache: &ShopCache) -> Result<Arc<ShopInfo>> {
    use amends_app::Clock as _;
    cache.get(&house.app.store().reader(), &shop(), house.clock.now()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_holds_from_now_on_and_the_first_is_the_defaults() {
    everywhere(async |house| {
        let first = house.app.remedy_policy(&ann(), &shop(), None).await.unwrap();
        assert_eq!((first.version, first.newest, first.document.as_str()), (0, 0, ""));
        assert_eq!(
            (info(house).await.unwrap().remedy_version, info(house).await.unwrap().remedy.coupon),
            (0, 1_000)
        );
        house.clock.advance_to(after(minutes(1)));
        switch_on(house, apply(0, "12%", None)).await.unwrap();
        let now = info(house).await.unwrap();
        assert_eq!((now.remedy_version, now.remedy.coupon), (1, 1_200));
        assert_eq!(now.remedy.effective_from, after(minutes(1)));
        let read = house.app.remedy_policy(&ann(), &shop(), None).await.unwrap();
        assert_eq!((read.version, read.changed_by.as_str()), (1, "root"));
        assert_eq!(read.document, "[offers]\ncoupon = \"12%\"\n", "as it was written");
        assert!(read.effective.contains("coupon = \"12%\""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_begins_later_takes_over_to_the_moment() {
    everywhere(async |house| {
        switch_on(house, apply(0, "12%", None)).await.unwrap();
        let begin = after(days(2));
        switch_on(house, apply(1, "15%", Some(begin))).await.unwrap();
        let cache = ShopCache::default();
        let coupon = async || seen(house, &cache).await.unwrap().remedy.coupon;
        assert_eq!(coupon().await, 1_200);
        house.clock.advance_to(begin - amends_domain::Span::from_micros(1));
        assert_eq!(coupon().await, 1_200, "what is kept in memory is right until then");
        house.clock.advance_to(begin);
        assert_eq!(coupon().await, 1_500, "and not a moment longer");
        assert_eq!(house.app.remedy_policy(&ann(), &shop(), None).await.unwrap().version, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_takes_the_place_of_all_before_it_also_of_those_that_were_to_begin_later() {
    everywhere(async |house| {
        let begin = after(days(2));
        switch_on(house, apply(0, "12%", Some(begin))).await.unwrap();
        switch_on(house, apply(1, "13%", Some(begin))).await.unwrap();
        switch_on(house, apply(2, "15%", None)).await.unwrap();
        assert_eq!(info(house).await.unwrap().remedy.coupon, 1_500, "at once");
        house.clock.advance_to(begin);
        assert_eq!(info(house).await.unwrap().remedy.coupon, 1_500, "what was planned before is off");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_made_by_admins_who_saw_the_newest_within_a_year_and_without_a_problem() {
    everywhere(async |house| {
        let refused = house.perform(&sue(), apply(0, "12%", None)).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        let stale = switch_on(house, apply(1, "12%", None)).await;
        assert!(matches!(stale, Err(AppError::EtagStale { seen: 1, current: 0 })));
        let fields = async |command| match switch_on(house, command).await {
            Err(AppError::Invalid(found)) => {
                found.into_iter().map(|v| (v.field, v.problem)).collect::<Vec<_>>()
            }
            other => panic!("it must be refused: {other:?}"),
        };
        house.clock.advance_to(after(days(1)));
        let found = fields(apply(0, "12", Some(after(minutes(1))))).await;
        assert_eq!(found[0].0, "effective_time");
        assert_eq!(found[1].0, "document.offers.coupon");
        assert!(found[1].1.starts_with("line 2: must be a share"), "{found:?}");
        let far = fields(apply(0, "12%", Some(after(days(367))))).await;
        assert!(far[0].1.contains("365 days"), "{far:?}");
        assert_eq!(info(house).await.unwrap().remedy_version, 0, "nothing was stored");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_listed_without_their_documents_page_by_page() {
    everywhere(async |house| {
        for version in 0..3 {
            switch_on(house, apply(version, "12%", None)).await.unwrap();
        }
        let page = house.app.remedy_policies(&ann(), &shop(), None, 2).await.unwrap();
        assert_eq!(page.iter().map(|view| view.version).collect::<Vec<_>>(), [3, 2]);
        assert!(page.iter().all(|view| view.document.is_empty() && view.newest == 3));
        let rest = house.app.remedy_policies(&ann(), &shop(), Some(2), 2).await.unwrap();
        assert_eq!(rest.iter().map(|view| view.version).collect::<Vec<_>>(), [1]);
        let missing = house.app.remedy_policy(&ann(), &shop(), Some(9)).await;
        assert!(matches!(missing, Err(AppError::NotFound { what: "remedy policy", .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_document_that_cannot_be_read_is_a_fault_and_no_other_holds_in_its_place() {
    everywhere(async |house| {
        let version = remedy_policy::Version {
            version: 1,
            effective_from: after(minutes(0)),
            changed_by: "root".to_owned(),
            changed_at: after(minutes(0)),
        };
        let tx = house.app.store().begin().await.unwrap();
        remedy_policy::insert(&tx, &shop(), &version, "[offers]\nfrom_another_time = 1\n").await.unwrap();
        tx.commit().await.unwrap();
        let Err(AppError::Internal(why)) = info(house).await else { panic!("it must fail") };
        assert!(why.contains("remedy policy 1") && why.contains("line 2: offers.from_another_time"), "{why}");
        switch_on(house, apply(1, "12%", None)).await.unwrap();
        assert_eq!(info(house).await.unwrap().remedy_version, 2, "another can be switched on");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_document_leaves_out_follows_the_shops_rules() {
    everywhere(async |house| {
        switch_on(house, apply(0, "12%", None)).await.unwrap();
        let cache = ShopCache::default();
        let before = seen(house, &cache).await.unwrap();
        assert!(Arc::ptr_eq(&before.remedy, &seen(house, &cache).await.unwrap().remedy), "it is read once");
        assert_eq!(before.remedy.offer_life, RemedyPolicy::default().offer_life);
        let change = amends_app::policy::PolicyChange {
            offer_life: Some(amends_domain::Span::from_hours(7)),
            ..Default::default()
        };
        let update = amends_app::policy::UpdatePolicy { shop: shop(), version: 0, change };
        house.app.change_shop(call(&root()), update, |_| Vec::new()).await.unwrap();
        assert_eq!(info(house).await.unwrap().remedy.offer_life, amends_domain::Span::from_hours(7));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_problems_or_differences_and_stores_nothing() {
    everywhere(async |house| {
        switch_on(house, apply(0, "12%", None)).await.unwrap();
        let document = "[offers]\ncoupon = \"15%\"\n";
        let checked = house.app.check_remedy_policy(&ann(), &shop(), document, None).await.unwrap();
        assert_eq!((checked.in_force, checked.newest, checked.problems.len()), (1, 1, 0));
        assert_eq!(checked.differences.len(), 1);
        assert_eq!(checked.differences[0].path, "offers.coupon");
        let wrong = house.app.check_remedy_policy(&ann(), &shop(), "[offer]\n", None).await.unwrap();
        assert_eq!((wrong.problems.len(), wrong.differences.len()), (1, 0));
        assert_eq!(house.app.remedy_policies(&ann(), &shop(), None, 9).await.unwrap().len(), 1);
    })
    .await;
}
