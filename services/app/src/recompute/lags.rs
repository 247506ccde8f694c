//! How reviews are followed, counted from nothing and compared with what is stored.

use std::collections::{BTreeMap, BTreeSet};

use amends_domain::ShopId;
use amends_domain::lag::LagCell;
use amends_store::{Conn, lag};

use super::Pass;
use crate::error::Result;

/// Rows that are read or written at once.
const ROWS: u32 = 5_000;

/// What the reviews give.
pub(super) type Lags = BTreeMap<(ShopId, LagCell), i64>;

/// Puts it in the place of all that is stored.
pub(super) async fn store(lags: &Lags, conn: &Conn, shop: &ShopId) -> Result<()> {
    lag::clear(conn, shop).await?;
    let filled = lags.iter().filter(|(_, members)| **members != 0);
    let filled: Vec<_> = filled.map(|((_, cell), members)| (cell, *members)).collect();
    for rows in filled.chunks(ROWS as usize) {
        lag::put(shop, rows).run(conn).await?;
    }
    Ok(())
}

impl Pass {
    /// Compares every row, all shards together.
    pub(super) async fn compare_lags(&mut self, conn: &Conn) -> Result<()> {
        let shop = self.info.shop.id.clone();
        // What is not met among the stored rows is missing there.
        let mut unmet: BTreeSet<LagCell> = self.sums.lags.keys().map(|(_, cell)| cell.clone()).collect();
        let mut after = None;
        loop {
            let page = lag::page(conn, &shop, after.as_ref(), ROWS).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(last.clone());
            for (cell, stored) in page {
                unmet.remove(&cell);
                self.compare_lag(&shop, cell, stored);
            }
        }
        for cell in unmet {
            self.compare_lag(&shop, cell, 0);
        }
        Ok(())
    }

    fn compare_lag(&mut self, shop: &ShopId, cell: LagCell, stored: i64) {
        let key = (shop.clone(), cell);
        let derived = self.sums.lags.get(&key).copied().unwrap_or(0);
        self.differ(format_args!("{}, {}", lag::NAME, key.1), &stored, &derived);
    }
}
