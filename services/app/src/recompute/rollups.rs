//! Roll-ups, added up from nothing and compared with what is stored.
//!
//! Members come page by page, and of what is stored a page is held at a time; what is derived is held
//! whole, as one entry for each row.

use std::collections::{BTreeMap, BTreeSet};

use amends_domain::ShopId;
use amends_domain::rollup::{Cell, Sealed};
use amends_domain::tally::{Counted, Family, Measure};
use amends_store::Conn;
use amends_store::rollup::{self, Sums};

use super::Pass;
use super::lags::{self, Lags};
use crate::error::Result;
use crate::rolled::Rolled;

/// Rows of a roll-up that are read or written at once.
const ROWS: u32 = 5_000;

/// Sums of members that are gathered before they are spread over the rows.
const GATHERED_MAX: usize = 2_000;

/// What the members give.
#[derive(Debug, Default)]
pub(super) struct Derived {
    gathered: Rolled,
    cells: BTreeMap<(ShopId, Cell), Sums>,
    /// How far the shop is sealed when this pass ends, and how far it was when it began.
    pub(super) sealed: Sealed,
    pub(super) was_sealed: Sealed,
    pub(super) lags: Lags,
}

impl Derived {
    pub(super) fn add(&mut self, shop: &ShopId, counted: &Counted) {
        self.gathered.add(shop, counted, 1);
        if self.gathered.len() >= GATHERED_MAX {
            self.spread();
        }
    }

    fn spread(&mut self) {
        let gathered = std::mem::take(&mut self.gathered);
        gathered.spread(&mut self.cells, |_| self.sealed);
        gathered.spread_lags(&mut self.lags);
    }

    /// Puts it in the place of all that is stored.
    pub(super) async fn store(self, conn: &Conn, shop: &ShopId, packed_from: i64) -> Result<()> {
        rollup::clear(conn, shop).await?;
        let filled = self.cells.iter().filter(|(_, sums)| sums.values().any(|value| *value != 0));
        let filled: Vec<_> = filled.map(|((_, cell), sums)| (cell, sums)).collect();
        for rows in filled.chunks(ROWS as usize) {
            rollup::put(conn, shop, rows).await?;
        }
        if let Some(until) = self.sealed.day() {
            rollup::pack_all(conn, shop, until, packed_from).await?;
        }
        lags::store(&self.lags, conn, shop).await
    }
}

impl Pass {
    /// Compares every row of every table, all shards together.
    pub(super) async fn compare_rollups(&mut self, conn: &Conn) -> Result<()> {
        self.sums.spread();
        let shop = self.info.shop.id.clone();
        // What is not met among the stored rows is missing there.
        let was_sealed = self.sums.was_sealed;
        let is_due = |cell: &Cell| was_sealed.covers(cell.grain, cell.period);
        let mut unmet: BTreeSet<Cell> =
            self.sums.cells.keys().map(|(_, cell)| cell.clone()).filter(is_due).collect();
        for &family in Family::ALL {
            let mut after = None;
            loop {
                let page = rollup::page(conn, &shop, family, after.as_ref(), ROWS).await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(last.clone());
                // What others sealed since then is left to the next pass.
                for (cell, stored) in page.into_iter().filter(|(cell, _)| is_due(cell)) {
                    unmet.remove(&cell);
                    self.compare_row(&shop, cell, &stored);
                }
            }
        }
        for cell in unmet {
            self.compare_row(&shop, cell, &Sums::new());
        }
        self.compare_packs(conn).await
    }

    /// Compares what is packed with the rows it is of.
    async fn compare_packs(&mut self, conn: &Conn) -> Result<()> {
        for &family in Family::ALL {
            for (split, grain, day) in rollup::differing(conn, &self.info.shop.id, family).await? {
                let what = format!("packed {}, {split}, {grain} of {day}", rollup::name(family));
                self.differ(what, &"other rows", &"its rows");
            }
        }
        Ok(())
    }

    fn compare_row(&mut self, shop: &ShopId, cell: Cell, stored: &Sums) {
        let key = (shop.clone(), cell);
        let derived = self.sums.cells.get(&key).cloned().unwrap_or_default();
        for &measure in Measure::ALL.iter().filter(|measure| measure.family() == key.1.family) {
            let of = |sums: &Sums| sums.get(&measure).copied().unwrap_or(0);
            let table = rollup::name(key.1.family);
            self.differ(format_args!("{table}, {}, {measure}", key.1), &of(stored), &of(&derived));
        }
    }
}
