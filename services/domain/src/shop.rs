//! A shop: one store on one channel in one region.

use crate::{Currency, ShopId};

/// The channel a shop sells on, as a word such as `shopee`.
///
/// A word and not an enumeration: a channel nobody here has heard of is
/// accepted and gets the policy that forbids what is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Channel(Box<str>);

/// The channel's name is not a short lower-case word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1–32 characters of a–z, 0–9, '_', '-' or '.'")]
pub struct ChannelError;

impl Channel {
    /// Checks and takes the name of a channel.
    ///
    /// # Errors
    /// When it is not a short lower-case word.
    pub fn new(name: impl AsRef<str>) -> Result<Self, ChannelError> {
        let name = name.as_ref();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-.".contains(&b);
        if name.is_empty() || name.len() > 32 || !name.bytes().all(plain) {
            return Err(ChannelError);
        }
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A store on a channel in a region: the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// Who it is.
    pub id: ShopId,
    /// What people call it.
    pub display_name: String,
    /// Where it sells.
    pub channel: Channel,
    /// The region of the channel, as an upper-case code such as `ID`; empty when the channel has none.
    pub region: String,
    /// The one currency of its orders.
    pub currency: Currency,
    /// Its IANA time zone, such as `Asia/Jakarta`.
    pub time_zone: String,
    /// How often it was changed; the etag.
    pub version: i64,
}
