//! Which days a question is about.

use amends_proto::v1;
use clap::Args;
use jiff::{SignedDuration, ToSpan, civil::Date};

use crate::connection::Session;
use crate::when::{parse_day, parse_duration};

/// The most days one question may span.
const DAYS_MAX: i32 = 1_100;

/// Which days.
#[derive(Args, Clone, Debug)]
pub(crate) struct Days {
    /// First day of the cohort
    #[arg(long, value_name = "DAY", value_parser = parse_day, conflicts_with = "last")]
    pub(crate) from: Option<Date>,
    /// Last day of the cohort [default: today where the shop is]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(crate) to: Option<Date>,
    /// How many days the cohort has, the last one included
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = parse_duration)]
    pub(crate) last: SignedDuration,
}

impl Days {
    /// The days as the contract has them; today is what it is where the shop is.
    pub(crate) async fn range(&self, session: &Session) -> anyhow::Result<v1::DateRange> {
        let last = match self.to {
            Some(day) => day,
            None => session.zone().await?.to_datetime(session.output.now).date(),
        };
        self.until(last)
    }

    /// The days that end with one.
    fn until(&self, last: Date) -> anyhow::Result<v1::DateRange> {
        let start = match self.from {
            Some(day) => day,
            // The last day is one of them.
            None => last.checked_sub((days_in(self.last)? - 1).days())?,
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

/// How many days a duration touches: at least one.
fn days_in(duration: SignedDuration) -> anyhow::Result<i64> {
    const DAY: i64 = 24 * 60 * 60;
    let days = (duration.as_secs().saturating_add(DAY - 1) / DAY).max(1);
    if days > i64::from(DAYS_MAX) {
        anyhow::bail!("One question spans at most {DAYS_MAX} days, and --last says {days}.");
    }
    Ok(days)
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

    fn asked(days: &Days) -> anyhow::Result<v1::DateRange> {
        days.until(days.to.unwrap())
    }

    #[test]
    fn a_cohort_ends_with_the_last_day_that_was_named() {
        let range = asked(&days("2026-01-01", "2026-01-31")).unwrap();
        assert_eq!((range.start_date.as_str(), range.end_date.as_str()), ("2026-01-01", "2026-02-01"));
    }

    #[test]
    fn days_that_cannot_be_asked_for_say_what_can() {
        let backwards = asked(&days("2026-02-01", "2026-01-31")).unwrap_err().to_string();
        assert!(backwards.contains("--from 2026-01-31 --to 2026-02-01"), "{backwards}");
        let long = asked(&days("2020-01-01", "2026-01-31")).unwrap_err().to_string();
        assert!(long.contains("at most 1100") && long.contains("--from 2023-01-28"), "{long}");
        assert!(asked(&days("2023-01-28", "2026-01-31")).is_ok());
    }

    #[test]
    fn the_last_thirty_days_are_thirty_with_today() {
        let last = |duration: &str| {
            let last = parse_duration(duration).unwrap();
            let days = Days { from: None, to: None, last };
            days.until("2026-03-31".parse().unwrap()).map(|range| (range.start_date, range.end_date))
        };
        assert_eq!(last("30d").unwrap(), ("2026-03-02".to_owned(), "2026-04-01".to_owned()));
        assert_eq!(last("1d").unwrap().0, "2026-03-31");
        assert_eq!(last("36h").unwrap().0, "2026-03-30", "a day that was begun counts");
        assert_eq!(last("1100d").unwrap().0, "2023-03-28");
        assert!(last("1101d").is_err());
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
