//! What lies ahead of a shop: marketplace figures, volume and staffing, over the wire.

use amends_client::v1;
use amends_domain::Time;
use amends_tests::Harness;
use amends_tests::make::shop;

mod staffing;
mod twins;
mod volume;
mod wrong;

/// Microseconds of an hour and of a day.
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Opens a shop on a channel in a region and time zone, and answers its name.
async fn open(h: &Harness, id: &str, channel: &str, region: &str, zone: &str) -> String {
    let shop = v1::Shop { region: region.to_owned(), time_zone: zone.to_owned(), ..shop(channel) };
    let request = v1::CreateShopRequest { shop_id: id.to_owned(), shop: Some(shop), ..Default::default() };
    h.client().call(request).await.unwrap().shop.unwrap().name
}

/// The date of a time in a place that is so many hours ahead of UTC and never changes its clock.
fn date(at: Time, ahead: i64) -> String {
    Time::from_micros(at.micros() + ahead * HOUR).day().to_string()
}
