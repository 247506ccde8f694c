//! Levels and holds: the later count stays, and what is free is added up from the holds.

use amends_domain::RemedyId;
use amends_domain::stock::{Hold, HoldState, Item, Level, Standing, StockKind};
use amends_store::{Store, stock};

use crate::case::{at, shop};

conformance!(
    the_level_that_was_counted_last_stays,
    what_is_free_is_added_up_from_the_holds,
    levels_and_holds_are_read_page_by_page,
);

fn item(sku: &str, kind: StockKind) -> Item {
    Item { sku: sku.parse().unwrap(), kind }
}

fn bottle() -> Item {
    item("BOTTLE 7", StockKind::Article)
}

fn level(item: Item, available: i64, as_of: i64) -> Level {
    Level { item, available, as_of: at(as_of) }
}

fn hold(number: u32, quantity: u32, state: HoldState, when: i64) -> Hold {
    let remedy = RemedyId::from_bits(u128::from(number));
    Hold { shop: shop(), remedy, item: bottle(), quantity, state, at: at(when) }
}

async fn standing(store: &Store, item: Item) -> Option<Standing> {
    stock::of_items(&store.reader(), &shop(), &[item]).await.unwrap().pop()
}

async fn put(store: &Store, levels: &[Level]) {
    let tx = store.begin().await.unwrap();
    stock::put(&shop(), levels).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn the_level_that_was_counted_last_stays(store: Store) {
    assert_eq!(standing(&store, bottle()).await, None, "what was never counted is not there");
    put(&store, &[level(bottle(), 5, 10), level(item("LID", StockKind::Part), 3, 10)]).await;
    put(&store, &[level(bottle(), 9, 9)]).await;
    assert_eq!(standing(&store, bottle()).await.unwrap().level, level(bottle(), 5, 10), "an older count");
    put(&store, &[level(bottle(), 7, 10)]).await;
    assert_eq!(standing(&store, bottle()).await.unwrap().level.available, 5, "the smaller of one instant");
    put(&store, &[level(bottle(), 4, 10)]).await;
    put(&store, &[level(bottle(), 4, 10)]).await;
    assert_eq!(standing(&store, bottle()).await.unwrap().level.available, 4);
    put(&store, &[level(bottle(), 8, 11)]).await;
    assert_eq!(standing(&store, bottle()).await.unwrap().level, level(bottle(), 8, 11));
    assert_eq!(standing(&store, item("LID", StockKind::Article)).await, None, "a part is no article");
}

async fn what_is_free_is_added_up_from_the_holds(store: Store) {
    put(&store, &[level(bottle(), 10, 10)]).await;
    let tx = store.begin().await.unwrap();
    assert!(stock::lock(&tx, &shop(), &bottle()).await.unwrap());
    assert!(!stock::lock(&tx, &shop(), &item("X", StockKind::Article)).await.unwrap());
    let holds = [
        hold(1, 2, HoldState::Held, 5),
        hold(2, 3, HoldState::Consumed, 11),
        // In the level already, because that was counted when it had left.
        hold(3, 4, HoldState::Consumed, 10),
        hold(4, 5, HoldState::Released, 12),
    ];
    stock::put_holds(&holds).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let found = standing(&store, bottle()).await.unwrap();
    assert_eq!((found.held, found.consumed, found.free()), (2, 3, 5));
    let tx = store.begin().await.unwrap();
    stock::put_holds(&[hold(1, 2, HoldState::Released, 20)]).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    put(&store, &[level(bottle(), 6, 12)]).await;
    let found = standing(&store, bottle()).await.unwrap();
    assert_eq!((found.held, found.consumed, found.free()), (0, 0, 6), "a later count holds what left before");
}

async fn levels_and_holds_are_read_page_by_page(store: Store) {
    let levels: Vec<Level> = ["B", "A", "C"]
        .iter()
        .flat_map(|sku| StockKind::ALL.iter().map(|kind| level(item(sku, *kind), 1, 1)))
        .collect();
    put(&store, &levels).await;
    let (mut seen, mut after): (Vec<Item>, Option<Item>) = (Vec::new(), None);
    loop {
        let page = stock::list(&store.reader(), &shop(), after.as_ref(), 4).await.unwrap();
        after = page.last().map(|one| one.level.item.clone());
        seen.extend(page.into_iter().map(|one| one.level.item));
        if after.is_none() {
            break;
        }
    }
    let mut expected: Vec<Item> = levels.into_iter().map(|level| level.item).collect();
    expected.sort();
    assert_eq!(seen, expected);
    let holds = [1, 2, 3].map(|n| hold(n, n, HoldState::Held, 1));
    let tx = store.begin().await.unwrap();
    stock::put_holds(&holds).run(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let first = stock::holds(&store.reader(), &shop(), None, 2).await.unwrap();
    let rest = stock::holds(&store.reader(), &shop(), Some(first[1].remedy), 2).await.unwrap();
    assert_eq!([first, rest].concat(), holds);
    let one = stock::holds_of(&[(shop(), holds[1].remedy)]).all(&store.reader()).await.unwrap();
    assert_eq!(one, [holds[1].clone()]);
}
