//! Grants: which unit of an order line was remedied with what.

use amends_domain::ledger::Grant;
use amends_domain::{LineId, OrderId, ShopId};

use crate::Of;
use crate::bulk::{self, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, int, text};

const TABLE: Table = Table {
    name: "grants",
    columns: &[
        ("shop_id", Kind::Text),
        ("order_id", Kind::Text),
        ("line_id", Kind::Text),
        ("unit", Kind::Int),
        ("remedy_id", Kind::Text),
        ("goods", Kind::Bool),
        ("value", Kind::Int),
        ("state", Kind::Text),
    ],
    key: &["shop_id", "order_id", "line_id", "unit", "remedy_id"],
};

/// A grant and the line it is on.
type OfLine = (ShopId, OrderId, LineId, Grant);

/// The grants of all lines of these orders, in no particular order.
pub fn by_orders(orders: &[Of<OrderId>]) -> Query<OfLine> {
    Query::by(&TABLE, &["shop_id", "order_id"], value::of(orders), read)
}

/// The grants of these lines, by unit.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn of_lines(conn: &Conn, lines: &[(ShopId, OrderId, LineId)]) -> Result<Vec<OfLine>> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<Vec<String>> =
        lines.iter().map(|(s, o, l)| vec![s.to_string(), o.to_string(), l.to_string()]).collect();
    let (condition, values) = bulk::keys(conn.engine(), &["shop_id", "order_id", "line_id"], 1, &keys);
    let order = "shop_id, order_id, line_id, unit, remedy_id";
    let sql = format!("{} WHERE {condition} ORDER BY {order}", bulk::select(&TABLE));
    let rows = conn.all(sql, values).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Fetched) -> Result<OfLine> {
    let row = Row::new("grants", row);
    let grant = Grant {
        remedy: row.parse("remedy_id")?,
        unit: row.number("unit")?,
        goods: row.get("goods")?,
        value: row.get("value")?,
        state: row.parse("state")?,
    };
    Ok((row.parse("shop_id")?, row.parse("order_id")?, row.parse("line_id")?, grant))
}

/// Stores grants of one line, over older ones of the same unit and remedy.
///
/// # Errors
/// `Contended` when another remedy has reserved one of the units.
pub async fn put(conn: &Conn, shop: &ShopId, order: &OrderId, line: &LineId, grants: &[Grant]) -> Result<()> {
    let rows = grants.iter().map(|grant| {
        vec![
            text(shop),
            text(order),
            text(line),
            int(grant.unit),
            text(grant.remedy),
            grant.goods.into(),
            int(grant.value),
            text(grant.state),
        ]
    });
    Write::insert(&TABLE, rows.collect(), Existing::Replace).run(conn).await.map(drop)
}
