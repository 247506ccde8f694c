//! Reviews, derived again.

use amends_domain::case::Case;
use amends_domain::order::Line;
use amends_domain::rollup::About;
use amends_domain::{LineId, OrderId, Sku, Time};
use amends_store::review::{self, ReviewRow};
use amends_store::{Conn, case, order};

use super::{Corrections, PAGE, Pass};
use crate::error::Result;
use crate::facts::{place_review, refresh_review};
use crate::restate::versions_of;

impl Pass {
    pub(super) async fn reviews(&mut self, conn: &Conn, mut fix: Option<&mut Corrections>) -> Result<()> {
        let mut after = None;
        loop {
            let shop = self.info.shop.id.clone();
            let page = review::page(conn, &shop, after.clone(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.review.clone());
            let mut versions = versions_of(conn, &page).await?;
            let mut orders: Vec<_> =
                page.iter().filter_map(|row| Some((shop.clone(), row.order.clone()?))).collect();
            orders.sort();
            orders.dedup();
            let lines = order::by_orders(&orders).all(conn).await?;
            let mut cases: Vec<_> = page.iter().filter_map(|row| Some((shop.clone(), row.case?))).collect();
            cases.sort();
            cases.dedup();
            let cases = case::by_ids(&cases).all(conn).await?;
            for row in page {
                let mine = versions.remove(&row.review).unwrap_or_default();
                let of = row.case.and_then(|id| cases.iter().find(|case| case.id == id));
                self.review(row, mine, (&lines, of), fix.as_deref_mut());
            }
            self.page_done();
        }
    }

    fn review(
        &mut self,
        stored: ReviewRow,
        versions: Vec<amends_domain::review::ReviewVersion>,
        (lines, case): (&[Line], Option<&Case>),
        fix: Option<&mut Corrections>,
    ) {
        let first = versions.iter().map(|v| v.observed_at).min().unwrap_or(Time::MIN);
        let policy = self.info.channel_policy(first);
        let mut derived = stored.clone();
        let mine = |order: &OrderId| lines.iter().filter(|line| line.order == *order).collect();
        let mine: Option<Vec<&Line>> = stored.order.as_ref().map(mine);
        place_review(&mut derived, &versions, mine.as_ref().map(|lines| lines.iter().copied()));
        derived.about = About::of(case);
        let (_, history) = refresh_review(&mut derived, versions, &policy);
        let name = format!("review {}", stored.review);
        let differs = [
            self.differ(&name, &stored.history, &derived.history),
            self.differ(
                format_args!("{name}, last seen"),
                &stored.last_observed_at,
                &derived.last_observed_at,
            ),
            self.differ(
                format_args!("{name}, delivered"),
                &stored.handling.delivered_at,
                &derived.handling.delivered_at,
            ),
            self.differ(format_args!("{name}, place"), &place(&stored), &place(&derived)),
            self.differ(format_args!("{name}, article of its line"), &stored.line_sku, &derived.line_sku),
            self.differ(format_args!("{name}, what its case says"), &stored.about, &derived.about),
            self.differ(format_args!("{name}, next look"), &stored.next_look_at, &derived.next_look_at),
        ];
        self.found.reviews += 1;
        let counts = self.info.review_counts(&history, &derived);
        self.sums.add(&stored.shop, &counts);
        if let Some(fix) = fix.filter(|_| differs.contains(&true)) {
            fix.reviews.push(derived);
        }
    }
}

/// What it is about, by its own word, and whether the wish to return was heard in it.
fn place(row: &ReviewRow) -> (Option<&LineId>, Option<&Sku>, Option<Time>) {
    (row.line.as_ref(), row.sku.as_ref(), row.wished_at)
}
