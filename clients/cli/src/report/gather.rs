//! What a report needs, asked of the service.

use amends_client::Error;
use amends_proto::v1;
use amends_report::{Currency, Promises, Report};
use anyhow::Context;
use futures::try_join;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::promises;
use crate::{amount::units, connection::Session, when::timestamp};

/// Incidents on a page.
const PAGE: i32 = 200;

pub(super) async fn gather(
    session: &Session,
    days: v1::DateRange,
    bucket: Option<v1::TimeBucket>,
    sla_cases: u32,
) -> anyhow::Result<Report> {
    let shop = session.shop().await?;
    let parent = shop.clone();
    let client = &session.client;
    let bucket = bucket.unwrap_or_else(|| usual(&days));
    let (from, until) = moments(&days, &session.zone().await?)?;
    let (shop, reversal, reversal_over_time, returns, returns_over_time, remedies, fairness, incidents) = try_join!(
        client.call(v1::GetShopRequest { name: shop.clone() }),
        client.call(reversal(&shop, &days, v1::TimeBucket::Total)),
        client.call(reversal(&shop, &days, bucket)),
        client.call(returns(&shop, &days, v1::TimeBucket::Total)),
        client.call(returns(&shop, &days, bucket)),
        client.call(v1::GetRemedyPerformanceRequest {
            parent: shop.clone(),
            cohort: Some(days.clone()),
            ..Default::default()
        }),
        client.call(v1::GetRemedyFairnessRequest {
            parent: shop.clone(),
            cohort: Some(days.clone()),
            reason: None,
        }),
        incidents(session, &shop, from, until),
    )?;
    let handling = client
        .call(v1::GetHandlingRequest {
            parent: parent.clone(),
            cohort: Some(days.clone()),
            ..Default::default()
        })
        .await?;
    let shop = shop.shop.context("The server answered without the shop.")?;
    let promises = match sla_cases {
        0 => Promises::default(),
        cases => promises::promises(session, &shop.name, from, until, cases).await?,
    };
    let (_, digits) = units(&shop.currency);
    let currency = Currency { code: shop.currency.clone(), digits: u32::try_from(digits).unwrap_or(0) };
    Ok(Report {
        shop,
        days,
        reversal,
        reversal_over_time,
        returns,
        returns_over_time,
        remedies,
        fairness,
        currency,
        promises,
        handling,
        incidents,
    })
}

/// Enough parts to see a course, and not so many that each is chance.
fn usual(days: &v1::DateRange) -> v1::TimeBucket {
    let (start, end) = (days.start_date.parse::<Date>(), days.end_date.parse::<Date>());
    let count = start.and_then(|start| Ok((end? - start).get_days())).unwrap_or(0);
    match count {
        ..=31 => v1::TimeBucket::Day,
        32..=250 => v1::TimeBucket::Week,
        _ => v1::TimeBucket::Month,
    }
}

fn reversal(shop: &str, days: &v1::DateRange, bucket: v1::TimeBucket) -> v1::GetReviewReversalRequest {
    v1::GetReviewReversalRequest {
        parent: shop.to_owned(),
        cohort: Some(days.clone()),
        bucket: Some(bucket.into()),
        ..Default::default()
    }
}

fn returns(shop: &str, days: &v1::DateRange, bucket: v1::TimeBucket) -> v1::GetReturnsRequest {
    v1::GetReturnsRequest {
        parent: shop.to_owned(),
        cohort: Some(days.clone()),
        bucket: Some(bucket.into()),
        ..Default::default()
    }
}

/// When the days begin and end where the shop is.
fn moments(days: &v1::DateRange, zone: &TimeZone) -> anyhow::Result<(Timestamp, Timestamp)> {
    let moment = |day: &str| anyhow::Ok(day.parse::<Date>()?.to_zoned(zone.clone())?.timestamp());
    Ok((moment(&days.start_date)?, moment(&days.end_date)?))
}

/// Incidents that were open at some time of the days, the newest first.
async fn incidents(
    session: &Session,
    shop: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<v1::Incident>, Error> {
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let request =
            v1::ListIncidentsRequest { parent: shop.to_owned(), page_size: PAGE, page_token, state: None };
        let page = session.client.call(request).await?;
        let was_open = |one: &v1::Incident| open_between(one, from, until);
        found.extend(page.incidents.into_iter().filter(was_open));
        if page.next_page_token.is_empty() {
            return Ok(found);
        }
        page_token = page.next_page_token;
    }
}

fn open_between(one: &v1::Incident, from: Timestamp, until: Timestamp) -> bool {
    let began = one.open_time.as_ref().and_then(timestamp).is_none_or(|time| time < until);
    let ended = one.resolve_time.as_ref().and_then(timestamp).is_some_and(|time| time < from);
    began && !ended
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn time_is_cut_by_how_much_there_is() {
        let days = |start: &str, end: &str| v1::DateRange { start_date: start.into(), end_date: end.into() };
        assert_eq!(usual(&days("2026-01-01", "2026-02-01")), v1::TimeBucket::Day);
        assert_eq!(usual(&days("2026-01-01", "2026-04-01")), v1::TimeBucket::Week);
        assert_eq!(usual(&days("2023-01-01", "2026-01-01")), v1::TimeBucket::Month);
    }

    #[test]
    fn days_begin_and_end_where_the_shop_is() {
        let days = v1::DateRange { start_date: "2026-03-28".into(), end_date: "2026-03-30".into() };
        let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
        let (from, until) = moments(&days, &zone).unwrap();
        assert_eq!(
            (from.to_string(), until.to_string()),
            ("2026-03-27T23:00:00Z".into(), "2026-03-29T22:00:00Z".into())
        );
    }

    #[test]
    fn an_incident_counts_when_it_was_open_at_some_time() {
        let time = |text: &str| {
            let time: Timestamp = text.parse().unwrap();
            prost_types::Timestamp { seconds: time.as_second(), nanos: 0 }
        };
        let (from, until) =
            ("2026-01-10T00:00:00Z".parse().unwrap(), "2026-01-20T00:00:00Z".parse().unwrap());
        let incident = |open: &str, resolved: Option<&str>| v1::Incident {
            open_time: Some(time(open)),
            resolve_time: resolved.map(time),
            ..Default::default()
        };
        let was_open = |open, resolved| open_between(&incident(open, resolved), from, until);
        assert!(was_open("2026-01-01T00:00:00Z", None));
        assert!(was_open("2026-01-01T00:00:00Z", Some("2026-01-10T00:00:00Z")));
        assert!(!was_open("2026-01-01T00:00:00Z", Some("2026-01-09T23:59:59Z")));
        assert!(!was_open("2026-01-20T00:00:00Z", None));
    }
}
