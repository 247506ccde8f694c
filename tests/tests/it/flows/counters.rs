//! Buyers who want another amount, bounds of the channel, chains, and terms that arrive whole.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, delivery, money, order, return_request, review, terms, terms_of, time};
use amends_tests::{Desk, Harness, flow, refusal, refused};
use tonic::Code;
use v1::timeline_entry::Entry;
use v1::{BuyerAnswer, FulfilmentState, ItemDisposal, Reason, RemedyKind, RemedyState};

flow!(
    a_buyer_who_wants_more_is_answered_within_every_bound,
    an_offer_outside_the_channels_bounds_is_refused,
    only_money_is_countered_and_only_with_an_amount,
    the_terms_arrive_at_whoever_carries_them_out,
    a_buyer_reads_what_is_offered_and_until_when_the_return_is_open,
    a_remedy_that_did_not_hold_is_followed_on_its_own_line
);

async fn desk(h: &Harness, o: &str) -> Desk {
    h.say(order(o)).await;
    let case = h.say(review(&format!("r-{o}"), o, 1, LEAKS)).await.case;
    Desk::work_on(h.client(), &case).await
}

fn bounded(h: &Harness, min: i64, max: i64, left: i32) -> v1::ReturnSignal {
    v1::ReturnSignal {
        offer_amount_min: Some(money(min)),
        offer_amount_max: Some(money(max)),
        offers_left: Some(left),
        ..return_request("ret-1", "o1", h.now())
    }
}

fn countering(desk: &Desk, remedy: &v1::Remedy, amount: Option<i64>) -> v1::RecordAnswerRequest {
    v1::RecordAnswerRequest {
        name: remedy.name.clone(),
        etag: desk.case.etag.clone(),
        fence: desk.lease.fence,
        answer: BuyerAnswer::Countered.into(),
        counter_amount: amount.map(money),
        ..Default::default()
    }
}

async fn a_buyer_who_wants_more_is_answered_within_every_bound(h: &Harness) {
    let mut desk = desk(h, "o1").await;
    h.say(bounded(h, 300, 900, 2)).await;
    desk.look().await;
    let first = desk.offer(RemedyKind::PartialRefund, terms_of(500)).await.unwrap();
    let answered = h.client().call(countering(&desk, &first, Some(5_000))).await.unwrap();
    let (remedy, next) = (answered.remedy.unwrap(), answered.next_offer.unwrap());
    assert_eq!((remedy.state(), remedy.counter_amount), (RemedyState::Declined, Some(money(5_000))));
    assert_eq!((next.amount, next.allowed), (Some(money(900)), true), "the channel's most");
    let timeline = h.timeline(&desk.case.name).await;
    let wish = |entry: &v1::TimelineEntry| match &entry.entry {
        Some(Entry::RemedyDeclined(step)) => step.counter_amount.clone(),
        _ => None,
    };
    assert_eq!(timeline.iter().find_map(wish), Some(money(5_000)));
    desk.look().await;
    let second = desk.offer(RemedyKind::PartialRefund, terms_of(900)).await.unwrap();
    let answered = h.client().call(countering(&desk, &second, Some(1))).await.unwrap();
    let next = answered.next_offer.unwrap();
    assert_eq!((next.amount, next.allowed), (Some(money(300)), false), "G20: one counter-offer");
    desk.look().await;
    let third = desk.offer(RemedyKind::PartialRefund, terms_of(400)).await;
    let _ = refused(third, Code::FailedPrecondition, Reason::GuardrailRefused);
}

async fn an_offer_outside_the_channels_bounds_is_refused(h: &Harness) {
    let mut desk = desk(h, "o1").await;
    h.say(bounded(h, 300, 900, 1)).await;
    desk.look().await;
    for amount in [299, 901] {
        let offer = desk.offer(RemedyKind::PartialRefund, terms_of(amount)).await;
        let failure = refused(offer, Code::FailedPrecondition, Reason::OfferOutOfBounds);
        assert_eq!((&*failure.metadata["min"], &*failure.metadata["max"]), ("300", "900"));
    }
    // A later word holds, and one that came late does not.
    h.say_at(h.now() + Span::from_secs(2), bounded(h, 300, 1_200, 0)).await;
    h.say_at(h.now() + Span::from_secs(1), bounded(h, 10, 20, 5)).await;
    let name = format!("{MAIN}/returns/ret-1");
    let seen = h.client().call(v1::GetReturnRequest { name }).await.unwrap().buyer_return.unwrap();
    assert_eq!((seen.offer_amount_max, seen.offers_left), (Some(money(1_200)), Some(0)));
    desk.look().await;
    let offer = desk.offer(RemedyKind::PartialRefund, terms_of(1_000)).await;
    let _ = refused(offer, Code::FailedPrecondition, Reason::NoOffersLeft);
    desk.look().await;
    desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
}

async fn only_money_is_countered_and_only_with_an_amount(h: &Harness) {
    let mut desk = desk(h, "o1").await;
    let goods = desk.offer(RemedyKind::Replacement, terms()).await.unwrap();
    for amount in [Some(500), None] {
        let answered = h.client().call(countering(&desk, &goods, amount)).await;
        let failure = refused(answered, Code::InvalidArgument, Reason::InvalidField);
        assert_eq!(refusal::fields(&failure), ["counter_amount"]);
    }
    let accepted = v1::RecordAnswerRequest {
        answer: BuyerAnswer::Accepted.into(),
        ..countering(&desk, &goods, Some(5))
    };
    let failure = refused(h.client().call(accepted).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["counter_amount"]);
}

async fn the_terms_arrive_at_whoever_carries_them_out(h: &Harness) {
    let mut desk = desk(h, "o1").await;
    let whole = v1::RemedyTerms {
        sku: "BOTTLE-9".to_owned(),
        item_disposal: Some(ItemDisposal::SendBack.into()),
        description: "The blue one.".to_owned(),
        coupon_code: "THANKS-5".to_owned(),
        gift: Some(money(500)),
        ..terms()
    };
    let remedy = desk.agree_on(RemedyKind::Exchange, whole.clone()).await;
    assert_eq!(remedy.terms, Some(whole.clone()));
    h.settle().await;
    let request = v1::ListEventsRequest {
        parent: MAIN.to_owned(),
        event_types: vec!["amends.remedy.accepted.v1".to_owned()],
        ..Default::default()
    };
    let event = h.client().call(request).await.unwrap().events.pop().unwrap();
    let Some(v1::event::Resource::RemedySnapshot(snapshot)) = event.resource else { panic!("{event:?}") };
    // Words may be personal, and an event is kept: whoever needs them asks for the remedy.
    assert_eq!(snapshot.terms, Some(v1::RemedyTerms { description: String::new(), ..whole }));
    let nothing = v1::RemedyTerms { gift: Some(money(0)), ..terms() };
    let failure = refused(
        desk.offer(RemedyKind::Replacement, nothing).await,
        Code::InvalidArgument,
        Reason::InvalidField,
    );
    assert_eq!(refusal::fields(&failure), ["terms.gift"]);
}

async fn a_buyer_reads_what_is_offered_and_until_when_the_return_is_open(h: &Harness) {
    h.say(v1::OrderSignal { language: "de".to_owned(), ..order("o1") }).await;
    h.say(delivery("o1")).await;
    let delivered = h.now();
    let case = h.say(review("r1", "o1", 1, LEAKS)).await.case;
    let mut desk = Desk::work_on(h.client(), &case).await;
    let remedy = desk.offer(RemedyKind::PartialRefund, terms_of(500)).await.unwrap();
    let name = v1::GetRemedyRequest { name: remedy.name };
    let read = h.client().call(name).await.unwrap().remedy.unwrap();
    let until = time(read.return_available_until_time);
    assert!(until > delivered, "a window is open");
    assert!(read.customer_text.contains("5.00 EUR erstatten"), "{}", read.customer_text);
    assert!(read.customer_text.contains("Rücksendung können Sie bis zum"), "{}", read.customer_text);
}

async fn a_remedy_that_did_not_hold_is_followed_on_its_own_line(h: &Harness) {
    let mut other = desk(h, "o2").await;
    let elsewhere = other.agree_on(RemedyKind::Replacement, terms()).await;
    let mut desk = desk(h, "o1").await;
    let first = desk.agree_on(RemedyKind::Replacement, terms()).await;
    report(h.client(), &first.name, FulfilmentState::Fulfilled).await.unwrap();
    desk.look().await;
    let following = |desk: &Desk, follows: &str| v1::OfferRemedyRequest {
        follows: follows.to_owned(),
        ..desk.offering(RemedyKind::Replacement, terms())
    };
    let alone = h.client().call(following(&desk, "")).await;
    let _ = refused(alone, Code::FailedPrecondition, Reason::UnitAlreadyRemedied);
    let wrong = h.client().call(following(&desk, &elsewhere.name)).await;
    let failure = refused(wrong, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(refusal::fields(&failure), ["follows"]);
    let unknown = format!("{MAIN}/remedies/rem_{:032x}", 7);
    let missing = h.client().call(following(&desk, &unknown)).await;
    let _ = refused(missing, Code::NotFound, Reason::RemedyNotFound);
    let second = h.client().call(following(&desk, &first.name)).await.unwrap().remedy.unwrap();
    assert_eq!(second.follows, first.name);
}
