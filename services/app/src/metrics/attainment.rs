//! How many promises of time were kept.

use amends_domain::Span;
use amends_domain::rate::Rate;
use amends_domain::response::PromiseKind;
use amends_domain::sla::Metric;
use amends_domain::tally::Family;

use super::ask::Piece;
use super::bucket::{Days, Sums};
use super::closing::Closing;
use super::{Figures, Key, MatureRate, Question, keep};
use crate::app::App;
use crate::call::Principal;
use crate::error::Result;

/// Promises of one cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct AttainmentRow {
    /// The days of the cohort.
    pub days: Days,
    /// The values it is about; empty if there is no split.
    pub key: Key,
    /// Each clock about which something was promised.
    pub clocks: Vec<ClockRow>,
}

/// What became of the promises of one clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockRow {
    /// Which.
    pub metric: Metric,
    /// Kept, of those kept and broken.
    pub attainment: MatureRate,
    /// Kept.
    pub met: i64,
    /// Broken.
    pub missed: i64,
    /// Not ended yet.
    pub running: i64,
    /// Ended without a verdict.
    pub withdrawn: i64,
    /// How long those that ended were paused.
    pub paused: Span,
}

impl App {
    /// How many promises of time were kept; cohort by the day the clock started.
    ///
    /// # Errors
    /// When the question is not a good one, the principal may not read figures, or storage fails.
    pub async fn sla_attainment(
        &self,
        principal: &Principal,
        question: &Question,
    ) -> Result<Figures<AttainmentRow>> {
        let (pieces, closing) = self.pieces(principal, question, Family::Promise).await?;
        let rows = pieces.into_iter().map(|piece| row(piece, &closing));
        Ok(Figures { rows: keep(rows, question, |row| !row.clocks.is_empty()), as_of: closing.now() })
    }
}

fn row(Piece { days, key, sums, group }: Piece, closing: &Closing) -> AttainmentRow {
    let over = closing.is_past(group, days, Span::ZERO);
    let clocks = PromiseKind::ALL.iter().map(|kind| clock(*kind, &sums, over));
    let is_any = |one: &ClockRow| one.met + one.missed + one.running + one.withdrawn > 0;
    AttainmentRow { days, key, clocks: clocks.filter(is_any).collect() }
}

fn clock(kind: PromiseKind, sums: &Sums, over: bool) -> ClockRow {
    let [met, missed, running, withdrawn, paused] = kind.measures().map(|measure| sums.get(measure));
    ClockRow {
        metric: kind.metric(),
        attainment: MatureRate { rate: Rate::of(met, met + missed), mature: over && running == 0 },
        met,
        missed,
        running,
        withdrawn,
        paused: Span::from_micros(paused.saturating_mul(1_000)),
    }
}
