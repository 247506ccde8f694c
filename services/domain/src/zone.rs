//! The civil days of a shop: which day it is there, and when that day begins.
//!
//! Zone rules come from the copy that is compiled in, so that the day of a fact never depends on
//! the machine.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::{Day, Time};

/// A time zone as far as days go.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of an IANA name; UTC where there is none of that name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let zone = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown());
        Self(zone.unwrap_or(TimeZone::UTC))
    }

    /// The civil day of a moment.
    #[must_use]
    pub fn day(&self, at: Time) -> Day {
        let end = if at.micros() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let moment = Timestamp::from_microsecond(at.micros()).unwrap_or(end);
        let offset = i64::from(self.0.to_offset(moment).seconds()).saturating_mul(1_000_000);
        // A day has 86,400 seconds of the wall clock, whatever the wall clock does in it.
        Time::from_micros(at.micros().saturating_add(offset)).day()
    }

    /// The first moment of a civil day. Where midnight is left out, the day begins with what follows.
    #[must_use]
    pub fn start(&self, day: Day) -> Time {
        let date = Date::new(1970, 1, 1)
            .and_then(|first| first.checked_add(jiff::Span::new().try_days(day.number())?));
        let first = date.and_then(|date| self.0.to_zoned(date.at(0, 0, 0, 0)));
        first.map_or(day.start(), |first| Time::from_micros(first.timestamp().as_microsecond()))
    }
}
