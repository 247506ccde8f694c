//! What holds whatever the facts are: no plan promises what a rule refuses.

use amends_domain::RemedyId;
use amends_domain::counter::is_countered;
use amends_domain::guardrail::{
    ASK_REST, AskFacts, Eyes, Kind, OfferFacts, Outgoing, PublicReply, Refusal, Text, check,
};
use amends_domain::plan::About;
use amends_domain::policy::AskPermission;
use proptest::prelude::*;

use super::*;

const CHANNELS: [&str; 7] = ["own_store", "etsy", "ebay", "amazon", "shopee", "lazada", "corner_shop"];
const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"];
const STATES: [State; 6] =
    [State::Claimed, State::Working, State::WaitingBuyer, State::Solved, State::Closed, State::Merged];

fn state_of(which: usize, ago: Span) -> RemedyState {
    let (at, end) = (noon() - ago, noon() + Span::from_hours(30));
    match which {
        0 => RemedyState::AwaitingApproval { expires_at: end, life: Span::from_hours(72) },
        1 => RemedyState::Offered { at, expires_at: end },
        2 => RemedyState::Accepted { at, due_at: end },
        3 => RemedyState::Failed { at, due_at: end, why: String::new() },
        4 => RemedyState::Declined { at, wish: None },
        5 => RemedyState::Expired { at },
        6 => RemedyState::Withdrawn { at },
        _ => RemedyState::Fulfilled { at, tracking: String::new() },
    }
}

fn remedies() -> impl Strategy<Value = Vec<Remedy>> {
    let one = (0..8_usize, 0_i64..200).prop_map(|(which, ago)| state_of(which, Span::from_hours(ago)));
    proptest::collection::vec(one, 0..3)
        .prop_map(|all| (1..).zip(all).map(|(id, state)| remedy(id, state)).collect())
}

fn world() -> impl Strategy<Value = World> {
    let place = (0..CHANNELS.len(), 0..ZONES.len(), 0..STATES.len(), 0..3_usize, 0..40_i64 * 86_400);
    let said = (any::<bool>(), proptest::option::of(0_i64..60), proptest::option::of(0_i64..60));
    let contacts = proptest::collection::vec(0_i64..40 * 86_400, 0..4);
    let rare = (0..12_u8, 0..12_u8, 0..12_u8, 0..12_u8);
    let review = (0..5_u8, 0_i64..35, 0..7_u32, proptest::option::of(0_i64..110));
    let drafts = (0..6_u8, 0..6_u8, any::<bool>());
    (place, said, contacts, rare, review, drafts, remedies(), proptest::option::of(1_i64..90)).prop_map(
        |(place, said, contacts, rare, review, drafts, remedies, hard)| {
            let mut world = World::new(CHANNELS[place.0]);
            (world.zone, world.state) = (ZONES[place.1], STATES[place.2]);
            world.kind = [CaseKind::Review, CaseKind::Return, CaseKind::Delivery][place.3];
            world.now = noon() + Span::from_secs(place.4);
            let ago = |hours_ago: i64| world.now - Span::from_hours(hours_ago);
            world.words.last_at = said.1.map(ago);
            world.words.waiting_since = world.words.last_at.filter(|_| said.0);
            world.last_from_us = said.2.map(ago);
            world.contacts = contacts.into_iter().map(|s| world.now - Span::from_secs(s)).collect();
            (world.opted_out, world.erased, world.extortion) = (rare.0 == 0, rare.1 == 0, rare.2 == 0);
            world.promised_elsewhere = u32::from(rare.3 == 0);
            world.review = (review.0 > 0).then(|| story(vec![seen(0, 1 + review.0, 1)]));
            world.used = review.2;
            world.delivered_at = review.3.map(|days| at(-days * 86_400));
            world.remedies = remedies;
            world.hard_deadline = hard.map(|hours| noon() + Span::from_hours(hours));
            // The last word was an ask, sometimes.
            world.asks = world.contacts.pop().into_iter().collect();
            world.waits_beyond_policy = drafts.2;
            world.draft = (drafts.0 < 2).then(|| Draft { reply: reply(1), asked: drafts.0 == 0 });
            world.public_draft = (drafts.1 < 2).then(|| PublicDraft {
                reply: reply(2),
                asked: drafts.1 == 0,
                override_lock: drafts.2,
            });
            world
        },
    )
}

fn answered(world: &World, at: Time) -> bool {
    world.words.are_answered(at)
}

/// The remedy that a step is about.
fn remedy_of(plan: &Plan, kind: StepKind) -> Option<RemedyId> {
    match plan.step(kind)?.about {
        Some(About::Remedy(id)) => Some(id),
        _ => None,
    }
}

/// When the buyer was written to unasked, and will have been when the steps before one are done.
fn contacts(world: &World, plan: &Plan, kind: StepKind) -> Vec<Time> {
    let planned = |kind: StepKind| plan.step(kind)?.state.opens_at(world.now);
    let mut contacts = world.contacts.clone();
    if matches!(kind, StepKind::Write | StepKind::Ask)
        || (kind == StepKind::Approve && remedy_of(plan, kind).is_none())
    {
        contacts.extend(&world.asks);
    }
    if kind == StepKind::Approve && remedy_of(plan, kind).is_none() {
        // What is planned for a reply that is approved is that reply itself.
        return contacts;
    }
    if kind > StepKind::Write {
        contacts.extend(planned(StepKind::Write).filter(|at| !answered(world, *at)));
    }
    if kind > StepKind::Offer {
        contacts.extend(planned(StepKind::Offer).filter(|at| !answered(world, *at)));
    }
    if kind > StepKind::Approve && remedy_of(plan, StepKind::Approve).is_some() {
        contacts.extend(planned(StepKind::Approve).filter(|at| !answered(world, *at)));
    }
    contacts
}

fn an_offer(world: &World, plan: &Plan, kind: StepKind) -> Kind<'static> {
    let mut others = world.remedies.clone();
    others.retain(|remedy| Some(remedy.id) != remedy_of(plan, kind));
    Kind::Offer(OfferFacts {
        return_shown: true,
        alternative: true,
        countered: is_countered(&others),
        beyond_policy: kind == StepKind::Approve && world.waits_beyond_policy,
        needs_approval: false,
    })
}

fn an_ask<'a>(world: &World, plan: &Plan, review: &Reviewed<'a>) -> Kind<'a> {
    let promised = world.remedies.iter().filter(|r| r.state.stage().is_promised()).count();
    let fulfilled = world.remedies.iter().filter_map(|r| match r.state {
        RemedyState::Fulfilled { at, .. } => Some(at),
        _ => None,
    });
    let fulfil_at = plan.step(StepKind::Fulfil).unwrap().state.opens_at(world.now);
    let own = if fulfil_at.is_some() { 0 } else { u32::try_from(promised).unwrap() };
    Kind::Ask(AskFacts {
        review: review.history,
        delivered_at: review.delivered_at,
        remedies_promised: own + review.promised_elsewhere,
        last_fulfilled_at: fulfilled.chain(fulfil_at).max(),
        asked_at: review.asked_at,
        approved_words: true,
        by_request: world.policy.ask == AskPermission::RequestOnly,
        quota: review.quota,
    })
}

/// What refuses the message of a step then, if the steps before it happened as planned; none for a
/// step that sends nothing.
fn refusals(world: &World, plan: &Plan, kind: StepKind, at: Time) -> Option<Vec<Refusal>> {
    let contacts = contacts(world, plan, kind);
    let eyes = |asked: bool| if asked { Eyes::Four } else { Eyes::Two };
    world.with(|situation| {
        let review = situation.review.as_ref();
        let (kind, answers, eyes) = match kind {
            StepKind::Write => {
                let asked = world.draft.is_some_and(|draft| draft.asked);
                (Kind::PrivateReply, answered(world, at), eyes(asked))
            }
            StepKind::Approve if remedy_of(plan, kind).is_none() => {
                (Kind::PrivateReply, answered(world, at), Eyes::Four)
            }
            StepKind::Offer | StepKind::Approve => {
                (an_offer(world, plan, kind), answered(world, at), eyes(kind == StepKind::Approve))
            }
            StepKind::Ask => (an_ask(world, plan, review?), false, Eyes::Two),
            StepKind::PublicReply => {
                let draft = review?.draft.filter(|draft| draft.asked);
                let reply = PublicReply {
                    review: review?.history,
                    delivered_at: review?.delivered_at,
                    replies: 0,
                    unsettled: review?.unsettled,
                    override_lock: draft.is_some_and(|draft| draft.override_lock),
                };
                (Kind::PublicReply(reply), false, eyes(draft.is_some()))
            }
            StepKind::AwaitAnswer | StepKind::Fulfil | StepKind::Solve => return None,
        };
        let buyer = Buyer { contacts: &contacts, answers, ..situation.trouble.buyer };
        let (policy, extortion, text) = (&world.policy, world.extortion, Text::default());
        Some(check(&Outgoing { kind, policy, text, buyer, extortion, eyes, now: at }))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_plan_promises_what_a_rule_refuses(world in world()) {
        let plan = world.plan();
        for step in &plan.steps {
            let Some(opens_at) = step.state.opens_at(world.now) else { continue };
            let Some(found) = refusals(&world, &plan, step.kind, opens_at) else { continue };
            prop_assert!(found.is_empty(), "{} at {opens_at:?}: {found:?}\n{plan:#?}", step.kind);
        }
    }

    #[test]
    fn what_is_later_is_refused_the_moment_before(world in world()) {
        let plan = world.plan();
        for step in &plan.steps {
            let StepState::Later { not_before, after } = step.state else { continue };
            // What waits for another step alone is an order, and no rule.
            let wished = after.and_then(|kind| plan.step(kind)?.state.opens_at(world.now));
            if not_before <= world.now || wished == Some(not_before) { continue }
            let before = not_before - Span::from_micros(1);
            let Some(found) = refusals(&world, &plan, step.kind, before) else { continue };
            prop_assert!(!found.is_empty(), "{} before {not_before:?}\n{plan:#?}", step.kind);
        }
    }

    #[test]
    fn the_last_moment_of_the_ask_is_one_and_nothing_later_is(world in world()) {
        let plan = world.plan();
        let ask = plan.step(StepKind::Ask).unwrap();
        if let (Some(latest), Some(opens_at)) = (ask.latest, ask.state.opens_at(world.now)) {
            prop_assert!(opens_at <= latest);
            prop_assert!(refusals(&world, &plan, StepKind::Ask, latest).unwrap().is_empty());
            prop_assert!(!refusals(&world, &plan, StepKind::Ask, latest + Span::from_micros(1)).unwrap().is_empty());
            if let Some(by) = plan.fulfil_for_ask {
                prop_assert_eq!(by + ASK_REST, latest);
            }
        }
    }

    #[test]
    fn what_helps_the_buyer_is_the_same_without_a_review(world in world()) {
        let mut without = world.clone();
        without.review = None;
        prop_assert_eq!(&world.plan().steps[..5], &without.plan().steps[..5]);
    }

    #[test]
    fn every_step_stands_once_and_in_order(world in world()) {
        let kinds: Vec<StepKind> = world.plan().steps.iter().map(|step| step.kind).collect();
        prop_assert_eq!(kinds.as_slice(), StepKind::ALL);
        for step in world.plan().steps {
            prop_assert!(!step.reason.is_empty());
            prop_assert!(step.state != StepState::Now || step.refusals.is_empty());
        }
    }
}
