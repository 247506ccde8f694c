//! Buyers: who stands behind a pseudonym, and what they decided.

use amends_domain::{BuyerKey, BuyerRef, OrderId, ShopId, Time};

use crate::Of;
use crate::bulk::{self, Column, Existing, Kind, Query, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{self, str, text, time};

pub mod erasure;
pub mod sweep;
pub mod trace;

const BUYERS: Table = Table {
    name: "buyers",
    columns: &[
        ("shop_id", Kind::Text),
        ("buyer_key", Kind::Text),
        ("buyer_ref", Kind::Text),
        ("first_seen_at", Kind::Int),
    ],
    key: &["shop_id", "buyer_key"],
};

/// A buyer as first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyerRow {
    /// The tenant.
    pub shop: ShopId,
    /// The pseudonym.
    pub key: BuyerKey,
    /// The buyer as the caller names them.
    pub buyer: BuyerRef,
    /// When they were first seen.
    pub first_seen_at: Time,
}

/// A buyer as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyerState {
    /// The tenant.
    pub shop: ShopId,
    /// The pseudonym.
    pub key: BuyerKey,
    /// The buyer as the caller names them; none once erased.
    pub buyer: Option<BuyerRef>,
    /// Their IANA time zone, as their latest order that named one said.
    pub time_zone: Option<String>,
    /// When they last asked not to be written to.
    pub opted_out_at: Option<Time>,
    /// When they were erased.
    pub erased_at: Option<Time>,
}

/// Adds those buyers that are new.
pub fn put(buyers: &[BuyerRow]) -> Write {
    let rows = buyers
        .iter()
        .map(|b| vec![str(b.shop.as_str()), text(b.key), str(b.buyer.as_str()), time(b.first_seen_at)]);
    Write::insert(&BUYERS, rows.collect(), Existing::Keep)
}

/// Buyers as they stand.
///
/// # Errors
/// When the database refuses.
pub async fn get(conn: &Conn, buyers: &[Of<BuyerKey>]) -> Result<Vec<BuyerState>> {
    if buyers.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<[String; 2]> =
        buyers.iter().map(|(shop, key)| [shop.to_string(), key.to_string()]).collect();
    let (filter, values) = bulk::keys(conn.engine(), BUYERS.key, 1, &keys);
    let sql = format!(
        "SELECT shop_id, buyer_key, buyer_ref, time_zone, opted_out_at, erased_at FROM buyers WHERE {filter}"
    );
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Notes that buyers asked not to be written to; the latest time stands, whatever the order in which
/// the requests come: what was said up to then asks for no answer.
pub fn opt_out(buyers: &[(ShopId, BuyerKey, Time)]) -> Write {
    const ASKED: [Column; 3] = [("shop_id", Kind::Text), ("buyer_key", Kind::Text), ("at", Kind::Int)];
    let rows = buyers.iter().map(|(shop, key, at)| vec![text(shop), text(key), time(*at)]);
    let which = "WHERE buyers.shop_id = t.shop_id AND buyers.buyer_key = t.buyer_key \
                 AND (opted_out_at IS NULL OR opted_out_at < t.at)";
    Write::change(BUYERS.name, &ASKED, rows.collect(), "UPDATE buyers SET opted_out_at = t.at FROM", which)
}

/// Notes the time zones of buyers and when each was said; the latest word stands, whatever the order
/// in which they come, and of two at once the one that sorts later.
pub fn zones(buyers: &[(ShopId, BuyerKey, Time, String)]) -> Write {
    const SAID: [Column; 4] =
        [("shop_id", Kind::Text), ("buyer_key", Kind::Text), ("at", Kind::Int), ("time_zone", Kind::Text)];
    const SET: &str = "UPDATE buyers SET time_zone = t.time_zone, zone_said_at = t.at FROM";
    let rows = buyers.iter().map(|(shop, key, at, zone)| vec![text(shop), text(key), time(*at), str(zone)]);
    let which = "WHERE buyers.shop_id = t.shop_id AND buyers.buyer_key = t.buyer_key \
                 AND erased_at IS NULL AND (zone_said_at IS NULL OR zone_said_at < t.at \
                 OR (zone_said_at = t.at AND buyers.time_zone < t.time_zone))";
    Write::change(BUYERS.name, &SAID, rows.collect(), SET, which)
}

/// Forgets who a buyer is, from a time on; one who was never seen is remembered as forgotten. The time of
/// the first erasure stands.
///
/// # Errors
/// When the database refuses.
pub async fn erase(conn: &Conn, shop: &ShopId, buyer: &BuyerKey, at: Time) -> Result<()> {
    let sql = "INSERT INTO buyers (shop_id, buyer_key, buyer_ref, first_seen_at, erased_at) \
               VALUES ($1, $2, '', $3, $3) ON CONFLICT (shop_id, buyer_key) DO UPDATE SET buyer_ref = '', \
               time_zone = NULL, zone_said_at = NULL, erased_at = COALESCE(buyers.erased_at, excluded.erased_at)";
    conn.run(sql, vec![text(shop), text(buyer), time(at)]).await.map(drop)
}

/// Those of these buyers who were erased.
pub fn erased(buyers: &[Of<BuyerKey>]) -> Query<Of<BuyerKey>> {
    let read = |row: &Fetched| {
        let row = Row::new("buyers", row);
        Ok((row.parse("shop_id")?, row.parse("buyer_key")?))
    };
    let table = Table { columns: &[("shop_id", Kind::Text), ("buyer_key", Kind::Text)], ..BUYERS };
    Query::by(&table, BUYERS.key, value::of(buyers), read).and("erased_at IS NOT NULL")
}

/// Those of these orders that somebody bought who was erased, and who that is; once for each line.
pub fn erased_orders(orders: &[Of<OrderId>]) -> Query<(ShopId, OrderId, BuyerKey)> {
    const LINES: Table = Table {
        name: "order_lines",
        columns: &[("shop_id", Kind::Text), ("order_id", Kind::Text), ("buyer_key", Kind::Text)],
        key: &["shop_id", "order_id"],
    };
    let read = |row: &Fetched| {
        let row = Row::new("order_lines", row);
        Ok((row.parse("shop_id")?, row.parse("order_id")?, row.parse("buyer_key")?))
    };
    let erased = "buyer_key IS NOT NULL AND EXISTS (SELECT 1 FROM buyers b WHERE b.shop_id = order_lines.shop_id \
                  AND b.buyer_key = order_lines.buyer_key AND b.erased_at IS NOT NULL)";
    Query::by(&LINES, LINES.key, value::of(orders), read).and(erased)
}

fn read(row: &Fetched) -> Result<BuyerState> {
    let row = Row::new("buyers", row);
    let buyer: String = row.get("buyer_ref")?;
    Ok(BuyerState {
        shop: row.parse("shop_id")?,
        key: row.parse("buyer_key")?,
        // Erasing blanks the name and leaves the row.
        buyer: if buyer.is_empty() { None } else { Some(row.parse("buyer_ref")?) },
        time_zone: row.get("time_zone")?,
        opted_out_at: row.time_opt("opted_out_at")?,
        erased_at: row.time_opt("erased_at")?,
    })
}
