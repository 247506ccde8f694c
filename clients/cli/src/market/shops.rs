//! The six shops of the marketplace, as data.

use amends_client::Client;
use amends_proto::v1;
use anyhow::Context;

use super::time::DAY;

/// When a channel's own figure counts a return, as channels describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counting {
    /// A request was opened, whatever becomes of it.
    Opened,
    /// A request stands in the list; a withdrawn one does not.
    Listed,
    /// A return was approved for which the seller is at fault.
    SellerFault,
    /// The goods are back.
    GoodsBack,
    /// A return was approved.
    Approved,
}

/// A shop.
#[derive(Debug)]
pub(crate) struct Shop {
    /// The id, the last part of its name.
    pub(crate) id: &'static str,
    display_name: &'static str,
    /// Where it sells.
    pub(crate) channel: &'static str,
    region: &'static str,
    /// ISO 4217.
    pub(crate) currency: &'static str,
    /// What its buyers speak, the first most of all.
    pub(crate) languages: &'static [&'static str],
    /// When its channel counts a return.
    pub(crate) counting: Counting,
    /// How long the channel waits for an answer to a request before it decides.
    pub(crate) answer_within: Option<i64>,
    /// Prices, in minor units.
    pub(crate) prices: (i64, i64),
    /// Above which value another person approves a remedy, in minor units.
    approval_limit: i64,
}

/// The shops: six channels, six ideas of what a return is.
pub(crate) static SHOPS: [Shop; 6] = [
    Shop {
        id: "toko-jaya",
        display_name: "Toko Jaya",
        channel: "shopee",
        region: "ID",
        currency: "IDR",
        languages: &["id", "id", "id", "en"],
        counting: Counting::Listed,
        answer_within: Some(3 * DAY),
        prices: (4_500_000, 60_000_000),
        approval_limit: 45_000_000,
    },
    Shop {
        id: "baan-suay",
        display_name: "Baan Suay",
        channel: "lazada",
        region: "TH",
        currency: "THB",
        languages: &["th", "th", "th", "en"],
        counting: Counting::SellerFault,
        answer_within: Some(4 * DAY),
        prices: (19_000, 180_000),
        approval_limit: 140_000,
    },
    Shop {
        id: "harbor-goods",
        display_name: "Harbor Goods",
        channel: "amazon",
        region: "US",
        currency: "USD",
        languages: &["en", "en", "es"],
        counting: Counting::GoodsBack,
        answer_within: None,
        prices: (1_200, 14_000),
        approval_limit: 10_000,
    },
    Shop {
        id: "uhrwerk",
        display_name: "Uhrwerk",
        channel: "ebay",
        region: "DE",
        currency: "EUR",
        languages: &["de", "de", "de", "en"],
        counting: Counting::Opened,
        answer_within: Some(3 * DAY),
        prices: (1_500, 16_000),
        approval_limit: 11_000,
    },
    Shop {
        id: "paper-fern",
        display_name: "Paper & Fern",
        channel: "etsy",
        region: "US",
        currency: "USD",
        languages: &["en", "en", "es", "zh"],
        counting: Counting::Approved,
        answer_within: None,
        prices: (900, 9_000),
        approval_limit: 7_500,
    },
    Shop {
        id: "kettle-co",
        display_name: "Kettle & Co",
        channel: "own_store",
        region: "GB",
        currency: "GBP",
        languages: &["en", "en", "zh", "de"],
        counting: Counting::Approved,
        answer_within: None,
        prices: (1_000, 12_000),
        approval_limit: 9_000,
    },
];

/// The shops of the simulated marketplace, by id: keys are made for them.
pub fn shop_ids() -> impl Iterator<Item = &'static str> {
    SHOPS.iter().map(|shop| shop.id)
}

impl Shop {
    /// `shops/{shop}`.
    pub(crate) fn name(&self) -> String {
        format!("shops/{}", self.id)
    }

    /// An amount in its currency.
    pub(crate) fn money(&self, minor_units: i64) -> v1::Money {
        v1::Money { minor_units, currency: self.currency.to_owned() }
    }

    async fn open(&self, admin: &Client) -> anyhow::Result<()> {
        let shop = v1::Shop {
            display_name: self.display_name.to_owned(),
            channel: self.channel.to_owned(),
            region: self.region.to_owned(),
            currency: self.currency.to_owned(),
            // The books of the market count in days of UTC.
            time_zone: "UTC".to_owned(),
            ..v1::Shop::default()
        };
        let request =
            v1::CreateShopRequest { shop_id: self.id.to_owned(), shop: Some(shop), ..Default::default() };
        admin.call(request).await?;
        self.limit_approvals(admin).await
    }

    async fn limit_approvals(&self, admin: &Client) -> anyhow::Result<()> {
        let name = format!("{}/policy", self.name());
        let policy = admin.call(v1::GetPolicyRequest { name: name.clone() }).await?.policy;
        let etag = policy.context("the server answered without the policy")?.etag;
        let approval_limit = Some(self.money(self.approval_limit));
        let shop_rules = Some(v1::ShopRules { approval_limit, ..Default::default() });
        let request = v1::UpdatePolicyRequest {
            policy: Some(v1::Policy { name, etag, shop_rules, ..Default::default() }),
            update_mask: Some(prost_types::FieldMask { paths: vec!["shop_rules.approval_limit".to_owned()] }),
            ..Default::default()
        };
        admin.call(request).await?;
        Ok(())
    }
}

/// Opens every shop.
pub(crate) async fn open_all(admin: &Client) -> anyhow::Result<()> {
    for shop in &SHOPS {
        shop.open(admin).await.with_context(|| format!("the shop {} cannot be opened", shop.id))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_shops_sell_on_one_channel() {
        let channels: BTreeSet<_> = SHOPS.iter().map(|shop| shop.channel).collect();
        assert_eq!(channels.len(), SHOPS.len());
        assert_eq!(shop_ids().count(), SHOPS.len());
    }

    #[test]
    fn some_remedies_need_approval_and_most_do_not() {
        for shop in &SHOPS {
            assert!((shop.prices.0..shop.prices.1).contains(&shop.approval_limit), "{}", shop.id);
        }
    }
}
