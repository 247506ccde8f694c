//! Cutting a span of days, and summing what falls into each piece.

use amends_domain::Day;
use amends_domain::rollup::Grain;
use amends_domain::tally::Measure;
use amends_store::rollup::{self, Part};

/// A span of days; the last one named is the first after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
pub(super) struct Sums(rollup::Sums);

impl Sums {
    pub(super) const fn of(sums: rollup::Sums) -> Self {
        Self(sums)
    }

    pub(super) fn get(&self, measure: Measure) -> i64 {
        self.0.get(&measure).copied().unwrap_or(0)
    }
}

/// The pieces of a span, in order.
pub(crate) fn cut(days: Days, bucket: Bucket) -> Vec<Days> {
    let mut pieces = Vec::new();
    let mut from = days.from;
    while from < days.until {
        let until = end_of_piece(from, bucket).map_or(days.until, |end| end.min(days.until));
        pieces.push(Days { from, until });
        from = until;
    }
    pieces
}

/// The rows that make up a piece: whole months in it as such, the rest by days.
pub(super) fn parts(piece: i64, days: Days, bucket: Bucket) -> Vec<Part> {
    let Days { from, until } = days;
    let part = |grain, from, until| Part { piece, grain, from, until };
    let first = if from == from.first_of_month() { from } else { from.first_of_next_month() };
    let last = until.first_of_month();
    if matches!(bucket, Bucket::Day | Bucket::Week) || first >= last {
        return vec![part(Grain::Day, from, until)];
    }
    let parts =
        [part(Grain::Day, from, first), part(Grain::Month, first, last), part(Grain::Day, last, until)];
    parts.into_iter().filter(|part| part.from < part.until).collect()
}

/// The first day after the piece that begins on a day; none if nothing is cut.
fn end_of_piece(from: Day, bucket: Bucket) -> Option<Day> {
    let number = from.number();
    let end = match bucket {
        Bucket::Total => return None,
        Bucket::Day => number.saturating_add(1),
        // Day 0 was a Thursday, three days after a Monday.
        Bucket::Week => number.saturating_add(7 - number.saturating_add(3).rem_euclid(7)),
        Bucket::Month => return Some(from.first_of_next_month()),
    };
    Some(Day::from_number(end))
}

#[cfg(test)]
mod tests {
    use amends_domain::Day;

    use amends_domain::rollup::Grain;

    use super::{Bucket, Days, Part, cut, end_of_piece, parts};

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
            let pieces = cut(days, bucket);
            let (first, last) = (pieces.first(), pieces.last());
            assert_eq!(first.map(|p| p.from), Some(days.from));
            assert_eq!(last.map(|p| p.until), Some(days.until));
            assert!(pieces.windows(2).all(|w| matches!(w, [a, b] if a.until == b.from)));
        }
    }

    #[test]
    fn the_parts_of_a_piece_are_whole_months_and_the_days_around_them() {
        let of = |from: i32, until: i32, bucket| {
            let days =
                Days { from: Day::from_number(NEW_YEAR + from), until: Day::from_number(NEW_YEAR + until) };
            let parts = parts(0, days, bucket);
            let told = |p: &Part| (p.grain, p.from.number() - NEW_YEAR, p.until.number() - NEW_YEAR);
            parts.iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(
            of(3, 100, Bucket::Total),
            [(Grain::Day, 3, 31), (Grain::Month, 31, 90), (Grain::Day, 90, 100)]
        );
        assert_eq!(of(0, 31, Bucket::Month), [(Grain::Month, 0, 31)]);
        assert_eq!(of(0, 59, Bucket::Total), [(Grain::Month, 0, 59)]);
        assert_eq!(of(3, 31, Bucket::Month), [(Grain::Day, 3, 31)]);
        assert_eq!(of(3, 32, Bucket::Total), [(Grain::Day, 3, 32)]);
        assert_eq!(of(0, 59, Bucket::Week), [(Grain::Day, 0, 59)]);
    }

    #[test]
    fn the_end_of_february_is_known_in_centuries_too() {
        // 28 February 2000 and 2100.
        assert_eq!(end(11_015, Bucket::Month), 11_017, "2000 was a leap year");
        assert_eq!(end(47_540, Bucket::Month), 47_541, "2100 is none");
    }
}
