//! Signals that are wrong in every way a signal can be.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{Fact, LEAKS, delivery, line, message, money, order, return_request, review, stamp};
use amends_tests::{Harness, flow};
use v1::signal::Body;
use v1::{Reason, SignalDisposition};

flow!(
    every_field_of_an_order_is_checked,
    every_field_of_a_parcel_is_checked,
    every_field_of_a_review_is_checked,
    every_field_of_a_message_is_checked,
    every_field_of_a_return_is_checked,
    every_field_of_a_survey_is_checked,
    a_signal_itself_is_checked,
    a_text_of_ten_thousand_characters_is_the_longest,
    more_than_was_bought_is_refused,
    a_foreign_currency_is_refused,
    one_bad_signal_fails_none_of_its_neighbours
);

async fn send(h: &Harness, signal: v1::Signal) -> v1::SignalResult {
    h.record(MAIN, vec![signal]).await.pop().unwrap()
}

/// The fact must be refused for exactly these fields, below `signals[0]`.
async fn check(h: &Harness, fact: impl Fact, expected: &[&str]) {
    let result = send(h, h.signal(fact)).await;
    assert_eq!(result.disposition(), SignalDisposition::Rejected, "expected {expected:?}");
    let rejection = result.rejection.unwrap();
    assert_eq!(rejection.reason(), Reason::InvalidField, "{}", rejection.message);
    let mut paths: Vec<&str> = rejection.field_violations.iter().map(|v| v.field.as_str()).collect();
    paths.sort_unstable();
    let mut expected: Vec<String> = expected.iter().map(|path| format!("signals[0].{path}")).collect();
    expected.sort_unstable();
    assert_eq!(paths, expected);
    assert!(rejection.field_violations.iter().all(|v| !v.description.is_empty()));
}

async fn nothing_is_stored(h: &Harness) {
    assert!(h.cases(MAIN).await.is_empty());
    let reviews = v1::ListReviewsRequest { parent: MAIN.to_owned(), ..Default::default() };
    assert!(h.client().call(reviews).await.unwrap().reviews.is_empty());
    let returns = v1::ListReturnsRequest { parent: MAIN.to_owned(), ..Default::default() };
    assert!(h.client().call(returns).await.unwrap().returns.is_empty());
    h.settle().await;
    let events = v1::ListEventsRequest {
        parent: MAIN.to_owned(),
        event_types: vec!["amends.case.*".to_owned()],
        ..Default::default()
    };
    assert!(h.client().call(events).await.unwrap().events.is_empty());
}

async fn every_field_of_an_order_is_checked(h: &Harness) {
    let bad_line = v1::OrderLine {
        line_id: "a/b".to_owned(),
        sku: String::new(),
        title: "x".repeat(501),
        category: "x".repeat(201),
        quantity: 0,
        unit_price: None,
    };
    let wrong = v1::OrderSignal {
        order_id: String::new(),
        buyer_id: "x".repeat(129),
        lines: vec![bad_line],
        state: 0,
        language: "not a language!".to_owned(),
        buyer_time_zone: "x".repeat(65),
        buyer_region: "Germany".to_owned(),
    };
    let paths = [
        "order.order_id",
        "order.buyer_id",
        "order.lines[0].line_id",
        "order.lines[0].sku",
        "order.lines[0].title",
        "order.lines[0].category",
        "order.lines[0].quantity",
        "order.lines[0].unit_price",
        "order.state",
        "order.language",
        "order.buyer_time_zone",
        "order.buyer_region",
    ];
    check(h, wrong, &paths).await;
    check(h, v1::OrderSignal { lines: Vec::new(), ..order("o1") }, &["order.lines"]).await;
    check(
        h,
        v1::OrderSignal { lines: vec![line("1"), line("1")], ..order("o1") },
        &["order.lines[1].line_id"],
    )
    .await;
    check(h, v1::OrderSignal { state: 99, ..order("o1") }, &["order.state"]).await;
    let negative = v1::OrderLine { unit_price: Some(money(-1)), ..line("1") };
    check(
        h,
        v1::OrderSignal { lines: vec![negative], ..order("o1") },
        &["order.lines[0].unit_price.minor_units"],
    )
    .await;
    let odd = v1::Money { minor_units: 1, currency: "eur".to_owned() };
    let odd = v1::OrderLine { unit_price: Some(odd), ..line("1") };
    check(h, v1::OrderSignal { lines: vec![odd], ..order("o1") }, &["order.lines[0].unit_price.currency"])
        .await;
    nothing_is_stored(h).await;
}

async fn every_field_of_a_parcel_is_checked(h: &Harness) {
    let wrong = v1::ShipmentSignal {
        shipment_id: "tab\there".to_owned(),
        order_id: String::new(),
        lines: vec![v1::ShipmentLine { line_id: String::new(), quantity: 100_001 }],
        state: 0,
        eta: Some(prost_types::Timestamp { seconds: 0, nanos: -1 }),
        carrier: "x".repeat(101),
        tracking: "x".repeat(201),
        remedy: "rem_1".to_owned(),
    };
    let paths = [
        "shipment.shipment_id",
        "shipment.order_id",
        "shipment.lines[0].line_id",
        "shipment.lines[0].quantity",
        "shipment.state",
        "shipment.eta",
        "shipment.carrier",
        "shipment.tracking",
        "shipment.remedy",
    ];
    check(h, wrong, &paths).await;
    nothing_is_stored(h).await;
}

async fn every_field_of_a_review_is_checked(h: &Harness) {
    let wrong = v1::ReviewSignal {
        review_id: String::new(),
        order_id: String::new(),
        line_id: "1".to_owned(),
        sku: "a/b".to_owned(),
        buyer_id: "a/b".to_owned(),
        rating: Some(6),
        text: "x".repeat(10_001),
        language: "?".to_owned(),
        visible: Some(true),
        removal: Some(v1::ReviewRemoval::ByBuyer.into()),
        platform_modify_time: Some(stamp(h.now() + Span::from_days(1))),
        edit_state: Some(0),
        follow_up: false,
    };
    let paths = [
        "review.review_id",
        "review.order_id",
        "review.sku",
        "review.buyer_id",
        "review.rating",
        "review.text",
        "review.language",
        "review.removal",
        "review.platform_modify_time",
        "review.edit_state",
    ];
    let result = send(h, h.signal(wrong)).await.rejection.unwrap();
    let mut told: Vec<&str> = result.field_violations.iter().map(|v| v.field.as_str()).collect();
    told.sort_unstable();
    let mut expected: Vec<String> = paths.iter().map(|path| format!("signals[0].{path}")).collect();
    expected.sort_unstable();
    assert_eq!(told, expected);
    check(h, v1::ReviewSignal { rating: Some(0), ..review("r1", "o1", 1, "") }, &["review.rating"]).await;
    check(h, v1::ReviewSignal { follow_up: true, ..review("r1", "o1", 1, "") }, &["review.rating"]).await;
    nothing_is_stored(h).await;
}

async fn every_field_of_a_message_is_checked(h: &Harness) {
    let wrong = v1::MessageSignal {
        message_id: String::new(),
        conversation_id: String::new(),
        order_id: "a/b".to_owned(),
        line_id: "a/b".to_owned(),
        buyer_id: String::new(),
        direction: 3,
        author: Some(9),
        text: "x".repeat(10_001),
        language: "?".to_owned(),
        public_reply: false,
    };
    let paths = [
        "message.message_id",
        "message.conversation_id",
        "message.order_id",
        "message.line_id",
        "message.buyer_id",
        "message.direction",
        "message.author",
        "message.text",
        "message.language",
    ];
    check(h, wrong, &paths).await;
    let nobody =
        v1::MessageSignal { direction: v1::MessageDirection::ToBuyer.into(), ..message("m1", "o1", "Hello") };
    check(h, nobody, &["message.author"]).await;
    nothing_is_stored(h).await;
}

async fn every_field_of_a_return_is_checked(h: &Harness) {
    let wrong = v1::ReturnSignal {
        return_id: String::new(),
        order_id: String::new(),
        line_id: "a/b".to_owned(),
        quantity: -1,
        status: Some(0),
        raw_status: "x".repeat(201),
        reason: Some(0),
        raw_reason: "x".repeat(501),
        buyer_id: "a/b".to_owned(),
        request_time: None,
        channel_deadline: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
        refund_amount: Some(v1::Money { minor_units: -1, currency: "EUR".to_owned() }),
        seller_fault: None,
        offer_amount_min: Some(v1::Money { minor_units: 5, currency: "EUR".to_owned() }),
        offer_amount_max: Some(v1::Money { minor_units: 4, currency: "EUR".to_owned() }),
        offers_left: Some(-1),
    };
    let paths = [
        "return_request.return_id",
        "return_request.order_id",
        "return_request.line_id",
        "return_request.quantity",
        "return_request.status",
        "return_request.raw_status",
        "return_request.reason",
        "return_request.raw_reason",
        "return_request.buyer_id",
        "return_request.request_time",
        "return_request.channel_deadline",
        "return_request.refund_amount.minor_units",
        "return_request.offers_left",
        "return_request.offer_amount_max",
    ];
    check(h, wrong, &paths).await;
    nothing_is_stored(h).await;
}

async fn every_field_of_a_survey_is_checked(h: &Harness) {
    let wrong = v1::SurveySignal {
        survey_id: String::new(),
        case: String::new(),
        order_id: String::new(),
        kind: 0,
        score: 11,
        comment: "x".repeat(10_001),
        solution: Some(0),
    };
    let result = send(h, h.signal(wrong)).await.rejection.unwrap();
    let told: Vec<&str> = result.field_violations.iter().map(|v| v.field.as_str()).collect();
    for path in ["survey_id", "order_id", "kind", "comment"] {
        let path = format!("signals[0].survey.{path}");
        assert!(told.contains(&path.as_str()), "{path} in {told:?}");
    }
    let csat = v1::SurveySignal {
        survey_id: "s1".to_owned(),
        order_id: "o1".to_owned(),
        kind: v1::SurveyKind::Csat.into(),
        score: 6,
        ..v1::SurveySignal::default()
    };
    check(h, csat.clone(), &["survey.score"]).await;
    let nps = v1::SurveySignal { kind: v1::SurveyKind::Nps.into(), score: 11, ..csat.clone() };
    check(h, nps, &["survey.score"]).await;
    h.say(v1::SurveySignal { score: 5, ..csat }).await;
}

async fn a_signal_itself_is_checked(h: &Harness) {
    let good = h.signal(order("o1"));
    let empty = v1::Signal::default();
    let result = send(h, empty).await.rejection.unwrap();
    let told: Vec<&str> = result.field_violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(told, ["signals[0].signal_id", "signals[0].occur_time", "signals[0].body"]);
    let tomorrow = v1::Signal { occur_time: Some(stamp(h.now() + Span::from_days(1))), ..good.clone() };
    let result = send(h, tomorrow).await.rejection.unwrap();
    assert_eq!(result.reason(), Reason::TimeInFuture);
    assert_eq!(result.field_violations[0].field, "signals[0].occur_time");
    let a_little_ahead =
        v1::Signal { occur_time: Some(stamp(h.now() + Span::from_minutes(4))), ..good.clone() };
    assert!(send(h, a_little_ahead).await.rejection.is_none());
    let trace = v1::Signal { signal_id: "other".to_owned(), traceparent: "garbage".to_owned(), ..good };
    assert!(send(h, trace).await.rejection.is_none(), "a malformed trace context is ignored");
}

async fn a_text_of_ten_thousand_characters_is_the_longest(h: &Harness) {
    h.say(order("o1")).await;
    let longest = "ø".repeat(10_000);
    h.say(message("m1", "o1", &longest)).await;
    let too_long = "ø".repeat(10_001);
    check(h, message("m2", "o1", &too_long), &["message.text"]).await;
    let zero = "a\0b";
    check(h, message("m3", "o1", zero), &["message.text"]).await;
}

async fn more_than_was_bought_is_refused(h: &Harness) {
    let two = v1::OrderLine { quantity: 2, ..line("1") };
    h.say(v1::OrderSignal { lines: vec![two], ..order("o1") }).await;
    let three = v1::ReturnSignal { quantity: 3, ..return_request("ret-1", "o1", h.now()) };
    let parcel = v1::ShipmentSignal {
        lines: vec![v1::ShipmentLine { line_id: "1".to_owned(), quantity: 3 }],
        ..delivery("o1")
    };
    for fact in [three.body(), parcel.body()] {
        let result = send(h, h.signal(fact)).await;
        let rejection = result.rejection.unwrap();
        assert_eq!(rejection.reason(), Reason::QuantityExceedsPurchased, "{}", rejection.message);
    }
    h.say(v1::ReturnSignal { quantity: 2, ..return_request("ret-1", "o1", h.now()) }).await;
    let early = v1::ReturnSignal { quantity: 5, ..return_request("ret-2", "o2", h.now()) };
    h.say(early).await;
    h.say(order("o2")).await;
    h.say(delivery("o2")).await;
    let request = v1::GetReturnsRequest {
        parent: MAIN.to_owned(),
        cohort: Some(amends_tests::make::spring()),
        ..Default::default()
    };
    let row = h.client().call(request).await.unwrap().rows.pop().unwrap();
    let requested = row.requested_rate.unwrap();
    assert_eq!((requested.numerator, requested.denominator), (1, 1), "five of one are one");
}

async fn a_foreign_currency_is_refused(h: &Harness) {
    let dollars = v1::Money { minor_units: 2_000, currency: "USD".to_owned() };
    let foreign = v1::OrderLine { unit_price: Some(dollars.clone()), ..line("2") };
    let mixed = v1::OrderSignal { lines: vec![line("1"), foreign.clone()], ..order("o1") };
    let abroad = v1::OrderSignal { lines: vec![foreign], ..order("o2") };
    h.say(order("o3")).await;
    let refund = v1::ReturnSignal { refund_amount: Some(dollars), ..return_request("ret-1", "o3", h.now()) };
    for fact in [mixed.body(), abroad.body(), refund.body()] {
        let rejection = send(h, h.signal(fact)).await.rejection.unwrap();
        assert_eq!(rejection.reason(), Reason::CurrencyMismatch, "{}", rejection.message);
    }
}

async fn one_bad_signal_fails_none_of_its_neighbours(h: &Harness) {
    let bad = |body: Body| h.signal(body);
    let signals = vec![
        h.signal(order("o1")),
        bad(v1::ReviewSignal { rating: Some(9), ..review("r1", "o1", 1, LEAKS) }.body()),
        h.signal(review("r2", "o1", 1, LEAKS)),
        bad(v1::ReturnSignal { quantity: 9, ..return_request("ret-1", "o1", h.now()) }.body()),
        h.signal(delivery("o1")),
    ];
    let results = h.record(MAIN, signals).await;
    let refused: Vec<usize> =
        (0..5).filter(|n| results[*n].disposition() == SignalDisposition::Rejected).collect();
    assert_eq!(refused, [1, 3]);
    let path = &results[1].rejection.as_ref().unwrap().field_violations[0].field;
    assert_eq!(path, "signals[1].review.rating", "the path names the place in the batch");
    let quantity = results[3].rejection.as_ref().unwrap();
    assert_eq!(quantity.reason(), Reason::QuantityExceedsPurchased);
    assert_eq!(quantity.field_violations[0].field, "signals[3].return_request.quantity");
    assert_eq!(h.cases(MAIN).await.len(), 1);
    let unknown = v1::GetReviewRequest { name: format!("{MAIN}/reviews/r1") };
    assert!(h.client().call(unknown).await.is_err());
}
