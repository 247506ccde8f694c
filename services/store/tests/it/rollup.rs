//! Roll-ups, and what empty batches cost.

use std::collections::BTreeMap;

use amends_domain::rollup::{Cell, Facet, Grain, Place, Sealed, Split};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Day, ShopId};
use amends_store::rollup::{Answer, Asked, Part, Seals, Sums};
use amends_store::{
    Store, buyer, message, order, policy, returns, review, rollup, shipment, shop, signal, survey, text,
};

use crate::sample::{ODD, shop_id};

conformance!(
    counts_of_all_shards_add_up,
    counts_that_cancel_out_leave_nothing,
    recomputed_counts_take_the_place_of_all_others,
    a_thousand_counts_are_added_at_once,
    what_is_not_known_is_what_the_known_leave,
    filters_and_the_limit_keep_the_sum,
    a_filter_tells_what_the_whole_answer_tells_of_its_values,
    shops_of_one_base_are_one_sum,
    empty_batches_send_no_statement,
);

type Rows = BTreeMap<(ShopId, Cell), Sums>;

fn cell(day: i32, split: Split, a: &str, b: &str) -> Cell {
    let place = Place { split, a: a.to_owned(), b: b.to_owned() };
    Cell { family: Family::Review, grain: Grain::Day, period: Day::from_number(day), place }
}

fn count(shop: &str, day: i32, measure: Measure, value: i64) -> Rows {
    let plain = Cell { family: measure.family(), ..cell(day, Split::NONE, "", "") };
    [((shop_id(shop), plain), [(measure, value)].into())].into()
}

async fn all(store: &amends_store::Conn, shop: &str) -> Vec<(i32, Sums)> {
    let rows = rollup::page(store, &shop_id(shop), Family::Review, None, 10_000).await.unwrap();
    rows.into_iter().map(|(cell, sums)| (cell.period.number(), sums)).collect()
}

async fn counts_of_all_shards_add_up(store: Store) {
    let tx = store.begin().await.unwrap();
    let mut first = count(ODD, 1, Measure::Negative, 2);
    first.extend(count("b", 1, Measure::Negative, 7));
    first.extend(count(ODD, 1, Measure::UnitsDelivered, 4));
    tx.send(rollup::add(0, &Seals::new(), &first)).await.unwrap();
    tx.send(rollup::add(0, &Seals::new(), &count(ODD, 1, Measure::Negative, 3))).await.unwrap();
    tx.send(rollup::add(0, &Seals::new(), &count(ODD, 2, Measure::Asked, 1))).await.unwrap();
    tx.send(rollup::add(9, &Seals::new(), &count(ODD, 1, Measure::Negative, -1))).await.unwrap();
    let expected = [(1, [(Measure::Negative, 4)].into()), (2, [(Measure::Asked, 1)].into())];
    assert_eq!(all(&tx, ODD).await, expected);
    assert_eq!(all(&tx, "b").await, [(1, [(Measure::Negative, 7)].into())]);
    let lines = rollup::page(&tx, &shop_id(ODD), Family::Line, None, 9).await.unwrap();
    assert_eq!(
        lines.iter().map(|(_, sums)| sums.clone()).collect::<Vec<_>>(),
        [[(Measure::UnitsDelivered, 4)].into()]
    );
    tx.commit().await.unwrap();
}

async fn counts_that_cancel_out_leave_nothing(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send(rollup::add(0, &Seals::new(), &count(ODD, 1, Measure::Reversed, 1))).await.unwrap();
    tx.send(rollup::add(1, &Seals::new(), &count(ODD, 1, Measure::Reversed, -1))).await.unwrap();
    assert_eq!(all(&tx, ODD).await, [(1, Sums::new())]);
    tx.commit().await.unwrap();
}

async fn recomputed_counts_take_the_place_of_all_others(store: Store) {
    let tx = store.begin().await.unwrap();
    let mut both = count("a", 1, Measure::Solved, 5);
    both.extend(count("b", 1, Measure::Solved, 5));
    tx.send(rollup::add(3, &Seals::new(), &both)).await.unwrap();
    rollup::clear(&tx, &shop_id("a")).await.unwrap();
    let anew = (cell(2, Split::NONE, "", ""), [(Measure::Solved, 1)].into());
    rollup::put(&tx, &shop_id("a"), &[(&anew.0, &anew.1)]).await.unwrap();
    assert_eq!(all(&tx, "a").await, [(2, [(Measure::Solved, 1)].into())]);
    assert_eq!(all(&tx, "b").await, [(1, [(Measure::Solved, 5)].into())]);
    tx.commit().await.unwrap();
}

async fn a_thousand_counts_are_added_at_once(store: Store) {
    // The largest a day can hold, and days before the epoch.
    let counts: Rows = (-500..500).flat_map(|day| count("a", day, Measure::NetStars, i64::MAX / 2)).collect();
    let tx = store.begin().await.unwrap();
    tx.send(rollup::add(i64::MAX, &Seals::new(), &counts)).await.unwrap();
    tx.send(rollup::add(i64::MAX, &Seals::new(), &counts)).await.unwrap();
    // Page by page, as a recomputation reads.
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let page = rollup::page(&tx, &shop_id("a"), Family::Review, after.as_ref(), 300).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page);
    }
    assert_eq!(found.len(), 1_000);
    assert!(found.iter().all(|(_, sums)| sums[&Measure::NetStars] == i64::MAX - 1));
    tx.commit().await.unwrap();
}

/// Six reviews: of two articles with two reasons, of one with none, of none with one, and of nothing.
fn six() -> Rows {
    let (sku, reason) = (Split::by(Facet::Sku), Split::by(Facet::Reason));
    let both = Split::by_both(Facet::Reason, Facet::Sku);
    let one =
        |split, a: &str, b: &str, n| ((shop_id("a"), cell(1, split, a, b)), [(Measure::Negative, n)].into());
    [
        one(Split::NONE, "", "", 6),
        one(sku, "lamp", "", 3),
        one(sku, "vase", "", 1),
        one(reason, "DAMAGED", "", 2),
        one(reason, "LATE", "", 2),
        one(both, "lamp", "DAMAGED", 1),
        one(both, "lamp", "LATE", 1),
        one(both, "vase", "DAMAGED", 1),
    ]
    .into()
}

async fn told(
    conn: &amends_store::Conn,
    facets: &[(Facet, bool, Option<Vec<String>>)],
    limit: usize,
) -> Vec<(bool, String, i64)> {
    let (from, until) = (Day::from_number(0), Day::from_number(9));
    let parts = [Part { piece: 0, grain: Grain::Day, from, until }];
    let shops = [(shop_id("a"), 0)];
    let family = Family::Review;
    let asked = Asked { shops: &shops, family, parts: &parts, whole: &parts, facets, limit };
    let mut answers: Vec<Answer> = rollup::ask(conn, &asked).await.unwrap().unwrap();
    answers.retain(|answer| !answer.sums.is_empty());
    let negative = |answer: &Answer| answer.sums[&Measure::Negative];
    answers.iter().map(|a| (a.is_rest, a.values.join("/"), negative(a))).collect()
}

async fn what_is_not_known_is_what_the_known_leave(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send(rollup::add(0, &Seals::new(), &six())).await.unwrap();
    let row = |values: &str, n| (false, values.to_owned(), n);
    assert_eq!(told(&tx, &[], 9).await, [row("", 6)]);
    let sku = told(&tx, &[(Facet::Sku, true, None)], 9).await;
    assert_eq!(sku, [row("", 2), row("lamp", 3), row("vase", 1)]);
    let mut both = told(&tx, &[(Facet::Reason, true, None), (Facet::Sku, true, None)], 9).await;
    both.sort();
    let all = [row("/", 1), row("/lamp", 1), row("DAMAGED/lamp", 1), row("DAMAGED/vase", 1)];
    assert_eq!(both, [&all[..], &[row("LATE/", 1), row("LATE/lamp", 1)]].concat());
    tx.commit().await.unwrap();
}

async fn filters_and_the_limit_keep_the_sum(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send(rollup::add(0, &Seals::new(), &six())).await.unwrap();
    let row = |is_rest, values: &str, n| (is_rest, values.to_owned(), n);
    let wanted = |values: &[&str]| Some(values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>());
    let damaged = (Facet::Reason, false, wanted(&["DAMAGED"]));
    let by_sku = told(&tx, &[(Facet::Sku, true, None), damaged.clone()], 9).await;
    assert_eq!(by_sku, [row(false, "lamp", 1), row(false, "vase", 1)]);
    assert_eq!(told(&tx, &[damaged], 9).await, [row(false, "", 2)]);
    let unknown = (Facet::Reason, false, wanted(&["", "LATE"]));
    assert_eq!(told(&tx, &[unknown], 9).await, [row(false, "", 4)]);
    let some = (Facet::Sku, true, wanted(&["vase", ""]));
    assert_eq!(told(&tx, &[some], 9).await, [row(false, "", 2), row(false, "vase", 1)]);
    let largest = told(&tx, &[(Facet::Sku, true, None)], 1).await;
    assert_eq!(largest, [row(false, "lamp", 3), row(true, "", 3)]);
    tx.commit().await.unwrap();
}

/// Members of three articles, reasons and stars, each thing known of some of them, on forty days.
fn many() -> Rows {
    let mut rows = Rows::new();
    let known = [(Facet::Sku, "s"), (Facet::Reason, "r"), (Facet::Star, "t")];
    for n in 0..200_i32 {
        let value = |(i, (facet, of)): (usize, (Facet, &str))| {
            let value = (n / 4_i32.pow(u32::try_from(i).unwrap())) % 4;
            (facet, if value == 0 { String::new() } else { format!("{of}{value}") })
        };
        let mut told: Vec<(Facet, String)> = known.into_iter().enumerate().map(value).collect();
        told.retain(|(_, value)| !value.is_empty());
        let mut places = vec![Place::default()];
        for (i, (facet, a)) in told.iter().enumerate() {
            places.push(Place { split: Split::by(*facet), a: a.clone(), b: String::new() });
            for (other, b) in &told[i + 1..] {
                places.push(Place { split: Split::by_both(*facet, *other), a: a.clone(), b: b.clone() });
            }
        }
        for one in Cell::all_on(Family::Review, Day::from_number(n % 40), &places, Sealed::NONE) {
            *rows.entry((shop_id("a"), one)).or_default().entry(Measure::Negative).or_default() += 1;
        }
    }
    rows
}

async fn a_filter_tells_what_the_whole_answer_tells_of_its_values(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send(rollup::add(0, &Seals::new(), &many())).await.unwrap();
    let wanted: [&[&str]; 5] = [&["s1"], &["s1", "s3"], &["", "s2"], &[""], &["none"]];
    for (first, second) in
        [(Facet::Sku, Facet::Reason), (Facet::Reason, Facet::Sku), (Facet::Star, Facet::Sku)]
    {
        let whole = told(&tx, &[(first, true, None), (second, true, None)], 99).await;
        for wanted in wanted {
            // The values are those of articles; of others the same numbers.
            let of = |facet| match facet {
                Facet::Reason => "r",
                Facet::Star => "t",
                _ => "s",
            };
            let filter =
                |facet| -> Vec<String> { wanted.iter().map(|value| value.replace('s', of(facet))).collect() };
            for is_first in [true, false] {
                let named = filter(if is_first { first } else { second });
                let mut expected = whole.clone();
                expected.retain(|(_, values, _)| {
                    let (a, b) = values.split_once('/').unwrap();
                    named.iter().any(|value| value == if is_first { a } else { b })
                });
                let (a, b) = if is_first { (Some(named.clone()), None) } else { (None, Some(named.clone())) };
                let found = told(&tx, &[(first, true, a), (second, true, b)], 99).await;
                assert_eq!(found, expected, "{first} {second} {named:?} {is_first}");
            }
            let sum = |rows: &[(bool, String, i64)]| rows.iter().map(|(_, _, n)| n).sum::<i64>();
            let only = told(&tx, &[(first, false, Some(filter(first)))], 99).await;
            let split = told(&tx, &[(first, true, Some(filter(first)))], 99).await;
            assert_eq!(sum(&only), sum(&split), "{first} {wanted:?}");
            let both = [(first, false, Some(filter(first))), (second, false, Some(filter(second)))];
            let mut expected = whole.clone();
            expected.retain(|(_, values, _)| {
                let (a, b) = values.split_once('/').unwrap();
                filter(first).iter().any(|value| value == a) && filter(second).iter().any(|value| value == b)
            });
            assert_eq!(sum(&told(&tx, &both, 99).await), sum(&expected), "{first} {second} {wanted:?}");
        }
    }
    tx.commit().await.unwrap();
}

async fn shops_of_one_base_are_one_sum(store: Store) {
    let tx = store.begin().await.unwrap();
    for (shop, value) in [("a", 1), ("b", 2), ("c", 4), ("d", 8)] {
        tx.send(rollup::add(0, &Seals::new(), &count(shop, 3, Measure::Negative, value))).await.unwrap();
    }
    let (from, until) = (Day::from_number(0), Day::from_number(9));
    let parts = [Part { piece: 0, grain: Grain::Day, from, until }];
    let shops = [(shop_id("a"), 0), (shop_id("c"), 0), (shop_id("d"), 1)];
    let family = Family::Review;
    let asked = Asked { shops: &shops, family, parts: &parts, whole: &parts, facets: &[], limit: 9 };
    let answers = rollup::ask(&tx, &asked).await.unwrap().unwrap();
    let told: Vec<(i64, i64)> = answers.iter().map(|a| (a.piece, a.sums[&Measure::Negative])).collect();
    assert_eq!(told, [(0, 5), (1, 8)]);
    tx.commit().await.unwrap();
}

async fn empty_batches_send_no_statement(store: Store) {
    let tx = store.begin().await.unwrap();
    let before = store.counters().statements();
    let conn = &*tx;
    shop::list(conn, None, Some(&[]), 9).await.unwrap();
    policy::all_latest(conn, &[]).await.unwrap();
    signal::known(&[]).all(conn).await.unwrap();
    signal::insert(&[]).run(conn).await.unwrap();
    buyer::put(&[]).run(conn).await.unwrap();
    buyer::get(conn, &[]).await.unwrap();
    buyer::opt_out(&[]).run(conn).await.unwrap();
    text::put(&[]).run(conn).await.unwrap();
    text::get(conn, &shop_id("a"), &[]).await.unwrap();
    order::by_orders(&[]).all(conn).await.unwrap();
    order::put(&[]).run(conn).await.unwrap();
    shipment::by_orders(&[]).all(conn).await.unwrap();
    shipment::put(&[]).run(conn).await.unwrap();
    review::by_ids(&[]).all(conn).await.unwrap();
    review::by_orders(&[]).all(conn).await.unwrap();
    review::by_cases(&[]).all(conn).await.unwrap();
    review::versions(&[]).all(conn).await.unwrap();
    review::put(&[]).run(conn).await.unwrap();
    review::insert_versions(&[]).run(conn).await.unwrap();
    message::insert(&[]).run(conn).await.unwrap();
    signal::wishes_of_orders(&[]).all(conn).await.unwrap();
    returns::by_orders(&[]).all(conn).await.unwrap();
    returns::by_ids(&[]).all(conn).await.unwrap();
    returns::events_by_orders(&[]).all(conn).await.unwrap();
    returns::put(&[]).run(conn).await.unwrap();
    returns::insert_events(&[]).run(conn).await.unwrap();
    survey::insert(&[]).run(conn).await.unwrap();
    survey::by_ids(conn, &[]).await.unwrap();
    conn.send(rollup::add(0, &Seals::new(), &Rows::new())).await.unwrap();
    conn.send([amends_store::lag::add(0, &BTreeMap::new())]).await.unwrap();
    conn.send(rollup::add(0, &Seals::new(), &count("a", 1, Measure::Solved, 0))).await.unwrap();
    rollup::put(conn, &shop_id("a"), &[]).await.unwrap();
    assert_eq!(store.counters().statements(), before);
    tx.rollback().await.unwrap();
}
