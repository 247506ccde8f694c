//! Several writes or several questions in one round trip.

use std::slice::from_ref;

use amends_domain::case::{Handling, Outcome};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::subject::Anchor;
use amends_domain::{BuyerRef, Money, OrderId};
use amends_store::bulk::Trip;
use amends_store::returns::{self, ReturnRow};
use amends_store::signal::{self, SignalRow};
use amends_store::text::{self, TextOwner, TextRow};
use amends_store::{Store, StoreError, buyer, case, deadline, message, review};

use crate::case::{at, opened, shop};
use crate::sample::{ODD, buyer_key, case_id, shop_id};
use crate::signal::bare;

conformance!(
    writes_to_one_table_take_effect_in_the_order_given,
    one_stale_version_among_many_writes_is_contention,
    a_refused_write_takes_the_others_with_it,
    writes_to_different_tables_are_one_round_trip,
    questions_asked_together_get_each_its_own_answer,
    a_question_leads_to_the_rows_of_another_table,
    questions_without_keys_are_not_asked,
    every_value_comes_back_from_a_joint_write_as_it_went,
    a_joint_write_has_no_limit_of_values,
    a_buyer_who_is_new_opts_out_in_the_same_send,
    a_message_that_is_new_moves_with_its_case_in_the_same_send,
    an_end_and_a_new_deadline_go_together,
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

/// Texts that mean something to JSON, to arrays or to SQL, or hold what is hard to carry.
fn hard_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "",
        " ",
        "null",
        "NULL",
        "true",
        "0",
        "-1",
        "9223372036854775808",
        "1e3",
        "[1]",
        "{}",
        "{\"a\":1}",
        "\"",
        "\"\"",
        "'",
        "''",
        "\\",
        "\\\\",
        "\\u0000",
        "\\\"",
        "a,b",
        "$1",
        "?1",
        "{keys}",
        "; SELECT 1",
        "--",
        "\u{FEFF}",
        "\u{FFFD}",
        "a\u{FFFF}",
        "\u{2028}\u{2029}",
        "\u{10FFFF}",
        "🎁\u{200D}🎁",
        ODD,
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push(('\u{1}'..='\u{1F}').chain(['\u{7F}', '\u{80}']).collect());
    texts.push("ä\"\\".repeat(100_000));
    texts
}

async fn every_value_comes_back_from_a_joint_write_as_it_went(store: Store) {
    let texts: Vec<TextRow> = hard_texts()
        .into_iter()
        .enumerate()
        .map(|(n, body)| TextRow { body, ..text_row(&format!("{n:02}")) })
        .collect();
    let numbers = [0, -1, (1 << 53) + 1, -(1 << 53) - 1, i64::MAX, i64::MIN + 1];
    let faults = [None, Some(false), Some(true)];
    let requests: Vec<ReturnRow> = (0..6)
        .map(|n| {
            let mut row = crate::returns::full("o", &format!("{n}"));
            row.refund = Some(Money::new(numbers[n], "EUR".parse().unwrap()));
            row.seller_fault = faults[n % 3];
            row
        })
        .chain([crate::returns::bare("o", "6")])
        .collect();
    let digests =
        [[0; 16], [255; 16], *br#"\\x'"00,{}NULL"\"#, [0, 34, 0, 92, 0, 39, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]];
    let signals: Vec<SignalRow> = (0..4)
        .map(|n| SignalRow { digest: digests[n], case_opened: n % 2 == 0, ..bare(&format!("{n}")) })
        .collect();
    let tx = store.begin().await.unwrap();
    tx.send([text::put(&texts), returns::put(&requests), signal::insert(&signals)]).await.unwrap();
    let asked: Vec<_> = texts.iter().map(|row| (row.owner, row.id.clone())).collect();
    let mut found = text::get(&tx, &texts[0].shop, &asked).await.unwrap();
    found.sort();
    let expected: Vec<_> = texts.into_iter().map(|row| (row.owner, row.id, row.body)).collect();
    assert!(found == expected, "{found:?}");
    let mut trip = Trip::default();
    let ids: Vec<_> = requests.iter().map(|row| (row.shop.clone(), row.return_id.clone())).collect();
    let found_requests = trip.ask(returns::by_ids(&ids));
    let keys: Vec<_> = signals.iter().map(|row| (row.shop.clone(), row.kind, row.id.clone())).collect();
    let found_signals = trip.ask(signal::known(&keys));
    let mut answers = trip.go(&tx).await.unwrap();
    let mut found = answers.take(found_requests).unwrap();
    found.sort_by(|a, b| a.return_id.cmp(&b.return_id));
    assert_eq!(found, requests);
    let mut found = answers.take(found_signals).unwrap();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    let found: Vec<_> = found.into_iter().map(|known| (known.digest, known.case_opened)).collect();
    assert_eq!(found, signals.iter().map(|row| (row.digest, row.case_opened)).collect::<Vec<_>>());
    tx.rollback().await.unwrap();
}

/// More values than either engine takes in one statement, and more keys.
async fn a_joint_write_has_no_limit_of_values(store: Store) {
    const ROWS: usize = 20_000;
    let signals: Vec<SignalRow> = (0..ROWS).map(|n| bare(&format!("{n:05}"))).collect();
    let texts: Vec<TextRow> = (0..ROWS).map(|n| text_row(&format!("{n:05}"))).collect();
    let keys: Vec<_> = signals.iter().map(|row| (row.shop.clone(), row.kind, row.id.clone())).collect();
    let tx = store.begin().await.unwrap();
    let before = store.counters().statements();
    tx.send([signal::insert(&signals), text::put(&texts)]).await.unwrap();
    let mut trip = Trip::default();
    let (all, none) = (trip.ask(signal::known(&keys)), trip.ask(review::by_ids(&[])));
    let mut answers = trip.go(&tx).await.unwrap();
    assert_eq!(store.counters().statements() - before, 2);
    assert_eq!((answers.take(all).unwrap().len(), answers.take(none).unwrap().len()), (ROWS, 0));
    tx.rollback().await.unwrap();
}

async fn a_buyer_who_is_new_opts_out_in_the_same_send(store: Store) {
    let (shop, key) = (shop_id(ODD), buyer_key(1));
    let buyer = BuyerRef::new(ODD).unwrap();
    let new = buyer::BuyerRow { shop: shop.clone(), key, buyer, first_seen_at: at(0) };
    let tx = store.begin().await.unwrap();
    let asked = [(shop.clone(), key, at(5))];
    tx.send([buyer::put(&[new]), signal::insert(&[bare("s")]), buyer::opt_out(&asked)]).await.unwrap();
    let found = buyer::get(&tx, &[(shop, key)]).await.unwrap();
    assert_eq!(found.iter().map(|buyer| buyer.opted_out_at).collect::<Vec<_>>(), [Some(at(5))]);
    tx.rollback().await.unwrap();
}

async fn a_message_that_is_new_moves_with_its_case_in_the_same_send(store: Store) {
    let row = crate::message::full("m", 1);
    let (from, into) = (case_id(1), case_id(2));
    let merged = case::absorb(&[(row.shop.clone(), from, into)]);
    let tx = store.begin().await.unwrap();
    tx.send([message::insert(from_ref(&row))].into_iter().chain(merged)).await.unwrap();
    assert_eq!(message::of_case(&tx, &row.shop, &from, 9).await.unwrap(), []);
    let moved = message::of_case(&tx, &row.shop, &into, 9).await.unwrap();
    assert_eq!(moved, [message::MessageRow { case: Some(into), ..row }]);
    tx.rollback().await.unwrap();
}

async fn an_end_and_a_new_deadline_go_together(store: Store) {
    let (shop, kind) = (shop_id(ODD), DeadlineKind::AutoClose);
    let set = |subject: &str, seconds| {
        DeadlineChange::Set(Deadline {
            shop: shop.clone(),
            kind,
            subject: subject.to_owned(),
            due_at: at(seconds),
        })
    };
    let clear =
        |subject: &str| DeadlineChange::Clear { shop: shop.clone(), kind, subject: subject.to_owned() };
    let tx = store.begin().await.unwrap();
    tx.send(deadline::apply(&[set("a", 1), set("b", 1), set(ODD, 1)])).await.unwrap();
    let changes = [clear("a"), set("b", 2), clear(ODD), set(ODD, 3), set("c", 4), clear("c")];
    tx.send(deadline::apply(&changes)).await.unwrap();
    for (subject, due_at) in [("a", None), ("b", Some(at(2))), (ODD, Some(at(3))), ("c", None)] {
        assert_eq!(deadline::get(&tx, &shop, kind, subject).await.unwrap(), due_at, "{subject}");
    }
    tx.rollback().await.unwrap();
}

fn text_row(id: &str) -> TextRow {
    let shop = shop_id(ODD);
    TextRow { shop, owner: TextOwner::Note, id: id.to_owned(), buyer: None, body: String::new() }
}

fn order(id: &str) -> Anchor {
    Anchor::Order(OrderId::new(id).unwrap())
}
