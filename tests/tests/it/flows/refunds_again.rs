//! Refunds that come before a promise, after another one, or in several words.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::make::{line, order, return_now, terms, terms_of};
use amends_tests::{Desk, Harness, flow, refused};
use tonic::Code;
use v1::{BuyerAnswer, FulfilmentState, Reason, RemedyKind, RemedyState, ReturnStatus};

use super::refunds::{desk, events, paid};

flow!(
    a_refund_that_came_first_is_not_paid_once_more,
    what_came_before_a_promise_leaves_its_units_taken,
    goods_that_left_are_told_of_when_the_agreed_refund_is_paid,
    another_return_stops_what_was_stopped_before,
    a_refund_that_is_agreed_anew_stops_anew,
    nothing_is_promised_that_the_channel_agreed_to_refund,
    an_offer_on_a_line_with_units_to_spare_ends_with_a_refund,
    an_amount_and_a_yes_in_two_words_stop_a_promise,
    a_refund_of_another_line_stops_nothing
);

fn again(h: &Harness, id: &str, status: ReturnStatus, amount: i64) -> v1::ReturnSignal {
    v1::ReturnSignal { return_id: id.to_owned(), ..paid(h, status, amount) }
}

async fn a_refund_that_came_first_is_not_paid_once_more(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let offer = desk.offer(RemedyKind::PartialRefund, terms_of(1_300)).await.unwrap();
    h.say(paid(h, ReturnStatus::Settled, 1_300)).await;
    h.advance(Span::from_minutes(1)).await;
    desk.look().await;
    let answered = desk.answer(&offer, BuyerAnswer::Accepted).await;
    let _ = refused(answered, Code::FailedPrecondition, Reason::UnitRefunded);
}

async fn what_came_before_a_promise_leaves_its_units_taken(h: &Harness) {
    let mut desk = desk(h, 3).await;
    h.say(paid(h, ReturnStatus::Settled, 1_300)).await;
    h.advance(Span::from_minutes(1)).await;
    desk.look().await;
    let _ = desk.agree_on(RemedyKind::PartialRefund, terms_of(1_300)).await;
    let two = v1::RemedyTerms { quantity: 2, ..terms_of(4_000) };
    let more = desk.offer(RemedyKind::RefundWithoutReturn, two).await;
    let failure = refused(more, Code::FailedPrecondition, Reason::UnitRefunded);
    assert_eq!((&*failure.metadata["refunded"], &*failure.metadata["free"]), ("1", "1"));
}

async fn goods_that_left_are_told_of_when_the_agreed_refund_is_paid(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.say(paid(h, ReturnStatus::Approved, 2_000)).await;
    report(h.client(), &remedy.name, FulfilmentState::Fulfilled).await.unwrap();
    h.settle().await;
    assert!(events(h.client(), "double_compensated").await.is_empty(), "nothing was paid yet");
    for _ in 0..2 {
        h.advance(Span::from_minutes(1)).await;
        h.say(paid(h, ReturnStatus::Settled, 2_000)).await;
    }
    h.settle().await;
    let told = events(h.client(), "double_compensated").await;
    assert_eq!(told.iter().map(|step| step.remedy.as_str()).collect::<Vec<_>>(), [&*remedy.name]);
}

async fn another_return_stops_what_was_stopped_before(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.say(paid(h, ReturnStatus::Approved, 2_000)).await;
    h.advance(Span::from_minutes(1)).await;
    h.say(return_now("ret-1", "o1", h.now(), ReturnStatus::Withdrawn)).await;
    report(h.client(), &remedy.name, FulfilmentState::Executing).await.unwrap();
    h.say(again(h, "ret-2", ReturnStatus::Settled, 2_000)).await;
    h.settle().await;
    let told = events(h.client(), "stop_shipment").await;
    assert_eq!(told.iter().map(|step| step.paid).collect::<Vec<_>>(), [false, true]);
    assert!(told[1].buyer_return.ends_with("/returns/ret-2"), "{told:?}");
    report(h.client(), &remedy.name, FulfilmentState::Fulfilled).await.unwrap();
    h.settle().await;
    let twice = events(h.client(), "double_compensated").await;
    assert_eq!(twice.len(), 1);
    assert!(twice[0].buyer_return.ends_with("/returns/ret-2"), "{twice:?}");
}

async fn a_refund_that_is_agreed_anew_stops_anew(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.say(paid(h, ReturnStatus::Approved, 2_000)).await;
    h.advance(Span::from_minutes(1)).await;
    h.say(return_now("ret-1", "o1", h.now(), ReturnStatus::Withdrawn)).await;
    report(h.client(), &remedy.name, FulfilmentState::Executing).await.unwrap();
    for _ in 0..2 {
        h.advance(Span::from_minutes(1)).await;
        h.say(return_now("ret-1", "o1", h.now(), ReturnStatus::Approved)).await;
    }
    h.settle().await;
    let told = events(h.client(), "stop_shipment").await;
    assert_eq!(told.iter().map(|step| step.paid).collect::<Vec<_>>(), [false, false], "once for each yes");
}

async fn nothing_is_promised_that_the_channel_agreed_to_refund(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    h.say(paid(h, ReturnStatus::Approved, 2_000)).await;
    desk.look().await;
    let answered = desk.answer(&offer, BuyerAnswer::Accepted).await;
    let _ = refused(answered, Code::FailedPrecondition, Reason::UnitRefunded);
    desk.look().await;
    desk.answer(&offer, BuyerAnswer::Declined).await.unwrap();
    desk.look().await;
    let anew = desk.offer(RemedyKind::Replacement, terms()).await;
    let failure = refused(anew, Code::FailedPrecondition, Reason::UnitRefunded);
    assert_eq!((&*failure.metadata["refunded"], &*failure.metadata["free"]), ("1", "0"));
    h.advance(Span::from_minutes(1)).await;
    h.say(return_now("ret-1", "o1", h.now(), ReturnStatus::Withdrawn)).await;
    desk.look().await;
    desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    h.settle().await;
    assert!(events(h.client(), "stop_shipment").await.is_empty(), "nothing was promised");
}

async fn an_offer_on_a_line_with_units_to_spare_ends_with_a_refund(h: &Harness) {
    let mut desk = desk(h, 3).await;
    let offer = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    h.say(paid(h, ReturnStatus::Settled, 2_000)).await;
    desk.look().await;
    let answered = desk.answer(&offer, BuyerAnswer::Accepted).await;
    let failure = refused(answered, Code::FailedPrecondition, Reason::UnitRefunded);
    assert_eq!(failure.metadata["return"], "ret-1", "it may be about this very unit");
    desk.look().await;
    desk.answer(&offer, BuyerAnswer::Declined).await.unwrap();
    desk.look().await;
    let anew = desk.agree_on(RemedyKind::Replacement, terms()).await;
    assert_eq!(anew.state(), RemedyState::Accepted, "who offers now knows of the refund");
}

async fn an_amount_and_a_yes_in_two_words_stop_a_promise(h: &Harness) {
    let mut desk = desk(h, 1).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.say(paid(h, ReturnStatus::Requested, 2_000)).await;
    h.advance(Span::from_minutes(1)).await;
    h.say(return_now("ret-1", "o1", h.now(), ReturnStatus::Approved)).await;
    h.settle().await;
    let told = events(h.client(), "stop_shipment").await;
    assert_eq!(told.iter().map(|step| step.remedy.as_str()).collect::<Vec<_>>(), [&*remedy.name]);
}

async fn a_refund_of_another_line_stops_nothing(h: &Harness) {
    h.say(v1::OrderSignal { lines: vec![line("1"), line("2")], ..order("o1") }).await;
    let of = |signal: v1::ReturnSignal, line: &str| v1::ReturnSignal { line_id: line.to_owned(), ..signal };
    let ask = |id: &str| return_now(id, "o1", h.now(), ReturnStatus::Requested);
    h.say(of(ask("ret-1"), "1")).await;
    let case = h.say(of(ask("ret-2"), "2")).await.case;
    let mut desk = Desk::work_on(h.client(), &case).await;
    desk.agree_on(RemedyKind::Replacement, terms()).await;
    h.advance(Span::from_minutes(1)).await;
    // The word that agrees does not name the line again.
    h.say(of(again(h, "ret-1", ReturnStatus::Approved, 2_000), "")).await;
    h.settle().await;
    assert!(events(h.client(), "stop_shipment").await.is_empty());
    h.say(of(again(h, "ret-2", ReturnStatus::Approved, 2_000), "")).await;
    h.settle().await;
    assert_eq!(events(h.client(), "stop_shipment").await.len(), 1);
}
