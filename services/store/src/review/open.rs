//! Reviews that can be edited longer than others of their day, because their order was delivered later.

use amends_domain::{ShopId, Time};

use crate::bulk::{self, Column, Kind};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::Row;
use crate::value::{str, time};

/// Which reviews of a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The shop.
    pub shop: ShopId,
    /// From when on they were first seen.
    pub from: Time,
    /// Before when.
    pub until: Time,
    /// After when their order was delivered.
    pub delivered_after: Time,
}

const ASKED: [Column; 4] =
    [("shop", Kind::Text), ("first", Kind::Int), ("until", Kind::Int), ("delivered_after", Kind::Int)];

/// When the negative reviews were first seen whose order was delivered after that, and after the time
/// that is asked for.
///
/// # Errors
/// When the database refuses.
pub async fn open_since_delivery(conn: &Conn, asked: Vec<Open>) -> Result<Vec<(ShopId, Time)>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let row =
        |one: Open| vec![str(one.shop.as_str()), time(one.from), time(one.until), time(one.delivered_after)];
    let rows = asked.into_iter().map(row).collect();
    let (relation, values) = bulk::relation(conn.engine(), &ASKED, 1, rows);
    let sql = format!(
        "SELECT r.shop_id, r.first_observed_at FROM {relation} AS a JOIN reviews r ON r.shop_id = a.shop \
         WHERE r.negative AND r.delivered_at > r.first_observed_at AND r.first_observed_at >= a.first \
         AND r.first_observed_at < a.until AND r.delivered_at > a.delivered_after"
    );
    let read = |row| {
        let row = Row::new("reviews", row);
        Ok((row.parse("shop_id")?, row.time("first_observed_at")?))
    };
    conn.all(sql, values).await?.iter().map(read).collect()
}
