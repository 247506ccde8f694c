use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use amends_app::case::{AddNote, CaseSummary};
use amends_app::{Answer, AppError, Call, RequestKey, Result};
use amends_domain::case::Case;

use crate::house::{House, call, everywhere};
use crate::make::{ann, sue, target};

fn note(case: &Case, text: &str) -> AddNote {
    AddNote { target: target(case), text: text.to_owned() }
}

fn with_id(id: &str, content: u8) -> Call {
    let request = Some(RequestKey { id: id.to_owned(), digest: [content; 32] });
    Call { request, ..call(&ann()) }
}

fn render(summary: &CaseSummary) -> Vec<u8> {
    format!("version {}", summary.case.version).into_bytes()
}

async fn add(house: &House, call: Call, note: AddNote) -> Result<Answer<CaseSummary>> {
    house.app.execute(call, note, render).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_same_bytes_and_does_nothing_again() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let first = add(house, with_id("a", 1), note(&case, "once")).await.unwrap();
        let Answer::Fresh(done) = first else { panic!("the first is fresh") };
        let again = add(house, with_id("a", 1), note(&case, "once")).await.unwrap();
        assert!(matches!(again, Answer::Repeated(bytes) if bytes == render(&done)));
        assert_eq!(house.case(case.id).await.version, case.version + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_used_for_another_content_is_refused() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        add(house, with_id("a", 1), note(&case, "one")).await.unwrap();
        let other = add(house, with_id("a", 2), note(&case, "two")).await;
        assert!(matches!(other, Err(AppError::RequestIdReused)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_leaves_its_id_free() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let mut old = note(&case, "one");
        old.target.version = 0;
        assert!(add(house, with_id("a", 1), old).await.is_err());
        let answer = add(house, with_id("a", 2), note(&case, "two")).await.unwrap();
        assert!(matches!(answer, Answer::Fresh(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_persons_ids_are_not_anothers() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        add(house, with_id("a", 1), note(&case, "one")).await.unwrap();
        let case = house.case(case.id).await;
        let mut by_sue = with_id("a", 2);
        by_sue.principal = sue();
        let unheld = AddNote { target: crate::make::unheld(&case), text: "two".to_owned() };
        assert!(matches!(add(house, by_sue, unheld).await.unwrap(), Answer::Fresh(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_twice_at_once_is_done_once() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let run = || {
            let (app, note) = (house.app.clone(), note(&case, "once"));
            tokio::spawn(async move { app.execute(with_id("a", 1), note, render).await.unwrap() })
        };
        let (a, b) = (run(), run());
        let fresh =
            [a.await.unwrap(), b.await.unwrap()].iter().filter(|a| matches!(a, Answer::Fresh(_))).count();
        assert_eq!((fresh, house.case(case.id).await.version), (1, case.version + 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_hangs_up_does_not_lose_the_write() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        // What the claim woke is taken, so that the next waking is the note's.
        house.app.relay_woken().await;
        {
            let mut call = pin!(add(house, with_id("a", 1), note(&case, "kept")));
            // One poll hands the write to its own task; then the caller is gone.
            let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(polled.is_pending());
        }
        house.app.relay_woken().await;
        assert_eq!(house.case(case.id).await.version, case.version + 1);
        let again = add(house, with_id("a", 1), note(&case, "kept")).await.unwrap();
        assert!(matches!(again, Answer::Repeated(_)));
    })
    .await;
}
