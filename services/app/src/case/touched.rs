//! Which cases something happened to, read once for everyone who watches.
//!
//! The last stretch of the event stream is kept in memory without its content.
//! Whoever watches asks what was touched after the position they know; only one
//! who comes from further back is told to look at everything.

use std::collections::{BTreeSet, VecDeque};

use amends_domain::{CaseId, ShopId};
use amends_store::event::{self, Touch};

use crate::app::App;
use crate::error::Result;

/// Touches kept in memory.
const KEPT_MAX: usize = 20_000;

/// Touches read at a time.
const PAGE: u32 = 2_000;

/// What was touched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Everything up to here was looked at.
    pub position: i64,
    /// The cases; none if that is no longer known.
    pub cases: Option<BTreeSet<CaseId>>,
}

impl Touched {
    /// Whether something may have happened to a case.
    #[must_use]
    pub fn has(&self, case: &CaseId) -> bool {
        self.cases.as_ref().is_none_or(|cases| cases.contains(case))
    }

    /// Whether nothing happened to any case.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.as_ref().is_some_and(BTreeSet::is_empty)
    }
}

/// The last stretch of the event stream.
#[derive(Debug, Default)]
pub struct Recent {
    /// Everything after this and up to `upto` is kept.
    from: i64,
    upto: i64,
    kept: VecDeque<Touch>,
}

impl Recent {
    fn take(&mut self, page: Vec<Touch>) {
        if let Some(last) = page.last() {
            self.upto = last.position;
        }
        self.kept.extend(page);
        while self.kept.len() > KEPT_MAX {
            if let Some(oldest) = self.kept.pop_front() {
                self.from = oldest.position;
            }
        }
    }

    fn after(&self, shop: &ShopId, position: i64) -> Touched {
        if position < self.from {
            return Touched { position: self.upto, cases: None };
        }
        let start = self.kept.partition_point(|touch| touch.position <= position);
        let of_shop = self.kept.iter().skip(start).filter(|touch| touch.shop == *shop);
        let cases = Some(of_shop.filter_map(|touch| touch.case).collect());
        Touched { position: self.upto.max(position), cases }
    }
}

impl App {
    /// The cases of a shop to which something happened after a position.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn touched(&self, shop: &ShopId, after: i64) -> Result<Touched> {
        let target = *self.positions().borrow();
        // Whoever comes while it is being read waits, and then finds it there.
        let mut recent = self.recent().lock().await;
        if recent.upto == 0 {
            (recent.from, recent.upto) = (target, target);
        }
        while recent.upto < target {
            let page = event::touched_after(&self.store().reader(), recent.upto, PAGE).await?;
            if page.is_empty() {
                recent.upto = target;
            }
            recent.take(page);
        }
        Ok(recent.after(shop, after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(position: i64, shop: &ShopId) -> Touch {
        let case = CaseId::from_bits(position.unsigned_abs().into());
        Touch { position, shop: shop.clone(), case: Some(case) }
    }

    #[test]
    fn what_is_no_longer_kept_counts_as_touched() {
        let (Ok(one), Ok(two)) = (ShopId::new("one"), ShopId::new("two")) else { return };
        let mut recent = Recent::default();
        let last = i64::try_from(KEPT_MAX).unwrap_or(i64::MAX) + 10;
        recent.take((1..=last).map(|at| touch(at, if at % 2 == 0 { &two } else { &one })).collect());
        let found = recent.after(&two, last - 4);
        assert_eq!(found.cases.as_ref().map(BTreeSet::len), Some(2), "the other shop's are not told");
        assert_eq!(found.position, last);
        assert!(recent.after(&one, last).is_empty());
        let behind = recent.after(&one, 3);
        assert!(behind.cases.is_none() && behind.has(&CaseId::from_bits(77)));
    }
}
