//! The steps that help the buyer. What they depend on knows of no review.

use super::clock::timed;
use super::{About, Instead, Step, StepKind, StepState, Trouble};
use crate::counter::is_countered;
use crate::guardrail::{Eyes, Rule};
use crate::remedy::{MARGIN, Remedy, RemedyStage, RemedyState};
use crate::{ReplyId, Time};

/// What is planned to help the buyer.
pub(super) struct Helped {
    /// The five steps, in order.
    pub(super) steps: Vec<Step>,
    /// When the buyer was, and by the plan will be, written to unasked.
    pub(super) contacts: Vec<Time>,
}

impl Helped {
    pub(super) fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| step.kind == kind)
    }

    /// From when on a step can be done, if it still has to be.
    pub(super) fn opens_at(&self, kind: StepKind, now: Time) -> Option<Time> {
        self.step(kind).and_then(|step| step.state.opens_at(now))
    }
}

pub(super) fn plan(trouble: &Trouble<'_>) -> Helped {
    let mut contacts = trouble.buyer.contacts.to_vec();
    let mut write = write(trouble, &mut contacts);
    let approve_reply = match (trouble.draft, write.state) {
        (Some(draft), StepState::Later { not_before, after: Some(StepKind::Approve) }) => {
            Some((draft.reply, not_before))
        }
        _ => None,
    };
    let unasked = |step: &Step| step.state.opens_at(trouble.now).filter(|at| !trouble.answers(*at));
    let alone = offer(trouble, trouble.buyer.contacts);
    let offer = if write.is_open() && approve_reply.is_none() && unasked(&alone).is_some() {
        // Two messages that nobody asked for are one too many: the offer says what there is to say.
        write = Step::not_needed(StepKind::Write, "the offer is the first word: two would be too many");
        contacts = trouble.buyer.contacts.to_vec();
        let latest = alone.latest.into_iter().chain(trouble.due.response).min();
        alone.until(latest)
    } else {
        offer(trouble, &contacts)
    };
    contacts.extend(unasked(&offer));
    let approve = approve(trouble, &mut contacts, approve_reply);
    let answer = answer(trouble, &offer, &approve);
    let fulfil = fulfil(trouble, &answer);
    Helped { steps: vec![write, offer, answer, approve, fulfil], contacts }
}

fn write(trouble: &Trouble<'_>, contacts: &mut Vec<Time>) -> Step {
    let kind = StepKind::Write;
    let heard_at = trouble.words.last_at.map_or(trouble.opened_at, |at| at.max(trouble.opened_at));
    let offered_at = trouble.remedies.iter().filter_map(|remedy| remedy.offered_at).max();
    if let Some(at) = trouble.last_from_us.max(offered_at).filter(|at| *at >= heard_at) {
        return Step::new(kind, StepState::Done { at: Some(at) }, "the buyer has our answer");
    }
    if trouble.is_over() {
        return Step::not_needed(kind, "the case is solved or over");
    }
    if !trouble.reachable {
        return Step::new(kind, StepState::Blocked, "the order or conversation to write to is not known yet");
    }
    let (now, known) = (trouble.now, [contacts.as_slice(), trouble.asks].concat());
    let asked = trouble.draft.is_some_and(|draft| draft.asked);
    let (after, eyes) = if asked { (Some(StepKind::Approve), Eyes::Four) } else { (None, Eyes::Two) };
    let (state, refusals) = timed(now, now, after, |at| trouble.reply(&known, eyes, at));
    contacts.extend(state.opens_at(now).filter(|at| !trouble.answers(*at)));
    let reason = match state {
        StepState::Blocked => "nothing may be written to this buyer as things stand",
        StepState::Later { after: Some(_), .. } => "a reply is written and waits for another person",
        StepState::Later { .. } => "the buyer is to hear from us first, in private",
        _ if trouble.words.waiting_since.is_some() => "the buyer waits for an answer",
        _ => "the buyer is to hear from us first, in private",
    };
    let about = trouble.draft.map(|draft| About::Reply(draft.reply));
    Step { refusals, ..Step::new(kind, state, reason).about(about).until(trouble.due.response) }
}

/// The last moment at which an offer can be made: the channel's deadline less the margin.
fn offer_ends(trouble: &Trouble<'_>) -> Option<Time> {
    trouble.hard_deadline.map(|hard| Time::from_micros((hard - MARGIN).micros().saturating_sub(1)))
}

fn too_late(trouble: &Trouble<'_>, state: StepState) -> bool {
    let opens_at = state.opens_at(trouble.now);
    offer_ends(trouble).is_some_and(|end| opens_at.is_some_and(|at| at > end))
}

fn offer(trouble: &Trouble<'_>, contacts: &[Time]) -> Step {
    let kind = StepKind::Offer;
    let stands = |stage: RemedyStage| stage.in_flight() || stage.is_given() || stage == RemedyStage::Failed;
    let made = trouble.remedies.iter().filter(|remedy| stands(remedy.state.stage()));
    if let Some(made) = made.max_by_key(|remedy| (remedy.proposed_at, remedy.id)) {
        let about = Some(About::Remedy(made.id));
        let done = StepState::Done { at: Some(made.proposed_at) };
        return Step::new(kind, done, "an offer was made").about(about);
    }
    if trouble.is_over() {
        return Step::not_needed(kind, "the case is solved or over");
    }
    let (now, countered) = (trouble.now, is_countered(trouble.remedies));
    let (state, refusals) = timed(now, now, None, |at| trouble.offer(contacts, countered, Eyes::Two, at));
    if too_late(trouble, state) {
        return Step::new(kind, StepState::Blocked, "the channel decides too soon for an offer");
    }
    let mut step = Step { refusals, ..Step::new(kind, state, "") };
    let only_countered = step.refusals.iter().all(|refusal| refusal.rule == Rule::G20);
    step.reason = match state {
        StepState::Blocked if only_countered => {
            step.instead = Some(Instead::ReturnLabel);
            "the buyer declined and was offered another; the return itself stays open"
        }
        StepState::Blocked => "nothing may be offered to this buyer as things stand",
        _ if trouble.has(|stage| stage == RemedyStage::Declined) => {
            "the buyer declined: one other offer may follow"
        }
        _ => "nothing is offered yet",
    };
    step.until([offer_ends(trouble), trouble.due.agreement].into_iter().flatten().min())
}

fn approve(trouble: &Trouble<'_>, contacts: &mut Vec<Time>, reply: Option<(ReplyId, Time)>) -> Step {
    let (kind, now) = (StepKind::Approve, trouble.now);
    let waits = trouble.remedies.iter().find_map(|remedy| match remedy.state {
        RemedyState::AwaitingApproval { expires_at, .. } => Some((remedy, expires_at)),
        _ => None,
    });
    if let Some((remedy, expires_at)) = waits {
        let others: Vec<Remedy> = trouble.remedies.iter().filter(|r| r.id != remedy.id).cloned().collect();
        let (known, countered) = (contacts.clone(), is_countered(&others));
        let out = |at| trouble.offer(&known, countered && remedy.kind.is_alternative(), Eyes::Four, at);
        let (state, refusals) = timed(now, now, None, out);
        let late = too_late(trouble, state);
        let state = if late { StepState::Blocked } else { state };
        contacts.extend(state.opens_at(now).filter(|at| !trouble.answers(*at)));
        let reason = if late {
            "the channel decides too soon for an offer"
        } else {
            "an offer waits for another person"
        };
        let latest = offer_ends(trouble).map_or(expires_at, |end| end.min(expires_at));
        let about = Some(About::Remedy(remedy.id));
        return Step { refusals, ..Step::new(kind, state, reason).about(about).until(Some(latest)) };
    }
    let Some((reply, at)) = reply else { return Step::not_needed(kind, "nothing waits for another person") };
    let state = if at <= now { StepState::Now } else { StepState::Later { not_before: at, after: None } };
    // Its contact is counted with the reply itself.
    let step = Step::new(kind, state, "a reply waits for another person");
    step.about(Some(About::Reply(reply))).until(trouble.due.response)
}

fn answer(trouble: &Trouble<'_>, offer: &Step, approve: &Step) -> Step {
    let kind = StepKind::AwaitAnswer;
    let lies = trouble.remedies.iter().find_map(|remedy| match remedy.state {
        RemedyState::Offered { expires_at, .. } => Some((remedy.id, expires_at)),
        _ => None,
    });
    if let Some((remedy, expires_at)) = lies {
        let step = Step::new(kind, StepState::Now, "the offer lies with the buyer");
        return step.about(Some(About::Remedy(remedy))).until(Some(expires_at));
    }
    if trouble.has(|stage| stage == RemedyStage::AwaitingApproval) {
        return match approve.state.opens_at(trouble.now) {
            Some(not_before) => {
                let state = StepState::Later { not_before, after: Some(StepKind::Approve) };
                Step::new(kind, state, "the offer has to be approved first")
            }
            None => Step::new(kind, StepState::Blocked, "the offer cannot be approved as things stand"),
        };
    }
    let taken =
        trouble.remedies.iter().filter(|r| r.state.stage().is_given() || r.state.stage().is_promised());
    if let Some(taken) = taken.max_by_key(|remedy| (remedy.accepted_at, remedy.id)) {
        let done = StepState::Done { at: taken.accepted_at };
        return Step::new(kind, done, "the buyer said yes").about(Some(About::Remedy(taken.id)));
    }
    match offer.state.opens_at(trouble.now) {
        Some(not_before) => {
            let state = StepState::Later { not_before, after: Some(StepKind::Offer) };
            Step::new(kind, state, "nothing lies with the buyer yet")
        }
        None => Step::not_needed(kind, "nothing lies with the buyer"),
    }
}

fn fulfil(trouble: &Trouble<'_>, answer: &Step) -> Step {
    let kind = StepKind::Fulfil;
    let promised = trouble.remedies.iter().filter_map(|remedy| match &remedy.state {
        RemedyState::Accepted { due_at, .. } | RemedyState::Executing { due_at, .. } => {
            Some((*due_at, remedy, "what was accepted is to be carried out"))
        }
        RemedyState::Failed { due_at, .. } => {
            Some((*due_at, remedy, "it failed, and the promise still stands"))
        }
        _ => None,
    });
    if let Some((due_at, remedy, reason)) = promised.min_by_key(|(due_at, remedy, _)| (*due_at, remedy.id)) {
        let stopped = remedy.stopped_by.is_some();
        let state = if stopped { StepState::Blocked } else { StepState::Now };
        let reason = if stopped { "the channel refunds by a return: it must not leave" } else { reason };
        return Step::new(kind, state, reason).about(Some(About::Remedy(remedy.id))).until(Some(due_at));
    }
    if let Some(not_before) = answer.state.opens_at(trouble.now) {
        let state = StepState::Later { not_before, after: Some(StepKind::AwaitAnswer) };
        return Step::new(kind, state, "nothing is accepted yet");
    }
    let done = trouble.remedies.iter().filter_map(|remedy| match remedy.state {
        RemedyState::Fulfilled { at, .. } => Some((at, remedy.id)),
        _ => None,
    });
    match done.max() {
        Some((at, remedy)) => {
            let step = Step::new(kind, StepState::Done { at: Some(at) }, "what was accepted is done");
            step.about(Some(About::Remedy(remedy)))
        }
        None => Step::not_needed(kind, "nothing was promised"),
    }
}

/// The end of it: not before what was promised is done, nor before a reply that needs the open case.
pub(super) fn solve(trouble: &Trouble<'_>, helped: &Helped, public: &Step) -> Step {
    use crate::case::State;
    let (kind, now) = (StepKind::Solve, trouble.now);
    match trouble.state {
        State::Solved | State::Closed => {
            return Step::new(kind, StepState::Done { at: None }, "the case is solved");
        }
        State::Merged | State::Cancelled => return Step::not_needed(kind, "the case is over"),
        _ => {}
    }
    // A buyer who did not want it has been helped as far as they wish.
    let turned_down = trouble.has(|stage| matches!(stage, RemedyStage::Declined | RemedyStage::Expired));
    let bound = |kind: &StepKind| match kind {
        StepKind::Offer => !turned_down,
        StepKind::AwaitAnswer | StepKind::Fulfil => {
            let offer = helped.step(StepKind::Offer).is_some_and(Step::is_open);
            !(offer && turned_down)
        }
        _ => true,
    };
    let order =
        [StepKind::Fulfil, StepKind::AwaitAnswer, StepKind::Approve, StepKind::Offer, StepKind::Write];
    let mut waits =
        order.into_iter().filter(bound).filter_map(|kind| Some((kind, helped.opens_at(kind, now)?)));
    let below = (public.state == StepState::Now).then_some((StepKind::PublicReply, now));
    let state = match waits.next().or(below) {
        Some((after, not_before)) => StepState::Later { not_before, after: Some(after) },
        None if trouble.has(RemedyStage::in_flight) => StepState::Blocked,
        None => StepState::Now,
    };
    let reason = match state {
        StepState::Blocked => "a remedy is under way that cannot go on: withdraw it first",
        StepState::Later { .. } => "the case is solved when what it waits for is done",
        _ if turned_down => "the buyer wanted none of it: the return takes its course, or words were enough",
        _ => "what was to be done is done",
    };
    Step::new(kind, state, reason).until(trouble.due.resolution)
}
