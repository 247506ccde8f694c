//! Which packs and rows a question reads.

use std::collections::{BTreeSet, HashSet};

use amends_domain::Day;
use amends_domain::rollup::{Grain, Split};
use sea_orm::Value;

use super::{Asked, Part};
use crate::value::{int, str};

/// Stands for every split.
pub(super) const ANY_SPLIT: i64 = -1;

/// Periods of one grain of one shop that belong to one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span<'a> {
    pub(super) shop: &'a str,
    pub(super) piece: i64,
    pub(super) split: i64,
    pub(super) grain: Grain,
    pub(super) first: Day,
    pub(super) until: Day,
}

/// A pack that there is, by the place of its shop in the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) shop: usize,
    pub(super) piece: i64,
    pub(super) split: i64,
    pub(super) grain: Grain,
    pub(super) period: Day,
    pub(super) entries: i64,
}

/// Where everything stands that a question reads.
#[derive(Debug, Default)]
pub(super) struct Source<'a> {
    /// Packs, each with how many rows it has.
    pub(super) packed: Vec<(Span<'a>, i64)>,
    /// What is not packed of shops that have packs.
    pub(super) between: Vec<Span<'a>>,
    /// Shops without packs, with what is added to the numbers of their pieces: of them all parts are read.
    pub(super) unpacked: Vec<(&'a str, i64)>,
}

impl Span<'_> {
    pub(super) fn row(&self) -> Vec<Value> {
        let Self { shop, piece, split, grain, first, until } = *self;
        let (first, until) = (int(first.number()), int(until.number()));
        vec![str(shop), int(piece), int(split), int(grain.number()), first, until]
    }

    /// What is left of it without some periods.
    fn without(self, is_packed: impl Fn(Day) -> bool) -> Vec<Self> {
        let mut left: Vec<Self> = Vec::new();
        for day in periods(self.grain, self.first, self.until).filter(|day| !is_packed(*day)) {
            let until = self.grain.end(day);
            match left.last_mut() {
                Some(last) if last.until == day => last.until = until,
                _ => left.push(Self { first: day, until, ..self }),
            }
        }
        left
    }
}

impl<'a> Source<'a> {
    pub(super) fn of(asked: &Asked<'a>, splits: &[Split], found: &[Found]) -> Self {
        let mut source = Self::default();
        for one in found {
            let Some((shop, _)) = asked.shops.get(one.shop) else { continue };
            let Found { piece, split, grain, period: first, entries, .. } = *one;
            let until = grain.end(first);
            source.packed.push((Span { shop: shop.as_str(), piece, split, grain, first, until }, entries));
        }
        let with_packs: BTreeSet<usize> = found.iter().map(|one| one.shop).collect();
        let packed: HashSet<(usize, i64, i64, Day)> =
            found.iter().map(|one| (one.shop, one.split, one.grain.number(), one.period)).collect();
        for (n, (shop, base)) in asked.shops.iter().enumerate() {
            let shop = shop.as_str();
            if !with_packs.contains(&n) {
                source.unpacked.push((shop, *base));
                continue;
            }
            for (part, split) in asked.parts.iter().flat_map(|part| splits.iter().map(move |s| (part, s))) {
                let Part { piece, grain, from: first, until } = *part;
                let (piece, split) = (base.saturating_add(piece), split.number());
                let is_packed = |day| packed.contains(&(n, split, grain.number(), day));
                let span = Span { shop, piece, split, grain, first, until };
                source.between.extend(span.without(is_packed));
            }
        }
        source
    }

    /// The packs, as many at a time as may be held.
    pub(super) fn packs(&self) -> Vec<&[(Span<'a>, i64)]> {
        let (mut parts, mut rest) = (Vec::new(), self.packed.as_slice());
        while !rest.is_empty() {
            let mut held = 0_i64;
            let fits = |(_, entries): &&(Span<'a>, i64)| {
                held = held.saturating_add(*entries);
                held <= HELD_MAX
            };
            let (some, others) = rest.split_at(rest.iter().take_while(fits).count().max(1));
            parts.push(some);
            rest = others;
        }
        parts
    }
}

/// About how many rows of packs are held at a time.
const HELD_MAX: i64 = 500_000;

/// The first day of each period between two days.
pub(super) fn periods(grain: Grain, first: Day, until: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(first), move |day| Some(grain.end(*day))).take_while(move |day| *day < until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(entries: i64) -> (Span<'static>, i64) {
        let (first, until) = (Day::from_number(0), Day::from_number(1));
        (Span { shop: "a", piece: 0, split: 1, grain: Grain::Day, first, until }, entries)
    }

    #[test]
    fn packs_are_held_in_parts_of_at_most_so_many_rows() {
        let entries = [HELD_MAX, 1, 2, HELD_MAX, HELD_MAX - 4, 4, 1];
        let source = Source { packed: entries.map(pack).to_vec(), ..Source::default() };
        let parts: Vec<usize> = source.packs().into_iter().map(<[_]>::len).collect();
        assert_eq!(parts.iter().sum::<usize>(), entries.len());
        for part in source.packs() {
            let sum: i64 = part.iter().map(|(_, entries)| entries).sum();
            assert!(part.len() == 1 || sum <= HELD_MAX, "{sum}");
        }
        assert_eq!(parts, [1, 2, 1, 2, 1]);
    }

    #[test]
    fn a_span_without_packs_leaves_what_is_between_them() {
        let day = Day::from_number;
        let (first, until) = (day(4), day(12));
        let span = Span { shop: "a", piece: 0, split: 1, grain: Grain::Day, first, until };
        let left = span.without(|day| [4, 7, 8].contains(&day.number()));
        let left: Vec<(i32, i32)> = left.iter().map(|s| (s.first.number(), s.until.number())).collect();
        assert_eq!(left, [(5, 7), (9, 12)]);
    }
}
