//! Weeks that stand out, and what the years before say of those to come.
//!
//! A week's level is compared with the median level of the nine weeks around
//! it. It stands out if it differs from that by more than a fifth and by more
//! than weeks differ anyway (three times their scatter, by the median absolute
//! deviation, which peaks do not move). Working days and weekends are looked at
//! apart: a sale fills one or the other. So a peak may last up to four weeks;
//! what lasts longer is level.

use std::collections::BTreeMap;

use jiff::civil::{Date, ISOWeekDate};

use super::Series;
use super::filter::{weekday, weekdays};
use crate::Day;

/// How many weeks to each side a week is compared with.
const AROUND: i64 = 4;
/// Least by which a week must differ to stand out.
const LEAST: f64 = 0.2;
/// A year that says "no peak" is weighed as half a year: what was seen once is drawn to 1 by a third,
/// what was seen twice by a fifth.
const DOUBT: f64 = 0.5;
/// How far the height of a peak differs from year to year (a standard deviation), as a share of what it
/// adds, the drawing to 1 included.
const YEARS_APART: f64 = 0.45;
/// The lowest and highest factor; beyond them it is an accident and not a season.
const RANGE: (f64, f64) = (0.1, 20.0);

/// Working days or weekend of one week, by the number of the week.
type Part = (i64, bool);

/// By how much the parts of a series' weeks stand out.
#[derive(Debug, Clone)]
pub(super) struct Peaks {
    /// Of the weeks that have others on both sides; 1 for those that do not stand out.
    seen: BTreeMap<Part, f64>,
}

/// What the years before say of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expected {
    /// Times what.
    pub(super) factor: f64,
    /// How uncertain that is: the variance beside the square of what is expected.
    pub(super) variance: f64,
}

fn part(day: Day) -> Part {
    ((i64::from(day.number()) + 3).div_euclid(7), weekday(day) >= 5)
}

impl Peaks {
    pub(super) fn of(series: &Series) -> Self {
        let counts = series.counts.iter().enumerate();
        let days = counts.filter_map(|(at, count)| Some((series.day(at), f64::from((*count)?))));
        let season = weekdays(days.clone().map(|(day, count)| (weekday(day), count, 1.0)));
        let share = |day| season.get(weekday(day)).copied().unwrap_or(1.0);
        // What came, and how much of a mean day could have, of each week and of each of its parts.
        let (mut weeks, mut parts) =
            (BTreeMap::<i64, (f64, f64)>::new(), BTreeMap::<Part, (f64, f64)>::new());
        for (day, count) in days {
            for sums in [weeks.entry(part(day).0).or_default(), parts.entry(part(day)).or_default()] {
                *sums = (sums.0 + count, sums.1 + share(day));
            }
        }
        let levels: BTreeMap<i64, f64> = weeks.iter().map(|(week, (sum, n))| (*week, sum / n)).collect();
        let ordinary =
            |week: i64| median(levels.range(week - AROUND..=week + AROUND).map(|(_, l)| *l).collect());
        let last = levels.keys().next_back().copied().unwrap_or(0);
        let whole = parts.iter().filter(|((week, _), _)| week + AROUND <= last);
        let ratio = |(part, (sum, n)): (&Part, &(f64, f64))| {
            let level = ordinary(part.0).filter(|level| *level > 0.0)?;
            Some((*part, sum / (level * n)))
        };
        let mut seen: BTreeMap<Part, f64> = whole.filter_map(ratio).collect();
        for weekend in [false, true] {
            let far = seen.iter().filter(|((_, of), _)| *of == weekend).map(|(_, ratio)| (ratio - 1.0).abs());
            let least = LEAST.max(3.0 * 1.4826 * median(far.collect()).unwrap_or(0.0));
            let of = seen.iter_mut().filter(|((_, of), _)| *of == weekend).map(|(_, ratio)| ratio);
            of.filter(|ratio| (**ratio - 1.0).abs() <= least).for_each(|ratio| *ratio = 1.0);
        }
        seen.values_mut().for_each(|ratio| *ratio = ratio.clamp(RANGE.0, RANGE.1));
        Self { seen }
    }

    /// By how much a day of the series stood out. The last weeks cannot be compared with what follows
    /// them; there it is what the years before said.
    pub(super) fn of_day(&self, day: Day) -> f64 {
        self.seen.get(&part(day)).copied().unwrap_or_else(|| self.expected(day).factor)
    }

    /// What the same week of the years before says of a day.
    pub(super) fn expected(&self, day: Day) -> Expected {
        let (mut before, mut years) = (day, Vec::new());
        for _ in 0..3 {
            before = year_before(before);
            years.extend(self.seen.get(&part(before)).copied());
        }
        let n = years.len() as f64;
        if years.is_empty() {
            return Expected { factor: 1.0, variance: 0.0 };
        }
        let mean = years.iter().sum::<f64>() / n;
        let factor = 1.0 + (mean - 1.0) * n / (n + DOUBT);
        let apart = YEARS_APART * (factor - 1.0) / factor;
        // Once for the year that comes, and once for how well the years before tell the height.
        Expected { factor, variance: apart * apart * (1.0 + 1.0 / n) }
    }
}

/// The middle one; none of nothing.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    let upper = values.get(half)?;
    let lower = if values.len().is_multiple_of(2) { values.get(half.checked_sub(1)?)? } else { upper };
    Some((lower + upper) / 2.0)
}

/// The same weekday of the same ISO week a year before. Of a week 53 that the year before did not have,
/// 52 weeks before.
fn year_before(day: Day) -> Day {
    let weeks = Day::from_number(day.number().saturating_sub(364));
    let first = jiff::civil::date(1970, 1, 1);
    let date = jiff::Span::new().try_days(day.number()).and_then(|days| first.checked_add(days));
    let before = date.map(Date::iso_week_date).and_then(|week| {
        let year = week.year().saturating_sub(1);
        ISOWeekDate::new(year, week.week(), week.weekday())
    });
    let number = before.and_then(|week| first.until(week.date())).map(|span| span.get_days());
    number.map_or(weeks, Day::from_number)
}
