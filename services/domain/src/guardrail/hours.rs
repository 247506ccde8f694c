//! When a buyer may be written to: 08:00 to 21:00 on the clock on their wall.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::zones::zones_of;
use crate::Time;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// The hours in which it is day for everybody.
const FROM: i64 = 8;
const TO: i64 = 21;

/// How much of each end is left out where only the shop's own zone is known.
const MARGIN: i64 = 2;

/// After so many steps the search is over: nowhere is it day for everybody.
const STEPS_MAX: u32 = 64;

/// Hours begin and end at quarters of an hour in every zone.
const QUARTER: i64 = HOUR / 4;

/// Three days back there is an open hour, or none at all.
const STEPS_BACK_MAX: i64 = 3 * 24 * 4;

/// When a buyer may be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    zones: Vec<(String, TimeZone)>,
    from: i64,
    to: i64,
}

impl QuietHours {
    /// Of a buyer whose zone is known; otherwise of every zone of the region at once; otherwise the
    /// middle of the day where the shop is (10:00 to 19:00), so that it is no night either two zones
    /// away. A zone that nobody knows counts as none.
    #[must_use]
    pub fn of(buyer_zone: Option<&str>, region: &str, shop_zone: &str) -> Self {
        let known = |name: &str| Some((name.to_owned(), TimeZoneDatabase::bundled().get(name).ok()?));
        if let Some(zone) = buyer_zone.and_then(known) {
            return Self { zones: vec![zone], from: FROM, to: TO };
        }
        let zones: Vec<_> = zones_of(region).into_iter().filter_map(known).collect();
        if !zones.is_empty() {
            return Self { zones, from: FROM, to: TO };
        }
        let shop = known(shop_zone).unwrap_or_else(|| ("UTC".to_owned(), TimeZone::UTC));
        Self { zones: vec![shop], from: FROM + MARGIN, to: TO - MARGIN }
    }

    /// No night at all: for a question about everything but the hour.
    #[must_use]
    pub const fn none() -> Self {
        Self { zones: Vec::new(), from: 0, to: 24 }
    }

    /// Whether it is day everywhere.
    #[must_use]
    pub fn is_open(&self, at: Time) -> bool {
        self.zones.iter().all(|(_, zone)| self.closed_for(zone, at).is_none())
    }

    /// The first moment from then on at which it is day everywhere; none if there is none.
    #[must_use]
    pub fn next_open(&self, at: Time) -> Option<Time> {
        let mut at = at;
        for _ in 0..STEPS_MAX {
            let waits = self.zones.iter().filter_map(|(_, zone)| self.closed_for(zone, at)).max();
            let Some(opens) = waits else { return Some(at) };
            at = opens;
        }
        None
    }

    /// The last moment before an end at which it is day everywhere; none if there is none for days.
    #[must_use]
    pub fn last_open_before(&self, end: Time) -> Option<Time> {
        let before = |micros: i64| Time::from_micros(end.micros().saturating_sub(micros));
        let open = (0..STEPS_BACK_MAX).find(|steps| self.is_open(before(1 + steps * QUARTER)))?;
        // It is open there and closed a quarter of an hour later: the edge lies between.
        let (mut open, mut closed) = (1 + open * QUARTER, 1 + (open - 1) * QUARTER);
        if closed < 1 {
            return Some(before(open));
        }
        while open - closed > 1 {
            let middle = closed + (open - closed) / 2;
            if self.is_open(before(middle)) { open = middle } else { closed = middle }
        }
        Some(before(open))
    }

    /// When it is day again in a zone where it is night now; none where it is day.
    fn closed_for(&self, zone: &TimeZone, at: Time) -> Option<Time> {
        let local = at.micros().saturating_add(offset(zone, at));
        let (day, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        if (self.from * HOUR..self.to * HOUR).contains(&time) {
            return None;
        }
        let day = if time < self.from * HOUR { day } else { day + 1 };
        let opens = day.saturating_mul(DAY).saturating_add(self.from * HOUR);
        // The clocks may be put forward or back in between: the offset that holds then is asked, and
        // once more, should the change lie between the two guesses.
        let guess = Time::from_micros(opens.saturating_sub(offset(zone, at)));
        let guess = Time::from_micros(opens.saturating_sub(offset(zone, guess)));
        let opens = Time::from_micros(opens.saturating_sub(offset(zone, guess)));
        // Where a clock jumps over the very moment, the search goes on from later.
        Some(if opens > at { opens } else { Time::from_micros(at.micros().saturating_add(HOUR)) })
    }

    /// The hours, as `08:00-21:00`.
    #[must_use]
    pub fn printed(&self) -> String {
        format!("{:02}:00-{:02}:00", self.from, self.to)
    }

    /// The zones in all of which they have to hold.
    #[must_use]
    pub fn zones(&self) -> String {
        self.zones.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// What is added to UTC to get the wall time, in microseconds.
fn offset(zone: &TimeZone, at: Time) -> i64 {
    let end = if at < Time::MIN { Timestamp::MIN } else { Timestamp::MAX };
    let at = Timestamp::from_microsecond(at.micros()).unwrap_or(end);
    i64::from(zone.to_offset(at).seconds()).saturating_mul(1_000_000)
}
