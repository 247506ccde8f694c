//! What was said to a buyer, when they may be written to, and what is left of a channel's quota.

use amends_domain::guardrail::{Buyer, CAP_LONG, QuietHours, QuotaUse, year_of};
use amends_domain::{BuyerKey, OrderId, ShopId, Span, Time};
use amends_store::buyer;
use amends_store::contact::{self, AskUse, Counted};
use amends_store::{Conn, lock};

use crate::buyer::is_order_erased;
use crate::error::Result;
use crate::shops::ShopInfo;
use crate::work::Work;

/// A reply may have been queued long before the channel got it.
const QUEUED_LONGEST: Span = Span::from_days(60);

/// What is known about whoever would read it.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    contacts: Vec<Time>,
    hours: QuietHours,
    opted_out_at: Option<Time>,
    erased: bool,
}

impl Budget {
    /// Of a buyer, besides what one message took of it already.
    pub(crate) async fn load(
        conn: &Conn,
        info: &ShopInfo,
        buyer: Option<BuyerKey>,
        besides: &str,
        now: Time,
    ) -> Result<Self> {
        Self::read(conn, info, buyer, (besides, Counted::All), now).await
    }

    /// The same as an offer sees it: whether somebody asked about a review is not among what a remedy
    /// depends on (G08), so an ask never holds one back.
    pub(super) async fn of_offer(
        conn: &Conn,
        info: &ShopInfo,
        buyer: Option<BuyerKey>,
        besides: &str,
        now: Time,
    ) -> Result<Self> {
        Self::read(conn, info, buyer, (besides, Counted::ButAsks), now).await
    }

    /// The same for a plan, with the asks apart.
    pub(crate) async fn of_plan(
        conn: &Conn,
        info: &ShopInfo,
        buyer: Option<BuyerKey>,
        now: Time,
    ) -> Result<(Self, Vec<Time>)> {
        let all = Self::read(conn, info, buyer, ("", Counted::All), now).await?;
        let but_asks = Self::read(conn, info, buyer, ("", Counted::ButAsks), now).await?;
        let mut asks = all.contacts;
        for contact in &but_asks.contacts {
            if let Some(at) = asks.iter().position(|ask| ask == contact) {
                asks.swap_remove(at);
            }
        }
        Ok((but_asks, asks))
    }

    async fn read(
        conn: &Conn,
        info: &ShopInfo,
        buyer: Option<BuyerKey>,
        (besides, counted): (&str, Counted),
        now: Time,
    ) -> Result<Self> {
        let shop = &info.shop;
        let (state, contacts) = match buyer {
            Some(key) => {
                let state = buyer::get(conn, &[(shop.id.clone(), key)]).await?.pop();
                let since = now - CAP_LONG - QUEUED_LONGEST;
                (state, contact::of_buyer(conn, &shop.id, &key, besides, counted, since).await?)
            }
            None => (None, Vec::new()),
        };
        let zone = state.as_ref().and_then(|state| state.time_zone.as_deref());
        Ok(Self {
            contacts,
            hours: QuietHours::of(zone, &shop.region, &shop.time_zone),
            opted_out_at: state.as_ref().and_then(|state| state.opted_out_at),
            erased: state.as_ref().is_some_and(|state| state.erased_at.is_some()),
        })
    }

    /// The same, knowing as well who bought an order, where nobody else is named.
    pub(crate) async fn and_order(
        self,
        conn: &Conn,
        info: &ShopInfo,
        buyer: Option<BuyerKey>,
        order: Option<&OrderId>,
    ) -> Result<Self> {
        let erased = self.erased || (buyer.is_none() && is_order_erased(conn, &info.shop.id, order).await?);
        Ok(Self { erased, ..self })
    }

    /// Of a buyer of whom only this is asked: the hour and what was said before are left open.
    pub(crate) const fn open(opted_out_at: Option<Time>, erased: bool) -> Self {
        Self { contacts: Vec::new(), hours: QuietHours::none(), opted_out_at, erased }
    }

    /// When the buyer asked not to be written to.
    pub(crate) const fn opted_out_at(&self) -> Option<Time> {
        self.opted_out_at
    }

    /// As the rules see it.
    pub(crate) fn buyer(&self, answers: bool, delivered_at: Option<Time>) -> Buyer<'_> {
        Buyer {
            contacts: &self.contacts,
            hours: &self.hours,
            answers,
            opted_out: self.opted_out_at.is_some(),
            erased: self.erased,
            delivered_at,
        }
    }
}

/// What a shop used of its channel's asks in the year of a moment. Every ask counts, whatever the
/// buyer made of it.
pub(crate) async fn quota_use(conn: &Conn, shop: &ShopId, now: Time) -> Result<QuotaUse> {
    let (from, year_ends_at) = year_of(now);
    let AskUse { asked, received } = contact::asks_between(conn, shop, from, year_ends_at).await?;
    Ok(QuotaUse { year_ends_at, used: asked, reviews: received })
}

impl Work {
    /// Makes this transaction the only one that writes to this buyer unasked and, if wanted, that uses
    /// the shop's quota of asks. Anchors are locked before.
    ///
    /// # Errors
    /// When storage fails.
    pub(crate) async fn lock_budget(&self, shop: &ShopId, buyer: Option<BuyerKey>, asks: bool) -> Result<()> {
        let buyer = buyer.map(|buyer| lock::contacts(shop, &buyer));
        let buckets: Vec<i64> = buyer.into_iter().chain(asks.then(|| lock::quota(shop))).collect();
        Ok(lock::anchors(&self.tx, &buckets).await?)
    }
}
