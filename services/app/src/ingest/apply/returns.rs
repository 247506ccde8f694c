//! A return request was observed.

use amends_domain::Money;
use amends_domain::case::{CaseKind, Origin};
use amends_domain::counter::OfferBounds;
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::returns::{ReturnEvent, ReturnStatus};
use amends_domain::signal::ReturnSignal;
use amends_store::returns::ReturnRow;

use crate::error::{Violation, Why};
use crate::facts::ReturnFacts;
use crate::ingest::link::Trouble;
use crate::ingest::refused;
use crate::ingest::world::{Effect, Kept, Now, World};

impl World {
    pub(in crate::ingest) fn take_return(
        &mut self,
        at: Now<'_>,
        seen: &ReturnSignal,
    ) -> Result<Effect, Violation> {
        let shop = at.info.shop.id.clone();
        self.check_return(at, seen)?;
        self.return_orders.insert((shop.clone(), seen.return_id.clone()), seen.order.clone());
        let buyer = seen.buyer.as_ref().map(|b| self.buyer(at, b));
        let subject = self.subject(&shop, &seen.order, seen.line.as_ref());
        // The case may be whichever is open now. The line is not: one that is not named is the only one, or none.
        if let Some(line) = &seen.line {
            self.line(&shop, &seen.order, line);
        }
        let before = self.refunds_before(&shop, seen);
        let facts = self.order(&shop, &seen.order);
        let kept = facts.returns.entry(seen.return_id.clone()).or_insert_with(|| Kept {
            value: ReturnFacts { row: fresh(at, seen), events: Vec::new() },
            changed: true,
        });
        let request = &mut kept.value;
        kept.changed = true;
        let now = (at.signal.occurred_at, &at.signal.id);
        if request.events.iter().all(|e| (e.occurred_at, &e.signal) <= now) {
            say_latest(&mut request.row, seen);
        }
        request.row.line = request.row.line.take().or_else(|| seen.line.clone());
        request.row.buyer = request.row.buyer.or(buyer);
        let event = said_now(at, seen);
        let opening = opening(at, seen);
        request.events.extend(opening.clone());
        request.events.push(event.clone());
        let first = request.events.iter().map(|e| e.occurred_at).min().unwrap_or(at.signal.occurred_at);
        let story = request.refresh(at.info.channel_policy(first).counting);
        let sofar = request.row.case;
        let said = opening.into_iter().chain([event]);
        facts.new_return_events.extend(said.map(|e| (seen.return_id.clone(), e, seen.raw_status.clone())));
        let is_open = story.is_some_and(|s| s.status.is_open());
        let trouble = Trouble {
            origin: Some(Origin::Requested),
            reasons: vec![seen.reason.unwrap_or(Reason::Other)],
            buyer,
            hard_deadline: seen.deadline.filter(|_| is_open),
            ..Trouble::default()
        };
        let effect = if is_open && sofar.is_none() {
            let effect = self.join_or_open(at, subject.clone(), CaseKind::Return, trouble);
            self.wake_if_solved(at, &subject, effect);
            effect
        } else {
            self.join(at, &subject, &trouble).unwrap_or(Effect { case: sofar, opened: false })
        };
        self.after_return(at, seen, effect);
        self.stop_promises(at, seen, &before);
        Ok(effect)
    }

    fn after_return(&mut self, at: Now<'_>, seen: &ReturnSignal, effect: Effect) {
        let key = (at.info.shop.id.clone(), seen.order.clone());
        if let Some(kept) = self.orders.get_mut(&key).and_then(|o| o.returns.get_mut(&seen.return_id)) {
            kept.value.row.case = effect.case.or(kept.value.row.case);
        }
        let event = Event::ReturnObserved {
            return_id: seen.return_id.clone(),
            status: seen.status,
            raw_status: seen.raw_status.clone(),
        };
        self.happened(at, effect.case, event);
        self.refresh_order(at, &seen.order);
    }

    fn check_return(&self, at: Now<'_>, seen: &ReturnSignal) -> Result<(), Violation> {
        let shop = &at.info.shop;
        if seen.refund.is_some_and(|refund| refund.currency != shop.currency) {
            let problem = format!("must be the shop's currency, {}", shop.currency);
            return Err(refused("return_request.refund_amount.currency", problem, Why::Currency));
        }
        let bounds = [(seen.bounds.min, "offer_amount_min"), (seen.bounds.max, "offer_amount_max")];
        let foreign = |bound: &Option<Money>| bound.is_some_and(|bound| bound.currency != shop.currency);
        if let Some((_, field)) = bounds.iter().find(|(bound, _)| foreign(bound)) {
            let problem = format!("must be the shop's currency, {}", shop.currency);
            return Err(refused(&format!("return_request.{field}.currency"), problem, Why::Currency));
        }
        let known = self.return_orders.get(&(shop.id.clone(), seen.return_id.clone()));
        if known.is_some_and(|order| *order != seen.order) {
            let problem = "this return_id was used before for another order";
            return Err(refused("return_request.return_id", problem, Why::Conflict));
        }
        let Some(facts) = self.orders.get(&(shop.id.clone(), seen.order.clone())) else { return Ok(()) };
        let purchased = match &seen.line {
            Some(line) => facts.lines.get(line).and_then(|l| l.line.purchase.as_ref()).map(|p| p.quantity),
            None => facts.lines.values().map(|l| l.line.purchase.as_ref().map(|p| p.quantity)).sum(),
        };
        match purchased {
            Some(purchased) if purchased > 0 && seen.quantity > purchased => Err(refused(
                "return_request.quantity",
                format!("{} is more than the {purchased} that were purchased", seen.quantity),
                Why::Quantity,
            )),
            _ => Ok(()),
        }
    }
}

/// What the channel says with this signal.
fn said_now(at: Now<'_>, seen: &ReturnSignal) -> ReturnEvent {
    ReturnEvent {
        occurred_at: at.signal.occurred_at,
        signal: at.signal.id.clone(),
        status: seen.status,
        quantity: seen.quantity,
        seller_fault: seen.seller_fault,
        refund: seen.refund,
        bounds: seen.bounds,
    }
}

/// A word that comes later also says when the request was opened.
fn opening(at: Now<'_>, seen: &ReturnSignal) -> Option<ReturnEvent> {
    let unclear = matches!(seen.status, ReturnStatus::Intent | ReturnStatus::Unmapped);
    let earlier = seen.requested_at < at.signal.occurred_at && !unclear;
    earlier.then(|| ReturnEvent {
        occurred_at: seen.requested_at,
        signal: at.signal.id.clone(),
        status: ReturnStatus::Requested,
        quantity: seen.quantity,
        seller_fault: None,
        refund: None,
        bounds: OfferBounds::default(),
    })
}

fn fresh(at: Now<'_>, seen: &ReturnSignal) -> ReturnRow {
    ReturnRow {
        shop: at.info.shop.id.clone(),
        order: seen.order.clone(),
        return_id: seen.return_id.clone(),
        line: seen.line.clone(),
        quantity: seen.quantity,
        status: seen.status,
        raw_status: seen.raw_status.clone(),
        reason: seen.reason,
        raw_reason: seen.raw_reason.clone(),
        requested_at: at.signal.occurred_at,
        last_event_at: at.signal.occurred_at,
        withdrawn_at: None,
        counted_at: None,
        deadline: seen.deadline,
        refund: seen.refund,
        seller_fault: seen.seller_fault,
        buyer: None,
        case: None,
        bounds: seen.bounds,
    }
}

/// The latest word of the channel is the one that is shown.
fn say_latest(row: &mut ReturnRow, seen: &ReturnSignal) {
    row.raw_status.clone_from(&seen.raw_status);
    row.reason = seen.reason.or(row.reason);
    if !seen.raw_reason.is_empty() {
        row.raw_reason.clone_from(&seen.raw_reason);
    }
    row.deadline = seen.deadline.or(row.deadline);
    row.seller_fault = seen.seller_fault.or(row.seller_fault);
}
