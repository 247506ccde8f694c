//! A message was sent.

use amends_domain::case::{CaseKind, Origin};
use amends_domain::detection::{Detection, Flag};
use amends_domain::event::Event;
use amends_domain::order::Wish;
use amends_domain::signal::{Author, Direction, MessageSignal};
use amends_domain::subject::Subject;
use amends_domain::{BuyerKey, LineId, OrderId};
use amends_store::message::MessageRow;
use amends_store::text::{TextOwner, TextRow};

use crate::error::Violation;
use crate::ingest::link::Trouble;
use crate::ingest::world::{Effect, Now, World};

impl World {
    pub(in crate::ingest) fn take_message(
        &mut self,
        at: Now<'_>,
        message: &MessageSignal,
        detection: Option<&Detection>,
    ) -> Result<Effect, Violation> {
        let key = (at.info.shop.id.clone(), message.message.clone());
        if let Some(case) = self.heard.get(&key).copied() {
            // The same message in another signal: it was said once. Of a reply of ours it may still tell
            // that it was sent.
            return Ok(self.hear_echo(at, message).unwrap_or(Effect { case, opened: false }));
        }
        let buyer = self.buyer(at, &message.buyer);
        let subject = match &message.order {
            Some(order) => self.subject(&at.info.shop.id, order, message.line.as_ref()),
            None => self.talk(&at.info.shop.id, &message.conversation),
        };
        let intent = detection.is_some_and(|d| d.return_intent);
        if intent {
            self.note_wish(at, message.order.as_ref(), message.line.as_ref());
        }
        let effect = match (message.direction, detection) {
            (Direction::FromBuyer, Some(detection)) => {
                self.hear_buyer(at, message, subject, buyer, detection)
            }
            _ => match self.hear_echo(at, message) {
                Some(effect) => effect,
                None => self.hear_seller(at, message, &subject),
            },
        };
        self.store_message(at, message, buyer, effect, intent);
        self.heard.insert(key, effect.case);
        Ok(effect)
    }

    fn hear_buyer(
        &mut self,
        at: Now<'_>,
        message: &MessageSignal,
        subject: Subject,
        buyer: BuyerKey,
        detection: &Detection,
    ) -> Effect {
        if detection.flags.contains(&Flag::OptOut) {
            let key = (at.info.shop.id.clone(), buyer);
            let said_at = at.signal.occurred_at;
            self.out
                .opt_outs
                .entry(key)
                .and_modify(|latest| *latest = said_at.max(*latest))
                .or_insert(said_at);
        }
        let mut trouble = Trouble::heard(detection);
        trouble.buyer = Some(buyer);
        trouble.waiting_since = Some(at.signal.occurred_at);
        trouble.origin = Some(Origin::Intent);
        if trouble.language.is_empty() {
            trouble.language.clone_from(&message.language);
        }
        let opens = detection.return_intent || detection.flags.contains(&Flag::Safety);
        let effect = if opens {
            self.join_or_open(at, subject.clone(), CaseKind::Return, trouble)
        } else {
            // What is no trouble by itself still teaches nothing wrong to an open case.
            let heard = if detection.negative {
                trouble
            } else {
                Trouble { buyer: Some(buyer), ..Trouble::default() }
            };
            self.join(at, &subject, &heard).unwrap_or_default()
        };
        if effect.case.is_some() {
            if !effect.opened {
                self.wake_case(at, &subject);
            }
            self.happened(at, effect.case, seen(message));
        }
        effect
    }

    fn hear_seller(&mut self, at: Now<'_>, message: &MessageSignal, subject: &Subject) -> Effect {
        let Some(place) = self.cases.open_on(&at.info.shop.id, subject) else { return Effect::default() };
        let Some(id) = self.cases.get(place).map(|one| one.case.id) else { return Effect::default() };
        // A machine's answer stops no clock that a person is measured by.
        if message.author != Author::Bot {
            self.answer_buyer(at, place);
        }
        self.happened(at, Some(id), seen(message));
        Effect { case: Some(id), opened: false }
    }

    /// A person of the seller wrote to the buyer of the case at a place.
    fn answer_buyer(&mut self, at: Now<'_>, place: usize) {
        let Some(case) = self.cases.get(place).map(|one| &one.case) else { return };
        let written = at.signal.occurred_at;
        // What was written before the case was opened counts only as the answer to a word that waits: nobody
        // can tell whether it was about the case, and heard in time it would have found none.
        if written < case.opened_at && case.waiting_since.is_none_or(|since| since > written) {
            return;
        }
        self.reach_buyer(at, place);
    }

    /// The buyer of the case at a place was reached, if that is not over. Nobody is before it was opened,
    /// whatever the channel's clock says.
    pub(in crate::ingest) fn reach_buyer(&mut self, at: Now<'_>, place: usize) {
        let Some(one) = self.cases.get_mut(place).filter(|one| one.case.is_open()) else { return };
        let (id, reached_at) = (one.case.id, at.signal.occurred_at.max(one.case.opened_at));
        one.case.answered(reached_at);
        self.stamp_contact(at, id, reached_at);
    }

    /// Remembers the wish to return on the line it names, or on the order: there it counts
    /// for the only line, whichever cases were open when it came.
    fn note_wish(&mut self, at: Now<'_>, order: Option<&OrderId>, line: Option<&LineId>) {
        let Some(order) = order else { return };
        let shop = at.info.shop.id.clone();
        if let Some(line) = line {
            self.line(&shop, order, line);
        }
        let wish = Wish { line: line.cloned(), at: at.signal.occurred_at };
        self.order(&shop, order).wishes.push(wish);
        self.refresh_order(at, order);
    }

    fn store_message(
        &mut self,
        at: Now<'_>,
        message: &MessageSignal,
        buyer: BuyerKey,
        effect: Effect,
        intent: bool,
    ) {
        let shop = at.info.shop.id.clone();
        if !message.text.is_empty() {
            self.out.texts.push(TextRow {
                shop: shop.clone(),
                owner: TextOwner::Message,
                id: message.message.to_string(),
                buyer: Some(buyer),
                body: message.text.clone(),
            });
        }
        self.out.messages.push(MessageRow {
            shop,
            message: message.message.clone(),
            conversation: message.conversation.clone(),
            order: message.order.clone(),
            line: message.line.clone(),
            buyer,
            direction: message.direction,
            author: message.author,
            public: message.public,
            occurred_at: at.signal.occurred_at,
            language: message.language.clone(),
            case: effect.case,
            signal: at.signal.id.clone(),
            return_intent: intent,
        });
    }
}

fn seen(message: &MessageSignal) -> Event {
    Event::MessageSeen {
        message: message.message.clone(),
        direction: message.direction,
        author: message.author,
    }
}
