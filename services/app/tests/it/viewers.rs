//! Who has a case open, on this replica and on others.

use std::sync::Arc;

use amends_app::case::{Screen, VIEWING, Viewer};
use amends_app::{App, AppError, Ids, Settings};
use amends_domain::{CaseId, Span};
use amends_store::viewer;

use crate::house::{House, everywhere};
use crate::make::{after, agent, ann, bob, case, case_id, nan, shop, stranger, sue};

/// Another process on the same database.
fn replica(house: &House) -> App {
    let detector = Arc::new(amends_detect::Detector::embedded().unwrap());
    App::new(house.app.store().clone(), detector, house.clock.clone(), Ids::seeded(2), Settings::default())
}

async fn rows(house: &House, id: CaseId) -> usize {
    viewer::of_cases(&[(shop(), id)]).all(&house.app.store().reader()).await.unwrap().len()
}

/// Looks until there are news of a screen.
async fn news(app: &App, screen: &mut Screen) -> Vec<Viewer> {
    loop {
        app.look_at_screens().await.unwrap();
        if let Some(others) = screen.news() {
            return others;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_on_two_replicas_see_each_other_come_and_go() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let other = replica(house);
        let mut anns = house.app.open_screen(&ann(), &shop(), case_id(1)).await.unwrap();
        assert!(news(&house.app, &mut anns).await.is_empty());
        let mut bobs = other.open_screen(&bob(), &shop(), case_id(1)).await.unwrap();
        let bob_since = house.app.now();
        assert_eq!(news(&other, &mut bobs).await, [Viewer { agent: agent("ann"), since: bob_since }]);
        assert_eq!(news(&house.app, &mut anns).await, [Viewer { agent: agent("bob"), since: bob_since }]);
        bobs.close().await.unwrap();
        assert!(news(&house.app, &mut anns).await.is_empty());
        assert_eq!(rows(house, case_id(1)).await, 1);
        anns.close().await.unwrap();
        assert_eq!(rows(house, case_id(1)).await, 0);
        other.stop();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_of_a_process_that_died_is_forgotten_when_its_lease_is_over() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let died = house.app.open_screen(&bob(), &shop(), case_id(1)).await.unwrap();
        // Dropped and not closed: nobody renews it, and nobody takes it back.
        drop(died);
        let seen = |who| {
            let app = house.app.clone();
            async move { app.other_viewers(&who, &shop(), case_id(1)).await.unwrap().len() }
        };
        assert_eq!((seen(ann()).await, seen(bob()).await), (1, 0));
        house.advance(after(Span::from_secs(31))).await;
        assert_eq!(seen(ann()).await, 0, "an expired row is ignored");
        assert_eq!(rows(house, case_id(1)).await, 1);
        house.advance(after(Span::from_secs(62))).await;
        house.app.sweep_viewers().await.unwrap();
        assert_eq!(rows(house, case_id(1)).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_too_early_writes_nothing_and_a_stranger_sees_nothing() {
    everywhere(async |house| {
        house.insert(&case(1)).await;
        let commits = || house.app.store().counters().commits();
        let (_, until) = house.app.view_case(&ann(), &shop(), case_id(1), false).await.unwrap();
        assert_eq!(until, Some(after(VIEWING)));
        let before = commits();
        let (others, _) = house.app.view_case(&ann(), &shop(), case_id(1), false).await.unwrap();
        assert!(others.is_empty());
        assert_eq!(commits(), before);
        let (others, _) = house.app.view_case(&sue(), &shop(), case_id(1), false).await.unwrap();
        assert_eq!(others[0].agent, agent("ann"));
        let refused = house.app.view_case(&stranger(), &shop(), case_id(1), false).await;
        assert!(matches!(refused, Err(AppError::NotFound { .. })));
        let refused = house.app.view_case(&nan(), &shop(), case_id(1), false).await;
        assert!(matches!(refused, Err(AppError::RoleMissing { .. })));
        let refused = house.app.view_case(&ann(), &shop(), case_id(9), false).await;
        assert!(matches!(refused, Err(AppError::NotFound { .. })));
        assert!(house.words(case_id(1)).await.is_empty(), "nothing happened to the case");
        assert_eq!(house.case(case_id(1)).await.version, 1);
    })
    .await;
}
