//! Roll-ups: sums by day, and by week and month once those are over, without a split and by what members can be told apart by, in shards
//! that writers do not share. One row holds all measures of its family.

use std::collections::{BTreeMap, HashMap};

use amends_domain::rollup::{Cell, Grain, Place, Sealed, Split};
use amends_domain::tally::{Family, Measure};
use amends_domain::{Day, ShopId};
use sea_orm::Value;

use crate::bulk::{Existing, Write};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str};

mod ask;
mod basis;
mod pack;
mod printed;
mod response;
mod seal;
mod tables;
mod times;

pub use ask::{Answer, Asked, Part, ask};
pub(crate) use ask::{Role, roles};
pub use basis::{Basis, REVISION, bases, basis, put_basis};
pub use pack::{Outdated, differing, outdated, pack_all, packed_shops, repack};
pub use seal::{first_day, mark, seal, sealed, sealed_until_end, unsealed};
pub use times::{TimesRow, Whose, times};

use tables::{measures, table};

/// What one row holds; a measure that is not there is 0.
pub type Sums = BTreeMap<Measure, i64>;

/// The name of the table in which the sums of a family stand.
#[must_use]
pub const fn name(family: Family) -> &'static str {
    table(family).name
}

/// How far shops are sealed; one that is not named is not.
pub type Seals = HashMap<ShopId, Sealed>;

/// Adds to the rows of a shard, or of its late one where a period is sealed; one statement for each table.
pub fn add(shard: i64, seals: &Seals, sums: &BTreeMap<(ShopId, Cell), Sums>) -> Vec<Write> {
    let shard_of = |shop: &ShopId, cell: &Cell| {
        let is_late = seals.get(shop).is_some_and(|sealed| sealed.is_over(cell.grain, cell.period));
        if is_late { shard.saturating_add(pack::LATE) } else { shard }
    };
    // Two writers that lock the same rows in the same order never wait for each other in a ring.
    let sums = sums.iter().filter(|(_, sums)| sums.values().any(|value| *value != 0));
    let sums: Vec<_> = sums.map(|((shop, cell), sums)| (shop, cell, sums)).collect();
    writes(shard_of, &sums, Existing::Add)
}

fn writes(
    shard_of: impl Fn(&ShopId, &Cell) -> i64,
    sums: &[(&ShopId, &Cell, &Sums)],
    existing: Existing,
) -> Vec<Write> {
    let of = |family: &Family| {
        let family = *family;
        let mine = sums.iter().filter(|(_, cell, _)| cell.family == family);
        let rows = mine.map(|(shop, cell, sums)| row(shop, cell, shard_of(shop, cell), sums)).collect();
        Write::insert(table(family), rows, existing)
    };
    Family::ALL.iter().map(of).collect()
}

fn row(shop: &ShopId, cell: &Cell, shard: i64, sums: &Sums) -> Vec<Value> {
    let Place { split, a, b } = &cell.place;
    let key = [
        str(shop.as_str()),
        int(split.number()),
        int(cell.grain.number()),
        int(cell.period.number()),
        str(a),
        str(b),
        int(shard),
    ];
    let values = measures(cell.family).map(|(measure, _)| int(sums.get(&measure).copied().unwrap_or(0)));
    key.into_iter().chain(values).collect()
}

/// What the rows of one table hold, all shards together, in the order of the database, from after one on;
/// rows that hold nothing are among them.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn page(
    conn: &Conn,
    shop: &ShopId,
    family: Family,
    after: Option<&Cell>,
    limit: u32,
) -> Result<Vec<(Cell, Sums)>> {
    let totals: Vec<String> =
        measures(family).map(|(_, name)| format!("CAST(SUM({name}) AS BIGINT) AS {name}")).collect();
    let sql = format!(
        "SELECT split, grain, period, a, b, {} FROM {} WHERE shop_id = $1 \
         AND (split, grain, period, a, b) > ($2, $3, $4, $5, $6) \
         GROUP BY split, grain, period, a, b ORDER BY split, grain, period, a, b LIMIT $7",
        totals.join(", "),
        name(family)
    );
    let from = after.map_or_else(
        || [int(-1), int(0), int(0), str(""), str("")],
        |cell| {
            let Place { split, a, b } = &cell.place;
            let (split, grain) = (int(split.number()), int(cell.grain.number()));
            [split, grain, int(cell.period.number()), str(a), str(b)]
        },
    );
    let mut values = vec![str(shop.as_str())];
    values.extend(from);
    values.push(int(limit));
    conn.all(sql, values).await?.iter().map(|row| read(family, row)).collect()
}

fn read(family: Family, row: &Fetched) -> Result<(Cell, Sums)> {
    let row = Row::new(name(family), row);
    let split = row.get("split").map(Split::of_number)?.ok_or_else(|| row.corrupt("split", "is none"))?;
    let grain = row.get("grain").map(Grain::of_number)?.ok_or_else(|| row.corrupt("grain", "is none"))?;
    let period = row.number("period").map(Day::from_number)?;
    let place = Place { split, a: row.get("a")?, b: row.get("b")? };
    Ok((Cell { family, grain, period, place }, sums(family, &row)?))
}

fn sums(family: Family, row: &Row<'_>) -> Result<Sums> {
    let mut sums = Sums::new();
    for (measure, name) in measures(family) {
        let value: i64 = row.get(name)?;
        if value != 0 {
            sums.insert(measure, value);
        }
    }
    Ok(sums)
}

/// Forgets everything that is summed for a shop.
///
/// # Errors
/// When the database refuses.
pub async fn clear(conn: &Conn, shop: &ShopId) -> Result<()> {
    for table in Family::ALL.iter().map(|family| name(*family)).chain(["packed_rollups"]) {
        conn.run(format!("DELETE FROM {table} WHERE shop_id = $1"), vec![str(shop.as_str())]).await?;
    }
    Ok(())
}

/// Writes recomputed rows where there are none.
///
/// # Errors
/// When the database refuses, or when a row is there.
pub async fn put(conn: &Conn, shop: &ShopId, sums: &[(&Cell, &Sums)]) -> Result<()> {
    let sums: Vec<_> = sums.iter().map(|(cell, sums)| (shop, *cell, *sums)).collect();
    conn.send(writes(|_, _| 0, &sums, Existing::Refuse)).await
}
