//! A buyer who is to be forgotten: no word of theirs is left, and no figure moves.

use amends_app::Role;
use amends_client::v1;
use amends_tests::harness::MAIN;
use amends_tests::make::{LEAKS, WRONG_SIZE, message, order, review};
use amends_tests::{Harness, flow, refused};
use tonic::Code;
use v1::Reason;

mod after;
mod life;

use life::{BUYER, Figures, MARK, OTHERS, erase, erasing, live, nothing_stands};

flow!(
    no_word_of_an_erased_buyer_is_left_and_no_figure_moves,
    what_is_said_about_an_erased_buyer_later_counts_and_is_not_kept,
    nothing_goes_out_to_an_erased_buyer,
    an_erasure_asked_for_twice_is_one,
    only_admins_erase_and_only_whom_they_know,
    an_order_that_turns_out_to_be_an_erased_buyers_brings_its_words_down,
    signals_that_come_during_an_erasure_leave_no_word,
    thousands_of_messages_go_in_steps,
    what_reviewers_wrote_about_a_case_goes_with_its_buyer
);

async fn no_word_of_an_erased_buyer_is_left_and_no_figure_moves(h: &Harness) {
    let life = live(h).await;
    let stood = nothing_stands(h, &[MARK, BUYER]).await.unwrap_err();
    for place in
        ["texts.body", "buyers.buyer_ref", "remedies.note", "remedies.tracking", "shipments.tracking"]
    {
        assert!(stood.iter().any(|found| found.starts_with(place)), "{place} is looked at: {stood:?}");
    }
    assert!(life.read(h).await.contains(MARK), "it is read before");
    let (figures, proofs) = (Figures::of(h).await, life.proofs(h).await);
    let erased = erase(h, BUYER).await;
    assert!(erased.done && erased.done_time == erased.erase_time, "{erased:?}");
    let counts = erased.counts.unwrap();
    assert_eq!((counts.message_count, counts.review_count, counts.survey_count), (2, 3, 1), "{counts:?}");
    assert_eq!((counts.withdrawn_reply_count, counts.shipment_count, counts.return_count), (1, 2, 1));
    assert!(counts.note_count >= 4 && counts.reply_count == 1 && counts.remedy_count == 1, "{counts:?}");
    assert!(counts.event_count >= 1 && counts.answer_count >= 1, "{counts:?}");
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
    assert!(!nothing_stands(h, &[OTHERS]).await.unwrap_err().is_empty(), "others keep their words");
    assert!(!life.read(h).await.contains(MARK));
    assert_eq!(Figures::of(h).await, figures, "to the last unit");
    assert_eq!(life.proofs(h).await, proofs, "the chains have the same heads");
    let reply = v1::GetReplyRequest { name: life.reply.clone() };
    let reply = h.client().call(reply).await.unwrap().reply.unwrap();
    assert_eq!(reply.state(), v1::ReplyState::Withdrawn);
    assert!(reply.text.is_empty() && reply.text_withheld);
    let told = life::erasures_told(h).await;
    let [event] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((event.subject.as_str(), event.case.as_str()), (erased.name.as_str(), ""));
    let Some(v1::event::Resource::ErasureSnapshot(snapshot)) = &event.resource else { panic!("{event:?}") };
    assert_eq!(snapshot.name, erased.name);
    let case = h.case(&life.case).await;
    assert!(erased.name.ends_with(&case.buyer), "the pseudonym of the cases: {} {}", erased.name, case.buyer);
    let again = h.client().call(life.drafting.clone()).await;
    let failure = refused(again, Code::FailedPrecondition, Reason::GuardrailRefused);
    assert!(failure.message.contains("erased"), "{failure}");
}

async fn an_erasure_asked_for_twice_is_one(h: &Harness) {
    live(h).await;
    let request = v1::EraseBuyerRequest { request_id: "once".to_owned(), ..erasing(BUYER) };
    let first = h.client().call(request.clone()).await.unwrap().erasure.unwrap();
    h.advance(amends_domain::Span::from_minutes(1)).await;
    assert_eq!(h.client().call(request).await.unwrap().erasure.unwrap(), first, "the same request");
    assert_eq!(erase(h, BUYER).await, first, "another request");
    let name = first.name.clone();
    let read = h.client().call(v1::GetErasureRequest { name }).await.unwrap();
    assert_eq!(read.erasure.unwrap(), first);
    assert_eq!(life::erasures_told(h).await.len(), 1);
}

async fn only_admins_erase_and_only_whom_they_know(h: &Harness) {
    h.say(order("o1")).await;
    let others = h.client_as("others", &[Role::Ingest, Role::Agent, Role::Supervisor, Role::Analyst]).await;
    let _ = refused(others.call(erasing(BUYER)).await, Code::PermissionDenied, Reason::RoleMissing);
    let elsewhere = h.client_in("elsewhere", &[Role::Admin], &["shops/other"]).await;
    let _ = refused(elsewhere.call(erasing(BUYER)).await, Code::NotFound, Reason::ShopNotFound);
    let unknown = refused(h.client().call(erasing("nobody")).await, Code::NotFound, Reason::BuyerNotFound);
    assert!(!unknown.message.contains("nobody"), "no name is repeated: {unknown}");
    let bad =
        v1::EraseBuyerRequest { buyer_id: String::new(), parent: "main".to_owned(), ..Default::default() };
    let bad = refused(h.client().call(bad).await, Code::InvalidArgument, Reason::InvalidField);
    assert_eq!(amends_tests::refusal::fields(&bad), ["parent", "buyer_id"]);
    let name = format!("{MAIN}/erasures/{:032x}", 5);
    let get = v1::GetErasureRequest { name };
    let _ = refused(h.client().call(get.clone()).await, Code::NotFound, Reason::ErasureNotFound);
    let _ = refused(others.call(get).await, Code::PermissionDenied, Reason::RoleMissing);
    // Who is to be forgotten before anything was heard of them is remembered for it.
    let request = v1::EraseBuyerRequest { allow_missing: true, ..erasing("buyer-of-o2") };
    assert!(h.client().call(request).await.unwrap().erasure.unwrap().done);
    h.say(order("o2")).await;
    let heard = h.say(message("m2", "o2", &format!("{LEAKS} {MARK}"))).await;
    assert!(heard.detection.unwrap().negative, "it is heard all the same");
    assert_eq!(nothing_stands(h, &[MARK, "buyer-of-o2"]).await, Ok(()));
}

async fn an_order_that_turns_out_to_be_an_erased_buyers_brings_its_words_down(h: &Harness) {
    h.say(order("o1")).await;
    erase(h, BUYER).await;
    let nameless =
        v1::ReviewSignal { buyer_id: String::new(), ..review("r5", "o5", 1, &format!("{LEAKS} {MARK}")) };
    h.say(nameless).await;
    assert!(nothing_stands(h, &[MARK]).await.is_err(), "nobody knows whose it is");
    h.say(v1::OrderSignal { buyer_id: BUYER.to_owned(), ..order("o5") }).await;
    h.settle().await;
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
}

async fn signals_that_come_during_an_erasure_leave_no_word(h: &Harness) {
    h.say(order("o1")).await;
    let talk = |writer: usize| async move {
        for n in 0..12 {
            let text = format!("{WRONG_SIZE} {MARK} {n}");
            let id = format!("m{writer}-{n}");
            let said = match n % 3 {
                0 => h.signal(message(&id, "o1", &text)),
                1 => h.signal(v1::MessageSignal {
                    order_id: String::new(),
                    line_id: String::new(),
                    ..message(&id, "o1", &text)
                }),
                _ => h.signal(v1::ReviewSignal { buyer_id: String::new(), ..review(&id, "o1", 1, &text) }),
            };
            let result = h.record(MAIN, vec![said]).await.pop().unwrap();
            assert_eq!(result.disposition(), v1::SignalDisposition::Accepted, "{result:?}");
        }
    };
    let erased = async {
        tokio::task::yield_now().await;
        erase(h, BUYER).await
    };
    let (_, erased) = tokio::join!(futures::future::join_all((0..6).map(talk)), erased);
    h.settle().await;
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
    let get = v1::GetErasureRequest { name: erased.name };
    assert!(h.client().call(get).await.unwrap().erasure.unwrap().done);
    let messages: usize = {
        let cases = h.cases(MAIN).await;
        let views = futures::future::join_all(cases.iter().map(|case| h.view(&case.name))).await;
        views.iter().map(|view| view.messages.len()).sum()
    };
    assert_eq!(messages, 48, "every message counts");
}

async fn thousands_of_messages_go_in_steps(h: &Harness) {
    h.say(order("o1")).await;
    for part in 0..5 {
        let said = (0..500).map(|n| h.signal(message(&format!("m{part}-{n}"), "o1", MARK)));
        h.record(MAIN, said.collect()).await;
    }
    let before = h.app.store().counters().commits();
    let erased = erase(h, BUYER).await;
    assert!(h.app.store().counters().commits() - before >= 4, "2,500 texts are more than one step");
    assert_eq!((erased.done, erased.counts.unwrap().message_count), (true, 2_500));
    assert_eq!(nothing_stands(h, &[MARK, BUYER]).await, Ok(()));
}

use after::{
    nothing_goes_out_to_an_erased_buyer, what_is_said_about_an_erased_buyer_later_counts_and_is_not_kept,
    what_reviewers_wrote_about_a_case_goes_with_its_buyer,
};
