//! The same input twice is the same state; another input under the same id is refused.

use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, delivery, order, review};
use amends_tests::{Harness, flow};
use v1::SignalDisposition::{Accepted, Duplicate, Rejected};

flow!(
    a_signal_sent_twice_answers_what_came_of_the_first,
    the_same_id_with_another_content_is_a_conflict,
    a_batch_that_holds_a_signal_twice_stores_it_once,
    one_signal_from_many_callers_at_once_is_stored_once,
    a_signal_id_belongs_to_its_shop
);

async fn a_signal_sent_twice_answers_what_came_of_the_first(h: &Harness) {
    h.say(order("o1")).await;
    let signal = h.signal(review("r1", "o1", 1, LEAKS));
    let first = h.record(MAIN, vec![signal.clone()]).await.pop().unwrap();
    h.advance(amends_domain::Span::from_hours(1)).await;
    let second = h.record(MAIN, vec![signal]).await.pop().unwrap();
    assert_eq!((first.disposition(), second.disposition()), (Accepted, Duplicate));
    assert_eq!(second, v1::SignalResult { disposition: Duplicate.into(), ..first });
    assert!(second.case_opened && second.detection.is_some());
    assert_eq!(h.timeline(&second.case).await.iter().filter(|e| is_opening(e)).count(), 1);
}

fn is_opening(entry: &v1::TimelineEntry) -> bool {
    matches!(entry.entry, Some(v1::timeline_entry::Entry::CaseOpened(_)))
}

async fn the_same_id_with_another_content_is_a_conflict(h: &Harness) {
    h.say(order("o1")).await;
    let signal = h.signal(review("r1", "o1", 1, LEAKS));
    let other = v1::Signal { body: h.signal(review("r1", "o1", 2, LEAKS)).body, ..signal.clone() };
    h.record(MAIN, vec![signal]).await;
    let result = h.record(MAIN, vec![other]).await.pop().unwrap();
    assert_eq!(result.disposition(), Rejected);
    assert_eq!(result.rejection.unwrap().reason(), v1::Reason::SignalConflict);
    let request = v1::GetReviewRequest { name: format!("{MAIN}/reviews/r1") };
    assert_eq!(h.client().call(request).await.unwrap().review.unwrap().current_rating(), 1);
}

async fn a_batch_that_holds_a_signal_twice_stores_it_once(h: &Harness) {
    let signal = h.signal(order("o1"));
    let results = h.record(MAIN, vec![signal.clone(), h.signal(delivery("o1")), signal]).await;
    let said: Vec<_> = results.iter().map(v1::SignalResult::disposition).collect();
    assert_eq!(said, [Accepted, Accepted, Duplicate]);
}

async fn one_signal_from_many_callers_at_once_is_stored_once(h: &Harness) {
    h.say(order("o1")).await;
    let signal = h.signal(review("r1", "o1", 1, LEAKS));
    let calls = (0..32).map(|_| h.record(MAIN, vec![signal.clone()]));
    let results: Vec<_> = futures::future::join_all(calls).await.into_iter().flatten().collect();
    let accepted = results.iter().filter(|r| r.disposition() == Accepted).count();
    let repeated = results.iter().filter(|r| r.disposition() == Duplicate).count();
    assert_eq!((accepted, repeated), (1, 31));
    assert!(results.iter().all(|r| r.case == results[0].case && !r.case.is_empty()));
    assert_eq!(h.cases(MAIN).await.len(), 1);
}

async fn a_signal_id_belongs_to_its_shop(h: &Harness) {
    let other = h.open_shop("other", "etsy").await;
    let signal = h.signal(order("o1"));
    for shop in [MAIN, &other] {
        let result = h.record(shop, vec![signal.clone()]).await.pop().unwrap();
        assert_eq!(result.disposition(), Accepted, "{shop}");
    }
}
