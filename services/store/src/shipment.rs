//! Parcels.

use amends_domain::delivery::{Eta, Expected};
use amends_domain::order::Shipment;
use amends_domain::{LineId, OrderId, Time};
use sea_orm::Value;

use crate::Of;
use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, str, text_opt, time, time_opt};

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
        ("eta_said_at", Kind::Int),
        ("first_eta", Kind::Int),
        ("first_eta_said_at", Kind::Int),
        ("late_told", Kind::Int),
        ("remedy_id", Kind::Text),
    ],
    key: &["shop_id", "order_id", "shipment_id"],
};

/// All parcels of the orders.
pub fn by_orders(orders: &[Of<OrderId>]) -> Query<Shipment> {
    Query::by(&SHIPMENTS, &["shop_id", "order_id"], value::of(orders), read)
}

/// Writes parcels as they now stand.
pub fn put(shipments: &[Shipment]) -> Write {
    let rows = shipments.iter().map(write).collect();
    Write::insert(&SHIPMENTS, rows, Existing::Replace)
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
        time_opt(s.expected.at()),
        str(&s.carrier),
        str(&s.tracking),
        time_opt(s.delivered_at),
        s.for_remedy.into(),
        time_opt(s.expected.latest.map(|eta| eta.said_at)),
        time_opt(s.expected.first.map(|eta| eta.at)),
        time_opt(s.expected.first.map(|eta| eta.said_at)),
        time_opt(s.expected.told),
        text_opt(s.remedy),
    ]
}

fn read(row: &Fetched) -> Result<Shipment> {
    let row = Row::new("shipments", row);
    let lines: String = row.get("lines")?;
    let lines: Vec<(String, u32)> = serde_json::from_str(&lines).map_err(|e| row.corrupt("lines", e))?;
    let line = |(line, units)| Ok((LineId::new(line).map_err(|e| row.corrupt("lines", e))?, units));
    let eta = |at: Option<Time>, said_at: Option<Time>| Some(Eta { said_at: said_at?, at: at? });
    let latest = eta(row.time_opt("eta")?, row.time_opt("eta_said_at")?);
    let first = eta(row.time_opt("first_eta")?, row.time_opt("first_eta_said_at")?);
    Ok(Shipment {
        shop: row.parse("shop_id")?,
        shipment: row.parse("shipment_id")?,
        order: row.parse("order_id")?,
        lines: lines.into_iter().map(line).collect::<Result<_>>()?,
        state: row.parse("state")?,
        state_at: row.time("state_at")?,
        said_by: row.parse("said_by")?,
        expected: Expected { first, latest, told: row.time_opt("late_told")? },
        carrier: row.get("carrier")?,
        tracking: row.get("tracking")?,
        delivered_at: row.time_opt("delivered_at")?,
        for_remedy: row.get("for_remedy")?,
        remedy: row.parse_opt("remedy_id")?,
    })
}
