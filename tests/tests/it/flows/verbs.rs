//! Every verb of an agent: what it does, and when it is refused.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::make::{LEAKS, answer, message, order, review, stamp, terms, time};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{CaseOutcome, CaseState, Reason, WaitReason};

flow!(
    the_first_contact_stops_the_clock_and_begins_the_work,
    a_bot_never_stops_the_first_response_clock,
    a_note_stands_on_the_timeline,
    a_silent_buyer_ends_a_waiting_case,
    a_buyer_who_answers_brings_a_waiting_case_back,
    a_third_party_brings_a_case_back_when_the_time_is_over,
    a_snoozed_case_wakes_and_never_sleeps_past_a_hard_deadline,
    a_case_is_solved_only_once_nothing_is_in_flight,
    a_solved_case_closes_by_itself_and_stays_closed,
    a_solved_case_can_be_opened_again,
    the_next_actions_say_what_is_allowed
);

async fn complaint(h: &Harness) -> String {
    h.say(order("o1")).await;
    h.say(review("r1", "o1", 1, LEAKS)).await.case
}

async fn the_first_contact_stops_the_clock_and_begins_the_work(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::claim(h.client(), &case).await;
    h.advance(Span::from_minutes(2)).await;
    desk.contact("We are sorry.").await.unwrap();
    assert_eq!(desk.case.state(), CaseState::Working);
    assert_eq!(time(desk.case.first_response_time), h.now());
    let first = h.now();
    h.advance(Span::from_minutes(1)).await;
    desk.contact("Still here.").await.unwrap();
    assert_eq!(time(desk.case.first_response_time), first, "only the first counts");
}

async fn a_bot_never_stops_the_first_response_clock(h: &Harness) {
    let case = complaint(h).await;
    h.say(answer("m1", "o1", v1::MessageAuthor::Bot)).await;
    assert!(h.case(&case).await.first_response_time.is_none());
    h.say(answer("m2", "o1", v1::MessageAuthor::QuickReply)).await;
    assert!(h.case(&case).await.first_response_time.is_some());
}

async fn a_note_stands_on_the_timeline(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::claim(h.client(), &case).await;
    desk.note("Asked the warehouse.").await.unwrap();
    assert_eq!(desk.case.state(), CaseState::Claimed, "a note is no answer to the buyer");
    let entries = h.timeline(&case).await;
    let note = entries.iter().find_map(|entry| match &entry.entry {
        Some(v1::timeline_entry::Entry::NoteAdded(note)) => Some((note.text.as_str(), &entry.actor)),
        _ => None,
    });
    let (text, actor) = note.unwrap();
    assert_eq!((text, actor.as_ref().unwrap().id.as_str()), ("Asked the warehouse.", "root"));
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.sequence).collect();
    assert_eq!(numbers, (1..=entries.len() as i64).collect::<Vec<_>>(), "without gaps");
}

async fn a_silent_buyer_ends_a_waiting_case(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::work_on(h.client(), &case).await;
    desk.wait(WaitReason::Buyer, None).await.unwrap();
    assert_eq!(desk.case.state(), CaseState::WaitingBuyer);
    h.advance(Span::from_days(6)).await;
    assert_eq!(h.case(&case).await.state(), CaseState::WaitingBuyer);
    h.advance(Span::from_days(2)).await;
    let after = h.case(&case).await;
    assert_eq!((after.state(), after.outcome()), (CaseState::Solved, CaseOutcome::NoAnswer));
}

async fn a_buyer_who_answers_brings_a_waiting_case_back(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::work_on(h.client(), &case).await;
    desk.wait(WaitReason::Buyer, None).await.unwrap();
    h.advance(Span::from_days(1)).await;
    h.say(message("m1", "o1", "Here is the photo.")).await;
    let after = h.case(&case).await;
    assert!(matches!(after.state(), CaseState::Queued | CaseState::Working), "{:?}", after.state());
    assert_eq!(time(after.waiting_since_time), h.now());
    h.advance(Span::from_days(8)).await;
    assert_ne!(h.case(&case).await.state(), CaseState::Solved, "nobody fell silent");
}

async fn a_third_party_brings_a_case_back_when_the_time_is_over(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let until = h.now() + Span::from_hours(4);
    desk.wait(WaitReason::ThirdParty, Some(stamp(until))).await.unwrap();
    assert_eq!(time(desk.case.wake_time), until);
    h.advance(Span::from_hours(5)).await;
    assert_eq!(h.case(&case).await.state(), CaseState::Queued);
    let late = refused(desk.wait(WaitReason::ThirdParty, None).await, Code::Aborted, Reason::EtagMismatch);
    desk.look().await;
    assert_eq!(late.metadata["current_etag"], desk.case.etag);
    let now = desk.wait(WaitReason::ThirdParty, None).await;
    let _ = refused(now, Code::FailedPrecondition, Reason::IllegalTransition);
}

async fn a_snoozed_case_wakes_and_never_sleeps_past_a_hard_deadline(h: &Harness) {
    let case = complaint(h).await;
    let deadline = h.now() + Span::from_days(3);
    let asked = amends_tests::make::return_request("ret-1", "o1", h.now());
    h.say(v1::ReturnSignal { channel_deadline: Some(stamp(deadline)), ..asked }).await;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let late = desk.snooze(stamp(deadline + Span::from_hours(1))).await;
    let _ = refused(late, Code::FailedPrecondition, Reason::HardDeadlineBefore);
    let _ = refused(desk.snooze(stamp(h.now())).await, Code::InvalidArgument, Reason::InvalidField);
    desk.snooze(stamp(h.now() + Span::from_hours(2))).await.unwrap();
    assert_eq!(desk.case.state(), CaseState::Snoozed);
    h.advance(Span::from_hours(3)).await;
    assert_eq!(h.case(&case).await.state(), CaseState::Queued);
}

async fn a_case_is_solved_only_once_nothing_is_in_flight(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::claim(h.client(), &case).await;
    let early = desk.solve(CaseOutcome::TalkedThrough).await;
    let failure = refused(early, Code::FailedPrecondition, Reason::IllegalTransition);
    assert_eq!((failure.metadata["state"].as_str(), failure.metadata["verb"].as_str()), ("CLAIMED", "SOLVE"));
    let remedy = desk.offer(v1::RemedyKind::Replacement, terms()).await.unwrap();
    assert_eq!(desk.case.state(), CaseState::Working, "an offer is work");
    let open = desk.solve(CaseOutcome::TalkedThrough).await;
    let _ = refused(open, Code::FailedPrecondition, Reason::RemedyInFlight);
    desk.answer(&remedy, v1::BuyerAnswer::Declined).await.unwrap();
    let solved = desk.solve(CaseOutcome::NotRecoverable).await.unwrap().case.unwrap();
    assert_eq!((solved.state(), solved.outcome()), (CaseState::Solved, CaseOutcome::NotRecoverable));
}

async fn a_solved_case_closes_by_itself_and_stays_closed(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::work_on(h.client(), &case).await;
    desk.solve(CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_days(5)).await;
    let closed = h.case(&case).await;
    assert_eq!(closed.state(), CaseState::Closed);
    assert!(closed.close_time.is_some());
    let request = v1::ReopenCaseRequest { name: case.clone(), etag: closed.etag, ..Default::default() };
    let _ = refused(h.client().call(request).await, Code::FailedPrecondition, Reason::CaseClosed);
}

async fn a_solved_case_can_be_opened_again(h: &Harness) {
    let case = complaint(h).await;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let reopen = |etag: &str| v1::ReopenCaseRequest {
        name: case.clone(),
        etag: etag.to_owned(),
        note: "it leaks again".to_owned(),
        ..Default::default()
    };
    let early = h.client().call(reopen(&desk.case.etag)).await;
    let _ = refused(early, Code::FailedPrecondition, Reason::IllegalTransition);
    desk.solve(CaseOutcome::TalkedThrough).await.unwrap();
    let again = h.client().call(reopen(&desk.case.etag)).await.unwrap().case.unwrap();
    assert_eq!((again.state(), again.reopen_count), (CaseState::Queued, 1));
    h.advance(Span::from_days(5)).await;
    assert_eq!(h.case(&case).await.state(), CaseState::Queued, "it no longer closes by itself");
}

async fn the_next_actions_say_what_is_allowed(h: &Harness) {
    let case = complaint(h).await;
    let allowed = |view: &v1::CaseView| -> Vec<v1::CaseVerb> {
        view.next_actions.iter().filter(|next| next.allowed).map(v1::NextAction::verb).collect()
    };
    let queued = allowed(&h.view(&case).await);
    assert!(queued.contains(&v1::CaseVerb::Claim) && !queued.contains(&v1::CaseVerb::Solve), "{queued:?}");
    Desk::work_on(h.client(), &case).await;
    let working = allowed(&h.view(&case).await);
    assert!(working.contains(&v1::CaseVerb::Solve) && !working.contains(&v1::CaseVerb::Claim), "{working:?}");
}
