//! Durations and times as people type them: `3d`, `2026-01-31`, RFC 3339.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// A time as it was typed: fixed, or as far away from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// A point in time.
    At(Timestamp),
    /// A distance from now; which way depends on the option.
    Away(SignedDuration),
}

impl When {
    /// The time meant by an option that looks ahead, such as `--until 3d`.
    pub(crate) fn ahead(self, now: Timestamp) -> prost_types::Timestamp {
        proto(match self {
            Self::At(time) => time,
            Self::Away(distance) => now.saturating_add(distance).unwrap_or(now),
        })
    }

    /// The time meant by an option that looks back, such as `--since 3d`.
    pub(crate) fn back(self, now: Timestamp) -> prost_types::Timestamp {
        proto(match self {
            Self::At(time) => time,
            Self::Away(distance) => now.saturating_sub(distance).unwrap_or(now),
        })
    }
}

fn proto(time: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}

/// A time of the wire, or nothing if it lies outside of what can be printed.
pub(crate) fn timestamp(time: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds, time.nanos).ok()
}

/// Parses a time: RFC 3339, a date (its first moment in UTC), or a duration.
pub(crate) fn parse_when(text: &str) -> Result<When, String> {
    if let Ok(duration) = parse_duration(text) {
        return Ok(When::Away(duration));
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(When::At(time));
    }
    if let Ok(date) = text.parse::<Date>()
        && let Ok(moment) = date.to_zoned(TimeZone::UTC)
    {
        return Ok(When::At(moment.timestamp()));
    }
    Err("write a duration (3d, 4h, 30m), a date (2026-01-31) or a time (2026-01-31T09:00:00Z)".into())
}

/// The longest duration taken: more is a slip of the finger.
const DAYS_MAX: i64 = 3_660;

/// Parses a duration such as `3d`, `4h`, `30m`, `90s`, `2w` or `1d12h`.
pub(crate) fn parse_duration(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "write a duration as 3d, 4h, 30m, 90s, 2w or 1d12h".to_owned();
    let mut rest = text.trim();
    let mut seconds: i64 = 0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, tail) = rest.split_at_checked(digits).ok_or_else(wrong)?;
        let number: i64 = number.parse().map_err(|_| wrong())?;
        let mut letters = tail.chars();
        let unit: i64 = match letters.next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            Some('w') => 7 * 86_400,
            _ => return Err(wrong()),
        };
        rest = letters.as_str();
        seconds = number
            .checked_mul(unit)
            .and_then(|part| seconds.checked_add(part))
            .filter(|sum| *sum <= DAYS_MAX * 86_400)
            .ok_or_else(|| format!("that is more than {DAYS_MAX} days"))?;
    }
    Ok(SignedDuration::from_secs(seconds))
}

/// The same as a duration of the wire.
pub(crate) fn proto_duration(duration: SignedDuration) -> prost_types::Duration {
    prost_types::Duration { seconds: duration.as_secs(), nanos: duration.subsec_nanos() }
}

/// Parses a day, `YYYY-MM-DD`.
pub(crate) fn parse_day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "write a day as 2026-01-31".to_owned())
}

/// How far away a time is, in one unit: `in 3h`, `5m ago`; a date beyond 90 days.
pub(crate) fn relative(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.duration_since(now).as_secs();
    let distance = seconds.unsigned_abs();
    let amount = match distance {
        0..60 => return "now".to_owned(),
        60..7_200 => format!("{}m", distance / 60),
        7_200..172_800 => format!("{}h", distance / 3_600),
        172_800..=7_776_000 => format!("{}d", distance / 86_400),
        _ => return time.strftime("%Y-%m-%d").to_string(),
    };
    if seconds > 0 { format!("in {amount}") } else { format!("{amount} ago") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn durations_are_taken_as_people_write_them() {
        let cases = [
            ("3d", 259_200),
            ("4h", 14_400),
            ("30m", 1_800),
            ("90s", 90),
            ("2w", 1_209_600),
            ("1d12h", 129_600),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse_duration(text).unwrap().as_secs(), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        let wrong = ["", "3", "d", "3x", "-3d", "é", "9999999999999999999d", "4000d"];
        for text in wrong {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_is_a_moment_a_date_or_a_distance() {
        let now: Timestamp = "2026-01-10T00:00:00Z".parse().unwrap();
        let ahead = |text: &str| parse_when(text).unwrap().ahead(now).seconds - now.as_second();
        assert_eq!(ahead("2d"), 172_800);
        assert_eq!(ahead("2026-01-11"), 86_400);
        assert_eq!(ahead("2026-01-10T01:00:00+01:00"), 0);
        assert_eq!(parse_when("2d").unwrap().back(now).seconds, now.as_second() - 172_800);
        assert!(parse_when("soon").unwrap_err().contains("2026-01-31"));
    }

    #[test]
    fn a_distance_is_told_in_one_unit() {
        let now: Timestamp = "2026-01-10T00:00:00Z".parse().unwrap();
        let told = |seconds| relative(now + SignedDuration::from_secs(seconds), now);
        assert_eq!(told(30), "now");
        assert_eq!(told(5_400), "in 90m");
        assert_eq!(told(-10_800), "3h ago");
        assert_eq!(told(5 * 86_400), "in 5d");
        assert_eq!(told(-200 * 86_400), "2025-06-24");
    }
}
