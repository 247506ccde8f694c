//! A parcel moved.

use amends_domain::delivery::Expected;
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::order::Shipment;
use amends_domain::signal::{ShipmentSignal, ShipmentState};

use crate::error::{Violation, Why};
use crate::ingest::refused;
use crate::ingest::world::{Effect, Kept, Now, World};

impl World {
    pub(in crate::ingest) fn take_shipment(
        &mut self,
        at: Now<'_>,
        parcel: &ShipmentSignal,
    ) -> Result<Effect, Violation> {
        let shop = at.info.shop.id.clone();
        self.check_quantities(at, parcel)?;
        let said = (at.signal.occurred_at, &at.signal.id);
        let delivered = (parcel.state == ShipmentState::Delivered).then_some(at.signal.occurred_at);
        let late = self.late_times(at, &parcel.order);
        let facts = self.order(&shop, &parcel.order);
        let kept = facts
            .shipments
            .entry(parcel.shipment.clone())
            .or_insert_with(|| Kept { value: fresh(at, parcel), changed: true });
        let known = &mut kept.value;
        kept.changed = true;
        let arrived = known.delivered_at.is_none() && delivered.is_some() && known.is_troubled();
        known.delivered_at = match (known.delivered_at, delivered) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let latest = (known.state_at, &known.said_by) <= said;
        if latest {
            let (delivered_at, expected) = (known.delivered_at, known.expected);
            *known = Shipment { delivered_at, expected, ..fresh(at, parcel) };
        }
        known.expected.hear(at.signal.occurred_at, parcel.eta);
        let arrived = arrived.then(|| known.clone());
        for (line, _) in &parcel.lines {
            self.line(&shop, &parcel.order, line);
        }
        self.refresh_order(at, &parcel.order);
        self.refresh_reviews_of(at, &parcel.order);
        self.await_parcels(at, &parcel.order, &late);
        if let Some(parcel) = arrived {
            self.tell_arrival(at, &parcel);
        }
        Ok(if latest { self.shipment_trouble(at, parcel) } else { Effect::default() })
    }

    fn check_quantities(&self, at: Now<'_>, parcel: &ShipmentSignal) -> Result<(), Violation> {
        let Some(facts) = self.orders.get(&(at.info.shop.id.clone(), parcel.order.clone())) else {
            return Ok(());
        };
        for (i, (line, units)) in parcel.lines.iter().enumerate() {
            let purchase = facts.lines.get(line).and_then(|l| l.line.purchase.as_ref());
            if let Some(purchase) = purchase.filter(|p| *units > p.quantity) {
                return Err(refused(
                    &format!("shipment.lines[{i}].quantity"),
                    format!("{units} is more than the {} that were purchased", purchase.quantity),
                    Why::Quantity,
                ));
            }
        }
        Ok(())
    }

    /// A parcel in trouble opens a case before the buyer complains.
    fn shipment_trouble(&mut self, at: Now<'_>, parcel: &ShipmentSignal) -> Effect {
        let reason = match parcel.state {
            ShipmentState::Delayed => Reason::Late,
            ShipmentState::Failed | ShipmentState::Lost => Reason::NotReceived,
            _ => return Effect::default(),
        };
        let known = fresh(at, parcel);
        let shop = &at.info.shop.id;
        let subject = match parcel.remedy {
            Some(remedy) => self.remedy_subject(shop, remedy),
            None => Some(self.parcel_subject(shop, &known)),
        };
        let Some(subject) = subject else { return Effect::default() };
        let effect = self.parcel_trouble(at, subject, &known, reason);
        let event = Event::ShipmentTrouble {
            shipment: parcel.shipment.clone(),
            state: parcel.state,
            eta: parcel.eta,
        };
        self.happened(at, effect.case, event);
        // A parcel that will not come, or that was promised as help, is no news to sleep over.
        let is_grave = parcel.remedy.is_some() || reason == Reason::NotReceived;
        if let Some(case) = effect.case.filter(|_| is_grave && !effect.opened) {
            self.wake_parked(at, case);
        }
        effect
    }
}

fn fresh(at: Now<'_>, parcel: &ShipmentSignal) -> Shipment {
    Shipment {
        shop: at.info.shop.id.clone(),
        shipment: parcel.shipment.clone(),
        order: parcel.order.clone(),
        lines: parcel.lines.clone(),
        state: parcel.state,
        state_at: at.signal.occurred_at,
        said_by: at.signal.id.clone(),
        expected: Expected::default(),
        carrier: parcel.carrier.clone(),
        tracking: parcel.tracking.clone(),
        delivered_at: None,
        for_remedy: parcel.remedy.is_some(),
        remedy: parcel.remedy,
    }
}
