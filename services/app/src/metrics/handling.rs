//! How long buyers waited, and what became of cases.

use amends_domain::Span;
use amends_domain::rate::Rate;
use amends_domain::response::LapKind;
use amends_domain::statistics::histogram::{Histogram, Quantile};
use amends_domain::tally::{Family, Measure};

use super::ask::Piece;
use super::bucket::{Days, Sums};
use super::times::{Histograms, Times};
use super::{Figures, Key, MatureRate, Question, keep};
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
    /// Whether the days are over and nothing is waited for; of the first response and the resolution,
    /// whether all cases are over as well.
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
        let times =
            if closing.is_of_any() { self.times(shop, &pieces, question).await? } else { Times::default() };
        let told = times.told(&pieces, question);
        let rows = pieces.into_iter().zip(told).map(|(Piece { days, key, sums, group }, histograms)| {
            let over = closing.is_past(group, days, Span::ZERO);
            row((days, key), &sums, &histograms, over)
        });
        let has_members =
            |row: &HandlingRow| row.cases.opened > 0 || row.waits.iter().any(|(_, wait)| wait.has_members());
        Ok(Figures { rows: keep(rows, question, has_members), as_of: closing.now() })
    }
}

impl Waiting {
    const fn has_members(&self) -> bool {
        self.count + self.waiting + self.without > 0
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
        waits: LapKind::ALL.iter().map(|kind| (*kind, waiting(*kind, sums, times, (over, ended)))).collect(),
        reopen_rate: of_solved(Measure::CasesReopened),
        one_touch_rate: of_solved(Measure::CasesOneTouch),
        cases,
    }
}

fn waiting(kind: LapKind, sums: &Sums, times: &Histograms, (over, ended): (bool, bool)) -> Waiting {
    let [calendar, business, given, waiting, without] = kind.measures();
    let (calendar, business) = (times.of(calendar), times.of(business));
    let waiting = sums.get(waiting);
    // A case that is not over may still be solved anew, or hear of a word from before the first answer.
    let can_change = matches!(kind, LapKind::First | LapKind::Resolution);
    let spread = |times: &Histogram| Spread { median: times.estimate(50), p90: times.estimate(90) };
    Waiting {
        count: sums.get(given),
        waiting,
        without: sums.get(without),
        calendar: spread(&calendar),
        business: spread(&business),
        mature: over && waiting == 0 && (ended || !can_change),
    }
}
