//! The channel refunds by itself: the ledger knows, and what was promised does not leave.

use amends_client::{Client, v1};
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, line, money, order, return_now, review, terms, terms_of};
use amends_tests::race::{self, CALLERS, Told};
use amends_tests::{Desk, Harness, flow, refused};
use futures::future::join_all;
use tonic::Code;
use v1::timeline_entry::Entry;
use v1::{
    BuyerAnswer, CaseState, FulfilmentState, Reason, RemedyKind, RemedyState, ReturnStatus, WaitReason,
};

flow!(
    a_refund_of_the_channel_stops_what_was_promised,
    a_case_that_waits_comes_back_when_the_channel_refunds,
    what_was_given_and_refunded_is_never_silent,
    our_own_refund_through_the_channel_is_counted_once,
    an_offer_is_not_accepted_once_its_unit_was_refunded,
    a_refund_that_was_agreed_stops_a_promise_until_it_is_taken_back,
    of_many_callers_none_gets_what_the_channel_refunded
);

pub(super) async fn desk(h: &Harness, units: i32) -> Desk {
    let line = v1::OrderLine { quantity: units, ..line("1") };
    h.say(v1::OrderSignal { lines: vec![line], ..order("o1") }).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    Desk::work_on(h.client(), &case).await
}

pub(super) fn paid(h: &Harness, status: ReturnStatus, amount: i64) -> v1::ReturnSignal {
    v1::ReturnSignal { refund_amount: Some(money(amount)), ..return_now("ret-1", "o1", h.now(), status) }
}

/// What the event stream holds of that type.
pub(super) async fn events(client: &Client, of: &str) -> Vec<v1::RefundStep> {
    let request = v1::ListEventsRequest {
        parent: MAIN.to_owned(),
        event_types: vec![format!("amends.remedy.{of}.v1")],
        ..Default::default()
    };
    let events = client.call(request).await.unwrap().events;
    let step = |event: v1::Event| match event.entry.and_then(|entry| entry.entry) {
        Some(Entry::StopShipment(step) | Entry::DoubleCompensated(step)) => step,
        other => panic!("{other:?}"),
    };
    events.into_iter().map(step).collect()
}

async fn a_refund_of_the_channel_stops_what_was_promised(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    let level = h.case(&desk.case.name).await.level;
    h.say(paid(h, ReturnStatus::Settled, 2_000)).await;
    h.settle().await;
    let told = events(h.client(), "stop_shipment").await;
    assert_eq!(told.len(), 1);
    let step = &told[0];
    assert_eq!((step.remedy.as_str(), step.kind()), (remedy.name.as_str(), RemedyKind::Replacement));
    assert_eq!((step.order_id.as_str(), step.line_id.as_str(), step.quantity), ("o1", "1", 1));
    assert_eq!((step.refund_amount.clone(), step.paid), (Some(money(2_000)), true));
    assert!(step.buyer_return.ends_with("/returns/ret-1"));
    let timeline = h.timeline(&desk.case.name).await;
    let tells = |entry: &v1::TimelineEntry| matches!(entry.entry, Some(Entry::StopShipment(_)));
    assert_eq!(timeline.iter().filter(|entry| tells(entry)).count(), 1);
    assert_eq!(h.case(&desk.case.name).await.level, level + 1, "a person has to look");
    // The same word again, under another id and in another order, tells nothing new.
    h.say(paid(h, ReturnStatus::Settled, 2_000)).await;
    h.say_at(h.now() - Span::from_hours(1), paid(h, ReturnStatus::Approved, 2_000)).await;
    h.settle().await;
    assert_eq!(events(h.client(), "stop_shipment").await.len(), 1, "each remedy is told of once");
    let begun = report(h.client(), &remedy.name, FulfilmentState::Executing).await;
    let failure = refused(begun, Code::FailedPrecondition, Reason::UnitRefunded);
    assert_eq!(failure.metadata["return"], "ret-1");
    let failed = report(h.client(), &remedy.name, FulfilmentState::Failed).await.unwrap();
    assert!(failed.refunded_by.ends_with("/returns/ret-1"));
    desk.look().await;
    for (kind, terms) in [(RemedyKind::Replacement, terms()), (RemedyKind::PartialRefund, terms_of(100))] {
        let more = desk.offer(kind, terms).await;
        let failure = refused(more, Code::FailedPrecondition, Reason::UnitRefunded);
        assert_eq!((&*failure.metadata["refunded"], &*failure.metadata["free"]), ("1", "0"));
    }
}

async fn a_case_that_waits_comes_back_when_the_channel_refunds(h: &Harness) {
    let mut desk = desk(h, 1).await;
    desk.agree_on(RemedyKind::Replacement, terms()).await;
    desk.wait(WaitReason::Buyer, None).await.unwrap();
    h.say(paid(h, ReturnStatus::Settled, 2_000)).await;
    let case = h.case(&desk.case.name).await;
    assert!(matches!(case.state(), CaseState::Queued | CaseState::Claimed), "{:?}", case.state());
}

async fn what_was_given_and_refunded_is_never_silent(h: &Harness) {
    let mut desk = desk(h, 2).await;
    let first = desk.agree_on(RemedyKind::Replacement, terms()).await;
    let second = desk.agree_on(RemedyKind::Replacement, terms()).await;
    report(h.client(), &first.name, FulfilmentState::Fulfilled).await.unwrap();
    h.say(paid(h, ReturnStatus::Settled, 2_000)).await;
    h.settle().await;
    let told = events(h.client(), "double_compensated").await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].remedy.as_str(), told[0].tracking.as_str()), (first.name.as_str(), "T-1"));
    assert_eq!(events(h.client(), "stop_shipment").await[0].remedy, second.name);
    // It had left already when it was to be stopped.
    report(h.client(), &second.name, FulfilmentState::Fulfilled).await.unwrap();
    h.settle().await;
    let told = events(h.client(), "double_compensated").await;
    assert_eq!(told.iter().map(|step| step.remedy.as_str()).collect::<Vec<_>>(), [first.name, second.name]);
}

async fn our_own_refund_through_the_channel_is_counted_once(h: &Harness) {
    let mut desk = desk(h, 3).await;
    let refund = desk.agree_on(RemedyKind::PartialRefund, terms_of(1_300)).await;
    h.say(paid(h, ReturnStatus::Settled, 1_300)).await;
    h.settle().await;
    assert!(events(h.client(), "stop_shipment").await.is_empty());
    report(h.client(), &refund.name, FulfilmentState::Fulfilled).await.unwrap();
    desk.look().await;
    let two = v1::RemedyTerms { quantity: 2, ..terms() };
    let both = desk.offer(RemedyKind::Replacement, two).await.unwrap();
    assert_eq!(both.terms.as_ref().unwrap().quantity, 2, "the other two are free");
    // More than we gave came on top, and any unit may have been meant.
    h.say(v1::ReturnSignal { return_id: "ret-2".to_owned(), ..paid(h, ReturnStatus::Settled, 1_400) }).await;
    desk.look().await;
    let answered = desk.answer(&both, BuyerAnswer::Accepted).await;
    let _ = refused(answered, Code::FailedPrecondition, Reason::UnitRefunded);
}

async fn an_offer_is_not_accepted_once_its_unit_was_refunded(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let replacement = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    h.say(paid(h, ReturnStatus::Settled, 2_000)).await;
    desk.look().await;
    let answered = desk.answer(&replacement, BuyerAnswer::Accepted).await;
    let _ = refused(answered, Code::FailedPrecondition, Reason::UnitRefunded);
    desk.look().await;
    let declined = desk.answer(&replacement, BuyerAnswer::Declined).await.unwrap();
    assert_eq!(declined.state(), RemedyState::Declined);
}

async fn a_refund_that_was_agreed_stops_a_promise_until_it_is_taken_back(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.say(paid(h, ReturnStatus::Approved, 2_000)).await;
    h.settle().await;
    let told = events(h.client(), "stop_shipment").await;
    assert_eq!(told.iter().map(|step| step.paid).collect::<Vec<_>>(), [false]);
    let begun = report(h.client(), &remedy.name, FulfilmentState::Executing).await;
    let _ = refused(begun, Code::FailedPrecondition, Reason::UnitRefunded);
    h.advance(Span::from_hours(1)).await;
    h.say(return_now("ret-1", "o1", h.now() - Span::from_hours(1), ReturnStatus::Withdrawn)).await;
    let begun = report(h.client(), &remedy.name, FulfilmentState::Executing).await.unwrap();
    assert_eq!(begun.state(), RemedyState::Executing);
}

async fn of_many_callers_none_gets_what_the_channel_refunded(h: &Harness) {
    h.say(v1::OrderSignal { lines: vec![race::line()], ..order("o1") }).await;
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let desk = Desk::work_on(h.client(), &case).await;
    let (case, fence) = (desk.case.name.as_str(), desk.lease.fence);
    let callers = (0..CALLERS).map(|who| async move {
        let told = race::offer(h.client(), case, fence, who).await;
        if let Told::Made(remedy) = &told
            && let Some(accepted) = race::accept(h.client(), remedy, who).await
            && who.is_multiple_of(3)
        {
            // Stopped by then, or not.
            let _ = report(h.client(), &accepted.name, FulfilmentState::Executing).await;
        }
        told
    });
    let refund = async {
        while race::remedies(h.client(), case).await.is_empty() {
            tokio::task::yield_now().await;
        }
        h.say(paid(h, ReturnStatus::Settled, race::PRICE)).await;
    };
    let (told, ()) = futures::join!(join_all(callers), refund);
    let made = told.iter().filter(|one| matches!(one, Told::Made(_))).count();
    assert!((1..=3).contains(&made), "{told:?}");
    race::check(h.client(), case, true).await;
    for one in race::remedies(h.client(), case).await {
        assert!(told.iter().any(|told| matches!(told, Told::Made(made) if made.name == one.name)));
    }
}
