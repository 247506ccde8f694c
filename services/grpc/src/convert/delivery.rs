//! Parcels that are late, and those that came after all.

use amends_domain::ShopId;
use amends_domain::event::Event;
use amends_domain::signal::ShipmentState;
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::{Word as _, time};
use crate::name;

/// What happened to a parcel.
pub fn entry(shop: &ShopId, event: &Event) -> Option<Entry> {
    Some(match event {
        Event::DeliveryOverdue { shipment, order, state, eta, promised, carrier, tracking, remedy } => {
            Entry::DeliveryOverdue(pb::DeliveryStep {
                shipment_id: shipment.to_string(),
                order_id: order.to_string(),
                state: state.number(),
                eta: Some(time::render(*eta)),
                promised_eta: Some(time::render(*promised)),
                deliver_time: None,
                carrier: carrier.clone(),
                tracking: tracking.clone(),
                remedy: name::of_any(shop, remedy.as_ref()),
            })
        }
        Event::DeliveryArrived { shipment, order, delivered_at, promised } => {
            Entry::DeliveryArrived(pb::DeliveryStep {
                shipment_id: shipment.to_string(),
                order_id: order.to_string(),
                state: ShipmentState::Delivered.number(),
                promised_eta: promised.map(time::render),
                deliver_time: Some(time::render(*delivered_at)),
                ..pb::DeliveryStep::default()
            })
        }
        _ => return None,
    })
}
