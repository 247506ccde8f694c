//! Cutting a span of days, and summing what falls into each piece.

use std::collections::HashMap;

use amends_domain::Day;
use amends_domain::tally::Measure;

/// A span of days; the last one named is the first after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: Day,
    /// The first day after it.
    pub until: Day,
}

/// How a span is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Not at all.
    Total,
    /// By days.
    Day,
    /// By weeks that begin on Monday, clipped to the span.
    Week,
    /// By calendar months, clipped to the span.
    Month,
}

/// The sums of one piece.
#[derive(Debug, Default)]
pub(super) struct Sums(HashMap<Measure, i64>);

impl Sums {
    pub(super) fn get(&self, measure: Measure) -> i64 {
        self.0.get(&measure).copied().unwrap_or(0)
    }
}

/// The pieces of a span, each with its sums, in order.
pub(super) fn cut(days: Days, bucket: Bucket, counts: &[(Day, Measure, i64)]) -> Vec<(Days, Sums)> {
    let mut pieces = Vec::new();
    let mut from = days.from;
    while from < days.until {
        let until = end_of_piece(from, bucket).map_or(days.until, |end| end.min(days.until));
        pieces.push((Days { from, until }, Sums::default()));
        from = until;
    }
    for (day, measure, value) in counts {
        let place = pieces.partition_point(|(piece, _)| piece.until <= *day);
        if let Some((_, sums)) = pieces.get_mut(place) {
            *sums.0.entry(*measure).or_default() += value;
        }
    }
    pieces
}

/// The first day after the piece that begins on a day; none if nothing is cut.
fn end_of_piece(from: Day, bucket: Bucket) -> Option<Day> {
    let number = from.number();
    let end = match bucket {
        Bucket::Total => return None,
        Bucket::Day => number.saturating_add(1),
        // Day 0 was a Thursday, three days after a Monday.
        Bucket::Week => number.saturating_add(7 - number.saturating_add(3).rem_euclid(7)),
        Bucket::Month => first_of_next_month(number),
    };
    Some(Day::from_number(end))
}

/// Days from the civil calendar and back, after Howard Hinnant, "chrono-compatible low-level date
/// algorithms": eras of 400 years, and years that begin in March.
fn first_of_next_month(number: i32) -> i32 {
    const ERA: i32 = 146_097;
    let shifted = number.saturating_add(719_468);
    let (era, day_of_era) = (shifted.div_euclid(ERA), shifted.rem_euclid(ERA));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / (ERA - 1)) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    // March is month 0 here, so the twelfth month ends with the last day of February.
    let (year, next) = if month == 11 { (year_of_era + 1, 0) } else { (year_of_era, month + 1) };
    let first = (153 * next + 2) / 5 + 365 * year + year / 4 - year / 100;
    era.saturating_mul(ERA).saturating_add(first).saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use amends_domain::Day;

    use super::{Bucket, Days, cut, end_of_piece};

    /// 2026-01-01, a Thursday.
    const NEW_YEAR: i32 = 20_454;

    fn end(day: i32, bucket: Bucket) -> i32 {
        end_of_piece(Day::from_number(day), bucket).map_or(0, Day::number)
    }

    #[test]
    fn a_week_ends_before_monday() {
        assert_eq!(end(NEW_YEAR, Bucket::Week), NEW_YEAR + 4, "Monday, 5 January");
        assert_eq!(end(NEW_YEAR + 4, Bucket::Week), NEW_YEAR + 11);
        assert_eq!(end(NEW_YEAR + 10, Bucket::Week), NEW_YEAR + 11, "Sunday is the last day");
    }

    #[test]
    fn a_month_ends_before_the_first() {
        assert_eq!(end(NEW_YEAR, Bucket::Month), NEW_YEAR + 31);
        assert_eq!(end(NEW_YEAR + 31, Bucket::Month), NEW_YEAR + 59, "February 2026 has 28 days");
        assert_eq!(end(NEW_YEAR + 58, Bucket::Month), NEW_YEAR + 59);
        assert_eq!(end(19_754, Bucket::Month), 19_783, "February 2024 has 29 days");
    }

    #[test]
    fn pieces_cover_the_span_without_gap_or_overlap() {
        let days = Days { from: Day::from_number(NEW_YEAR + 3), until: Day::from_number(NEW_YEAR + 100) };
        for bucket in [Bucket::Total, Bucket::Day, Bucket::Week, Bucket::Month] {
            let pieces = cut(days, bucket, &[]);
            let (first, last) = (pieces.first(), pieces.last());
            assert_eq!(first.map(|(p, _)| p.from), Some(days.from));
            assert_eq!(last.map(|(p, _)| p.until), Some(days.until));
            assert!(pieces.windows(2).all(|w| matches!(w, [(a, _), (b, _)] if a.until == b.from)));
        }
    }
}
