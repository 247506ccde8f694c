//! When: windows, nights and caps, to the moment.

use super::*;
use crate::make::on_day;

const MICRO: Span = Span::from_micros(1);

#[test]
fn the_last_second_of_the_window_is_the_last_of_the_ask() {
    // The window of 100 days from the delivery ends at midnight; by day is until 21:00.
    let mut world = World::helped("etsy", 25);
    let last_by_day = on_day(99) + hours(21) - MICRO;
    assert_eq!(world.step(StepKind::Ask).latest, Some(last_by_day));
    world.now = last_by_day;
    assert_eq!(word(&world.step(StepKind::Ask)), "now");
    world.now = last_by_day + MICRO;
    let ask = world.step(StepKind::Ask);
    assert_eq!(word(&ask), "blocked G11", "the next morning it is too late");
    assert_eq!(world.plan().outlook, Outlook::NotRecoverable);
    assert_eq!(word(&world.step(StepKind::Solve)), "now", "the trouble is solved all the same");
    // Where midnight is noon, the window itself ends the hours.
    world.zone = "Pacific/Auckland";
    world.now = on_day(100) - MICRO;
    assert_eq!(
        (word(&world.step(StepKind::Ask)).as_str(), world.step(StepKind::Ask).latest),
        ("now", Some(world.now))
    );
    world.now = on_day(100);
    assert!(rules(&world.step(StepKind::Ask)).contains(&"G11".to_owned()));
    assert_eq!(word(&world.step(StepKind::PublicReply)), "now", "nothing is locked any more");
}

#[test]
fn a_remedy_that_comes_too_late_for_the_ask_is_planned_all_the_same() {
    let mut world = World::helped("etsy", 25);
    world.now = on_day(99) + hours(12);
    world.remedies = vec![remedy(1, RemedyState::Accepted { at: world.now, due_at: world.now + hours(48) })];
    assert_eq!(word(&world.step(StepKind::Ask)), "blocked G11");
    assert_eq!(world.plan().outlook, Outlook::NotRecoverable);
    assert_eq!(world.plan().fulfil_for_ask, None);
    assert_eq!(word(&world.step(StepKind::Fulfil)), "now");
    world.now = on_day(98) + hours(12);
    let last = on_day(99) + hours(21) - MICRO;
    assert_eq!(world.plan().fulfil_for_ask, Some(last - hours(24)));
    assert_eq!(word(&world.step(StepKind::Ask)), "after FULFIL");
}

#[test]
fn a_night_in_which_the_clocks_go_forward_is_an_hour_shorter() {
    // In Berlin 29 March 2026 begins at 23:00 UTC, and has no hour from two to three.
    let mut world = World::helped("own_store", 25);
    world.zone = "Europe/Berlin";
    world.now = on_day(27) + hours(20);
    world.remedies =
        vec![remedy(1, RemedyState::Fulfilled { at: world.now - hours(30), tracking: String::new() })];
    assert_eq!(not_before(&world.step(StepKind::Ask)), on_day(28) - hours(24) + hours(24 + 6) - Span::ZERO);
    world.now = on_day(26) + hours(20);
    world.remedies =
        vec![remedy(1, RemedyState::Fulfilled { at: world.now - hours(30), tracking: String::new() })];
    assert_eq!(not_before(&world.step(StepKind::Ask)), on_day(27) + hours(7));
}

#[test]
fn what_another_case_said_to_the_buyer_counts() {
    let mut world = World::helped("own_store", 25);
    world.contacts = vec![noon() - hours(24)];
    let ask = world.step(StepKind::Ask);
    assert_eq!((rules(&ask), not_before(&ask)), (vec!["G16".to_owned()], noon() + hours(48)));
    // Three in thirty days.
    world.contacts = vec![noon() - hours(24 * 29), noon() - hours(24 * 10), noon() - hours(24 * 5)];
    assert_eq!(not_before(&world.step(StepKind::Ask)), noon() + hours(24));
}

#[test]
fn a_cap_that_ends_at_night_ends_in_the_morning() {
    let mut world = World::helped("own_store", 25);
    world.contacts = vec![noon() - hours(72 - 10)];
    assert_eq!(not_before(&world.step(StepKind::Ask)), on_day(6) + hours(8));
}

#[test]
fn the_channels_deadline_ends_offers() {
    let mut world = World::new("own_store");
    world.hard_deadline = Some(noon() + hours(48));
    let latest = world.step(StepKind::Offer).latest.unwrap();
    assert!(latest < noon() + hours(48));
    world.now = latest;
    assert_eq!(word(&world.step(StepKind::Offer)), "now");
    world.now = latest + MICRO;
    assert_eq!(word(&world.step(StepKind::Offer)), "blocked ");
}

#[test]
fn promises_are_told_beside_the_steps() {
    let mut world = World::new("own_store");
    let (response, agreement, resolution) = (noon() + hours(1), noon() + hours(2), noon() + hours(3));
    world.due = Due { response: Some(response), agreement: Some(agreement), resolution: Some(resolution) };
    let latest = |kind| world.step(kind).latest;
    assert_eq!(latest(StepKind::Offer), Some(response), "the first word is the answer that was promised");
    assert_eq!(latest(StepKind::Solve), Some(resolution));
    let world = World { words: Words { last_at: Some(noon()), ..Words::default() }, ..world };
    let latest = |kind| world.step(kind).latest;
    assert_eq!(latest(StepKind::Write), Some(response));
    assert_eq!(latest(StepKind::Offer), Some(agreement));
}

#[test]
fn nobody_is_asked_while_the_delivery_is_not_known_and_a_reply_still_locks() {
    let mut world = World::helped("etsy", 25);
    world.delivered_at = None;
    assert_eq!(world.plan().editable_until, Some(at(0) + Span::from_days(100)));
    assert_eq!(word(&world.step(StepKind::Ask)), "blocked G11");
}

#[test]
fn the_last_open_moment_is_found_in_every_zone() {
    for zone in ["UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"] {
        let open = QuietHours::of(Some(zone), "", "UTC");
        for step in 0..400 {
            let end = on_day(20) + Span::from_minutes(step * 53);
            let last = open.last_open_before(end).unwrap();
            assert!(last < end && open.is_open(last), "{zone}");
            let next = open.next_open(last + MICRO).unwrap();
            assert!(
                next >= end || next == last + MICRO && end == next,
                "{zone}: open again at {next:?} before {end:?}"
            );
        }
    }
}
