//! What an incident was heard by, and the chart of it.

use amends_app::incident::{CHART_WEEKS_MAX, Chart, ChartPoint};
use amends_app::stored::EventRow;
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::incident::IncidentState;
use amends_domain::incident::chart::Signal;
use amends_domain::statistics::chart::{Base, Sample};
use amends_domain::{ShopId, Sku};
use amends_proto::v1 as pb;

use crate::convert::{Word as _, time};
use crate::fields::Fields;
use crate::name;

/// How many weeks a chart has when nobody says.
const WEEKS: u32 = 12;

/// Of which article and reason a chart is, and over how many weeks.
pub fn parse_chart(
    f: &mut Fields,
    message: &pb::GetControlChartRequest,
) -> Option<(ShopId, Sku, Reason, u32)> {
    let shop = f.shop("parent", &message.parent);
    let sku = f.id("sku", &message.sku);
    let reason = f.word("reason", message.reason);
    let weeks = match u32::try_from(message.weeks) {
        Ok(0) => Some(WEEKS),
        Ok(weeks) if weeks <= CHART_WEEKS_MAX => Some(weeks),
        _ => f.refuse("weeks", "must be 0–104"),
    };
    Some((shop?, sku?, reason?, weeks?))
}

/// The wire form of a chart.
#[must_use]
pub fn chart(chart: &Chart) -> pb::GetControlChartResponse {
    let points = chart.points.iter().map(point).collect();
    pb::GetControlChartResponse { points, pair_count: count(chart.pairs) }
}

fn point(one: &ChartPoint) -> pb::ControlPoint {
    let (point, sample) = (&one.point, one.point.judged.sample);
    let (centre, limits) = (Base::of([point.base]).centre(), point.judged.limits);
    pb::ControlPoint {
        from_time: Some(time::render(one.from)),
        until_time: Some(time::render(one.until)),
        complaint_count: count(sample.count),
        unit_count: count(sample.size),
        share: sample.share(),
        centre,
        lower_limit: limits.map(|limits| limits.lower),
        upper_limit: limits.map(|limits| limits.upper),
        expected_count: centre.map(|usual| usual * sample.size as f64),
        chance: point.chance,
        base_week_count: i32::try_from(point.weeks).unwrap_or(i32::MAX),
        signal: point.signals,
    }
}

/// The wire form of a signal.
pub(super) fn render(signal: &Signal) -> pb::IncidentSignal {
    pb::IncidentSignal {
        from_time: Some(time::render(signal.from)),
        until_time: Some(time::render(signal.until)),
        complaint_count: count(signal.week.count),
        unit_count: count(signal.week.size),
        base_complaint_count: count(signal.base.count),
        base_unit_count: count(signal.base.size),
        base_week_count: i32::try_from(signal.weeks).unwrap_or(i32::MAX),
        expected_count: signal.expected(),
        factor: signal.factor(),
        upper_limit: signal.limit().unwrap_or(1.0),
        chance: signal.chance(),
        pair_count: count(signal.pairs),
    }
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The incident that an event tells of: what was heard, and nothing that changes later.
#[must_use]
pub fn of_event(row: &EventRow) -> Option<pb::Incident> {
    let Event::IncidentRaised {
        incident,
        sku,
        reason,
        week_from,
        week_until,
        complaints,
        of_units,
        base_complaints,
        base_units,
        base_weeks,
        pairs,
    } = &row.event
    else {
        return None;
    };
    let signal = Signal {
        from: *week_from,
        until: *week_until,
        week: Sample { count: *complaints, size: *of_units },
        base: Sample { count: *base_complaints, size: *base_units },
        weeks: *base_weeks,
        pairs: *pairs,
    };
    Some(pb::Incident {
        name: name::of(&row.shop, incident),
        reason: Some(reason.number()),
        sku: sku.to_string(),
        state: IncidentState::Open.number(),
        open_time: Some(time::render(row.occurred_at)),
        signal: Some(render(&signal)),
        ..pb::Incident::default()
    })
}
