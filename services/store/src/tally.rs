//! Tallies: per day and measure, in shards that writers do not share.

use amends_domain::tally::Measure;
use amends_domain::{Day, ShopId};
use sea_orm::Value;

use crate::bulk::{self, Existing, Kind, Table, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str};

const TALLIES: Table = Table {
    name: "tallies",
    columns: &[
        ("shop_id", Kind::Text),
        ("day", Kind::Int),
        ("measure", Kind::Text),
        ("shard", Kind::Int),
        ("value", Kind::Int),
    ],
    key: &["shop_id", "day", "measure", "shard"],
};

/// One number of one shop.
type Tally = (ShopId, Day, Measure, i64);

/// Adds to the numbers of a shard.
pub fn add(shard: i64, counts: &[Tally]) -> Write {
    let mut counts: Vec<&Tally> = counts.iter().filter(|(_, _, _, value)| *value != 0).collect();
    // Two writers that lock the same rows in the same order never wait for each other in a ring.
    counts.sort_by(|a, b| (&a.0, a.1, a.2).cmp(&(&b.0, b.1, b.2)));
    let rows =
        counts.into_iter().map(|(shop, day, measure, value)| write(shop, *day, *measure, shard, *value));
    Write::insert(&TALLIES, rows.collect(), Existing::Add)
}

/// The numbers of the shops over some days, all shards together, without zeros.
///
/// # Errors
/// When the database refuses.
pub async fn sum(conn: &Conn, shops: &[ShopId], from: Day, to_exclusive: Day) -> Result<Vec<Tally>> {
    if shops.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<[&str; 1]> = shops.iter().map(|id| [id.as_str()]).collect();
    let (within, keys) = bulk::keys(conn.engine(), &["shop_id"], 3, &ids);
    let mut values = vec![int(from.number()), int(to_exclusive.number())];
    values.extend(keys);
    totals(conn, &format!("{within} AND day >= $1 AND day < $2"), values).await
}

/// All numbers of a shop, all shards together, without zeros.
///
/// # Errors
/// When the database refuses.
pub async fn all(conn: &Conn, shop: &ShopId) -> Result<Vec<Tally>> {
    totals(conn, "shop_id = $1", vec![str(shop.as_str())]).await
}

async fn totals(conn: &Conn, filter: &str, values: Vec<Value>) -> Result<Vec<Tally>> {
    let sql = format!(
        "SELECT shop_id, day, measure, CAST(SUM(value) AS BIGINT) AS total FROM tallies WHERE {filter} \
         GROUP BY shop_id, day, measure HAVING SUM(value) <> 0 ORDER BY shop_id, day, measure"
    );
    conn.all(sql, values).await?.iter().map(read).collect()
}

/// Puts recomputed numbers in the place of all that a shop has.
///
/// # Errors
/// When the database refuses.
pub async fn replace(conn: &Conn, shop: &ShopId, counts: &[(Day, Measure, i64)]) -> Result<()> {
    conn.run("DELETE FROM tallies WHERE shop_id = $1", vec![str(shop.as_str())]).await?;
    let counts = counts.iter().filter(|(_, _, value)| *value != 0);
    let rows = counts.map(|(day, measure, value)| write(shop, *day, *measure, 0, *value));
    Write::insert(&TALLIES, rows.collect(), Existing::Refuse).run(conn).await.map(drop)
}

fn write(shop: &ShopId, day: Day, measure: Measure, shard: i64, value: i64) -> Vec<Value> {
    vec![str(shop.as_str()), int(day.number()), str(measure.as_str()), int(shard), int(value)]
}

fn read(row: &Fetched) -> Result<Tally> {
    let row = Row::new("tallies", row);
    let day = row.number("day").map(Day::from_number)?;
    Ok((row.parse("shop_id")?, day, row.parse("measure")?, row.get("total")?))
}
