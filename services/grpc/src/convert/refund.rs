//! What the channel refunds although it was promised or given.

use amends_domain::event::Event;
use amends_domain::{LineId, Money, OrderId, ReturnId, ShopId};
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::{Word as _, money};
use crate::name;

/// What happened to a remedy by the channel's refund.
pub fn entry(shop: &ShopId, event: &Event) -> Option<Entry> {
    Some(match event {
        Event::StopShipment {
            remedy,
            return_id,
            kind,
            order,
            line,
            units,
            article,
            disposal,
            refund,
            currency,
            paid,
        } => Entry::StopShipment(pb::RefundStep {
            remedy: name::of(shop, remedy),
            kind: kind.map_or(0, |kind| kind.number()),
            quantity: units.map_or(0, |units| i32::try_from(units).unwrap_or(i32::MAX)),
            sku: article.clone().unwrap_or_default(),
            item_disposal: disposal.map(|disposal| disposal.number()),
            paid: paid.unwrap_or(true),
            ..step(shop, return_id, (order, line), (*refund, currency))
        }),
        Event::DoubleCompensated {
            remedy,
            return_id,
            kind,
            order,
            line,
            units,
            refund,
            currency,
            tracking,
        } => Entry::DoubleCompensated(pb::RefundStep {
            remedy: name::of(shop, remedy),
            kind: kind.number(),
            quantity: i32::try_from(*units).unwrap_or(i32::MAX),
            paid: true,
            tracking: tracking.clone(),
            ..step(shop, return_id, (order, line), (*refund, currency))
        }),
        _ => return None,
    })
}

fn step(
    shop: &ShopId,
    return_id: &ReturnId,
    (order, line): (&Option<OrderId>, &Option<LineId>),
    (refund, currency): (Option<i64>, &Option<String>),
) -> pb::RefundStep {
    let currency = currency.as_deref().and_then(|code| code.parse().ok());
    pb::RefundStep {
        order_id: order.as_ref().map(ToString::to_string).unwrap_or_default(),
        line_id: line.as_ref().map(ToString::to_string).unwrap_or_default(),
        buyer_return: name::of(shop, return_id),
        refund_amount: refund.zip(currency).map(|(minor, code)| money::render(Money::new(minor, code))),
        ..pb::RefundStep::default()
    }
}
