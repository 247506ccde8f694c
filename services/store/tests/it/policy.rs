//! Shops' policies.

use amends_domain::case::CaseKind;
use amends_domain::incident::chart::Watch;
use amends_domain::policy::{
    AskQuota, ChannelPolicy, EditFrom, EditWindow, OptIn, ShopPolicy, SignOff, catalogue, in_force,
};
use amends_domain::shop::Channel;
use amends_domain::sla::{DatedHours, Exception, Hours, Metric, OpeningHours, Policy, Shift, Target, Terms};
use amends_domain::{Span, Time};
use amends_store::policy::{self, PolicyRow};
use amends_store::{Store, StoreError};

use crate::sample::{ODD, at, shop_id};

conformance!(
    a_policy_is_read_back_as_it_was_decided,
    a_version_is_decided_once,
    the_policy_in_force_is_the_newest_that_had_begun,
    the_latest_policies_of_many_shops_are_read_at_once,
    a_policy_of_an_older_version_of_the_service_has_defaults,
);

fn row(version: i64, effective_from: Time) -> PolicyRow {
    let policy = ShopPolicy { effective_from, approval_limit: version, ..ShopPolicy::default() };
    PolicyRow { version, policy, changed_by: "someone".to_owned(), changed_at: at(version) }
}

fn terms() -> Terms {
    let target = Target {
        kind: Some(CaseKind::Return),
        channel: Some(Channel::new("shopee").unwrap()),
        least_priority: Some(100),
        ..Target::of(Metric::Agreement, Span::from_micros(15), Hours::Always)
    };
    let shifts = vec![Shift { from: 0, to: 720 }, Shift { from: 721, to: 1_440 }];
    let mut hours = OpeningHours {
        zone: "Asia/Jakarta".to_owned(),
        week: Default::default(),
        exceptions: vec![
            Exception { date: at(9).day(), shifts: shifts.clone() },
            Exception { date: at(0).day(), shifts: Vec::new() },
        ],
    };
    hours.week[6] = shifts;
    Terms {
        promises: vec![
            Policy { effective_from: at(9), targets: vec![target] },
            Policy { effective_from: at(10), targets: Vec::new() },
        ],
        hours: vec![
            DatedHours { effective_from: at(11), hours: Some(hours) },
            DatedHours { effective_from: at(12), hours: None },
        ],
    }
}

/// Every field differs from what a shop that decided nothing has.
fn unlike_the_default() -> ShopPolicy {
    let every_kind = [
        EditWindow::None,
        EditWindow::Always,
        EditWindow::Days { days: 7, from: EditFrom::Delivered },
        EditWindow::Days { days: 9, from: EditFrom::FirstObserved },
    ];
    let mut channel: Vec<ChannelPolicy> = catalogue().to_vec();
    for (row, edit_window) in channel.iter_mut().zip(every_kind) {
        *row = ChannelPolicy {
            edit_window,
            region: "ID".to_owned(),
            effective_from: at(7),
            known_at: at(8),
            negative_threshold: 2,
            edits_allowed: Some(3),
            auto_approval: Some(Span::from_days(4)),
            source: ODD.to_owned(),
            reply_locks_edit: true,
            opt_in: OptIn::PrivateChat,
            reply_count: Some(17),
            reply_length: Some(70_000),
            contact_window: Some(Span::from_micros(18)),
            ask_quota: Some(AskQuota {
                per_year: 19,
                per_thousand: 20,
                answer_within: Some(Span::from_micros(21)),
                ignored_count: true,
            }),
            kpi: ODD.to_owned(),
            note: ODD.to_owned(),
            signed_off: Some(SignOff { by: ODD.to_owned(), at: at(22), reason: ODD.to_owned() }),
            ..row.clone()
        };
    }
    ShopPolicy {
        effective_from: at(1),
        approval_limit: 2,
        offer_life: Span::from_micros(3),
        fulfilment_within: Span::from_micros(4),
        remind_after: Span::from_micros(5),
        give_up_after: Span::from_micros(6),
        close_after: Span::from_micros(7),
        lease: Span::from_micros(8),
        agent_capacity: Some(16),
        sla: terms(),
        reply_approval: true,
        reply_delivery: Span::from_micros(15),
        delivery_grace: Span::from_micros(16),
        incidents: Watch { on: false, least_complaints: 17, least_units: 18, base_weeks: 19 },
        channel,
    }
}

async fn a_policy_is_read_back_as_it_was_decided(store: Store) {
    let tx = store.begin().await.unwrap();
    let bare = PolicyRow { policy: ShopPolicy::default(), ..row(1, at(0)) };
    let full = PolicyRow { policy: unlike_the_default(), changed_by: ODD.to_owned(), ..row(2, at(0)) };
    policy::insert(&tx, &shop_id(ODD), &bare).await.unwrap();
    policy::insert(&tx, &shop_id(ODD), &full).await.unwrap();
    assert_eq!(policy::list(&tx, &shop_id(ODD), None, 9).await.unwrap(), [full.clone(), bare.clone()]);
    assert_eq!(policy::list(&tx, &shop_id(ODD), None, 1).await.unwrap().len(), 1);
    assert_eq!(policy::list(&tx, &shop_id(ODD), Some(2), 9).await.unwrap(), [bare]);
    assert_eq!(policy::latest(&tx, &shop_id(ODD)).await.unwrap(), Some(full));
    assert_eq!(policy::latest(&tx, &shop_id("other")).await.unwrap(), None);
    tx.commit().await.unwrap();
}

async fn a_version_is_decided_once(store: Store) {
    let tx = store.begin().await.unwrap();
    policy::insert(&tx, &shop_id("one"), &row(1, at(0))).await.unwrap();
    let second = policy::insert(&tx, &shop_id("one"), &row(1, at(1))).await;
    assert!(matches!(second, Err(StoreError::Contended(_))), "{second:?}");
    tx.rollback().await.unwrap();
}

async fn the_policy_in_force_is_the_newest_that_had_begun(store: Store) {
    let tx = store.begin().await.unwrap();
    let shop = shop_id("one");
    // The second version holds later than the third, which replaced it.
    for (version, from) in [(1, 10), (2, 100), (3, 50)] {
        policy::insert(&tx, &shop, &row(version, at(from))).await.unwrap();
    }
    for (now, version) in [(9, None), (10, Some(1)), (49, Some(1)), (50, Some(3)), (200, Some(3))] {
        let found = policy::in_force(&tx, &shop, at(now)).await.unwrap();
        assert_eq!(found.map(|row| row.version), version, "at {now}");
    }
    tx.commit().await.unwrap();
}

async fn the_latest_policies_of_many_shops_are_read_at_once(store: Store) {
    let tx = store.begin().await.unwrap();
    for (shop, version) in [("one", 1), ("one", 2), ("two", 1), ("three", 7)] {
        policy::insert(&tx, &shop_id(shop), &row(version, at(0))).await.unwrap();
    }
    let asked = [shop_id("one"), shop_id("two"), shop_id("two"), shop_id("none")];
    let mut found = policy::all_latest(&tx, &asked).await.unwrap();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(found, [(shop_id("one"), row(2, at(0))), (shop_id("two"), row(1, at(0)))]);
    tx.commit().await.unwrap();
}

async fn a_policy_of_an_older_version_of_the_service_has_defaults(store: Store) {
    let tx = store.begin().await.unwrap();
    policy::insert(&tx, &shop_id("one"), &row(1, at(5))).await.unwrap();
    let body = r#"{"lease": 1, "since_removed": true, "channel": [{"channel": "shopee", "gone": 1}]}"#;
    tx.script(&format!("UPDATE policies SET body = '{body}'")).await.unwrap();
    let read = policy::latest(&tx, &shop_id("one")).await.unwrap().unwrap().policy;
    let (unknown, known) = (in_force(&[], "", "", Time::MIN), in_force(&[], "shopee", "", Time::MIN));
    // What such a row could not say yet is what the catalogue says, and never "no limit".
    let channel = vec![ChannelPolicy {
        channel: "shopee".to_owned(),
        opt_in: known.opt_in,
        reply_count: Some(1),
        reply_length: Some(500),
        kpi: known.kpi,
        note: known.note,
        ..unknown
    }];
    let lease = Span::from_micros(1);
    assert_eq!(read, ShopPolicy { effective_from: at(5), lease, channel, ..ShopPolicy::default() });
    tx.commit().await.unwrap();
}
