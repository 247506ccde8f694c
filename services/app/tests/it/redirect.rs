//! A conversation whose case was merged goes on in the case it became part of.

use amends_app::AppError;
use amends_app::case::{MergeCase, SolveCase, Target};
use amends_app::ingest::Receipt;
use amends_domain::CaseId;
use amends_domain::Span;
use amends_domain::case::{Handling, Outcome, Refused, State};
use amends_domain::returns::ReturnStatus;
use amends_domain::signal::{Author, Direction, MessageSignal, ReviewSignal, SignalBody};
use amends_store::{message, review};

use crate::house::everywhere;
use crate::stage::{Stage, ann, boss, buyer, id};

const WISH: &str = "I want to send it back, it is broken.";
const NEUTRAL: &str = "Hello, what are your opening hours?";

fn said(number: u32, talk: &str, text: &str, direction: Direction) -> SignalBody {
    SignalBody::Message(MessageSignal {
        message: id(format!("{talk}-{number}")),
        conversation: id(talk),
        order: None,
        line: None,
        buyer: buyer("o1"),
        direction,
        author: Author::Human,
        text: text.to_owned(),
        language: String::new(),
        public: false,
    })
}

/// The case that a message joined, and whether it opened it.
async fn tells(stage: &Stage<'_>, number: u32, talk: &str, text: &str) -> (Option<CaseId>, bool) {
    match stage.push(said(number, talk, text, Direction::FromBuyer)).await {
        Receipt::Accepted { case, opened, .. } => (case, opened),
        other => panic!("{other:?}"),
    }
}

/// Merges, again if someone was faster.
async fn merge(stage: &Stage<'_>, from: CaseId, into: CaseId) {
    loop {
        let (one, two) = (stage.case(from).await, stage.case(into).await);
        let target = Target { shop: stage.shop.clone(), case: from, fence: 0, version: one.version };
        let merge = MergeCase { target, into, into_version: two.version, note: String::new() };
        match stage.app.perform(boss(), merge).await {
            Ok(_) => return,
            Err(AppError::EtagStale { .. } | AppError::Case(Refused::VersionStale { .. })) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

/// The case of an order, and the case of a talk of the same buyer that was merged into it.
async fn merged(stage: &Stage<'_>) -> (CaseId, CaseId) {
    let case = stage.broken("o1", 1).await;
    let (talk, opened) = tells(stage, 1, "talk", WISH).await;
    assert!(opened && talk.is_some_and(|talk| talk != case));
    merge(stage, talk.unwrap(), case).await;
    (case, talk.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_later_joins_the_case_that_stays_and_wakes_it() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (case, talk) = merged(&stage).await;
        stage.claim(case).await;
        stage.pass(Span::from_minutes(1)).await;
        let wait = amends_app::case::WaitCase {
            target: stage.target(case).await,
            wait_for: amends_app::case::WaitFor::Buyer,
            until: None,
            note: String::new(),
        };
        let contact = crate::house::contact(&stage.case(case).await);
        let contact = amends_app::case::RecordContact { target: stage.target(case).await, ..contact };
        stage.app.perform(ann(), contact).await.unwrap();
        let wait = amends_app::case::WaitCase { target: stage.target(case).await, ..wait };
        stage.app.perform(ann(), wait).await.unwrap();
        assert_eq!(tells(&stage, 2, "talk", WISH).await, (Some(case), false));
        let woken = stage.case(case).await;
        assert_eq!((woken.handling.state(), woken.waiting_since), (State::Queued, Some(stage.now())));
        assert_eq!(tells(&stage, 3, "talk", NEUTRAL).await, (Some(case), false), "also what is no trouble");
        let answer = said(4, "talk", "We are sorry.", Direction::ToBuyer);
        stage.pass(Span::from_minutes(1)).await;
        assert_eq!(stage.case_of(answer).await, case);
        assert_eq!(stage.case(case).await.waiting_since, None, "an answer there answers here");
        let conn = stage.app.store().reader();
        let stored = message::of_case(&conn, &stage.shop, &case, 100).await.unwrap();
        assert_eq!(stored.len(), 4, "what was said before the merge and after it");
        assert!(message::of_case(&conn, &stage.shop, &talk, 100).await.unwrap().is_empty());
        assert!(matches!(stage.case(talk).await.handling, Handling::Merged { into, .. } if into == case));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_merges_is_followed_to_its_end() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let first = tells(&stage, 1, "first", WISH).await.0.unwrap();
        let second = tells(&stage, 1, "second", WISH).await.0.unwrap();
        let case = stage.broken("o1", 1).await;
        merge(&stage, first, second).await;
        assert_eq!(tells(&stage, 2, "first", NEUTRAL).await, (Some(second), false));
        merge(&stage, second, case).await;
        assert_eq!(tells(&stage, 3, "first", WISH).await, (Some(case), false));
        assert_eq!(tells(&stage, 2, "second", WISH).await, (Some(case), false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_case_that_stayed_is_over_the_next_one_follows_it() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let (case, _) = merged(&stage).await;
        stage.claim(case).await;
        let contact = crate::house::contact(&stage.case(case).await);
        stage.app.perform(ann(), contact).await.unwrap();
        stage.solve(case, Outcome::TalkedThrough).await;
        assert_eq!(tells(&stage, 2, "talk", WISH).await, (Some(case), false), "solved is not over");
        assert_eq!(stage.case(case).await.handling.state(), State::Queued);
        stage.claim(case).await;
        let target = stage.target(case).await;
        let contact =
            amends_app::case::RecordContact { target, ..crate::house::contact(&stage.case(case).await) };
        stage.app.perform(ann(), contact).await.unwrap();
        let target = stage.target(case).await;
        let solve = SolveCase { target, outcome: Outcome::TalkedThrough, note: String::new(), reason: None };
        stage.app.perform(ann(), solve).await.unwrap();
        stage.pass(Span::from_days(30)).await;
        assert_eq!(stage.case(case).await.handling.state(), State::Closed);
        assert_eq!(tells(&stage, 3, "talk", NEUTRAL).await, (None, false));
        let (next, opened) = tells(&stage, 4, "talk", WISH).await;
        assert!(opened);
        let next = stage.case(next.unwrap()).await;
        assert_eq!(next.follow_up_of, Some(case), "not the merged one, which says nothing any more");
        assert_eq!(tells(&stage, 5, "talk", WISH).await, (Some(next.id), false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_and_a_message_at_once_leave_no_second_case() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        let case = stage.broken("o1", 1).await;
        for n in 0..8 {
            let talk = format!("talk{n}");
            let other = tells(&stage, 1, &talk, WISH).await.0.unwrap();
            let (merging, telling) = (merge(&stage, other, case), tells(&stage, 2, &talk, NEUTRAL));
            let ((), (joined, opened)) = tokio::join!(merging, telling);
            assert!(!opened && (joined == Some(case) || joined == Some(other)), "{joined:?}");
            assert_eq!(tells(&stage, 3, &talk, WISH).await, (Some(case), false));
        }
    })
    .await;
}

/// A look at one review, which names its order or not yet.
fn look(order: Option<&str>, rating: u8) -> SignalBody {
    SignalBody::Review(ReviewSignal {
        review: id("r-alone"),
        order: order.map(id),
        line: order.map(|_| id("1")),
        sku: None,
        buyer: None,
        rating: Some(rating),
        text: "It arrived broken, the glass is cracked.".to_owned(),
        language: String::new(),
        visible: true,
        removed_by: None,
        platform_modified_at: None,
        edit_state: None,
        follow_up: false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_whose_own_look_merges_its_case_is_in_the_case_that_stays() {
    everywhere(async |house| {
        let stage = Stage::on(house, "own_store").await;
        stage.delivered("o1", 1).await;
        let older = stage.wants_return("o1", ReturnStatus::Requested).await;
        stage.pass(Span::from_minutes(1)).await;
        let alone = stage.case_of(look(None, 1)).await;
        assert_ne!(alone, older);
        // Another star brings no new trouble, but says what the review is about.
        stage.push(look(Some("o1"), 2)).await;
        let merged = stage.case(alone).await.handling;
        assert!(matches!(merged, Handling::Merged { into, .. } if into == older), "{merged:?}");
        let rows = review::page(&stage.app.store().reader(), &stage.shop, None, 10).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.case).collect::<Vec<_>>(), [Some(older)]);
    })
    .await;
}
