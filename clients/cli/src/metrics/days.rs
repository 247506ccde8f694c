//! Which days a question is about.

use amends_proto::v1;
use clap::Args;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::when::{parse_day, parse_duration};

/// The most days one question may span.
const DAYS_MAX: i32 = 1_100;

/// Which days.
#[derive(Args, Clone, Debug)]
pub(crate) struct Days {
    /// First day of the cohort
    #[arg(long, value_name = "DAY", value_parser = parse_day, conflicts_with = "last")]
    pub(crate) from: Option<Date>,
    /// Last day of the cohort [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) to: Option<Date>,
    /// How far the cohort reaches back, in days
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = parse_duration)]
    pub(crate) last: SignedDuration,
}

impl Days {
    /// The days as the contract has them.
    pub(crate) fn range(&self, now: Timestamp) -> anyhow::Result<v1::DateRange> {
        let last = match self.to {
            Some(day) => day,
            None => now.to_zoned(TimeZone::UTC).date(),
        };
        let start = match self.from {
            Some(day) => day,
            None => last.checked_sub(self.last)?,
        };
        if start > last {
            anyhow::bail!(
                "The cohort begins on {start}, after its last day, {last}: write --from {last} --to {start}, \
                 or leave --to out for today."
            );
        }
        // People name the last day that counts, the contract the first that does not.
        let end = last.checked_add(1.day())?;
        let count = (end - start).get_days();
        if count > DAYS_MAX {
            let nearest = last.checked_sub((DAYS_MAX - 1).days())?;
            anyhow::bail!(
                "{start} to {last} are {count} days; one question spans at most {DAYS_MAX}. Begin with \
                 --from {nearest}, and ask for what is older in a question of its own."
            );
        }
        Ok(v1::DateRange { start_date: start.to_string(), end_date: end.to_string() })
    }
}

/// The first days of every part in which the time is cut, clipped to the span as the service does.
pub(crate) fn cuts(days: &v1::DateRange, bucket: v1::TimeBucket) -> Vec<Date> {
    let (Ok(start), Ok(end)) = (days.start_date.parse::<Date>(), days.end_date.parse::<Date>()) else {
        return Vec::new();
    };
    let mut cuts = Vec::new();
    let mut next = Some(start);
    while let Some(day) = next.filter(|day| *day < end) {
        cuts.push(day);
        next = match bucket {
            v1::TimeBucket::Day => day.tomorrow().ok(),
            v1::TimeBucket::Week => day.nth_weekday(1, jiff::civil::Weekday::Monday).ok(),
            v1::TimeBucket::Month => day.last_of_month().tomorrow().ok(),
            _ => None,
        };
    }
    cuts
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn days(from: &str, to: &str) -> Days {
        Days { from: from.parse().ok(), to: to.parse().ok(), last: SignedDuration::ZERO }
    }

    #[test]
    fn a_cohort_ends_with_the_last_day_that_was_named() {
        let range = days("2026-01-01", "2026-01-31").range(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((range.start_date.as_str(), range.end_date.as_str()), ("2026-01-01", "2026-02-01"));
    }

    #[test]
    fn days_that_cannot_be_asked_for_say_what_can() {
        let backwards =
            days("2026-02-01", "2026-01-31").range(Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert!(backwards.contains("--from 2026-01-31 --to 2026-02-01"), "{backwards}");
        let long = days("2020-01-01", "2026-01-31").range(Timestamp::UNIX_EPOCH).unwrap_err().to_string();
        assert!(long.contains("at most 1100") && long.contains("--from 2023-01-28"), "{long}");
        assert!(days("2023-01-28", "2026-01-31").range(Timestamp::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn time_is_cut_where_the_service_cuts_it() {
        let range = v1::DateRange { start_date: "2026-01-07".into(), end_date: "2026-02-03".into() };
        let told = |bucket| cuts(&range, bucket).iter().map(Date::to_string).collect::<Vec<_>>();
        let weeks = ["2026-01-07", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02"];
        assert_eq!(told(v1::TimeBucket::Week), weeks);
        assert_eq!(told(v1::TimeBucket::Month), ["2026-01-07", "2026-02-01"]);
        assert_eq!(told(v1::TimeBucket::Total), ["2026-01-07"]);
        assert_eq!(told(v1::TimeBucket::Day).len(), 27);
    }
}
