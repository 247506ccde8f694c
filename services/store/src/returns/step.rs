//! The immutable events of return requests.

use amends_domain::returns::ReturnEvent;
use amends_domain::{OrderId, ReturnId, ShopId};
use sea_orm::Value;

use super::{read_bounds, write_bounds};
use crate::Of;
use crate::bulk::{Existing, Kind, Query, Table, Write};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, money_opt, str, time};

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
        ("refund", Kind::Int),
        ("currency", Kind::Text),
        ("offer_min", Kind::Int),
        ("offer_max", Kind::Int),
        ("offer_currency", Kind::Text),
        ("offers_left", Kind::Int),
    ],
    key: &["shop_id", "order_id", "return_id", "occurred_at", "signal_id"],
};

/// An event and the request it belongs to.
type Step = (ShopId, OrderId, ReturnId, ReturnEvent);

/// All events of all requests of the orders.
pub fn events_by_orders(orders: &[Of<OrderId>]) -> Query<Step> {
    Query::by(&EVENTS, &["shop_id", "order_id"], value::of(orders), read)
}

/// Adds events, each with the channel's own word; one that is there already stays as it is.
pub fn insert_events(events: &[(ShopId, OrderId, ReturnId, ReturnEvent, String)]) -> Write {
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
        .into_iter()
        .chain(money_opt(event.refund))
        .chain(write_bounds(event.bounds))
        .collect()
    });
    Write::insert(&EVENTS, rows.collect(), Existing::Keep)
}

fn read(row: &Fetched) -> Result<Step> {
    let row = Row::new("return_events", row);
    let event = ReturnEvent {
        occurred_at: row.time("occurred_at")?,
        signal: row.parse("signal_id")?,
        status: row.parse("status")?,
        quantity: row.number("quantity")?,
        seller_fault: row.get("seller_fault")?,
        refund: row.money_opt("refund", "currency")?,
        bounds: read_bounds(&row)?,
    };
    Ok((row.parse("shop_id")?, row.parse("order_id")?, row.parse("return_id")?, event))
}
