//! The virtual calendar, in whole microseconds since 1970, always UTC.

use jiff::{Timestamp, tz::TimeZone};

pub(crate) const MINUTE: i64 = 60_000_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const WEEK: i64 = 7 * DAY;

/// 2026-01-05T00:00Z, a Monday: the first week of the marketplace.
pub(crate) const START: i64 = 1_767_571_200_000_000;

/// How far the clock moves at a time.
pub(crate) const TICK: i64 = 12 * HOUR;

/// When the play ends: the last orders are five weeks old by then, so that most
/// windows after a help have closed and some are still open.
pub(crate) const END: i64 = START + 11 * WEEK;

/// A point in time as the wire has it.
pub(crate) fn wire(micros: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or(0);
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// A point in time of the wire.
pub(crate) fn read(time: &prost_types::Timestamp) -> i64 {
    time.seconds.saturating_mul(1_000_000).saturating_add(i64::from(time.nanos) / 1_000)
}

/// `2026-01-05`.
pub(crate) fn day_text(micros: i64) -> String {
    text(micros, "%Y-%m-%d")
}

/// `2026-01-05 09:30`.
pub(crate) fn minute_text(micros: i64) -> String {
    text(micros, "%Y-%m-%d %H:%M")
}

fn text(micros: i64, form: &str) -> String {
    let time = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
    time.to_zoned(TimeZone::UTC).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_play_begins_on_a_monday_in_january() {
        let start = Timestamp::from_microsecond(START).map(|time| time.to_zoned(TimeZone::UTC));
        assert!(start.is_ok_and(|start| start.weekday() == jiff::civil::Weekday::Monday));
        assert_eq!(minute_text(START + 90 * MINUTE), "2026-01-05 01:30");
        assert_eq!(day_text(START), "2026-01-05");
    }

    #[test]
    fn a_time_survives_the_wire() {
        assert_eq!(read(&wire(START + 123_456)), START + 123_456);
    }
}
