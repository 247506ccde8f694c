//! Levels of stock.

use amends_app::stock::LEVELS_MAX;
use amends_domain::Time;
use amends_domain::stock::{Item, Level, Standing, StockKind};
use amends_proto::v1 as pb;

use super::time;
use crate::fields::Fields;

/// The most pieces of one article: more is a slip of the finger.
const PIECES_MAX: i64 = 1_000_000_000;

/// The wire form of a level with what was taken of it.
#[must_use]
pub fn render(standing: &Standing) -> pb::StockLevel {
    let Level { item, available, as_of } = &standing.level;
    pb::StockLevel {
        sku: item.sku.to_string(),
        part: item.kind == StockKind::Part,
        available_count: *available,
        count_time: Some(time::render(*as_of)),
        held_count: standing.held,
        consumed_count: standing.consumed,
        free_count: standing.free(),
    }
}

/// The domain forms of levels; what the service sets is ignored.
pub fn parse(fields: &mut Fields, levels: Vec<pb::StockLevel>, latest: Time) -> Option<Vec<Level>> {
    if levels.is_empty() || levels.len() > LEVELS_MAX {
        return fields.refuse("levels", "must have 1–1,000 entries");
    }
    fields.each("levels", levels, |f, level| {
        let sku = f.id("sku", &level.sku);
        let available = match level.available_count {
            count @ 0..=PIECES_MAX => Some(count),
            _ => f.refuse("available_count", "must be 0–1,000,000,000"),
        };
        let as_of = f.past("count_time", level.count_time, latest);
        let kind = if level.part { StockKind::Part } else { StockKind::Article };
        Some(Level { item: Item { sku: sku?, kind }, available: available?, as_of: as_of? })
    })
}
