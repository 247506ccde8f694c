use amends_app::case::{CHANNEL_MARGIN, deadlines_of};
use amends_domain::case::{Case, Handling, Lease, Outcome};
use amends_domain::deadline::{Deadline, DeadlineChange, DeadlineKind};
use amends_domain::{LeaseId, Span, Time};

use crate::make::{START, after, agent, case, case_id, days, minutes, shop};

fn with(handling: Handling) -> Case {
    Case { handling, ..case(1) }
}

fn claimed(until: Time) -> Case {
    with(Handling::Claimed(Lease { id: LeaseId::from_bits(1), agent: agent("ann"), expires_at: until }))
}

fn waiting(give_up_at: Time) -> Case {
    with(Handling::WaitingBuyer { owner: agent("ann"), give_up_at })
}

fn solved() -> Case {
    with(Handling::Solved { outcome: Outcome::Other, at: START, close_at: after(days(4)) })
}

fn set(kind: DeadlineKind, due_at: Time) -> DeadlineChange {
    DeadlineChange::Set(Deadline { shop: shop(), kind, subject: case_id(1).to_string(), due_at })
}

fn clear(kind: DeadlineKind) -> DeadlineChange {
    DeadlineChange::Clear { shop: shop(), kind, subject: case_id(1).to_string() }
}

fn check(before: Option<&Case>, after: &Case, expected: &[DeadlineChange]) {
    assert_eq!(deadlines_of(before, after, days(3), START), expected);
}

#[test]
fn a_claim_sets_the_end_of_the_lease_and_a_heartbeat_moves_it() {
    let (early, late) = (after(minutes(5)), after(minutes(9)));
    check(Some(&case(1)), &claimed(early), &[set(DeadlineKind::LeaseExpiry, early)]);
    check(Some(&claimed(early)), &claimed(late), &[set(DeadlineKind::LeaseExpiry, late)]);
    check(Some(&claimed(early)), &case(1), &[clear(DeadlineKind::LeaseExpiry)]);
}

#[test]
fn what_stays_as_it_was_changes_nothing() {
    for one in [case(1), claimed(after(minutes(5))), waiting(after(days(7))), solved()] {
        check(Some(&one), &one, &[]);
    }
}

#[test]
fn a_waiting_buyer_is_reminded_and_given_up_on_and_an_answer_clears_both() {
    let end = after(days(7));
    let both = [set(DeadlineKind::BuyerSilence, end), set(DeadlineKind::BuyerReminder, after(days(3)))];
    check(Some(&case(1)), &waiting(end), &both);
    let none = [clear(DeadlineKind::BuyerSilence), clear(DeadlineKind::BuyerReminder)];
    check(Some(&waiting(end)), &case(1), &none);
}

#[test]
fn a_wait_shorter_than_the_reminder_has_none() {
    let end = after(days(3));
    let changes = [set(DeadlineKind::BuyerSilence, end), clear(DeadlineKind::BuyerReminder)];
    check(Some(&case(1)), &waiting(end), &changes);
}

#[test]
fn the_end_of_one_wait_and_the_beginning_of_another_are_one_change() {
    let until = after(days(2));
    let snoozed = with(Handling::Snoozed { owner: agent("ann"), until });
    let changes = [clear(DeadlineKind::LeaseExpiry), set(DeadlineKind::Wake, until)];
    check(Some(&claimed(after(minutes(5)))), &snoozed, &changes);
    check(
        Some(&snoozed),
        &solved(),
        &[clear(DeadlineKind::Wake), set(DeadlineKind::AutoClose, after(days(4)))],
    );
}

#[test]
fn the_channels_deadline_is_watched_until_the_case_is_solved_and_again_when_it_reopens() {
    let hard = after(days(2));
    let near = hard - CHANNEL_MARGIN;
    let open = Case { hard_deadline: Some(hard), ..case(1) };
    let solved = Case { hard_deadline: Some(hard), ..solved() };
    check(None, &open, &[set(DeadlineKind::ChannelDeadline, near)]);
    let closing = [set(DeadlineKind::AutoClose, after(days(4))), clear(DeadlineKind::ChannelDeadline)];
    check(Some(&open), &solved, &closing);
    let opening = [clear(DeadlineKind::AutoClose), set(DeadlineKind::ChannelDeadline, near)];
    check(Some(&solved), &open, &opening);
}

#[test]
fn a_deadline_of_the_channel_that_has_passed_is_not_watched() {
    let open = Case { hard_deadline: Some(START - Span::from_micros(1)), ..case(1) };
    check(None, &open, &[clear(DeadlineKind::ChannelDeadline)]);
}
