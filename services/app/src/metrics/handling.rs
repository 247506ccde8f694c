//! How long buyers waited, and what became of cases.

use std::collections::{BTreeMap, BTreeSet};

use amends_domain::rate::Rate;
use amends_domain::response::LapKind;
use amends_domain::statistics::histogram::{Bucket, Histogram, Quantile};
use amends_domain::tally::{Family, Measure};
use amends_domain::{ShopId, Span};
use amends_store::rollup::{self, TimesRow};

use super::ask::Piece;
use super::bucket::{self, Days, Sums};
use super::{Figures, Key, MatureRate, Question, REST, keep};
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};

/// Handling of the cases of one cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct HandlingRow {
    /// The days of the cohort.
    pub days: Days,
    /// The values it is about; empty if there is no split.
    pub key: Key,
    /// What became of the cases.
    pub cases: Cases,
    /// What was waited for, in the order of [`LapKind::ALL`].
    pub waits: Vec<(LapKind, Waiting)>,
    /// Opened again, of those solved.
    pub reopen_rate: MatureRate,
    /// Solved in one turn, of those solved.
    pub one_touch_rate: MatureRate,
}

/// Numbers of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cases {
    /// Opened.
    pub opened: i64,
    /// Neither solved nor over.
    pub open: i64,
    /// Solved at least once.
    pub solved: i64,
    /// Closed for good.
    pub closed: i64,
    /// Part of another.
    pub merged: i64,
    /// No case.
    pub cancelled: i64,
}

/// How long one thing was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How often it came.
    pub count: i64,
    /// How often it is still waited for.
    pub waiting: i64,
    /// How often there was none.
    pub without: i64,
    /// In all hours.
    pub calendar: Spread,
    /// In the hours of the shop.
    pub business: Spread,
    /// Whether the days are over and nothing is waited for.
    pub mature: bool,
}

/// How lengths of time are spread; none of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Half took at most so long.
    pub median: Option<Quantile>,
    /// Nine of ten did.
    pub p90: Option<Quantile>,
}

impl App {
    /// How long buyers waited and what became of cases; cohort by the day of opening, for later answers by
    /// that of the buyer's message.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn handling(&self, principal: &Principal, question: &Question) -> Result<Figures<HandlingRow>> {
        let shop = question.shop.as_ref().ok_or_else(|| AppError::field("parent", "must name one shop"))?;
        let (pieces, closing) = self.pieces(principal, question, Family::Handling).await?;
        let times = if closing.is_of_any() { self.times(shop, question).await? } else { Times::default() };
        let told = times.told(&pieces, question);
        let rows = pieces.into_iter().zip(told).map(|(Piece { days, key, sums, group }, histograms)| {
            let over = closing.is_past(group, days, Span::ZERO);
            row((days, key), &sums, &histograms, over)
        });
        let has_members =
            |row: &HandlingRow| row.cases.opened > 0 || row.waits.iter().any(|(_, wait)| wait.has_members());
        Ok(Figures { rows: keep(rows, question, has_members), as_of: closing.now() })
    }

    async fn times(&self, shop: &ShopId, question: &Question) -> Result<Times> {
        let pieces = bucket::cut(question.days, question.bucket);
        let parts: Vec<_> =
            (0..).zip(&pieces).flat_map(|(n, days)| bucket::parts(n, *days, question.bucket)).collect();
        let facets = question.facets();
        let facet = facets.first().map(|(facet, _, _)| *facet);
        let rows = rollup::times(&self.store().reader(), shop, &parts, facet).await?;
        Ok(Times::of(rows, &pieces))
    }
}

impl Waiting {
    const fn has_members(&self) -> bool {
        self.count + self.waiting + self.without > 0
    }
}

/// Lengths of time by measure and bucket.
#[derive(Debug, Clone, Default)]
struct Histograms(BTreeMap<Measure, BTreeMap<Bucket, i64>>);

/// Those of all members, and of those with each value of a facet, by pieces of the span.
#[derive(Debug, Default)]
struct Times {
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

    fn of(&self, measure: Measure) -> Histogram {
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
    fn told(&self, pieces: &[Piece], question: &Question) -> Vec<Histograms> {
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

fn row((days, key): (Days, Key), sums: &Sums, times: &Histograms, over: bool) -> HandlingRow {
    let cases = Cases {
        opened: sums.get(Measure::CasesOpened),
        open: sums.get(Measure::CasesOpen),
        solved: sums.get(Measure::CasesSolved),
        closed: sums.get(Measure::CasesClosed),
        merged: sums.get(Measure::CasesMerged),
        cancelled: sums.get(Measure::CasesCancelled),
    };
    // A case that is only solved can be opened again.
    let ended = cases.closed + cases.merged + cases.cancelled >= cases.opened;
    let of_solved =
        |measure| MatureRate { rate: Rate::of(sums.get(measure), cases.solved), mature: over && ended };
    HandlingRow {
        days,
        key,
        waits: LapKind::ALL.iter().map(|kind| (*kind, waiting(*kind, sums, times, over))).collect(),
        reopen_rate: of_solved(Measure::CasesReopened),
        one_touch_rate: of_solved(Measure::CasesOneTouch),
        cases,
    }
}

fn waiting(kind: LapKind, sums: &Sums, times: &Histograms, over: bool) -> Waiting {
    let [calendar, business, given, waiting, without] = kind.measures();
    let (calendar, business) = (times.of(calendar), times.of(business));
    let waiting = sums.get(waiting);
    let spread = |times: &Histogram| Spread { median: times.estimate(50), p90: times.estimate(90) };
    Waiting {
        count: sums.get(given),
        waiting,
        without: sums.get(without),
        calendar: spread(&calendar),
        business: spread(&business),
        mature: over && waiting == 0,
    }
}
