//! Whether packs are what their rows are.

use amends_domain::rollup::{Grain, Split};
use amends_domain::tally::Family;
use amends_domain::{Day, ShopId};

use super::super::{name, printed};
use super::{LATE, printed_rows, splits};
use crate::conn::Conn;
use crate::error::Result;
use crate::row::{Fetched, Row};
use crate::value::{int, str};

/// Packs that differ from the rows they are of, as split, grain and first day; there must be none.
///
/// # Errors
/// When the database refuses or holds what it must not.
pub async fn differing(conn: &Conn, shop: &ShopId, family: Family) -> Result<Vec<(Split, Grain, Day)>> {
    let mut found = Vec::new();
    for split in splits(family) {
        for &grain in Grain::ALL {
            let days = differing_of(conn, shop, family, (split, grain)).await?;
            found.extend(days.into_iter().map(|day| (split, grain, day)));
        }
    }
    Ok(found)
}

/// Those of one split and grain, as days.
async fn differing_of(
    conn: &Conn,
    shop: &ShopId,
    family: Family,
    (split, grain): (Split, Grain),
) -> Result<Vec<Day>> {
    let source = format!(
        "packed_rollups k CROSS JOIN {table} t WHERE k.shop_id = $1 AND k.family = $2 AND k.split = $3 \
         AND k.grain = $4 AND t.shop_id = $1 AND t.split = $3 AND t.grain = $4 AND t.period = k.period \
         AND t.shard < {LATE}",
        table = name(family)
    );
    let sql = format!(
        "SELECT p.period FROM packed_rollups p LEFT JOIN ({rows}) AS r ON r.period = p.period \
         WHERE p.shop_id = $1 AND p.family = $2 AND p.split = $3 AND p.grain = $4 \
         AND (r.body IS NULL OR r.body <> p.body OR r.entries <> p.entries OR p.layout <> $5) ORDER BY p.period",
        rows = printed_rows(conn.engine(), family, &source),
    );
    let layout = printed::layout(family);
    let values =
        vec![str(shop.as_str()), str(family.as_str()), int(split.number()), int(grain.number()), int(layout)];
    let rows = conn.all(sql, values).await?;
    let of = |row: &Fetched| Row::new("packed_rollups", row).number("period").map(Day::from_number);
    rows.iter().map(of).collect()
}
