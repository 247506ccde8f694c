//! Lengths of time behind the rows of an answer: read once, and no more of them than the rows need.

use std::collections::{BTreeMap, BTreeSet};

use amends_domain::ShopId;
use amends_domain::rollup::Facet;
use amends_domain::statistics::histogram::{Bucket, Histogram};
use amends_domain::tally::Measure;
use amends_store::rollup::{self, TimesRow, Whose};

use super::ask::Piece;
use super::bucket::{self, Days};
use super::{Question, REST};
use crate::app::App;
use crate::error::{AppError, Result};
use crate::seal;

/// How many rows of lengths of time one question may read.
const TIMES_MAX: i64 = 100_000;

impl App {
    /// Those that the rows of an answer to a question need.
    pub(super) async fn times(&self, shop: &ShopId, told: &[Piece], question: &Question) -> Result<Times> {
        let pieces = bucket::cut(question.days, question.bucket);
        let conn = self.store().reader();
        let sealed = seal::sealed(&conn, shop).await?;
        let parts: Vec<_> = (0..)
            .zip(&pieces)
            .flat_map(|(n, days)| bucket::parts(n, *days, question.bucket, sealed))
            .collect();
        let facets = question.facets();
        let (all, values) = needed(told, &facets);
        let of = facets.first().map(|(facet, _, _)| (*facet, values.as_deref()));
        let whose = Whose { all, of, limit: TIMES_MAX + 1 };
        let rows = rollup::times(&conn, shop, &parts, &whose).await?;
        Ok(Times::of(bounded(rows)?, &pieces))
    }
}

/// Whether the lengths of time of all members are needed for these rows of an answer, and of which values of
/// the facet those are; none for every one.
///
/// What is not known, and the rest that the limit left, are what others leave.
fn needed(told: &[Piece], facets: &[(Facet, bool, Option<Vec<String>>)]) -> (bool, Option<Vec<String>>) {
    let Some((_, is_split, wanted)) = facets.first() else { return (true, None) };
    let shown = || told.iter().filter(|_| *is_split).filter_map(Piece::value);
    let is_unknown_asked =
        shown().any(str::is_empty) || wanted.iter().flatten().any(|value| value.is_empty());
    if is_unknown_asked {
        return (true, None);
    }
    match wanted {
        Some(wanted) => (false, Some(wanted.clone())),
        None => {
            let named: BTreeSet<&str> = shown().filter(|value| *value != REST).collect();
            (shown().any(|value| value == REST), Some(named.into_iter().map(str::to_owned).collect()))
        }
    }
}

/// Refuses what would not fit into memory.
fn bounded(rows: Vec<TimesRow>) -> Result<Vec<TimesRow>> {
    if i64::try_from(rows.len()).is_ok_and(|count| count <= TIMES_MAX) {
        return Ok(rows);
    }
    let problem = "makes more than 100,000 lengths of time to read: take longer buckets, fewer days, or \
                   filters on fewer values";
    Err(AppError::field("bucket", problem))
}

/// Lengths of time by measure and bucket.
#[derive(Debug, Clone, Default)]
pub(super) struct Histograms(BTreeMap<Measure, BTreeMap<Bucket, i64>>);

/// Those of all members, and of those with each value of a facet, by pieces of the span.
#[derive(Debug, Default)]
pub(super) struct Times {
    all: BTreeMap<Days, Histograms>,
    of: BTreeMap<Days, BTreeMap<String, Histograms>>,
}

impl Histograms {
    fn add(&mut self, row: &TimesRow) {
        for (measure, times) in &row.sums {
            *self.0.entry(*measure).or_default().entry(row.bucket).or_default() += times;
        }
    }

    fn join(&mut self, other: &Self, sign: i64) {
        for (measure, lengths) in &other.0 {
            let mine = self.0.entry(*measure).or_default();
            lengths.iter().for_each(|(length, times)| *mine.entry(*length).or_default() += sign * times);
        }
    }

    pub(super) fn of(&self, measure: Measure) -> Histogram {
        let mut histogram = Histogram::default();
        for (length, times) in self.0.get(&measure).into_iter().flatten() {
            histogram.add(*length, u64::try_from(*times).unwrap_or(0));
        }
        histogram
    }
}

impl Times {
    fn of(rows: Vec<TimesRow>, pieces: &[Days]) -> Self {
        let mut times = Self::default();
        for row in rows {
            let Some(days) = usize::try_from(row.piece).ok().and_then(|n| pieces.get(n)) else { continue };
            match &row.value {
                None => times.all.entry(*days).or_default().add(&row),
                Some(value) => {
                    times.of.entry(*days).or_default().entry(value.clone()).or_default().add(&row);
                }
            }
        }
        times
    }

    /// Those of each row of the answer: of its value, of what is not known, or of the rest.
    pub(super) fn told(&self, pieces: &[Piece], question: &Question) -> Vec<Histograms> {
        let facets = question.facets();
        let wanted = facets.first().and_then(|(_, _, wanted)| wanted.as_deref());
        let is_split = facets.first().is_some_and(|(_, is_split, _)| *is_split);
        let mut named: BTreeMap<Days, BTreeSet<&str>> = BTreeMap::new();
        for piece in pieces {
            let values = named.entry(piece.days).or_default();
            values.extend(piece.value().filter(|value| *value != REST));
        }
        let of_piece = |piece: &Piece| match (piece.value().filter(|_| is_split), wanted) {
            (Some(REST), _) => {
                let mut rest = self.of_wanted(piece.days, wanted);
                for value in named.get(&piece.days).into_iter().flatten() {
                    rest.join(&self.of_value(piece.days, value), -1);
                }
                rest
            }
            (Some(value), _) => self.of_value(piece.days, value),
            (None, wanted) => self.of_wanted(piece.days, wanted),
        };
        pieces.iter().map(of_piece).collect()
    }

    /// Of the members that are wanted: all of them, or those with one of some values.
    fn of_wanted(&self, days: Days, wanted: Option<&[String]>) -> Histograms {
        let Some(wanted) = wanted else { return self.all.get(&days).cloned().unwrap_or_default() };
        let mut sum = Histograms::default();
        let values: BTreeSet<&String> = wanted.iter().collect();
        values.into_iter().for_each(|value| sum.join(&self.of_value(days, value), 1));
        sum
    }

    /// Of the members with a value; where it is empty, of those of which it is not known.
    fn of_value(&self, days: Days, value: &str) -> Histograms {
        let known = self.of.get(&days);
        if !value.is_empty() {
            return known.and_then(|of| of.get(value)).cloned().unwrap_or_default();
        }
        let mut unknown = self.all.get(&days).cloned().unwrap_or_default();
        known.into_iter().flat_map(|of| of.values()).for_each(|one| unknown.join(one, -1));
        unknown
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use amends_domain::Day;

    use super::super::Dimension;
    use super::super::bucket::Sums;
    use super::*;

    fn rows(count: i64) -> Vec<TimesRow> {
        let row = TimesRow { piece: 0, value: None, bucket: Bucket::of(5), sums: Default::default() };
        vec![row; usize::try_from(count).unwrap()]
    }

    #[test]
    fn more_lengths_of_time_than_fit_are_refused() {
        assert!(bounded(rows(TIMES_MAX)).is_ok());
        let AppError::Invalid(refused) = bounded(rows(TIMES_MAX + 1)).unwrap_err() else { unreachable!() };
        assert_eq!(refused.first().unwrap().field, "bucket");
    }

    #[test]
    fn no_more_is_read_than_the_rows_of_the_answer_need() {
        let days = Days { from: Day::from_number(1), until: Day::from_number(2) };
        let told = |values: &[&str]| {
            let piece = |value: &&str| {
                let key = vec![(Dimension::Agent, (*value).to_owned())];
                Piece { days, key, sums: Sums::default(), group: 0 }
            };
            values.iter().map(piece).collect::<Vec<_>>()
        };
        let some = |values: &[&str]| Some(values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>());
        let split = |wanted| vec![(Facet::Agent, true, wanted)];
        assert_eq!(needed(&told(&[]), &[]), (true, None));
        assert_eq!(needed(&told(&["ann"]), &split(some(&["ann", "ben"]))), (false, some(&["ann", "ben"])));
        assert_eq!(needed(&told(&["ann", "ben"]), &split(None)), (false, some(&["ann", "ben"])));
        assert_eq!(needed(&told(&["ann", REST]), &split(None)), (true, some(&["ann"])));
        assert_eq!(needed(&told(&["", "ann"]), &split(None)), (true, None));
        assert_eq!(needed(&told(&[]), &[(Facet::Agent, false, some(&["ann", ""]))]), (true, None));
    }
}
