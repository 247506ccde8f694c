//! Members put into buckets and added up.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::record::Record;
use super::{At, Wrong};

/// Something that is counted.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// What people would look it up by.
    pub name: String,
    /// The date of its cohort.
    pub at: At,
    /// By what it can be told apart.
    pub values: BTreeMap<&'static str, String>,
    /// What it adds.
    pub counts: BTreeMap<&'static str, i64>,
    /// What is not added up: lengths of time by what took so long.
    pub lists: BTreeMap<&'static str, Vec<i64>>,
    /// Until when something about it is open that was delivered after it was first seen.
    pub open_until: Option<At>,
}

/// How time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Not at all.
    Total,
    /// By days.
    Day,
    /// By weeks from Monday on.
    Week,
    /// By months.
    Month,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The first day, and the first day after the last.
    pub days: (Date, Date),
    /// How they are cut.
    pub bucket: Bucket,
    /// What to split by.
    pub by: Vec<&'static str>,
    /// Only these.
    pub only: Vec<(&'static str, String)>,
}

/// A row of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The sums.
    pub sums: BTreeMap<&'static str, i64>,
    /// All lengths of time.
    pub lists: BTreeMap<&'static str, Vec<i64>>,
    /// Who they are.
    pub members: Vec<String>,
}

/// The days of a row, and its values.
pub type Key = ((Date, Date), Vec<String>);

/// Members of several shops, each shop with its own.
pub type Shops<'a> = &'a [(&'a Record, Vec<Member>)];

/// Adds up.
#[must_use]
pub fn ask(shops: Shops<'_>, question: &Question, wrong: Wrong) -> BTreeMap<Key, Row> {
    let mut rows: BTreeMap<Key, Row> = BTreeMap::new();
    if question.bucket == Bucket::Total && question.by.is_empty() {
        rows.insert((question.days, Vec::new()), Row::default());
    }
    for (record, members) in shops {
        let zone = if wrong == Wrong::DaysOfUtc { "UTC" } else { &record.zone };
        let zone = TimeZone::get(zone).unwrap();
        for member in members {
            let at = Timestamp::from_microsecond(member.at).unwrap();
            let day = zone.to_datetime(at).date();
            if day < question.days.0 || day >= question.days.1 {
                continue;
            }
            let value = |what: &str| {
                record.place(what).or_else(|| member.values.get(what).cloned()).unwrap_or_default()
            };
            let wanted = |what: &str| {
                question.only.iter().any(|(other, value_of)| *other == what && *value_of == value(what))
            };
            if question.only.iter().any(|(what, _)| !wanted(what)) {
                continue;
            }
            let key = (bucket(day, question), question.by.iter().map(|what| value(what)).collect());
            let row = rows.entry(key).or_default();
            row.members.push(member.name.clone());
            for (name, n) in &member.counts {
                *row.sums.entry(name).or_default() += n;
            }
            for (name, lengths) in &member.lists {
                row.lists.entry(name).or_default().extend(lengths);
            }
        }
    }
    rows
}

/// The days of the bucket that a day is in, clipped to the span.
pub(super) fn bucket(day: Date, question: &Question) -> (Date, Date) {
    let (from, until) = question.days;
    let (begin, end) = match question.bucket {
        Bucket::Total => (from, until),
        Bucket::Day => (day, day + 1.day()),
        Bucket::Week => {
            let monday = day - i64::from(day.weekday().to_monday_zero_offset()).days();
            (monday, monday + 7.days())
        }
        Bucket::Month => (day.first_of_month(), day.last_of_month() + 1.day()),
    };
    (begin.max(from), end.min(until))
}
