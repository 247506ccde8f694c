//! When to reply below the review: last, where that ends the buyer's chance to edit it.

use super::clock::timed;
use super::{About, Instead, Reviewed, Step, StepKind, StepState, Trouble, Way};
use crate::case::State;
use crate::guardrail::{Buyer, Eyes, Kind, Outgoing, PublicReply, Rule};
use crate::{ReplyId, Time};

/// A public reply that is written and not on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicDraft {
    /// Which.
    pub reply: ReplyId,
    /// Whether another person is asked to approve it.
    pub asked: bool,
    /// Whether it is accepted that it ends the buyer's chance to edit.
    pub override_lock: bool,
}

impl Reviewed<'_> {
    /// A public reply as it would go out then.
    fn reply<'b>(
        &'b self,
        trouble: &'b Trouble<'_>,
        override_lock: bool,
        eyes: Eyes,
        at: Time,
    ) -> Outgoing<'b> {
        let facts = PublicReply {
            review: self.history,
            delivered_at: self.delivered_at,
            replies: u32::try_from(self.replied_at.len()).unwrap_or(u32::MAX),
            unsettled: self.unsettled,
            override_lock,
        };
        let buyer = Buyer { answers: false, ..trouble.buyer };
        trouble.outgoing(Kind::PublicReply(facts), buyer, eyes, at)
    }
}

pub(super) fn step(trouble: &Trouble<'_>, review: Option<&Reviewed<'_>>, ask: &Step) -> Step {
    let kind = StepKind::PublicReply;
    let Some(review) = review else { return Step::not_needed(kind, "there is no bad review") };
    let about = Some(About::Review(review.id.clone()));
    if let Some(at) = review.replied_at.iter().max() {
        return Step::new(kind, StepState::Done { at: Some(*at) }, "our reply stands below it").about(about);
    }
    if let Some(reason) = needless(trouble, review) {
        return Step::not_needed(kind, reason).about(about);
    }
    let now = trouble.now;
    let draft = review.draft.filter(|draft| draft.asked);
    let (eyes, override_lock) = draft.map_or((Eyes::Two, false), |it| (Eyes::Four, it.override_lock));
    let (state, refusals) = timed(now, now, None, |at| review.reply(trouble, override_lock, eyes, at));
    let locked = refusals.iter().any(|refusal| refusal.rule == Rule::G12);
    let mut step = Step { refusals, ..Step::new(kind, state, "") };
    if let StepState::Later { not_before, .. } = state
        && ask.is_open()
    {
        step.state = StepState::Later { not_before, after: Some(StepKind::Ask) };
    }
    if locked && step.refusals.len() == 1 {
        step.instead = Some(Instead::OverrideLock);
    }
    if trouble.state == State::Solved {
        step.way = Way::Reopened;
    }
    step.reason = match step.state {
        _ if locked => "a reply ends the buyer's chance to edit: last, or when the window has closed",
        StepState::Blocked => "no reply may stand below it as things stand",
        _ if draft.is_some() => "a public reply waits for another person",
        _ if trouble.policy.reply_locks_edit => {
            "the review cannot be edited any more, so a reply ends nothing"
        }
        _ => "a reply ends no chance to edit on this channel",
    };
    let reply = review.draft.map(|draft| About::Reply(draft.reply));
    step.about(reply.or(about))
}

/// Why nothing is to be said in public.
fn needless(trouble: &Trouble<'_>, review: &Reviewed<'_>) -> Option<&'static str> {
    if matches!(trouble.state, State::Closed | State::Merged | State::Cancelled) {
        return Some("the case is over");
    }
    if !review.history.visible {
        return Some("the review is gone");
    }
    (!review.is_newest).then_some("a reply would stand below a newer review of the case")
}
