//! G16, G17, G18, G23 and the channel's contact window: when a buyer may be written to.

use amends_domain::guardrail::{CAP_LONG, CAP_SHORT, QuietHours, Rule};
use amends_domain::{Span, Time};

use super::{EVERY, Which, World, hold, just_before, noon};
use crate::make::{on_day, policy};

use Which::{Ask, Offer, Private, Public, Reminder};

/// 2026-03-28, the evening before clocks in Europe are put forward.
fn evening(hour: i64) -> Time {
    on_day(27) + Span::from_hours(hour)
}

/// 2026-10-24, the evening before they are put back.
fn autumn(hour: i64) -> Time {
    on_day(237) + Span::from_hours(hour)
}

#[test]
fn g16_a_buyer_gets_one_message_in_three_days() {
    assert_eq!(CAP_SHORT, Span::from_days(3));
    hold(&[
        ("nobody wrote", Private, |w| w.contacts = vec![], &[]),
        ("just written", Private, |w| w.contacts = vec![noon()], &[Rule::G16]),
        ("three days ago", Private, |w| w.contacts = vec![noon() - CAP_SHORT], &[]),
        (
            "a microsecond less",
            Private,
            |w| w.contacts = vec![Time::from_micros((noon() - CAP_SHORT).micros() + 1)],
            &[Rule::G16],
        ),
        ("an ask", Ask, |w| w.contacts = vec![noon()], &[Rule::G16]),
        ("a reminder", Reminder, |w| w.contacts = vec![noon()], &[Rule::G16]),
        ("an offer nobody asked for", Offer, |w| w.contacts = vec![noon()], &[Rule::G16]),
        ("below a review", Public, |w| w.contacts = vec![noon()], &[]),
        ("an answer", Private, |w| (w.contacts, w.answers) = (vec![noon()], true), &[]),
        ("an offer that answers", Offer, |w| (w.contacts, w.answers) = (vec![noon()], true), &[]),
        ("no ask is an answer", Ask, |w| (w.contacts, w.answers) = (vec![noon()], true), &[Rule::G16]),
    ]);
}

#[test]
fn g16_a_buyer_gets_three_messages_in_thirty_days() {
    assert_eq!(CAP_LONG, Span::from_days(30));
    let ago = |days: &[i64]| days.iter().map(|days| noon() - Span::from_days(*days)).collect::<Vec<_>>();
    let with = |contacts| World { contacts, ..World::new(Private) };
    assert_eq!(with(ago(&[4, 8])).rules(), []);
    assert_eq!(with(ago(&[29, 8, 4])).rules(), [Rule::G16]);
    assert_eq!(with(ago(&[30, 8, 4])).rules(), []);
    let waits = with(ago(&[29, 8, 4]));
    assert_eq!(waits.not_before(), Some(noon() + Span::from_days(1)));
    let facts = waits.refusals().remove(0).facts;
    assert!(
        facts.contains(&("in_3_days", "0".to_owned())) && facts.contains(&("in_30_days", "3".to_owned()))
    );
}

#[test]
fn g16_a_cap_that_ends_at_night_lets_pass_in_the_morning() {
    let mut world = World::new(Private);
    world.contacts = vec![noon() - Span::from_hours(61)];
    assert_eq!(world.refusals().first().and_then(|r| r.until), Some(noon() + Span::from_hours(11)));
    assert_eq!(world.not_before(), Some(noon() + Span::from_hours(20)), "not at 23:00 but at 08:00");
}

#[test]
fn g17_messages_go_out_by_day() {
    hold(&[
        ("noon", Private, |_| (), &[]),
        ("08:00", Private, |w| w.now = noon() - Span::from_hours(4), &[]),
        ("just before", Private, |w| w.now = just_before(noon() - Span::from_hours(4)), &[Rule::G17]),
        ("just before 21:00", Private, |w| w.now = just_before(noon() + Span::from_hours(9)), &[]),
        ("21:00", Private, |w| w.now = noon() + Span::from_hours(9), &[Rule::G17]),
        ("night in Tokyo", Ask, |w| w.zone = "Asia/Tokyo", &[Rule::G17]),
        ("an answer", Private, |w| (w.zone, w.answers) = ("Asia/Tokyo", true), &[]),
        ("below a review", Public, |w| w.zone = "Asia/Tokyo", &[]),
    ]);
}

#[test]
fn g17_the_night_in_which_clocks_are_put_forward_is_an_hour_shorter() {
    let mut world = World::new(Private);
    world.zone = "Europe/Berlin";
    let (closes, opens) = (evening(20), evening(30));
    world.now = just_before(closes);
    assert_eq!(world.rules(), []);
    world.now = closes;
    assert_eq!((world.rules(), world.not_before()), (vec![Rule::G17], Some(opens)), "10 hours, not 11");
    world.now = just_before(opens);
    assert_eq!(world.rules(), [Rule::G17]);
    world.now = opens;
    assert_eq!(world.rules(), []);
}

#[test]
fn g17_the_night_in_which_they_are_put_back_is_an_hour_longer() {
    let mut world = World::new(Private);
    world.zone = "Europe/Berlin";
    world.now = autumn(19);
    assert_eq!((world.rules(), world.not_before()), (vec![Rule::G17], Some(autumn(31))), "12 hours, not 11");
    world.now = just_before(autumn(31));
    assert_eq!(world.rules(), [Rule::G17]);
}

#[test]
fn g17_where_the_buyer_may_be_anywhere_it_must_be_day_everywhere() {
    let mut world = World::new(Private);
    (world.zone, world.region) = ("", "ID");
    // Jakarta is seven hours ahead, Jayapura nine.
    let day = |hour| on_day(5) + Span::from_hours(hour);
    for (hour, open) in [(0, false), (1, true), (11, true), (12, false)] {
        world.now = day(hour);
        assert_eq!(world.rules().is_empty(), open, "{hour}:00 UTC");
    }
    assert_eq!(world.not_before(), Some(day(25)));
    world.region = "";
    for (hour, open) in [(9, false), (10, true), (18, true), (19, false)] {
        world.now = day(hour);
        assert_eq!(world.rules().is_empty(), open, "{hour}:00 where the shop is");
    }
    assert_eq!(QuietHours::of(Some("Mars/Base"), "", "Europe/Berlin").printed(), "10:00-19:00");
    assert_eq!(QuietHours::of(Some("Mars/Base"), "", "nowhere").zones(), "UTC");
}

#[test]
fn g18_who_opted_out_is_answered_and_never_written_to() {
    hold(&[
        ("a reply", Private, |w| w.opted_out = true, &[Rule::G18]),
        ("an ask", Ask, |w| w.opted_out = true, &[Rule::G18]),
        ("a reminder", Reminder, |w| w.opted_out = true, &[Rule::G18]),
        ("an answer", Private, |w| (w.opted_out, w.answers) = (true, true), &[]),
        ("below a review", Public, |w| w.opted_out = true, &[]),
        ("not opted out", Ask, |w| w.opted_out = false, &[]),
    ]);
}

#[test]
fn g18_an_opt_out_holds_from_its_instant_whatever_was_written_before() {
    for contacts in [vec![], vec![just_before(noon())], vec![noon()]] {
        let world = World { contacts, opted_out: true, ..World::new(Private) };
        assert_eq!(world.rules().last(), Some(&Rule::G18), "{:?}", world.contacts);
        assert_eq!(world.not_before(), None, "no waiting lifts it");
    }
}

#[test]
fn g23_who_was_erased_gets_nothing() {
    for which in EVERY {
        let mut world = World::new(which);
        world.erased = true;
        assert_eq!(world.rules(), [Rule::G23], "{which:?}");
        world.answers = true;
        assert_eq!(world.rules(), [Rule::G23], "{which:?}, though the buyer wrote");
        world.erased = false;
        assert_eq!(world.rules(), [], "{which:?}");
    }
}

#[test]
fn the_contact_window_closes_to_the_microsecond() {
    let mut world = World::new(Private);
    world.policy = policy("amazon");
    let window = world.policy.contact_window.unwrap();
    world.delivered_at = Some(noon() - window);
    assert_eq!((world.rules(), world.not_before()), (vec![Rule::ContactWindow], None));
    world.now = just_before(noon());
    assert_eq!(world.rules(), []);
    (world.now, world.answers) = (noon(), true);
    assert_eq!(world.rules(), [], "an answer is no contact that nobody asked for");
    (world.answers, world.delivered_at) = (false, None);
    assert_eq!(world.rules(), [], "what is not known to be delivered has no window");
}
