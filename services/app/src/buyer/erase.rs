//! Says that a buyer is to be forgotten.

use amends_domain::deadline::DeadlineKind;
use amends_domain::event::Event;
use amends_domain::{BuyerRef, ShopId};
use amends_store::buyer::erasure::{self, Erased, ErasureRow};
use amends_store::{buyer, lock};

use super::ERASERS;
use crate::error::{AppError, Result};
use crate::runner::Command;
use crate::work::Work;

/// Erases a buyer. Run it with [`crate::App::erase_buyer`], which also takes the first steps.
#[derive(Debug, Clone)]
pub struct EraseBuyer {
    /// The tenant.
    pub shop: ShopId,
    /// The buyer as callers name them.
    pub buyer: BuyerRef,
    /// Whether one of whom nothing is known is remembered as erased as well.
    pub allow_missing: bool,
}

impl Command for EraseBuyer {
    type Output = ();
    const NAME: &'static str = "EraseBuyer";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<()> {
        work.call.principal.require(ERASERS)?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let key = info.buyer_key(&self.buyer);
        // Whoever wrote about them without knowing has committed by now, or will know.
        lock::erasure(&work.tx, &self.shop, &key).await?;
        let of = [(self.shop.clone(), key)];
        let known = buyer::get(&work.tx, &of).await?.pop();
        if known.is_none() && !self.allow_missing {
            // Not by the name they go by: it would stand in logs.
            return Err(AppError::not_found("buyer", key));
        }
        buyer::erase(&work.tx, &self.shop, &key, work.now).await?;
        if known.is_none_or(|known| known.erased_at.is_none()) {
            work.happened(&self.shop, None, Event::BuyerErased { buyer: key });
        }
        let first = ErasureRow {
            shop: self.shop.clone(),
            buyer: key,
            asked_by: work.call.principal.name.clone(),
            asked_at: work.now,
            done_at: None,
            reached: Some(String::new()),
            erased: Erased::default(),
            version: 1,
        };
        work.write([erasure::insert(&first), erasure::again(&of)]);
        work.due(&self.shop, DeadlineKind::Erasure, key, work.now);
        Ok(())
    }
}
