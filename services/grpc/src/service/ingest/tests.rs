#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

use amends_app::error::Why;

use super::*;

const NOW: Time = Time::from_secs(1_700_000_000);

fn review(id: &str, rating: i32) -> pb::Signal {
    pb::Signal {
        signal_id: id.to_owned(),
        occur_time: Some(time::render(NOW)),
        traceparent: String::new(),
        body: Some(pb::signal::Body::Review(pb::ReviewSignal {
            review_id: "r1".to_owned(),
            rating: Some(rating),
            ..pb::ReviewSignal::default()
        })),
    }
}

fn shop() -> ShopId {
    "main".parse().expect("a shop id")
}

#[test]
fn a_bad_signal_is_refused_and_its_neighbours_are_not() {
    let (incoming, pending) = sort(&shop(), NOW, vec![review("a", 1), review("b", 6), review("c", 2)]);
    let ids: Vec<String> = incoming.iter().map(|one| one.signal.id.to_string()).collect();
    assert_eq!(ids, ["a", "c"]);
    let Pending::Refused(refused) = &pending[1] else { panic!("the second must be refused") };
    let rejection = refused.rejection.as_ref().expect("a reason");
    assert_eq!(rejection.reason, i32::from(pb::Reason::InvalidField));
    assert_eq!(rejection.field_violations[0].field, "signals[1].review.rating");
}

#[test]
fn a_retry_in_another_trace_is_the_same_content() {
    let (mut first, mut again, mut buffer) = (review("a", 1), review("a", 1), Vec::new());
    again.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
    assert_eq!(digest(&mut first, &mut buffer), digest(&mut again, &mut buffer));
    assert_ne!(digest(&mut first, &mut buffer), digest(&mut review("a", 2), &mut buffer));
}

#[test]
fn a_future_time_has_a_reason_of_its_own() {
    let mut signal = review("a", 1);
    signal.occur_time = Some(time::render(Time::from_micros(NOW.micros() + 1)));
    let (_, pending) = sort(&shop(), NOW, vec![signal]);
    let Pending::Refused(refused) = &pending[0] else { panic!("must be refused") };
    let rejection = refused.rejection.as_ref().expect("a reason");
    assert_eq!(rejection.reason, i32::from(pb::Reason::TimeInFuture));
}

#[test]
fn a_receipt_that_refuses_names_the_place_in_the_request() {
    let why = Why::Quantity;
    let violation =
        Violation { field: "return_request.quantity".to_owned(), problem: "too many".to_owned(), why };
    let result = result(&shop(), 7, "s".to_owned(), Receipt::Rejected(violation), NOW);
    let rejection = result.rejection.expect("a reason");
    assert_eq!(rejection.reason, i32::from(pb::Reason::QuantityExceedsPurchased));
    assert_eq!(rejection.field_violations[0].field, "signals[7].return_request.quantity");
    assert_eq!(rejection.retry_delay, None);
}

#[test]
fn a_batch_has_one_to_a_thousand_signals() {
    let reason = |signals| {
        let mut fields = Fields::new();
        let shop = check(&mut fields, "shops/main", signals);
        assert_eq!(shop.is_some(), fields.is_clean());
        let violations = fields.into_violations();
        (!violations.is_empty()).then(|| reason_of(&violations))
    };
    assert_eq!(reason(0), Some(pb::Reason::InvalidField));
    assert_eq!((reason(1), reason(1_000)), (None, None));
    assert_eq!(reason(1_001), Some(pb::Reason::BatchTooLarge));
}
