//! The window after an avoided return closes.

use amends_domain::case::Case;
use amends_domain::order::Line;
use amends_domain::subject::{Anchor, Subject};
use amends_domain::{CaseId, LineId, OrderId, ShopId};
use amends_store::{case, order};

use crate::error::{AppError, Result};
use crate::restate;
use crate::work::Work;

/// Makes this transaction the only one that writes about the order.
pub(super) async fn lock(work: &Work, shop: &ShopId, order: &OrderId) -> Result<()> {
    work.lock([(shop, &Anchor::Order(order.clone()))]).await
}

/// Confirms that the return was avoided, if nothing counted until the window closed.
///
/// A window that was moved is set again, because restating a line always sets
/// the deadline that fits it.
pub(super) async fn fire(work: &mut Work, shop: &ShopId, order: &OrderId, line: &LineId) -> Result<()> {
    let lines = order::get(&work.tx, shop, order).await?;
    let before: Line = lines
        .into_iter()
        .find(|one| one.line == *line)
        .ok_or_else(|| AppError::not_found("order line", format!("{order}/{line}")))?;
    let info = work.app.shops().get(&work.tx, shop, work.now).await?;
    let helped_at = before.helped.map_or(work.now, |help| help.at);
    let window = info.channel_policy(helped_at).avoid_window;
    let mut after = before.clone();
    if let Some(closed_at) = before.confirm_due_at(window).filter(|at| *at <= work.now) {
        // When the window closed, not when the timer came: whoever looks back sees the same date.
        after.confirmed_at = Some(closed_at);
    }
    let case = case_of(work, shop, order, line).await?;
    restate::line(work, &info, case, &before, &after).await
}

/// The case that tells the story of a line: the open one, or else the latest.
async fn case_of(work: &Work, shop: &ShopId, order: &OrderId, line: &LineId) -> Result<Option<CaseId>> {
    let cases = case::of_anchors(&[(shop.clone(), Anchor::Order(order.clone()))]).all(&work.tx).await?;
    let subject = Subject::Line { order: order.clone(), line: line.clone() };
    let ours = cases.into_iter().filter(|case| case.subject == subject);
    let latest = ours.max_by_key(|case: &Case| (case.is_open(), case.opened_at, case.id));
    Ok(latest.map(|case| case.id))
}
