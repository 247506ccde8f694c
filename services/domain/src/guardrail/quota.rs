//! How many asks a channel takes in a calendar year.

use super::outgoing::{Outgoing, Refusal};
use super::rule::Rule;
use crate::Time;
use crate::policy::AskQuota;

/// What was used of a shop's quota in one calendar year (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaUse {
    /// When that year ends.
    pub year_ends_at: Time,
    /// Asks that count.
    pub used: u32,
    /// Reviews received.
    pub reviews: u32,
}

/// The first instant of the year of a time, and of the next, in UTC.
#[must_use]
pub fn year_of(at: Time) -> (Time, Time) {
    let start = |year: i16| {
        let date = jiff::civil::Date::new(year, 1, 1).ok();
        let zoned = date.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok());
        zoned.map_or(Time::MAX, |zoned| Time::from_micros(zoned.timestamp().as_microsecond()))
    };
    let year = jiff::Timestamp::from_microsecond(at.micros())
        .map_or(i16::MAX, |at| jiff::tz::TimeZone::UTC.to_datetime(at).year());
    (start(year), start(year.saturating_add(1)))
}

impl QuotaUse {
    /// How many asks the channel takes in the year, at this many reviews.
    #[must_use]
    pub fn limit(&self, quota: &AskQuota) -> u32 {
        let by_reviews = u64::from(self.reviews) * u64::from(quota.per_thousand) / 1_000;
        quota.per_year.max(u32::try_from(by_reviews).unwrap_or(u32::MAX))
    }

    /// How many are left.
    #[must_use]
    pub fn left(&self, quota: &AskQuota) -> u32 {
        self.limit(quota).saturating_sub(self.used)
    }
}

pub(super) fn check(out: &Outgoing<'_>, usage: &QuotaUse, refusals: &mut Vec<Refusal>) {
    let Some(quota) = &out.policy.ask_quota else { return };
    // A new year begins with nothing used and nothing received.
    let fresh = QuotaUse { used: 0, reviews: 0, ..*usage };
    let usage = if out.now < usage.year_ends_at { usage } else { &fresh };
    if usage.left(quota) == 0 {
        let facts = vec![
            ("used", usage.used.to_string()),
            ("limit", usage.limit(quota).to_string()),
            ("reviews", usage.reviews.to_string()),
            ("year_ends_at", usage.year_ends_at.micros().to_string()),
        ];
        let next = Some(usage.year_ends_at).filter(|end| out.now < *end && quota.per_year > 0);
        refusals.push(Refusal::until(Rule::AskQuota, facts, next));
    }
}
