//! Packs beside the rows they are of.

use std::collections::BTreeMap;

use amends_domain::rollup::{Cell, Facet, Grain, Place, Sealed, Split};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Day, ShopId};
use amends_store::rollup::{Answer, Asked, Basis, Part, Seals, Sums};
use amends_store::{Conn, Store, rollup};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::sample::shop_id;

conformance!(
    packs_and_what_came_late_tell_what_all_rows_tell,
    a_pack_that_differs_from_its_rows_is_found,
    a_question_for_one_article_is_answered_without_packs,
    shops_with_packs_and_without_are_one_sum,
);

/// 2026-03-02, a Monday, and the day up to which it is sealed.
const FIRST: i32 = 20_514;
const SEALED: i32 = FIRST + 70;
const PACKED_FROM: i64 = 20;

/// What `members` of shop `a` add to the rows of some days.
fn rows(seed: u64, members: u32, days: std::ops::Range<i32>, sealed: Sealed) -> Rows {
    rows_of("a", seed, members, days, sealed)
}

fn rows_of(shop: &str, seed: u64, members: u32, days: std::ops::Range<i32>, sealed: Sealed) -> Rows {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Rows::new();
    for _ in 0..members {
        let day = Day::from_number(random.random_range(days.clone()));
        let (sku, reason) = (random.random_range(0..60), random.random_range(0..4));
        let (sku, reason) = (format!("sku-{sku}"), ["", "DAMAGED", "LATE", "WRONG_ITEM"][reason].to_owned());
        let mut places = vec![Place::default(), place(Split::by(Facet::Sku), &sku, "")];
        if !reason.is_empty() {
            places.push(place(Split::by(Facet::Reason), &reason, ""));
            places.push(place(Split::by_both(Facet::Sku, Facet::Reason), &sku, &reason));
        }
        let sums = [(Measure::UnitsDelivered, 1), (Measure::UnitsReturned, random.random_range(-1..2))];
        for cell in Cell::all_on(Family::Line, day, &places, sealed) {
            let row: &mut Sums = rows.entry((shop_id(shop), cell)).or_default();
            sums.iter().for_each(|(measure, value)| *row.entry(*measure).or_default() += value);
        }
    }
    rows
}

type Rows = BTreeMap<(ShopId, Cell), Sums>;

fn place(split: Split, a: &str, b: &str) -> Place {
    Place { split, a: a.to_owned(), b: b.to_owned() }
}

/// A shop whose days are sealed and packed.
async fn sealed(store: &Store) {
    let tx = store.begin().await.unwrap();
    rollup::put_basis(&shop_id("a"), &Basis::default()).run(&tx).await.unwrap();
    let ordinary = rows(1, 4_000, FIRST..SEALED + 4, Sealed::NONE);
    tx.send(rollup::add(3, &Seals::new(), &ordinary)).await.unwrap();
    let days = (Day::from_number(FIRST), Day::from_number(SEALED));
    rollup::seal(&tx, &shop_id("a"), Sealed::NONE, days, PACKED_FROM).await.unwrap();
    tx.commit().await.unwrap();
}

async fn late(store: &Store, seed: u64, members: u32) {
    let tx = store.begin().await.unwrap();
    let sealed = Sealed::until(Day::from_number(SEALED));
    let late = rows(seed, members, FIRST..SEALED + 4, sealed);
    let seals: Seals = [(shop_id("a"), sealed)].into();
    tx.send(rollup::add(3, &seals, &late)).await.unwrap();
    tx.commit().await.unwrap();
}

type Facets = Vec<(Facet, bool, Option<Vec<String>>)>;

async fn ask(conn: &Conn, facets: &Facets, limit: usize, by_week: bool) -> Vec<Answer> {
    let day = Day::from_number;
    let part = |piece, grain, from, until| Part { piece, grain, from: day(from), until: day(until) };
    // March is not whole: its last days are read by days.
    let april = day(FIRST).first_of_next_month().number();
    let whole = [
        part(0, Grain::Day, FIRST, april),
        part(0, Grain::Month, april, april + 30),
        part(0, Grain::Day, april + 30, SEALED + 4),
    ];
    let weeks: Vec<Part> =
        (0..10).map(|n| part(n, Grain::Week, FIRST + 7 * n as i32, FIRST + 7 * n as i32 + 7)).collect();
    let last = part(10, Grain::Day, SEALED, SEALED + 4);
    let pieces: Vec<Part> = weeks.into_iter().chain([last]).collect();
    let parts = if by_week { &pieces[..] } else { &whole[..] };
    let shops = [(shop_id("a"), 0)];
    let asked = Asked { shops: &shops, family: Family::Line, parts, whole: &whole, facets, limit };
    rollup::ask(conn, &asked).await.unwrap().unwrap()
}

fn questions() -> Vec<Facets> {
    let some = |values: &[&str]| Some(values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>());
    let (sku, reason) = (Facet::Sku, Facet::Reason);
    vec![
        vec![(sku, true, None)],
        vec![(sku, true, None), (reason, true, None)],
        vec![(reason, true, None), (sku, true, None)],
        vec![(sku, true, None), (reason, false, some(&["LATE"]))],
        vec![(sku, true, None), (reason, true, some(&["", "LATE"]))],
        vec![(sku, false, some(&["", "sku-7"])), (reason, true, None)],
    ]
}

/// The answers to all questions.
async fn told(conn: &Conn) -> Vec<Vec<Answer>> {
    let mut told = Vec::new();
    for facets in questions() {
        for (limit, by_week) in [(1_000, false), (1_000, true), (5, false), (5, true)] {
            told.push(ask(conn, &facets, limit, by_week).await);
        }
    }
    told
}

/// The same from rows alone.
async fn told_by_rows(store: &Store) -> Vec<Vec<Answer>> {
    let tx = store.begin().await.unwrap();
    tx.script("DELETE FROM packed_rollups").await.unwrap();
    let told = told(&tx).await;
    tx.rollback().await.unwrap();
    told
}

async fn packs(store: &Store) -> i64 {
    let conn = store.reader();
    let row = conn.one("SELECT COUNT(*) AS n FROM packed_rollups", Vec::new()).await.unwrap().unwrap();
    row.get("n").unwrap()
}

async fn packs_and_what_came_late_tell_what_all_rows_tell(store: Store) {
    sealed(&store).await;
    assert!(packs(&store).await > 100, "days, weeks and a month are packed");
    assert_eq!(told(&store.reader()).await, told_by_rows(&store).await);
    late(&store, 2, 500).await;
    let with_late = told_by_rows(&store).await;
    assert_eq!(told(&store.reader()).await, with_late);
    let mut made = 0;
    loop {
        let tx = store.begin().await.unwrap();
        let packs = rollup::outdated(&tx, &shop_id("a"), PACKED_FROM).await.unwrap();
        rollup::repack(&tx, &shop_id("a"), &packs, PACKED_FROM).await.unwrap();
        tx.commit().await.unwrap();
        made += packs.count();
        if packs.count() == 0 {
            break;
        }
        assert_eq!(told(&store.reader()).await, with_late, "whatever is packed anew");
    }
    assert!(made > 50, "{made}");
    late(&store, 3, 20).await;
    assert_eq!(told(&store.reader()).await, told_by_rows(&store).await);
    assert_ne!(told(&store.reader()).await, with_late);
    let found = rollup::differing(&store.reader(), &shop_id("a"), Family::Line).await.unwrap();
    assert_eq!(found, []);
}

async fn a_pack_that_differs_from_its_rows_is_found(store: Store) {
    sealed(&store).await;
    let tx = store.begin().await.unwrap();
    let ordinary = rows(9, 1, FIRST + 9..FIRST + 10, Sealed::NONE);
    tx.send(rollup::add(3, &Seals::new(), &ordinary)).await.unwrap();
    let found = rollup::differing(&tx, &shop_id("a"), Family::Line).await.unwrap();
    assert!(found.contains(&(Split::by(Facet::Sku), Grain::Day, Day::from_number(FIRST + 9))), "{found:?}");
    tx.rollback().await.unwrap();
}

async fn a_question_for_one_article_is_answered_without_packs(store: Store) {
    sealed(&store).await;
    let seven = vec![(Facet::Sku, false, Some(vec!["sku-7".to_owned()])), (Facet::Reason, true, None)];
    let before = store.counters().statements();
    let told = ask(&store.reader(), &seven, 1_000, false).await;
    assert_eq!(store.counters().statements() - before, 1);
    let all = ask(&store.reader(), &questions()[1], 1_000, false).await;
    let of_seven = |answer: &&Answer| answer.values[0] == "sku-7";
    let expected: Vec<(String, Sums)> =
        all.iter().filter(of_seven).map(|answer| (answer.values[1].clone(), answer.sums.clone())).collect();
    let told: Vec<(String, Sums)> =
        told.into_iter().map(|answer| (answer.values[0].clone(), answer.sums)).collect();
    assert_eq!(told, expected);
}

async fn shops_with_packs_and_without_are_one_sum(store: Store) {
    sealed(&store).await;
    late(&store, 5, 100).await;
    let tx = store.begin().await.unwrap();
    for (seed, shop) in [(6, "b"), (7, "c")] {
        tx.send(rollup::add(3, &Seals::new(), &rows_of(shop, seed, 300, FIRST..SEALED, Sealed::NONE)))
            .await
            .unwrap();
    }
    let part = |piece, from, until| {
        let (from, until) = (Day::from_number(from), Day::from_number(until));
        Part { piece, grain: Grain::Day, from, until }
    };
    let (whole, parts) =
        ([part(0, FIRST, SEALED)], [part(0, FIRST, FIRST + 30), part(1, FIRST + 30, SEALED)]);
    // The first and the second are one sum, the third is another.
    let shops = [(shop_id("a"), 0), (shop_id("b"), 0), (shop_id("c"), 2)];
    for (facets, limit) in questions().into_iter().zip([1_000, 7, 1_000, 1_000, 7, 1_000]) {
        let (parts, whole, facets) = (&parts[..], &whole[..], &facets[..]);
        let asked = Asked { shops: &shops, family: Family::Line, parts, whole, facets, limit };
        let told = rollup::ask(&tx, &asked).await.unwrap().unwrap();
        assert!((0..4).all(|piece| told.iter().any(|answer| answer.piece == piece)), "{facets:?}");
        let packs = tx.all("SELECT * FROM packed_rollups", Vec::new()).await.unwrap().len();
        assert!(packs > 100);
        tx.script("SAVEPOINT packs").await.unwrap();
        tx.script("DELETE FROM packed_rollups").await.unwrap();
        let by_rows = rollup::ask(&tx, &asked).await.unwrap().unwrap();
        tx.script("ROLLBACK TO SAVEPOINT packs").await.unwrap();
        assert_eq!(told, by_rows, "{facets:?}");
        // One by one, and added up.
        let delivered = |answer: &Answer| answer.sums.get(&Measure::UnitsDelivered).copied().unwrap_or(0);
        let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
        for (shop, base) in shops.clone() {
            let alone = Asked { shops: &[(shop, 0)], limit: 1_000, ..asked };
            for answer in rollup::ask(&tx, &alone).await.unwrap().unwrap() {
                *sums.entry(answer.piece + base).or_default() += delivered(&answer);
            }
        }
        let mut together: BTreeMap<i64, i64> = BTreeMap::new();
        for answer in &told {
            *together.entry(answer.piece).or_default() += delivered(answer);
        }
        assert_eq!(together, sums, "{facets:?}");
    }
    tx.rollback().await.unwrap();
}
