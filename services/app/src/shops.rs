//! Shops and their policies, kept in memory for a moment.
//!
//! Ingest needs them for every signal and they hardly change. A change made by
//! this process is seen at once, one made by another within two seconds.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use amends_domain::lag;
use amends_domain::order::Line;
use amends_domain::policy::{ChannelPolicy, ShopPolicy, catalogue, in_force};
use amends_domain::remedy_policy::RemedyPolicy;
use amends_domain::review::ReviewHistory;
use amends_domain::rollup::Facets;
use amends_domain::shop::Shop;
use amends_domain::sla::Ready;
use amends_domain::tally::{self, Count, Counted, ReviewHandling};
use amends_domain::zone::Zone;
use amends_domain::{BuyerKey, BuyerRef, ShopId, Time};
use amends_store::review::ReviewRow;
use amends_store::{Conn, policy, shop};
use tokio::time::Instant;

use crate::error::{AppError, Result};
use crate::remedy_policy::{self, InForce};

/// How long a shop is believed to be unchanged.
const KEPT: Duration = Duration::from_secs(2);

/// A shop with what its signals are read by.
#[derive(Debug)]
pub struct ShopInfo {
    /// The shop.
    pub shop: Shop,
    /// The policy in force when it was loaded.
    pub policy: ShopPolicy,
    /// The number of that policy; 0 for the one that every shop starts with.
    pub policy_version: i64,
    /// What the shop offers instead of a return.
    pub remedy: Arc<RemedyPolicy>,
    /// The number of that version; 0 for the one that every shop starts with.
    pub remedy_version: i64,
    /// What the shop promises, and its hours.
    pub sla: Ready,
    /// Its civil days.
    pub zone: Zone,
    salt: [u8; 32],
    /// When another version of the remedy policy takes over.
    remedy_until: Option<Time>,
    /// The channel's policy from each day on at which another row takes over, in order.
    channel: Vec<(Time, Arc<ChannelPolicy>)>,
}

impl ShopInfo {
    fn new(
        shop: Shop,
        policy: ShopPolicy,
        policy_version: i64,
        remedy: InForce,
        salt: [u8; 32],
    ) -> Result<Self> {
        let wrong = |_| AppError::Internal(format!("the stored promises of {} are not good", shop.id));
        let sla = policy.sla.ready().map_err(wrong)?;
        let channel = channel_by_day(&shop, &policy);
        let InForce { version: remedy_version, policy: remedy, until: remedy_until } = remedy;
        let zone = Zone::named(&shop.time_zone);
        Ok(Self {
            channel,
            shop,
            policy,
            policy_version,
            remedy,
            remedy_version,
            remedy_until,
            sla,
            zone,
            salt,
        })
    }

    /// The channel's policy at a time.
    #[must_use]
    pub fn channel_policy(&self, at: Time) -> Arc<ChannelPolicy> {
        let begun = self.channel.partition_point(|(from, _)| *from <= at);
        match self.channel.get(begun.saturating_sub(1)) {
            Some((_, policy)) => Arc::clone(policy),
            None => Arc::new(in_force(&[], self.shop.channel.as_str(), &self.shop.region, at)),
        }
    }

    /// The channel's policies that hold at some time of a span, each with when it ends to within the span.
    pub(crate) fn in_force(&self, from: Time, until: Time) -> impl Iterator<Item = (&ChannelPolicy, Time)> {
        let ends = self.channel.iter().skip(1).map(|(next, _)| *next).chain([Time::MAX]);
        let rows = self.channel.iter().zip(ends);
        let inside = rows.filter(move |((begins, _), ends)| *begins < until && *ends > from);
        inside.map(move |((_, policy), ends)| (policy.as_ref(), ends.min(until)))
    }

    /// What a line counts for, under the policy of the day it was delivered:
    /// a later policy never changes the past.
    #[must_use]
    pub fn line_counts(&self, line: &Line) -> Counted {
        let at = line.delivered.map_or(Time::MIN, |delivered| delivered.at);
        let facets = Facets::new(line.purchase.as_ref().map(|bought| &bought.sku), &line.about, None);
        let counts = tally::of_line(line, &self.channel_policy(at), &self.zone);
        Counted { facets, counts, lags: Vec::new() }
    }

    /// What a review counts for, under the policy of the day it was first seen.
    #[must_use]
    pub fn review_counts(&self, review: &ReviewHistory, row: &ReviewRow) -> Counted {
        let lags = lag::of_review(review, &row.handling, &self.zone);
        Counted { facets: facets(row), counts: self.counts_of(review, &row.handling), lags }
    }

    fn counts_of(&self, review: &ReviewHistory, handling: &ReviewHandling) -> Vec<Count> {
        let at = review.first_observed_at.unwrap_or(Time::MIN);
        tally::of_review(review, handling, &self.channel_policy(at), &self.zone)
    }

    /// The pseudonym of a buyer in this shop.
    #[must_use]
    pub fn buyer_key(&self, buyer: &BuyerRef) -> BuyerKey {
        let hash = blake3::keyed_hash(&self.salt, buyer.as_str().as_bytes());
        let mut bits = [0_u8; 16];
        bits.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        BuyerKey::from_bits(u128::from_be_bytes(bits))
    }
}

/// By what a review can be told apart: its own word before that of the order or the case.
pub(crate) fn facets(row: &ReviewRow) -> Facets {
    let mut about = row.about.clone();
    if !row.language.is_empty() {
        about.language.clone_from(&row.language);
    }
    Facets::new(row.sku.as_ref().or(row.line_sku.as_ref()), &about, row.history.first_rating)
}

/// Which row of policy holds for a shop's channel from when on: looked up for every signal, so
/// worked out once.
fn channel_by_day(shop: &Shop, policy: &ShopPolicy) -> Vec<(Time, Arc<ChannelPolicy>)> {
    let channel = shop.channel.as_str();
    let mine =
        |row: &&ChannelPolicy| row.channel == channel && ["", &shop.region].contains(&row.region.as_str());
    let begins = policy.channel.iter().chain(catalogue()).filter(mine).map(|row| row.effective_from);
    let days: BTreeSet<Time> = begins.chain([Time::MIN]).collect();
    days.into_iter()
        .map(|from| (from, Arc::new(in_force(&policy.channel, channel, &shop.region, from))))
        .collect()
}

/// The shops of this process.
#[derive(Debug, Default)]
pub struct ShopCache(RwLock<HashMap<ShopId, (Instant, Arc<ShopInfo>)>>);

impl ShopCache {
    /// The shop, from memory or from storage.
    ///
    /// # Errors
    /// When there is no such shop or storage fails.
    pub async fn get(&self, conn: &Conn, id: &ShopId, now: Time) -> Result<Arc<ShopInfo>> {
        let kept = self.kept(id);
        if let Some((loaded, info)) = &kept
            && loaded.elapsed() < KEPT
            && info.remedy_until.is_none_or(|until| now < until)
        {
            return Ok(Arc::clone(info));
        }
        let row = shop::get_row(conn, id).await?.ok_or_else(|| AppError::not_found("shop", id))?;
        let in_force = policy::in_force(conn, id, now).await?;
        let (policy, policy_version) = in_force.map_or_else(Default::default, |p| (p.policy, p.version));
        let salt = <[u8; 32]>::try_from(row.salt.as_slice())
            .map_err(|_| AppError::Internal("a shop's salt must have 32 bytes".to_owned()))?;
        let before = kept.as_ref().map(|(_, info)| info.as_ref());
        let remedy = remedy_policy::in_force(conn, &row.shop, &policy, now, before).await?;
        let info = Arc::new(ShopInfo::new(row.shop, policy, policy_version, remedy, salt)?);
        let mut shops = self.0.write().unwrap_or_else(PoisonError::into_inner);
        shops.insert(id.clone(), (Instant::now(), Arc::clone(&info)));
        Ok(info)
    }

    fn kept(&self, id: &ShopId) -> Option<(Instant, Arc<ShopInfo>)> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Forgets a shop that was changed.
    pub fn forget(&self, id: &ShopId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}
