//! What lies in the warehouse, as far as the caller said it, and what remedies hold of it.
//!
//! A level holds from the instant it was counted at. What is held for an offer
//! is not there for another; what was sent after the level was counted is not
//! there any more. Stock that was never said restricts nothing.

use crate::code::codes;
use crate::remedy::{RemedyKind, RemedyStage, Terms};
use crate::{RemedyId, ShopId, Sku, Time};

codes! {
    /// What is counted.
    pub enum StockKind {
        /// An article that is sold.
        Article = "ARTICLE",
        /// A part of an article.
        Part = "PART",
    }
}

codes! {
    /// What became of what a remedy holds.
    pub enum HoldState {
        /// Held back for it.
        Held = "HELD",
        /// Sent.
        Consumed = "CONSUMED",
        /// Free again.
        Released = "RELEASED",
    }
}

/// Something that can be in stock.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Item {
    /// The shop's id of it.
    pub sku: Sku,
    /// What it is.
    pub kind: StockKind,
}

/// How many of it there were when they were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// What was counted.
    pub item: Item,
    /// How many there were.
    pub available: i64,
    /// When they were counted.
    pub as_of: Time,
}

/// A level with what was taken of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What was counted, and when.
    pub level: Level,
    /// Held for offers and promises.
    pub held: i64,
    /// Sent since it was counted.
    pub consumed: i64,
}

/// What a remedy holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The tenant.
    pub shop: ShopId,
    /// The remedy.
    pub remedy: RemedyId,
    /// What it sends.
    pub item: Item,
    /// How many.
    pub quantity: u32,
    /// What became of it.
    pub state: HoldState,
    /// When it came to that.
    pub at: Time,
}

/// There is less than was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{asked} of {} are needed, {free} are free", .item.sku)]
pub struct OutOfStock {
    /// What.
    pub item: Item,
    /// How many were asked for.
    pub asked: u32,
    /// How many are free.
    pub free: i64,
}

impl Standing {
    /// How many can be promised; below zero where more was promised than there is.
    #[must_use]
    pub const fn free(&self) -> i64 {
        self.level.available.saturating_sub(self.held).saturating_sub(self.consumed)
    }

    /// Whether so many can be promised.
    ///
    /// # Errors
    /// When fewer are free.
    pub fn check(&self, asked: u32) -> Result<(), OutOfStock> {
        let free = self.free();
        if free >= i64::from(asked) {
            return Ok(());
        }
        Err(OutOfStock { item: self.level.item.clone(), asked, free })
    }
}

/// What a remedy sends; none where nothing is sent, or nobody said what.
///
/// `ordered` is the article of the order line, if it is known.
#[must_use]
pub fn sends(kind: RemedyKind, terms: &Terms, ordered: Option<&Sku>) -> Option<Item> {
    let named = terms.article.parse::<Sku>().ok();
    match kind {
        RemedyKind::Replacement | RemedyKind::Reship => named.or_else(|| ordered.cloned()),
        RemedyKind::Exchange => named,
        RemedyKind::MissingPart => return named.map(|sku| Item { sku, kind: StockKind::Part }),
        RemedyKind::Repair
        | RemedyKind::PartialRefund
        | RemedyKind::RefundWithoutReturn
        | RemedyKind::Instructions
        | RemedyKind::Coupon
        | RemedyKind::PriceMatch
        | RemedyKind::ReturnLabel => None,
    }
    .map(|sku| Item { sku, kind: StockKind::Article })
}

/// What a remedy that stands so makes of what it holds.
#[must_use]
pub const fn hold_of(stage: RemedyStage) -> HoldState {
    match stage {
        RemedyStage::Proposed
        | RemedyStage::AwaitingApproval
        | RemedyStage::Offered
        | RemedyStage::Accepted
        | RemedyStage::Executing => HoldState::Held,
        RemedyStage::Fulfilled => HoldState::Consumed,
        RemedyStage::Declined | RemedyStage::Expired | RemedyStage::Withdrawn | RemedyStage::Failed => {
            HoldState::Released
        }
    }
}
