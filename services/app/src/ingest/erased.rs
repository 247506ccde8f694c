//! What is said about a buyer who was erased: it counts like anything else, and its words are not kept.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use amends_domain::signal::{ReturnSignal, Signal, SignalBody};
use amends_domain::subject::Anchor;
use amends_domain::{BuyerKey, CaseId, OrderId, ReviewId, ShopId};
use amends_store::bulk::{Answers, Place, Trip};
use amends_store::{Of, buyer};

use super::load::{Named, order_of};
use super::world::World;
use crate::error::Result;
use crate::shops::ShopInfo;
use crate::work::Work;

/// Orders that somebody bought who was erased, and who that is.
pub(super) type ErasedOrders = HashMap<Of<OrderId>, BTreeSet<BuyerKey>>;

/// Of a line of such an order.
type Bought = (ShopId, OrderId, BuyerKey);

/// Who was erased, of those behind a batch, and what they bought.
#[derive(Debug, Default)]
pub(super) struct Erased {
    pub(super) buyers: HashSet<Of<BuyerKey>>,
    pub(super) orders: ErasedOrders,
}

impl Erased {
    pub(super) fn ask(
        trip: &mut Trip,
        buyers: &[Of<BuyerKey>],
        orders: &[Of<OrderId>],
    ) -> (Place<Of<BuyerKey>>, Place<Bought>) {
        (trip.ask(buyer::erased(buyers)), trip.ask(buyer::erased_orders(orders)))
    }

    pub(super) fn take(
        answers: &mut Answers,
        (buyers, orders): (Place<Of<BuyerKey>>, Place<Bought>),
    ) -> Result<Self> {
        let buyers = answers.take(buyers)?.into_iter().collect();
        let mut bought = ErasedOrders::new();
        for (shop, order, buyer) in answers.take(orders)? {
            bought.entry((shop, order)).or_default().insert(buyer);
        }
        Ok(Self { buyers, orders: bought })
    }
}

impl World {
    /// Finds those erased buyers whom no signal names, and no order that one names: whose review or return it is,
    /// and whose cases were loaded.
    pub(super) async fn look_for_erased(&mut self, work: &Work, named: &Named) -> Result<()> {
        let writers =
            named.reviews.iter().filter_map(|key| Some((key.0.clone(), self.reviews.get(key)?.row.buyer?)));
        let mut unnamed: Vec<Of<BuyerKey>> = writers.collect();
        let requests = self.orders.values().flat_map(|order| order.returns.values());
        unnamed.extend(requests.filter_map(|kept| {
            let row = &kept.value.row;
            let is_named = named.returns.contains(&(row.shop.clone(), row.return_id.clone()));
            Some((row.shop.clone(), row.buyer.filter(|_| is_named)?))
        }));
        let of_cases = || self.cases.list.iter().map(|one| &one.case);
        unnamed.extend(of_cases().filter_map(|case| Some((case.shop.clone(), case.buyer?))));
        unnamed.retain(|buyer| !named.buyers.contains(buyer));
        // A case that is named itself may be about an order that nothing else leads to.
        let orders = of_cases().filter_map(|case| Some((case.shop.clone(), case.subject.order()?.clone())));
        let orders: Vec<Of<OrderId>> = orders.filter(|order| !named.orders.contains(order)).collect();
        if unnamed.is_empty() && orders.is_empty() {
            return Ok(());
        }
        let mut trip = Trip::default();
        let asked = Erased::ask(&mut trip, &unnamed, &orders);
        let found = Erased::take(&mut trip.go(&work.tx).await?, asked)?;
        self.erased.extend(found.buyers);
        self.erased_orders.extend(found.orders);
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
        let order = |order: &OrderId| self.erased_orders.contains_key(&(shop.clone(), order.clone()));
        let forget = match &signal.body {
            SignalBody::Order(s) => named(&s.buyer),
            SignalBody::Message(s) => named(&s.buyer),
            // Who asks for a return need not be who bought.
            SignalBody::Return(s) => {
                let asks = s.buyer.as_ref().map(|buyer| info.buyer_key(buyer));
                asks.or_else(|| self.returned_by(shop, s))
                    .map_or_else(|| order(&s.order), |key| self.erased.contains(&(shop.clone(), key)))
            }
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
                let bought = self.erased_orders.entry((shop.clone(), s.order.clone())).or_default();
                bought.insert(info.buyer_key(&s.buyer));
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
                .is_some_and(|order| self.erased_orders.contains_key(&(shop.clone(), order.clone())))
    }

    /// Who asked for a return, as far as that was said before.
    fn returned_by(&self, shop: &ShopId, seen: &ReturnSignal) -> Option<BuyerKey> {
        let facts = self.orders.get(&(shop.clone(), seen.order.clone()))?;
        facts.returns.get(&seen.return_id)?.value.row.buyer
    }

    /// Whatever touches something of an erased buyer may show that more is theirs than was known to be: a review
    /// or a case that hung on nothing of theirs until now. Then all of it is gone through once more.
    pub(super) fn look_again(&mut self, shop: &ShopId, body: &SignalBody, case: Option<CaseId>) {
        if self.erased.is_empty() && self.erased_orders.is_empty() {
            return;
        }
        let mut buyers: BTreeSet<BuyerKey> = BTreeSet::new();
        let mut orders: BTreeSet<OrderId> = order_of(body).cloned().into_iter().collect();
        match body {
            SignalBody::Review(s) => {
                let review = self.reviews.get(&(shop.clone(), s.review.clone()));
                orders.extend(review.and_then(|one| one.row.order.clone()));
                buyers.extend(review.and_then(|one| one.row.buyer));
            }
            SignalBody::Return(s) => buyers.extend(self.returned_by(shop, s)),
            _ => {}
        }
        let place = case.and_then(|case| self.cases.by_id.get(&(shop.clone(), case)).copied());
        if let Some(one) = place.and_then(|place| self.cases.get(place)) {
            orders.extend(one.case.subject.order().cloned());
            buyers.extend(one.case.buyer);
        }
        for order in &orders {
            buyers
                .extend(self.cases.on(shop, &Anchor::Order(order.clone())).filter_map(|one| one.case.buyer));
        }
        buyers.retain(|buyer| self.erased.contains(&(shop.clone(), *buyer)));
        for order in orders {
            buyers.extend(self.erased_orders.get(&(shop.clone(), order)).into_iter().flatten());
        }
        self.out.erased_again.extend(buyers.into_iter().map(|buyer| (shop.clone(), buyer)));
    }

    fn is_case_erased(&self, shop: &ShopId, case: CaseId) -> bool {
        let place = self.cases.by_id.get(&(shop.clone(), case)).and_then(|place| self.cases.get(*place));
        let Some(one) = place else { return false };
        let bought = one.case.subject.order().map(|order| (shop.clone(), order.clone()));
        one.case.buyer.is_some_and(|buyer| self.erased.contains(&(shop.clone(), buyer)))
            || bought.is_some_and(|order| self.erased_orders.contains_key(&order))
    }
}
