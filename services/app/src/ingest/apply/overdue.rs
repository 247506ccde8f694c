//! A parcel that should have arrived.
//!
//! When it is to be told that a parcel is late follows from what is known of it, so every
//! word about the parcel or its order sets the deadline anew. When the time comes, the same
//! facts are looked at again under their locks: only who still waits is late.

use std::collections::BTreeMap;

use amends_domain::case::{CaseKind, Handling, Outcome, Verb};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::delivery::NEWS_FOR;
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::order::Shipment;
use amends_domain::signal::OverdueSignal;
use amends_domain::subject::{Anchor, Subject};
use amends_domain::{CaseId, OrderId, ShipmentId, ShopId, Span, Time};

use crate::facts::late_at;
use crate::ingest::link::Trouble;
use crate::ingest::world::{Effect, Now, OrderWorld, World};

/// How long a parcel is left alone that is late when it is first heard of: what is brought in
/// late comes in any order, and the next word may say that it arrived.
const SETTLE: Span = Span::from_minutes(10);

impl World {
    /// When each parcel of an order would be late.
    pub(in crate::ingest) fn late_times(&self, at: Now<'_>, order: &OrderId) -> BTreeMap<ShipmentId, Time> {
        let Some(facts) = self.orders.get(&(at.info.shop.id.clone(), order.clone())) else {
            return BTreeMap::new();
        };
        let parcels = facts.shipments.values().map(|kept| &kept.value);
        let late = |one: &Shipment| Some((one.shipment.clone(), late(facts, one, at)?));
        parcels.filter_map(late).collect()
    }

    /// Sets the deadlines of an order's parcels, where they are others than before.
    pub(in crate::ingest) fn await_parcels(
        &mut self,
        at: Now<'_>,
        order: &OrderId,
        before: &BTreeMap<ShipmentId, Time>,
    ) {
        let now = self.late_times(at, order);
        let changed = now.iter().filter(|(id, late)| before.get(*id) != Some(*late));
        let set = changed.map(|(id, late)| due(at, order, id, (*late).max(at.now + SETTLE)));
        let over = before.keys().filter(|id| !now.contains_key(*id)).map(|id| forget(at, order, id));
        self.out.deadlines.extend(set.chain(over));
    }

    /// The time has come to look at a parcel.
    pub(in crate::ingest) fn take_overdue(&mut self, at: Now<'_>, said: &OverdueSignal) -> Effect {
        let key = (at.info.shop.id.clone(), said.order.clone());
        let late = self.late_times(at, &said.order).remove(&said.shipment);
        let Some(late) = late else {
            self.out.deadlines.push(forget(at, &said.order, &said.shipment));
            return Effect::default();
        };
        if late > at.now {
            self.out.deadlines.push(due(at, &said.order, &said.shipment, late));
            return Effect::default();
        }
        self.out.deadlines.push(forget(at, &said.order, &said.shipment));
        let kept = self.orders.get_mut(&key).and_then(|facts| facts.shipments.get_mut(&said.shipment));
        let Some(kept) = kept else { return Effect::default() };
        let Some(eta) = kept.value.expected.at() else { return Effect::default() };
        kept.value.expected.told = Some(eta);
        kept.changed = true;
        let parcel = kept.value.clone();
        if late + NEWS_FOR < at.now {
            return Effect::default();
        }
        self.tell_overdue(at, &parcel, eta)
    }

    fn tell_overdue(&mut self, at: Now<'_>, parcel: &Shipment, eta: Time) -> Effect {
        let shop = &at.info.shop.id;
        let subject = match parcel.remedy {
            // The trouble has a case already: its agent promised this parcel.
            Some(remedy) => match self.remedy_subject(shop, remedy) {
                Some(subject) => subject,
                None => return Effect::default(),
            },
            None => self.parcel_subject(shop, parcel),
        };
        let effect = self.parcel_trouble(at, subject, parcel, Reason::Late);
        let event = Event::DeliveryOverdue {
            shipment: parcel.shipment.clone(),
            order: parcel.order.clone(),
            state: parcel.state,
            eta,
            promised: parcel.expected.first.map_or(eta, |first| first.at),
            carrier: parcel.carrier.clone(),
            tracking: parcel.tracking.clone(),
            remedy: parcel.remedy,
        };
        self.happened(at, effect.case, event);
        if let Some(case) = effect.case.filter(|_| !effect.opened) {
            self.wake_parked(at, case);
        }
        effect
    }

    /// Trouble with a parcel joins the open case on its subject, or opens one.
    pub(super) fn parcel_trouble(
        &mut self,
        at: Now<'_>,
        subject: Subject,
        parcel: &Shipment,
        reason: Reason,
    ) -> Effect {
        let facts = self.orders.get(&(at.info.shop.id.clone(), parcel.order.clone()));
        let mut lines = facts.into_iter().flat_map(|facts| facts.lines.values());
        let ours = lines.find(|one| subject.line().is_none_or(|line| *line == one.line.line));
        let buyer = ours.and_then(|one| one.line.purchase.as_ref()).map(|purchase| purchase.buyer);
        let trouble = Trouble { reasons: vec![reason], buyer, ..Trouble::default() };
        self.join_or_open(at, subject, CaseKind::Delivery, trouble)
    }

    /// What a parcel is about: its only line; or the trouble that is open already on any of its
    /// lines, or on its order; or the order.
    pub(super) fn parcel_subject(&self, shop: &ShopId, parcel: &Shipment) -> Subject {
        let only = match parcel.lines.as_slice() {
            [(line, _)] => Some(line),
            _ => None,
        };
        let narrow = self.subject(shop, &parcel.order, only);
        let holds = |subject: &Subject| match subject.line() {
            Some(line) => parcel.lines.is_empty() || parcel.lines.iter().any(|(one, _)| one == line),
            None => true,
        };
        let anchor = Anchor::Order(parcel.order.clone());
        let open = self.cases.on(shop, &anchor).map(|one| &one.case).filter(|case| case.is_open());
        let about = open.filter(|case| case.subject.order() == Some(&parcel.order) && holds(&case.subject));
        let best = about.min_by_key(|case| (case.subject != narrow, case.opened_at, case.id));
        best.map_or(narrow, |case| case.subject.clone())
    }

    /// What the case of a remedy is about.
    pub(super) fn remedy_subject(&self, shop: &ShopId, remedy: amends_domain::RemedyId) -> Option<Subject> {
        let case = self.remedy_cases.get(&(shop.clone(), remedy))?;
        let place = self.cases.by_id.get(&(shop.clone(), *case))?;
        self.cases.get(*place).map(|one| one.case.subject.clone())
    }

    /// A parcel came after all: whoever looks after it is told.
    pub(super) fn tell_arrival(&mut self, at: Now<'_>, parcel: &Shipment) {
        let shop = &at.info.shop.id;
        let Some(delivered_at) = parcel.delivered_at.filter(|_| !parcel.for_remedy) else { return };
        let subject = self.parcel_subject(shop, parcel);
        let place = self.cases.open_on(shop, &subject);
        let Some(case) = place.and_then(|place| self.cases.get(place)).map(|one| one.case.id) else { return };
        let event = Event::DeliveryArrived {
            shipment: parcel.shipment.clone(),
            order: parcel.order.clone(),
            delivered_at,
            promised: parcel.expected.first.map(|first| first.at),
        };
        self.happened(at, Some(case), event);
    }

    /// A case that was put aside comes back to be looked at; one that waits for its buyer, or
    /// is at work, only shows what happened.
    pub(super) fn wake_parked(&mut self, at: Now<'_>, id: CaseId) {
        let place = self.cases.by_id.get(&(at.info.shop.id.clone(), id)).copied();
        let Some(one) = place.and_then(|place| self.cases.get_mut(place)) else { return };
        let cause = "DELIVERY".to_owned();
        let reopen_count = one.case.reopen_count + 1;
        let (verb, event) = match one.case.handling {
            Handling::WaitingThirdParty { .. } | Handling::Snoozed { .. } => {
                (Verb::Wake, Event::CaseWoken { cause })
            }
            Handling::Solved { outcome, .. } if outcome != Outcome::ReturnProceeds => {
                let verb = Verb::Reopen { version: one.case.version };
                (verb, Event::CaseReopened { reopen_count, cause })
            }
            _ => return,
        };
        match one.case.clone().apply(verb, at.now) {
            Ok(case) => one.case = case,
            // Each of these states has its arrow.
            Err(refused) => return tracing::error!(%refused, "a parked case did not hear of its parcel"),
        }
        self.happened(at, Some(id), event);
        self.clear_waiting(at, id);
    }
}

fn late(facts: &OrderWorld, parcel: &Shipment, at: Now<'_>) -> Option<Time> {
    late_at(parcel, facts.lines.values().map(|one| &one.line), at.info.policy.delivery_grace)
}

fn subject_of(order: &OrderId, shipment: &ShipmentId) -> String {
    format!("{order}/{shipment}")
}

fn due(at: Now<'_>, order: &OrderId, shipment: &ShipmentId, due_at: Time) -> DeadlineChange {
    let (shop, subject) = (at.info.shop.id.clone(), subject_of(order, shipment));
    DeadlineChange::Set(Deadline { shop, kind: DeadlineKind::DeliveryDue, subject, due_at })
}

fn forget(at: Now<'_>, order: &OrderId, shipment: &ShipmentId) -> DeadlineChange {
    let (shop, subject) = (at.info.shop.id.clone(), subject_of(order, shipment));
    DeadlineChange::Clear { shop, kind: DeadlineKind::DeliveryDue, subject }
}
