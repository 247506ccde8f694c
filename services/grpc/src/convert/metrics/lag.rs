//! How long negative reviews take until they are reversed.

use amends_app::metrics::{Figures, LagCurve, LagPoint, LagRow};
use amends_proto::v1 as pb;

use super::{key, range};
use crate::convert::time;

/// The wire form of time to reversal.
#[must_use]
pub fn render(figures: &Figures<LagRow>) -> pb::GetTimeToReversalResponse {
    let row = |row: &LagRow| pb::TimeToReversalRow {
        cohort: range(row.days),
        key: key(&row.key),
        from_observation: Some(curve(&row.observed)),
        from_solution: Some(curve(&row.solved)),
    };
    pb::GetTimeToReversalResponse {
        rows: figures.rows.iter().map(row).collect(),
        as_of_time: Some(time::render(figures.as_of)),
    }
}

fn curve(curve: &LagCurve) -> pb::ReversalCurve {
    pb::ReversalCurve {
        entered: curve.entered,
        reversed: curve.reversed,
        gone: curve.gone,
        standing: curve.standing,
        points: curve.points.iter().map(point).collect(),
        median_day: curve.median_day.and_then(|day| i32::try_from(day).ok()),
    }
}

fn point(point: &LagPoint) -> pb::ReversalPoint {
    pb::ReversalPoint {
        day: i32::try_from(point.day).unwrap_or(i32::MAX),
        at_risk: point.at_risk,
        reversed: point.reversed,
        censored: point.censored,
        value: point.share.map(|share| share.value),
        lower: point.share.map(|share| share.lower),
        upper: point.share.map(|share| share.upper),
        mature: point.mature,
    }
}
