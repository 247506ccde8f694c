//! What is planned on each channel, step by step.

use super::*;

const OFFERED: RemedyState = RemedyState::Offered { at: Time::MIN, expires_at: Time::MAX };

#[test]
fn own_store_writes_helps_asks_and_replies_at_once() {
    let world = World::new("own_store");
    assert_eq!(
        world.told(),
        [
            "WRITE -",
            "OFFER now",
            "AWAIT_ANSWER after OFFER",
            "APPROVE -",
            "FULFIL after AWAIT_ANSWER",
            "ASK after FULFIL",
            "PUBLIC_REPLY now",
            "SOLVE after FULFIL",
        ]
    );
    let plan = world.plan();
    assert_eq!((plan.outlook, plan.editable_until, plan.fulfil_for_ask), (Outlook::Open, None, None));
    // The offer is the first word, which nobody asked for: three days until the next.
    assert_eq!(not_before(&world.step(StepKind::Ask)), world.now + hours(72));
}

#[test]
fn etsy_replies_in_public_last() {
    let world = World::helped("etsy", 25);
    assert_eq!(
        world.told(),
        [
            "WRITE done",
            "OFFER done",
            "AWAIT_ANSWER done",
            "APPROVE -",
            "FULFIL done",
            "ASK now",
            "PUBLIC_REPLY after ASK",
            "SOLVE now",
        ]
    );
    let public = world.step(StepKind::PublicReply);
    assert_eq!(not_before(&public), at(0) + Span::from_days(100), "when the window has closed");
    assert_eq!(public.instead, Some(amends_domain::plan::Instead::OverrideLock));
    // When the buyer has made it better there is nothing left to lock.
    let mut better = world.clone();
    better.review = Some(story(vec![seen(0, 1, 1), seen(90, 5, 2)]));
    assert_eq!(word(&better.step(StepKind::PublicReply)), "now");
    assert_eq!((word(&better.step(StepKind::Ask)).as_str(), better.plan().outlook), ("-", Outlook::Settled));
    // The reply needs the open case, so it comes before the end of it.
    assert_eq!(word(&better.step(StepKind::Solve)), "after PUBLIC_REPLY");
    better.state = State::Solved;
    assert_eq!(better.step(StepKind::PublicReply).way, amends_domain::plan::Way::Reopened);
}

#[test]
fn etsy_plans_the_reply_of_two_people() {
    let mut world = World::helped("etsy", 25);
    let draft = PublicDraft { reply: reply(1), asked: true, override_lock: true };
    world.public_draft = Some(draft);
    assert_eq!(word(&world.step(StepKind::PublicReply)), "now", "another person agrees to it");
    world.public_draft = Some(PublicDraft { asked: false, ..draft });
    assert_eq!(word(&world.step(StepKind::PublicReply)), "after ASK", "nobody was asked to agree");
}

#[test]
fn ebay_asks_by_its_own_request() {
    let mut world = World::helped("ebay", 25);
    let ask = world.step(StepKind::Ask);
    assert_eq!((word(&ask).as_str(), ask.way), ("now", amends_domain::plan::Way::RevisionRequest));
    world.used = 5;
    let ask = world.step(StepKind::Ask);
    assert_eq!(word(&ask), "blocked G11", "the year ends after the window does");
    assert_eq!(world.plan().outlook, Outlook::NotRecoverable);
}

#[test]
fn amazon_asks_nobody_and_writes_for_thirty_days() {
    let mut world = World::new("amazon");
    let ask = world.step(StepKind::Ask);
    assert!(ask.state == StepState::Blocked && rules(&ask).contains(&"G01".to_owned()), "{ask:?}");
    assert_eq!(world.plan().outlook, Outlook::NotRecoverable);
    assert_eq!(word(&world.step(StepKind::Offer)), "now", "the trouble is solved all the same");
    world.now = at(0) + Span::from_days(30);
    world.zone = "Asia/Tokyo";
    assert_eq!(word(&world.step(StepKind::Write)), "blocked CONTACT_WINDOW");
    assert_eq!(word(&world.step(StepKind::Offer)), "blocked CONTACT_WINDOW");
    world.words.last_at = Some(world.now);
    assert_eq!(word(&world.step(StepKind::Write)), "now", "what the buyer writes is answered");
}

#[test]
fn shopee_lazada_and_an_unknown_channel_ask_nobody() {
    for channel in ["shopee", "lazada", "corner_shop", "taobao"] {
        let world = World::helped(channel, 25);
        let ask = world.step(StepKind::Ask);
        assert!(ask.state == StepState::Blocked && rules(&ask)[0] == "G01", "{channel}: {ask:?}");
        assert_eq!(word(&world.step(StepKind::Solve)), "after PUBLIC_REPLY", "{channel}");
    }
}

#[test]
fn a_reply_that_stands_below_the_review_is_not_given_twice() {
    let mut world = World::helped("own_store", 25);
    world.replied_at = vec![noon()];
    assert_eq!(word(&world.step(StepKind::PublicReply)), "done");
    world.replied_at.clear();
    world.unsettled = 1;
    assert_eq!(word(&world.step(StepKind::PublicReply)), "blocked G13");
}

#[test]
fn who_opted_out_or_was_erased_is_written_to_by_nobody() {
    let mut world = World::helped("own_store", 25);
    world.opted_out = true;
    assert_eq!(word(&world.step(StepKind::Ask)), "blocked G18");
    world.last_from_us = None;
    world.remedies.clear();
    assert_eq!(word(&world.step(StepKind::Write)), "blocked G18");
    assert_eq!(word(&world.step(StepKind::Offer)), "blocked G18");
    (world.words.opted_out_at, world.words.last_at) =
        (Some(world.now - hours(2)), Some(world.now - hours(1)));
    assert_eq!(word(&world.step(StepKind::Offer)), "now", "what the buyer writes after it is answered");
    world.words.last_at = world.words.opted_out_at;
    assert_eq!(word(&world.step(StepKind::Offer)), "blocked G18", "that word asks for no answer");
    world.erased = true;
    for kind in [StepKind::Write, StepKind::Offer, StepKind::Ask, StepKind::PublicReply] {
        assert!(rules(&world.step(kind)).contains(&"G23".to_owned()), "{kind}");
    }
}

#[test]
fn under_a_threat_nobody_is_asked_and_the_rest_is_planned() {
    let mut world = World::new("own_store");
    world.extortion = true;
    assert_eq!(word(&world.step(StepKind::Ask)), "blocked G19");
    assert_eq!(word(&world.step(StepKind::Offer)), "now", "what the policy grants to anybody");
}

#[test]
fn who_was_asked_is_not_asked_again() {
    let mut world = World::helped("own_store", 25);
    world.asked_at = Some(noon() - hours(1));
    assert_eq!((word(&world.step(StepKind::Ask)).as_str(), world.plan().outlook), ("done", Outlook::Asked));
}

#[test]
fn what_failed_is_to_be_carried_out_again_before_any_ask() {
    let mut world = World::helped("own_store", 25);
    let failed = RemedyState::Failed { at: noon(), due_at: noon() + hours(5), why: "no stock".to_owned() };
    world.remedies = vec![remedy(1, failed)];
    let fulfil = world.step(StepKind::Fulfil);
    assert_eq!((word(&fulfil).as_str(), fulfil.latest), ("now", Some(noon() + hours(5))));
    assert_eq!(word(&world.step(StepKind::Ask)), "after FULFIL");
    assert_eq!(rules(&world.step(StepKind::Ask)), ["G03"]);
    assert_eq!(word(&world.step(StepKind::Solve)), "after FULFIL");
}

#[test]
fn a_promise_of_another_case_keeps_the_ask_back() {
    let mut world = World::helped("own_store", 25);
    world.promised_elsewhere = 1;
    assert_eq!(word(&world.step(StepKind::Ask)), "blocked G03");
}

#[test]
fn an_offer_above_the_limit_waits_for_another_person() {
    let mut world = World::helped("own_store", 25);
    let waits = RemedyState::AwaitingApproval { expires_at: noon() + hours(9), life: hours(72) };
    world.remedies = vec![remedy(1, waits)];
    let approve = world.step(StepKind::Approve);
    assert_eq!((word(&approve).as_str(), approve.latest), ("now", Some(noon() + hours(9))));
    assert_eq!(word(&world.step(StepKind::AwaitAnswer)), "after APPROVE");
    world.remedies = vec![remedy(1, OFFERED)];
    assert_eq!(word(&world.step(StepKind::AwaitAnswer)), "now");
}

#[test]
fn a_reply_that_waits_for_another_person_is_approved_first() {
    let mut world = World::new("own_store");
    world.draft = Some(Draft { reply: reply(1), asked: true });
    assert_eq!(word(&world.step(StepKind::Write)), "after APPROVE");
    assert_eq!(word(&world.step(StepKind::Approve)), "now");
}

#[test]
fn after_a_decline_there_is_one_other_offer_and_then_the_return() {
    let mut world = World::helped("own_store", 25);
    let declined = |ago: i64| RemedyState::Declined { at: noon() - hours(ago), wish: None };
    world.remedies = vec![remedy(1, declined(3))];
    assert_eq!(word(&world.step(StepKind::Offer)), "now");
    assert_eq!(
        word(&world.step(StepKind::Solve)),
        "after PUBLIC_REPLY",
        "the buyer may have been helped enough"
    );
    let second = Remedy { proposed_at: noon() - hours(2), ..remedy(2, declined(1)) };
    world.remedies.push(second);
    let offer = world.step(StepKind::Offer);
    assert_eq!(word(&offer), "blocked G20");
    assert_eq!(offer.instead, Some(amends_domain::plan::Instead::ReturnLabel));
    assert_eq!(word(&world.step(StepKind::Ask)), "now", "no promise is open");
}

#[test]
fn a_late_parcel_is_offered_for_in_the_first_word() {
    let mut world = World::new("own_store");
    (world.kind, world.review) = (CaseKind::Delivery, None);
    assert_eq!(world.told()[..2], ["WRITE -", "OFFER now"]);
    assert_eq!((word(&world.step(StepKind::Ask)).as_str(), world.plan().outlook), ("-", Outlook::NoReview));
}

#[test]
fn a_case_that_is_over_has_no_step_left_but_what_was_promised() {
    for state in [State::Closed, State::Merged, State::Cancelled] {
        let mut world = World::new("amazon");
        world.state = state;
        assert!(world.plan().steps.iter().all(|step| !step.is_open()), "{state}: {:?}", world.told());
    }
    let mut world = World::helped("own_store", 25);
    world.state = State::Closed;
    assert_eq!(word(&world.step(StepKind::Ask)), "now", "a solved case can still be asked about");
}
