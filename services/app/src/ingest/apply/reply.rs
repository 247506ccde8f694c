//! The channel shows a reply of ours as the seller's own message.

use amends_domain::deadline::{DeadlineChange, DeadlineKind};
use amends_domain::event::Event;
use amends_domain::reply::{ReplyState, ReplyVerb};
use amends_domain::signal::{Direction, MessageSignal};

use crate::ingest::world::{Effect, Now, World};

impl World {
    /// Recognises a reply by what the channel calls it; none for any other message.
    ///
    /// Of a reply that is known to be sent this says nothing new: the buyer was
    /// answered once, and the timeline tells it once.
    pub(in crate::ingest) fn hear_echo(&mut self, at: Now<'_>, message: &MessageSignal) -> Option<Effect> {
        if message.direction != Direction::ToBuyer {
            return None;
        }
        let key = (at.info.shop.id.clone(), message.message.clone());
        let one = self.replies.get_mut(&key)?;
        let case = one.value.case;
        let effect = Effect { case: Some(case), opened: false };
        if matches!(one.value.state, ReplyState::Sent { .. }) {
            return Some(effect);
        }
        let sent_at = at.signal.occurred_at;
        // A reply that was taken back after a failed attempt is a message like any other.
        let sent = one.value.clone().apply(ReplyVerb::Observe { at: sent_at }, at.now).ok()?;
        one.value = sent.clone();
        one.changed = true;
        if let Some(place) = self.cases.by_id.get(&(at.info.shop.id.clone(), case)).copied() {
            // It was written in the case, so it is about the case.
            self.reach_buyer(at, place);
        }
        let event = Event::ReplySent {
            reply: sent.id,
            attempt: sent.attempts,
            message: message.message.clone(),
            agent: sent.author,
            public: sent.destination.public,
            sent_at,
        };
        self.happened(at, Some(case), event);
        let (shop, subject) = (at.info.shop.id.clone(), sent.id.to_string());
        self.out.deadlines.push(DeadlineChange::Clear { shop, kind: DeadlineKind::ReplyDelivery, subject });
        Some(effect)
    }
}
