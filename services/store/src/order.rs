//! Order lines and the facts about each.

use amends_domain::order::{Help, InWindow, Line, Purchase, Units};
use amends_domain::{BuyerKey, LineId, OrderId, ShopId, Time};
use sea_orm::Value;

use crate::Of;
use crate::about;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, int_opt, str, str_opt, text, text_opt, time, time_opt};

const LINES: Table = Table {
    name: "order_lines",
    columns: &[
        ("shop_id", Kind::Text),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("known", Kind::Bool),
        ("said_at", Kind::Int),
        ("said_by", Kind::Text),
        ("placed_at", Kind::Int),
        ("state", Kind::Text),
        ("buyer_key", Kind::Text),
        ("sku", Kind::Text),
        ("title", Kind::Text),
        ("category", Kind::Text),
        ("quantity", Kind::Int),
        ("unit_price", Kind::Int),
        ("currency", Kind::Text),
        ("language", Kind::Text),
        ("delivered_at", Kind::Int),
        ("delivered_units", Kind::Int),
        ("intent_at", Kind::Int),
        ("requested_at", Kind::Int),
        ("requested_units", Kind::Int),
        ("counted_at", Kind::Int),
        ("counted_units", Kind::Int),
        ("requested_in_window", Kind::Int),
        ("counted_in_window", Kind::Int),
        ("help_kind", Kind::Text),
        ("helped_at", Kind::Int),
        ("helped_units", Kind::Int),
        ("confirmed_at", Kind::Int),
        ("case_reason", Kind::Text),
        ("case_remedy", Kind::Text),
        ("case_agent", Kind::Text),
        ("case_language", Kind::Text),
    ],
    key: &["shop_id", "order_id", "line_id"],
};

/// All lines of the orders.
pub fn by_orders(orders: &[Of<OrderId>]) -> Query<Line> {
    Query::by(&LINES, &["shop_id", "order_id"], value::of(orders), read)
}

/// The lines of one order.
///
/// # Errors
/// When the database refuses.
pub async fn get(conn: &Conn, shop: &ShopId, order: &OrderId) -> Result<Vec<Line>> {
    let sql = format!("{} WHERE shop_id = $1 AND order_id = $2 ORDER BY line_id", bulk::select(&LINES));
    conn.all(sql, vec![str(shop.as_str()), str(order.as_str())]).await?.iter().map(read).collect()
}

/// What a buyer bought in a shop, the latest order first and its lines together.
///
/// # Errors
/// When the database refuses.
pub async fn of_buyer(conn: &Conn, shop: &ShopId, buyer: &BuyerKey, limit: u32) -> Result<Vec<Line>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND buyer_key = $2 ORDER BY placed_at DESC, order_id, line_id LIMIT $3",
        bulk::select(&LINES)
    );
    conn.all(sql, vec![str(shop.as_str()), text(buyer), int(limit)]).await?.iter().map(read).collect()
}

/// Lines on which help was given from a time on, by that time.
///
/// # Errors
/// When the database refuses.
pub async fn helped(conn: &Conn, shop: &ShopId, from: Time, limit: u32) -> Result<Vec<Line>> {
    let sql = format!(
        "{} WHERE shop_id = $1 AND helped_at >= $2 ORDER BY helped_at LIMIT $3",
        bulk::select(&LINES)
    );
    conn.all(sql, vec![str(shop.as_str()), time(from), int(limit)]).await?.iter().map(read).collect()
}

/// Writes lines as they now stand.
pub fn put(lines: &[Line]) -> Write {
    let rows = lines.iter().map(write).collect();
    Write::insert(&LINES, rows, Existing::Replace)
}

/// A shop's lines by order and line, from after one on.
///
/// # Errors
/// When the database refuses.
pub async fn page(
    conn: &Conn,
    shop: &ShopId,
    after: Option<(OrderId, LineId)>,
    limit: u32,
) -> Result<Vec<Line>> {
    let (order, line) = after.as_ref().map_or(("", ""), |(order, line)| (order.as_str(), line.as_str()));
    let sql = format!(
        "{} WHERE shop_id = $1 AND (order_id, line_id) > ($2, $3) ORDER BY order_id, line_id LIMIT $4",
        bulk::select(&LINES)
    );
    let values = vec![str(shop.as_str()), str(order), str(line), int(limit)];
    conn.all(sql, values).await?.iter().map(read).collect()
}

fn write(l: &Line) -> Vec<Value> {
    let bought = l.purchase.as_ref();
    let at = |units: Option<Units>| time_opt(units.map(|u| u.at));
    let units = |units: Option<Units>| int_opt(units.map(|u| u.units));
    let mut row = vec![
        str(l.shop.as_str()),
        str(l.order.as_str()),
        str(l.line.as_str()),
        bought.is_some().into(),
        time_opt(bought.map(|p| p.said_at)),
        str_opt(bought.map(|p| p.said_by.as_str())),
        time_opt(bought.map(|p| p.placed_at)),
        str_opt(bought.map(|p| p.state.as_str())),
        text_opt(bought.map(|p| p.buyer)),
        str_opt(bought.map(|p| p.sku.as_str())),
        str_opt(bought.map(|p| p.title.as_str())),
        str_opt(bought.map(|p| p.category.as_str())),
        int_opt(bought.map(|p| p.quantity)),
        int_opt(bought.map(|p| p.unit_price.minor_units)),
        str_opt(bought.map(|p| p.unit_price.currency.as_str())),
        str_opt(bought.map(|p| p.language.as_str())),
        at(l.delivered),
        units(l.delivered),
        time_opt(l.intent_at),
        at(l.requested),
        units(l.requested),
        at(l.counted),
        units(l.counted),
        int_opt(l.in_window.map(|w| w.requested)),
        int_opt(l.in_window.map(|w| w.counted)),
        str_opt(l.helped.map(|h| h.kind.as_str())),
        time_opt(l.helped.map(|h| h.at)),
        int_opt(l.helped.map(|h| h.units)),
        time_opt(l.confirmed_at),
    ];
    row.extend(about::write(&l.about));
    row
}

fn read(row: &Fetched) -> Result<Line> {
    let row = Row::new("order_lines", row);
    let known: bool = row.get("known")?;
    Ok(Line {
        shop: row.parse("shop_id")?,
        order: row.parse("order_id")?,
        line: row.parse("line_id")?,
        purchase: known.then(|| purchase(&row)).transpose()?,
        delivered: units(&row, "delivered_at", "delivered_units")?,
        intent_at: row.time_opt("intent_at")?,
        requested: units(&row, "requested_at", "requested_units")?,
        counted: units(&row, "counted_at", "counted_units")?,
        in_window: in_window(&row)?,
        helped: help(&row)?,
        confirmed_at: row.time_opt("confirmed_at")?,
        about: about::read(&row)?,
    })
}

fn purchase(row: &Row<'_>) -> Result<Purchase> {
    Ok(Purchase {
        said_at: row.time("said_at")?,
        said_by: row.parse("said_by")?,
        placed_at: row.time("placed_at")?,
        state: row.parse("state")?,
        buyer: row.parse("buyer_key")?,
        sku: row.parse("sku")?,
        title: row.get("title")?,
        category: row.get("category")?,
        quantity: row.number("quantity")?,
        unit_price: row
            .money_opt("unit_price", "currency")?
            .ok_or_else(|| row.corrupt("unit_price", "missing"))?,
        language: row.get("language")?,
    })
}

fn units(row: &Row<'_>, at: &str, units: &str) -> Result<Option<Units>> {
    let Some(at) = row.time_opt(at)? else { return Ok(None) };
    Ok(Some(Units { at, units: row.number(units)? }))
}

fn in_window(row: &Row<'_>) -> Result<Option<InWindow>> {
    let units = [row.number_opt("requested_in_window")?, row.number_opt("counted_in_window")?];
    let [Some(requested), Some(counted)] = units else { return Ok(None) };
    Ok(Some(InWindow { requested, counted }))
}

fn help(row: &Row<'_>) -> Result<Option<Help>> {
    let Some(at) = row.time_opt("helped_at")? else { return Ok(None) };
    Ok(Some(Help { kind: row.parse("help_kind")?, at, units: row.number("helped_units")? }))
}
