//! How many cases will come.

use amends_app::planning::{Volume, VolumeQuestion};
use amends_domain::forecast::{Ahead, Method};
use amends_proto::v1 as pb;

use super::{gaps, whole};
use crate::convert::time;
use crate::fields::Fields;

/// How far is looked ahead if nobody says so.
const HORIZON: u16 = 28;

/// The domain form of a question.
pub fn parse(f: &mut Fields, m: pb::ForecastVolumeRequest) -> Option<VolumeQuestion> {
    let shop = f.shop("parent", &m.parent);
    let horizon =
        f.number_or_none("horizon_days", m.horizon_days, |days| (1..=90).contains(days), "must be 1–90");
    let kinds = f.words("kinds", m.kinds);
    let gaps = gaps(f, m.gap_dates);
    let horizon = horizon?.map_or(HORIZON, |days| u16::try_from(days).unwrap_or(HORIZON));
    Some(VolumeQuestion { shop: shop?, horizon, kinds: kinds?, gaps: gaps? })
}

/// The wire form of a forecast.
#[must_use]
pub fn render(volume: &Volume, history: bool) -> pb::ForecastVolumeResponse {
    let days = volume.forecast.iter().flat_map(|forecast| &forecast.days);
    let known = volume.history.iter().filter(|_| history);
    let observed = known.filter_map(|(day, opened)| {
        Some(pb::ObservedDay { date: time::print_day(*day), opened: (*opened)? })
    });
    let gaps = volume.history.iter().filter(|(_, opened)| opened.is_none());
    pb::ForecastVolumeResponse {
        days: days.map(day).collect(),
        method: Some(method(volume)),
        opened_today: volume.opened_today,
        history: observed.collect(),
        gap_dates: gaps.map(|(day, _)| time::print_day(*day)).collect(),
        as_of_time: Some(time::render(volume.as_of)),
    }
}

fn day(ahead: &Ahead) -> pb::VolumeDay {
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    pb::VolumeDay {
        date: time::print_day(ahead.day),
        expected: ahead.expected,
        lower_80: count(ahead.within_80.0),
        upper_80: count(ahead.within_80.1),
        lower_95: count(ahead.within_95.0),
        upper_95: count(ahead.within_95.1),
        peak_factor: ahead.peak,
    }
}

/// How a forecast was made.
#[must_use]
pub fn method(volume: &Volume) -> pb::VolumeMethod {
    use pb::VolumeMethodKind as Kind;
    let known = volume.history.iter().filter(|(_, opened)| opened.is_some()).count();
    let first = volume.history.first().map(|(day, _)| time::print_day(*day));
    let method = pb::VolumeMethod {
        first_date: first.unwrap_or_default(),
        known_days: whole(known),
        ..pb::VolumeMethod::default()
    };
    match volume.forecast.as_ref().map(|forecast| forecast.method) {
        None => pb::VolumeMethod { kind: Kind::NothingKnown.into(), ..method },
        Some(Method::PlainMean { .. }) => pb::VolumeMethod { kind: Kind::PlainMean.into(), ..method },
        Some(Method::Weekly { level_gain, trend_gain, season_gain, dispersion }) => pb::VolumeMethod {
            kind: Kind::Weekly.into(),
            level_gain: Some(level_gain),
            trend_gain: Some(trend_gain),
            season_gain: Some(season_gain),
            dispersion: Some(dispersion),
            ..method
        },
    }
}
