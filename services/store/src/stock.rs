//! Levels of stock, and what remedies hold of them.

use amends_domain::stock::{Hold, HoldState, Item, Level, Standing, StockKind};
use amends_domain::{OrderId, RemedyId, ShopId, Sku};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{self, Column, Existing, Kind, Query, Select, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, text, time};

const LEVELS: Table = Table {
    name: "stock",
    columns: &[
        ("shop_id", Kind::Text),
        ("sku_id", Kind::Text),
        ("kind", Kind::Text),
        ("available", Kind::Int),
        ("as_of", Kind::Int),
        ("asked", Kind::Int),
    ],
    key: &["shop_id", "sku_id", "kind"],
};

const HOLDS: Table = Table {
    name: "stock_holds",
    columns: &[
        ("shop_id", Kind::Text),
        ("remedy_id", Kind::Text),
        ("sku_id", Kind::Text),
        ("kind", Kind::Text),
        ("quantity", Kind::Int),
        ("state", Kind::Text),
        ("at", Kind::Int),
    ],
    key: &["shop_id", "remedy_id"],
};

/// Levels with what was taken of each, for a condition on `s`.
///
/// What was sent is in a level that was counted afterwards.
fn standing(condition: &str) -> String {
    let sum = |more: &str| {
        format!(
            "CAST(COALESCE((SELECT SUM(h.quantity) FROM stock_holds AS h WHERE h.shop_id = s.shop_id \
             AND h.sku_id = s.sku_id AND h.kind = s.kind AND {more}), 0) AS BIGINT)"
        )
    };
    let (held, consumed) = (sum("h.state = 'HELD'"), sum("h.state = 'CONSUMED' AND h.at > s.as_of"));
    format!(
        "SELECT s.sku_id AS sku_id, s.kind AS kind, s.available AS available, s.as_of AS as_of, {held} AS held, \
         {consumed} AS consumed FROM stock AS s WHERE {condition}"
    )
}

const STANDING: &[Column] = &[
    ("sku_id", Kind::Text),
    ("kind", Kind::Text),
    ("available", Kind::Int),
    ("as_of", Kind::Int),
    ("held", Kind::Int),
    ("consumed", Kind::Int),
];

/// How an article stands, if it was ever counted.
pub fn of_article(shop: &ShopId, sku: &Sku) -> Select<Standing> {
    let of = "s.shop_id = {1} AND s.kind = 'ARTICLE' AND s.sku_id = {2}";
    Select::written(STANDING, standing(of), vec![text(shop), text(sku)], read_standing)
}

/// How the articles of an order stand, those that were ever counted.
pub fn of_order(shop: &ShopId, order: &OrderId) -> Select<Standing> {
    let of = "s.shop_id = {1} AND s.kind = 'ARTICLE' AND s.sku_id IN \
              (SELECT l.sku FROM order_lines AS l WHERE l.shop_id = {1} AND l.order_id = {2})";
    Select::written(STANDING, standing(of), vec![text(shop), text(order)], read_standing)
}

/// Stores levels. The one that was counted last stays, whatever comes in whichever order; of two
/// that were counted at one instant the smaller.
pub fn put(shop: &ShopId, levels: &[Level]) -> Write {
    let row = |level: &Level| {
        let Level { item, available, as_of } = level;
        vec![text(shop), text(&item.sku), text(item.kind), int(*available), time(*as_of), int(0)]
    };
    // Everyone who writes several does so in one order, and none waits for another in a circle.
    let mut sorted: Vec<&Level> = levels.iter().collect();
    sorted.sort_by(|a, b| a.item.cmp(&b.item));
    let names = bulk::names(LEVELS.columns);
    let before = format!("INSERT INTO stock ({names}) SELECT {names} FROM");
    let after = "WHERE true ON CONFLICT (shop_id, sku_id, kind) DO UPDATE SET available = excluded.available, \
                 as_of = excluded.as_of WHERE excluded.as_of > stock.as_of \
                 OR (excluded.as_of = stock.as_of AND excluded.available < stock.available)";
    Write::change(LEVELS.name, LEVELS.columns, sorted.into_iter().map(row).collect(), before, after)
}

/// Keeps everyone else from holding of this item until the transaction ends; whether there is a level.
///
/// It is the last that a transaction locks, and it locks one: so none waits for another in a circle.
///
/// # Errors
/// When the database refuses.
pub async fn lock(conn: &Conn, shop: &ShopId, item: &Item) -> Result<bool> {
    let sql = "UPDATE stock SET asked = asked + 1 WHERE shop_id = $1 AND sku_id = $2 AND kind = $3";
    Ok(conn.run(sql, vec![text(shop), text(&item.sku), text(item.kind)]).await? > 0)
}

/// How these items stand; of those that were never counted nothing is answered.
///
/// # Errors
/// When the database refuses.
pub async fn of_items(conn: &Conn, shop: &ShopId, items: &[Item]) -> Result<Vec<Standing>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Vec<String>> =
        items.iter().map(|i| vec![shop.to_string(), i.sku.to_string(), i.kind.to_string()]).collect();
    let (condition, values) = bulk::keys(conn.engine(), &["shop_id", "sku_id", "kind"], 1, &keys);
    conn.all(standing(&condition), values).await?.iter().map(read_standing).collect()
}

/// A page of a shop's levels in the order of their items, after one of them.
///
/// # Errors
/// When the database refuses.
pub async fn list(conn: &Conn, shop: &ShopId, after: Option<&Item>, limit: u32) -> Result<Vec<Standing>> {
    let mut values = vec![text(shop), int(limit)];
    let mut condition = "s.shop_id = $1".to_owned();
    if let Some(Item { sku, kind }) = after {
        values.extend([text(sku), text(kind)]);
        condition.push_str(" AND (s.sku_id, s.kind) > ($3, $4)");
    }
    let sql = format!("{} ORDER BY s.sku_id, s.kind LIMIT $2", standing(&condition));
    conn.all(sql, values).await?.iter().map(read_standing).collect()
}

/// Stores what remedies hold, over what they held before.
pub fn put_holds(holds: &[Hold]) -> Write {
    Write::insert(&HOLDS, holds.iter().map(write_hold).collect(), Existing::Replace)
}

/// What these remedies hold or held.
pub fn holds_of(remedies: &[Of<RemedyId>]) -> Query<Hold> {
    Query::by(&HOLDS, HOLDS.key, value::of(remedies), read_hold)
}

/// A page of a shop's holds in the order of their remedies, after one of them.
///
/// # Errors
/// When the database refuses.
pub async fn holds(conn: &Conn, shop: &ShopId, after: Option<RemedyId>, limit: u32) -> Result<Vec<Hold>> {
    let mut values = vec![text(shop), int(limit)];
    let mut sql = format!("{} WHERE shop_id = $1", bulk::select(&HOLDS));
    if let Some(after) = after {
        values.push(text(after));
        sql.push_str(" AND remedy_id > $3");
    }
    sql.push_str(" ORDER BY remedy_id LIMIT $2");
    conn.all(sql, values).await?.iter().map(read_hold).collect()
}

fn write_hold(hold: &Hold) -> Vec<Value> {
    vec![
        text(&hold.shop),
        text(hold.remedy),
        text(&hold.item.sku),
        text(hold.item.kind),
        int(hold.quantity),
        text(hold.state),
        time(hold.at),
    ]
}

fn read_hold(row: &Fetched) -> Result<Hold> {
    let row = Row::new(HOLDS.name, row);
    Ok(Hold {
        shop: row.parse("shop_id")?,
        remedy: row.parse("remedy_id")?,
        item: item(&row)?,
        quantity: row.number("quantity")?,
        state: row.parse::<HoldState>("state")?,
        at: row.time("at")?,
    })
}

fn read_standing(row: &Fetched) -> Result<Standing> {
    let row = Row::new(LEVELS.name, row);
    let level = Level { item: item(&row)?, available: row.get("available")?, as_of: row.time("as_of")? };
    Ok(Standing { level, held: row.get("held")?, consumed: row.get("consumed")? })
}

fn item(row: &Row<'_>) -> Result<Item> {
    Ok(Item { sku: row.parse("sku_id")?, kind: row.parse::<StockKind>("kind")? })
}
