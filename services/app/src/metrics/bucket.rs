//! Cutting a span of days, and summing what falls into each piece.

use amends_domain::Day;
use amends_domain::rollup::{Grain, Sealed};
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

/// The rows that make up a piece: as far as they are sealed, whole months in it as such and whole weeks of what
/// is left; the rest by days.
pub(super) fn parts(piece: i64, days: Days, bucket: Bucket, sealed: Sealed) -> Vec<Part> {
    let grains: &[Grain] = match bucket {
        Bucket::Day => &[],
        // No month lies within a week.
        Bucket::Week => &[Grain::Week],
        Bucket::Total | Bucket::Month => &[Grain::Month, Grain::Week],
    };
    let mut parts = Vec::new();
    made_of(piece, days, grains, sealed, &mut parts);
    parts
}

/// Whole periods of the first grain, and what is left on both sides by the grains after it.
fn made_of(piece: i64, days: Days, grains: &[Grain], sealed: Sealed, parts: &mut Vec<Part>) {
    let Days { from, until } = days;
    let Some((&grain, finer)) = grains.split_first() else {
        if from < until {
            parts.push(Part { piece, grain: Grain::Day, from, until });
        }
        return;
    };
    let first = if from == grain.start(from) { from } else { grain.end(from) };
    let last = sealed.day().map_or(first, |sealed| grain.start(until.min(sealed)));
    if first >= last {
        return made_of(piece, days, finer, sealed, parts);
    }
    made_of(piece, Days { from, until: first }, finer, sealed, parts);
    parts.push(Part { piece, grain, from: first, until: last });
    made_of(piece, Days { from: last, until }, finer, sealed, parts);
}

/// The first day after the piece that begins on a day; none if nothing is cut.
const fn end_of_piece(from: Day, bucket: Bucket) -> Option<Day> {
    match bucket {
        Bucket::Total => None,
        Bucket::Day => Some(Grain::Day.end(from)),
        Bucket::Week => Some(Grain::Week.end(from)),
        Bucket::Month => Some(Grain::Month.end(from)),
    }
}

#[cfg(test)]
mod tests {
    use amends_domain::Day;

    use amends_domain::rollup::{Grain, Sealed};

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
    fn the_parts_of_a_piece_are_whole_months_then_weeks_then_days() {
        let of_sealed = |from: i32, until: i32, bucket, sealed: i32| {
            let sealed = Sealed::until(Day::from_number(NEW_YEAR + sealed));
            let days =
                Days { from: Day::from_number(NEW_YEAR + from), until: Day::from_number(NEW_YEAR + until) };
            let parts = parts(0, days, bucket, sealed);
            let told = |p: &Part| (p.grain, p.from.number() - NEW_YEAR, p.until.number() - NEW_YEAR);
            parts.iter().map(told).collect::<Vec<_>>()
        };
        let of = |from, until, bucket| of_sealed(from, until, bucket, 200);
        // The Mondays are 5 January and every seventh day from then on.
        assert_eq!(
            of(3, 100, Bucket::Total),
            [
                (Grain::Day, 3, 4),
                (Grain::Week, 4, 25),
                (Grain::Day, 25, 31),
                (Grain::Month, 31, 90),
                (Grain::Day, 90, 100),
            ]
        );
        assert_eq!(
            of_sealed(3, 100, Bucket::Total, 60),
            [
                (Grain::Day, 3, 4),
                (Grain::Week, 4, 25),
                (Grain::Day, 25, 31),
                (Grain::Month, 31, 59),
                (Grain::Day, 59, 100)
            ]
        );
        assert_eq!(of(0, 31, Bucket::Month), [(Grain::Month, 0, 31)]);
        assert_eq!(of(0, 59, Bucket::Total), [(Grain::Month, 0, 59)]);
        assert_eq!(
            of(3, 31, Bucket::Month),
            [(Grain::Day, 3, 4), (Grain::Week, 4, 25), (Grain::Day, 25, 31)]
        );
        assert_eq!(of(3, 8, Bucket::Total), [(Grain::Day, 3, 8)]);
        assert_eq!(of(4, 11, Bucket::Week), [(Grain::Week, 4, 11)]);
        assert_eq!(of(0, 4, Bucket::Week), [(Grain::Day, 0, 4)]);
        assert_eq!(of(3, 5, Bucket::Day), [(Grain::Day, 3, 5)]);
    }

    #[test]
    fn the_end_of_february_is_known_in_centuries_too() {
        // 28 February 2000 and 2100.
        assert_eq!(end(11_015, Bucket::Month), 11_017, "2000 was a leap year");
        assert_eq!(end(47_540, Bucket::Month), 47_541, "2100 is none");
    }
}
