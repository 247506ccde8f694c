//! Response and handling: how long buyers waited, promises, and what buyers said.

use amends_app::metrics::{
    AttainmentRow, ClockRow, Figures, HandlingRow, Recommended, SatisfactionRow, Spread, Waiting,
};
use amends_domain::Span;
use amends_domain::response::LapKind;
use amends_domain::statistics::histogram::Quantile;
use amends_proto::v1 as pb;

use super::super::{Word as _, time};
use super::{Asked, key, range, rate};

impl From<pb::GetHandlingRequest> for Asked {
    fn from(m: pb::GetHandlingRequest) -> Self {
        let pb::GetHandlingRequest { parent, cohort, bucket, dimensions, filters } = m;
        Self { parent, cohort, bucket, dimensions, filters }
    }
}

impl From<pb::GetSlaAttainmentRequest> for Asked {
    fn from(m: pb::GetSlaAttainmentRequest) -> Self {
        let pb::GetSlaAttainmentRequest { parent, cohort, bucket, dimensions, filters } = m;
        Self { parent, cohort, bucket, dimensions, filters }
    }
}

impl From<pb::GetSatisfactionRequest> for Asked {
    fn from(m: pb::GetSatisfactionRequest) -> Self {
        let pb::GetSatisfactionRequest { parent, cohort, bucket, dimensions, filters } = m;
        Self { parent, cohort, bucket, dimensions, filters }
    }
}

/// The wire form of handling.
#[must_use]
pub fn render_handling(figures: &Figures<HandlingRow>) -> pb::GetHandlingResponse {
    let rows = figures.rows.iter().map(handling).collect();
    pb::GetHandlingResponse { rows, as_of_time: Some(time::render(figures.as_of)) }
}

fn handling(row: &HandlingRow) -> pb::HandlingRow {
    let of = |kind| row.waits.iter().find(|(of, _)| *of == kind).map(|(_, wait)| waiting(wait));
    let cases = &row.cases;
    pb::HandlingRow {
        cohort: range(row.days),
        key: key(&row.key),
        cases: Some(pb::HandlingCounts {
            opened: cases.opened,
            open: cases.open,
            solved: cases.solved,
            closed: cases.closed,
            merged: cases.merged,
            cancelled: cases.cancelled,
        }),
        first_response: of(LapKind::First),
        next_response: of(LapKind::Next),
        agreement: of(LapKind::Agreement),
        resolution: of(LapKind::Resolution),
        reopen_rate: rate(row.reopen_rate),
        one_touch_rate: rate(row.one_touch_rate),
    }
}

fn waiting(wait: &Waiting) -> pb::WaitingTime {
    pb::WaitingTime {
        count: wait.count,
        waiting: wait.waiting,
        without: wait.without,
        calendar: Some(spread(wait.calendar)),
        business: Some(spread(wait.business)),
        mature: wait.mature,
    }
}

fn spread(spread: Spread) -> pb::TimeSpread {
    pb::TimeSpread { median: spread.median.map(quantile), p90: spread.p90.map(quantile) }
}

fn quantile(quantile: Quantile) -> pb::TimeQuantile {
    let span = |millis: i64| time::render_span(Span::from_micros(millis.saturating_mul(1_000)));
    pb::TimeQuantile {
        value: Some(span(quantile.value)),
        lower: quantile.lower.map(span),
        upper: quantile.upper.map(span),
    }
}

/// The wire form of promises kept and broken.
#[must_use]
pub fn render_attainment(figures: &Figures<AttainmentRow>) -> pb::GetSlaAttainmentResponse {
    let row = |row: &AttainmentRow| pb::SlaAttainmentRow {
        cohort: range(row.days),
        key: key(&row.key),
        clocks: row.clocks.iter().map(clock).collect(),
    };
    let rows = figures.rows.iter().map(row).collect();
    pb::GetSlaAttainmentResponse { rows, as_of_time: Some(time::render(figures.as_of)) }
}

fn clock(clock: &ClockRow) -> pb::ClockAttainment {
    pb::ClockAttainment {
        metric: clock.metric.number(),
        attainment: rate(clock.attainment),
        met: clock.met,
        missed: clock.missed,
        running: clock.running,
        withdrawn: clock.withdrawn,
        paused: Some(time::render_span(clock.paused)),
    }
}

/// The wire form of what buyers said.
#[must_use]
pub fn render_satisfaction(figures: &Figures<SatisfactionRow>) -> pb::GetSatisfactionResponse {
    let row = |row: &SatisfactionRow| pb::SatisfactionRow {
        cohort: range(row.days),
        key: key(&row.key),
        csat: rate(row.csat),
        csat_scores: row.scores.iter().map(|count| whole(*count)).collect(),
        nps: Some(nps(&row.nps)),
        response_rate: rate(row.response),
    };
    let rows = figures.rows.iter().map(row).collect();
    pb::GetSatisfactionResponse { rows, as_of_time: Some(time::render(figures.as_of)) }
}

fn nps(nps: &Recommended) -> pb::NpsScore {
    pb::NpsScore {
        promoters: whole(nps.answers.promoters),
        passives: whole(nps.answers.passives),
        detractors: whole(nps.answers.detractors),
        value: nps.score.map(|score| score.value),
        lower: nps.score.map(|score| score.lower),
        upper: nps.score.map(|score| score.upper),
        mature: nps.mature,
    }
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
