//! Levels of stock, as callers count them, and what remedies took of them.

use std::collections::HashSet;

use amends_domain::ShopId;
use amends_domain::stock::{Item, Level, Standing};
use amends_store::stock;

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// The most levels told at once.
pub const LEVELS_MAX: usize = 1_000;

/// The most levels on one page.
pub const STOCK_PAGE_MAX: u32 = 1_000;

const READERS: &[Role] = &[Role::Ingest, Role::Agent, Role::Supervisor, Role::Analyst, Role::Admin];

/// Tells how many of some articles and parts there are.
#[derive(Debug, Clone)]
pub struct SetStock {
    /// The tenant.
    pub shop: ShopId,
    /// What was counted, each item once.
    pub levels: Vec<Level>,
}

impl Command for SetStock {
    type Output = Vec<Standing>;

    const NAME: &'static str = "SetStock";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Vec<Standing>> {
        work.call.principal.require(&[Role::Ingest])?;
        work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        self.check()?;
        // Which level holds is decided by the row itself: whoever counted last.
        stock::put(&self.shop, &self.levels).run(&work.tx).await?;
        let items: Vec<Item> = self.levels.iter().map(|level| level.item.clone()).collect();
        let mut standing = stock::of_items(&work.tx, &self.shop, &items).await?;
        standing.sort_by(|a, b| a.level.item.cmp(&b.level.item));
        Ok(standing)
    }
}

impl SetStock {
    fn check(&self) -> Result<()> {
        if self.levels.is_empty() || self.levels.len() > LEVELS_MAX {
            return Err(AppError::field("levels", "must have 1–1,000 entries"));
        }
        let mut seen = HashSet::new();
        match self.levels.iter().position(|level| !seen.insert(&level.item)) {
            Some(place) => Err(AppError::field(format!("levels[{place}].sku"), "must be named once")),
            None => Ok(()),
        }
    }
}

impl App {
    /// A page of a shop's levels in the order of their items.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn stock(
        &self,
        principal: &Principal,
        shop: &ShopId,
        after: Option<&Item>,
        limit: u32,
    ) -> Result<Vec<Standing>> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        self.shops().get(&conn, shop, self.now()).await?;
        Ok(stock::list(&conn, shop, after, limit.clamp(1, STOCK_PAGE_MAX)).await?)
    }
}
