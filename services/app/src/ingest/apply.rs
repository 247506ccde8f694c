//! What each kind of signal does to the picture.

mod message;
mod order;
mod overdue;
mod refund;
mod reply;
mod returns;
mod review;
mod shipment;
mod survey;

use amends_domain::case::{Handling, Outcome, Verb};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::event::Event;
use amends_domain::order::{Line, Shipment, Wish};
use amends_domain::subject::Subject;
use amends_domain::{OrderId, Time};

use super::world::{Effect, Now, World};
use crate::facts::{Hung, ReturnFacts, only_line, refresh_line};

impl World {
    /// Derives every line of an order anew, and what follows from each.
    pub(super) fn refresh_order(&mut self, at: Now<'_>, order: &OrderId) {
        let shop = at.info.shop.id.clone();
        let Some(facts) = self.orders.get_mut(&(shop.clone(), order.clone())) else { return };
        let only = only_line(facts.lines.values().map(|l| &l.line)).map(|l| l.line.clone());
        let shipments: Vec<&Shipment> = facts.shipments.values().map(|s| &s.value).collect();
        let returns: Vec<&ReturnFacts> = facts.returns.values().map(|r| &r.value).collect();
        let wishes: Vec<Wish> = facts.wishes.iter().chain(facts.heard.values()).cloned().collect();
        let hung = Hung { shipments: &shipments, returns: &returns, wishes: &wishes };
        let mut changes = Vec::new();
        for one in facts.lines.values_mut() {
            let due = |line: &Line| {
                let window = at.info.channel_policy(line.helped.map_or(Time::MIN, |h| h.at)).avoid_window;
                line.confirm_due_at(window)
            };
            let (verdict, due_before) = (one.line.verdict(), due(&one.line));
            let is_only = only.as_ref() == Some(&one.line.line);
            // A wish may come late, after the help, and then changes the verdict that a line had until now.
            refresh_line(&mut one.line, is_only, hung, at.info);
            // A late word may also move the window of help that stands.
            let moved = due(&one.line).filter(|due| Some(*due) != due_before);
            changes.push((one.line.line.clone(), verdict, one.line.verdict(), moved));
        }
        for (line, before, now, confirm_at) in changes {
            let subject = Subject::Line { order: order.clone(), line: line.clone() };
            if before != now {
                let case = self
                    .cases
                    .open_on(&shop, &subject)
                    .and_then(|place| self.cases.get(place))
                    .map(|c| c.case.id)
                    .or_else(|| self.cases.ended_on(&shop, &subject));
                let event =
                    Event::VerdictChanged { order: order.clone(), line: line.clone(), from: before, to: now };
                self.happened(at, case, event);
            }
            if let Some(due_at) = confirm_at {
                self.out.deadlines.push(DeadlineChange::Set(Deadline {
                    shop: shop.clone(),
                    kind: DeadlineKind::AvoidedConfirmation,
                    subject: format!("{order}/{line}"),
                    due_at,
                }));
            }
        }
    }

    /// What an order that is known now makes of what was said about it before.
    pub(super) fn link_order(&mut self, at: Now<'_>, order: &OrderId) {
        let shop = at.info.shop.id.clone();
        let wide = Subject::Order { order: order.clone() };
        let narrow = self.subject_of_only_line(&shop, order);
        if let Some(narrow) = narrow {
            self.refine(at, &wide, &narrow);
        }
    }

    fn subject_of_only_line(&self, shop: &amends_domain::ShopId, order: &OrderId) -> Option<Subject> {
        let facts = self.orders.get(&(shop.clone(), order.clone()))?;
        let only = only_line(facts.lines.values().map(|l| &l.line))?;
        Some(Subject::Line { order: order.clone(), line: only.line.clone() })
    }

    /// New trouble on a solved case: it was not the end of the story. What was
    /// to take its course as a return does so without anyone.
    pub(super) fn wake_if_solved(&mut self, at: Now<'_>, subject: &Subject, effect: Effect) {
        let place = self.cases.open_on(&at.info.shop.id, subject);
        let solved = place.and_then(|place| self.cases.get(place)).is_some_and(|one| {
            matches!(one.case.handling, Handling::Solved { outcome, .. } if outcome != Outcome::ReturnProceeds)
        });
        if solved && !effect.opened {
            self.wake_case(at, subject);
        }
    }

    /// Back to the agent who had the case at a place, if they are there and can take it.
    fn hand_back(&mut self, at: Now<'_>, place: usize) {
        let Some(one) = self.cases.get_mut(place) else { return };
        let Some(lease) = self.present.lease(&one.case, at.info, at.ids, at.now) else { return };
        let (agent, due_at) = (lease.agent.clone(), lease.expires_at);
        match one.case.clone().apply(Verb::HandBack { lease }, at.now) {
            Ok(case) => one.case = case,
            Err(refused) => return tracing::error!(%refused, "a case could not be handed back"),
        }
        let (id, fence) = (one.case.id, one.case.fence);
        self.happened(at, Some(id), Event::CaseHandedBack { agent, fence });
        let (shop, kind, subject) = (at.info.shop.id.clone(), DeadlineKind::LeaseExpiry, id.to_string());
        self.out.deadlines.push(DeadlineChange::Set(Deadline { shop, kind, subject, due_at }));
    }

    /// The buyer made themselves heard: a waiting or solved case comes back.
    pub(super) fn wake_case(&mut self, at: Now<'_>, subject: &Subject) {
        let Some(place) = self.cases.open_on(&at.info.shop.id, subject) else { return };
        let Some(one) = self.cases.get_mut(place) else { return };
        let (id, before) = (one.case.id, one.case.handling.state());
        match one.case.clone().apply(Verb::BuyerMessage { at: at.signal.occurred_at }, at.now) {
            Ok(case) => one.case = case,
            // Every open state has this arrow; an ended case was not found above.
            Err(refused) => return tracing::error!(%refused, "an open case did not hear its buyer"),
        }
        let after = one.case.handling.state();
        if before != after {
            self.happened(at, Some(id), Event::CaseWoken { cause: at.signal.body.kind().to_string() });
            self.clear_waiting(at, id);
            self.hand_back(at, place);
        }
    }
}
