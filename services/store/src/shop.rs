//! Shops: the tenants.

use amends_domain::shop::{Channel, Shop};
use amends_domain::{ShopId, Time};
use sea_orm::Value;

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str, time};

const SHOPS: Table = Table {
    name: "shops",
    columns: &[
        ("shop_id", Kind::Text),
        ("display_name", Kind::Text),
        ("channel", Kind::Text),
        ("region", Kind::Text),
        ("currency", Kind::Text),
        ("time_zone", Kind::Text),
        ("buyer_salt", Kind::Bytes),
        ("version", Kind::Int),
        ("created_at", Kind::Int),
    ],
    key: &["shop_id"],
};

/// A shop with the secret that its buyers' pseudonyms are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopRow {
    /// The shop.
    pub shop: Shop,
    /// The key of the hash of its buyers.
    pub salt: Vec<u8>,
}

/// Adds a shop; says false if it is there already.
///
/// # Errors
/// When the database refuses.
pub async fn insert(conn: &Conn, shop: &Shop, salt: &[u8], now: Time) -> Result<bool> {
    let row = vec![
        str(shop.id.as_str()),
        str(&shop.display_name),
        str(shop.channel.as_str()),
        str(&shop.region),
        str(shop.currency.as_str()),
        str(&shop.time_zone),
        Value::Bytes(Some(salt.to_vec())),
        int(shop.version),
        time(now),
    ];
    Ok(Write::insert(&SHOPS, vec![row], Existing::Keep).run(conn).await? > 0)
}

/// Changes a shop whose version is one below the given; says false if it is not.
///
/// # Errors
/// When the database refuses.
pub async fn update(conn: &Conn, shop: &Shop) -> Result<bool> {
    let sql = "UPDATE shops SET display_name = $1, channel = $2, region = $3, currency = $4, time_zone = $5, \
               version = $6 WHERE shop_id = $7 AND version = $8";
    let values = vec![
        str(&shop.display_name),
        str(shop.channel.as_str()),
        str(&shop.region),
        str(shop.currency.as_str()),
        str(&shop.time_zone),
        int(shop.version),
        str(shop.id.as_str()),
        int(shop.version.saturating_sub(1)),
    ];
    Ok(conn.run(sql, values).await? > 0)
}

/// One shop.
///
/// # Errors
/// When the database refuses.
pub async fn get(conn: &Conn, shop: &ShopId) -> Result<Option<Shop>> {
    Ok(get_row(conn, shop).await?.map(|row| row.shop))
}

/// One shop with its secret.
///
/// # Errors
/// When the database refuses.
pub async fn get_row(conn: &Conn, shop: &ShopId) -> Result<Option<ShopRow>> {
    let sql = format!("{} WHERE shop_id = $1", bulk::select(&SHOPS));
    conn.one(sql, vec![str(shop.as_str())]).await?.as_ref().map(read).transpose()
}

/// All shops with their secrets.
///
/// # Errors
/// When the database refuses.
pub async fn load_all(conn: &Conn) -> Result<Vec<ShopRow>> {
    let sql = format!("{} ORDER BY shop_id", bulk::select(&SHOPS));
    conn.all(sql, vec![]).await?.iter().map(read).collect()
}

/// Shops by id, of those that the caller may see, from after one on.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    conn: &Conn,
    after: Option<&ShopId>,
    only: Option<&[ShopId]>,
    limit: u32,
) -> Result<Vec<Shop>> {
    if only.is_some_and(<[ShopId]>::is_empty) {
        return Ok(Vec::new());
    }
    // No id is empty, so every shop comes after the empty one.
    let mut values = vec![str(after.map_or("", ShopId::as_str)), int(limit)];
    let mut within = String::new();
    if let Some(only) = only {
        let ids: Vec<[&str; 1]> = only.iter().map(|id| [id.as_str()]).collect();
        let (filter, keys) = bulk::keys(conn.engine(), &["shop_id"], 3, &ids);
        within = format!("AND {filter}");
        values.extend(keys);
    }
    let sql = format!("{} WHERE shop_id > $1 {within} ORDER BY shop_id LIMIT $2", bulk::select(&SHOPS));
    conn.all(sql, values).await?.iter().map(|row| Ok(read(row)?.shop)).collect()
}

fn read(row: &Fetched) -> Result<ShopRow> {
    let row = Row::new("shops", row);
    let channel: String = row.get("channel")?;
    let shop = Shop {
        id: row.parse("shop_id")?,
        display_name: row.get("display_name")?,
        channel: Channel::new(channel).map_err(|e| row.corrupt("channel", e))?,
        region: row.get("region")?,
        currency: row.parse("currency")?,
        time_zone: row.get("time_zone")?,
        version: row.get("version")?,
    };
    Ok(ShopRow { shop, salt: row.get("buyer_salt")? })
}
