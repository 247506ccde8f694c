//! The event stream: positions without gap or double, whoever gives them out.

use amends_app::AppError;

use crate::house::everywhere;
use crate::stage::{Stage, analyst, ann};

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_give_each_event_one_position() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        for i in 0..20 {
            stage.broken(&format!("o{i}"), 1).await;
        }
        let relays = (0..2).map(|_| {
            let app = stage.app.clone();
            tokio::spawn(async move { app.relay(7).await.unwrap() })
        });
        let mut moved = 0;
        for relay in relays.collect::<Vec<_>>() {
            moved += relay.await.unwrap();
        }
        let page = stage.app.events_after(&analyst(), &stage.shop, 0, &[], 1_000).await.unwrap();
        assert_eq!(page.events.len(), moved);
        let positions: Vec<i64> = page.events.iter().map(|e| e.position.unwrap()).collect();
        let expected: Vec<i64> = (1..).take(moved).collect();
        assert_eq!(positions, expected);
        assert!(page.is_end);
        assert_eq!(*stage.app.positions().borrow(), page.position);
        assert_eq!(stage.app.relay(7).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_resumes_after_a_position_and_by_type() {
    everywhere(async |house| {
        let stage = Stage::on(house, "etsy").await;
        for i in 0..5 {
            stage.broken(&format!("o{i}"), 1).await;
        }
        stage.app.relay(100).await.unwrap();
        let only = ["case.opened".to_owned()];
        let (mut seen, mut position) = (0, 0);
        loop {
            let page = stage.app.events_after(&analyst(), &stage.shop, position, &only, 2).await.unwrap();
            seen += page.events.len();
            assert!(page.events.iter().all(|e| e.row.event.word() == "case.opened"));
            position = page.position;
            if page.is_end {
                break;
            }
        }
        assert_eq!(seen, 5);
        let noun = ["review.*".to_owned()];
        let page = stage.app.events_after(&analyst(), &stage.shop, 0, &noun, 100).await.unwrap();
        assert_eq!(page.events.len(), 5);
        let beyond = stage.app.events_after(&analyst(), &stage.shop, position + 1, &[], 2).await;
        assert!(matches!(beyond, Err(AppError::Invalid(_))));
        let agent = stage.app.events_after(&ann().principal, &stage.shop, 0, &[], 2).await;
        assert!(matches!(agent, Err(AppError::RoleMissing { .. })));
    })
    .await;
}
