//! Reviews and their versions.

use amends_domain::detection::Reason;
use amends_domain::order::Wish;
use amends_domain::remedy::RemedyKind;
use amends_domain::review::{DiffKind, EditState, RemovedBy, ReviewVersion, Told};
use amends_domain::rollup::About;
use amends_domain::tally::ReviewHandling;
use amends_domain::{ReviewId, Sku, Time};
use amends_store::contact;
use amends_store::review::{self, ReviewFilter, ReviewHead, ReviewRow};
use amends_store::{Engine, Store};

use crate::base::detail;
use crate::sample::{ODD, at, buyer_key, case_id, line_id, order_id, review_id, shop_id, signal_id};

conformance!(
    a_review_is_read_back_by_id_and_order_and_case,
    a_review_takes_the_place_of_what_stood_there,
    wishes_heard_in_reviews_are_found_by_order,
    versions_are_kept_as_first_written,
    reviews_are_listed_the_last_seen_first,
    all_reviews_of_a_shop_are_read_page_by_page,
    reviews_to_look_at_are_read_the_longest_due_first,
    the_look_that_is_due_is_found_on_its_index,
    a_review_is_received_when_it_was_written_and_not_when_it_was_brought_in,
);

async fn a_review_is_received_when_it_was_written_and_not_when_it_was_brought_in(store: Store) {
    let tx = store.begin().await.unwrap();
    // Both first seen at 0, one of them written at -7; the third has no rating yet.
    let mut fresh = full("2");
    fresh.history.written_at = Some(at(0));
    review::put(&[full("1"), fresh, bare("3")]).run(&tx).await.unwrap();
    let used = async |from, to| {
        let used = contact::asks_between(&tx, &shop_id(ODD), at(from), at(to)).await.unwrap();
        (used.received, used.asked)
    };
    assert_eq!(used(0, 9).await, (1, 2));
    assert_eq!(used(-7, 0).await, (1, 0));
    assert_eq!(used(-7, 1).await, (2, 0));
    tx.commit().await.unwrap();
}

fn bare(id: &str) -> ReviewRow {
    ReviewRow {
        shop: shop_id(ODD),
        review: review_id(id),
        order: None,
        line: None,
        sku: None,
        buyer: None,
        case: None,
        language: String::new(),
        hidden_negative: false,
        last_observed_at: at(1),
        history: ReviewHead {
            negative: false,
            first_rating: None,
            rating: None,
            first_observed_at: None,
            written_at: None,
            visible: false,
            last_diff: DiffKind::First,
            reversed_at: None,
        },
        handling: ReviewHandling::default(),
        next_look_at: None,
        line_sku: None,
        wished_at: None,
        about: About::default(),
    }
}

pub(crate) fn full(id: &str) -> ReviewRow {
    ReviewRow {
        order: Some(order_id(ODD)),
        line: Some(line_id(ODD)),
        sku: Some(Sku::new(ODD).unwrap()),
        buyer: Some(buyer_key(3)),
        case: Some(case_id(4)),
        language: "pt-BR".to_owned(),
        hidden_negative: true,
        history: ReviewHead {
            negative: true,
            first_rating: Some(1),
            rating: Some(5),
            first_observed_at: Some(at(0)),
            written_at: Some(at(-7)),
            visible: true,
            last_diff: DiffKind::Reversed,
            reversed_at: Some(at(1)),
        },
        handling: ReviewHandling {
            first_human_action_at: Some(at(2)),
            contacted_at: Some(at(3)),
            solved_at: Some(at(4)),
            asked_at: Some(at(5)),
            delivered_at: Some(at(6)),
        },
        next_look_at: Some(at(7)),
        line_sku: Some(Sku::new("a").unwrap()),
        wished_at: Some(at(8)),
        about: about(),
        ..bare(id)
    }
}

/// All that cases can say.
pub(crate) fn about() -> About {
    About {
        reason: Some(Reason::Damaged),
        remedy: Some(RemedyKind::Coupon),
        agent: Some("ana".parse().unwrap()),
        language: "pt".to_owned(),
    }
}

fn version(seconds: i64, signal: &str) -> ReviewVersion {
    ReviewVersion {
        observed_at: at(seconds),
        signal: signal_id(signal),
        rating: None,
        text_hash: -1,
        visible: false,
        removed_by: None,
        edit_state: None,
        platform_modified_at: None,
        follow_up: false,
        told: Told { line: Some(line_id(ODD)), sku: Some(Sku::new(ODD).unwrap()), wish: true },
    }
}

fn sorted(mut rows: Vec<ReviewRow>) -> Vec<ReviewRow> {
    rows.sort_by(|a, b| a.review.cmp(&b.review));
    rows
}

async fn a_review_is_read_back_by_id_and_order_and_case(store: Store) {
    let tx = store.begin().await.unwrap();
    review::put(&[bare("1"), full("2"), full("3"), bare("4")]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let reader = store.reader();
    let ids = ["1", "2", "2", "x"].map(|id| (shop_id(ODD), review_id(id)));
    assert_eq!(sorted(review::by_ids(&ids).all(&reader).await.unwrap()), [bare("1"), full("2")]);
    let orders = [ODD, "x"].map(|id| (shop_id(ODD), order_id(id)));
    assert_eq!(sorted(review::by_orders(&orders).all(&reader).await.unwrap()), [full("2"), full("3")]);
    let cases = [4, 5].map(|id| (shop_id(ODD), case_id(id)));
    assert_eq!(sorted(review::by_cases(&cases).all(&reader).await.unwrap()), [full("2"), full("3")]);
    assert!(review::by_ids(&[(shop_id("x"), review_id("1"))]).all(&reader).await.unwrap().is_empty());
}

async fn a_review_takes_the_place_of_what_stood_there(store: Store) {
    let tx = store.begin().await.unwrap();
    review::put(&[bare(ODD), full("2")]).run(&tx).await.unwrap();
    review::put(&[full(ODD), bare("2")]).run(&tx).await.unwrap();
    let ids = ["2", ODD].map(|id| (shop_id(ODD), review_id(id)));
    assert_eq!(sorted(review::by_ids(&ids).all(&tx).await.unwrap()), [bare("2"), full(ODD)]);
    tx.commit().await.unwrap();
}

async fn wishes_heard_in_reviews_are_found_by_order(store: Store) {
    let tx = store.begin().await.unwrap();
    let silent = ReviewRow { wished_at: None, ..full("2") };
    let elsewhere = ReviewRow { order: Some(order_id("other")), ..full("3") };
    review::put(&[full("1"), silent, elsewhere, bare("4")]).run(&tx).await.unwrap();
    let orders = [ODD, ODD, "x"].map(|order| (shop_id(ODD), order_id(order)));
    let wish = Wish { line: Some(line_id(ODD)), at: at(8) };
    let found = review::wishes_of_orders(&orders).all(&tx).await.unwrap();
    assert_eq!(found, [(shop_id(ODD), order_id(ODD), review_id("1"), wish)]);
    tx.commit().await.unwrap();
}

async fn versions_are_kept_as_first_written(store: Store) {
    let of = |id: &str, version| (shop_id(ODD), review_id(id), version);
    let full = ReviewVersion {
        rating: Some(5),
        text_hash: i64::MAX,
        visible: true,
        removed_by: Some(RemovedBy::Platform),
        edit_state: Some(EditState::EditedOnce),
        platform_modified_at: Some(at(9)),
        follow_up: true,
        told: Told::default(),
        ..version(1, ODD)
    };
    let written = [of("1", version(1, "a")), of("1", full.clone()), of("1", version(2, "a")), of("2", full)];
    let tx = store.begin().await.unwrap();
    review::insert_versions(&written).run(&tx).await.unwrap();
    let other = ReviewVersion { rating: Some(3), ..version(1, "a") };
    review::insert_versions(&[of("1", other), of("3", version(1, "a"))]).run(&tx).await.unwrap();
    let asked = ["1", "2", "2"].map(|id| (shop_id(ODD), review_id(id)));
    let mut found = review::versions(&asked).all(&tx).await.unwrap();
    let order = |v: &(_, ReviewId, ReviewVersion)| (v.1.clone(), v.2.observed_at, v.2.signal.clone());
    found.sort_by_key(order);
    let mut expected = written.to_vec();
    expected.sort_by_key(order);
    assert_eq!(found, expected);
    tx.commit().await.unwrap();
}

async fn reviews_are_listed_the_last_seen_first(store: Store) {
    let seen = |row: ReviewRow, seconds| ReviewRow { last_observed_at: at(seconds), ..row };
    let rows = [seen(full("1"), 5), seen(bare("2"), 7), seen(bare("3"), 7), seen(full("4"), 1)];
    let tx = store.begin().await.unwrap();
    review::put(&rows).run(&tx).await.unwrap();
    let list = async |filter: ReviewFilter, after: Option<(Time, ReviewId)>, limit| {
        let found = review::list(&tx, &shop_id(ODD), &filter, after, limit).await.unwrap();
        found.iter().map(|row| row.review.to_string()).collect::<Vec<_>>()
    };
    let all = ReviewFilter::default;
    assert_eq!(list(all(), None, 9).await, ["3", "2", "1", "4"]);
    assert_eq!(list(all(), None, 1).await, ["3"]);
    assert_eq!(list(all(), Some((at(7), review_id("3"))), 2).await, ["2", "1"]);
    let negative = ReviewFilter { negative: Some(true), ..all() };
    assert_eq!(list(negative.clone(), None, 9).await, ["1", "4"]);
    assert_eq!(list(ReviewFilter { negative: Some(false), ..all() }, None, 9).await, ["3", "2"]);
    let narrow = ReviewFilter { order: Some(order_id(ODD)), outcome: Some(DiffKind::Reversed), ..negative };
    assert_eq!(list(narrow.clone(), Some((at(5), review_id("1"))), 9).await, ["4"]);
    assert!(list(ReviewFilter { outcome: Some(DiffKind::Worsened), ..narrow }, None, 9).await.is_empty());
    tx.commit().await.unwrap();
}

async fn all_reviews_of_a_shop_are_read_page_by_page(store: Store) {
    let tx = store.begin().await.unwrap();
    review::put(&[bare("1"), full("2"), bare("3")]).run(&tx).await.unwrap();
    let page =
        async |after: Option<&str>| review::page(&tx, &shop_id(ODD), after.map(review_id), 2).await.unwrap();
    assert_eq!(page(None).await, [bare("1"), full("2")]);
    assert_eq!(page(Some("2")).await, [bare("3")]);
    assert!(page(Some("3")).await.is_empty());
    tx.commit().await.unwrap();
}

async fn reviews_to_look_at_are_read_the_longest_due_first(store: Store) {
    let due = |id: &str, seconds: Option<i64>| ReviewRow { next_look_at: seconds.map(at), ..full(id) };
    let rows = [due("1", Some(9)), due("2", Some(5)), due("3", None), due("4", Some(5)), due("5", Some(10))];
    let other = ReviewRow { shop: shop_id("other"), ..due("6", Some(1)) };
    let tx = store.begin().await.unwrap();
    review::put(&rows).run(&tx).await.unwrap();
    review::put(&[other]).run(&tx).await.unwrap();
    let page = async |by: i64, after: Option<(i64, &str)>, limit| {
        let after = after.map(|(seconds, id)| (at(seconds), review_id(id)));
        let found = review::to_look_at(&tx, &shop_id(ODD), at(by), after, limit).await.unwrap();
        found.iter().map(|row| row.review.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(page(9, None, 9).await, ["2", "4", "1"], "what is due at that moment is due by it");
    assert_eq!(page(8, None, 9).await, ["2", "4"]);
    assert_eq!(page(10, None, 2).await, ["2", "4"]);
    assert_eq!(page(10, Some((5, "4")), 2).await, ["1", "5"]);
    assert_eq!(page(10, Some((5, "2")), 1).await, ["4"]);
    assert!(page(4, None, 9).await.is_empty());
    // A plan that has ended takes a review out, and another look puts it back.
    review::put(&[due("2", None), due("3", Some(2))]).run(&tx).await.unwrap();
    assert_eq!(page(9, None, 9).await, ["3", "4", "1"]);
    tx.commit().await.unwrap();
}

async fn the_look_that_is_due_is_found_on_its_index(store: Store) {
    let due = |n: i64| ReviewRow { next_look_at: (n % 3 > 0).then(|| at(n)), ..full(&n.to_string()) };
    let rows: Vec<_> = (0..3_000).map(due).collect();
    let tx = store.begin().await.unwrap();
    review::put(&rows).run(&tx).await.unwrap();
    if store.engine() == Engine::Postgres {
        tx.script("ANALYZE reviews").await.unwrap();
    }
    let explain = match store.engine() {
        Engine::Sqlite => "EXPLAIN QUERY PLAN",
        Engine::Postgres => "EXPLAIN",
    };
    let sql = format!(
        "{explain} SELECT review_id FROM reviews WHERE shop_id = '{}' AND next_look_at <= 9000000000000000000 \
         AND (next_look_at, review_id) > (0, 'a') ORDER BY next_look_at, review_id LIMIT 100",
        ODD.replace('\'', "''")
    );
    let lines = tx.all(sql, vec![]).await.unwrap();
    let plan: String = lines.iter().map(detail).collect();
    assert!(plan.contains("reviews_to_look_at"), "{plan}");
    tx.rollback().await.unwrap();
}
