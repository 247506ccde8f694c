//! G12, G13, G21 and the channel's limits of what is written below a review.

use amends_domain::guardrail::{Eyes, Rule};
use amends_domain::{Span, Time};

use super::{Which, World, hold, just_before, noon, story};
use crate::make::{on_day, policy, seen};

use Which::{Private, Public};

#[test]
fn g12_a_reply_that_locks_the_edit_needs_an_override_and_another_person() {
    hold(&[
        ("a channel that locks nothing", Public, |_| (), &[]),
        ("etsy", Public, |w| w.policy = policy("etsy"), &[Rule::G12]),
        ("in private", Private, |w| w.policy = policy("etsy"), &[]),
        (
            "by one person's override",
            Public,
            |w| (w.policy, w.override_lock) = (policy("etsy"), true),
            &[Rule::G21],
        ),
        (
            "another person is asked",
            Public,
            |w| (w.policy, w.override_lock, w.eyes) = (policy("etsy"), true, Eyes::Asked),
            &[],
        ),
        (
            "another person agreed",
            Public,
            |w| (w.policy, w.override_lock, w.eyes) = (policy("etsy"), true, Eyes::Four),
            &[],
        ),
        (
            "another person agreed, but to no override",
            Public,
            |w| (w.policy, w.eyes) = (policy("etsy"), Eyes::Four),
            &[Rule::G12],
        ),
        (
            "a good review has nothing to lose",
            Public,
            |w| (w.policy, w.review) = (policy("etsy"), story(vec![seen(0, 5, 1)])),
            &[],
        ),
    ]);
}

#[test]
fn g12_holds_until_the_window_has_closed() {
    let mut world = World::new(Public);
    (world.policy, world.delivered_at) = (policy("etsy"), Some(on_day(-10)));
    let end = on_day(90);
    world.now = just_before(end);
    assert_eq!((world.rules(), world.not_before()), (vec![Rule::G12], Some(end)));
    world.now = end;
    assert_eq!(world.rules(), []);
}

#[test]
fn g12_holds_where_nobody_knows_whether_the_window_has_closed() {
    let mut world = World::new(Public);
    world.policy = policy("etsy");
    let end = on_day(100);
    world.now = just_before(end);
    assert_eq!((world.rules(), world.not_before()), (vec![Rule::G12], Some(end)));
    world.now = end;
    assert_eq!(world.rules(), [], "no delivery is later than the review of it");
}

#[test]
fn g13_a_reply_that_may_have_arrived_is_never_sent_again() {
    hold(&[
        ("nothing is unsettled", Public, |w| w.unsettled = 0, &[]),
        ("one is", Public, |w| w.unsettled = 1, &[Rule::G13]),
    ]);
    use amends_domain::reply::{ARROWS, ReplyStage, ReplyVerbKind};
    let sends = |verb| matches!(verb, ReplyVerbKind::Queue | ReplyVerbKind::Submit | ReplyVerbKind::Begin);
    let again = ARROWS.iter().any(|(from, verb, _)| *from == ReplyStage::Unknown && sends(*verb));
    assert!(!again, "no arrow leads from UNKNOWN to the channel");
}

#[test]
fn g13_what_was_settled_again_is_no_bar() {
    let mut world = World::new(Public);
    world.unsettled = 2;
    for expected in [&[Rule::G13][..], &[Rule::G13], &[]] {
        assert_eq!(world.rules(), expected, "{} unsettled", world.unsettled);
        world.unsettled = world.unsettled.saturating_sub(1);
    }
}

#[test]
fn a_channel_takes_so_many_replies_of_such_a_length() {
    hold(&[
        ("the first", Public, |w| w.policy = policy("shopee"), &[]),
        ("the second", Public, |w| (w.policy, w.replies) = (policy("shopee"), 1), &[Rule::ReplyCount]),
        ("500 characters", Public, |w| (w.policy, w.characters) = (policy("shopee"), 500), &[]),
        ("501", Public, |w| (w.policy, w.characters) = (policy("shopee"), 501), &[Rule::ReplyLength]),
        ("in private", Private, |w| (w.policy, w.characters, w.replies) = (policy("shopee"), 501, 1), &[]),
        ("no limits", Public, |w| (w.characters, w.replies) = (10_000, 9), &[]),
    ]);
}

#[test]
fn a_public_reply_knows_no_hour() {
    let night: Time = noon() + Span::from_hours(11);
    let world = World { now: night, ..World::new(Public) };
    assert_eq!(world.rules(), []);
}
