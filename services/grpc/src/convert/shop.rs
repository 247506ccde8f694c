//! Shops.

use amends_domain::shop::{Channel, Shop};
use amends_domain::{Currency, ShopId};
use amends_proto::v1 as pb;
use prost_types::FieldMask;

use crate::fields::Fields;
use crate::name;
use crate::status::IMMUTABLE;

/// A shop as a caller wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShop {
    /// Who it will be.
    pub id: ShopId,
    /// What people call it.
    pub display_name: String,
    /// Where it sells.
    pub channel: Channel,
    /// The region of the channel.
    pub region: String,
    /// The currency of its orders.
    pub currency: Currency,
    /// Where its days begin.
    pub time_zone: String,
}

/// The domain form of a shop that is to be created.
pub fn parse(fields: &mut Fields, shop_id: &str, shop: Option<pb::Shop>) -> Option<NewShop> {
    let id = parse_id(fields, shop_id);
    let shop = fields.required("shop", shop);
    let rest = shop.and_then(|shop| fields.inside("shop", |f| parse_rest(f, shop)));
    let (display_name, channel, region, currency, time_zone) = rest?;
    let id = id?;
    let display_name = if display_name.is_empty() { id.to_string() } else { display_name };
    Some(NewShop { id, display_name, channel, region, currency, time_zone })
}

fn parse_id(fields: &mut Fields, id: &str) -> Option<ShopId> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
    if (1..=64).contains(&id.len()) && id.bytes().all(plain) {
        return fields.id("shop_id", id);
    }
    fields.refuse("shop_id", "must be 1–64 lower-case letters, digits, `-` and `_`")
}

fn parse_rest(fields: &mut Fields, shop: pb::Shop) -> Option<(String, Channel, String, Currency, String)> {
    let display_name = fields.text("display_name", shop.display_name, 200);
    let channel = match Channel::new(&shop.channel) {
        Ok(channel) => Some(channel),
        Err(error) => fields.refuse("channel", error.to_string()),
    };
    let two_letters = shop.region.len() == 2 && shop.region.bytes().all(|b| b.is_ascii_uppercase());
    let region = if two_letters {
        Some(shop.region)
    } else {
        fields.refuse("region", "must be two upper-case letters of ISO 3166-1, such as `ID`")
    };
    let currency = match shop.currency.parse() {
        Ok(currency) => Some(currency),
        Err(_) => fields.refuse("currency", "must be an ISO 4217 code such as `EUR`"),
    };
    let time_zone = time_zone(fields, shop.time_zone);
    default_language(fields, &shop.default_language);
    Some((display_name?, channel?, region?, currency?, time_zone?))
}

/// Only what is served is accepted: a wish that is silently forgotten helps nobody.
fn default_language(fields: &mut Fields, language: &str) {
    if !matches!(language, "" | "en") {
        fields.refuse::<()>("default_language", "must be empty or `en`: there is no other yet");
    }
}

/// By its shape: the list of zones changes more often than this program.
fn time_zone(fields: &mut Fields, zone: String) -> Option<String> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/_+-".contains(&b);
    let named = zone.contains('/') || zone == "UTC";
    if named && (3..=64).contains(&zone.len()) && zone.bytes().all(plain) {
        return Some(zone);
    }
    fields.refuse("time_zone", "must be an IANA time zone such as `Asia/Jakarta`")
}

/// What changes about a shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopChange {
    /// Which shop.
    pub shop: ShopId,
    /// What people call it from now on.
    pub display_name: Option<String>,
    /// The version the caller saw.
    pub version: Option<i64>,
}

/// The domain form of a change: the fields that the mask names.
pub fn parse_update(
    fields: &mut Fields,
    shop: Option<pb::Shop>,
    mask: Option<FieldMask>,
) -> Option<ShopChange> {
    let paths = mask.map(|mask| mask.paths).unwrap_or_default();
    if paths.is_empty() {
        fields.refuse::<()>("update_mask", "must name what changes");
    }
    for (index, path) in paths.iter().enumerate() {
        fields.inside("update_mask", |f| f.entry("paths", index, |f| check_path(f, path)));
    }
    let shop = fields.required("shop", shop)?;
    fields.inside("shop", |f| {
        let id = f.shop("name", &shop.name);
        let version = if shop.etag.is_empty() { Some(None) } else { f.etag("etag", &shop.etag).map(Some) };
        let display_name = f.text("display_name", shop.display_name, 200);
        if paths.iter().any(|path| path == "default_language") {
            default_language(f, &shop.default_language);
        }
        let named = paths.iter().any(|path| path == "display_name");
        Some(ShopChange {
            shop: id?,
            display_name: display_name.map(|n| named.then_some(n))?,
            version: version?,
        })
    })
}

fn check_path(fields: &mut Fields, path: &str) {
    match path {
        "display_name" | "default_language" => {}
        "channel" | "region" | "currency" | "time_zone" => {
            fields.refuse::<()>("", IMMUTABLE);
        }
        _ => {
            fields.refuse::<()>("", "names no field that can be changed");
        }
    }
}

/// The wire form of a shop.
#[must_use]
pub fn render(shop: &Shop) -> pb::Shop {
    pb::Shop {
        name: name::of_shop(&shop.id),
        display_name: shop.display_name.clone(),
        channel: shop.channel.as_str().to_owned(),
        region: shop.region.clone(),
        currency: shop.currency.to_string(),
        time_zone: shop.time_zone.clone(),
        default_language: String::new(),
        create_time: None,
        update_time: None,
        etag: shop.version.to_string(),
    }
}
