//! What is known of channels, which row of it holds, and why.

use std::collections::BTreeSet;

use amends_domain::policy::{ChannelPolicy, Origin, catalogue, find};
use amends_domain::shop::{Channel, Shop};
use amends_domain::{ShopId, Time};
use amends_store::{policy, shop};

use super::READERS;
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};

/// A row of channel policy, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    /// The row.
    pub row: ChannelPolicy,
    /// A row of the shop's own.
    pub own: bool,
    /// Why it is the one in force; none if it is not.
    pub in_force: Option<Origin>,
}

impl App {
    /// Every row that is known of one channel or of all, and which are in force in a region at a
    /// time, for a shop or for nobody in particular.
    ///
    /// # Errors
    /// When there is no such shop, the role is missing, or storage fails.
    pub async fn channels(
        &self,
        principal: &Principal,
        of: Option<&ShopId>,
        channel: Option<&Channel>,
        region: Option<&str>,
        at: Option<Time>,
    ) -> Result<Vec<KnownRow>> {
        principal.require(READERS)?;
        let (conn, at) = (self.store().reader(), at.unwrap_or_else(|| self.now()));
        let (mut shop_of, mut own) = (None, Vec::new());
        if let Some(id) = of {
            principal.enter(id)?;
            shop_of = Some(shop::get(&conn, id).await?.ok_or_else(|| AppError::not_found("shop", id))?);
            own = policy::latest(&conn, id).await?.map(|row| row.policy.channel).unwrap_or_default();
        }
        Ok(known(&own, shop_of.as_ref(), channel.map(Channel::as_str), region, at))
    }
}

fn known(
    own: &[ChannelPolicy],
    shop: Option<&Shop>,
    channel: Option<&str>,
    region: Option<&str>,
    at: Time,
) -> Vec<KnownRow> {
    let shipped = catalogue().iter().map(|row| KnownRow { row: row.clone(), own: false, in_force: None });
    let signed = own.iter().map(|row| KnownRow { row: row.clone(), own: true, in_force: None });
    let mut rows: Vec<KnownRow> = shipped.chain(signed).collect();
    let region = region.or(shop.map(|shop| shop.region.as_str())).unwrap_or_default();
    let asked = channel.or(shop.map(|shop| shop.channel.as_str())).map(str::to_owned);
    let channels: BTreeSet<String> = rows.iter().map(|one| one.row.channel.clone()).chain(asked).collect();
    for name in channels {
        let (origin, holds) = find(own, &name, region, at);
        let found = rows.iter_mut().find(|one| one.own == (origin == Origin::OwnRow) && one.row == holds);
        match found {
            Some(one) => one.in_force = Some(origin),
            // A channel that nobody knows is shown with the row that it gets.
            None => rows.push(KnownRow { row: holds, own: false, in_force: Some(origin) }),
        }
    }
    rows.retain(|one| channel.is_none_or(|channel| one.row.channel == channel));
    let key =
        |one: &KnownRow| (one.row.channel.clone(), one.row.region.clone(), one.row.effective_from, one.own);
    rows.sort_by_key(key);
    rows
}
