//! One read gives the whole picture: at a hand-over nothing has to be asked twice.

use amends_app::Role;
use amends_client::v1;
use amends_domain::Span;
use amends_tests::desk::report;
use amends_tests::make::{LEAKS, answer, delivery, message, order, review, terms};
use amends_tests::{Desk, Harness, flow};
use v1::{CaseVerb, ComplaintReason, MessageDirection, RemedyKind, RemedyState};

flow!(
    the_next_agent_finds_all_that_was_bought_said_heard_and_done,
    the_history_of_another_buyer_or_shop_is_not_in_it,
);

/// An earlier order whose bottle leaked, a replacement, and a new order with trouble of its own.
async fn second_time(h: &Harness) -> (String, String, String) {
    h.say(order("o1")).await;
    h.say(delivery("o1")).await;
    h.advance(Span::from_days(3)).await;
    let first = h.say(review("r1", "o1", 2, LEAKS)).await.case;
    let mia = h.client_as("mia", &[Role::Agent]).await;
    let mut desk = Desk::work_on(&mia, &first).await;
    let remedy = desk.agree_on(RemedyKind::Replacement, terms()).await.name;
    report(h.client(), &remedy, v1::FulfilmentState::Fulfilled).await.unwrap();
    desk.look().await;
    desk.solve(v1::CaseOutcome::RemedyFulfilled).await.unwrap();
    h.advance(Span::from_days(9)).await;
    h.say(v1::OrderSignal { buyer_id: "buyer-of-o1".to_owned(), ..order("o2") }).await;
    h.say(delivery("o2")).await;
    h.advance(Span::from_days(2)).await;
    let text = "This one leaks again, I want to send it back!";
    let again = v1::MessageSignal { buyer_id: "buyer-of-o1".to_owned(), ..message("m1", "o2", text) };
    let second = h.say(again).await.case;
    h.say(answer("m2", "o2", v1::MessageAuthor::Human)).await;
    (first, remedy, second)
}

async fn the_next_agent_finds_all_that_was_bought_said_heard_and_done(h: &Harness) {
    let (first, remedy, second) = second_time(h).await;
    assert_ne!(first, second);
    let ben = h.client_as("ben", &[Role::Agent]).await;
    let view = ben.call(v1::GetCaseRequest { name: second.clone() }).await.unwrap().view.unwrap();
    let bought = view.order.as_ref().unwrap();
    assert_eq!(bought.order_id, "o2");
    assert!(bought.order_time.is_some() && bought.delivery_time.is_some());
    assert!(bought.lines.iter().all(|line| !line.sku.is_empty() && line.unit_price.is_some()), "the product");
    assert_eq!(view.shipments.len(), 1, "the parcel");
    let earlier: Vec<_> =
        view.earlier_orders.iter().map(|one| (one.order_id.as_str(), one.lines.len())).collect();
    assert_eq!(earlier, [("o1", bought.lines.len())]);
    let cases: Vec<_> = view.earlier_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(cases, [first.as_str()]);
    let done: Vec<_> = view.earlier_remedies.iter().map(|one| (one.name.as_str(), one.state())).collect();
    assert_eq!(done, [(remedy.as_str(), RemedyState::Fulfilled)]);
    assert!(view.remedies.is_empty(), "nothing was done about the new trouble yet");
    let said: Vec<_> = view.messages.iter().map(|one| (one.message_id.as_str(), one.direction())).collect();
    assert_eq!(said, [("m1", MessageDirection::FromBuyer), ("m2", MessageDirection::ToBuyer)]);
    let heard = view.detections.first().and_then(|one| one.detection.clone()).unwrap();
    assert!(heard.return_intent && !heard.evidence.is_empty(), "with evidence");
    assert!(
        heard.reasons.iter().any(|one| one.reason() == ComplaintReason::Defective),
        "{:?}",
        heard.reasons
    );
    assert!(!view.clocks.is_empty());
    let may = |verb: CaseVerb| view.next_actions.iter().find(|next| next.verb() == verb).unwrap().allowed;
    assert!(may(CaseVerb::Claim) && !may(CaseVerb::Solve));
}

async fn the_history_of_another_buyer_or_shop_is_not_in_it(h: &Harness) {
    let (_, _, second) = second_time(h).await;
    let other = v1::OrderSignal { buyer_id: "someone-else".to_owned(), ..order("o3") };
    h.say(other).await;
    let strange = v1::ReviewSignal { buyer_id: "someone-else".to_owned(), ..review("r3", "o3", 1, LEAKS) };
    let strange = h.say(strange).await.case;
    let view = h.view(&strange).await;
    assert!(view.earlier_orders.is_empty() && view.earlier_cases.is_empty());
    let shop = h.open_shop("elsewhere", "own_store").await;
    h.say_in(&shop, h.now(), order("o9")).await;
    let elsewhere = h.say_in(&shop, h.now(), review("r9", "o9", 1, LEAKS)).await.case;
    assert!(h.view(&elsewhere).await.earlier_orders.is_empty(), "a buyer is known by each shop for itself");
    let orders: Vec<_> = h.view(&second).await.earlier_orders.into_iter().map(|one| one.order_id).collect();
    assert_eq!(orders, ["o1"]);
}
