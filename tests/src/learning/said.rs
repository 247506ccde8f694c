//! What orders, parcels and return requests are told of.

use amends_domain::detection::Reason;
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::*;
use amends_domain::{Money, Time};

use super::play::id;

pub(super) fn ordered(order: &str, paid: i64) -> SignalBody {
    let line = OrderedLine {
        line: id("1"),
        sku: id("SKU-1"),
        title: String::new(),
        category: String::new(),
        quantity: 1,
        unit_price: Money::new(paid, id("EUR")),
    };
    SignalBody::Order(OrderSignal {
        order: id(order),
        buyer: id(format!("buyer-of-{order}")),
        lines: vec![line],
        state: OrderState::Paid,
        language: "en".to_owned(),
        time_zone: String::new(),
    })
}

pub(super) fn delivered(order: &str) -> SignalBody {
    SignalBody::Shipment(ShipmentSignal {
        shipment: id(format!("p-{order}")),
        order: id(order),
        lines: Vec::new(),
        state: ShipmentState::Delivered,
        eta: None,
        carrier: String::new(),
        tracking: String::new(),
        remedy: None,
    })
}

pub(super) fn wants_back(order: &str, reason: Reason, status: ReturnStatus, at: Time) -> SignalBody {
    SignalBody::Return(ReturnSignal {
        return_id: id(format!("ret-{order}")),
        order: id(order),
        line: Some(id("1")),
        quantity: 1,
        status,
        raw_status: status.to_string(),
        reason: Some(reason),
        raw_reason: String::new(),
        buyer: Some(id(format!("buyer-of-{order}"))),
        requested_at: at,
        deadline: None,
        refund: None,
        seller_fault: None,
        bounds: amends_domain::counter::OfferBounds::default(),
    })
}
