//! Buyers who are to be forgotten.
//!
//! First it is written down that a buyer is erased: from that moment on nothing goes out to them, and what is
//! still said about them is counted without its words. Then what stands of them is taken away, some at a time,
//! by whoever comes first: the call that asked for it, or the due worker after a crash.
//!
//! Nothing slips through between the two. Ingest shares a lock on the buyers it names, which the first step has
//! alone; whatever else writes words holds the anchor of its case, and every anchor of the buyer is held once
//! while it is gone through.

use std::collections::HashSet;

use amends_domain::case::Case;
use amends_domain::{BuyerKey, CaseId, OrderId, ShopId};
use amends_store::bulk::Trip;
use amends_store::buyer::{self, erasure};
use amends_store::{Conn, Of, StoreError};

use crate::app::App;
use crate::call::{Call, Principal, Role};
use crate::error::{AppError, Result};

mod erase;
mod step;

pub use amends_store::buyer::erasure::{Erased, ErasureRow as Erasure};
pub use erase::EraseBuyer;
pub(crate) use step::EraseStep;

/// Who may erase.
const ERASERS: &[Role] = &[Role::Admin];

/// What whoever writes about a buyer is told who was erased.
pub(crate) const ERASED: &str = "G23: the buyer's data were erased; nothing is written about them any more";

/// Steps that a call takes before it leaves the rest to the due worker.
const STEPS_AT_ONCE: usize = 20;

impl App {
    /// Erases a buyer: all of it where that is little, else its beginning. The answer says whether it is done.
    ///
    /// # Errors
    /// When the principal may not, the buyer was never seen, or storage fails.
    pub async fn erase_buyer(&self, call: Call, command: EraseBuyer) -> Result<Erasure> {
        let (shop, by, cause) = (command.shop.clone(), call.principal.name.clone(), call.cause.clone());
        let (conn, now) = (self.store().reader(), self.now());
        call.principal.require(ERASERS)?;
        call.principal.enter(&shop)?;
        let buyer = self.shops().get(&conn, &shop, now).await?.buyer_key(&command.buyer);
        // A repeated request does not begin again; it is told where the erasure stands by now.
        self.execute(call, command, |_| Vec::new()).await?;
        for _ in 0..STEPS_AT_ONCE {
            let step = EraseStep { shop: shop.clone(), buyer };
            match self.perform(Call::by_timer(&by, cause.clone()), step).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(AppError::Store(error @ StoreError::Unavailable(_))) => return Err(error.into()),
                // It is due all the same.
                Err(error) => {
                    tracing::warn!(%error, "an erasure goes on later");
                    break;
                }
            }
        }
        erasure::get(&conn, &shop, &buyer).await?.ok_or_else(|| AppError::not_found("erasure", buyer))
    }

    /// The erasure of a buyer, by their pseudonym.
    ///
    /// # Errors
    /// When the principal may not, there is none, or storage fails.
    pub async fn erasure(&self, principal: &Principal, shop: &ShopId, buyer: BuyerKey) -> Result<Erasure> {
        principal.enter(shop)?;
        principal.require(ERASERS)?;
        let found = erasure::get(&self.store().reader(), shop, &buyer).await?;
        found.ok_or_else(|| AppError::not_found("erasure", buyer))
    }
}

/// Whether the buyer of a case was erased, or, where the case names none, who bought the order it is about.
pub(crate) async fn is_erased(conn: &Conn, case: &Case) -> Result<bool> {
    match case.buyer {
        Some(buyer) => Ok(!buyer::erased(&[(case.shop.clone(), buyer)]).all(conn).await?.is_empty()),
        None => is_order_erased(conn, &case.shop, case.subject.order()).await,
    }
}

/// Those of these cases of whom the same is true.
pub(crate) async fn erased_of(conn: &Conn, cases: &[Case]) -> Result<HashSet<Of<CaseId>>> {
    let buyers: Vec<_> = cases.iter().filter_map(|case| Some((case.shop.clone(), case.buyer?))).collect();
    let nameless = cases.iter().filter(|case| case.buyer.is_none());
    let orders: Vec<_> =
        nameless.filter_map(|case| Some((case.shop.clone(), case.subject.order()?.clone()))).collect();
    let mut trip = Trip::default();
    let (buyers, orders) = (trip.ask(buyer::erased(&buyers)), trip.ask(buyer::erased_orders(&orders)));
    let mut answers = trip.go(conn).await?;
    let buyers: HashSet<Of<BuyerKey>> = answers.take(buyers)?.into_iter().collect();
    let orders: HashSet<Of<OrderId>> =
        answers.take(orders)?.into_iter().map(|(shop, order, _)| (shop, order)).collect();
    let is_erased = |case: &&Case| match (case.buyer, case.subject.order()) {
        (Some(buyer), _) => buyers.contains(&(case.shop.clone(), buyer)),
        (None, Some(order)) => orders.contains(&(case.shop.clone(), order.clone())),
        (None, None) => false,
    };
    Ok(cases.iter().filter(is_erased).map(|case| (case.shop.clone(), case.id)).collect())
}

/// Whether somebody bought this order who was erased.
pub(crate) async fn is_order_erased(conn: &Conn, shop: &ShopId, order: Option<&OrderId>) -> Result<bool> {
    let order: Vec<_> = order.map(|order| (shop.clone(), order.clone())).into_iter().collect();
    Ok(!buyer::erased_orders(&order).all(conn).await?.is_empty())
}
