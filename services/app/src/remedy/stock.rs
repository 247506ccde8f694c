//! What remedies hold of the stock: until the offer ends, until the parcel left.
//!
//! The row of the level is the last that a transaction locks, so that none waits for another in
//! a circle; what is held is added up from the holds while it is locked, and never stepped.

use amends_domain::Time;
use amends_domain::remedy::Remedy;
use amends_domain::stock::{Hold, HoldState, hold_of, sends};
use amends_store::stock;

use super::ledger;
use crate::error::Result;
use crate::work::Work;

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
