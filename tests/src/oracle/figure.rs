//! What is told of a row, from its members.

use std::collections::BTreeMap;

use super::count::{Member, Row};
use super::numbers::{Ends, nps, quantile, survival, uplift};
use super::{At, Record, Wrong, handling, lag, line, numbers, review, satisfaction, sla};

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// A whole number; none of them is as good as nothing.
    Whole(i64),
    /// One that can be missing.
    Maybe(Option<i64>),
    /// Computed, the same to nine places.
    Near(Option<f64>),
    /// Computed with Student's quantile, of which the service has an approximation: the same to 0.13 %.
    About(Option<f64>),
}

/// By their names.
pub type Figures = BTreeMap<String, Figure>;

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Negative reviews.
    Reviews,
    /// Order lines.
    Lines,
    /// Answers to surveys.
    Satisfaction,
    /// Waiting times and what became of cases.
    Handling,
    /// Promises.
    Sla,
    /// Days until reviews are reversed.
    Lag,
}

const PLACES: [&str; 3] = ["SHOP", "CHANNEL", "REGION"];

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Reviews, Self::Lines, Self::Satisfaction, Self::Handling, Self::Sla, Self::Lag];

    /// Everybody who is counted.
    #[must_use]
    pub fn members(self, record: &Record, now: At, wrong: Wrong) -> Vec<Member> {
        match self {
            Self::Reviews => review::members(record, wrong),
            Self::Lines => line::members(record, now, wrong),
            Self::Satisfaction => satisfaction::members(record, wrong),
            Self::Handling => handling::members(record, wrong),
            Self::Sla => sla::members(record, now, wrong),
            Self::Lag => lag::members(record, now, wrong),
        }
    }

    /// By what members can be told apart, besides their shop.
    #[must_use]
    pub const fn known(self) -> &'static [&'static str] {
        match self {
            Self::Reviews | Self::Lag => &["SKU", "REASON", "REMEDY_KIND", "AGENT", "LANGUAGE", "STAR"],
            Self::Lines => &["SKU", "REASON", "REMEDY_KIND", "AGENT", "LANGUAGE"],
            Self::Satisfaction | Self::Handling => &["REASON", "REMEDY_KIND", "AGENT", "LANGUAGE"],
            Self::Sla => &["REASON", "REMEDY_KIND", "AGENT", "LANGUAGE", "PRIORITY", "TARGET"],
        }
    }

    /// By how many of these at once.
    #[must_use]
    pub const fn at_once(self) -> usize {
        match self {
            Self::Handling => 1,
            _ => 2,
        }
    }

    /// Whether several shops can be asked about together.
    #[must_use]
    pub const fn is_of_all(self) -> bool {
        !matches!(self, Self::Handling | Self::Lag)
    }

    /// What can be split by, shops as well.
    #[must_use]
    pub fn dimensions(self) -> Vec<&'static str> {
        PLACES.iter().chain(self.known()).copied().collect()
    }

    /// Every figure of a row but whether it is mature.
    #[must_use]
    pub fn figures(self, row: &Row, wrong: Wrong) -> Figures {
        let sums = row.sums.iter().filter(|(name, _)| **name != "ended_reversed");
        let mut all: Figures = sums.map(|(name, n)| ((*name).to_owned(), Figure::Whole(*n))).collect();
        let sum = |name| row.sums.get(name).copied().unwrap_or(0);
        match self {
            Self::Reviews => {
                let [x, c, y, n] =
                    ["contacted_reversed", "contacted", "natural_reversed", "negative"].map(sum);
                let two = if wrong == Wrong::TwoSamples { apart(x, c, y, n) } else { uplift(x, c, y, n) };
                put_ends(&mut all, "uplift", two);
            }
            Self::Satisfaction => {
                let [p, m, d] = ["promoters", "passives", "detractors"].map(sum);
                put_ends(&mut all, "nps", nps(p, m, d));
            }
            Self::Handling => put_times(&mut all, row),
            Self::Lag => {
                put_curve(&mut all, row, "observed");
                put_curve(&mut all, row, "solved");
            }
            Self::Lines | Self::Sla => {}
        }
        all
    }
}

/// As if nobody were both.
fn apart(x: i64, c: i64, y: i64, n: i64) -> Option<Ends> {
    if c == 0 {
        return None;
    }
    let (a, b) = (x as f64 / c as f64, y as f64 / n as f64);
    let spread = 1.96 * (a * (1.0 - a) / c as f64 + b * (1.0 - b) / n as f64).sqrt();
    Some((a - b, (a - b - spread).max(-1.0), (a - b + spread).min(1.0)))
}

/// A value and its interval under three names.
pub fn put_ends(all: &mut Figures, name: &str, ends: Option<Ends>) {
    let three = [("value", ends.map(|e| e.0)), ("lower", ends.map(|e| e.1)), ("upper", ends.map(|e| e.2))];
    all.extend(three.map(|(what, value)| (format!("{name} {what}"), Figure::Near(value))));
}

/// How far both ends of an interval by Student are from its value.
pub fn put_spread(all: &mut Figures, name: &str, ends: Option<Ends>) {
    let two = [("below", ends.map(|e| e.0 - e.1)), ("above", ends.map(|e| e.2 - e.0))];
    all.extend(two.map(|(what, far)| (format!("{name} {what}"), Figure::About(far))));
}

/// Medians and p90 with their intervals.
fn put_times(all: &mut Figures, row: &Row) {
    for (name, times) in &row.lists {
        for percent in [50, 90] {
            let (value, lower, upper) = quantile(times, percent);
            for (what, one) in [("value", value), ("lower", lower), ("upper", upper)] {
                all.insert(format!("{name} p{percent} {what}"), Figure::Maybe(one));
            }
        }
    }
}

/// The days at which a curve is told.
pub const DAYS: [i64; 5] = [1, 7, 14, 30, 90];

fn put_curve(all: &mut Figures, row: &Row, from: &str) {
    let list = |what: &str| {
        let of = row.lists.iter().find(|(name, _)| **name == format!("{from} {what}"));
        of.map(|(_, days)| days.clone()).unwrap_or_default()
    };
    let [reversed, gone, standing] = ["reversed", "gone", "standing"].map(list);
    let lost: Vec<i64> = gone.iter().chain(&standing).copied().collect();
    let whole = |n: usize| Figure::Whole(n as i64);
    let counts = [("reversed", reversed.len()), ("gone", gone.len()), ("standing", standing.len())];
    all.extend(counts.map(|(what, n)| (format!("{from} {what}"), whole(n))));
    all.insert(format!("{from} entered"), whole(reversed.len() + lost.len()));
    for day in DAYS {
        let point = survival(&reversed, &lost, day);
        let by = |days: &[i64]| whole(days.iter().filter(|left| **left <= day).count());
        all.insert(format!("{from} {day} at risk"), Figure::Whole(point.at_risk));
        all.insert(format!("{from} {day} reversed"), by(&reversed));
        all.insert(format!("{from} {day} censored"), by(&lost));
        put_ends(all, &format!("{from} {day}"), point.share);
    }
    let half = numbers::half(&reversed, &lost, 90);
    all.insert(format!("{from} median"), Figure::Maybe(half));
}

impl Figure {
    /// Whether both say the same.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Near(Some(a)), Self::Near(Some(b))) => (a - b).abs() < 1e-9,
            (Self::About(Some(a)), Self::About(Some(b))) => (a - b).abs() <= 0.0013 * a.max(b) + 1e-9,
            (a, b) => a == b,
        }
    }

    /// What it is of a row that nobody is in.
    #[must_use]
    pub const fn of_nobody(self) -> Self {
        match self {
            Self::Whole(_) => Self::Whole(0),
            Self::Maybe(_) => Self::Maybe(None),
            Self::Near(_) => Self::Near(None),
            Self::About(_) => Self::About(None),
        }
    }
}

impl Wrong {
    /// Whether this rule can make a difference to those figures.
    #[must_use]
    pub const fn concerns(self, kind: Kind) -> bool {
        match self {
            Self::Nothing | Self::DaysOfUtc | Self::NoWindows => true,
            Self::RemovedIsReversed | Self::FellBackIsReversed | Self::TwoSamples | Self::WhoTriesReaches => {
                matches!(kind, Kind::Reviews)
            }
            Self::ShortWindow | Self::NoWishes => matches!(kind, Kind::Lines),
            Self::AnswersCountTwice => matches!(kind, Kind::Satisfaction),
            Self::WordsCountWhenHeard | Self::NobodyComesBack => matches!(kind, Kind::Handling),
            Self::ClocksNeverPause => matches!(kind, Kind::Sla),
            Self::TheGoneStand => matches!(kind, Kind::Lag),
            Self::TwoCasesTwice => false,
        }
    }

    /// Whether it can make a difference to the figures of agents.
    #[must_use]
    pub const fn concerns_agents(self) -> bool {
        matches!(self, Self::Nothing | Self::DaysOfUtc | Self::TwoCasesTwice)
    }
}
