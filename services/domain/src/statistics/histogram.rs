//! Lengths of time as counts of buckets: quantiles to 1 %, from what a roll-up can add.

use std::collections::BTreeMap;

use super::Estimate;
use super::bootstrap::{Plan, percentile};
use super::draws::Draws;
use super::tails::{NORMAL_FROM, at_least, at_most, least};
use crate::rate::wilson;

/// Buckets to each doubling, as a power of two.
const FINE: u32 = 6;
const PER_DOUBLING: u64 = 1 << FINE;

/// How likely a quantile is beyond either end of its interval.
const OUTSIDE: f64 = 0.025;

/// A range of whole milliseconds, by its number.
///
/// Up to 127 each has its own. From there every doubling is cut into 64 equal ranges: 128–129, 130–131 …
/// 254–255, then 256–259 and so on. The middle of a range is less than 1/128 of any value in it away from
/// that value: the relative error is below 0.8 %. Whole numbers and shifts only, so that a number means the
/// same on every machine and for ever. (The scheme is that of HdrHistogram; that such counts merge without
/// loss and bound the error of every quantile: Masson, Rim and Lee, "DDSketch: a fast and
/// fully-mergeable quantile sketch with relative-error guarantees", PVLDB 12 (2019): 2195–2205.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(u16);

impl Bucket {
    /// The last there is: it ends with the greatest number of milliseconds.
    pub const LAST: Self = Self::of(i64::MAX);

    /// In which a length of time falls; one below zero is none at all.
    #[must_use]
    pub const fn of(millis: i64) -> Self {
        let millis = if millis > 0 { millis.unsigned_abs() } else { 0 };
        let shift = match millis.checked_ilog2() {
            Some(log) if log > FINE => log - FINE,
            _ => 0,
        };
        Self((shift as u64 * PER_DOUBLING + (millis >> shift)) as u16)
    }

    /// By its number; none where there is none of that number.
    #[must_use]
    pub fn numbered(number: i64) -> Option<Self> {
        u16::try_from(number).ok().map(Self).filter(|bucket| *bucket <= Self::LAST)
    }

    /// Its number, 0 to 3,711.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The doubling it is in, as a shift, and its least value.
    const fn begins(self) -> (u32, u64) {
        let number = self.0 as u64;
        let shift = (number / PER_DOUBLING).saturating_sub(1);
        (shift as u32, (number - shift * PER_DOUBLING) << shift)
    }

    /// Its least value in milliseconds.
    #[must_use]
    pub const fn from(self) -> i64 {
        self.begins().1.cast_signed()
    }

    /// Its greatest value in milliseconds.
    #[must_use]
    pub const fn to(self) -> i64 {
        let (shift, from) = self.begins();
        (from + ((1 << shift) - 1)).cast_signed()
    }

    /// What stands for all of its values, in milliseconds: the middle, rounded down.
    #[must_use]
    pub const fn value(self) -> i64 {
        let (shift, from) = self.begins();
        (from + (((1 << shift) - 1) >> 1)).cast_signed()
    }
}

/// How many lengths of time fell into each bucket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    counts: BTreeMap<Bucket, u64>,
    total: u64,
}

/// A quantile in milliseconds, with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantile {
    /// Its value.
    pub value: i64,
    /// The interval's lower end; none where there are too few to have one.
    pub lower: Option<i64>,
    /// The interval's upper end; none where there are too few to have one.
    pub upper: Option<i64>,
}

impl Histogram {
    /// One more, so many times.
    pub fn add(&mut self, bucket: Bucket, times: u64) {
        if times > 0 {
            *self.counts.entry(bucket).or_default() += times;
            self.total += times;
        }
    }

    /// Of these lengths of time, in milliseconds.
    #[must_use]
    pub fn of(millis: impl IntoIterator<Item = i64>) -> Self {
        let mut histogram = Self::default();
        millis.into_iter().for_each(|millis| histogram.add(Bucket::of(millis), 1));
        histogram
    }

    /// Of both together.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        other.counts.iter().for_each(|(bucket, times)| self.add(*bucket, *times));
        self
    }

    /// How many.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// What is in it, from the shortest on.
    pub fn counts(&self) -> impl Iterator<Item = (Bucket, u64)> {
        self.counts.iter().map(|(bucket, times)| (*bucket, *times))
    }

    /// The `rank`-th shortest, counted from 1; none beyond the last.
    fn ranked(&self, rank: u64) -> Option<i64> {
        let mut passed = 0;
        let holds = |(_, times): &(&Bucket, &u64)| {
            passed += **times;
            passed >= rank
        };
        self.counts.iter().find(holds).map(|(bucket, _)| bucket.value())
    }

    /// The shortest time within which so many percent of all lie: the median with 50, p90 with 90. None of
    /// nothing.
    ///
    /// By nearest rank, `⌈n·percent/100⌉` (the first definition in Hyndman and Fan, "Sample quantiles in
    /// statistical packages", The American Statistician 50 (1996): 361–365), so it is one of the values, to the
    /// bucket's error.
    #[must_use]
    pub fn quantile(&self, percent: u8) -> Option<i64> {
        self.ranked(self.rank(percent))
    }

    fn rank(&self, percent: u8) -> u64 {
        let share = u128::from(self.total) * u128::from(percent.min(100));
        u64::try_from(share.div_ceil(100)).unwrap_or(self.total).max(1)
    }

    /// The quantile with its interval, whatever the distribution is; none of nothing.
    ///
    /// The ends are those of the values whose ranks the number of values below the quantile exceeds, or
    /// falls short of, with a chance of 2.5 % each: that number is binomial (David and Nagaraja, Order
    /// Statistics, 3rd ed. (2003), §7.1). From `n·p·(1−p)` of 25 on ranks are at Wilson's bounds of the share
    /// (Woodruff, "Confidence intervals for medians and other position measures", JASA 47 (1952): 635–646).
    /// A median needs six values to have an interval, a p90 needs 36 to have an upper end.
    #[must_use]
    pub fn estimate(&self, percent: u8) -> Option<Quantile> {
        let (n, p) = (self.total, f64::from(percent.min(100)) / 100.0);
        let value = self.quantile(percent)?;
        let (lower, upper) = if n as f64 * p * (1.0 - p) < NORMAL_FROM {
            let below = least(n, |count| at_most(count, n, p) > OUTSIDE);
            (below, least(n + 1, |count| at_least(count, n, p) <= OUTSIDE))
        } else {
            let (low, high) = wilson(p, n as f64);
            ((low * n as f64) as u64, (high * n as f64) as u64 + 1)
        };
        Some(Quantile {
            value,
            lower: (lower > 0).then(|| self.ranked(lower)).flatten(),
            upper: self.ranked(upper),
        })
    }

    /// The quantile of a resample with as many values.
    ///
    /// The value at a rank of `n` drawn from the histogram is the histogram's at the share that a uniform
    /// number of that rank has, so one number is drawn instead of `n`.
    fn resampled(&self, percent: u8, draws: &mut Draws) -> Option<i64> {
        let share = draws.ranked(self.rank(percent), self.total);
        self.ranked(((share * self.total as f64).ceil() as u64).clamp(1, self.total.max(1)))
    }
}

/// By how much a quantile is longer than another's of other members, in milliseconds, with the bootstrap's
/// percentile interval ([`percentile`]); none where either has nothing.
#[must_use]
pub fn difference(a: &Histogram, b: &Histogram, percent: u8, plan: Plan) -> Option<Estimate> {
    let value = (a.quantile(percent)? - b.quantile(percent)?) as f64;
    percentile(plan, value, |draws| {
        let (a, b) = (a.resampled(percent, draws), b.resampled(percent, draws));
        a.zip(b).map_or(f64::NAN, |(a, b)| (a - b) as f64)
    })
}
