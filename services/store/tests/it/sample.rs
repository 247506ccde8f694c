//! Values that tests have in common.

use amends_domain::shop::{Channel, Shop};
use amends_domain::{BuyerKey, CaseId, LineId, OrderId, ReviewId, ShopId, SignalId, Time};

/// An id that means something in every notation it passes through: quotes,
/// percent, braces and commas of arrays, brackets of JSON, words that stand
/// for nothing, letters of more than one byte.
pub(crate) const ODD: &str = r#"it's "50%" {a,NULL},[\] $1 ?1 -- ünï 日本語 🎁"#;

pub(crate) fn at(seconds: i64) -> Time {
    Time::from_secs(1_760_000_000 + seconds)
}

pub(crate) fn shop_id(name: &str) -> ShopId {
    ShopId::new(name).unwrap()
}

pub(crate) fn order_id(name: &str) -> OrderId {
    OrderId::new(name).unwrap()
}

pub(crate) fn line_id(name: &str) -> LineId {
    LineId::new(name).unwrap()
}

pub(crate) fn review_id(name: &str) -> ReviewId {
    ReviewId::new(name).unwrap()
}

pub(crate) fn signal_id(name: &str) -> SignalId {
    SignalId::new(name).unwrap()
}

pub(crate) fn case_id(number: u128) -> CaseId {
    CaseId::from_bits(number)
}

pub(crate) fn buyer_key(number: u128) -> BuyerKey {
    BuyerKey::from_bits(number)
}

pub(crate) fn shop(name: &str) -> Shop {
    Shop {
        id: shop_id(name),
        display_name: format!("Shop {name}"),
        channel: Channel::new("shopee").unwrap(),
        region: "ID".to_owned(),
        currency: "IDR".parse().unwrap(),
        time_zone: "Asia/Jakarta".to_owned(),
        version: 1,
    }
}
