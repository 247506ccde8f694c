//! When the buyer may be told, once, that the review can be updated.

use super::clock::{earliest, last_open};
use super::help::Helped;
use super::{About, PublicDraft, Step, StepKind, StepState, Trouble, Way};
use crate::case::State;
use crate::guardrail::{
    ASK_REST, AskFacts, Buyer, Eyes, Kind, Outgoing, QuotaUse, Rule, check, revisable_until,
};
use crate::policy::{AskPermission, ChannelPolicy};
use crate::remedy::RemedyState;
use crate::review::ReviewHistory;
use crate::{ReviewId, Time};

/// The review that a plan is for.
#[derive(Debug, Clone)]
pub struct Reviewed<'a> {
    /// Which.
    pub id: ReviewId,
    /// Its story.
    pub history: &'a ReviewHistory,
    /// When its order line was delivered, if known.
    pub delivered_at: Option<Time>,
    /// When the buyer was asked about it.
    pub asked_at: Option<Time>,
    /// Whoever would be asked; nothing about the review answers them.
    pub buyer: Buyer<'a>,
    /// Whether a case about what was bought holds a threat.
    pub extortion: bool,
    /// Remedies that other cases about what was bought promised and did not fulfil.
    pub promised_elsewhere: u32,
    /// When the last remedy of other cases was fulfilled.
    pub fulfilled_elsewhere_at: Option<Time>,
    /// What was used of the channel's quota this year.
    pub quota: QuotaUse,
    /// Whether a public reply of the case would stand below it: it is the newest of the case.
    pub is_newest: bool,
    /// Public replies that the channel has or is to have, with when.
    pub replied_at: Vec<Time>,
    /// Public replies that may have arrived, and nobody knows.
    pub unsettled: u32,
    /// A public reply that is written and not on its way.
    pub draft: Option<PublicDraft>,
}

impl Reviewed<'_> {
    /// Whether it is gone, or not bad any more.
    pub(super) fn is_settled(&self, policy: &ChannelPolicy) -> bool {
        !self.history.visible || self.history.rating.is_none_or(|rating| rating > policy.negative_threshold)
    }

    /// The ask as it would go out then: with the remedies of its own case as they stand or as planned.
    fn ask<'b>(&'b self, trouble: &'b Trouble<'_>, planned: &'b Planned, at: Time) -> Outgoing<'b> {
        let facts = AskFacts {
            review: self.history,
            delivered_at: self.delivered_at,
            remedies_promised: self.promised_elsewhere.saturating_add(planned.promised),
            last_fulfilled_at: self.fulfilled_elsewhere_at.max(planned.fulfilled_at),
            asked_at: self.asked_at,
            approved_words: true,
            by_request: way(trouble.policy) == Way::RevisionRequest,
            quota: self.quota,
        };
        let buyer = Buyer { contacts: &planned.contacts, answers: false, ..self.buyer };
        let out = trouble.outgoing(Kind::Ask(facts), buyer, Eyes::Two, at);
        Outgoing { extortion: self.extortion, ..out }
    }
}

/// What was done before an ask.
struct Planned {
    promised: u32,
    fulfilled_at: Option<Time>,
    contacts: Vec<Time>,
}

impl Planned {
    /// As things stand.
    fn of(trouble: &Trouble<'_>, contacts: Vec<Time>) -> Self {
        let promised = trouble.remedies.iter().filter(|remedy| remedy.state.stage().is_promised()).count();
        let fulfilled = trouble.remedies.iter().filter_map(|remedy| match remedy.state {
            RemedyState::Fulfilled { at, .. } => Some(at),
            _ => None,
        });
        let promised = u32::try_from(promised).unwrap_or(u32::MAX);
        Self { promised, fulfilled_at: fulfilled.max(), contacts }
    }
}

/// How the channel takes an ask.
const fn way(policy: &ChannelPolicy) -> Way {
    match policy.ask {
        AskPermission::RequestOnly => Way::RevisionRequest,
        AskPermission::No | AskPermission::Yes => Way::Usual,
    }
}

pub(super) fn step(trouble: &Trouble<'_>, review: Option<&Reviewed<'_>>, helped: &Helped) -> Step {
    let kind = StepKind::Ask;
    let Some(review) = review else { return Step::not_needed(kind, "there is no bad review") };
    let about = Some(About::Review(review.id.clone()));
    if let Some(at) = review.asked_at {
        let done = StepState::Done { at: Some(at) };
        return Step::new(kind, done, "the buyer was asked, and is not asked again").about(about);
    }
    if matches!(trouble.state, State::Merged | State::Cancelled) {
        return Step::not_needed(kind, "the case is over").about(about);
    }
    if review.is_settled(trouble.policy) {
        return Step::not_needed(kind, "the review is not bad any more, or gone").about(about);
    }
    let now = trouble.now;
    let fulfil_at = helped.opens_at(StepKind::Fulfil, now);
    let write_at = helped.opens_at(StepKind::Write, now);
    let mut planned = Planned::of(trouble, [&helped.contacts, trouble.asks].concat());
    let (after, start) = match (fulfil_at, write_at) {
        (Some(at), _) => {
            (planned.promised, planned.fulfilled_at) = (0, planned.fulfilled_at.max(Some(at)));
            (Some(StepKind::Fulfil), at + ASK_REST)
        }
        (None, Some(at)) => (Some(StepKind::Write), at),
        (None, None) => (None, now),
    };
    let mut step = Step { way: way(trouble.policy), ..Step::new(kind, StepState::Now, "") }.about(about);
    match earliest(start, |at| review.ask(trouble, &planned, at)) {
        Ok(at) if at <= now && after.is_none() => {}
        Ok(not_before) => {
            step.state = StepState::Later { not_before, after };
            let today = Planned::of(trouble, review.buyer.contacts.to_vec());
            step.refusals = check(&review.ask(trouble, &today, now));
        }
        Err(refusals) => (step.state, step.refusals) = (StepState::Blocked, refusals),
    }
    step.latest = if step.is_open() { latest(trouble, review) } else { None };
    step.reason = reason(trouble, review, &step);
    step
}

/// The last open moment before the edit window ends, or the channel's time to write.
fn latest(trouble: &Trouble<'_>, review: &Reviewed<'_>) -> Option<Time> {
    let editable = revisable_until(trouble.policy, review.history, review.delivered_at, trouble.now).ok();
    let contact = trouble.policy.contact_window.zip(review.buyer.delivered_at).map(|(span, at)| at + span);
    let end = [editable, contact].into_iter().flatten().min()?;
    last_open(review.buyer.hours, end)
}

fn reason(trouble: &Trouble<'_>, review: &Reviewed<'_>, step: &Step) -> &'static str {
    let refused = |rule: Rule| step.refusals.iter().any(|refusal| refusal.rule == rule);
    match step.state {
        StepState::Blocked if refused(Rule::G01) => {
            "the channel allows no ask: solve the problem all the same"
        }
        StepState::Blocked if refused(Rule::G11) => {
            match revisable_until(trouble.policy, review.history, review.delivered_at, trouble.now) {
                Ok(_) => "the edit window closes before an ask may go: solve the problem all the same",
                Err(_) => "the review cannot be edited any more: solve the problem all the same",
            }
        }
        StepState::Blocked => "nobody may be asked as things stand: solve the problem all the same",
        StepState::Later { after: Some(StepKind::Fulfil), .. } => {
            "a day after the remedy is fulfilled, by day"
        }
        StepState::Later { after: Some(_), .. } => {
            "after the private words, as soon as the buyer may be written to"
        }
        StepState::Later { .. } => "as soon as the buyer may be written to",
        _ => "everything promised is kept, and the review can be edited",
    }
}

/// By when the remedy must be fulfilled for the ask to be possible.
pub(super) fn fulfil_by(ask: &Step, helped: &Helped) -> Option<Time> {
    let open = helped.step(StepKind::Fulfil).is_some_and(Step::is_open);
    ask.latest.filter(|_| open && ask.is_open()).map(|latest| latest - ASK_REST)
}
