//! Civil days and hours of a place: which day it is there, when it begins, and by how much its clock is
//! ahead, as whole numbers that a database can count with.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::twin::UnknownZone;
use crate::{Day, Span, Time};

const EPOCH: Date = date(1970, 1, 1);

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

/// From an instant on, by how much the wall clock is ahead of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// The instant.
    pub from: Time,
    /// How much; negative west of Greenwich.
    pub ahead: Span,
}

impl Zone {
    /// UTC.
    #[must_use]
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of an IANA name; UTC where there is none of that name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::new(name).unwrap_or_else(|_| Self::utc())
    }

    /// The zone of that IANA name.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(name: &str) -> Result<Self, UnknownZone> {
        // The copy of the zone data that is compiled in: no figure depends on the machine.
        let found = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown());
        found.map(Self).ok_or_else(|| UnknownZone { zone: name.to_owned() })
    }

    /// The local day of an instant.
    #[must_use]
    pub fn day(&self, at: Time) -> Day {
        let at = at.max(Time::MIN).min(Time::MAX);
        (at + self.ahead(at)).day()
    }

    /// The first instant of a local day. Where midnight is left out, the day begins with what follows.
    #[must_use]
    pub fn start(&self, day: Day) -> Time {
        let midnight = EPOCH.checked_add(jiff::Span::new().try_days(day.number()).unwrap_or_default());
        let at = midnight.and_then(|date| date.to_zoned(self.0.clone()));
        at.map_or(day.start(), |at| Time::from_micros(at.timestamp().as_microsecond()))
    }

    /// The first instant of that hour of a local day by the wall clock; where the clock skips it, the
    /// instant after what was skipped.
    #[must_use]
    pub fn hour(&self, day: Day, hour: u8) -> Time {
        let plain = self.start(day) + Span::from_hours(i64::from(hour));
        let date = EPOCH.checked_add(jiff::Span::new().try_days(day.number()).unwrap_or_default());
        let wall = date.and_then(|date| {
            date.to_datetime(jiff::civil::Time::midnight())
                .checked_add(jiff::Span::new().try_hours(i64::from(hour)).unwrap_or_default())
        });
        let at = wall.and_then(|wall| self.0.to_ambiguous_timestamp(wall).compatible());
        at.map_or(plain, |at| Time::from_micros(at.as_microsecond()))
    }

    /// The offsets that hold from an instant up to another, in order; the first from that instant on.
    #[must_use]
    pub fn offsets(&self, from: Time, until: Time) -> Vec<Offset> {
        let mut offsets = vec![Offset { from, ahead: self.ahead(from) }];
        let Ok(start) = Timestamp::from_microsecond(from.micros()) else { return offsets };
        for change in self.0.following(start) {
            let at = Time::from_micros(change.timestamp().as_microsecond());
            if at >= until {
                break;
            }
            offsets.push(Offset { from: at, ahead: seconds(change.offset().seconds()) });
        }
        offsets
    }

    fn ahead(&self, at: Time) -> Span {
        let at = Timestamp::from_microsecond(at.micros());
        at.map_or(Span::ZERO, |at| seconds(self.0.to_offset(at).seconds()))
    }
}

fn seconds(seconds: i32) -> Span {
    Span::from_secs(i64::from(seconds))
}
