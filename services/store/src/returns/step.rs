//! The immutable events of return requests.

use amends_domain::returns::ReturnEvent;
use amends_domain::{OrderId, ReturnId, ShopId};
use sea_orm::{QueryResult, Value};

use crate::Of;
use crate::bulk::{self, Existing, Kind, Table};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{int, str, time};

const EVENTS: Table = Table {
    name: "return_events",
    columns: &[
        ("shop_id", Kind::Text),
        ("order_id", Kind::Text),
        ("return_id", Kind::Text),
        ("occurred_at", Kind::Int),
        ("signal_id", Kind::Text),
        ("status", Kind::Text),
        ("raw_status", Kind::Text),
        ("quantity", Kind::Int),
        ("seller_fault", Kind::Bool),
    ],
    key: &["shop_id", "order_id", "return_id", "occurred_at", "signal_id"],
};

/// An event and the request it belongs to.
type Step = (ShopId, OrderId, ReturnId, ReturnEvent);

/// All events of the requests.
///
/// # Errors
/// When the database refuses.
pub async fn events(conn: &Conn, returns: &[(ShopId, OrderId, ReturnId)]) -> Result<Vec<Step>> {
    let keys: Vec<[&str; 3]> =
        returns.iter().map(|(shop, order, id)| [shop.as_str(), order.as_str(), id.as_str()]).collect();
    by(conn, &["shop_id", "order_id", "return_id"], &keys).await
}

/// All events of all requests of the orders.
///
/// # Errors
/// When the database refuses.
pub async fn events_by_orders(conn: &Conn, orders: &[Of<OrderId>]) -> Result<Vec<Step>> {
    let keys: Vec<[&str; 2]> = orders.iter().map(|(shop, order)| [shop.as_str(), order.as_str()]).collect();
    by(conn, &["shop_id", "order_id"], &keys).await
}

async fn by<const N: usize>(conn: &Conn, columns: &[&str; N], keys: &[[&str; N]]) -> Result<Vec<Step>>
where
    for<'a> [&'a str; N]: serde::Serialize,
{
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (filter, values) = bulk::keys(conn.engine(), columns, 1, keys);
    let sql = format!("{} WHERE {filter}", bulk::select(&EVENTS));
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Adds events, each with the channel's own word; one that is there already stays as it is.
///
/// # Errors
/// When the database refuses.
pub async fn insert_events(
    conn: &Conn,
    events: &[(ShopId, OrderId, ReturnId, ReturnEvent, String)],
) -> Result<()> {
    let rows = events.iter().map(|(shop, order, id, event, raw_status)| {
        vec![
            str(shop.as_str()),
            str(order.as_str()),
            str(id.as_str()),
            time(event.occurred_at),
            str(event.signal.as_str()),
            str(event.status.as_str()),
            str(raw_status),
            int(event.quantity),
            Value::Bool(event.seller_fault),
        ]
    });
    bulk::write(conn, &EVENTS, rows.collect(), Existing::Keep).await.map(drop)
}

fn read(row: &QueryResult) -> Result<Step> {
    let row = Row::new("return_events", row);
    let event = ReturnEvent {
        occurred_at: row.time("occurred_at")?,
        signal: row.parse("signal_id")?,
        status: row.parse("status")?,
        quantity: row.number("quantity")?,
        seller_fault: row.get("seller_fault")?,
    };
    Ok((row.parse("shop_id")?, row.parse("order_id")?, row.parse("return_id")?, event))
}
