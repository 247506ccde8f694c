//! Wishes to return that were heard in reviews of orders.

use amends_domain::order::Wish;
use amends_domain::{OrderId, ReviewId, ShopId};

use crate::Of;
use crate::bulk::{Kind, Query, Table};
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value;

const WISHES: Table = Table {
    name: "reviews",
    columns: &[
        ("shop_id", Kind::Text),
        ("order_id", Kind::Text),
        ("review_id", Kind::Text),
        ("line_id", Kind::Text),
        ("wished_at", Kind::Int),
    ],
    key: &["shop_id", "order_id"],
};

/// A wish, and the review of an order that it was heard in.
pub type Heard = (ShopId, OrderId, ReviewId, Wish);

/// What was heard in reviews of the orders.
pub fn wishes_of_orders(orders: &[Of<OrderId>]) -> Query<Heard> {
    Query::by(&WISHES, WISHES.key, value::of(orders), read)
        .and("order_id IS NOT NULL AND wished_at IS NOT NULL")
}

fn read(row: &Fetched) -> Result<Heard> {
    let row = Row::new("reviews", row);
    let wish = Wish { line: row.parse_opt("line_id")?, at: row.time("wished_at")? };
    Ok((row.parse("shop_id")?, row.parse("order_id")?, row.parse("review_id")?, wish))
}
