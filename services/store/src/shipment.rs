//! Parcels.

use amends_domain::order::Shipment;
use amends_domain::{LineId, OrderId};
use sea_orm::{QueryResult, Value};

use crate::Of;
use crate::bulk::{self, Existing, Kind, Table};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{str, time, time_opt};

const SHIPMENTS: Table = Table {
    name: "shipments",
    columns: &[
        ("shop_id", Kind::Text),
        ("order_id", Kind::Text),
        ("shipment_id", Kind::Text),
        ("lines", Kind::Text),
        ("state", Kind::Text),
        ("state_at", Kind::Int),
        ("said_by", Kind::Text),
        ("eta", Kind::Int),
        ("carrier", Kind::Text),
        ("tracking", Kind::Text),
        ("delivered_at", Kind::Int),
        ("for_remedy", Kind::Bool),
    ],
    key: &["shop_id", "order_id", "shipment_id"],
};

/// All parcels of the orders.
///
/// # Errors
/// When the database refuses.
pub async fn by_orders(conn: &Conn, orders: &[Of<OrderId>]) -> Result<Vec<Shipment>> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<[&str; 2]> = orders.iter().map(|(shop, order)| [shop.as_str(), order.as_str()]).collect();
    let (filter, values) = bulk::keys(conn.engine(), &["shop_id", "order_id"], 1, &keys);
    let sql = format!("{} WHERE {filter}", bulk::select(&SHIPMENTS));
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Writes parcels as they now stand.
///
/// # Errors
/// When the database refuses.
pub async fn put(conn: &Conn, shipments: &[Shipment]) -> Result<()> {
    let rows = shipments.iter().map(write).collect();
    bulk::write(conn, &SHIPMENTS, rows, Existing::Replace).await.map(drop)
}

fn write(s: &Shipment) -> Vec<Value> {
    let lines: Vec<(&str, u32)> = s.lines.iter().map(|(line, units)| (line.as_str(), *units)).collect();
    vec![
        str(s.shop.as_str()),
        str(s.order.as_str()),
        str(s.shipment.as_str()),
        Value::String(Some(serde_json::to_string(&lines).unwrap_or_default())),
        str(s.state.as_str()),
        time(s.state_at),
        str(s.said_by.as_str()),
        time_opt(s.eta),
        str(&s.carrier),
        str(&s.tracking),
        time_opt(s.delivered_at),
        s.for_remedy.into(),
    ]
}

fn read(row: &QueryResult) -> Result<Shipment> {
    let row = Row::new("shipments", row);
    let lines: String = row.get("lines")?;
    let lines: Vec<(String, u32)> = serde_json::from_str(&lines).map_err(|e| row.corrupt("lines", e))?;
    let line = |(line, units)| Ok((LineId::new(line).map_err(|e| row.corrupt("lines", e))?, units));
    Ok(Shipment {
        shop: row.parse("shop_id")?,
        shipment: row.parse("shipment_id")?,
        order: row.parse("order_id")?,
        lines: lines.into_iter().map(line).collect::<Result<_>>()?,
        state: row.parse("state")?,
        state_at: row.time("state_at")?,
        said_by: row.parse("said_by")?,
        eta: row.time_opt("eta")?,
        carrier: row.get("carrier")?,
        tracking: row.get("tracking")?,
        delivered_at: row.time_opt("delivered_at")?,
        for_remedy: row.get("for_remedy")?,
    })
}
