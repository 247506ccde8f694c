//! Twins of marketplace figures.

use amends_app::planning::{ToDo, TwinFigures, TwinQuestion, Twins};
use amends_domain::twin::{Figure, Rescue, Target, Twin};
use amends_domain::{ShopId, Time};
use amends_proto::v1 as pb;

use super::whole;
use crate::convert::{Word as _, time};
use crate::fields::Fields;
use crate::name;

/// The most spans in which a shop was away.
const AWAY_MAX: usize = 100;

/// The domain form of a question.
pub fn parse(f: &mut Fields, m: pb::GetMarketplaceTwinsRequest) -> Option<TwinQuestion> {
    let shop = f.shop("parent", &m.parent);
    let at = f.time_or_none("at_time", m.at_time);
    let tier = f.text("tier", m.tier, 64);
    let away = if m.away.len() > AWAY_MAX {
        f.refuse("away", "must have at most 100 entries")
    } else {
        f.each("away", m.away, span)
    };
    Some(TwinQuestion { shop: shop?, at: at?, tier: tier?, away: away? })
}

fn span(f: &mut Fields, span: pb::AwaySpan) -> Option<(Time, Time)> {
    let from = f.time("start_time", span.start_time);
    let until = f.time("end_time", span.end_time);
    let (from, until) = (from?, until?);
    if until <= from {
        return f.refuse("end_time", "must be later than the start");
    }
    Some((from, until))
}

/// The wire form of the figures of a shop.
#[must_use]
pub fn render(shop: &ShopId, twins: &Twins) -> pb::GetMarketplaceTwinsResponse {
    pb::GetMarketplaceTwinsResponse {
        twins: twins.twins.iter().map(|one| twin(shop, one)).collect(),
        conversation_count: whole(twins.conversations),
        holiday_dates: twins.holidays.iter().map(|day| time::print_day(*day)).collect(),
        as_of_time: Some(time::render(twins.at)),
    }
}

fn twin(shop: &ShopId, one: &TwinFigures) -> pb::MarketplaceTwin {
    let row = one.twin;
    let unit = match row.target {
        Target::Percent(_) => pb::TwinUnit::Share,
        Target::Time(_) => pb::TwinUnit::Seconds,
    };
    let rescue = match one.next.rescue {
        Rescue::NoValue => pb::TwinRescue::NoValue,
        Rescue::Safe => pb::TwinRescue::Safe,
        Rescue::Answer(_) => pb::TwinRescue::Answer,
        Rescue::Lost(_) => pb::TwinRescue::Lost,
    };
    pb::MarketplaceTwin {
        figure: row.name.clone(),
        region: row.region.clone(),
        tier: row.tier.clone(),
        unit: unit.into(),
        note: row.note.clone(),
        source: row.source.clone(),
        certainty: row.certainty.number(),
        current: one.current.as_ref().map(|(row, current)| figure(row, current)),
        next_if_none: Some(figure(row, &one.next.if_none)),
        next_if_all: Some(figure(row, &one.next.if_all)),
        rescue: rescue.into(),
        to_answer: one.to_answer.iter().map(|todo| to_answer(shop, todo)).collect(),
        to_answer_count: whole(one.to_answer_count),
    }
}

fn figure(row: &Twin, figure: &Figure) -> pb::TwinFigure {
    let number = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
    let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let part = |part: &amends_domain::twin::Part| pb::TwinPart {
        answered_count: count(part.answered),
        conversation_count: count(part.of),
        weight_percent: i32::from(part.weight),
    };
    pb::TwinFigure {
        start_time: Some(time::render(figure.from)),
        cut_off_time: Some(time::render(figure.cut_off)),
        close_time: Some(time::render(figure.closes)),
        numerator: number(figure.numerator),
        denominator: number(figure.denominator),
        value: figure.value,
        target: match row.target {
            Target::Percent(percent) => f64::from(percent) / 100.0,
            Target::Time(time) => time.as_secs_f64(),
        },
        reached: figure.reached,
        conversation_count: count(figure.counted),
        parts: figure.parts.iter().filter(|_| figure.parts.len() > 1).map(part).collect(),
    }
}

fn to_answer(shop: &ShopId, todo: &ToDo) -> pb::ConversationToAnswer {
    pb::ConversationToAnswer {
        conversation_id: todo.conversation.to_string(),
        case: name::of_any(shop, todo.case.as_ref()),
        receive_time: Some(time::render(todo.received_at)),
        answer_by_time: Some(time::render(todo.until)),
    }
}
