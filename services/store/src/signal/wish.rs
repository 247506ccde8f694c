//! Wishes to return that messages voiced on orders.

use amends_domain::order::Wish;
use amends_domain::{OrderId, ShopId};

use crate::Of;
use crate::bulk::{Kind, Query, Table};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value;

const WISHES: Table = Table {
    name: "signals",
    columns: &[
        ("shop_id", Kind::Text),
        ("wish_order", Kind::Text),
        ("wish_line", Kind::Text),
        ("occurred_at", Kind::Int),
    ],
    key: &["shop_id", "wish_order"],
};

/// What messages voiced on the orders.
pub fn wishes_of_orders(orders: &[Of<OrderId>]) -> Query<(ShopId, OrderId, Wish)> {
    Query::by(&WISHES, WISHES.key, value::of(orders), read).and("wish_order IS NOT NULL")
}

fn read(row: &Fetched) -> Result<(ShopId, OrderId, Wish)> {
    let row = Row::new("signals", row);
    let wish = Wish { line: row.parse_opt("wish_line")?, at: row.time("occurred_at")? };
    Ok((row.parse("shop_id")?, row.parse("wish_order")?, wish))
}
