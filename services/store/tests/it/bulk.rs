//! Several writes or several questions in one round trip.

use amends_domain::OrderId;
use std::slice::from_ref;

use amends_domain::case::{Handling, Outcome};
use amends_domain::subject::Anchor;
use amends_store::bulk::Trip;
use amends_store::{Store, StoreError, buyer, case, review, signal, text};

use crate::case::{at, opened, shop};
use crate::sample::{ODD, shop_id};
use crate::signal::bare;

conformance!(
    writes_to_one_table_take_effect_in_the_order_given,
    one_stale_version_among_many_writes_is_contention,
    a_refused_write_takes_the_others_with_it,
    writes_to_different_tables_are_one_round_trip,
    questions_asked_together_get_each_its_own_answer,
    a_question_leads_to_the_rows_of_another_table,
    questions_without_keys_are_not_asked,
);

async fn writes_to_one_table_take_effect_in_the_order_given(store: Store) {
    let old = opened(&shop(), 1, at(1));
    let mut next = opened(&shop(), 2, at(2));
    next.subject = old.subject.clone();
    let mut ended = old.clone();
    ended.handling = Handling::Closed { outcome: Outcome::Other, at: at(2) };
    ended.version += 1;
    let tx = store.begin().await.unwrap();
    case::insert(from_ref(&old)).run(&tx).await.unwrap();
    let update = case::update(&[(ended.clone(), old.version)]);
    tx.send(update.into_iter().chain([case::insert(&[next.clone()])])).await.unwrap();
    tx.commit().await.unwrap();
    let anchor = (shop(), old.subject.anchor());
    let mut found = case::of_anchors(&[anchor]).all(&store.reader()).await.unwrap();
    found.sort_by_key(|case| case.id);
    assert_eq!(found, [ended, next], "the one that ended made room");
}

async fn one_stale_version_among_many_writes_is_contention(store: Store) {
    let (one, other) = (opened(&shop(), 1, at(1)), opened(&shop(), 2, at(1)));
    let tx = store.begin().await.unwrap();
    case::insert(&[one.clone(), other.clone()]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let changed = [(one.clone(), one.version), (other.clone(), other.version + 1)];
    let tx = store.begin().await.unwrap();
    let writes = [signal::insert(&[bare("s")]), text::put(&[])].into_iter().chain(case::update(&changed));
    let refused = tx.send(writes).await.unwrap_err();
    assert!(matches!(refused, StoreError::Contended(_)), "{refused}");
    tx.rollback().await.unwrap();
}

async fn a_refused_write_takes_the_others_with_it(store: Store) {
    let tx = store.begin().await.unwrap();
    signal::insert(&[bare("s")]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let one = opened(&shop(), 1, at(1));
    let tx = store.begin().await.unwrap();
    let refused = tx.send([case::insert(from_ref(&one)), signal::insert(&[bare("s")])]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Contended(_)), "{refused}");
    tx.rollback().await.unwrap();
    assert_eq!(case::get(&store.reader(), &one.shop, &one.id).await.unwrap(), None);
}

async fn writes_to_different_tables_are_one_round_trip(store: Store) {
    let one = opened(&shop(), 1, at(1));
    let tx = store.begin().await.unwrap();
    let before = store.counters().statements();
    tx.send([signal::insert(&[bare("s")]), buyer::put(&[]), case::insert(&[one])]).await.unwrap();
    assert_eq!(store.counters().statements() - before, 1);
    tx.rollback().await.unwrap();
}

async fn questions_asked_together_get_each_its_own_answer(store: Store) {
    let (one, row) = (opened(&shop(), 1, at(1)), crate::review::full("r"));
    let tx = store.begin().await.unwrap();
    tx.send([case::insert(from_ref(&one)), signal::insert(&[bare(ODD)]), review::put(from_ref(&row))])
        .await
        .unwrap();
    let key = |id: &str| (bare(id).shop, bare(id).kind, bare(id).id);
    let before = store.counters().statements();
    let mut trip = Trip::default();
    let cases = trip.ask(case::by_ids(&[(one.shop.clone(), one.id)]));
    let none = trip.ask(case::by_ids(&[]));
    let known = trip.ask(signal::known(&[key(ODD), key("unknown")]));
    let reviews = trip.ask(review::by_ids(&[(row.shop.clone(), row.review.clone())]));
    let mut answers = trip.go(&tx).await.unwrap();
    assert_eq!(store.counters().statements() - before, 1);
    assert_eq!(answers.take(cases).unwrap(), [one]);
    assert_eq!(answers.take(none).unwrap(), []);
    assert_eq!(answers.take(reviews).unwrap(), [row]);
    let known = answers.take(known).unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].id.as_str(), known[0].digest), (ODD, bare(ODD).digest));
    tx.rollback().await.unwrap();
}

async fn a_question_leads_to_the_rows_of_another_table(store: Store) {
    let one = opened(&shop(), 1, at(1));
    let mut mine = crate::review::full("mine");
    (mine.shop, mine.case) = (one.shop.clone(), Some(one.id));
    let mut other = crate::review::full("other");
    (other.shop, other.case) = (one.shop.clone(), None);
    let tx = store.begin().await.unwrap();
    tx.send([case::insert(from_ref(&one)), review::put(&[mine.clone(), other])]).await.unwrap();
    let anchors = [(one.shop.clone(), one.subject.anchor()), (shop_id("x"), order("x"))];
    let found = review::of_cases(case::of_anchors(&anchors)).all(&tx).await.unwrap();
    assert_eq!(found, [mine]);
    tx.rollback().await.unwrap();
}

async fn questions_without_keys_are_not_asked(store: Store) {
    let before = store.counters().statements();
    let mut trip = Trip::default();
    let none = trip.ask(review::by_ids(&[]));
    let mut answers = trip.go(&store.reader()).await.unwrap();
    assert_eq!(answers.take(none).unwrap(), []);
    assert_eq!(store.counters().statements(), before);
}

fn order(id: &str) -> Anchor {
    Anchor::Order(OrderId::new(id).unwrap())
}
