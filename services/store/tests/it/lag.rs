//! How reviews are followed: added up, completed, filtered and cut.

use std::collections::BTreeMap;

use amends_domain::lag::{BEYOND, Ending, Lag, LagCell, Origin};
use amends_domain::rollup::{Facet, Place, Split};
use amends_domain::{Day, ShopId};
use amends_store::lag::{self, Asked, Followed};
use amends_store::{Conn, Store};

use crate::sample::shop_id;

conformance!(
    those_who_stand_are_followed_to_the_day_of_the_question,
    what_is_not_known_is_what_the_known_leave,
    the_limit_keeps_the_sum,
    recomputed_rows_take_the_place_of_all_others,
);

type Rows = BTreeMap<(ShopId, LagCell), i64>;

fn one(split: Split, a: &str, cohort: i32, ending: Ending, days: i32, n: i64) -> ((ShopId, LagCell), i64) {
    let place = Place { split, a: a.to_owned(), b: String::new() };
    let lag = Lag { cohort: Day::from_number(cohort), origin: Origin::Observed, ending, days };
    ((shop_id("a"), LagCell { place, lag }), n)
}

async fn ask(conn: &Conn, facets: &[(Facet, bool, Option<Vec<String>>)], limit: i64) -> Vec<Followed> {
    let pieces = [(Day::from_number(0), Day::from_number(10)), (Day::from_number(10), Day::from_number(300))];
    let shop = shop_id("a");
    let asked = Asked { shop: &shop, pieces: &pieces, facets, limit, today: Day::from_number(20) };
    lag::ask(conn, &asked).await.unwrap()
}

fn told(found: &[Followed]) -> Vec<(i64, String, Ending, i32, i64)> {
    let told = |one: &Followed| (one.piece, one.values.join("/"), one.ending, one.days, one.members);
    found.iter().map(told).collect()
}

async fn those_who_stand_are_followed_to_the_day_of_the_question(store: Store) {
    let tx = store.begin().await.unwrap();
    let first: Rows = [
        one(Split::NONE, "", 1, Ending::Still, 0, 2),
        one(Split::NONE, "", 2, Ending::Still, 0, 1),
        one(Split::NONE, "", 1, Ending::Still, 5, 1),
        one(Split::NONE, "", 2, Ending::Reversed, 7, 3),
        one(Split::NONE, "", 2, Ending::Gone, BEYOND, 1),
        one(Split::NONE, "", 15, Ending::Still, 0, 1),
        // By a clock that runs ahead.
        one(Split::NONE, "", 21, Ending::Still, 0, 1),
        one(Split::NONE, "", -200, Ending::Still, 0, 9),
    ]
    .into();
    tx.send([lag::add(0, &first), lag::add(7, &first)]).await.unwrap();
    tx.send([lag::add(7, &first.into_iter().map(|(cell, n)| (cell, -n)).collect())]).await.unwrap();
    let none = String::new;
    let expected = [
        (0, none(), Ending::Still, 14, 1),
        (0, none(), Ending::Still, 18, 1),
        (0, none(), Ending::Still, 19, 2),
        (0, none(), Ending::Reversed, 7, 3),
        (0, none(), Ending::Gone, BEYOND, 1),
        (1, none(), Ending::Still, 0, 1),
        (1, none(), Ending::Still, 5, 1),
    ];
    assert_eq!(told(&ask(&tx, &[], 9).await), expected);
    tx.commit().await.unwrap();
}

/// Four reviews that stand, two of which have a known article.
fn four() -> Rows {
    let sku = Split::by(Facet::Sku);
    [
        one(Split::NONE, "", 1, Ending::Still, 0, 3),
        one(Split::NONE, "", 1, Ending::Reversed, 2, 1),
        one(sku, "lamp", 1, Ending::Still, 0, 1),
        one(sku, "vase", 1, Ending::Reversed, 2, 1),
    ]
    .into()
}

async fn what_is_not_known_is_what_the_known_leave(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send([lag::add(0, &four())]).await.unwrap();
    let row = |values: &str, ending, days, n| (0, values.to_owned(), ending, days, n);
    let expected = [
        row("", Ending::Still, 19, 2),
        row("lamp", Ending::Still, 19, 1),
        row("vase", Ending::Reversed, 2, 1),
    ];
    assert_eq!(told(&ask(&tx, &[(Facet::Sku, true, None)], 9).await), expected);
    let wanted = Some(vec![String::new(), "vase".to_owned()]);
    let expected = [row("", Ending::Still, 19, 2), row("", Ending::Reversed, 2, 1)];
    assert_eq!(told(&ask(&tx, &[(Facet::Sku, false, wanted)], 9).await), expected);
    tx.commit().await.unwrap();
}

async fn the_limit_keeps_the_sum(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send([lag::add(0, &four())]).await.unwrap();
    let found = ask(&tx, &[(Facet::Sku, true, None)], 1).await;
    let kept: Vec<_> = found.iter().map(|one| (one.is_rest, one.ending, one.members)).collect();
    assert_eq!(kept, [(false, Ending::Still, 2), (true, Ending::Still, 1), (true, Ending::Reversed, 1)]);
    tx.commit().await.unwrap();
}

async fn recomputed_rows_take_the_place_of_all_others(store: Store) {
    let tx = store.begin().await.unwrap();
    tx.send([lag::add(3, &four()), lag::add(4, &four())]).await.unwrap();
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let page = lag::page(&tx, &shop_id("a"), after.as_ref(), 3).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        found.extend(page);
    }
    let twice: Vec<_> = four().into_iter().map(|((_, cell), n)| (cell, 2 * n)).collect();
    found.sort();
    let mut twice = twice;
    twice.sort();
    assert_eq!(found, twice);
    lag::clear(&tx, &shop_id("a")).await.unwrap();
    let anew: Vec<_> = twice.iter().map(|(cell, n)| (cell, *n)).collect();
    lag::put(&shop_id("a"), &anew).run(&tx).await.unwrap();
    let mut found = lag::page(&tx, &shop_id("a"), None, 100).await.unwrap();
    found.sort();
    assert_eq!(found, twice);
    tx.commit().await.unwrap();
}
