use amends_app::AppError;
use amends_app::case::{AddNote, RecordContact};
use amends_app::ingest::Receipt;
use amends_domain::Span;
use amends_domain::case::{Case, Handling, Refused, State};
use amends_domain::signal::{Author, Direction, MessageSignal, SignalBody};
use amends_domain::subject::Subject;
use amends_domain::tally::Measure;
use amends_store::{case as cases, review};

use crate::house::{House, contact, everywhere};
use crate::make::{
    after, ann, bob, case, case_id, days, minutes, review as a_review, review_id, shop, sue, target, unheld,
};
use crate::stage::{Stage, buyer, id};

async fn handling(house: &House) -> amends_domain::tally::ReviewHandling {
    let key = (shop(), review_id(1));
    review::by_ids(&[key]).all(&house.app.store().reader()).await.unwrap()[0].handling
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_contact_begins_the_work_and_stamps_the_review() {
    everywhere(async |house| {
        house.insert(&Case { waiting_since: Some(after(minutes(0))), ..case(1) }).await;
        house.insert_review(a_review(1)).await;
        let claim = amends_app::case::ClaimCase { shop: shop(), case: case_id(1) };
        let claimed = house.perform(&ann(), claim).await.unwrap().summary.case;
        house.clock.advance_to(after(minutes(2)));
        let case = house.perform(&ann(), contact(&claimed)).await.unwrap().case;
        assert_eq!(case.handling.state(), State::Working);
        assert_eq!((case.first_human_action_at, case.waiting_since), (Some(after(minutes(2))), None));
        let stamps = handling(house).await;
        assert_eq!(stamps.first_human_action_at, Some(after(minutes(2))));
        assert_eq!(stamps.contacted_at, Some(after(minutes(2))));
        assert_eq!(house.counted(Measure::Contacted).await, 1);
        let words = house.words(case_id(1)).await;
        assert_eq!(words, ["case.claimed", "case.work_started", "case.contact_recorded"]);
        house.clock.advance_to(after(minutes(3)));
        house.perform(&ann(), contact(&case)).await.unwrap();
        assert_eq!(handling(house).await, stamps, "only the first counts");
        assert_eq!(house.counted(Measure::Contacted).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_who_was_not_reached_was_not_contacted() {
    everywhere(async |house| {
        house.insert_review(a_review(1)).await;
        let case = house.claimed(1).await;
        house.perform(&ann(), RecordContact { reached: false, ..contact(&case) }).await.unwrap();
        let stamps = handling(house).await;
        assert!(stamps.first_human_action_at.is_some() && stamps.contacted_at.is_none());
        assert_eq!(house.counted(Measure::Contacted).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_dated_when_it_happened_but_not_before_the_case() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        house.clock.advance_to(after(minutes(4)));
        let future = RecordContact { at: Some(after(days(1))), ..contact(&case) };
        assert!(matches!(house.perform(&ann(), future).await, Err(AppError::Invalid(_))));
        let earlier = RecordContact { at: Some(after(minutes(3))), ..contact(&case) };
        let dated = house.perform(&ann(), earlier).await.unwrap().case;
        assert_eq!(dated.first_human_action_at, Some(after(minutes(3))));
        let case = house.claimed(2).await;
        let before = RecordContact { at: Some(after(days(-1))), ..contact(&case) };
        let dated = house.perform(&ann(), before).await.unwrap().case;
        assert_eq!(dated.first_human_action_at, Some(dated.opened_at));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contact_needs_the_hold_and_the_version_that_was_seen() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let other = house.perform(&bob(), contact(&case)).await;
        assert!(matches!(other, Err(AppError::Case(Refused::NotHolder))));
        let mut old = contact(&case);
        old.target.version -= 1;
        let refused = house.perform(&ann(), old).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::VersionStale { .. }))));
        let mut stale = contact(&case);
        stale.target.fence -= 1;
        let refused = house.perform(&ann(), stale).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::FenceStale { .. }))));
        let long = RecordContact { text: "x".repeat(10_001), ..contact(&case) };
        assert!(matches!(house.perform(&ann(), long).await, Err(AppError::Invalid(_))));
        assert_eq!(house.case(case.id).await, case, "nothing was written");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_kept_apart_from_its_event_and_found_on_the_timeline() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        let note = AddNote { target: target(&case), text: "call on Monday".to_owned() };
        let noted = house.perform(&ann(), note).await.unwrap().case;
        assert_eq!(noted.version, case.version + 1);
        let page = house.app.timeline(&sue(), &shop(), case.id, None, 0, 100).await.unwrap();
        let last = page.entries.last().unwrap();
        assert_eq!(last.text.as_deref(), Some("call on Monday"));
        let facts = format!("{:?}", last.stored.row.event.facts());
        assert!(!facts.contains("Monday"), "an event never holds what a person wrote");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_notes_without_a_hold_and_an_agent_does_not() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let case = house.case(case_id(1)).await;
        let note = AddNote { target: unheld(&case), text: "look at this".to_owned() };
        let refused = house.perform(&ann(), note.clone()).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        house.perform(&sue(), note.clone()).await.unwrap();
        let stale = house.perform(&sue(), note).await;
        assert!(matches!(stale, Err(AppError::Case(Refused::VersionStale { seen: 1, current: 2 }))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_over_takes_no_note() {
    everywhere(async |house| {
        let closed = Handling::Closed { outcome: amends_domain::case::Outcome::Other, at: after(minutes(0)) };
        house.insert(&Case { handling: closed, ..case(1) }).await;
        let merged = Handling::Merged { into: case_id(1), at: after(minutes(0)) };
        house.insert(&Case { handling: merged, ..case(2) }).await;
        let note = |n| AddNote { target: unheld(&case(n)), text: "late".to_owned() };
        let refused = house.perform(&sue(), note(1)).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::NoArrow { from: State::Closed, .. }))));
        let refused = house.perform(&sue(), note(2)).await;
        assert!(matches!(refused, Err(AppError::Case(Refused::Merged { into })) if into == case_id(1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_says_something_and_not_too_much() {
    everywhere(async |house| {
        let case = house.claimed(1).await;
        for text in [" ".to_owned(), "x".repeat(10_001)] {
            let refused = house.perform(&ann(), AddNote { target: target(&case), text }).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))));
        }
        let longest = AddNote { target: target(&case), text: "ü".repeat(10_000) };
        house.perform(&ann(), longest).await.unwrap();
    })
    .await;
}

fn from_seller(order: &str) -> SignalBody {
    SignalBody::Message(MessageSignal {
        message: id(format!("seller-{order}")),
        conversation: id(format!("c-{order}")),
        order: Some(id(order)),
        line: Some(id("1")),
        buyer: buyer(order),
        direction: Direction::ToBuyer,
        author: Author::Human,
        text: "Thank you for your order.".to_owned(),
        language: String::new(),
        public: false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_seller_wrote_before_the_case_was_opened_is_no_contact_before_it() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.pass(Span::from_days(3)).await;
        let complaint = stage.broken("o1", 1).await;
        stage.pass(Span::from_days(1)).await;
        stage.push_at(stage.now() - Span::from_days(2), from_seller("o1")).await;
        let case = stage.case(complaint).await;
        let rows = review::page(&stage.app.store().reader(), &stage.shop, None, 9).await.unwrap();
        assert_eq!(case.first_human_action_at, None, "it answers nothing, and told in time it found no case");
        let handling = rows[0].handling;
        assert_eq!((handling.first_human_action_at, handling.contacted_at), (None, None));
        // Who wrote later than the seller still waits.
        stage.delivered("o2", 1).await;
        stage.wish_of("o2", stage.now() - Span::from_minutes(5)).await;
        stage.push_at(stage.now() - Span::from_minutes(9), from_seller("o2")).await;
        let found = cases::of_anchors(&[(stage.shop.clone(), Subject::Order { order: id("o2") }.anchor())]);
        let case = found.all(&stage.app.store().reader()).await.unwrap().remove(0);
        assert!(case.waiting_since.is_some() && case.first_human_action_at.is_none(), "{case:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_word_that_waits_counts_from_the_opening_however_late_it_is_told() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.delivered("o1", 1).await;
        let Receipt::Accepted { case: Some(case), .. } =
            stage.wish_of("o1", stage.now() - Span::from_minutes(9)).await
        else {
            panic!("no case")
        };
        stage.push_at(stage.now() - Span::from_minutes(5), from_seller("o1")).await;
        let case = stage.case(case).await;
        assert_eq!((case.first_human_action_at, case.waiting_since), (Some(case.opened_at), None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_word_of_the_seller_answers_nobody_where_no_word_of_the_buyer_waits() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        stage.delivered("o1", 1).await;
        let Receipt::Accepted { case: Some(_), .. } = stage.review("o1", 1, "It arrived broken.").await
        else {
            panic!("no case")
        };
        stage.push_at(stage.now() - Span::from_minutes(9), from_seller("o1")).await;
        let rows = review::page(&stage.app.store().reader(), &stage.shop, None, 9).await.unwrap();
        assert_eq!(
            rows[0].handling.contacted_at, None,
            "the buyer wrote after it, as if it was told in time"
        );
    })
    .await;
}
