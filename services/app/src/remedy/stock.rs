//! What remedies hold of the stock: until the offer ends, until the parcel left.
//!
//! The row of the level is the last that a transaction locks, so that none waits for another in
//! a circle; what is held is added up from the holds while it is locked, and never stepped.

use amends_domain::remedy::Remedy;
use amends_domain::stock::{Hold, HoldState, Item, StockKind, hold_of, sends};
use amends_domain::{ShopId, Sku, Time};
use amends_store::{Conn, stock};

use super::ledger;
use crate::error::Result;
use crate::work::Work;

/// How many of these articles can be promised; none of one that was never counted.
///
/// # Errors
/// When storage fails.
pub async fn free(conn: &Conn, shop: &ShopId, skus: &[Sku]) -> Result<Vec<(Sku, Option<i64>)>> {
    let item = |sku: &Sku| Item { sku: sku.clone(), kind: StockKind::Article };
    let items: Vec<Item> = skus.iter().map(item).collect();
    let known = stock::of_items(conn, shop, &items).await?;
    let free = |item: Item| {
        let found = known.iter().find(|one| one.level.item == item);
        (item.sku, found.map(amends_domain::stock::Standing::free))
    };
    Ok(items.into_iter().map(free).collect())
}

/// Holds what a remedy would send, or says that there is too little of it.
pub(super) async fn hold(work: &Work, remedy: &Remedy) -> Result<()> {
    let ordered = match &remedy.line {
        Some(of) => ledger::line(&work.tx, &remedy.shop, of).await?.and_then(|line| line.purchase),
        None => None,
    };
    let sku = ordered.map(|purchase| purchase.sku);
    let Some(item) = sends(remedy.kind, &remedy.terms, sku.as_ref()) else { return Ok(()) };
    if stock::lock(&work.tx, &remedy.shop, &item).await? {
        let standing = stock::of_items(&work.tx, &remedy.shop, std::slice::from_ref(&item)).await?;
        standing.first().map_or(Ok(()), |standing| standing.check(remedy.units))?;
    }
    let (shop, quantity) = (remedy.shop.clone(), remedy.units);
    let hold = Hold { shop, remedy: remedy.id, item, quantity, state: HoldState::Held, at: work.now };
    stock::put_holds(&[hold]).run(&work.tx).await?;
    Ok(())
}

/// What became of the remedy becomes of what it holds.
pub(super) async fn settle(work: &mut Work, remedy: &Remedy, at: Time) -> Result<()> {
    let mut holds = stock::holds_of(&[(remedy.shop.clone(), remedy.id)]).all(&work.tx).await?;
    let state = hold_of(remedy.state.stage());
    holds.retain(|hold| hold.state != state);
    holds.iter_mut().for_each(|hold| (hold.state, hold.at) = (state, at));
    work.write([stock::put_holds(&holds)]);
    Ok(())
}
