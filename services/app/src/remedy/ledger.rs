//! Grants on an order line: reserved, confirmed and released under its lock.

use amends_domain::ledger::{self, Grant, GrantState, Request};
use amends_domain::order::Line;
use amends_domain::remedy::{Remedy, Takes};
use amends_domain::{LineId, OrderId, ShopId};
use amends_store::{Conn, grant, order};

use crate::error::{AppError, Result};
use crate::work::Work;

/// All grants a line ever had.
pub(crate) async fn grants(conn: &Conn, shop: &ShopId, order: &OrderId, line: &LineId) -> Result<Vec<Grant>> {
    let found = grant::of_lines(conn, &[(shop.clone(), order.clone(), line.clone())]).await?;
    Ok(found.into_iter().map(|(_, _, _, grant)| grant).collect())
}

/// One line of an order.
pub(crate) async fn line(conn: &Conn, shop: &ShopId, of: &(OrderId, LineId)) -> Result<Option<Line>> {
    let lines = order::get(conn, shop, &of.0).await?;
    Ok(lines.into_iter().find(|line| line.line == of.1))
}

/// Takes the units that the remedy is for, or says why it cannot have them.
pub(crate) async fn reserve(work: &Work, remedy: &Remedy) -> Result<()> {
    if remedy.kind.takes() == Takes::Nothing {
        return Ok(());
    }
    let unknown = AppError::Precondition("the order line is not known yet, and the remedy needs one");
    let Some(of) = &remedy.line else { return Err(unknown) };
    let Some(purchase) = line(&work.tx, &remedy.shop, of).await?.and_then(|line| line.purchase) else {
        return Err(unknown);
    };
    let request = Request {
        remedy: remedy.id,
        takes: remedy.kind.takes(),
        units: remedy.units,
        amount: remedy.terms.amount,
        after: remedy.after,
    };
    let all = grants(&work.tx, &remedy.shop, &of.0, &of.1).await?;
    let reserved = ledger::reserve(purchase.quantity, purchase.unit_price, &all, &request)?;
    grant::put(&work.tx, &remedy.shop, &of.0, &of.1, &reserved).await?;
    Ok(())
}

/// Confirms or releases what the remedy still has reserved.
///
/// Only that: a remedy that failed once may have older grants on other units,
/// and those are not its own any more.
pub(crate) async fn settle(work: &Work, remedy: &Remedy, to: GrantState) -> Result<()> {
    let Some((order, line)) = &remedy.line else { return Ok(()) };
    let mut mine = grants(&work.tx, &remedy.shop, order, line).await?;
    mine.retain(|g| g.remedy == remedy.id && g.state == GrantState::Reserved);
    mine.iter_mut().for_each(|g| g.state = to);
    grant::put(&work.tx, &remedy.shop, order, line, &mine).await?;
    Ok(())
}
