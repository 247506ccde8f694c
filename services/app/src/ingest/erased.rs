//! What is said about a buyer who was erased: it counts like anything else, and its words are not kept.

use std::borrow::Cow;
use std::collections::HashSet;

use amends_domain::signal::{Signal, SignalBody};
use amends_domain::{BuyerKey, CaseId, OrderId, ReviewId, ShopId};
use amends_store::bulk::{Answers, Place, Trip};
use amends_store::{Of, buyer};

use super::load::Named;
use super::world::World;
use crate::error::Result;
use crate::shops::ShopInfo;
use crate::work::Work;

/// Who was erased, of those behind a batch, and what they bought.
#[derive(Debug, Default)]
pub(super) struct Erased {
    pub(super) buyers: HashSet<Of<BuyerKey>>,
    pub(super) orders: HashSet<Of<OrderId>>,
}

impl Erased {
    pub(super) fn ask(
        trip: &mut Trip,
        buyers: &[Of<BuyerKey>],
        orders: &[Of<OrderId>],
    ) -> (Place<Of<BuyerKey>>, Place<Of<OrderId>>) {
        (trip.ask(buyer::erased(buyers)), trip.ask(buyer::erased_orders(orders)))
    }

    pub(super) fn take(
        answers: &mut Answers,
        (buyers, orders): (Place<Of<BuyerKey>>, Place<Of<OrderId>>),
    ) -> Result<Self> {
        let buyers = answers.take(buyers)?.into_iter().collect();
        Ok(Self { buyers, orders: answers.take(orders)?.into_iter().collect() })
    }
}

impl World {
    /// Finds those erased buyers whom no signal names, and no order: whose review it is, or whose case is judged.
    pub(super) async fn look_for_erased(&mut self, work: &Work, named: &Named) -> Result<()> {
        let writers =
            named.reviews.iter().filter_map(|key| Some((key.0.clone(), self.reviews.get(key)?.row.buyer?)));
        let mut unnamed: Vec<Of<BuyerKey>> = writers.collect();
        if !named.judged.is_empty() {
            let of_cases = self.cases.list.iter().map(|one| &one.case);
            unnamed.extend(of_cases.filter_map(|case| Some((case.shop.clone(), case.buyer?))));
        }
        unnamed.retain(|buyer| !named.buyers.contains(buyer));
        if !unnamed.is_empty() {
            self.erased.extend(buyer::erased(&unnamed).all(&work.tx).await?);
        }
        Ok(())
    }

    /// The signal as it is kept. What a review says is compared with what it said before, so its text is
    /// left out only where it is stored.
    pub(super) fn without_words<'a>(&mut self, info: &ShopInfo, signal: &'a Signal) -> Cow<'a, Signal> {
        if self.erased.is_empty() && self.erased_orders.is_empty() {
            return Cow::Borrowed(signal);
        }
        let shop = &info.shop.id;
        let named = |buyer| self.erased.contains(&(shop.clone(), info.buyer_key(buyer)));
        let order = |order: &OrderId| self.erased_orders.contains(&(shop.clone(), order.clone()));
        let forget = match &signal.body {
            SignalBody::Order(s) => named(&s.buyer),
            SignalBody::Message(s) => named(&s.buyer),
            SignalBody::Return(s) => s.buyer.as_ref().is_some_and(named) || order(&s.order),
            SignalBody::Shipment(s) => order(&s.order),
            SignalBody::Survey(s) => {
                s.order.as_ref().is_some_and(order)
                    || s.case.is_some_and(|case| self.is_case_erased(shop, case))
            }
            SignalBody::Review(_) | SignalBody::Overdue(_) => false,
        };
        if !forget {
            return Cow::Borrowed(signal);
        }
        let mut signal = signal.clone();
        match &mut signal.body {
            SignalBody::Order(s) => {
                s.time_zone.clear();
                self.erased_orders.insert((shop.clone(), s.order.clone()));
            }
            SignalBody::Message(s) => s.text.clear(),
            SignalBody::Return(s) => s.raw_reason.clear(),
            SignalBody::Shipment(s) => s.tracking.clear(),
            SignalBody::Survey(s) => s.comment.clear(),
            SignalBody::Review(_) | SignalBody::Overdue(_) => {}
        }
        Cow::Owned(signal)
    }

    /// Whether a review is one of a buyer who was erased, or about an order of theirs.
    pub(super) fn is_review_erased(&self, shop: &ShopId, review: &ReviewId) -> bool {
        let Some(one) = self.reviews.get(&(shop.clone(), review.clone())) else { return false };
        let row = &one.row;
        row.buyer.is_some_and(|buyer| self.erased.contains(&(shop.clone(), buyer)))
            || row
                .order
                .as_ref()
                .is_some_and(|order| self.erased_orders.contains(&(shop.clone(), order.clone())))
    }

    fn is_case_erased(&self, shop: &ShopId, case: CaseId) -> bool {
        let place = self.cases.by_id.get(&(shop.clone(), case)).and_then(|place| self.cases.get(*place));
        let Some(one) = place else { return false };
        let bought = one.case.subject.order().map(|order| (shop.clone(), order.clone()));
        one.case.buyer.is_some_and(|buyer| self.erased.contains(&(shop.clone(), buyer)))
            || bought.is_some_and(|order| self.erased_orders.contains(&order))
    }
}
