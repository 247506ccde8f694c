//! Signals about one subject meet in one case, whichever came first.

use amends_client::v1;
use amends_domain::Span;
use amends_tests::harness::MAIN;
use amends_tests::make::{
    LEAKS, WRONG_SIZE, delivery, line, lone_review, message, order, return_request, review, stamp,
};
use amends_tests::{Harness, flow};

flow!(
    a_message_a_review_and_a_return_about_one_line_meet_in_one_case,
    signals_that_come_backwards_end_in_the_same_place,
    an_order_that_arrives_later_tells_which_line_is_meant,
    a_review_that_names_its_order_later_joins_the_case_of_the_order,
    a_message_without_an_order_has_a_case_of_its_own,
    two_lines_of_one_order_are_two_cases,
    a_signal_after_the_end_opens_a_case_that_follows
);

async fn a_message_a_review_and_a_return_about_one_line_meet_in_one_case(h: &Harness) {
    h.say(order("o1")).await;
    h.say(delivery("o1")).await;
    let first = h.say(message("m1", "o1", WRONG_SIZE)).await;
    let second = h.say(review("r1", "o1", 1, LEAKS)).await;
    let third = h.say(return_request("ret-1", "o1", h.now())).await;
    assert!(first.case_opened && !second.case_opened && !third.case_opened);
    assert_eq!((&second.case, &third.case), (&first.case, &first.case));
    let view = h.view(&first.case).await;
    assert_eq!((view.messages.len(), view.reviews.len()), (1, 1));
    assert!(view.returns.iter().any(|one| one.name == format!("{MAIN}/returns/ret-1")));
    assert_eq!(view.case.unwrap().subject.unwrap().line_id, "1");
    assert_eq!(h.cases(MAIN).await.len(), 1);
}

async fn signals_that_come_backwards_end_in_the_same_place(h: &Harness) {
    let other = h.open_shop("backwards", "own_store").await;
    let start = h.now();
    h.advance(Span::from_days(10)).await;
    let at = |days| start + Span::from_days(days);
    let story = |h: &Harness| {
        vec![
            h.signal_at(at(0), order("o1")),
            h.signal_at(at(1), delivery("o1")),
            h.signal_at(at(2), message("m1", "o1", WRONG_SIZE)),
            h.signal_at(at(3), review("r1", "o1", 2, LEAKS)),
            h.signal_at(at(4), return_request("ret-1", "o1", at(4))),
            h.signal_at(at(5), review("r1", "o1", 4, "Much better now.")),
        ]
    };
    h.record(MAIN, story(h)).await;
    for signal in story(h).into_iter().rev() {
        let result = h.record(&other, vec![signal]).await.pop().unwrap();
        assert_eq!(result.disposition(), v1::SignalDisposition::Accepted, "{:?}", result.rejection);
    }
    let mut told = Vec::new();
    for shop in [MAIN, &other] {
        let cases = h.cases(shop).await;
        assert_eq!(cases.len(), 1, "{shop}");
        let view = h.view(&cases[0].name).await;
        let review = &view.reviews[0];
        let line = (review.outcome(), review.first_rating(), review.current_rating());
        told.push((line, view.returns[0].status(), view.order.unwrap().delivery_time));
    }
    assert_eq!(told[0], told[1]);
}

async fn an_order_that_arrives_later_tells_which_line_is_meant(h: &Harness) {
    let nameless = v1::MessageSignal { line_id: String::new(), ..message("m1", "o1", WRONG_SIZE) };
    let heard = h.say(nameless).await;
    let before = h.case(&heard.case).await.subject.unwrap();
    assert_eq!((before.order_id.as_str(), before.line_id.as_str()), ("o1", ""));
    h.say(order("o1")).await;
    let after = h.case(&heard.case).await.subject.unwrap();
    assert_eq!((after.order_id.as_str(), after.line_id.as_str()), ("o1", "1"));
    let joined = h.say(review("r1", "o1", 1, LEAKS)).await;
    assert_eq!(joined.case, heard.case);
}

async fn a_review_that_names_its_order_later_joins_the_case_of_the_order(h: &Harness) {
    h.say(order("o1")).await;
    let alone = h.say(lone_review("r1", 1, LEAKS)).await;
    let told = h.say(message("m1", "o1", WRONG_SIZE)).await;
    assert_ne!(alone.case, told.case);
    h.advance(Span::from_hours(1)).await;
    h.say(review("r1", "o1", 1, LEAKS)).await;
    let open: Vec<v1::Case> =
        h.cases(MAIN).await.into_iter().filter(|c| c.state() == v1::CaseState::Queued).collect();
    assert_eq!(open.len(), 1, "the younger was merged into the older");
    assert_eq!(open[0].name, alone.case);
    let merged = h.case(&told.case).await;
    assert_eq!((merged.state(), merged.merged_into), (v1::CaseState::Merged, alone.case));
}

async fn a_message_without_an_order_has_a_case_of_its_own(h: &Harness) {
    let bare = v1::MessageSignal {
        order_id: String::new(),
        line_id: String::new(),
        ..message("m1", "o1", WRONG_SIZE)
    };
    let first = h.say(bare.clone()).await;
    let second = h.say(v1::MessageSignal { message_id: "m2".to_owned(), ..bare }).await;
    assert_eq!(first.case, second.case);
    assert_eq!(h.case(&first.case).await.subject.unwrap().conversation_id, "talk-of-o1");
}

async fn two_lines_of_one_order_are_two_cases(h: &Harness) {
    h.say(v1::OrderSignal { lines: vec![line("1"), line("2")], ..order("o1") }).await;
    let one = h.say(review("r1", "o1", 1, LEAKS)).await;
    let two = h.say(v1::ReviewSignal { line_id: "2".to_owned(), ..review("r2", "o1", 1, LEAKS) }).await;
    assert_ne!(one.case, two.case);
    let nameless = v1::MessageSignal { line_id: String::new(), ..message("m1", "o1", WRONG_SIZE) };
    let third = h.say(nameless).await;
    assert!(![one.case, two.case].contains(&third.case), "nobody can tell which of the two is meant");
}

async fn a_signal_after_the_end_opens_a_case_that_follows(h: &Harness) {
    h.say(order("o1")).await;
    let first = h.say(review("r1", "o1", 1, LEAKS)).await;
    let mut desk = amends_tests::Desk::work_on(h.client(), &first.case).await;
    desk.solve(v1::CaseOutcome::TalkedThrough).await.unwrap();
    h.advance(Span::from_days(5)).await;
    assert_eq!(h.case(&first.case).await.state(), v1::CaseState::Closed);
    let later =
        v1::ReturnSignal { request_time: Some(stamp(h.now())), ..return_request("ret-1", "o1", h.now()) };
    let second = h.say(later).await;
    assert!(second.case_opened);
    assert_eq!(h.case(&second.case).await.follow_up_of, first.case);
}
